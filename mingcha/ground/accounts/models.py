"""People, the posts they hold, what they are linked to and must stay away from. What a post may do: `roles.py`."""

from datetime import date

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from mingcha.ground.territory.models import Body, Division, Site


class Person(AbstractBaseUser):
    """Someone who signs in. Staff only: no resident is ever a row."""

    username = models.CharField("账号", max_length=80, unique=True)
    name = models.CharField("姓名", max_length=40)
    pinyin = models.CharField("拼音", max_length=120, blank=True)
    title = models.CharField("职务", max_length=60, blank=True)
    # Words such as 医疗卫生 or 财务审计, in the office's own terms.
    skills = models.JSONField("专长", default=list, blank=True)
    is_active = models.BooleanField("在用", default=True)
    created_at = models.DateTimeField("建立时间")

    USERNAME_FIELD = "username"

    objects = BaseUserManager["Person"]()

    def __str__(self) -> str:
        return self.name


class Capacity(models.TextChoices):
    REGULAR = "regular", "任职"
    DEPUTY = "deputy", "副职"
    ACTING = "acting", "代理"


class Post(models.Model):
    """A person in a body in a role, with dates. Scope is the body's division code and the body itself."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="posts", verbose_name="人员")
    body = models.ForeignKey(Body, models.PROTECT, related_name="+", verbose_name="单位")
    role = models.CharField("角色", max_length=30)
    capacity = models.CharField("任职方式", max_length=10, choices=Capacity.choices, default=Capacity.REGULAR)
    since = models.DateField("起")
    until = models.DateField("止", null=True, blank=True)
    # When it was ended on record: at once, though the last day is not over, or later than that day.
    relieved_at = models.DateTimeField("交接时间", null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "body", "role", "since"], name="post_once"),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("since")), name="post_dates_in_order"),
            # Acting is for a time: whoever appoints says until when.
            models.CheckConstraint(condition=~Q(capacity=Capacity.ACTING) | Q(until__isnull=False), name="acting_ends"),
        ]

    @property
    def ended_on(self) -> date | None:
        """The day from which it counts as a former post: the last day, or the later one on which that was put on record."""
        if self.until is None or self.relieved_at is None:
            return self.until
        return max(self.until, timezone.localdate(self.relieved_at))

    def holds_on(self, day: date) -> bool:
        """Whether the post, once begun, has not ended by that day."""
        return self.relieved_at is None and (self.until is None or self.until >= day)


class LinkKind(models.TextChoices):
    LIAISON = "liaison", "联系"
    SPONSOR = "sponsor", "包联"


def one_target() -> Q:
    """Return the condition that exactly one of body, division and site is named."""
    one = {"body": "body__isnull", "division": "division__isnull", "site": "site__isnull"}
    condition = Q()
    for named in one:
        condition |= Q(**{lookup: name != named for name, lookup in one.items()})
    return condition


class Link(models.Model):
    """
    A standing link (联系、包联) of a body, or of one person of it, to a unit, a place or a site.

    Guidance goes by link; draws and verification go away from it. Ended links keep their row.
    """

    holder = models.ForeignKey(Body, models.PROTECT, related_name="+", verbose_name="联系单位")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="联系人")
    kind = models.CharField("方式", max_length=10, choices=LinkKind.choices)
    body = models.ForeignKey(Body, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="联系的单位")
    division = models.ForeignKey(
        Division, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="联系的区划"
    )
    site = models.ForeignKey(Site, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="联系的点位")
    since = models.DateField("起")
    until = models.DateField("止", null=True, blank=True)
    recorded_at = models.DateTimeField("登记时间")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=one_target(), name="link_names_one_thing"),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("since")), name="link_dates_in_order"),
        ]


class Ground(models.TextChoices):
    RELATIVE = "relative", "近亲属关系"
    INTEREST = "interest", "利害关系"
    FORMER = "former", "曾任职或共事"
    OTHER = "other", "可能影响公正的其他情形"


class RecusalState(models.TextChoices):
    ASKED = "asked", "待裁定"
    STANDING = "standing", "回避"
    REFUSED = "refused", "不予回避"
    LIFTED = "lifted", "已解除"


class Recusal(models.Model):
    """
    A person who stays away from a unit, a place or a site: declared by them, noted by their office, or asked for by
    the unit and ruled on by the office above. The reason names a relation, never a relative.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="回避人")
    body = models.ForeignKey(Body, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="回避的单位")
    division = models.ForeignKey(
        Division, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="回避的区划"
    )
    site = models.ForeignKey(Site, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="回避的点位")
    ground = models.CharField("情形", max_length=10, choices=Ground.choices)
    reason = models.CharField("说明", max_length=200)
    state = models.CharField("状态", max_length=10, choices=RecusalState.choices)
    recorded_at = models.DateTimeField("提出时间")
    recorded_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="提出人")
    asked_by = models.ForeignKey(Body, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="申请单位")
    # Who must rule: the office above the person's.
    ruled_in = models.ForeignKey(Body, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="裁定机关")
    ruling = models.CharField("裁定意见", max_length=200, blank=True)
    ruled_at = models.DateTimeField("裁定时间", null=True, blank=True)
    ruled_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="裁定人")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=one_target(), name="recusal_names_one_thing"),
            models.CheckConstraint(
                condition=~Q(state=RecusalState.ASKED) | Q(asked_by__isnull=False, ruled_in__isnull=False),
                name="asked_recusal_has_a_judge",
            ),
            models.CheckConstraint(condition=Q(ruled_by=None) | ~Q(ruled_by=F("person")), name="nobody_rules_on_self"),
        ]


class Attempt(models.Model):
    """A failed sign-in, kept only to slow down guessing; removed by a success or after a day."""

    username = models.CharField(max_length=80, db_index=True)
    address = models.GenericIPAddressField(null=True, blank=True)
    at = models.DateTimeField(db_index=True)


class Device(models.Model):
    """
    A phone that may send for a person: our field app or ODK Collect. Only the hash of its token is kept.

    Revoking ends it at once; what it has sent stays.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="人员")
    label = models.CharField("名称", max_length=60)
    token_hash = models.CharField("凭证哈希", max_length=64, unique=True)
    made_at = models.DateTimeField("发放时间")
    made_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="发放人")
    revoked_at = models.DateTimeField("收回时间", null=True, blank=True)
    revoked_by = models.ForeignKey(
        Person, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="收回人"
    )
