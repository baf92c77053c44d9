"""A numbered paper: which problems of a unit, what is asked, who gets a copy; and what follows once it is out."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mingcha.doors.hall import uploads, years
from mingcha.doors.hall.watched import WatchedForm
from mingcha.flow.rectifications.queries.wording import WITH_CAUSE, WORDS
from mingcha.flow.rectifications.states import PaperKind, Party

if TYPE_CHECKING:
    from mingcha.ground.territory.models import Body

KINDS = {kind: _(kind.label) for kind in PaperKind}
PARTIES = {party: _(party.label) for party in Party}


class NewPaper(WatchedForm):
    """Everything a person says about a paper; number, basis and source come by themselves."""

    issuer = forms.ChoiceField(label=_("以哪个单位的名义"))
    orders = forms.TypedMultipleChoiceField(
        label=_("写进文书的问题"), required=False, coerce=int,
        error_messages={"invalid_choice": _("有问题不在可选的范围里，请重新选择。")},
    )  # fmt: skip
    title = forms.CharField(
        label=_("标题"),
        max_length=100,
        required=False,
        help_text=_("不写就按选中的问题拟，例如“关于某某饭庄2个问题的交办单”。"),
    )
    cause = forms.CharField(
        label=pgettext_lazy("问题", "原因"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("问题是怎样造成的：制度、责任、落实上差在哪里。"),
    )  # fmt: skip
    demands = forms.CharField(
        label=_("要求"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("要对方做什么、做到什么程度。印发后不能改，写错的要撤销重发。"),
    )  # fmt: skip
    word = forms.CharField(
        label=_("机关代字"), max_length=10, required=False, help_text=_("排在文号最前面，例如“定纪”；下次自动带出。")
    )
    reply_by = forms.DateTimeField(
        label=_("回复时限"), required=False, validators=[years.meant], help_text=_("不填就按本单位的时限规则算。"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )  # fmt: skip
    copies = forms.MultipleChoiceField(
        label=_("抄送"), required=False, error_messages={"invalid_choice": _("有单位不能抄送，请重新选择。")}
    )
    watched: Iterable[str] = ("title", "cause", "demands")

    def __init__(
        self, data: Any = None, *, kind: PaperKind, issuers: Sequence["Body"], orders: Sequence[int],
        copies: Sequence["Body"], initial: dict[str, Any] | None = None,
    ) -> None:  # fmt: skip
        super().__init__(data, initial={"demands": WORDS[kind].demands} | (initial or {}))
        self.fields["issuer"].choices = [(body.pk, body.name) for body in issuers]  # type: ignore[attr-defined]
        self.fields["orders"].choices = [(pk, str(pk)) for pk in orders]  # type: ignore[attr-defined]
        self.fields["copies"].choices = [(body.pk, body.name) for body in copies]  # type: ignore[attr-defined]
        if len(issuers) == 1:
            self.fields["issuer"].widget = forms.HiddenInput()
            self.initial["issuer"] = issuers[0].pk
        if kind not in WITH_CAUSE:
            del self.fields["cause"]
            self.watched = ("title", "demands")
        if kind in (PaperKind.DISCIPLINE, PaperKind.SUPERVISION):
            self.fields["demands"].label = _("建议")
        if kind is PaperKind.INTERVIEW:
            self.fields["demands"].label = _("约谈安排")
            self.fields["demands"].help_text = _("写明什么时间、在哪里、谁来约谈、请谁到场、要带什么材料。")

    def ticked(self, name: str) -> set[str]:
        """Return what is ticked of a list, as the page shows it."""
        return {str(value) for value in (self[name].value() or ())}


class Reply(WatchedForm):
    """The unit's one reply."""

    text = forms.CharField(
        label=_("办理情况"), max_length=5000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("以本单位名义回复，只能回复一次：怎样办的，办到什么程度，还差什么。逐件的佐证在整改单里上传。"),
    )  # fmt: skip
    watched = ("text",)


class Sign(forms.Form):
    """One of the three hands on the paper copy, as it was signed."""

    party = forms.ChoiceField(label=_("签字方"))
    signed_as = forms.CharField(label=_("姓名和职务"), max_length=60)
    scan = forms.FileField(
        label=_("签字照片或扫描件"), required=False, help_text=_("可以不传；照片或 PDF，不超过 20 MB。"),
        error_messages={"empty": _("有一个文件是空的，请重新选择。")},
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,application/pdf"}),
    )  # fmt: skip

    def __init__(
        self, data: Any = None, files: Any = None, *, left: Sequence[str] = tuple(PARTIES), **more: Any
    ) -> None:
        super().__init__(data, files, **more)
        self.fields["party"].choices = [(party, PARTIES[Party(party)]) for party in left]  # type: ignore[attr-defined]

    def scan_read(self) -> tuple[str, bytes] | None:
        """Return the file's name and bytes, if one came."""
        given = self.cleaned_data.get("scan")
        return next(iter(uploads.read([given])), None) if given else None


class Register(WatchedForm):
    """A receipt that came back by hand; with a text, the reply."""

    text = forms.CharField(
        label=_("纸质回复的内容"), max_length=5000, required=False, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("照纸上的写；只收到回执、还没有回复的，不填。"),
    )  # fmt: skip
    watched = ("text",)


class Withdraw(WatchedForm):
    """Why a paper is withdrawn."""

    reason = forms.CharField(
        label=_("撤销原因"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("对方会看到。文号不再使用，重发的另编新号。"),
    )  # fmt: skip
    watched = ("reason",)
