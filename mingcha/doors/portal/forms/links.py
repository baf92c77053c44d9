"""What the holder of a one-time link fills in: who they are, and the answer; the rest is as for a unit with an account."""

from django import forms
from django.utils.translation import gettext_lazy as _

from mingcha.doors.hall.many import ManyFiles, ManyFilesInput
from mingcha.doors.hall.owing import PICTURES, WithFiles


class Begin(forms.Form):
    """Who acts for the unit from now on."""

    signed_as = forms.CharField(
        label=_("您的姓名和职务"), max_length=60, help_text=_("例如“王芳，店长”。签收和答复都记在您名下。"),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )  # fmt: skip


class Answer(WithFiles):
    """What was done, with proof."""

    measures = forms.CharField(
        label=_("做了什么、结果怎样"), max_length=2000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("写明做了什么、什么时候做完、现在怎样。"),
    )  # fmt: skip
    after = ManyFiles(
        label=_("整改后的照片或材料"), help_text=_("照片或 PDF，可以一次选多个，每个不超过 20 MB。"),
        error_messages={"empty": _("有一个文件是空的，请重新选择。")},
        widget=ManyFilesInput(attrs={"accept": f"{PICTURES},application/pdf", "multiple": True}),
    )  # fmt: skip
    before = ManyFiles(
        label=_("整改前的照片"), required=False, help_text=_("在进展里传过的不用再传。"),
        widget=ManyFilesInput(attrs={"accept": PICTURES, "multiple": True}),
    )  # fmt: skip
    watched = ("measures",)
