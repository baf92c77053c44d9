"""Forming a team."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

Choices = Iterable[tuple[Any, Any]]


class NewTeam(forms.Form):
    """A name, a leader out of the leadership, members, and the townships it goes to."""

    name = forms.CharField(label=_("组名"), max_length=40, help_text=_("例如“第一组”，在本单位内不能重名。"))
    leader = forms.TypedChoiceField(
        label=_("组长（班子成员）"),
        coerce=int,
        help_text=_("每个组由一名班子成员带队。"),
        widget=forms.RadioSelect,
    )
    members = forms.TypedMultipleChoiceField(
        label=_("组员"),
        coerce=int,
        required=False,
        help_text=_("组长不用再勾。抽签的人不能启封清单，请至少留一人不参与抽签。"),
        widget=forms.CheckboxSelectMultiple,
    )
    townships = forms.MultipleChoiceField(
        label=_("片区乡镇"),
        required=False,
        help_text=_("抽中的点位优先派给管这个乡镇的组；都不选，就哪里都可以派。"),
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(
        self, data: Any = None, *, leaders: Choices, people: Choices, townships: Choices, name: str = ""
    ) -> None:
        super().__init__(data, initial={"name": name})
        self.fields["leader"].choices = list(leaders)  # type: ignore[attr-defined]
        self.fields["members"].choices = list(people)  # type: ignore[attr-defined]
        self.fields["townships"].choices = list(townships)  # type: ignore[attr-defined]
