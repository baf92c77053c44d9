"""What an office does about a tip, as far as it is readable without a key."""

import uuid

from django.db import models
from django.db.models import F, Q

from mingcha.ground.accounts.models import Person
from mingcha.ground.territory.models import Body
from mingcha.tips.models.keys import OfficeKey
from mingcha.tips.models.tips import Record, Tip
from mingcha.tips.states import OfferState, ProposalState, Rating, State, Way


class Offer(models.Model):
    """
    A tip offered to another office, its key wrapped to that office's; the reason is sealed.

    `back_to` is the state it returns to. `identity_box` is put in by the keeper of identities, a second act; it is sealed to
    `identity_key`, the epoch in use then, which need not be that of `office_key`.
    """

    tip = models.ForeignKey(Tip, models.CASCADE, related_name="offers", verbose_name="举报")
    sender = models.ForeignKey(Body, models.PROTECT, related_name="+", verbose_name="移送机关")
    receiver = models.ForeignKey(Body, models.PROTECT, related_name="+", verbose_name="接收机关")
    office_key = models.ForeignKey(OfficeKey, models.PROTECT, related_name="+", verbose_name="接收机关密钥")
    box = models.BinaryField("密钥封")
    identity_box = models.BinaryField("身份密钥封", null=True, blank=True)
    identity_key = models.ForeignKey(
        OfficeKey, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="接收机关身份密钥"
    )
    back_to = models.CharField("原状态", max_length=10, choices=State.choices)
    # Not for us (请移送): sealed upward in one press, unread by others, and not to be returned.
    upward = models.BooleanField("径送上级", default=False)
    reason = models.ForeignKey(Record, models.CASCADE, related_name="+", null=True, blank=True, verbose_name="理由")
    state = models.CharField("状态", max_length=10, choices=OfferState.choices, default=OfferState.OFFERED)
    offered_on = models.DateField("移送日期")
    offered_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="移送人")
    due_at = models.DateTimeField("接收时限")
    settled_on = models.DateField("办理日期", null=True, blank=True)
    settled_by = models.ForeignKey(
        Person, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="办理人"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tip"], condition=Q(state=OfferState.OFFERED), name="tips_one_open_offer"),
            models.CheckConstraint(condition=~Q(sender=F("receiver")), name="tips_offer_to_another"),
        ]


class Proposal(models.Model):
    """How a tip is to be disposed of: proposed by one with a sealed opinion, approved by another."""

    tip = models.ForeignKey(Tip, models.CASCADE, related_name="proposals", verbose_name="举报")
    way = models.CharField("处置方式", max_length=15, choices=Way.choices)
    opinion = models.ForeignKey(Record, models.CASCADE, related_name="+", null=True, blank=True, verbose_name="意见")
    review_on = models.DateField("复查日期", null=True, blank=True)
    state = models.CharField("状态", max_length=10, choices=ProposalState.choices, default=ProposalState.PROPOSED)
    proposed_at = models.DateTimeField("提出时间")
    proposed_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="提出人")
    settled_at = models.DateTimeField("审批时间", null=True, blank=True)
    settled_by = models.ForeignKey(
        Person, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="审批人"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tip"], condition=Q(state=ProposalState.PROPOSED), name="tips_one_open_proposal"
            ),
            models.CheckConstraint(
                condition=Q(settled_by=None) | ~Q(settled_by=F("proposed_by")), name="tips_proposal_another_hand"
            ),
        ]


class RatingGiven(models.Model):
    """How the citizen found the handling; once for each closing."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tip = models.ForeignKey(Tip, models.CASCADE, related_name="ratings", verbose_name="举报")
    closed_on = models.DateField("对应办结")
    value = models.CharField("评价", max_length=12, choices=Rating.choices)
    day = models.DateField("日期")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tip", "closed_on"], name="tips_rated_once")]


class OfficeRule(models.Model):
    """The terms and the time of keeping that an office sets for itself; where it sets none, the defaults here hold."""

    office = models.OneToOneField(Body, models.PROTECT, related_name="+", primary_key=True, verbose_name="机关")
    # Working days. 《纪检监察机关处理检举控告工作规则》: forward within 5, tell the named within 15, result within 15.
    forward_days = models.PositiveSmallIntegerField("受理移送工作日", default=5)
    notice_days = models.PositiveSmallIntegerField("受理告知工作日", default=15)
    result_days = models.PositiveSmallIntegerField("结果反馈工作日", default=15)
    # No rule gives one for all offices: a suggestion.
    proposal_days = models.PositiveSmallIntegerField("提出处置意见天数", default=30)
    objection_days = models.PositiveSmallIntegerField("提出异议天数", default=30)
    keep_days = models.PositiveIntegerField("办结后保存天数", default=1825)
    bits = models.PositiveSmallIntegerField("工作量难度", default=18)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(forward_days__gte=1, notice_days__gte=1, result_days__gte=1, proposal_days__gte=1),
                name="tips_terms_are_terms",
            ),
            models.CheckConstraint(condition=Q(keep_days__gte=30), name="tips_kept_for_a_while"),
        ]
