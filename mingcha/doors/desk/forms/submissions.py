"""An office's word on what a phone sent and the house held back."""

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mingcha.doors.desk.forms.choosing import Candidate, ChoosingForm
from mingcha.doors.hall.watched import WatchedForm


class SetAside(WatchedForm):
    """Why it is not used."""

    ruling = forms.CharField(
        label=_("不采用的理由"),
        max_length=200,
        help_text=_("例如“与 3 号手机填的同一次检查重复”。原文和附件照样保留。"),
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 200}),
    )
    watched = ("ruling",)


class Take(ChoosingForm):
    """At which site it was; and, for each finding sent without a description, what was found."""

    field_order = ("what", "chosen")

    def __init__(
        self, data: Any = None, *, find: Callable[[str], list[Candidate]], undescribed: Sequence[int],
        initial: dict[str, Any],
    ) -> None:  # fmt: skip
        """Take the numbers of the findings to be described."""
        super().__init__(data, find=find, initial=initial)
        self.fields["what"].label = _("是哪个点位")
        self.fields["what"].help_text = _("写名称、编号或拼音首字母，然后查找。名录里没有的，先去登记点位。")
        self._undescribed = list(undescribed)
        for number in undescribed:
            self.fields[f"finding_{number}"] = forms.CharField(
                label=_("第 %(number)s 个问题的描述") % {"number": number}, max_length=1000,
                widget=forms.Textarea(attrs={"rows": 3}),
            )  # fmt: skip
        self.watched = [f"finding_{number}" for number in undescribed]

    @property
    def descriptions(self) -> list[forms.BoundField]:
        """The fields of the findings to be described."""
        return [self[name] for name in self.watched]

    def described(self) -> dict[int, str]:
        """Return what was written, by number of finding."""
        return {number: self.cleaned_data[f"finding_{number}"] for number in self._undescribed}
