"""
The life of a publication, and of a request to name an official in one.

    draft ──propose──► proposed ──publish──► published ──take_down──► taken_down
      ▲                   │
      └────send_back──────┘

Whether its date has passed is computed, never stored: from the next day on every name is masked again.
"""

from django.db.models import TextChoices


class Kind(TextChoices):
    NOTICE = "notice", "通告"
    CIRCULAR = "circular", "典型案例通报"


class State(TextChoices):
    DRAFT = "draft", "草稿"
    PROPOSED = "proposed", "待审批"
    PUBLISHED = "published", "已发布"
    TAKEN_DOWN = "taken_down", "已撤下"


# act: (from any of, to). What was taken down stays down; a new publication is a new one.
ACTS = {
    "propose": ((State.DRAFT,), State.PROPOSED),
    "send_back": ((State.PROPOSED,), State.DRAFT),
    "publish": ((State.PROPOSED,), State.PUBLISHED),
    "take_down": ((State.PUBLISHED,), State.TAKEN_DOWN),
}


class Naming(TextChoices):
    ASKED = "asked", "待批准点名"
    GRANTED = "granted", "准予点名"
    DECLINED = "declined", "不予点名"


NAMING_ACTS = {
    "grant": ((Naming.ASKED,), Naming.GRANTED),
    "decline": ((Naming.ASKED,), Naming.DECLINED),
}
