"""The outbox. A message is a row first; by which ways it leaves the house is decided afterwards, a row for each way."""

from django.db import models
from django.db.models import F, Q

from mingcha.ground.accounts.models import Person
from mingcha.ground.notices.states import Cause, Kind, State
from mingcha.ground.territory.models import Body
from mingcha.kernel import hours


class Notice(models.Model):
    """
    A message as its reader sees it inside. Its subject and text never leave the house.

    `planned_at` is empty until the outbox has looked at it. One that passes an unread message on to the next person
    names the first of its line in `raised_from`.
    """

    to = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="收件人")
    subject = models.CharField("主题", max_length=120)
    text = models.TextField("内容", blank=True)
    link = models.CharField("链接", max_length=200, blank=True)
    channel = models.CharField("渠道", max_length=20, default="screen")
    created_at = models.DateTimeField("时间")
    seen_at = models.DateTimeField("已读时间", null=True, blank=True)
    # Messages are also written by a statement of its own (flow/rectifications/intake_sql.py), hence the default there.
    urgent = models.BooleanField("紧急", default=False, db_default=False)
    planned_at = models.DateTimeField("安排发送时间", null=True, blank=True)
    raise_at = models.DateTimeField("转送时限", null=True, blank=True)
    raised_at = models.DateTimeField("转送时间", null=True, blank=True)
    raised_from = models.ForeignKey(
        "self", models.PROTECT, related_name="+", null=True, blank=True, verbose_name="转送自"
    )

    class Meta:
        indexes = [
            models.Index(fields=["to", "seen_at"], name="notice_unseen"),
            models.Index(fields=["id"], name="notice_unplanned", condition=Q(planned_at=None)),
            models.Index(fields=["raise_at"], name="notice_to_raise", condition=Q(raised_at=None, seen_at=None)),
        ]


class Timed(models.Model):
    """What has hours at which it may be disturbed."""

    quiet_from = models.TimeField("免打扰自", null=True, blank=True)
    quiet_to = models.TimeField("免打扰至", null=True, blank=True)
    digest_at = models.TimeField("汇总时间", null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def hours(self) -> hours.Hours:
        return hours.Hours(self.quiet_from, self.quiet_to, self.digest_at)


def quiet_is_whole() -> Q:
    """Return the condition that quiet hours have a beginning and another end, or neither."""
    return Q(quiet_from=None, quiet_to=None) | (
        Q(quiet_from__isnull=False, quiet_to__isnull=False) & ~Q(quiet_from=F("quiet_to"))
    )


class Preference(Timed):
    """How a person wants to hear of messages outside the house. Who has none hears through the group alone."""

    person = models.OneToOneField(Person, models.PROTECT, primary_key=True, related_name="+", verbose_name="人员")
    mail = models.EmailField("邮箱", blank=True)
    by_mail = models.BooleanField("发邮件", default=False)
    in_group = models.BooleanField("在群里提醒", default=True)
    changed_at = models.DateTimeField("修改时间")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=quiet_is_whole(), name="preference_quiet_is_whole"),
            models.CheckConstraint(condition=Q(by_mail=False) | ~Q(mail=""), name="mail_goes_somewhere"),
        ]


class Channel(Timed):
    """
    A way out of the house that an office has set up: its mail server, or the robot of one of its groups.

    What opens it lies in `box`, under a key that is not in the database, and is never shown again. Setting up the same
    kind anew stops the one before.
    """

    body = models.ForeignKey(Body, models.PROTECT, related_name="+", verbose_name="单位")
    kind = models.CharField("渠道", max_length=10, choices=Kind.choices)
    box = models.BinaryField("设置")
    set_at = models.DateTimeField("设置时间")
    set_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="设置人")
    stopped_at = models.DateTimeField("停用时间", null=True, blank=True)
    stopped_by = models.ForeignKey(
        Person, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="停用人"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["body", "kind"], condition=Q(stopped_at=None), name="one_channel_of_a_kind"
            ),
            models.CheckConstraint(condition=quiet_is_whole(), name="channel_quiet_is_whole"),
            models.CheckConstraint(
                condition=Q(stopped_at=None, stopped_by=None) | Q(stopped_at__isnull=False, stopped_by__isnull=False),
                name="channel_stopped_by_someone",
            ),
        ]


class Delivery(models.Model):
    """
    One message by one way. The address is read when it is sent: a mail goes to `person`, else it goes to the group.

    Sent at least once: whoever dies between sending and noting it leaves a delivery that is sent again.
    """

    notice = models.ForeignKey(Notice, models.PROTECT, related_name="deliveries", verbose_name="消息")
    channel = models.ForeignKey(Channel, models.PROTECT, related_name="deliveries", verbose_name="渠道")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="收件人")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.QUEUED)
    tries = models.PositiveSmallIntegerField("次数", default=0)
    queued_at = models.DateTimeField("排队时间")
    next_at = models.DateTimeField("下次发送")
    sent_at = models.DateTimeField("发出时间", null=True, blank=True)
    cause = models.CharField("未发出原因", max_length=12, choices=Cause.choices, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["notice", "channel"], name="delivery_once"),
            models.CheckConstraint(
                condition=(Q(state=State.SENT) & Q(sent_at__isnull=False))
                | (~Q(state=State.SENT) & Q(sent_at__isnull=True)),
                name="sent_has_its_time",
            ),
        ]
        indexes = [
            models.Index(fields=["next_at"], name="delivery_due", condition=Q(state__in=["queued", "failed"])),
            models.Index(fields=["channel", "sent_at"], name="delivery_sent"),
        ]


class Raising(models.Model):
    """After how many hours a body's unread messages go to the next person; empty: never."""

    body = models.OneToOneField(Body, models.PROTECT, primary_key=True, related_name="+", verbose_name="单位")
    urgent_hours = models.PositiveSmallIntegerField("紧急消息", null=True, blank=True)
    other_hours = models.PositiveSmallIntegerField("其他消息", null=True, blank=True)
    set_at = models.DateTimeField("设置时间")
    set_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="设置人")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(Q(urgent_hours=None) | Q(urgent_hours__gte=1))
                & (Q(other_hours=None) | Q(other_hours__gte=1)),
                name="raised_after_an_hour",
            ),
        ]
