"""What may go from one person to another when somebody leaves."""

from django.db.models import TextChoices


class Kind(TextChoices):
    POST = "post", "岗位"
    TEAM = "team", "检查组"
    VISIT = "visit", "在办检查"
    LINK = "link", "联系关系"
    OFFER = "offer", "紧急调配"
    ORDER = "order", "整改事项"
    NOTE = "note", "工作提示"
    RULING = "ruling", "回避裁定"
