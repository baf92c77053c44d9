"""Where things are, and who answers for them: two different columns, because they differ."""

from django.db import models


class Level(models.TextChoices):
    PROVINCE = "province", "省"
    CITY = "city", "市"
    COUNTY = "county", "县区"
    TOWNSHIP = "township", "乡镇街道"
    VILLAGE = "village", "村社区"


class Division(models.Model):
    """A statistical division. Its code is its path: 62 → 6211 → 621126 → 621126100 → 621126100201."""

    code = models.CharField("区划代码", max_length=12, primary_key=True)
    name = models.CharField("名称", max_length=60)
    level = models.CharField("级别", max_length=10, choices=Level.choices)
    parent_code = models.CharField("上级代码", max_length=12, blank=True, db_index=True)
    # Township group (片区): half of a stratum; only townships carry one.
    group = models.CharField("片区", max_length=30, blank=True)

    def __str__(self) -> str:
        return self.name

    @property
    def county_code(self) -> str:
        return self.code[:6]

    @property
    def township_code(self) -> str:
        return self.code[:9] if len(self.code) >= 9 else ""


class BodyKind(models.TextChoices):
    OFFICE = "office", "纪检监察机关"
    RESIDENT_GROUP = "resident_group", "派驻机构"
    DEPARTMENT = "department", "部门"
    GOVERNMENT = "government", "乡镇街道"
    VILLAGE = "village", "村社区组织"
    INSTITUTION = "institution", "学校医院等单位"
    ENTERPRISE = "enterprise", "企业商户"


class Body(models.Model):
    """An organisation that acts or answers: an office, a department, a township government, an enterprise."""

    code = models.CharField("单位代码", max_length=40, primary_key=True)
    name = models.CharField("名称", max_length=80)
    kind = models.CharField("种类", max_length=20, choices=BodyKind.choices)
    division = models.ForeignKey(Division, models.PROTECT, verbose_name="所属区划", related_name="+")
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="上级单位")
    pinyin = models.CharField("拼音", max_length=200, blank=True)

    def __str__(self) -> str:
        return self.name


class SiteType(models.Model):
    """A kind of place that is inspected: 村, 小区, 饭店, 高速路卡点, 超市 …"""

    code = models.CharField("类型代码", max_length=30, primary_key=True)
    name = models.CharField("类型", max_length=30, unique=True)
    position = models.PositiveSmallIntegerField("次序", default=0)

    class Meta:
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return self.name


class Site(models.Model):
    """A place on the register, and apart from it the body that answers for it."""

    code = models.CharField("点位编号", max_length=30, unique=True)
    name = models.CharField("名称", max_length=80)
    type = models.ForeignKey(SiteType, models.PROTECT, related_name="+", verbose_name="类型")
    division = models.ForeignKey(Division, models.PROTECT, related_name="+", verbose_name="所在区划")
    address = models.CharField("地址", max_length=120, blank=True)
    body = models.ForeignKey(Body, models.PROTECT, related_name="+", verbose_name="责任单位")
    pinyin = models.CharField("拼音", max_length=200, blank=True)
    active = models.BooleanField("在册", default=True)

    class Meta:
        indexes = [
            models.Index(fields=["division", "type"], name="site_place_type"),
            models.Index(fields=["pinyin"], name="site_pinyin"),
        ]

    def __str__(self) -> str:
        return self.name
