"""Giving a phone its token."""

from django import forms
from django.utils.translation import gettext_lazy as _

from mingcha.doors.hall.watched import WatchedForm


class Give(WatchedForm):
    """What the phone is called, as its holder tells it from others."""

    label = forms.CharField(
        label=_("手机名称"), max_length=60, help_text=_("便于辨认，例如“二组的平板”。不要写手机号码。")
    )
    watched = ("label",)
