"""An order in an officer's own words: where, how grave, whose responsibility, and what is to be put right."""

from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from mingcha.doors.desk.forms.choosing import Candidate, ChoosingForm
from mingcha.doors.desk.forms.orders import moment
from mingcha.doors.hall import wording
from mingcha.flow.findings import actions as findings
from mingcha.flow.findings.states import Responsibility, Severity
from mingcha.flow.rectifications import moving
from mingcha.kernel.refusals import Refusal

# The field at which a refusal of the rooms is said.
PLACES: dict[type[Refusal], str] = {
    moving.DeadlineInThePast: "due_at",
    findings.NothingSeen: "sentence",
    findings.AlreadyNoted: "sentence",
    findings.OfficeCannotAnswer: "what",
}


class Registered(ChoosingForm):
    """No field asks who spoke, and the sentence is watched for what would tell."""

    campaign = forms.ChoiceField(label=_("记到哪个任务"))
    sentence = forms.CharField(
        label=_("要整改的问题"), max_length=1000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("用自己的话写事实。责任单位看得到，不写谁反映的、什么时候反映的，也不照抄原话。"),
    )  # fmt: skip
    responsibility = forms.ChoiceField(label=_("哪一方责任"), widget=forms.RadioSelect)
    severity = forms.ChoiceField(label=_("等级"), widget=forms.RadioSelect)
    requirement = forms.CharField(
        label=_("整改要求"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("要做到什么算改好"),
    )  # fmt: skip
    due_at = moment(_("整改时限"), _("不填就按规则计算。"))
    watched = ("sentence", "requirement")

    def __init__(
        self, data: Any = None, *, find: Callable[[str], list[Candidate]], campaigns: Iterable[tuple[Any, Any]],
        initial: dict[str, Any] | None = None,
    ) -> None:  # fmt: skip
        super().__init__(data, find=find, initial={"responsibility": "unit", "severity": "ordinary"} | (initial or {}))
        self.fields["what"].label = _("哪个点位")
        self.fields["what"].help_text = _("写名称、编号或拼音首字母。整改交给这个点位登记的责任单位。")
        for name, choices in (
            ("campaign", list(campaigns)), ("responsibility", wording.choices(Responsibility.choices)),
            ("severity", wording.choices(Severity.choices)),
        ):  # fmt: skip
            self.fields[name].choices = choices  # type: ignore[attr-defined]

    def refuse(self, refusal: Refusal) -> bool:
        """Say a refusal at the field it is about; return whether there is one."""
        place = PLACES.get(type(refusal))
        if place:
            self.add_error(place, refusal.sentence(say(refusal.message)))
        return bool(place)
