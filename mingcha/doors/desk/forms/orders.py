"""Answering an order, sending an answer back, closing an order."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mingcha.doors.hall import uploads
from mingcha.doors.hall.many import ManyFiles, ManyFilesInput
from mingcha.doors.hall.watched import WatchedForm


class Answer(WatchedForm):
    """What the unit has done, with proof."""

    measures = forms.CharField(
        label=_("整改措施与结果"),
        max_length=2000,
        help_text=_("写明做了什么、什么时候做完、现在怎样。"),
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    proofs = ManyFiles(
        label=_("佐证材料"),
        help_text=_("照片或 PDF，可以一次选多个，每个不超过 20 MB。"),
        error_messages={"empty": _("有一个文件是空的，请重新选择。")},
        widget=ManyFilesInput(attrs={"accept": "image/jpeg,image/png,image/webp,application/pdf", "multiple": True}),
    )
    watched = ("measures",)

    def files_read(self) -> Iterator[tuple[str, bytes]]:
        """Return the (name, bytes) pairs of a valid form, read as they are asked for."""
        return uploads.read(self.cleaned_data["proofs"])


class Judgement(WatchedForm):
    """A judgement names the answer it was passed on."""

    reply = forms.IntegerField(widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """Say in one sentence that the answer is not named; nobody can mend a field they do not see."""
        given = super().clean()
        if self.errors.pop("reply", None):
            self.add_error(None, _("没有写明您看的是哪一次答复。请看过本页的答复，再提交一次。"))
        return given


class SendBack(Judgement):
    """Why an answer does not do."""

    reason = forms.CharField(
        label=_("退回理由"),
        max_length=1000,
        help_text=_("写明差在哪里、要补什么，对方看得懂才改得好。"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    watched = ("reason",)


class Close(Judgement):
    """What was checked before closing."""

    reason = forms.CharField(
        label=_("核验意见"),
        required=False,
        max_length=1000,
        help_text=_("写明怎样核验的，例如：现场复查、看照片和登记簿。"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    watched = ("reason",)
