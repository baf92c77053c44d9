"""A case of accountability, who is party to it, and what each party said for itself."""

from django.db import models
from django.db.models import F, Q

from mingcha.flow.referrals.models.leads import Lead
from mingcha.flow.referrals.states import CaseState, Hearing, PartyKind
from mingcha.ground.accounts.models import Person
from mingcha.ground.territory.models import Body


class Case(models.Model):
    lead = models.ForeignKey(Lead, models.PROTECT, related_name="cases", verbose_name="线索")
    office = models.ForeignKey(Body, models.PROTECT, related_name="+", verbose_name="承办单位")
    year = models.PositiveSmallIntegerField("年份")
    number = models.PositiveIntegerField("序号")
    state = models.CharField("状态", max_length=10, choices=CaseState.choices, default=CaseState.PROPOSED)
    reason = models.TextField("转为案件的理由")
    study = models.TextField("集体研究情况", blank=True)
    ruling = models.TextField("审批意见", blank=True)
    proposed_at = models.DateTimeField("提出时间")
    proposed_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="提出人")
    ruled_at = models.DateTimeField("审批时间", null=True, blank=True)
    ruled_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="审批人")
    closed_at = models.DateTimeField("办结时间", null=True, blank=True)
    closed_by = models.ForeignKey(
        Person, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="办结审批人"
    )

    class Meta:
        indexes = [models.Index(fields=["office", "state"], name="case_of_office")]
        constraints = [
            models.UniqueConstraint(fields=["office", "year", "number"], name="case_number_once"),
            models.UniqueConstraint(
                fields=["lead"], condition=~Q(state=CaseState.REFUSED), name="one_case_per_lead"
            ),
            models.CheckConstraint(
                condition=Q(state=CaseState.PROPOSED, ruled_by=None, ruled_at=None)
                | (~Q(state=CaseState.PROPOSED) & Q(ruled_by__isnull=False, ruled_at__isnull=False)),
                name="case_ruled_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(state=CaseState.CLOSED, closed_by__isnull=False, closed_at__isnull=False)
                | (~Q(state=CaseState.CLOSED) & Q(closed_by=None, closed_at=None)),
                name="case_closed_by_someone",
            ),
            models.CheckConstraint(
                condition=(Q(ruled_by=None) | ~Q(ruled_by=F("proposed_by")))
                & (Q(closed_by=None) | ~Q(closed_by=F("proposed_by"))),
                name="case_by_two_hands",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"案件〔{self.year}〕{self.number}号"


class Party(models.Model):
    """
    Who answers for something in a case: an official by name and post, or an organisation. Never a resident.

    `body` is the unit of the post, or the organisation itself.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="parties", verbose_name="案件")
    kind = models.CharField("类别", max_length=12, choices=PartyKind.choices)
    body = models.ForeignKey(Body, models.PROTECT, related_name="+", verbose_name="单位")
    name = models.CharField("姓名", max_length=40, blank=True)
    post = models.CharField("职务", max_length=60, blank=True)
    duty = models.TextField("应负的职责和问题")
    added_at = models.DateTimeField("列入时间")
    added_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="列入人")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "body", "name", "post"], name="party_once"),
            models.CheckConstraint(
                condition=(Q(kind=PartyKind.PERSON) & ~Q(name="") & ~Q(post=""))
                | Q(kind=PartyKind.ORGANISATION, name="", post=""),
                name="party_is_an_official_or_an_organisation",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.body.name}{self.post}{self.name}"


class Statement(models.Model):
    """What a party said for itself (陈述申辩), or that it was given the opportunity and did not take it."""

    party = models.ForeignKey(Party, models.PROTECT, related_name="statements", verbose_name="当事人")
    how = models.CharField("情形", max_length=10, choices=Hearing.choices)
    text = models.TextField("内容")
    heard_on = models.DateField("日期")
    recorded_at = models.DateTimeField("登记时间")
    recorded_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="登记人")

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="statement_says_something")]
