"""Beginning a visit, its photos, and its end."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mingcha.doors.field.forms.boxes import lines
from mingcha.doors.hall import wording
from mingcha.doors.hall.watched import WatchedForm
from mingcha.flow.fieldwork.states import Mode, Outcome

PICTURES = "image/jpeg,image/png,image/webp"


class BeginForm(forms.Form):
    """Openly or covertly."""

    mode = forms.ChoiceField(
        choices=Mode.choices,
        error_messages={"required": _("请选择明察或暗访。"), "invalid_choice": _("请选择明察或暗访。")},
    )


class Several(forms.FileInput):
    """A file box that takes several files."""

    allow_multiple_selected = True


class PhotosForm(forms.Form):
    """
    Taken now, or chosen from the phone. With JavaScript off both are plain file boxes.

    Files are not checked here: evidence judges them by their bytes, and one bad file must not cost the others.
    """

    camera = forms.Field(
        label=_("现在拍"), required=False, widget=Several(attrs={"accept": PICTURES, "capture": "environment"})
    )
    album = forms.Field(label=_("从相册选，可多张"), required=False, widget=Several(attrs={"accept": PICTURES}))
    caption = forms.CharField(
        label=_("照片说明"), required=False, max_length=120,
        help_text=_("写职责现场，例如“登记台无人值守”。尽量不拍居民面部和证件。"),
    )  # fmt: skip


class ReturnForm(WatchedForm):
    """Why drawn sites were not visited; the room says whether that must be told."""

    reason = forms.CharField(
        label=_("没有去的原因"), required=False, max_length=200, widget=lines(_("例如：道路塌方，改日补查"), rows=2)
    )
    watched = ("reason",)


class ReplaceForm(WatchedForm):
    """Why a drawn site cannot be visited."""

    reason = forms.CharField(
        label=_("为什么去不了"), max_length=200, widget=lines(_("例如：道路中断、整体搬迁"), rows=2),
        help_text=_("划去后由系统按签号递补下一个，谁也不能挑；原因记录在案。"),
    )  # fmt: skip
    watched = ("reason",)


class CloseForm(WatchedForm):
    """How the visit ended and what was fed back on the spot; a covert visit feeds nothing back."""

    outcome = forms.ChoiceField(label=_("检查结果"), widget=forms.RadioSelect, initial=Outcome.DONE)
    reason = forms.CharField(
        label=_("没有完成的原因"), required=False, max_length=200, widget=lines(_("例如：关门停业，门口无告示"), rows=2)
    )
    feedback = forms.CharField(
        label=_("现场反馈"),
        required=False,
        max_length=2000,
        widget=lines(_("当场向对方说了什么，对方怎么表态"), rows=4),
    )
    feedback_to = forms.CharField(
        label=_("反馈对象职务"), required=False, max_length=60, help_text=_("只写职务，例如“值班负责人”，不写姓名。")
    )

    def __init__(self, data: Any = None, *, covert: bool) -> None:
        super().__init__(data)
        self.fields["outcome"].choices = wording.choices(Outcome.choices)  # type: ignore[attr-defined]
        if covert:
            del self.fields["feedback"], self.fields["feedback_to"]
        self.watched = [name for name in ("reason", "feedback", "feedback_to") if name in self.fields]
