"""Why a site scores as it does, in words: the codes and figures of the kernel's `Reason`, one sentence each."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from mingcha.doors.hall.wording import chance
from mingcha.ground.territory import queries as territory
from mingcha.kernel.estimates import FEWEST

Facts = Mapping[str, Any]
NOTICED = 0.005  # half a hundredth: less moves nothing that a page shows


def reasons(given: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return each reason as a sentence; one of a code that is not known yet is left out."""
    told = []
    for reason in given:
        say = SAYINGS.get(str(reason.get("code")))
        facts = reason.get("facts") or {}
        if say is not None:
            told.append(say(facts) + _moved(facts))
    return told


def percent(part: float) -> str:
    """Return a score as a percentage: nothing is ever ruled out or sure, whatever the model says."""
    return chance(min(max(part, 0.001), 0.999))


def _moved(facts: Facts) -> str:
    effect = float(facts.get("effect") or 0)
    if abs(effect) < NOTICED:
        return ""
    points = {"n": f"{abs(effect) * 100:.0f}"}
    return _("，提高 %(n)s 个百分点") % points if effect > 0 else _("，降低 %(n)s 个百分点") % points


def _own(facts: Facts) -> str:
    return _("查过 %(visits)s 次，%(found)s 次有问题") % facts


def _never(_facts: Facts) -> str:
    return _("还没有查过")


def _long_ago(facts: Facts) -> str:
    return _("已经 %(days)s 天没有查") % facts


def _low(facts: Facts) -> str:
    return _("上次得分 %(score)s，同类平均 %(mean)s") % facts


def _kind(facts: Facts) -> str:
    if _few(facts):
        return _("同类点位只查过 %(visits)s 次，还看不出问题多少") % facts
    return _("同类点位查过 %(visits)s 次，每 100 次约 %(n)s 次有问题") % _per_hundred(facts)


def _place(facts: Facts) -> str:
    code = str(facts.get("place", ""))
    where = {"place": territory.names([code]).get(code, code)}
    if _few(facts):
        return _("%(place)s只查过 %(visits)s 次，还看不出问题多少") % {**facts, **where}
    return _("%(place)s查过 %(visits)s 次，每 100 次约 %(n)s 次有问题") % (_per_hundred(facts) | where)


def _body(facts: Facts) -> str:
    if _few(facts):
        return _("责任单位的点位只查过 %(visits)s 次，还看不出问题多少") % facts
    return _("责任单位的点位查过 %(visits)s 次，每 100 次约 %(n)s 次有问题") % _per_hundred(facts)


def _prior(facts: Facts) -> str:
    return _("这类点位一般约 %(rate)s（先验率，按查过的结果修正）") % {"rate": percent(float(facts.get("rate") or 0))}


def _few(facts: Facts) -> bool:
    """Say whether so few were visited that a rate of them would tell more than is known."""
    return int(facts.get("visits") or 0) < FEWEST


def _per_hundred(facts: Facts) -> dict[str, Any]:
    return {"visits": facts.get("visits", 0), "n": f"{100 * float(facts.get('rate') or 0):.0f}"}


SAYINGS: dict[str, Callable[[Facts], str]] = {
    "own_problems": _own,
    "never_visited": _never,
    "long_ago": _long_ago,
    "low_score": _low,
    "kind_rate": _kind,
    "place_rate": _place,
    "body_rate": _body,
    "prior": _prior,
}
