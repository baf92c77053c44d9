"""An obligation that moves every day, apart from the finding, which is a fact and does not; and what its unit says."""

from django.db import models
from django.db.models import Q

from mingcha.flow.findings.models import Finding
from mingcha.flow.rectifications.states import Moment, State, Way
from mingcha.ground.accounts.models import Person
from mingcha.ground.evidence.models import Evidence
from mingcha.ground.territory.models import Body


class Rectification(models.Model):
    finding = models.OneToOneField(Finding, models.PROTECT, related_name="+", verbose_name="问题")
    body = models.ForeignKey(Body, models.PROTECT, related_name="+", verbose_name="整改单位")
    way = models.CharField("整改方式", max_length=12, choices=Way.choices)
    state = models.CharField("状态", max_length=10, choices=State.choices)
    requirement = models.TextField("整改要求", blank=True)
    due_at = models.DateTimeField("整改时限", null=True, blank=True)
    # The term the time above was counted from, such as "days:15"; "" where a person named the time.
    term = models.CharField("期限", max_length=30, blank=True, db_default="", default="")
    # Counted before the year's holidays were announced: never too early, and never moved forward once they are.
    tentative = models.BooleanField("暂定", db_default=False, default=False)
    attested_at = models.DateTimeField("现场确认时间", null=True, blank=True)
    attested_by = models.ForeignKey(
        Person, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="现场确认人"
    )
    ordered_at = models.DateTimeField("交办时间", null=True, blank=True)
    received_at = models.DateTimeField("签收时间", null=True, blank=True)
    received_by = models.ForeignKey(
        Person, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="签收人"
    )
    # Who signed through a one-time link, as they named themselves.
    received_as = models.CharField("签收人姓名职务", max_length=80, blank=True, db_default="", default="")
    closed_at = models.DateTimeField("销号时间", null=True, blank=True)
    closed_by = models.ForeignKey(
        Person, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="销号人"
    )
    # Who closed it by an office's former ledger, in its words: nobody here did.
    closed_as = models.CharField("原台账销号人", max_length=80, blank=True, db_default="", default="")

    class Meta:
        indexes = [
            models.Index(fields=["body", "state"], name="rectification_of_body"),
            models.Index(fields=["state", "due_at"], name="rectification_due"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(way=Way.BY_DEADLINE) | Q(due_at__isnull=False), name="deadline_is_set"),
            models.CheckConstraint(
                condition=Q(state=State.VOID)
                | Q(way=Way.ON_SPOT, state__in=[State.ATTESTED, State.UPHELD])
                | Q(
                    way=Way.BY_DEADLINE,
                    state__in=[
                        State.AGREED,
                        State.ORDERED,
                        State.ANSWERED,
                        State.RETURNED,
                        State.CANNOT,
                        State.EXEMPT,
                        State.CLOSED,
                    ],
                ),
                name="way_fits_state",
            ),
            models.CheckConstraint(
                condition=Q(state=State.CLOSED, closed_at__isnull=False, closed_by__isnull=False, closed_as="")
                | (Q(state=State.CLOSED, closed_at__isnull=False, closed_by=None) & ~Q(closed_as=""))
                | (~Q(state=State.CLOSED) & Q(closed_at=None, closed_by=None, closed_as="")),
                name="closed_by_someone",
            ),
        ]

    @property
    def closer(self) -> str:
        """Who closed it: by name, or as the former ledger has it; "" while it is open."""
        return self.closed_by.name if self.closed_by else self.closed_as


class UnitLink(models.Model):
    """
    A one-time link to one order, for a unit that has no account: printed as a QR code on the paper.

    Only hashes are kept. The first to press the button on its page takes it (`redeemed_at`) and goes on with a secret of
    their own browser; whoever opens the link afterwards is told so. `signed_as`: the name and post they gave.
    """

    rectification = models.ForeignKey(Rectification, models.PROTECT, related_name="links", verbose_name="整改")
    token_hash = models.CharField("链接哈希", max_length=64, unique=True)
    made_at = models.DateTimeField("生成时间")
    made_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="生成人")
    expires_at = models.DateTimeField("有效期至")
    revoked_at = models.DateTimeField("收回时间", null=True, blank=True)
    revoked_by = models.ForeignKey(
        Person, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="收回人"
    )
    redeemed_at = models.DateTimeField("启用时间", null=True, blank=True)
    session_hash = models.CharField("浏览器凭据哈希", max_length=64, blank=True, db_index=True)
    signed_as = models.CharField("经办人姓名职务", max_length=60, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(redeemed_at=None, session_hash="", signed_as="")
                | (Q(redeemed_at__isnull=False) & ~Q(session_hash="") & ~Q(signed_as="")),
                name="redeemed_by_someone",
            ),
            models.UniqueConstraint(
                fields=["rectification"], condition=Q(revoked_at=None), name="one_live_link_an_order"
            ),
        ]

    # What the record of acts calls whoever acts by this link (audit.Actor).
    @property
    def username(self) -> str:
        return f"link-{self.pk}"

    @property
    def name(self) -> str:
        return f"{self.signed_as}（凭链接）"


class Said(models.Model):
    """Something that the unit's side said: by an account, or through a one-time link; exactly one of them."""

    by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="经办人")
    through = models.ForeignKey(
        UnitLink, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="所凭链接"
    )
    at = models.DateTimeField("时间")

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(by__isnull=False, through=None) | Q(by=None, through__isnull=False),
                name="%(class)s_said_by_one",
            )
        ]

    @property
    def speaker(self) -> str:
        author = self.by or self.through
        return author.name if author else ""


class Reply(Said):
    """What the unit says it has done."""

    rectification = models.ForeignKey(Rectification, models.PROTECT, related_name="replies", verbose_name="整改")
    measures = models.TextField("整改措施与结果")


class Proof(models.Model):
    reply = models.ForeignKey(Reply, models.PROTECT, related_name="proofs", verbose_name="答复")
    evidence = models.ForeignKey(Evidence, models.PROTECT, related_name="+", verbose_name="佐证")
    moment = models.CharField(
        "时点", max_length=8, choices=Moment.choices, db_default=Moment.AFTER, default=Moment.AFTER
    )


class Measure(Said):
    """One thing the unit means to do, and by which day; done when the unit says so."""

    rectification = models.ForeignKey(Rectification, models.PROTECT, related_name="measures", verbose_name="整改")
    text = models.CharField("措施", max_length=200)
    due_on = models.DateField("计划完成")
    done_at = models.DateTimeField("完成时间", null=True, blank=True)


class Progress(Said):
    """How far the unit has come, with pictures from before and after."""

    rectification = models.ForeignKey(Rectification, models.PROTECT, related_name="progress", verbose_name="整改")
    text = models.TextField("进展")


class ProgressFile(models.Model):
    progress = models.ForeignKey(Progress, models.PROTECT, related_name="files", verbose_name="进展")
    evidence = models.ForeignKey(Evidence, models.PROTECT, related_name="+", verbose_name="文件")
    moment = models.CharField("时点", max_length=8, choices=Moment.choices)
