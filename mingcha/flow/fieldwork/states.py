"""The life of an outing and of a visit."""

from django.db.models import TextChoices


class State(TextChoices):
    OUT = "out", "检查中"
    BACK = "back", "已收队"


class VisitState(TextChoices):
    BEGUN = "begun", "检查中"
    CLOSED = "closed", "已结束"


class Mode(TextChoices):
    OVERT = "overt", "明察"
    COVERT = "covert", "暗访"


class Outcome(TextChoices):
    DONE = "done", "完成检查"
    REFUSED = "refused", "被拒绝"
    SHUT = "shut", "关门停业"
    NOT_EXECUTABLE = "not_executable", "无法执行"


class EmbeddedKind(TextChoices):
    MEETING = "meeting", "列席会议"
    ROSTER = "roster", "检查值班"
    JOINT_CHECK = "joint_check", "联合检查"
    REMINDER = "reminder", "提醒督促"
    OWN = "own", "督促部门自查本系统"


class SubmissionState(TextChoices):
    TAKEN = "taken", "已入账"
    HELD = "held", "待处理"
    SET_ASIDE = "set_aside", "不采用"


class FileKind(TextChoices):
    PHOTO = "photo", "照片"
    SIGNATURE = "signature", "签名"
    AUDIO = "audio", "录音"
    VIDEO = "video", "录像"
    FILE = "file", "其他文件"


ACTS = {"return": (State.OUT, State.BACK)}
VISIT_ACTS = {"close": (VisitState.BEGUN, VisitState.CLOSED)}
SUBMISSION_ACTS = {
    "take": (SubmissionState.HELD, SubmissionState.TAKEN),
    "set_aside": (SubmissionState.HELD, SubmissionState.SET_ASIDE),
}


class Concern(TextChoices):
    """What speaks against giving a stop to another team, by the name of the evaluator's check; each may be confirmed."""

    DAY = "day", "这个组要超过收工时间才能回来"
    WINDOWS = "windows", "有点位到的时候不在开放时间"
    MATES = "mates", "同一条街的点位不能同时开始，消息可能先传到"
