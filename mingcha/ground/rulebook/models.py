"""
Catalogues of rules and checklists. An edition never changes once published: a finding cites it for good.

The clock's rules follow them. A row of those never changes either: of the rows about one thing the latest holds, and one
that says nothing takes back what was said before it.
"""

from django.db import models
from django.db.models import Q

from mingcha.ground.accounts.models import Person
from mingcha.ground.territory.models import Body, SiteType
from mingcha.kernel.deadlines import Term, Unit

COUNTED = [Unit.HOURS, Unit.DAYS, Unit.WORKING_DAYS]


class Rulebook(models.Model):
    code = models.SlugField("代码", max_length=60, unique=True)
    name = models.CharField("名称", max_length=80)
    issuer = models.CharField("发布机关", max_length=80)
    keeper = models.ForeignKey(Body, models.PROTECT, related_name="+", verbose_name="维护单位")

    def __str__(self) -> str:
        return self.name


class Completeness(models.TextChoices):
    PARTIAL = "partial", "部分收录"
    COMPLETE = "complete", "完整"


class Edition(models.Model):
    """One published version, with its source and how much of the official text it holds."""

    rulebook = models.ForeignKey(Rulebook, models.PROTECT, related_name="editions", verbose_name="清单")
    version = models.PositiveSmallIntegerField("版本")
    issued_on = models.CharField("印发日期", max_length=20)  # as the source gives it: a day, or only a month
    source = models.CharField("出处", max_length=200)
    declared = models.PositiveSmallIntegerField("条数")
    completeness = models.CharField("收录情况", max_length=10, choices=Completeness.choices)
    note = models.CharField("说明", max_length=300, blank=True)
    published_at = models.DateTimeField("入库时间")
    published_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, verbose_name="入库人")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rulebook", "version"], name="edition_once")]

    def __str__(self) -> str:
        return f"{self.rulebook.name}（第{self.version}版）"


class Item(models.Model):
    """One rule. An empty text means the source does not give it: shown as 未收录, never paraphrased."""

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="items", verbose_name="版本")
    position = models.PositiveSmallIntegerField("次序")
    number = models.CharField("条号", max_length=20, blank=True)
    category = models.CharField("类别", max_length=60, blank=True)
    text = models.TextField("条文", blank=True)
    # A breach proposes removal from the post first and an inquiry after it (先免职再查处): two records, two deciders.
    # Not part of the text: an office may set it on a published item.
    removal_first = models.BooleanField("先免职再查处", default=False, db_default=False)

    class Meta:
        ordering = ["edition", "position"]
        constraints = [models.UniqueConstraint(fields=["edition", "position"], name="item_position_once")]

    @property
    def recorded(self) -> bool:
        return bool(self.text)

    @property
    def label(self) -> str:
        """“第1条 严禁……”, or the number alone where the text is not on record."""
        number = f"第{self.number}条 " if self.number else ""
        return f"{number}{self.text or '（条文未收录）'}"


class Checklist(models.Model):
    """
    What is asked at a site: an XLSForm, in one version that never changes; a visit keeps the one it was begun with.

    `site_type` None: a form for any site, used where a campaign takes it up. `keeper` None: shipped with the house.
    `workbook` is the Excel file as uploaded, where it was one; `compiled` is what checks a submission against the form
    (kernel.checklists); `warnings` name what will not flow from it.
    """

    site_type = models.ForeignKey(
        SiteType, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="点位类型"
    )
    version = models.PositiveSmallIntegerField("版本")
    form_id = models.CharField("表单编号", max_length=64, default="")
    form_version = models.CharField("表单版本", max_length=40, blank=True)
    title = models.CharField("名称", max_length=120, default="")
    keeper = models.ForeignKey(Body, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="发布单位")
    xform = models.TextField("XForm", default="")
    workbook = models.BinaryField("Excel 文件", null=True)
    compiled = models.JSONField("校验规则", default=dict)
    warnings = models.JSONField("提醒", default=list)
    published_at = models.DateTimeField("发布时间")
    published_by = models.ForeignKey(
        Person, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="发布人"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site_type", "version"], name="checklist_once"),
            models.UniqueConstraint(fields=["form_id", "form_version"], name="form_version_once"),
        ]

    def __str__(self) -> str:
        return self.title


class QuestionKind(models.TextChoices):
    JUDGE = "judge", "判断"
    COUNT = "count", "数目"
    ASK = "ask", "询问"


class Question(models.Model):
    """judge: 合格/不合格/不适用; count: reported by the site against verified; ask: a question put, an answer given."""

    checklist = models.ForeignKey(Checklist, models.PROTECT, related_name="questions", verbose_name="检查表")
    position = models.PositiveSmallIntegerField("次序")
    # The name of its node in the form; of a pair of counts, the part before _reported and _verified.
    name = models.CharField("题名", max_length=80, blank=True)
    kind = models.CharField("题型", max_length=10, choices=QuestionKind.choices)
    text = models.CharField("内容", max_length=200)
    help = models.CharField("提示", max_length=200, blank=True)

    class Meta:
        ordering = ["checklist", "position"]
        constraints = [
            models.UniqueConstraint(fields=["checklist", "position"], name="question_position_once"),
            models.CheckConstraint(condition=~Q(text=""), name="question_has_text"),
        ]


