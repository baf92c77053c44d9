"""What an office holds of a kind of sites before there is history."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class Prior(forms.Form):
    """A prior rate: of which kind, how many of a hundred, and where that comes from."""

    site_type = forms.ChoiceField(label=_("类型"))
    percent = forms.DecimalField(
        label=_("每 100 次检查，约几次有问题"), min_value=0.1, max_value=99.9, max_digits=4, decimal_places=1,
        help_text=_("大于 0、小于 100。没有检查过的，按同类专项、外地通报或内行估计填。"),
    )  # fmt: skip
    basis = forms.CharField(
        label=_("依据"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("从哪里来，例如“2020 年专项检查，60 家中 11 家有问题”。"),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, types: Iterable[tuple[str, str]]) -> None:
        super().__init__(data)
        self.fields["site_type"].choices = [("", _("请选择")), *types]  # type: ignore[attr-defined]

    def rate(self) -> float:
        """Return the rate of a valid form, 0–1."""
        return float(self.cleaned_data["percent"]) / 100
