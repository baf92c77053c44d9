"""Where a delivery stands, by which way it goes, and why it did not arrive."""

from django.db.models import TextChoices


class Kind(TextChoices):
    """The ways out of the house. Mail goes to one person, the others to a group in which an office has set up a robot."""

    MAIL = "mail", "邮件"
    WECOM = "wecom", "企业微信群"
    DINGTALK = "dingtalk", "钉钉群"
    FEISHU = "feishu", "飞书群"


# Stands in every message to a group: robots may be set to let through only what holds a word agreed upon.
KEYWORD = "工作消息"


class State(TextChoices):
    QUEUED = "queued", "待发"
    SENT = "sent", "已发"
    FAILED = "failed", "未发出，还会再试"
    GIVEN_UP = "given_up", "多次未发出，已停"
    EXPIRED = "expired", "不用再发"


class Cause(TextChoices):
    """Why a message did not arrive, as far as it may be written down: never an address, a key or a server's words."""

    NONE = "", "—"
    UNREACHABLE = "unreachable", "连不上对方"
    REFUSED = "refused", "对方没有收下"
    UNREADABLE = "unreadable", "渠道的设置打不开"


# act → (from, to)
ACTS: dict[str, tuple[tuple[State, ...], State]] = {
    "send": ((State.QUEUED, State.FAILED), State.SENT),
    "fail": ((State.QUEUED, State.FAILED), State.FAILED),
    "give_up": ((State.QUEUED, State.FAILED), State.GIVEN_UP),
    "expire": ((State.QUEUED, State.FAILED), State.EXPIRED),
    "retry": ((State.GIVEN_UP,), State.QUEUED),
}
WAITING = ACTS["send"][0]
