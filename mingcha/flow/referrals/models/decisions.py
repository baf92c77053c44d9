"""What was decided about a party, by which body; what became of it on appeal; and who was cleared."""

from django.db import models
from django.db.models import F, Q

from mingcha.flow.referrals.models.cases import Party, Statement
from mingcha.flow.referrals.states import (
    FAMILIES,
    ONCE_DECIDED,
    AppealState,
    ClearanceState,
    DispositionState,
    Form,
    Kind,
    TrackKind,
    TrackState,
)
from mingcha.ground.accounts.models import Person


def _decided() -> Q:
    """Return the condition that a decision stands on record with who decided it, where it is written, and when."""
    named = Q(decided_on__isnull=False, recorded_by__isnull=False, recorded_at__isnull=False)
    return named & ~Q(deciding_body="") & ~Q(document="")


class Disposition(models.Model):
    """
    One thing decided about one party. Proposed here; decided elsewhere, by the body named, and recorded here.

    `statement` is what the party had said before: without one nothing can have been decided.
    """

    party = models.ForeignKey(Party, models.PROTECT, related_name="dispositions", verbose_name="当事人")
    kind = models.CharField("处理", max_length=24, choices=Kind.choices)
    form = models.CharField("四种形态", max_length=8, choices=Form.choices, blank=True)
    grounds = models.TextField("依据的事实和理由")
    state = models.CharField("状态", max_length=10, choices=DispositionState.choices, default=DispositionState.PROPOSED)
    statement = models.ForeignKey(
        Statement, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="陈述申辩"
    )
    deciding_body = models.CharField("决定机关", max_length=80, blank=True)
    document = models.CharField("决定文号", max_length=80, blank=True)
    decided_on = models.DateField("决定日期", null=True, blank=True)
    appeal_to = models.CharField("申诉受理机关", max_length=80, blank=True)
    appeal_until = models.DateField("申诉期限", null=True, blank=True)
    proposed_at = models.DateTimeField("提出时间")
    proposed_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="提出人")
    recorded_at = models.DateTimeField("登记时间", null=True, blank=True)
    recorded_by = models.ForeignKey(
        Person, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="登记人"
    )
    dropped_reason = models.TextField("不予给予的理由", blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=ONCE_DECIDED) | (_decided() & ~Q(appeal_to="") & Q(statement__isnull=False)),
                name="disposition_after_a_hearing",
            ),
            models.CheckConstraint(
                condition=~Q(state=DispositionState.DROPPED) | (Q(recorded_by__isnull=False) & ~Q(dropped_reason="")),
                name="disposition_dropped_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(recorded_by=None) | ~Q(recorded_by=F("proposed_by")), name="disposition_by_two_hands"
            ),
        ]

    @property
    def family(self) -> str:
        """The family of the kind, in Chinese: 党纪处分, 组织处理 …"""
        return FAMILIES[self.kind.partition(".")[0]]


class Track(models.Model):
    """
    先免职再查处, one of its two records. The constraints hold the deciders apart: of the two rows of a party, neither
    the deciding body nor the person who records may be the same.
    """

    party = models.ForeignKey(Party, models.PROTECT, related_name="tracks", verbose_name="当事人")
    track = models.CharField("事项", max_length=10, choices=TrackKind.choices)
    reason = models.TextField("建议的理由")
    state = models.CharField("状态", max_length=10, choices=TrackState.choices, default=TrackState.PROPOSED)
    statement = models.ForeignKey(
        Statement, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="陈述申辩"
    )
    deciding_body = models.CharField("决定机关", max_length=80, blank=True)
    document = models.CharField("决定文号", max_length=80, blank=True)
    decided_on = models.DateField("决定日期", null=True, blank=True)
    result = models.TextField("决定内容", blank=True)
    proposed_at = models.DateTimeField("提出时间")
    proposed_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="提出人")
    recorded_at = models.DateTimeField("登记时间", null=True, blank=True)
    recorded_by = models.ForeignKey(
        Person, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="登记人"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["party", "track"], name="track_once"),
            models.UniqueConstraint(
                fields=["party", "deciding_body"], condition=~Q(deciding_body=""), name="two_tracks_two_deciding_bodies"
            ),
            models.UniqueConstraint(
                fields=["party", "recorded_by"], condition=Q(recorded_by__isnull=False), name="two_tracks_two_recorders"
            ),
            models.CheckConstraint(
                condition=Q(state=TrackState.PROPOSED, recorded_by=None, deciding_body="")
                | (~Q(state=TrackState.PROPOSED) & _decided()),
                name="track_decided_by_someone",
            ),
            models.CheckConstraint(
                condition=~Q(state=TrackState.DECIDED) | Q(statement__isnull=False), name="track_after_a_hearing"
            ),
        ]  # fmt: skip


class Appeal(models.Model):
    """A party's appeal (申诉) against a decision, and what the body it went to made of it."""

    disposition = models.ForeignKey(Disposition, models.PROTECT, related_name="appeals", verbose_name="处理")
    lodged_on = models.DateField("申诉日期")
    reason = models.TextField("申诉理由")
    state = models.CharField("状态", max_length=10, choices=AppealState.choices, default=AppealState.LODGED)
    lodged_at = models.DateTimeField("登记时间")
    lodged_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="登记人")
    deciding_body = models.CharField("决定机关", max_length=80, blank=True)
    document = models.CharField("决定文号", max_length=80, blank=True)
    decided_on = models.DateField("决定日期", null=True, blank=True)
    result = models.TextField("决定内容", blank=True)
    recorded_at = models.DateTimeField("结果登记时间", null=True, blank=True)
    recorded_by = models.ForeignKey(
        Person, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="结果登记人"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["disposition"], condition=Q(state=AppealState.LODGED), name="one_appeal_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(state=AppealState.LODGED, recorded_by=None)
                | (~Q(state=AppealState.LODGED) & _decided()),
                name="appeal_decided_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(recorded_by=None) | ~Q(recorded_by=F("lodged_by")), name="appeal_by_two_hands"
            ),
        ]  # fmt: skip


class Clearance(models.Model):
    """澄清正名: that a party did not do what was said, the notice of it, and where it is made known."""

    party = models.ForeignKey(Party, models.PROTECT, related_name="clearances", verbose_name="当事人")
    facts = models.TextField("查明的情况")
    notice = models.TextField("澄清通知")
    scope = models.CharField("澄清范围", max_length=120)
    state = models.CharField("状态", max_length=10, choices=ClearanceState.choices, default=ClearanceState.PROPOSED)
    proposed_at = models.DateTimeField("提出时间")
    proposed_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="提出人")
    ruling = models.TextField("审批意见", blank=True)
    ruled_at = models.DateTimeField("审批时间", null=True, blank=True)
    ruled_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="审批人")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["party"], condition=~Q(state=ClearanceState.RETURNED), name="one_clearance_per_party"
            ),
            models.CheckConstraint(condition=~Q(notice="") & ~Q(scope=""), name="clearance_has_a_notice"),
            models.CheckConstraint(
                condition=Q(state=ClearanceState.PROPOSED, ruled_by=None)
                | (~Q(state=ClearanceState.PROPOSED) & Q(ruled_by__isnull=False)),
                name="clearance_ruled_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(ruled_by=None) | ~Q(ruled_by=F("proposed_by")), name="clearance_by_two_hands"
            ),
        ]
