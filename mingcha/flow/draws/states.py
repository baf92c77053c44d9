"""The life of a round, of a sealed list and of a directed visit."""

from django.db.models import TextChoices


class State(TextChoices):
    BEGUN = "begun", "已开轮"
    FROZEN = "frozen", "名录已冻结"
    COMMITTED = "committed", "承诺已齐"
    DRAWN = "drawn", "已抽签"
    REVEALED = "revealed", "已公开验证"
    VOID = "void", "已作废"


class ListState(TextChoices):
    SEALED = "sealed", "密封"
    OPENED = "opened", "已启封"


class PublicKind(TextChoices):
    """Where the public value comes from. Dice are thrown at the ceremony; all others have an hour of their own."""

    DICE = "dice", "现场掷骰"
    LOTTERY = "lottery", "福利（体育）彩票开奖号码"
    INDEX = "index", "证券收盘指数"
    BEACON = "beacon", "公开随机信标（drand）"
    OTHER = "other", "其他公开数值"


class Tilt(TextChoices):
    LOTTERY = "lottery", "机会均等"
    LOGISTIC = "logistic", "按风险加权"
    MINMAX = "minmax", "按危害兜底"


class Sharing(TextChoices):
    ROUTE = "route", "排路线时分派"
    LOT = "lot", "抽签分派"


class Routing(TextChoices):
    """How far the routes of a drawn round are: `off` where they cannot be planned (no position, no crew)."""

    WAITING = "waiting", "待排"
    PLANNED = "planned", "已排"
    OFF = "off", "按抽签次序"


class Dropped(TextChoices):
    """Why a drawn site is on no route, by the name the planner gives it."""

    RECUSAL = "recusal", "能去的组都要回避"
    HOURS = "hours", "没有一个组能在开放和工作时间内到达并查完"
    STREET = "street", "同一条街的点位要同时开始，组不够"
    FULL = "full", "当天排不下，按签号从后往前减"


class Source(TextChoices):
    """How a past visit came about."""

    DRAWN = "drawn", "抽签"
    EXTRA = "extra", "计划外"
    EMBEDDED = "embedded", "嵌入式监督"


class DirectedState(TextChoices):
    WAITING = "waiting", "待编入"
    CARRIED = "carried", "已编入"
    WITHDRAWN = "withdrawn", "已撤回"


# act: (from, to). Nothing leads back: a round that went wrong is followed by another.
ACTS = {
    "freeze": (State.BEGUN, State.FROZEN),
    "commit": (State.FROZEN, State.COMMITTED),
    "draw": (State.COMMITTED, State.DRAWN),
    "reveal": (State.DRAWN, State.REVEALED),
}
# A round may be void until it is revealed, unless a team has seen a list of it; every void round is published.
VOIDABLE = (State.BEGUN, State.FROZEN, State.COMMITTED, State.DRAWN)
UNDER_WAY = (State.BEGUN, State.FROZEN, State.COMMITTED)
LIST_ACTS = {"open": (ListState.SEALED, ListState.OPENED)}
DIRECTED_ACTS = {
    "take": (DirectedState.WAITING, DirectedState.CARRIED),
    "withdraw": (DirectedState.WAITING, DirectedState.WITHDRAWN),
}
