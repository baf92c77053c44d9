"""
The life of a rectification, and of what is asked about it.

    立行立改   attest ──► attested ──uphold──► upheld
                             │ overturn
                             ▼
    限期整改   order ──► ordered ──answer──► answered ──close──► closed
                         │   ▲ answer           │ send_back
                         │   └──── returned ◄───┘
                         │ declare (also from returned)
                         ▼
                       cannot ──insist──► ordered
                         └──exempt──► exempt ◄──exempt── ordered, returned, answered (objection upheld)

`ACTS`, `REQUEST_ACTS` and `PAPER_ACTS` are the tables; docs/life-cycles.md is drawn from them, and a test says so.
"""

from django.db.models import TextChoices


class Way(TextChoices):
    ON_SPOT = "on_spot", "立行立改"
    BY_DEADLINE = "by_deadline", "限期整改"


class State(TextChoices):
    ATTESTED = "attested", "现场已改"
    UPHELD = "upheld", "抽核属实"
    AGREED = "agreed", "已约定期限"
    ORDERED = "ordered", "待整改"
    ANSWERED = "answered", "待核验"
    RETURNED = "returned", "已退回"
    CANNOT = "cannot", "申报无法整改"
    EXEMPT = "exempt", "裁定不再整改"
    CLOSED = "closed", "已销号"
    VOID = "void", "随问题撤回"


# act: (from any of, to). What is closed, upheld or exempt never reopens.
ACTS = {
    "uphold": ((State.ATTESTED,), State.UPHELD),
    "overturn": ((State.ATTESTED,), State.ORDERED),
    "order": ((State.AGREED,), State.ORDERED),
    "answer": ((State.ORDERED, State.RETURNED), State.ANSWERED),
    "send_back": ((State.ANSWERED,), State.RETURNED),
    "close": ((State.ANSWERED,), State.CLOSED),
    "declare": ((State.ORDERED, State.RETURNED), State.CANNOT),
    "insist": ((State.CANNOT,), State.ORDERED),
    "exempt": ((State.CANNOT, State.ORDERED, State.RETURNED, State.ANSWERED), State.EXEMPT),
    "void": ((State.ATTESTED, State.AGREED), State.VOID),
}
OPEN = (State.AGREED, State.ORDERED, State.ANSWERED, State.RETURNED, State.CANNOT)
# What a unit may see and sign for: an order reaches it only once the visit that found it is over.
ISSUED = (State.ORDERED, State.ANSWERED, State.RETURNED, State.CANNOT, State.EXEMPT, State.CLOSED)
# The unit owes the next act, so its clock runs; in the other open states an office owes it.
RUNNING = (State.ORDERED, State.RETURNED)
# Who must do what by hand of another: neither the finder nor the one who reported it done.
ANOTHER_HAND = ("uphold", "overturn", "send_back", "close", "insist", "exempt")


class RequestKind(TextChoices):
    """What a unit may ask of the office that follows an order; an office rules on each."""

    EXTENSION = "extension", "申请延期"
    OBJECTION = "objection", "提出异议"
    CANNOT_DO = "cannot_do", "申报无法整改"


class RequestState(TextChoices):
    PENDING = "pending", "待裁定"
    GRANTED = "granted", "同意"
    REFUSED = "refused", "不同意"
    LAPSED = "lapsed", "已无须裁定"


REQUEST_ACTS = {
    "grant": ((RequestState.PENDING,), RequestState.GRANTED),
    "refuse": ((RequestState.PENDING,), RequestState.REFUSED),
    "lapse": ((RequestState.PENDING,), RequestState.LAPSED),
}


class Moment(TextChoices):
    """When a picture was taken."""

    BEFORE = "before", "整改前"
    AFTER = "after", "整改后"


class How(TextChoices):
    """How an answer was verified."""

    DOCUMENTS = "documents", "查阅佐证"
    REVISIT = "revisit", "回头看"
    SAMPLE = "sample", "同类抽核"


class Rung(TextChoices):
    """What a step of the ladder does; which steps there are, and when, is data (rulebook.terms.ladder)."""

    VERIFY = "verify", "催办核验"
    RULE = "rule", "催办裁定"
    REMIND = "remind", "提醒"
    PRESS = "press", "督办"
    LETTER = "letter", "监督函"
    INTERVIEW = "interview", "约谈"
    TAKE_OVER = "take_over", "移交线索处置"


class PaperKind(TextChoices):
    HAND_OVER = "hand_over", "交办单"
    PRESS = "press", "督办单"
    REMINDER = "reminder", "提醒函"
    NOTICE = "notice", "整改通知书"
    DISCIPLINE = "discipline", "纪律检查建议书"
    SUPERVISION = "supervision", "监察建议书"
    INTERVIEW = "interview", "约谈通知书"


class PaperState(TextChoices):
    ISSUED = "issued", "待签收"
    RECEIVED = "received", "已签收"
    REPLIED = "replied", "已回复"
    WITHDRAWN = "withdrawn", "已撤销"


PAPER_ACTS = {
    "receive": ((PaperState.ISSUED,), PaperState.RECEIVED),
    "reply": ((PaperState.ISSUED, PaperState.RECEIVED), PaperState.REPLIED),
    "withdraw": ((PaperState.ISSUED, PaperState.RECEIVED), PaperState.WITHDRAWN),
}


class Party(TextChoices):
    """Who signs a hand-over on the spot: the three hands of 双向交办."""

    LEADER = "leader", "检查组组长"
    LIAISON = "liaison", "县区联络员"
    MANAGER = "manager", "点位负责人"
