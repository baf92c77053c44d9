"""The kinds of note. A note has no life cycle of its own: it is sent once; what follows is rows about it."""

from django.db.models import TextChoices


class Kind(TextChoices):
    GUIDANCE = "guidance", "工作指导"
    HINT = "hint", "工作提示"
    REPORT = "report", "情况反馈"
