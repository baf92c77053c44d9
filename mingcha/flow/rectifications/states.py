"""
The life of a rectification.

    立行立改   attest ──► attested ──uphold──► upheld
                             │ overturn
                             ▼
    限期整改   order ──► ordered ──answer──► answered ──close──► closed
                             ▲ answer           │ send_back
                             └──── returned ◄───┘
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
    CLOSED = "closed", "已销号"
    VOID = "void", "随问题撤回"


# act: (from any of, to). What is closed or upheld never reopens.
ACTS = {
    "uphold": ((State.ATTESTED,), State.UPHELD),
    "overturn": ((State.ATTESTED,), State.ORDERED),
    "order": ((State.AGREED,), State.ORDERED),
    "answer": ((State.ORDERED, State.RETURNED), State.ANSWERED),
    "send_back": ((State.ANSWERED,), State.RETURNED),
    "close": ((State.ANSWERED,), State.CLOSED),
    "void": ((State.ATTESTED, State.AGREED), State.VOID),
}
OPEN = (State.AGREED, State.ORDERED, State.ANSWERED, State.RETURNED)
# What a unit may see and sign for: an order reaches it only once the visit that found it is over.
ISSUED = (State.ORDERED, State.ANSWERED, State.RETURNED, State.CLOSED)
