"""Where things are, and who answers for them: two different columns, because they differ."""

from django.db import models

LONGEST_VISIT = 600  # minutes


def on_earth(latitude: str, longitude: str) -> models.Q:
    """Return the condition that two columns name a place together, or are empty together."""
    empty = models.Q(**{f"{latitude}__isnull": True, f"{longitude}__isnull": True})
    # A comparison with nothing is neither true nor false, and a check lets it pass: that both are there is said, too.
    both = models.Q(**{f"{latitude}__isnull": False, f"{longitude}__isnull": False})
    within = models.Q(**{f"{latitude}__range": (-90, 90), f"{longitude}__range": (-180, 180)})
    return empty | (both & within)


def in_order(first: str, last: str) -> models.Q:
    """Return the condition that two columns of hours are both there, one before the other, or both empty."""
    empty = models.Q(**{f"{first}__isnull": True, f"{last}__isnull": True})
    both = models.Q(**{f"{first}__isnull": False, f"{last}__isnull": False})
    return empty | (both & models.Q(**{f"{last}__gt": models.F(first)}))


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


class Mechanism(models.Model):
    """A city's supervision mechanism, such as "1+7+X": its tiers, and the limits it sets itself."""

    division = models.OneToOneField(Division, models.PROTECT, primary_key=True, related_name="+", verbose_name="城市")
    name = models.CharField("名称", max_length=60)
    former_post_years = models.PositiveSmallIntegerField("曾任职回避年数", default=3)
    rest_hours = models.PositiveSmallIntegerField("两次外派间最少休息小时", default=10)
    longest_run_days = models.PositiveSmallIntegerField("连续外派最多天数", default=7)

    def __str__(self) -> str:
        return self.name


class TierKind(models.TextChoices):
    LEAD = "lead", "牵头机关"
    AREA = "area", "属地机关"
    GROUP = "group", "派驻和专项组"
    TOWNSHIP = "township", "乡镇监督力量"
    VILLAGE = "village", "村级监督力量"


class Tier(models.Model):
    """A rank of the mechanism as data: how many bodies stand in it is counted, never written down."""

    mechanism = models.ForeignKey(Mechanism, models.PROTECT, related_name="tiers", verbose_name="机制")
    position = models.PositiveSmallIntegerField("次序")
    name = models.CharField("层级", max_length=30)
    kind = models.CharField("类别", max_length=10, choices=TierKind.choices)
    # In a formula like 1+7+X an open tier reads X: any number may join.
    open_ended = models.BooleanField("数目不定", default=False)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["mechanism", "name"], name="tier_name_once"),
            models.UniqueConstraint(fields=["mechanism", "position"], name="tier_position_once"),
        ]

    def __str__(self) -> str:
        return self.name


class BodyKind(models.TextChoices):
    OFFICE = "office", "纪检监察机关"
    RESIDENT_GROUP = "resident_group", "派驻机构"
    SPECIAL_GROUP = "special_group", "专项工作组"
    TOWNSHIP_OFFICE = "township_office", "乡镇纪检组织"
    VILLAGE_SUPERVISORS = "village_supervisors", "村级监督组织"
    DEPARTMENT = "department", "部门"
    GOVERNMENT = "government", "乡镇街道"
    VILLAGE = "village", "村社区组织"
    INSTITUTION = "institution", "学校医院等单位"
    ENTERPRISE = "enterprise", "企业商户"


# Who supervises answers for no finding, and is not drawn.
SUPERVISING = (
    BodyKind.OFFICE, BodyKind.RESIDENT_GROUP, BodyKind.SPECIAL_GROUP, BodyKind.TOWNSHIP_OFFICE,
    BodyKind.VILLAGE_SUPERVISORS,
)  # fmt: skip


class Body(models.Model):
    """
    An organisation that acts or answers: an office, a department, a township government, an enterprise.

    `parent` stands above it in its own line; `host` is the department a resident group sits in. A duplicate names the
    body it was merged into and keeps its row: what was written under its code stays true.
    """

    code = models.CharField("单位代码", max_length=40, primary_key=True)
    name = models.CharField("名称", max_length=80)
    kind = models.CharField("种类", max_length=20, choices=BodyKind.choices)
    division = models.ForeignKey(Division, models.PROTECT, verbose_name="所属区划", related_name="+")
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="上级单位")
    tier = models.ForeignKey(Tier, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="层级")
    host = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="驻在部门")
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="已并入"
    )
    pinyin = models.CharField("拼音", max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(merged_into=models.F("code")), name="body_not_into_itself"),
            models.CheckConstraint(condition=~models.Q(host=models.F("code")), name="body_not_its_own_host"),
        ]

    def __str__(self) -> str:
        return self.name


