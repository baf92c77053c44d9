"""
What a citizen fills in, one page after another.

1. Each page has a form of its own; what was given on the other pages travels along in hidden fields, as it was typed.
2. Nothing of it is kept on the server between two pages, and no cookie is set.
"""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mingcha.tips.states import CATEGORIES, Category, Kind, Rating

MOST_TEXT = 20_000  # characters; a long letter has three thousand
STEPS = ("kind", "category", "unit", "story", "who", "check")
ACROSS = {"class": "tip__short", "rows": 3}

# What the pages carry: name → the step that asks for it.
CARRIED = {
    "kind": "kind", "category": "category",
    "county": "unit", "unit": "unit", "body": "unit", "leaders": "unit", "higher": "unit",
    "text": "story", "happened": "story", "place": "story",
    "named": "who", "name": "who", "phone": "who", "workplace": "who", "address": "who",
}  # fmt: skip


class Step(forms.Form):
    """One page; `draft` is everything given so far, by name."""

    def __init__(self, draft: Mapping[str, str], *, bound: bool) -> None:
        self.draft = draft
        given = {name: draft.get(name, "") for name in self.base_fields}  # type: ignore[attr-defined]
        super().__init__(data=given if bound else None, initial=given, label_suffix="")


class KindStep(Step):
    """What sort of matter it is."""

    kind = forms.ChoiceField(choices=Kind.choices, error_messages={"required": _("请选一种。")})


class CategoryStep(Step):
    """Which of the few words fits best; the list depends on the kind."""

    category = forms.ChoiceField(choices=Category.choices, error_messages={"required": _("请选一类。")})

    def clean_category(self) -> str:
        """Refuse a word that belongs to the other kind."""
        category = str(self.cleaned_data["category"])
        if category not in {each.value for each in CATEGORIES.get(Kind(self.draft.get("kind") or "measures"), ())}:
            raise forms.ValidationError(gettext("请选一类。"))
        return category


class UnitStep(Step):
    """Which place and which unit it is about."""

    county = forms.ChoiceField(label=_("事情发生在哪个县区"), error_messages={"required": _("请选择县区。")})
    unit = forms.CharField(
        label=_("反映哪个单位，或者哪里的干部"), max_length=200, error_messages={"required": _("请写明是哪个单位或哪里的干部。")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    body = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
    leaders = forms.ChoiceField(
        label=_("是不是反映这个单位的领导"), widget=forms.RadioSelect,
        choices=[("no", _("不是")), ("yes", _("是，有领导参与或知情")), ("unsure", _("说不清"))],
        error_messages={"required": _("请选一项，说不清也可以。")},
    )  # fmt: skip
    higher = forms.BooleanField(label=_("我不放心本地机关，请直接送上一级"), required=False)

    def __init__(self, draft: Mapping[str, str], *, bound: bool, counties: list[tuple[str, str]]) -> None:
        super().__init__(draft, bound=bound)
        self.fields["county"].choices = [("", _("请选择")), *counties]  # type: ignore[attr-defined]


class StoryStep(Step):
    """What happened."""

    text = forms.CharField(
        label=_("请把事情写下来"), max_length=MOST_TEXT, min_length=10, widget=forms.Textarea(attrs={"rows": 9}),
        help_text=_("谁、做了什么、给谁造成了什么影响、您怎么知道的。想到什么写什么，不用讲究文采。"),
        error_messages={
            "required": _("请写下发生了什么事。"), "min_length": _("太短了，请多写几句，不然没法核实。"),
            "max_length": _("太长了，最多 2 万字；写不下的可以作为附件交上来。"),
        },
    )  # fmt: skip
    happened = forms.CharField(
        label=_("什么时候的事"), required=False, max_length=100,
        help_text=_("记得多少写多少，例如“10月中旬”“上个月起每天”。"), widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    place = forms.CharField(
        label=_("具体在哪里"), required=False, max_length=200, help_text=_("例如村、街道、店名、办事窗口。"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip


class WhoStep(Step):
    """Whether the citizen says who they are."""

    named = forms.ChoiceField(
        label=_("要不要留姓名"), widget=forms.RadioSelect,
        choices=[("no", _("不留姓名（匿名）")), ("yes", _("留姓名和电话（实名）"))],
        error_messages={"required": _("请选一项。")},
    )  # fmt: skip
    name = forms.CharField(
        label=_("您的姓名"), required=False, max_length=60, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    phone = forms.CharField(
        label=_("能找到您的电话"), required=False, max_length=40, widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"})
    )  # fmt: skip
    workplace = forms.CharField(
        label=_("您的单位"), required=False, max_length=100, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    address = forms.CharField(
        label=_("您的住址"), required=False, max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    def __init__(self, draft: Mapping[str, str], *, bound: bool) -> None:
        super().__init__(draft, bound=bound)
        for name in ("name", "phone"):
            setattr(self.fields[name], "needed", True)  # noqa: B010 - marked as such; asked for by clean

    def clean(self) -> dict[str, Any]:
        """Ask for name and telephone where somebody wants to be named."""
        given = super().clean() or {}
        if given.get("named") == "yes":
            if not given.get("name"):
                self.add_error("name", gettext("实名反映请写姓名；不想写，请选“不留姓名”。"))
            if not given.get("phone"):
                self.add_error("phone", gettext("实名反映请留电话；不想留，请选“不留姓名”。"))
        return given


class Typed(forms.Form):
    """A code as somebody types it. Never shown again in a list of what was typed before."""

    code = forms.CharField(
        label=_("查询码"), max_length=81, error_messages={"required": _("请输入查询码。")},
        help_text=_("20 位，数字和字母。大小写、空格、横线都不要紧。"),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "class": "tip__type"}
        ),
    )  # fmt: skip


class Addition(forms.Form):
    """Something more to say, or files."""

    text = forms.CharField(
        label=_("您要补充的话"), required=False, max_length=MOST_TEXT, widget=forms.Textarea(attrs=ACROSS),
        error_messages={"max_length": _("太长了，最多 2 万字；可以分几次补充。")},
    )  # fmt: skip


class Objection(forms.Form):
    """Why the citizen does not agree."""

    text = forms.CharField(
        label=_("您不同意哪一点，为什么"), max_length=MOST_TEXT, widget=forms.Textarea(attrs=ACROSS),
        error_messages={"required": _("请写明不同意哪一点。"), "max_length": _("太长了，最多 2 万字。")},
    )  # fmt: skip


class Rate(forms.Form):
    """How the handling was found."""

    value = forms.ChoiceField(
        label=_("您对这件事的办理"), choices=Rating.choices, widget=forms.RadioSelect, error_messages={"required": _("请选一项。")}
    )  # fmt: skip
    text = forms.CharField(
        label=_("想说的话"), required=False, max_length=2000, widget=forms.Textarea(attrs=ACROSS),
        error_messages={"max_length": _("太长了，最多 2000 字。")},
    )  # fmt: skip
