"""Publishing a checklist from a file."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from mingcha.doors.desk import files
from mingcha.doors.desk.forms.uploads import LARGEST

Choices = Iterable[tuple[Any, Any]]


class ChecklistFile(forms.Form):
    """An XLSForm or an XForm; for what type of site, by which office, and which campaign takes it up."""

    file = forms.FileField(
        label=_("表单文件"),
        help_text=_("Excel 表单（.xlsx）或 XForm（.xml），最大 2 MB。"),
        error_messages={"empty": _("这个文件是空的，请重新选择。")},
        widget=forms.FileInput(attrs={"accept": f".xlsx,.xml,{files.XLSX},text/xml,application/xml"}),
    )
    site_type = forms.ChoiceField(
        label=_("用于哪类点位"),
        required=False,
        help_text=_("不选，就按表单 settings 页的 site_type；那里也没写的，是通用表，由任务选用。"),
    )
    keeper = forms.ChoiceField(label=_("发布单位"), help_text=_("只在这个单位的辖区里使用。"))
    campaign = forms.ChoiceField(
        label=_("选用的任务"), required=False, help_text=_("通用表要有任务选用，手机上才有。也可以以后到任务页选用。")
    )

    def __init__(
        self, data: Any = None, sent: Any = None, *, types: Choices, keepers: Choices, campaigns: Choices,
        chosen: str = "",
    ) -> None:  # fmt: skip
        """Take choices as (value, label); with one office only, or no campaign to choose, the field is left out."""
        super().__init__(data, sent, initial={"site_type": chosen})
        offices, open_ones = list(keepers), list(campaigns)
        self.fields["site_type"].choices = [("", _("按表单里写的")), *types]  # type: ignore[attr-defined]
        self.fields["keeper"].choices = offices  # type: ignore[attr-defined]
        self.fields["campaign"].choices = [("", _("先不选用")), *open_ones]  # type: ignore[attr-defined]
        self._only = offices[0][0] if len(offices) == 1 else ""
        if self._only:
            del self.fields["keeper"]
        if not open_ones:
            del self.fields["campaign"]

    def clean_file(self) -> UploadedFile:
        """Refuse what is too large before anything reads it."""
        file: UploadedFile = self.cleaned_data["file"]
        if file.size is not None and file.size > LARGEST:
            raise forms.ValidationError(_("文件超过 2 MB。表单里的图片请另外存放，再上传。"))
        return file

    def clean(self) -> dict[str, Any]:
        """Fill in what there was no choice about."""
        given = super().clean() or {}
        return {"keeper": self._only, "campaign": "", **given}

    def content(self) -> bytes:
        """Return the bytes of a valid upload."""
        content: bytes = self.cleaned_data["file"].read()
        return content
