"""A spreadsheet handed in, and kept in the page itself between its preview and its confirmation."""

import base64
import binascii

from django import forms
from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from mingcha.doors.desk import files

LARGEST = 2 * 1024 * 1024  # bytes; twenty thousand rows of sites stay below


class Upload(forms.Form):
    """One workbook. Its content is judged by the room that reads it, never by its name."""

    file = forms.FileField(
        label=_("Excel 文件"),
        help_text=_("只收 .xlsx，最大 2 MB。"),
        error_messages={"empty": _("这个文件是空的，请重新选择。")},
        widget=forms.FileInput(attrs={"accept": f".xlsx,{files.XLSX}"}),
    )

    def clean_file(self) -> UploadedFile:
        """Refuse what is too large before anything reads it."""
        file: UploadedFile = self.cleaned_data["file"]
        if file.size is not None and file.size > LARGEST:
            raise forms.ValidationError(_("文件超过 2 MB，请分成几个文件导入。"))
        return file

    def content(self) -> bytes:
        """Return the bytes of a valid upload."""
        content: bytes = self.cleaned_data["file"].read()
        return content


class Kept(forms.Form):
    """
    The workbook again, signed, in a hidden field.

    The page carries it, so nothing waits on the server to be swept up, nothing is lost in a restart, and what is
    confirmed is the very file that was previewed by this person. The room checks it all over again.
    """

    kept = forms.CharField(widget=forms.HiddenInput, max_length=4 * 1024 * 1024, strip=False)

    def content(self, *, username: str) -> bytes | None:
        """Return the bytes, or None where the field was altered, or signed for somebody else."""
        try:
            return base64.b64decode(_signer(username).unsign(self.cleaned_data["kept"]), validate=True)
        except (signing.BadSignature, binascii.Error):
            return None


def keep(content: bytes, *, username: str) -> str:
    """Return what the hidden field holds."""
    return _signer(username).sign(base64.b64encode(content).decode())


def _signer(username: str) -> signing.Signer:
    return signing.Signer(salt=f"desk.kept/{username}")
