"""Files, addressed by the SHA-256 of their bytes; the row says who handed them in, when and where."""

from django.db import models

from mingcha.ground.accounts.models import Person


class Evidence(models.Model):
    sha256 = models.CharField("哈希", max_length=64, db_index=True)
    size = models.PositiveBigIntegerField("字节数")
    media_type = models.CharField("格式", max_length=60)
    name = models.CharField("文件名", max_length=120)
    received_at = models.DateTimeField("接收时间")
    received_from = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="提交人")
    place = models.CharField("地点", max_length=120, blank=True)