class CalendarYear(models.Model):
    """A year whose holidays were announced, put on record by an office before the shipped list had it."""

    year = models.PositiveSmallIntegerField("年份", unique=True)
    source = models.CharField("出处", max_length=200)
    registered_at = models.DateTimeField("登记时间")
    registered_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="登记人")


class CalendarDay(models.Model):
    """A day that is worked or not, whatever the week or the shipped list says. `works` None takes that back."""

    day = models.DateField("日期", db_index=True)
    works = models.BooleanField("是否上班", null=True)
    note = models.CharField("说明", max_length=200)
    set_at = models.DateTimeField("登记时间")
    set_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="登记人")


class Stage(models.TextChoices):
    """What has a term: from what, to what."""

    RECTIFY = "rectify", "整改"
    REPORT = "report", "书面报告"
    ORDER = "order", "出具交办单"
    RECHECK = "recheck", "核验（回头看）"
    REPLY = "reply", "答复文书"
    OBJECTION = "objection", "提出异议"
    RULING = "ruling", "裁定申请"
    DISPOSAL = "disposal", "提出线索处置意见"
    INQUIRY = "inquiry", "函询答复"


class Kept(models.Model):
    """A rule that an office sets for itself and those below it, and where it comes from."""

    body = models.ForeignKey(Body, models.PROTECT, related_name="+", verbose_name="设定机关")
    source = models.CharField("依据或说明", max_length=200, blank=True)
    set_at = models.DateTimeField("设定时间")
    set_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="设定人")

    class Meta:
        abstract = True


class Timed(models.Model):
    """How long: kernel.deadlines.Term as columns."""

    amount = models.PositiveSmallIntegerField("数目", null=True)
    unit = models.CharField("单位", max_length=12, choices=[(unit.value, unit.value) for unit in Unit], blank=True)
    by_time = models.TimeField("几点前", null=True)

    class Meta:
        abstract = True

    @property
    def term(self) -> Term | None:
        return None if self.amount is None else Term(self.amount, Unit(self.unit), self.by_time)


class TermRule(Kept, Timed):
    """How long a stage may take: at all, or for findings of one severity, one item, or both. No amount: as before it."""

    stage = models.CharField("环节", max_length=12, choices=Stage.choices)
    emergency = models.BooleanField("应急")
    severity = models.CharField("问题等级", max_length=10, blank=True)
    item = models.ForeignKey(Item, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="清单条目")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(amount=None, unit="", by_time=None)
                | Q(amount__isnull=False, unit=Unit.BY_TIME, by_time__isnull=False)
                | Q(amount__isnull=False, unit__in=COUNTED, by_time=None),
                name="term_rule_is_a_term",
            )
        ]


class Ladder(Kept):
    """An office's ladder; without rungs it takes back the one before it."""

    emergency = models.BooleanField("应急")


class LadderRung(Timed):
    """One rung: kernel.deadlines.Rung as a row."""

    ladder = models.ForeignKey(Ladder, models.CASCADE, related_name="rungs", verbose_name="阶梯")
    position = models.PositiveSmallIntegerField("次序")
    act = models.CharField("步骤", max_length=12)
    before = models.BooleanField("到期前")
    auto = models.BooleanField("自动")
    paper = models.CharField("文种", max_length=12, blank=True)
    to = models.CharField("发给", max_length=8)

    class Meta:
        ordering = ["ladder", "position"]
        constraints = [
            models.UniqueConstraint(fields=["ladder", "position"], name="rung_position_once"),
            models.CheckConstraint(
                condition=Q(amount__isnull=False, unit=Unit.BY_TIME, by_time__isnull=False)
                | Q(amount__isnull=False, unit__in=COUNTED, by_time=None),
                name="rung_is_a_term",
            ),
        ]


class ProofRule(Kept):
    """What must be there before a step. `severity` "": for any. `withdrawn` takes back what was set before."""

    act = models.CharField("步骤", max_length=12)
    severity = models.CharField("问题等级", max_length=10, blank=True)
    before = models.BooleanField("整改前照片", default=False)
    after = models.BooleanField("整改后照片", default=False)
    document = models.BooleanField("书面材料", default=False)
    revisit = models.BooleanField("回头看", default=False)
    withdrawn = models.BooleanField("已撤回", default=False)


class BasisText(Kept):
    """The legal basis a kind of paper names, typed by an office from the text in force. An empty text takes it back."""

    kind = models.CharField("文种", max_length=12)
    text = models.TextField("依据", blank=True)
    partial = models.BooleanField("节录", default=True)
