"""The life of a campaign."""

from django.db.models import TextChoices


class State(TextChoices):
    OPEN = "open", "进行中"
    CLOSED = "closed", "已结束"


# act: (from, to)
ACTS = {"close": (State.OPEN, State.CLOSED)}
