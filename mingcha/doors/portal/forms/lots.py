"""What anybody hands in to be checked: a bundle or one site's proof, pasted or as a file, and of which round."""

import json
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

LARGEST = 5 * 1024 * 1024  # bytes; the bundle of ten thousand sites is about three


class Check(forms.Form):
    """`given` is what the file or the pasted text says, once the form is valid."""

    number = forms.IntegerField(
        label=gettext_lazy("公开页编号"), required=False, min_value=1, max_value=2**31 - 1,
        help_text=gettext_lazy("不知道就不填，会按文件里的哈希去找。"),
    )  # fmt: skip
    file = forms.FileField(
        label=gettext_lazy("选择文件"), required=False,
        help_text=gettext_lazy("验证包或点位证明，扩展名是 .json，不超过 5 MB。"),
        widget=forms.FileInput(attrs={"accept": ".json,application/json"}),
    )  # fmt: skip
    text = forms.CharField(
        label=gettext_lazy("或者把内容粘贴在这里"), required=False, strip=False, max_length=LARGEST,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "class": "lot-paste"}),
        error_messages={"max_length": gettext_lazy("内容太长，最多 5 MB：请确认粘贴的是验证包或点位证明。")},
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Read the file, or else the text, as JSON."""
        said = super().clean() or {}
        file, text = said.get("file"), said.get("text") or ""
        if self.errors:
            return said
        if file is None and not text.strip():
            raise forms.ValidationError(_("请选择一个文件，或把内容粘贴进来。"))
        if file is not None and file.size > LARGEST:
            raise forms.ValidationError(_("文件太大，最多 5 MB：请确认选的是验证包或点位证明。"))
        content = file.read(LARGEST) if file is not None else text.encode("utf-8", "surrogatepass")
        try:
            said["given"] = json.loads(content.decode("utf-8-sig"))
        except (ValueError, RecursionError):
            raise forms.ValidationError(
                _("读不出来：这不是完整的 JSON。请重新下载原件，整份粘贴，不要改动。")
            ) from None
        return said
