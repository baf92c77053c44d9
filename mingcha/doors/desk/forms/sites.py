"""One site of the register, and the township groups of a county."""

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

# A group is half of a stratum's name, which stands in a published frame.
GROUP = RegexValidator(r"^[^\s,;|\"'\\/]*$", _("片区名不能有空格、逗号、斜线或引号。"))


class Site(forms.Form):
    """A place, and apart from it the body that answers for it."""

    code = forms.CharField(
        label=_("点位编号"),
        max_length=30,
        help_text=_("自己定一个，例如 MX-CS-001。登记后不能改，也不会再给别的点位用。"),
    )
    name = forms.CharField(label=_("名称"), max_length=80)
    type = forms.ChoiceField(label=_("类型"))
    division = forms.ChoiceField(label=_("所在乡镇、村"), help_text=_("点位在哪里，就选哪里。"))
    address = forms.CharField(label=_("地址"), max_length=120, required=False)
    body = forms.CharField(
        label=_("责任单位"),
        max_length=80,
        help_text=_("谁对这里负责，可以与所在地不同（例如火车站归铁路部门）。输入几个字，从提示里选。"),
        widget=forms.TextInput(attrs={"list": "bodies", "autocomplete": "off"}),
    )
    latitude = forms.FloatField(label=_("纬度"), required=False, min_value=-90, max_value=90)
    longitude = forms.FloatField(
        label=_("经度"), required=False, min_value=-180, max_value=180,
        help_text=_("填了经纬度，才能算路上的时间、画在图上。"),
    )  # fmt: skip
    schematic = forms.BooleanField(
        label=_("只是大概位置"), required=False, help_text=_("例如先用乡镇中心的位置，图上会注明“示意”。")
    )
    street = forms.CharField(
        label=_("街道或院落"), max_length=60, required=False,
        help_text=_("一家被查、别家马上知道的几处，填同一个名字：路线会让它们同时或紧接着查。"),
    )  # fmt: skip
    opens = forms.TimeField(
        label=_("开门"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    closes = forms.TimeField(
        label=_("关门"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=_("都不填，就是什么时候去都行。"),
    )  # fmt: skip
    active = forms.BooleanField(
        label=_("在册（参加抽签）"), required=False, initial=True, help_text=_("停业或撤点的取消勾选，不要删除。")
    )

    def __init__(
        self, data: Any = None, *, types: list[Any], divisions: list[Any], bodies: dict[str, str],
        initial: dict[str, Any] | None = None, known: bool = False, met: bool = False,
    ) -> None:  # fmt: skip
        """
        Take `bodies` as name → code; a site already `known` keeps its code, and only such a one may be taken off.

        `met`: a place that a team met, whose code was made up on the way.
        """
        super().__init__(data, initial=initial)
        self.bodies = bodies
        self.fields["type"].choices = [("", _("请选择")), *types]  # type: ignore[attr-defined]
        self.fields["division"].choices = [("", _("请选择")), *divisions]  # type: ignore[attr-defined]
        del self.fields["code" if known else "active"]
        if met:
            self.fields["code"].help_text = _("手机上编的，可以改成名录的编号。以后不能再改。")
            self.fields["body"].help_text = _(
                "谁对这里负责：输入几个字，从提示里选，已交办的问题也转给它。它自己负责的（例如一家小店），照填点位名称。"
            )

    def clean_body(self) -> str:
        """Return the code of the body named."""
        name = self.cleaned_data["body"].strip()
        if name not in self.bodies:
            raise forms.ValidationError(
                _("没有登记“%(name)s”。请从提示里选；新单位用 Excel 导入点位时会一并登记。"), params={"name": name}
            )
        return self.bodies[name]


class Groups(forms.Form):
    """One field for each township of a county, named by the township's code."""

    def __init__(self, data: Any = None, *, townships: list[tuple[str, str, str]]) -> None:
        """Take the townships as (code, name, group)."""
        super().__init__(data)
        for code, name, group in townships:
            self.fields[code] = forms.CharField(
                label=name, max_length=30, required=False, initial=group, validators=[GROUP],
                widget=forms.TextInput(attrs={"list": "groups", "autocomplete": "off"}),
            )  # fmt: skip
