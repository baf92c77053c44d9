"""The life of a tip, of a hand-over, of a proposed disposal and of a public call, each as one table: act → (from, to)."""

from django.db.models import TextChoices


class Kind(TextChoices):
    """What a citizen speaks of. Ordinary service matters are pointed to their channel and never stored."""

    MISCONDUCT = "misconduct", "干部违纪违法"
    MEASURES = "measures", "措施不落实、权益受损"


class Channel(TextChoices):
    WEB = "web", "网络"
    PHONE = "phone", "来电"
    LETTER = "letter", "来信"
    VISIT = "visit", "来访"


class Category(TextChoices):
    """What the citizen chooses from a list; readable without a key, so no finer than statistics need."""

    DISCIPLINE = "discipline", "失职渎职、不担当不作为"
    CORRUPTION = "corruption", "贪污贿赂、利益输送"
    ABUSE = "abuse", "滥用职权、优亲厚友"
    CONDUCT = "conduct", "作风粗暴、吃拿卡要"
    FALSE_REPORT = "false_report", "弄虚作假、瞒报谎报"
    CONTROL = "control", "管控措施不落实"
    SUPPLY = "supply", "生活保障不到位"
    RIGHTS = "rights", "限制出行就医等合法权益"
    MONEY = "money", "收费、罚款、补助发放"
    RETALIATION = "retaliation", "打击报复"
    OTHER = "other", "其他"


CATEGORIES = {
    Kind.MISCONDUCT: (
        Category.DISCIPLINE, Category.CORRUPTION, Category.ABUSE, Category.CONDUCT, Category.FALSE_REPORT,
        Category.RETALIATION, Category.OTHER,
    ),
    Kind.MEASURES: (
        Category.CONTROL, Category.SUPPLY, Category.RIGHTS, Category.MONEY, Category.RETALIATION, Category.OTHER,
    ),
}  # fmt: skip


class State(TextChoices):
    RECEIVED = "received", "待受理"
    OFFERED = "offered", "移送中"
    ACCEPTED = "accepted", "已受理"
    PROPOSED = "proposed", "待审批"
    HANDLING = "handling", "办理中"
    CONCLUDED = "concluded", "待反馈"
    CLOSED = "closed", "已办结"
    ERASED = "erased", "已销毁"


# Who may do what is in actions; a key is asked for besides.
ACTS = {
    "accept": ((State.RECEIVED,), State.ACCEPTED),
    "decline": ((State.RECEIVED,), State.CONCLUDED),
    "offer": ((State.RECEIVED, State.ACCEPTED, State.HANDLING), State.OFFERED),
    "taken_over": ((State.OFFERED,), State.RECEIVED),
    "given_back": ((State.OFFERED,), State.RECEIVED),
    "propose": ((State.ACCEPTED, State.HANDLING), State.PROPOSED),
    "approve": ((State.PROPOSED,), State.HANDLING),
    "reject": ((State.PROPOSED,), State.ACCEPTED),
    "turn": ((State.ACCEPTED,), State.HANDLING),
    "conclude": ((State.HANDLING,), State.CONCLUDED),
    "answer": ((State.CONCLUDED,), State.CLOSED),
    # New evidence must be checked, and an objection looked into: the same tip, its number kept.
    "resume": ((State.CLOSED,), State.HANDLING),
    "erase": ((State.CLOSED,), State.ERASED),
}


class Due(TextChoices):
    """What the clock on a tip is waiting for."""

    FORWARD = "forward", "受理或移送"
    NOTICE = "notice", "告知实名举报人受理情况"
    PROPOSAL = "proposal", "提出处置意见"
    REVIEW = "review", "暂存待查复查"
    RESULT = "result", "反馈处理结果"
    OBJECTION = "objection", "答复异议"


class Way(TextChoices):
    """How it is disposed of: the four ways of 《监督执纪工作规则》, and what leads out of the office."""

    TALK = "talk", "谈话函询"
    INITIAL_CHECK = "initial_check", "初步核实"
    SHELVE = "shelve", "暂存待查"
    DISMISS = "dismiss", "予以了结"
    INVESTIGATE = "investigate", "移送审查调查"
    PASS_ON = "pass_on", "转办"
    ASSIGN = "assign", "交办"
    PRESS = "press", "督办"
    ORDER = "order", "转为整改"
    DECLINED = "declined", "不予受理"


class Outcome(TextChoices):
    """What came of it, chosen when it is concluded; the text is sealed."""

    TRUE = "true", "属实"
    PARTLY = "partly", "部分属实"
    UNPROVED = "unproved", "查无实据"
    UNTRUE = "untrue", "不属实"
    FALSE_ACCUSATION = "false_accusation", "认定诬告"
    CLEARED = "cleared", "予以澄清"
    ELSEWHERE = "elsewhere", "不属本机关受理"


class Rating(TextChoices):
    SATISFIED = "satisfied", "满意"
    FAIR = "fair", "基本满意"
    DISSATISFIED = "dissatisfied", "不满意"


class OfferState(TextChoices):
    OFFERED = "offered", "待接收"
    ACCEPTED = "accepted", "已接收"
    RETURNED = "returned", "已退回"


OFFER_ACTS = {
    "take": (OfferState.OFFERED, OfferState.ACCEPTED),
    "return": (OfferState.OFFERED, OfferState.RETURNED),
}


class ProposalState(TextChoices):
    PROPOSED = "proposed", "待审批"
    APPROVED = "approved", "已批准"
    REJECTED = "rejected", "已退回"


PROPOSAL_ACTS = {
    "approve": (ProposalState.PROPOSED, ProposalState.APPROVED),
    "reject": (ProposalState.PROPOSED, ProposalState.REJECTED),
}


class CallState(TextChoices):
    DRAFT = "draft", "草稿"
    PUBLISHED = "published", "已发布"
    WITHDRAWN = "withdrawn", "已撤下"


CALL_ACTS = {
    "publish": (CallState.DRAFT, CallState.PUBLISHED),
    "withdraw": (CallState.PUBLISHED, CallState.WITHDRAWN),
}


class Purpose(TextChoices):
    """What a key opens. Whoever reads a report need not learn who made it."""

    INTAKE = "intake", "受理"
    IDENTITY = "identity", "身份"
    INDEX = "index", "比对"


class Epoch(TextChoices):
    """A pair of keys of an office: made, then signed into the directory, then replaced by the next."""

    WAITING = "waiting", "待签入目录"
    CURRENT = "current", "在用"
    FORMER = "former", "已更换"


EPOCH_ACTS = {
    "begin": (Epoch.WAITING, Epoch.CURRENT),
    "replace": (Epoch.CURRENT, Epoch.FORMER),
}


class Author(TextChoices):
    CITIZEN = "citizen", "反映人"
    OFFICE = "office", "承办机关"
    SYSTEM = "system", "系统"


class RecordKind(TextChoices):
    """What a sealed record is. Readable, so that clocks and lists need no key; the words are not."""

    REPORT = "report", "反映内容"
    IDENTITY = "identity", "反映人身份"
    ADDITION = "addition", "补充"
    FILE = "file", "附件"
    REPLY = "reply", "答复"
    OBJECTION = "objection", "异议"
    COMMENT = "comment", "评价说明"
    NOTE = "note", "办理记录"
    OPINION = "opinion", "处置意见"
    LINK = "link", "关联办理"
    REPEAT = "repeat", "重复反映"
    REASON = "reason", "移送理由"
    CONTACT = "contact", "核实联系记录"
