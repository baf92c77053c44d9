"""The life of a campaign, of a call and of an offer; and the duties in a team."""

from django.db.models import TextChoices


class State(TextChoices):
    OPEN = "open", "进行中"
    CLOSED = "closed", "已结束"


class CallState(TextChoices):
    OPEN = "open", "调配中"
    ENDED = "ended", "已结束"


class OfferState(TextChoices):
    OFFERED = "offered", "可调用"
    ASSIGNED = "assigned", "已派往"
    WITHDRAWN = "withdrawn", "已撤回"


class Duty(TextChoices):
    LEADER = "leader", "组长"
    MEMBER = "member", "组员"
    LIAISON = "liaison", "联络员"


# act: (from, to)
ACTS = {"close": (State.OPEN, State.CLOSED)}
CALL_ACTS = {"end": (CallState.OPEN, CallState.ENDED)}
OFFER_ACTS = {
    "assign": (OfferState.OFFERED, OfferState.ASSIGNED),
    "release": (OfferState.ASSIGNED, OfferState.OFFERED),
    "withdraw": (OfferState.OFFERED, OfferState.WITHDRAWN),
}