class SiteType(models.Model):
    """
    A kind of place that is inspected: 村, 小区, 饭店, 高速路卡点, 超市 …

    `minutes` is what a visit is planned with. `enterprise`: such a site is a business, and may be inspected at most
    `yearly_cap` times a year, as 国办发〔2024〕54号 has every kind of check on enterprises limited by the year; None for no limit.
    """

    code = models.CharField("类型代码", max_length=30, primary_key=True)
    name = models.CharField("类型", max_length=30, unique=True)
    position = models.PositiveSmallIntegerField("次序", default=0)
    minutes = models.PositiveSmallIntegerField("每次用时分钟", default=30, db_default=30)
    enterprise = models.BooleanField("涉企", default=False, db_default=False)
    yearly_cap = models.PositiveSmallIntegerField("每年最多次数", null=True, blank=True)

    class Meta:
        ordering = ["position", "code"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(minutes__gte=1, minutes__lte=LONGEST_VISIT), name="visit_minutes_in_a_day"
            ),
            models.CheckConstraint(
                condition=models.Q(yearly_cap=None) | models.Q(enterprise=True, yearly_cap__gte=1),
                name="cap_of_enterprises_alone",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Site(models.Model):
    """
    A place on the register, and apart from it the body that answers for it.

    Latitude and longitude in degrees (WGS 84), both or neither; `schematic`: only somewhere near, such as the township's
    centre. `street` names the street or compound whose places hear of an inspection from one another. `opens` and
    `closes` are local hours of one day; without them it is open whenever somebody comes.
    """

    code = models.CharField("点位编号", max_length=30, unique=True)
    name = models.CharField("名称", max_length=80)
    type = models.ForeignKey(SiteType, models.PROTECT, related_name="+", verbose_name="类型")
    division = models.ForeignKey(Division, models.PROTECT, related_name="+", verbose_name="所在区划")
    address = models.CharField("地址", max_length=120, blank=True)
    body = models.ForeignKey(Body, models.PROTECT, related_name="+", verbose_name="责任单位")
    pinyin = models.CharField("拼音", max_length=200, blank=True)
    latitude = models.FloatField("纬度", null=True, blank=True)
    longitude = models.FloatField("经度", null=True, blank=True)
    schematic = models.BooleanField("示意位置", default=False, db_default=False)
    street = models.CharField("街道或院落", max_length=60, blank=True, db_default="")
    opens = models.TimeField("开门", null=True, blank=True)
    closes = models.TimeField("关门", null=True, blank=True)
    active = models.BooleanField("在册", default=True)
    # Met by a team and not on the register: off it, and so in no draw, until the office confirms or merges it.
    provisional = models.BooleanField("待核实", default=False)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="已并入"
    )

    class Meta:
        indexes = [
            models.Index(fields=["division", "type"], name="site_place_type"),
            models.Index(fields=["pinyin"], name="site_pinyin"),
        ]
        constraints = [
            # A duplicate is never drawn again.
            models.CheckConstraint(
                condition=models.Q(merged_into=None) | models.Q(active=False), name="merged_site_is_off"
            ),
            models.CheckConstraint(condition=~models.Q(merged_into=models.F("id")), name="site_not_into_itself"),
            models.CheckConstraint(
                condition=models.Q(provisional=False) | models.Q(active=False), name="provisional_site_is_off"
            ),
            models.CheckConstraint(condition=on_earth("latitude", "longitude"), name="site_on_earth"),
            models.CheckConstraint(condition=in_order("opens", "closes"), name="site_opens_before_it_closes"),
            models.CheckConstraint(
                condition=models.Q(schematic=False) | models.Q(latitude__isnull=False), name="schematic_is_somewhere"
            ),
        ]

    def __str__(self) -> str:
        return self.name
