"""What a phone takes along: the stops of an outing, the forms to fill in, and the lists they choose from."""

import csv
import hashlib
import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q

from mingcha.flow.campaigns import queries as campaigns
from mingcha.flow.campaigns.models import Campaign
from mingcha.flow.fieldwork import queries
from mingcha.flow.fieldwork.models import Inspection, Stop
from mingcha.ground.accounts.models import Person
from mingcha.ground.accounts.queries import OFFICE_TIME
from mingcha.ground.rulebook import queries as rulebook
from mingcha.ground.rulebook.models import Checklist
from mingcha.ground.territory import queries as territory
from mingcha.ground.territory.models import Body, Site

# The lists that forms choose from, by the name they carry in an XLSForm.
LISTS = ("items.csv", "sites.csv", "bodies.csv")
MOST_SITES = 3000  # a county's register; a phone searches it without a network


def forms(carrier: queries.Carrier) -> list[Checklist]:
    """Return the forms a phone may fill in: those of each type of site where its person goes out, and those taken up."""
    found: dict[int, Checklist] = {}
    for campaign, division in _rounds(carrier):
        for form in [*rulebook.current_checklists(place=division), *queries.forms(campaign)]:
            found[form.pk] = form
    return [form for form in found.values() if form.xform]


def form(pk: int, carrier: queries.Carrier) -> Checklist | None:
    """Return one of them, or None."""
    return next((form for form in forms(carrier) if form.pk == pk), None)


def wanted(form: Checklist) -> list[str]:
    """Return which of the lists a form chooses from."""
    return [name for name in LISTS if f"jr://file-csv/{name}" in form.xform]


def csv_of(name: str, carrier: queries.Carrier) -> str:
    """Return one list as CSV, for all the rounds of a phone's person. `name` is one of LISTS."""
    rounds = _rounds(carrier)
    stops = {code for outing in carrier.outings if outing.returned_at is None for code in outing.stops}
    return _csv(name, rounds, stops)


def _rounds(carrier: queries.Carrier) -> list[tuple[Campaign, str]]:
    """Return the campaigns and places where a phone's person is out, or goes out with the team they are in."""
    open_ids = [outing.id for outing in carrier.outings if outing.returned_at is None]
    out = Inspection.objects.filter(pk__in=open_ids).select_related("campaign", "office")
    found = {(row.campaign_id, row.office.division_id): (row.campaign, row.office.division_id) for row in out}
    if carrier.team is not None:
        place = carrier.team.office.division_id
        found[(carrier.team.campaign_id, place)] = (carrier.team.campaign, place)
    return list(found.values())


def _csv(name: str, rounds: Sequence[tuple[Campaign, str]], stops: Iterable[str]) -> str:
    if name == "items.csv":
        cited = {i.pk: i for campaign, _ in rounds for i in campaigns.items(campaign)}
        rows: list[tuple[Any, ...]] = [(i.pk, i.label, i.edition.rulebook.name) for i in cited.values()]
        return _written(("name", "label", "catalogue"), rows)
    places = sorted({division for _, division in rounds})
    if name == "bodies.csv":
        bodies = {b.pk: b for place in places for b in territory.bodies_over(place[:6])}
        return _written(("name", "label", "kind"), [(b.pk, b.name, b.kind) for b in bodies.values()])
    reach = Q(code__in=list(stops))
    for place in places:
        reach |= Q(division__code__startswith=place, active=True)
    sites = Site.objects.filter(reach).order_by("pinyin", "code")[:MOST_SITES]
    names = territory.names(site.division_id[:9] for site in sites)
    rows = [(s.code, s.name, s.type_id, names.get(s.division_id[:9], ""), s.address) for s in sites]
    return _written(("name", "label", "type", "township", "address"), rows)


def _written(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue()


def package(outing: Inspection, *, person: Person, at: datetime) -> dict[str, Any]:
    """
    Return all that a phone needs for an outing without a network, as JSON: see `docs/field-api.md`.

    Stops with their sites and forms; every form by key; the lists; whether sound may be recorded covertly.
    """
    place = outing.office.division_id
    by_type = {form.site_type_id or "": form for form in rulebook.current_checklists(place=place)}
    general = list(queries.forms(outing.campaign))
    # What was struck out is gone from the list, unless somebody had been there.
    listed: list[Any] = list(queries.stops(outing)) if outing.list_id else []
    stops = [stop for stop in listed if stop.out_at is None or stop.visit_pk]
    names = territory.names(code for stop in stops for code in (stop.site.division_id[:9], stop.site.division_id))
    rounds = [(outing.campaign, place)]
    approval = queries.recording_approval(outing.campaign_id, outing.office_id, at=at)
    forms = {_key(form): _form(form) for form in [*by_type.values(), *general]}
    return {
        "version": 1,
        "outing": {
            "id": outing.pk, "team": outing.team.name, "campaign": outing.campaign.name, "day": outing.day.isoformat(),
            "office": outing.office.name, "state": outing.state, "emergency": outing.campaign.in_emergency(at),
            "stop_by_stop": outing.campaign.stop_by_stop,
        },
        "person": {"name": person.name, "username": person.username},
        "taken_at": at.isoformat(),
        "stops": [_stop(stop, names, by_type) for stop in stops],
        "forms": forms,
        "general": [
            *({"type": code, "type_name": form.site_type.name if form.site_type else "", "form": _key(form)}
              for code, form in by_type.items()),
            *({"type": "", "type_name": form.title, "form": _key(form)} for form in general),
        ],
        "media": {name: _csv(name, rounds, [stop.site.code for stop in stops]) for name in LISTS},
        "recording": {
            "covert_audio": approval is not None, "basis": approval.basis if approval else "",
            "until": approval.until.isoformat() if approval else None,
        },
    }  # fmt: skip


def _key(form: Checklist) -> str:
    return f"{form.form_id}@{form.form_version}"


def _form(form: Checklist) -> dict[str, str]:
    sha256 = hashlib.sha256(form.xform.encode()).hexdigest()
    return {
        "form_id": form.form_id, "version": form.form_version, "title": form.title, "sha256": sha256,
        "xform": form.xform,
    }  # fmt: skip


def _stop(stop: Any, names: dict[str, str], by_type: dict[str, Checklist]) -> dict[str, Any]:
    site, form = stop.site, by_type.get(stop.site.type_id)
    where = [names.get(site.division_id[:9], ""), names.get(site.division_id, "") if len(site.division_id) > 9 else ""]
    body: Body = site.body
    return {
        "position": stop.position,
        "site": {
            "code": site.code, "name": site.name, "type": site.type_id, "type_name": site.type.name,
            "address": site.address, "place": " ".join(filter(None, where)), "body": body.pk, "body_name": body.name,
        },
        "form": _key(form) if form else "",
        "state": stop.visit_state or "",
        "planned": _planned(stop),
    }  # fmt: skip


def _planned(stop: Stop) -> dict[str, str] | None:
    """Return the local times at which a route has the stop, None where no route was planned."""
    if stop.arrives_at is None or stop.leaves_at is None:
        return None
    local = [at.astimezone(OFFICE_TIME).strftime("%H:%M") for at in (stop.arrives_at, stop.leaves_at)]
    return {"arrives": local[0], "leaves": local[1]}
