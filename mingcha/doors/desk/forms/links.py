"""Recording a standing link, and ending one."""

from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mingcha.doors.desk.forms.choosing import Candidate, ChoosingForm
from mingcha.doors.hall.years import meant

KINDS = [
    ("liaison", _("联系：日常联系、指导")),
    ("sponsor", _("包联：包片、包点，负责到底")),
]


def _day(**more: Any) -> forms.DateField:
    return forms.DateField(
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), validators=[meant], **more
    )


class NewLink(ChoosingForm):
    """To what a body, or one person of it, is linked, and since when."""

    kind = forms.ChoiceField(label=_("方式"), choices=KINDS, initial="liaison", widget=forms.RadioSelect)
    person = forms.TypedChoiceField(
        label=_("联系人"),
        coerce=int,
        required=False,
        empty_value=None,
        help_text=_("选了人，只有这个人要避开联系对象；不选，全单位的人都要避开。"),
    )
    since = _day(label=_("从哪天起"))
    until = _day(label=_("到哪天止"), required=False, help_text=_("长期联系就留空。"))
    field_order = ("what", "chosen", "kind", "person", "since", "until")

    def __init__(
        self, data: Any = None, *, find: Callable[[str], list[Candidate]], people: Iterable[tuple[Any, Any]],
        initial: dict[str, Any],
    ) -> None:  # fmt: skip
        super().__init__(data, find=find, initial=initial)
        self.fields["what"].label = _("联系什么")
        self.fields["what"].help_text = _("一个单位、一个地方或一个点位：写名称、代码或拼音首字母。")
        self.fields["person"].choices = [("", _("不指定，全单位")), *people]  # type: ignore[attr-defined]


class EndLink(forms.Form):
    """The last day of a link."""

    last_day = _day(label=_("最后一天"))
