"""As of when a brief counts."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mingcha.doors.hall import years


class AsOf(forms.Form):
    """A moment not later than now; left empty it is now."""

    as_of = forms.DateTimeField(
        label=_("数据截至"),
        required=False,
        validators=[years.meant],
        error_messages={"invalid": _("时间写得不对，请用 2021-10-27 18:00 的样子。")},
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def __init__(self, data: Any = None, *, now: datetime) -> None:
        super().__init__(data, initial={"as_of": now})
        self.now = now

    def clean_as_of(self) -> datetime:
        """Return the moment meant."""
        given: datetime | None = self.cleaned_data["as_of"]
        if given and given > self.now:
            raise forms.ValidationError(_("数据不能截至将来，请填现在或更早的时间。"))
        return given or self.now

    @property
    def moment(self) -> datetime | None:
        """The moment to count at: now where nothing was asked, None where what was asked makes no sense."""
        if not self.is_bound:
            return self.now
        return self.cleaned_data["as_of"] if self.is_valid() else None
