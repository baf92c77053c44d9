"""Giving a stop of an opened list to another team."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mingcha.doors.hall.watched import WatchedForm


class HandOver(WatchedForm):
    """Which stop, to which team, why; and that what speaks against it has been read."""

    stop = forms.TypedChoiceField(label=_("哪一站"), coerce=int)
    to = forms.TypedChoiceField(label=_("交给哪个组"), coerce=int)
    reason = forms.CharField(
        label=_("为什么移交"), max_length=200, widget=forms.Textarea(attrs={"rows": 2, "maxlength": 200}),
        help_text=_("例如“道路中断，二组顺路”。会记录在案，也计入人为改动。"),
    )  # fmt: skip
    confirmed = forms.BooleanField(label=_("我已看清上面几项，仍要移交"), required=False)
    watched = ("reason",)

    def __init__(
        self, data: Any = None, *, stops: Iterable[tuple[int, Any]], teams: Iterable[tuple[int, Any]],
        initial: dict[str, Any] | None = None,
    ) -> None:  # fmt: skip
        super().__init__(data, initial=initial)
        self.fields["stop"].choices = [("", "—"), *stops]  # type: ignore[attr-defined]
        self.fields["to"].choices = [("", "—"), *teams]  # type: ignore[attr-defined]
