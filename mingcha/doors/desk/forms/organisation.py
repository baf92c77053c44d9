"""The mechanism with its tiers, and where a body stands in it."""

from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mingcha.doors.desk.forms.choosing import Candidate, ChoosingForm
from mingcha.doors.hall import wording

Choices = Iterable[tuple[Any, Any]]
SPARE_ROWS = 3


class Mechanism(forms.Form):
    """The name, and the limits that a city sets itself."""

    name = forms.CharField(label=_("机制名称"), max_length=60, help_text=_("组织页的标题，例如“1+7+X”监督检查机制。"))
    former_post_years = forms.IntegerField(
        label=_("曾任职回避（年）"),
        min_value=0,
        max_value=20,
        help_text=_("离开一个单位这么多年内，不检查、不核验这个单位。"),
    )
    rest_hours = forms.IntegerField(
        label=_("两次外派之间至少休息（小时）"), min_value=0, max_value=72, help_text=_("少于这个时间，派人时会提醒。")
    )
    longest_run_days = forms.IntegerField(
        label=_("连续外派最多（天）"), min_value=1, max_value=60, help_text=_("超过这个天数，派人时会提醒。")
    )


class TierRow(forms.Form):
    """One tier; a row without a name is none. `was` is what the tier is called so far."""

    position = forms.IntegerField(label=_("次序"), min_value=1, max_value=99, required=False)
    name = forms.CharField(label=_("层级名称"), max_length=30, required=False)
    kind = forms.ChoiceField(label=_("类别"))
    open_ended = forms.BooleanField(label=_("数目不定（写作 X）"), required=False)
    was = forms.CharField(max_length=30, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, kinds: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = list(kinds)  # type: ignore[attr-defined]


_Rows = forms.formset_factory(TierRow, extra=SPARE_ROWS, max_num=30, absolute_max=40)


class TierRows(_Rows):  # type: ignore[misc,valid-type]
    """The tiers from the top, with some empty rows to add more; sorted by their number, not by where they stand."""

    def __init__(self, data: Any = None, *, kinds: Choices, initial: list[dict[str, Any]] | None = None) -> None:
        kinds = wording.choices(kinds)
        # What was sent counts as it is: against these a row that nobody touched would seem empty.
        initial = initial if data is None else None
        super().__init__(
            data, prefix="tier", initial=initial, form_kwargs={"kinds": kinds, "use_required_attribute": False}
        )

    @property
    def wanted(self) -> list[dict[str, Any]]:
        """Return the rows that name a tier, from the top; a row without a number comes after those that have one."""
        named = [row for row in self.cleaned_data if row.get("name")]
        return sorted(named, key=lambda row: row["position"] or 100)


class Place(ChoosingForm):
    """The tier of a body, what stands above it, and for a group the department it sits in."""

    tier = forms.ChoiceField(label=_("层级"), required=False)
    parent = forms.ChoiceField(label=_("上级单位"), required=False, help_text=_("本系统内管着它的单位。没有就不选。"))
    field_order = ("tier", "parent", "what", "chosen")

    def __init__(
        self, data: Any = None, *, tiers: Choices, parents: Choices, find: Callable[[str], list[Candidate]],
        sits: bool, initial: dict[str, Any],
    ) -> None:  # fmt: skip
        """Without `tiers`, of a body that supervises nothing, none is asked. `sits`: it is a group that has a host."""
        super().__init__(data, find=find if sits else lambda words: [], initial=initial)
        choices = list(tiers)
        if choices:
            self.fields["tier"].choices = choices  # type: ignore[attr-defined]
            self.fields["tier"].required = "" not in dict(choices)
        else:
            del self.fields["tier"]
        self.fields["parent"].choices = [("", _("没有")), *parents]  # type: ignore[attr-defined]
        if sits:
            self.fields["what"].label = _("驻在部门")
            self.fields["what"].help_text = _("这个组派驻在哪个部门：写名称、代码或拼音首字母。没有就留空。")
            self.fields["what"].required = False
        else:
            del self.fields["what"]

    def clean_what(self) -> str:
        """Return the words; none means that it sits nowhere."""
        return super().clean_what() if self.cleaned_data["what"].strip() else ""
