"""The ledger's filter bar. It narrows by the address alone, so the form never refuses anything."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mingcha.doors.hall import wording
from mingcha.flow.findings.states import Responsibility, Severity
from mingcha.flow.rectifications.states import Way
from mingcha.flow.reports.queries.ledger import Filter

Choices = Iterable[tuple[Any, Any]]
STATES = (
    ("open", _("未销号（全部）")),
    ("ordered", _("待整改")),
    ("answered", _("待核验")),
    ("returned", _("已退回")),
    ("cannot", _("申报无法整改")),
    ("closed", _("已销号")),
    ("exempt", _("裁定不再整改")),
    ("attested", _("现场已改")),
    ("upheld", _("抽核属实")),
    ("agreed", _("已约定期限")),
    ("noted", _("登记未确认")),
    ("withdrawn", _("已撤回")),
)


class Narrow(forms.Form):
    """Every way to narrow the ledger; the names are those of `ledger.Filter`."""

    search = forms.CharField(
        label=_("搜索"), widget=forms.TextInput(attrs={"type": "search", "placeholder": _("问题、点位、单位、编号")})
    )
    office = forms.ChoiceField(label=_("检查单位"))
    place = forms.ChoiceField(label=_("地方"))
    site_type = forms.ChoiceField(label=_("点位类型"))
    way = forms.ChoiceField(label=_("整改方式"))
    state = forms.ChoiceField(label=_("状态"))
    day = forms.DateField(label=_("发现日期"), widget=forms.DateInput(attrs={"type": "date"}))
    item = forms.ChoiceField(label=_("清单条目"))
    responsibility = forms.ChoiceField(label=_("四方责任"))
    severity = forms.ChoiceField(label=_("等级"))
    overdue = forms.BooleanField(label=_("只看逾期"), widget=forms.CheckboxInput(attrs={"value": "1"}))
    rare = ("day", "item", "responsibility", "severity", "overdue")
    # Nothing must be filled in; a browser that thought so would not send the form at all.
    use_required_attribute = False

    def __init__(self, chosen: Filter, *, offices: Choices, places: Choices, types: Choices, items: Choices) -> None:
        super().__init__(initial=chosen.active, auto_id="narrow_%s")
        self.chosen = chosen
        self._offer("office", offices)
        self._offer("place", places)
        self._offer("site_type", types)
        self._offer("item", items)
        self._offer("way", wording.choices(Way.choices))
        self._offer("state", STATES)
        self._offer("responsibility", wording.choices(Responsibility.choices))
        self._offer("severity", wording.choices(Severity.choices))

    def _offer(self, name: str, choices: Choices) -> None:
        self.fields[name].choices = [("", _("全部")), *choices]  # type: ignore[attr-defined]

    @property
    def usual(self) -> list[forms.BoundField]:
        """The conditions always in sight, after the search box; who has one office is not asked which."""
        offices = self.fields["office"].choices  # type: ignore[attr-defined]
        names = [] if len(offices) <= 2 else ["office"]
        return [self[name] for name in (*names, "place", "site_type", "way", "state")]

    @property
    def unusual(self) -> list[forms.BoundField]:
        """The conditions behind 更多条件; the check box stands apart."""
        return [self[name] for name in self.rare if name != "overdue"]

    @property
    def shows_rare(self) -> bool:
        """Whether one of the conditions kept out of sight is in use."""
        return any(name in self.chosen.active for name in self.rare)

    def said(self) -> list[tuple[str, str]]:
        """Return (label, value in words) of every condition in use, for people and for the exported file."""
        found = []
        for name, value in self.chosen.active.items():
            field = self.fields.get(name)
            label = str(field.label) if field else name
            words = dict(_flat(getattr(field, "choices", ()))) if field else {}
            found.append((label, str(words.get(value, _("是") if name == "overdue" else value))))
        return found


def _flat(choices: Choices) -> Iterable[tuple[str, Any]]:
    for value, label in choices:
        if isinstance(label, list | tuple):
            yield from label
        else:
            yield value, label
