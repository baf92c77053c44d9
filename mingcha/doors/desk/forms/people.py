"""Appointing somebody, and leaving a post."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mingcha.doors.desk.forms.choosing import Candidate, ChoosingForm
from mingcha.doors.hall.watched import WatchedForm
from mingcha.doors.hall.years import meant

Choices = Iterable[tuple[Any, Any]]
CAPACITIES = [("regular", _("任职")), ("deputy", _("副职")), ("acting", _("代理"))]


def day(**more: Any) -> forms.DateField:
    """Return a field for a day."""
    return forms.DateField(
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), validators=[meant], **more
    )


class Appoint(ChoosingForm):
    """A body, a role, in what capacity, from when to when."""

    role = forms.ChoiceField(label=_("角色"), widget=forms.RadioSelect)
    capacity = forms.ChoiceField(label=_("任职方式"), choices=CAPACITIES, initial="regular", widget=forms.RadioSelect)
    since = day(label=_("任职日期"))
    until = day(label=_("止任日期"), required=False, help_text=_("代理必须填写；其他不填就是长期。"))
    field_order = ("what", "chosen", "role", "capacity", "since", "until")

    def __init__(
        self, data: Any = None, *, find: Callable[[str], list[Candidate]], roles: Choices, initial: dict[str, Any]
    ) -> None:
        super().__init__(data, find=find, initial=initial)
        self.fields["what"].label = _("单位")
        self.fields["what"].help_text = _("写单位的名称、代码或拼音首字母，然后查找。")
        self.fields["role"].choices = list(roles)  # type: ignore[attr-defined]


class Leave(WatchedForm):
    """Who takes over, why and from which day on. Which posts end is chosen before, for it decides what is owed."""

    successor = forms.TypedChoiceField(
        label=_("接任人"), coerce=int, required=False, empty_value=None,
        help_text=_("这些单位的人。不指定的话，由各单位其他人接办。"),
    )  # fmt: skip
    acting_until = day(label=_("代理到"), required=False, help_text=_("接任人只是代理时填写到哪一天；正式接任不填。"))
    reason = forms.CharField(label=_("离任原因"), max_length=120, help_text=_("例如：调离、退休、轮岗。"))
    last_day = day(label=_("止任日期"), help_text=_("在岗的最后一天，不能晚于今天。交接当场生效。"))
    watched = ("reason",)

    def __init__(self, data: Any = None, *, successors: Choices, today: date, needed: bool = False) -> None:
        """`needed`: something is owed that nobody else can see to."""
        super().__init__(data, initial={"last_day": today})
        self.today = today
        self.fields["successor"].choices = [  # type: ignore[attr-defined]
            ("", _("请选择") if needed else _("不指定，由本单位其他人接办")),
            *successors,
        ]
        self.fields["successor"].required = needed
        if needed:
            self.fields["successor"].help_text = _("这些单位的人。有的事没有别人能接办，必须选一个。")
        for name in ("last_day", "acting_until"):
            self.fields[name].widget.attrs["max" if name == "last_day" else "min"] = today.isoformat()

    def clean_acting_until(self) -> date | None:
        """Return the day until which the successor acts; it is not over yet."""
        until: date | None = self.cleaned_data["acting_until"]
        if until is not None and until < self.today:
            raise forms.ValidationError(_("代理到的那一天已经过去，请改正。"))
        return until

    def clean(self) -> dict[str, Any]:
        """Nobody acts without being named."""
        given = super().clean()
        if given.get("acting_until") and not given.get("successor") and "successor" not in self.errors:
            self.add_error("acting_until", _("没有接任人就没有人代理：请选接任人，或清空这一项。"))
        return given
