"""What the two officers of a ceremony type in."""

from django import forms
from django.utils.translation import gettext_lazy as _


class Deposit(forms.Form):
    """Words that an officer may add to the system's randomness; they need not be secret, and are kept nowhere."""

    words = forms.CharField(
        label=_("您自己加几个字"), max_length=200, required=False,
        help_text=_("可以不填。填了会一起搅进秘密里，系统单独也定不了它。随便敲，不用记。"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip


class Value(forms.Form):
    """The public value as one reads it with one's own eyes; what is half typed stays when the other has been faster."""

    value = forms.CharField(
        label=_("读数"), max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "ceremony-value", "hx-preserve": "true"}),
    )  # fmt: skip
