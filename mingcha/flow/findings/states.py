"""The life of a finding: noted while the team is at the site, then confirmed and frozen, or withdrawn."""

from django.db.models import TextChoices


class State(TextChoices):
    NOTED = "noted", "已登记"
    CONFIRMED = "confirmed", "已确认"
    WITHDRAWN = "withdrawn", "已撤回"


class Responsibility(TextChoices):
    """The four responsibilities (四方责任)."""

    TERRITORIAL = "territorial", "属地主体责任"
    DEPARTMENT = "department", "部门监督责任"
    UNIT = "unit", "单位管理责任"
    INDIVIDUAL = "individual", "个人直接责任"


class Severity(TextChoices):
    SLIGHT = "slight", "轻微"
    ORDINARY = "ordinary", "一般"
    GRAVE = "grave", "重大"


ACTS = {
    "confirm": (State.NOTED, State.CONFIRMED),
    "withdraw": (State.NOTED, State.WITHDRAWN),
}
