"""What a campaign lets phones do: which forms for any site, and sound on covert visits."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mingcha.doors.hall import years
from mingcha.doors.hall.watched import WatchedForm


class TakeUp(forms.Form):
    """One of the forms for any site."""

    checklist = forms.TypedChoiceField(label=_("通用表"), coerce=int)

    def __init__(self, data: Any = None, *, checklists: Iterable[tuple[Any, Any]]) -> None:
        super().__init__(data)
        self.fields["checklist"].choices = [("", _("请选择")), *checklists]  # type: ignore[attr-defined]


class Approve(WatchedForm):
    """For which office, on what basis, until when."""

    office = forms.ChoiceField(label=_("批准哪个单位的检查组"))
    basis = forms.CharField(
        label=_("依据"),
        max_length=200,
        help_text=_("写明哪一级、哪份文件或哪次批示批准，例如“市纪委监委 2021 年 10 月 26 日领导批示”。"),
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 200}),
    )
    until = forms.DateTimeField(
        label=_("有效期至"),
        validators=[years.meant],
        help_text=_("到时自行失效。"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    watched = ("basis",)

    def __init__(self, data: Any = None, *, offices: Iterable[tuple[Any, Any]]) -> None:
        super().__init__(data)
        self.fields["office"].choices = [("", _("请选择")), *offices]  # type: ignore[attr-defined]
