"""The one form of the hall."""

from django import forms
from django.utils.translation import gettext_lazy as _


class SignIn(forms.Form):
    """Who comes in. The password is never shown again, whatever happens."""

    username = forms.CharField(
        label=_("账号"),
        max_length=80,
        error_messages={"required": _("请填写账号。")},
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false", "autofocus": True}
        ),
    )
    password = forms.CharField(
        label=_("密码"),
        max_length=200,
        strip=False,
        error_messages={"required": _("请填写密码。")},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
