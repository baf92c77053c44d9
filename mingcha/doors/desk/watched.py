"""What a watched series of rounds is told as: one sentence for each sign, and figures for a table."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mingcha.kernel.lots import foreseeing, habits, watching

if TYPE_CHECKING:
    from mingcha.flow.reports.queries.watch import Report
    from mingcha.kernel.lots.habits import Habit
    from mingcha.kernel.lots.watching import Opening, Sign

GUESSERS = {
    foreseeing.OFTEN: gettext_lazy("以往去得多的还会去"),
    foreseeing.LONGEST: gettext_lazy("很久没去的该轮到了"),
    foreseeing.WEEKDAY: gettext_lazy("同一个星期几去同样的地方"),
    foreseeing.LEARNED: gettext_lazy("把以往各轮学一遍再猜"),
}
WEEKDAYS = (
    gettext_lazy("星期一"),
    gettext_lazy("星期二"),
    gettext_lazy("星期三"),
    gettext_lazy("星期四"),
    gettext_lazy("星期五"),
    gettext_lazy("星期六"),
    gettext_lazy("星期日"),
)
SIGNS = {
    watching.UNNAMED: gettext_lazy(
        "第 %(round)s 轮有 %(count)s 个点位既没抽中也不是递补，却按抽签任务去了：%(sites)s。请说明由来。"
    ),
    watching.FORESEEN: gettext_lazy(
        "去向有规律：照“%(by)s”来猜，猜中 %(hit)s，按公开的机会应猜中 %(fair)s，相差超出偶然。请查抽签之外还有什么在定去向。"
    ),
    watching.SPARED: gettext_lazy(
        "有 %(count)s 个点位去得太少，偶然解释不了：%(sites)s。请查是不是有人替它们挡下了检查。"
    ),
    watching.SOUGHT: gettext_lazy("有 %(count)s 个点位去得太多，偶然解释不了：%(sites)s。请查是不是有人另外指定。"),
    watching.REDRAWN: gettext_lazy(
        "第 %(round)s 轮之前有 %(count)s 次抽签抽完又作废，或没有一个组启封。重抽等于多一次挑选，请核实原因。"
    ),
    watching.OVERRIDDEN: gettext_lazy(
        "第 %(round)s 轮抽中 %(of)s 个，换下、移交或没有去的 %(count)s 个，超过五分之一。改动这样多，抽签就不再出其不意。"
    ),
    watching.DIRECTED: gettext_lazy(
        "第 %(round)s 轮 %(of)s 个中有 %(count)s 个事先必到，超过四分之一。留给抽签的太少。"
    ),
}
HABITS = {
    habits.WEEKDAY: gettext_lazy("%(of)s 天里有 %(times)s 天在%(what)s出动"),
    habits.GAP: gettext_lazy("%(of)s 次间隔里有 %(times)s 次是 %(what)s 天"),
    habits.FIRST: gettext_lazy("%(of)s 次出动里有 %(times)s 次先到%(what)s"),
}
NAMED = 5


def signs(report: "Report") -> list[dict[str, Any]]:
    """Return each sign as {"text", "spoils"}; habits are told in their own table."""
    return [
        {"text": _sentence(sign, report), "spoils": sign.spoils}
        for sign in report.watched.signs
        if sign.code != watching.HABIT
    ]


def _sentence(sign: "Sign", report: "Report") -> str:
    facts = dict(sign.facts)
    if isinstance(sites := facts.get("sites"), list):
        names = _("、").join(report.sites.get(code, code) for code in sites[:NAMED])
        facts["sites"] = _("%(names)s等") % {"names": names} if len(sites) > NAMED else names
    if "by" in facts:
        facts["by"] = GUESSERS[str(facts["by"])]
    for share in ("hit", "fair", "most"):
        if isinstance(value := facts.get(share), float):
            facts[share] = f"{value:.0%}"
    return str(SIGNS[sign.code]) % facts


def guessed(report: "Report") -> list[dict[str, Any]]:
    """Return the guessers: {"by", "hit", "fair", "most", "auc", "auc_fair", "caught", "rounds"}, shares as "34%"."""
    return [
        {
            "by": GUESSERS[one.by], "hit": f"{one.hit:.0%}", "fair": f"{one.hit_fair:.0%}", "most": f"{one.hit_most:.0%}",
            "auc": f"{one.auc:.2f}", "auc_fair": f"{one.auc_fair:.2f}", "caught": one.caught,
            "rounds": one.rounds,
        }
        for one in report.watched.guesses
    ]  # fmt: skip


def habitual(report: "Report") -> Iterator[dict[str, Any]]:
    """Yield the habits of days and order: {"text", "caught"}."""
    for habit in report.watched.habits:
        yield {"text": str(HABITS[habit.kind]) % _facts(habit, report), "caught": habit.caught}


def _facts(habit: "Habit", report: "Report") -> dict[str, Any]:
    what: object = habit.what
    if habit.kind == habits.WEEKDAY and isinstance(habit.what, int):
        what = WEEKDAYS[habit.what]
    if isinstance(habit.what, str):
        what = report.places.get(habit.what, habit.what)
    return {"times": habit.times, "of": habit.of, "what": what}


def opened(one: "Opening") -> dict[str, Any]:
    """Return what a round left to chance, shares as "34%"; `floor` as a multiple of an even chance."""
    done = one.overrides
    return {
        "name": one.name, "day": one.day, "sites": one.sites, "named": one.named, "certain": one.certain,
        "entropy": f"{one.entropy:.0%}", "kept": f"{one.kept:.0%}", "least": _share(one.least), "floor": f"{one.floor:.2f}",
        "escape": _share(one.escape), "changed": one.changed, "replaced": done.replaced, "handed": done.handed_over,
        "unvisited": done.unvisited, "redrawn": done.redrawn, "open": one.certain < one.sites,
    }  # fmt: skip


def _share(value: float) -> str:
    """Return a share with a decimal where it is small: a floor of half a hundredth is not none."""
    if 0 < value < 0.001:
        return "<0.1%"
    return f"{value:.1%}" if value < 0.1 else f"{value:.0%}"
