"""Files, addressed by the SHA-256 of their bytes; the row says who handed them in, when and where."""

from django.db import models

from mingcha.ground.accounts.models import Person

PICTURES = ("image/jpeg", "image/png", "image/webp")


class Evidence(models.Model):
    sha256 = models.CharField("哈希", max_length=64, db_index=True)
    size = models.PositiveBigIntegerField("字节数")
    media_type = models.CharField("格式", max_length=60)
    name = models.CharField("文件名", max_length=120)
    received_at = models.DateTimeField("接收时间")
    received_from = models.ForeignKey(
        Person, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="提交人"
    )
    # Who handed it in without an account, through a one-time link, as they named themselves.
    received_as = models.CharField("提交人自称", max_length=80, blank=True, default="", db_default="")
    place = models.CharField("地点", max_length=120, blank=True)
    # Shows somebody who is inspected by nobody: fewer may see it, and it is kept for a shorter time.
    personal = models.BooleanField("含个人信息", default=False)
    # Repeats that there is a Rendering, so that what still waits for one stands in an index of its own.
    rendered = models.BooleanField("已生成查看图", default=False, db_default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(received_from__isnull=False, received_as="")
                | (models.Q(received_from=None) & ~models.Q(received_as="")),
                name="evidence_from_someone",
            )
        ]
        indexes = [
            # As small as what waits, however many rows there are. A mark "done up to here" would be smaller still, but
            # a row that is committed late, under a lower number, would be passed over for good.
            models.Index(
                fields=["id"], condition=models.Q(rendered=False, media_type__in=PICTURES), name="evidence_to_render"
            )
        ]


class Rendering(models.Model):
    """
    What others see of a picture: upright, smaller, without what the camera wrote into it. Made in the background.

    Both hashes are empty where the bytes could not be read as a picture; the original is kept all the same.
    """

    evidence = models.OneToOneField(Evidence, models.PROTECT, related_name="rendering", verbose_name="文件")
    view_sha256 = models.CharField("查看图哈希", max_length=64, blank=True)
    thumb_sha256 = models.CharField("缩略图哈希", max_length=64, blank=True)
    made_at = models.DateTimeField("生成时间")
