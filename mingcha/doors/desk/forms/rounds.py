"""The steps of a round that ask for something: whose lot and who witnesses it, what is fixed with the frame, why it ends."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mingcha.doors.hall import wording, years
from mingcha.flow.draws.states import PublicKind, Sharing, Tilt
from mingcha.kernel.lots import Setting

Choices = Iterable[tuple[Any, Any]]
# The one knob, from a lottery to a list, each step about half the last. What the middle ones mean was measured:
# ../benchmarks/chicago.py keeps nine tenths of a ranked list's gain where an insider guesses a third of a day.
LEANS = (5.0, 2.0, 1.0, 0.7, 0.4, 0.2, 0.1, 0.07, 0.04, 0.02)
USUAL_LEAN = 6
WINDOWS = (0, 15, 30, 60, 90, 120)


class Begin(forms.Form):
    """Whose round it is, who witnesses it, and which public value nobody can know yet."""

    office = forms.ChoiceField(label=_("抽签单位"))
    witness = forms.ChoiceField(
        label=_("另一家投入秘密的单位"),
        help_text=_("两家各投一个秘密，缺一家谁也算不出结果。请选不归本单位管的一家。"),
    )
    public_kind = forms.ChoiceField(
        label=_("公开数值用哪一个"), choices=PublicKind.choices, initial=PublicKind.DICE, widget=forms.RadioSelect
    )
    public_named = forms.CharField(
        label=_("具体是哪一个"), max_length=120, required=False,
        help_text=_("写到谁去查都查到同一个数，例如“中国福利彩票双色球第2021125期开奖号码”。"),
    )  # fmt: skip
    public_day = forms.DateField(
        label=_("哪天产生"), required=False, validators=[years.meant],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip
    public_time = forms.TimeField(
        label=_("几点产生"), required=False, help_text=_("两家的秘密都要在这之前投入。"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, offices: Choices, witnesses: Choices) -> None:
        super().__init__(data)
        self.fields["office"].choices = list(offices)  # type: ignore[attr-defined]
        self.fields["witness"].choices = list(witnesses)  # type: ignore[attr-defined]
        self.fields["public_kind"].choices = wording.choices(PublicKind.choices)  # type: ignore[attr-defined]
        for name in ("public_named", "public_day", "public_time"):  # shown, and needed, for all but dice
            self.fields[name].needed = True  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Name the dice by themselves; of every other value its name, its day and its hour are asked for."""
        given = super().clean() or {}
        if given.get("public_kind") == PublicKind.DICE:
            return given | {"public_named": given.get("public_named") or str(PublicKind.DICE.label), "public_at": None}
        missing = [name for name in ("public_named", "public_day", "public_time") if not given.get(name)]
        for name in missing:
            if name not in self.errors:
                self.add_error(name, _("除了现场掷骰，都要写明是哪一个、哪天几点产生。"))
        if not missing:
            when = datetime.combine(given["public_day"], given["public_time"])
            given["public_at"] = when.replace(tzinfo=timezone.get_current_timezone())
        return given


class Card(NamedTuple):
    """One tilt to be chosen: the radio button, its name, and what it means in a sentence."""

    tag: str
    title: object
    note: object


CARDS = {
    Tilt.LOTTERY: (_("均等抽签"), _("每个点位机会一样。最难猜，但常常去到没有问题的地方。")),
    Tilt.LOGISTIC: (_("按风险加权"), _("问题多发的机会大，其他的也总有机会。一般用这个。")),
    Tilt.MINMAX: (_("按危害兜底"), _("先保证最要紧的漏不掉，把最坏的情形压到最低。出事后果严重的检查用这个。")),
}


