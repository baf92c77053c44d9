"""Registering a lead, proposing how it is disposed of, settling what another proposed."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mingcha.doors.desk.forms.choosing import Candidate, ChoosingForm
from mingcha.doors.hall.watched import WatchedForm
from mingcha.doors.hall.wording import choices
from mingcha.doors.hall.years import meant
from mingcha.flow.referrals.states import LeadKind, Way

LONGEST = 2000


def words(
    label: Any, help_text: Any = "", *, rows: int = 4, required: bool = True, most: int = LONGEST
) -> forms.CharField:
    """Return a field for some sentences."""
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=required,
        max_length=most,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


def day(label: Any, help_text: Any = "", *, required: bool = True) -> forms.DateField:
    """Return a field for a day."""
    return forms.DateField(
        label=label, help_text=help_text, required=required, validators=[meant],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip


def line(label: Any, help_text: Any = "", *, required: bool = True, most: int = 80) -> forms.CharField:
    """Return a field for some words."""
    return forms.CharField(
        label=label, help_text=help_text, required=required, max_length=most,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip


def pick(label: Any, given: Iterable[tuple[Any, Any]], help_text: Any = "") -> forms.ChoiceField:
    """Return a field of which one is picked."""
    return forms.ChoiceField(label=label, choices=list(given), help_text=help_text, widget=forms.RadioSelect)


class Shown:
    """Which fields a page about one act shows, in their order: all but those with a place of their own."""

    apart: tuple[str, ...] = ("residents_checked", "what", "chosen")
    choosing = ""  # the field before which a thing is named by words

    def shown(self) -> Iterator[BoundField]:
        """Yield the bound fields."""
        return (bound for bound in self if bound.name not in self.apart)  # type: ignore[attr-defined]


class Act(Shown, WatchedForm):
    """A form about one act; every text in it is watched for residents' data."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.watched = [name for name, each in self.fields.items() if isinstance(each.widget, forms.Textarea)]


FAST_HELP = _("造成疫情扩散或者其他严重后果的，写明理由；处置时限会缩短。一般线索留空。")


def _kind() -> forms.ChoiceField:
    return pick(_("类别"), choices(LeadKind.choices), _("打击报复检举人、检查人员的，单列一类，从速办理。"))


def _text() -> forms.CharField:
    return words(
        _("反映的问题"), _("一两句话：什么单位、什么职责、怎么没有履行。群众举报的内容由您转写，不写举报人，也不写居民。"),
        rows=5, most=1000,
    )  # fmt: skip


class OfFinding(Act):
    """A lead of a finding: unit and place are the finding's."""

    kind = _kind()
    text = _text()
    fast_reason = words(_("从速从严从重的理由"), FAST_HELP, rows=2, required=False, most=300)


class NewLead(Shown, ChoosingForm):
    """A lead in an officer's own words; the unit may be left open."""

    kind = _kind()
    text = _text()
    fast_reason = words(_("从速从严从重的理由"), FAST_HELP, rows=2, required=False, most=300)
    watched = ("text", "fast_reason")
    choosing = "fast_reason"
    field_order = ("kind", "text", "what", "chosen", "fast_reason")

    def __init__(
        self, data: Any = None, *, find: Callable[[str], list[Candidate]], initial: dict[str, Any] | None = None
    ) -> None:
        super().__init__(data, find=find, initial=initial)
        self.fields["what"].label = _("涉及单位")
        self.fields["what"].help_text = _("写名称、代码或拼音首字母，然后查找。还不清楚的可以留空。")
        self.fields["what"].required = False

    def clean_what(self) -> str:
        """Return the words; none is fine, too."""
        return super().clean_what() if self.cleaned_data["what"].strip() else ""


class Propose(Act):
    """How a lead is to be disposed of."""

    way = pick(_("处置方式"), choices(Way.choices))
    opinion = words(_("处置意见"), _("为什么这样处置，依据哪些事实。"))
    study = words(_("集体研究情况"), _("什么会议、什么时间、参加的是哪些岗位、什么意见。"), rows=3)
    review_on = day(
        _("复查（报告）日期"),
        _("谈话函询、初步核实填报告日期，暂存待查填复查日期，到期会提醒；予以了结不填。"),
        required=False,
    )


class Ruling(Act):
    """Settling what another proposed."""

    verdict = pick(_("审批"), [("approve", pgettext_lazy("审批", "同意")), ("return", pgettext_lazy("审批", "退回"))])
    ruling = words(_("审批意见"), _("退回的要写明理由。"), rows=3, required=False)


class Fast(Act):
    reason = words(
        _("从速从严从重的理由"), _("例如失职行为造成疫情扩散。写明后处置时限缩短，不能再改回。"), rows=3, most=300
    )


class Facts(Act):
    facts = words(
        _("查明的事实"),
        _("写明反映的内容怎样被证明是故意捏造的。只写事实，不写、也不猜是谁反映的。错告、反映失实不是诬告。"), rows=5,
    )  # fmt: skip


class PartyFields(Shown, ChoosingForm):
    """Whom a case is about: a unit, and of it an official, or the unit itself."""

    name = line(_("姓名"), _("公职人员的姓名。追究组织的，姓名和职务都留空。这里不登记居民。"), required=False, most=40)
    post = line(_("职务"), _("例如“值班科科长”。"), required=False, most=60)
    duty = words(_("应负的职责和问题"), _("应当做什么、做了什么或没有做什么、造成什么后果。"))
    watched: tuple[str, ...] = ("duty",)
    choosing = "name"
    field_order: tuple[str, ...] = ("what", "chosen", "name", "post", "duty")

    def __init__(
        self, data: Any = None, *, find: Callable[[str], list[Candidate]], initial: dict[str, Any] | None = None
    ) -> None:
        super().__init__(data, find=find, initial=initial)
        self.fields["what"].label = _("单位")
        self.fields["what"].help_text = _("本人所在的单位，或者被追究的组织：写名称、代码或拼音首字母，然后查找。")


class NewCase(PartyFields):
    """A case with its first party; others are added on its page."""

    reason = words(_("转为案件的理由"), _("核实到什么，为什么要追究责任。"))
    watched = ("duty", "reason")
    field_order = ("reason", "what", "chosen", "name", "post", "duty")
