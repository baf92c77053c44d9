"""Writing what is told to the public, and what is done with it afterwards."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mingcha.doors.hall import wording, years
from mingcha.doors.hall.watched import WatchedForm
from mingcha.flow.reports.actions.publications import Official, Text
from mingcha.flow.reports.states import Kind

MOST = 60  # people in one publication
_APART = re.compile(r"[，,、；;\s]+")


class Write(WatchedForm):
    """Title, text, whom it speaks of and until when. One official a line: the name, then body and post."""

    title = forms.CharField(
        label=_("标题"), max_length=100, help_text=_("例如“关于3起疫情防控责任落实不力典型问题的通报”。")
    )
    text = forms.CharField(
        label=_("正文"), max_length=20000, widget=forms.Textarea(attrs={"rows": 16}),
        help_text=_("一行一段。“一、”开头的是小标题，“1.”开头的是一起案例。公职人员照写全名，发布时自动隐去。"),
    )  # fmt: skip
    officials = forms.CharField(
        label=_("文中的公职人员"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("每行一人：姓名，单位和职务。一律先隐去，批准点名后才显示，公示期满又隐去。"),
    )  # fmt: skip
    others = forms.CharField(
        label=_("文中的其他人"), required=False, max_length=1000,
        help_text=_("群众、同案人等的姓名，用顿号隔开。保存时就改成“某”，系统里不留姓名。"),
    )  # fmt: skip
    expires_on = forms.DateField(
        label=_("公示到"), required=False, validators=[years.meant],
        error_messages={"invalid": _("日期写得不对，请用 2021-10-27 的样子。")},
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("最后一天。过了这一天页面还在，姓名全部隐去。送审前要填。"),
    )  # fmt: skip
    revision = forms.IntegerField(required=False, widget=forms.HiddenInput)
    watched = ("title", "text")

    def clean_officials(self) -> list[Official]:
        """Return whom the lines name."""
        lines = [line.strip() for line in self.cleaned_data["officials"].splitlines() if line.strip()]
        if len(lines) > MOST:
            raise forms.ValidationError(gettext("一篇最多写 %(most)s 人。") % {"most": MOST})
        parts = [_APART.split(line, maxsplit=1) for line in lines]
        return [Official(name[:40], post[0].strip() if post else "") for name, *post in parts]

    def clean_others(self) -> list[str]:
        """Return the names, each once."""
        return list(dict.fromkeys(name for name in _APART.split(self.cleaned_data["others"]) if name))

    def written(self) -> Text:
        """Return what a valid form says."""
        given = self.cleaned_data
        return Text(given["title"], given["text"], given["officials"], given["others"], given["expires_on"])


class New(Write):
    """A new publication: which kind, and of which office where there are several."""

    kind = forms.ChoiceField(label=_("种类"), choices=wording.choices(Kind.choices), widget=forms.RadioSelect)
    office = forms.ChoiceField(label=_("发布单位"))
    cases = forms.CharField(required=False, max_length=400, widget=forms.HiddenInput)
    field_order = ("office", "kind", "title", "text", "officials", "others", "expires_on", "cases")

    def __init__(self, *args: Any, offices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["office"]
        field.choices = offices  # type: ignore[attr-defined]
        if len(offices) == 1:
            field.widget = forms.HiddenInput()
            field.initial = offices[0][0]


def _reason(label: Any, help_text: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=1000, help_text=help_text, widget=forms.Textarea(attrs={"rows": 3})
    )  # fmt: skip


class SendBack(WatchedForm):
    """Why a proposal does not do."""

    reason = _reason(_("退回意见"), _("写明要改什么。"))
    watched = ("reason",)


class Approve(forms.Form):
    """The text that was read."""

    revision = forms.IntegerField(widget=forms.HiddenInput)


class TakeDown(WatchedForm):
    """Why it goes."""

    reason = _reason(_("撤下原因"), _("写明为什么撤下，例如“复议改变了处分决定”。公众只看到已撤下，看不到原因。"))
    watched = ("reason",)


class Extend(WatchedForm):
    """Until when, and why."""

    until = forms.DateField(
        label=_("延长到"), validators=[years.meant], widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("日期写得不对，请用 2021-10-27 的样子。")},
    )  # fmt: skip
    reason = _reason(_("延长理由"), _("写明依据。点了名的，姓名也显示到这一天。"))
    watched = ("reason",)


class AskName(WatchedForm):
    """Why an official is to be named."""

    reason = _reason(_("点名理由"), _("依据哪份决定、谁同意的。"))
    watched = ("reason",)


class RuleName(WatchedForm):
    """Whether an official may be named."""

    verdict = forms.ChoiceField(
        label=_("裁定"), choices=[("grant", _("准予点名")), ("decline", _("不予点名"))], widget=forms.RadioSelect
    )
    ruling = forms.CharField(
        label=_("意见"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("不予点名要写明理由。"),
    )  # fmt: skip
    watched = ("ruling",)
