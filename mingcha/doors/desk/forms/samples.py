"""Sampling what was attested on the spot."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mingcha.doors.hall import years
from mingcha.doors.hall.watched import WatchedForm


class Sample(WatchedForm):
    """Upheld, or overturned with a reason and a deadline."""

    verdict = forms.ChoiceField(
        label=_("抽核结论"),
        choices=[("uphold", _("属实")), ("overturn", _("不实，改为限期整改"))],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("抽核意见"),
        required=False,
        max_length=1000,
        help_text=_("怎样抽核的，看到了什么。不实的必须写明理由。"),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    due_at = forms.DateTimeField(
        label=_("整改时限"),
        required=False,
        validators=[years.meant],
        help_text=_("只有不实的才填，要晚于现在。"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    watched = ("reason",)

    def clean(self) -> dict[str, Any]:
        """Ask for reason and deadline at their own fields, where overturned."""
        given = super().clean()
        if given.get("verdict") == "overturn":
            if not (given.get("reason") or "").strip():
                self.add_error("reason", _("不实的要写明理由，让对方知道差在哪里。"))
            if not given.get("due_at") and "due_at" not in self.errors:
                self.add_error("due_at", _("不实的要定一个整改时限。"))
        return given
