"""What the lead wants looked at: which site, carried by which office, and why."""

from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mingcha.doors.desk.forms.choosing import Candidate, ChoosingForm


class Direct(ChoosingForm):
    """One directed visit. Where and why are sealed with it, and read by the directing office alone."""

    carrier = forms.ChoiceField(
        label=_("由哪家单位的下一轮带上"), help_text=_("这家单位不会知道，点位要在它的范围里。")
    )
    reason = forms.CharField(
        label=_("为什么指定"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("只有本单位看得到，检查单、台账、承办单位都看不到。"),
    )  # fmt: skip
    watched = ("reason",)

    def __init__(
        self, data: Any = None, *, find: Callable[[str], list[Candidate]], carriers: Iterable[tuple[Any, Any]],
        initial: dict[str, Any] | None = None,
    ) -> None:  # fmt: skip
        super().__init__(data, find=find, initial=initial)
        self.fields["what"].label = _("哪个点位")
        self.fields["what"].help_text = _("写名称、编号或拼音首字母。")
        self.fields["carrier"].choices = list(carriers)  # type: ignore[attr-defined]