class Weighing(forms.Form):
    """What every chance follows from: how many, of which kinds, and how chances lean on scores."""

    n = forms.IntegerField(label=_("抽取多少个点位"), min_value=1, max_value=20_000)
    site_types = forms.MultipleChoiceField(
        label=_("哪些类型参加抽签"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("一个都不选，就是全部类型。"),
    )  # fmt: skip
    tilt = forms.ChoiceField(
        label=_("机会怎样分"), choices=Tilt.choices, initial=Tilt.LOGISTIC, widget=forms.RadioSelect
    )
    lean = forms.IntegerField(
        label=_("偏向抽签，还是偏向名单"), min_value=1, max_value=len(LEANS), initial=USUAL_LEAN,
        help_text=_("往左更难猜，往右查到的问题更多。下面的试算随时跟着变。"),
        widget=forms.NumberInput(attrs={"type": "range", "step": "1"}),
    )  # fmt: skip
    floor = forms.IntegerField(
        label=_("最低机会（均等机会的百分之几）"), min_value=0, max_value=100, initial=10,
        help_text=_("再好的点位也不低于这个数，谁都不能放心。"),
    )  # fmt: skip
    cap = forms.IntegerField(
        label=_("最高机会（百分之几）"), min_value=5, max_value=100, initial=50,
        help_text=_("再差的点位也不高于这个数，谁都不能算准。"),
    )  # fmt: skip
    promised = forms.BooleanField(label=_("每个乡镇至少去一处"), required=False)

    def __init__(self, data: Any = None, *, types: Choices, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        self.fields["site_types"].choices = list(types)  # type: ignore[attr-defined]

    def cards(self) -> list[Card]:
        """Return the tilts as cards."""
        return [Card(radio.tag(wrap_label=False), *CARDS[Tilt(str(radio.data["value"]))]) for radio in self["tilt"]]

    def given(self) -> dict[str, Any]:
        """Return the weights of a valid form by the names that `actions.Plan` knows."""
        clean = self.cleaned_data
        return {
            "n": clean["n"], "site_types": clean["site_types"], "tilt": clean["tilt"],
            "tau": LEANS[clean["lean"] - 1], "floor": clean["floor"] / 100, "cap": clean["cap"] / 100,
            "promised": clean["promised"],
        }  # fmt: skip

    def setting(self) -> Setting:
        """Return the setting that a valid form asks for."""
        given = self.given()
        return Setting(tilt=given["tilt"], tau=given["tau"], floor=given["floor"], cap=given["cap"])


class Plan(Weighing):
    """All that is fixed with the frame: the weights, the day, and who goes out."""

    day = forms.DateField(
        label=_("检查日期"), validators=[years.meant], widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    departs = forms.TimeField(
        label=_("最早出发时间"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=_("到这个时间才能启封，在此之前谁也看不到清单。"),
    )  # fmt: skip
    window = forms.TypedChoiceField(
        label=_("各组错开出发"), coerce=int, initial=0, help_text=_("在这段时间里由抽签定各组几点走，外人摸不准钟点。")
    )
    sharing = forms.ChoiceField(
        label=_("抽中的点位怎样分给各组"), choices=Sharing.choices, initial=Sharing.ROUTE, widget=forms.RadioSelect
    )
    teams = forms.TypedMultipleChoiceField(label=_("出动的检查组"), coerce=int, widget=forms.CheckboxSelectMultiple)

    def __init__(self, data: Any = None, *, types: Choices, teams: Choices, size: int, at: datetime) -> None:
        listed, soon = list(teams), _next_departure(at)
        # Two sites a team: enough that no team stays without a list by chance of the number alone.
        usual = min(max(size, 1), max(1, 2 * len(listed)))
        initial = {"n": usual, "day": soon.date(), "departs": soon.time(), "teams": [pk for pk, _label in listed]}
        super().__init__(data, types=types, initial=initial)
        self.at = at
        self.fields["n"].help_text = _("名录里有 %(size)s 个点位。") % {"size": size}
        self.fields["teams"].choices = listed  # type: ignore[attr-defined]
        offered = [(n, _("%(minutes)s 分钟以内") % {"minutes": n} if n else _("同时出发")) for n in WINDOWS]
        self.fields["window"].choices = offered  # type: ignore[attr-defined]
        self.fields["sharing"].choices = wording.choices(Sharing.choices)  # type: ignore[attr-defined]

    def departs_at(self) -> datetime:
        """
        Return the moment of departure in the office's zone.

        The minute under way counts as now: who types the time on the clock means to leave at once.
        """
        given = datetime.combine(self.cleaned_data["day"], self.cleaned_data["departs"])
        departs = given.replace(tzinfo=timezone.get_current_timezone())
        minute = self.at.replace(second=0, microsecond=0)
        return self.at if departs == minute else departs


class Void(forms.Form):
    """Why a round ends without being held."""

    reason = forms.CharField(
        label=_("作废原因"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("会和这一轮一起向社会公开。不写点位，不写姓名。"),
    )  # fmt: skip


def _next_departure(at: datetime) -> datetime:
    """Return now, where the clock stands on a full minute, else the next ten minutes' mark."""
    here = timezone.localtime(at)
    whole = here.replace(second=0, microsecond=0)
    return whole if whole == here else whole - timedelta(minutes=whole.minute % 10) + timedelta(minutes=10)
