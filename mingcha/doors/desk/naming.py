"""What some words may name, for forms about one thing among a unit, a place and a site."""

from collections.abc import Callable, Collection
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from mingcha.doors.desk.forms.choosing import Candidate
from mingcha.ground.territory import queries as territory

Find = Callable[[str], list[Candidate]]


def finder(*, within: Collection[str], around: Collection[str]) -> tuple[Find, dict[str, dict[str, Any]]]:
    """
    Return what looks words up, and where it puts what they may mean: key → {"body" or "division" or "site": the thing}.

    `within` and `around` are division codes, as `territory.named` takes them.
    """
    things: dict[str, dict[str, Any]] = {}

    def find(words: str) -> list[Candidate]:
        named = territory.named(words, within=within, around=around)
        above = territory.names(division.parent_code for division in named.divisions)
        found = []

        def put(column: str, thing: Any, kind: str, place: str) -> None:
            key = f"{column}:{thing.code}"
            things[key] = {column: thing}
            label = _("%(name)s（%(kind)s，%(place)s）") % {"name": thing.name, "kind": kind, "place": place}
            found.append(Candidate(key, label, whole=words in (thing.name, thing.code)))

        for body in named.bodies:
            put("body", body, _("单位"), body.division.name)
        for division in named.divisions:
            put("division", division, _("整个地方"), above.get(division.parent_code, division.code))
        for site in named.sites:
            put("site", site, pgettext("单个", "点位"), site.division.name)
        return found

    return find, things
