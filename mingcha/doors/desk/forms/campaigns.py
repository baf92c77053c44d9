"""Opening a campaign, and saying which figures an office answers for."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mingcha.doors.hall import years

RESERVED = ("new",)  # addresses of this door
Choices = Iterable[tuple[Any, Any]]

# What an office may answer for: the name, and what it says in the brief.
MEASURES = {
    "teams": (_("检查组"), _("组成了几个检查组")),
    "townships_covered": (_("覆盖乡镇"), _("实际到过几个乡镇（街道）")),
    "inspections": (_("检查次数"), _("一个组一天出去检查，算一次")),
    "visits": (_("检查点位次"), _("一次出去看几个点位，就算几个点位次")),
    "sites": (_("各类点位数"), _("村、小区、饭店等各看了几个，同一个点位只算一次")),
    "problems_found": (_("发现问题"), _("已确认的问题，不含撤回的")),
    "kinds": (_("问题分类"), _("每一类问题各有几个；不核报的，简报只写有哪几类")),
    "rectification": (_("整改情况"), _("立行立改、限期整改、未销号、逾期各几个")),
}


class NewCampaign(forms.Form):
    """What the lead office decides before anybody goes out."""

    name = forms.CharField(
        label=_("任务名称"), max_length=80, help_text=_("简报和台账都用这个名称，例如“10月疫情防控监督检查”。")
    )
    slug = forms.SlugField(
        label=_("任务编号"),
        max_length=40,
        help_text=_("用在网址里，只能用字母、数字和连字符，例如 2021-10-fangkong。立项后不能改。"),
        error_messages={"invalid": _("任务编号只能用字母、数字、连字符和下划线。")},
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false"}),
    )
    purpose = forms.CharField(label=_("目的"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))
    starts_on = forms.DateField(
        label=_("开始日期"),
        validators=[years.meant],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    ends_on = forms.DateField(
        label=_("结束日期"),
        validators=[years.meant],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    emergency_until = forms.DateTimeField(
        label=_("应急措施截止"),
        validators=[years.meant],
        help_text=_("到时自行失效，不用人去关；数据留存从这一刻起算。"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    retention_days = forms.IntegerField(
        label=_("失效后留存天数"), min_value=1, max_value=3650, help_text=_("从应急措施截止起算。")
    )
    focus = forms.CharField(
        label=_("检查重点"),
        required=False,
        help_text=_("一行一条，每条不超过 120 字。"),
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    editions = forms.TypedMultipleChoiceField(
        label=_("依据的清单"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("检查人员登记问题时，只能引用这里选中的清单。以后有新版本，可在任务页换用。"),
    )
    offices = forms.MultipleChoiceField(
        label=_("监督单位"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("选中的单位可以组检查组、抽签、上报。"),
    )

    def __init__(self, data: Any = None, *, editions: Choices, offices: Choices, at: datetime) -> None:
        lists, bodies = list(editions), list(offices)
        today = timezone.localdate(at)
        super().__init__(
            data,
            initial={
                "starts_on": today,
                "ends_on": today + timedelta(days=8),
                "retention_days": 180,
                "editions": [pk for pk, _label in lists],
                "offices": [code for code, _label in bodies],
            },
        )
        self.fields["editions"].choices = lists  # type: ignore[attr-defined]
        self.fields["offices"].choices = bodies  # type: ignore[attr-defined]

    def clean_slug(self) -> str:
        """Keep the addresses of this door for itself."""
        slug: str = self.cleaned_data["slug"]
        if slug.lower() in RESERVED:
            raise forms.ValidationError(_("这个编号是系统的网址，请换一个。"))
        return slug

    def clean_focus(self) -> list[str]:
        """Return one focus point for each line that says something."""
        lines = [line.strip() for line in self.cleaned_data["focus"].splitlines()]
        points = [line for line in lines if line]
        if too_long := next((point for point in points if len(point) > 120), ""):
            raise forms.ValidationError(_("“%(start)s…”超过 120 字，请改短。"), params={"start": too_long[:12]})
        return points


class Answering(forms.Form):
    """Which figures an office answers for as complete (核报)."""

    measures = forms.MultipleChoiceField(label=_("本单位核报的数"), required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, data: Any = None, *, answered: list[str]) -> None:
        super().__init__(data, initial={"measures": answered})
        self.fields["measures"].choices = [(value, name) for value, (name, _said) in MEASURES.items()]  # type: ignore[attr-defined]
