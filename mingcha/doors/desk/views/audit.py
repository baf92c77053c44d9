"""The record of acts at places in one's area, in plain words."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from mingcha.doors.desk.recorded import DETAILS, KINDS, PLACES, VALUES, VALUES_OF, VERBS
from mingcha.doors.hall.access import Request, door
from mingcha.ground.accounts.permissions import Permission as P
from mingcha.ground.audit import queries
from mingcha.ground.territory import queries as territory

if TYPE_CHECKING:
    from mingcha.ground.audit.models import Event

YES, NO = _("是"), _("否")
PLACED = ("to", "townships")  # details that name places by their codes


@require_safe
@door(P.AUDIT_SEE)
def index(request: Request) -> HttpResponse:
    """Show who did what, when and where, newest first."""
    verb, actor = request.GET.get("verb", ""), request.GET.get("actor", "").strip()[:80]
    found = queries.within(request.standing.prefixes(P.AUDIT_SEE))
    if verb:
        found = found.filter(verb=verb)
    if actor:
        found = found.filter(actor_name__icontains=actor)
    page = Paginator(found, 50).get_page(request.GET.get("page"))
    return render(
        request, "desk/audit.html", {"page": page, "verb": verb, "actor": actor, "verbs": VERBS, "lines": lines(page)}
    )


def lines(events: Iterable["Event"], *, linked: bool = True) -> list[dict[str, object]]:
    """
    Return acts as a page says them, in the same order.

    `linked`: with the way to what each was about, for whoever oversees the place; others may not open much of it.
    """
    read = list(events)
    names = territory.names(code for event in read for code in (event.division, event.division[:6], *_named(event)))
    found = [_line(event, names) for event in read]
    return found if linked else [line | {"address": ""} for line in found]


def _named(event: "Event") -> list[str]:
    """Return what may be codes of places among an act's details."""
    told = [event.detail.get(name) or [] for name in PLACED]
    return [str(each) for value in told for each in (value if isinstance(value, list) else [value])]


def _line(event: "Event", names: dict[str, str]) -> dict[str, object]:
    return {
        "event": event,
        "verb": VERBS.get(event.verb, event.verb),
        "kind": KINDS.get(event.kind, event.kind),
        "place": names.get(event.division) or names.get(event.division[:6], ""),
        "address": PLACES.get(event.kind, ""),
        "detail": [
            (DETAILS.get(name, name), _flat(value, {**VALUES_OF.get(name, {}), **(names if name in PLACED else {})}))
            for name, value in event.detail.items()
        ],
    }


def _flat(value: object, words: Mapping[str, object]) -> str:
    """Return a detail as one line of text, a code as the word for it; long ones are cut. `words`: of this detail."""
    words = {**VALUES, **words}
    if isinstance(value, bool):
        return str(YES if value else NO)
    if isinstance(value, dict):
        value = [f"{name} {each}" for name, each in value.items()]
    if isinstance(value, list):
        several = [each if isinstance(each, list) else [each] for each in value]
        text = str(_("、")).join(" ".join(str(words.get(str(e), e)) for e in each) for each in several) or str(_("无"))
    else:
        text = str(words.get(str(value), value))
    return text if len(text) <= 120 else text[:118] + "……"
