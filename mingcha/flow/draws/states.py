"""The life of a round and of a sealed list."""

from django.db.models import TextChoices


class State(TextChoices):
    COMMITTED = "committed", "已承诺种子"
    FROZEN = "frozen", "名录已冻结"
    DRAWN = "drawn", "已抽签"
    REVEALED = "revealed", "已公开验证"


class ListState(TextChoices):
    SEALED = "sealed", "密封"
    OPENED = "opened", "已启封"


# act: (from, to). Nothing leads back: a round that went wrong is followed by another.
ACTS = {
    "freeze": (State.COMMITTED, State.FROZEN),
    "draw": (State.FROZEN, State.DRAWN),
    "reveal": (State.DRAWN, State.REVEALED),
}
LIST_ACTS = {"open": (ListState.SEALED, ListState.OPENED)}
