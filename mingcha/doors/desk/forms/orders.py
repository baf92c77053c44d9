"""Answering an order, judging the answer, ruling on what a unit asks, stopping the clock, taking a step of the ladder."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mingcha.doors.desk.forms.referrals import Act
from mingcha.doors.hall import uploads, wording, years
from mingcha.doors.hall.many import ManyFiles, ManyFilesInput
from mingcha.doors.hall.owing import PICTURES
from mingcha.doors.hall.watched import WatchedForm

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from mingcha.flow.fieldwork.models import Visit


def moment(label: "str | _StrPromise", help_text: "str | _StrPromise" = "") -> forms.DateTimeField:
    """Return a time that need not be given."""
    return forms.DateTimeField(
        label=label, required=False, help_text=help_text, validators=[years.meant],
        error_messages={"invalid": _("时间写得不对，请用 2021-10-27 18:00 的样子。")},
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )  # fmt: skip


class Answer(WatchedForm):
    """What the unit has done, with proof."""

    measures = forms.CharField(
        label=_("整改措施与结果"),
        max_length=2000,
        help_text=_("写明做了什么、什么时候做完、现在怎样。"),
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    proofs = ManyFiles(
        label=_("整改后的佐证材料"),
        help_text=_("照片或 PDF，可以一次选多个，每个不超过 20 MB。"),
        error_messages={"empty": _("有一个文件是空的，请重新选择。")},
        widget=ManyFilesInput(attrs={"accept": f"{PICTURES},application/pdf", "multiple": True}),
    )
    before = ManyFiles(
        label=_("整改前的照片"), required=False, help_text=_("在进展里传过的不用再传。"),
        widget=ManyFilesInput(attrs={"accept": PICTURES, "multiple": True}),
    )  # fmt: skip
    watched = ("measures",)

    def files_read(self) -> Iterator[tuple[str, bytes, str]]:
        """Yield (name, bytes, before | after) of a valid form, read as they are asked for."""
        for name, kept in (("before", "before"), ("proofs", "after")):
            for title, content in uploads.read(self.cleaned_data[name]):
                yield title, content, kept


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
    due_at = moment(_("新的整改时限"), _("可以不填：答复待核验占用的时间会自动补回。"))
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

    visit = forms.ChoiceField(label=_("回头看检查"), required=False)

    def __init__(self, *args: Any, visits: Iterable["Visit"] = (), needed: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.visits = {str(visit.pk): visit for visit in visits}
        if not self.visits and not needed:
            del self.fields["visit"]
            return
        none = _("请选择一次检查") if needed else _("没有回头看，只看佐证")
        told = [
            (pk, f"{wording.moment(v.begun_at)} {v.inspection.team.name} {v.begun_by.name}")
            for pk, v in self.visits.items()
        ]
        self.fields["visit"].choices = [("", none), *told]  # type: ignore[attr-defined]
        if needed:
            self.fields["visit"].help_text = _("按规定，这一件要回头看之后才能销号。")

    @property
    def chosen(self) -> "Visit | None":
        """The visit that saw it put right, if one was chosen."""
        return self.visits.get(self.cleaned_data.get("visit", ""))


class Ruling(WatchedForm):
    """What an office decides on a request, and why; `until` only for an extension."""

    verdict = forms.ChoiceField(
        label=_("裁定"), choices=[("grant", _("同意")), ("refuse", _("不同意"))], widget=forms.RadioSelect
    )
    until = moment(_("准延至"), _("同意时用：不改就按单位申请的时间。"))
    ruling = forms.CharField(
        label=_("裁定意见"), max_length=1000, help_text=_("单位会看到。"), widget=forms.Textarea(attrs={"rows": 3})
    )
    watched = ("ruling",)

    def __init__(self, *args: Any, extension: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not extension:
            del self.fields["until"]


class Stop(WatchedForm):
    """Why an order's clock stands still."""

    reason = forms.CharField(label=_("暂停原因"), max_length=200, help_text=_("例如：点位所在小区封控，进不去。"))
    watched = ("reason",)


class Step(Act):
    """What was done about a step that a person takes."""

    note = forms.CharField(
        label=_("办理情况"), max_length=1000, help_text=_("什么时间、谁约谈谁（写职务）、提出了什么要求。"),
        widget=forms.Textarea(attrs={"rows": 5}),
    )  # fmt: skip


class Draw(Act):
    """How many of the like answers are looked at."""

    size = forms.IntegerField(label=_("抽核数"), min_value=1)
