"""What came of a tip in the work, looked up from the unlocked page by its sealed number; nothing leads back from there."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from mingcha.doors.hall.access import Request
from mingcha.flow.draws import queries as draws
from mingcha.flow.rectifications import queries as rectifications
from mingcha.flow.referrals import queries as referrals
from mingcha.ground.accounts.permissions import Permission as P
from mingcha.ground.accounts.queries import NotFound, Standing
from mingcha.tips.actions import linking
from mingcha.tips.states import Kind, State

if TYPE_CHECKING:
    from mingcha.tips.actions.linking import Link
    from mingcha.tips.models import Tip
    from mingcha.tips.queries.reading import Story


@dataclass(frozen=True)
class Found:
    """A thing that came of a tip: what it is called, how it stands, and where it is if this person may go there."""

    name: str
    state: str = ""
    url: str = ""


def may(standing: Standing, tip: "Tip") -> dict[str, bool]:
    """Return what this person may let be born of a tip as it stands."""
    still = tip.state not in (State.OFFERED, State.CLOSED, State.ERASED)
    measures = tip.kind == Kind.MEASURES
    return {
        "lead": still and standing.can(P.LEAD_KEEP),
        "order": still and standing.can(P.ORDER_VERIFY),
        "turn": measures and tip.state == State.ACCEPTED and standing.can(P.ORDER_VERIFY),
        "directed": still and standing.can(P.ROUND_DIRECT),
    }


def links(request: Request, story: "Story") -> list[Found]:
    """Return what came of an open tip, with how it stands now."""
    return [_found(link, request.standing) for link in linking.links_of(story)]


def _found(link: "Link", standing: Standing) -> Found:
    look: dict[str, Callable[[Link, Standing], Found]] = {"lead": _lead, "order": _order, "directed": _directed}
    try:
        return look[link.what](link, standing)
    except NotFound:
        told = {"lead": _("线索 %(number)s"), "order": _("整改单 %(number)s"), "directed": _("指定检查 %(number)s")}
        return Found(told[link.what] % {"number": link.number})


def _lead(link: "Link", standing: Standing) -> Found:
    year, _dash, number = link.number.partition("-")
    found = referrals.numbered(link.office, year=int(year), number=int(number), to=standing)
    return Found(str(found), found.get_state_display(), reverse("desk:lead", args=[found.pk]))


def _order(link: "Link", standing: Standing) -> Found:
    found = rectifications.numbered(link.number, to=standing)
    name = _("整改单 %(number)s") % {"number": link.number}
    return Found(name, found.get_state_display(), reverse("desk:order", args=[found.pk]))


def _directed(link: "Link", standing: Standing) -> Found:
    found = draws.directed_visit(link.pk, to=standing)
    name = _("指定检查 %(number)s") % {"number": link.number}
    return Found(name, found.get_state_display(), reverse("desk:directed"))
