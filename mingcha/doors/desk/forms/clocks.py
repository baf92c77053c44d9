"""The clock's rules: a year of holidays as its notice reads, a day, a term, the ladder, what must be there, a basis."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from mingcha.doors.hall import years
from mingcha.kernel import resting
from mingcha.kernel.deadlines import Rung, Term, Unit

Choices = Iterable[tuple[Any, Any]]
UNITS = [
    (Unit.DAYS.value, _("天（自然日）")), (Unit.WORKING_DAYS.value, _("工作日")), (Unit.HOURS.value, _("小时")),
    (Unit.BY_TIME.value, _("天后的几点前")),
]  # fmt: skip
WHEN = [("0", _("平时")), ("1", _("应急"))]


class Year(forms.Form):
    """A year as announced: a line for each day or run of days that differs from the week."""

    year = forms.IntegerField(label=_("年份"), min_value=years.FIRST, max_value=years.LAST)
    source = forms.CharField(
        label=_("出处"),
        max_length=200,
        help_text=_("通知的名称和文号，例如“国务院办公厅关于某年部分节假日安排的通知”。"),
    )
    lines = forms.CharField(
        label=_("放假和调休"),
        help_text=_(
            "可以把通知里的各条原样粘贴进来，一条一行；也可以自己写，例如“2月5日至2月12日 休 春节”“2月14日 班 春节调休”。上一年12月的日子写明年份。"
        ),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 14}),
    )

    def clean(self) -> dict[str, Any]:
        """Add `days`: day → (works, what for). A line that cannot be read is named."""
        given = super().clean() or {}
        if "year" in given and "lines" in given:
            given["days"] = {}
            for number, line in enumerate(given["lines"].splitlines(), start=1):
                found = resting.read(line, year=given["year"])
                if line.strip() and not found:
                    words = gettext("第 %(number)s 行读不懂：%(line)s。请写成“2月5日至2月12日 休 春节”的样子。")
                    self.add_error("lines", words % {"number": number, "line": line.strip()[:40]})
                given["days"] |= found
        return given


class Day(forms.Form):
    """One day that is worked or not, whatever was announced."""

    day = forms.DateField(
        label=_("日期"), validators=[years.meant], widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    works = forms.ChoiceField(
        label=_("这一天"),
        choices=[("1", pgettext_lazy("日历", "上班")), ("0", pgettext_lazy("日历", "休息")), ("", _("恢复公布的安排"))],
        widget=forms.RadioSelect,
        required=False,
    )
    note = forms.CharField(label=_("依据或说明"), max_length=200)

    @property
    def wanted(self) -> bool | None:
        return {"1": True, "0": False}.get(self.cleaned_data["works"])


class TermFields(forms.Form):
    """How long: a number, of what, and for the last kind by when."""

    amount = forms.IntegerField(label=_("多少"), min_value=0, max_value=999, required=False)
    unit = forms.ChoiceField(label=_("单位"), choices=UNITS, required=False)
    at = forms.TimeField(
        label=_("几点前"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )

    def clean(self) -> dict[str, Any]:
        """Add `term`, None where no number is given."""
        given = super().clean() or {}
        given["term"] = None
        if given.get("amount") is None or self.errors:
            return given
        by_time = given.get("unit") == Unit.BY_TIME
        if by_time and not given.get("at"):
            self.add_error("at", gettext("请填写几点前。"))
            return given
        given["term"] = Term(given["amount"], Unit(given["unit"] or Unit.DAYS), given["at"] if by_time else None)
        return given


class TermRule(TermFields):
    """How long a stage may take: at all, or for one severity or one item of a catalogue."""

    stage = forms.ChoiceField(label=_("环节"))
    emergency = forms.ChoiceField(label=_("什么时候"), choices=WHEN, widget=forms.RadioSelect)
    severity = forms.ChoiceField(label=_("只对哪一等级的问题"), required=False)
    item = forms.TypedChoiceField(label=_("只对哪一条清单条目"), required=False, coerce=int, empty_value=None)
    source = forms.CharField(label=_("依据或说明"), max_length=200, required=False)
    withdraw = forms.BooleanField(label=_("取消本机关的这条规定，按上级或随系统的规定办"), required=False)

    def __init__(self, data: Any = None, *, stages: Choices, severities: Choices, items: Choices, initial: Any) -> None:
        super().__init__(data, initial=initial)
        for name in ("amount", "unit"):
            self.fields[name].needed = True  # type: ignore[attr-defined]
        self.fields["at"].help_text = _("单位选“天后的几点前”时填，0 天就是当日。")
        self.fields["stage"].choices = list(stages)  # type: ignore[attr-defined]
        self.fields["severity"].choices = [("", _("全部")), *severities]  # type: ignore[attr-defined]
        self.fields["item"].choices = [("", _("全部")), *items]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if given.get("withdraw"):
            given["term"] = None
        elif given.get("term") is None and not self.errors:
            self.add_error("amount", gettext("请填写期限是多少。"))
        return given


class RungRow(TermFields):
    """One rung; a row without a step is none."""

    act = forms.ChoiceField(label=_("步骤"), required=False)
    before = forms.ChoiceField(
        label=_("到期前后"), choices=[("", _("逾期后")), ("1", _("到期前"))], required=False
    )  # fmt: skip
    auto = forms.BooleanField(label=_("到时自动办"), required=False)
    paper = forms.ChoiceField(label=_("文种"), required=False)
    to = forms.ChoiceField(
        label=_("发给"),
        choices=[("unit", _("整改单位")), ("office", _("跟踪机关")), ("both", _("双方"))],
        required=False,
        initial="unit",
    )

    def __init__(self, *args: Any, acts: Choices, papers: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["act"].choices = [("", "—"), *acts]  # type: ignore[attr-defined]
        self.fields["paper"].choices = [("", _("不发文")), *papers]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if given.get("act") and given.get("term") is None and not self.errors:
            self.add_error("amount", gettext("请填写时间。"))
        return given


_Rungs = forms.formset_factory(RungRow, extra=2, max_num=12, absolute_max=14)


class Rungs(_Rungs):  # type: ignore[misc,valid-type]
    """The rungs in order, with two empty rows to add more."""

    def __init__(self, data: Any = None, *, acts: Choices, papers: Choices, initial: list[dict[str, Any]]) -> None:
        # What was sent counts as it is: against these a row that nobody touched would seem empty.
        kwargs = {"acts": list(acts), "papers": list(papers), "use_required_attribute": False}
        super().__init__(data, prefix="rung", initial=initial if data is None else None, form_kwargs=kwargs)

    @property
    def wanted(self) -> list[Rung]:
        named = [row for row in self.cleaned_data if row.get("act")]
        return [
            Rung(n, row["act"], row["term"], bool(row["before"]), row["auto"], row["paper"], row["to"] or "unit")
            for n, row in enumerate(named, start=1)
        ]


class Ladder(forms.Form):
    """What goes with the rungs."""

    source = forms.CharField(label=_("依据或说明"), max_length=200, required=False)
    withdraw = forms.BooleanField(label=_("取消本机关的阶梯，按上级或随系统的阶梯办"), required=False)


class Proof(forms.Form):
    """What must be there before a step."""

    act = forms.ChoiceField(label=_("步骤"), choices=[("answer", _("答复整改")), ("close", _("核验销号"))])
    severity = forms.ChoiceField(label=_("只对哪一等级的问题"), required=False)
    before = forms.BooleanField(label=_("整改前照片"), required=False)
    after = forms.BooleanField(label=_("整改后照片"), required=False)
    document = forms.BooleanField(label=_("书面材料"), required=False)
    revisit = forms.BooleanField(label=_("到现场回头看"), required=False)
    withdraw = forms.BooleanField(label=_("取消本机关的这条规定，按上级或随系统的规定办"), required=False)

    def __init__(self, data: Any = None, *, severities: Choices, initial: Any) -> None:
        super().__init__(data, initial=initial)
        self.fields["severity"].choices = [("", _("全部")), *severities]  # type: ignore[attr-defined]


class Removal(forms.Form):
    """The items whose breach proposes removal first."""

    items = forms.TypedMultipleChoiceField(
        label=_("先免职再查处的条目"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )  # fmt: skip

    def __init__(self, data: Any = None, *, items: Choices, initial: Any) -> None:
        super().__init__(data, initial=initial)
        self.fields["items"].choices = list(items)  # type: ignore[attr-defined]


class Basis(forms.Form):
    """The legal basis of a kind of paper, word for word; none takes the office's own back."""

    text = forms.CharField(
        label=_("依据"),
        required=False,
        max_length=2000,
        help_text=_("照现行有效的文本原样填写，会印在这一文种上。清空，就是取消本机关填的依据。"),
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    source = forms.CharField(label=_("文件名称、版本和出处"), max_length=200, required=False)
    partial = forms.BooleanField(label=_("只是节录"), required=False)
