"""What a rectifying unit fills in, by an account or through a one-time link: what is planned, how far it has come, a request."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mingcha.doors.hall import uploads, years
from mingcha.doors.hall.many import ManyFiles, ManyFilesInput
from mingcha.doors.hall.watched import WatchedForm

ROWS = 3  # measures on one page; more are added by sending again
PICTURES = "image/jpeg,image/png,image/webp"


class Plan(WatchedForm):
    """What will be done by which day, some lines at a time; an empty line is none."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for n in range(1, ROWS + 1):
            self.fields[f"text_{n}"] = forms.CharField(label=_("措施"), max_length=200, required=n == 1)
            self.fields[f"day_{n}"] = forms.DateField(
                label=_("哪天做完"), required=n == 1, validators=[years.meant],
                error_messages={"invalid": _("日期写得不对，请用 2021-10-27 的样子。")},
                widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            )  # fmt: skip
        self.watched = tuple(f"text_{n}" for n in range(1, ROWS + 1))

    def clean(self) -> dict[str, Any]:
        """A measure has a day, and a day a measure."""
        given = super().clean()
        for n in range(2, ROWS + 1):
            text, day = given.get(f"text_{n}"), given.get(f"day_{n}")
            if text and not day and f"day_{n}" not in self.errors:
                self.add_error(f"day_{n}", forms.ValidationError(_("请填这一项哪天做完。")))
            if day and not text:
                self.add_error(f"text_{n}", forms.ValidationError(_("请写这一天要做完的措施。")))
        return given

    def pairs(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Return the lines as they are shown."""
        return [(self[f"text_{n}"], self[f"day_{n}"]) for n in range(1, ROWS + 1)]

    def measures(self) -> list[tuple[str, date]]:
        """Return the lines of a valid form that say something."""
        lines = [(self.cleaned_data[f"text_{n}"], self.cleaned_data[f"day_{n}"]) for n in range(1, ROWS + 1)]
        return [(text, day) for text, day in lines if text]


class WithFiles(WatchedForm):
    """A text with pictures from before and files from after."""

    def files_read(self) -> Iterator[tuple[str, bytes, str]]:
        """Yield (name, bytes, before | after) of a valid form, read as they are asked for."""
        for moment in ("before", "after"):
            for name, content in uploads.read(self.cleaned_data[moment]):
                yield name, content, moment


class Report(WithFiles):
    """How far it has come."""

    text = forms.CharField(
        label=_("做到哪一步了"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("一句话也行。报进展不等于答复，时限照常计算。"),
    )  # fmt: skip
    before = ManyFiles(
        label=_("整改前的照片"), required=False,
        widget=ManyFilesInput(attrs={"accept": PICTURES, "multiple": True}),
    )  # fmt: skip
    after = ManyFiles(
        label=_("现在的照片"), required=False, widget=ManyFilesInput(attrs={"accept": PICTURES, "multiple": True})
    )
    watched = ("text",)


class Ask(WatchedForm):
    """Why: an objection, or that it cannot be done."""

    reason = forms.CharField(label=_("理由"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))
    watched = ("reason",)


class Extension(Ask):
    """Until when, and why."""

    until = forms.DateTimeField(
        label=_("想延到什么时候"), validators=[years.meant],
        error_messages={"invalid": _("时间写得不对，请用 2021-10-27 18:00 的样子。")},
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )  # fmt: skip
    field_order = ("until", "reason")
