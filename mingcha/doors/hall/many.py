"""Several files at once in one field of a form."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

MOST_FILES = 12


class ManyFilesInput(forms.ClearableFileInput):
    """A file input that takes several files at once."""

    template_name = "django/forms/widgets/file.html"
    allow_multiple_selected = True


class ManyFiles(forms.FileField):
    """Several files, each cleaned as one. Marked as required; who sends none anyway is answered by the room."""

    widget = ManyFilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        """Return the files. An input left empty arrives as an empty list or as None."""
        given = data if isinstance(data, list | tuple) else [data] if data else []
        if len(given) > MOST_FILES:
            raise forms.ValidationError(_("一次最多上传 %(most)s 个文件。") % {"most": MOST_FILES})
        return [super(ManyFiles, self).clean(file, initial) for file in given]
