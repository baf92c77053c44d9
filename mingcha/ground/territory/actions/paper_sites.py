"""Places that a former ledger names and the register does not: kept provisional, until the office confirms or merges them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from mingcha.ground.audit import actions as audit
from mingcha.ground.audit.actions import Actor
from mingcha.ground.territory import queries
from mingcha.ground.territory.actions import sites
from mingcha.ground.territory.actions.bodies import add_body, add_site_type
from mingcha.ground.territory.models import Body, BodyKind, Division, Site, SiteType

# A place of no known type has none of its own until the office gives it one.
UNTYPED, UNTYPED_NAME = "other", "其他点位"


@dataclass(frozen=True)
class Place:
    """A place as a ledger names it: `type` by name, "" for none; `body` None where it does not say who answers."""

    code: str
    name: str
    type: str
    division: Division
    body: Body | None


def name_bodies(wanted: set[tuple[str, str]], *, by: Actor | None, at: datetime) -> dict[tuple[str, str], Body]:
    """Return (division code, name) → the body of that name that answers there, registered where nobody has it."""
    found = sites.answering(wanted)
    for place, name in sorted(wanted - found.keys()):
        found[place, name] = sites.register_answering(name, Division.objects.get(pk=place), by=by, at=at)
    return found


def meet(places: Sequence[Place], *, by: Actor | None, at: datetime) -> dict[str, Site]:
    """
    Return code → site for places not on the register, each provisional: off the register, and so in no draw.

    Where nobody is known to answer, a body stands in, as for a place that a phone met. Within the caller's transaction. Raises BodyCodeTaken, SiteCodeTaken.
    """
    types = {kind.name: kind for kind in SiteType.objects.all()}
    made: dict[str, Site] = {}
    for place in places:
        kind = types.get(place.type) or types.get(UNTYPED_NAME) or SiteType.objects.filter(pk=UNTYPED).first()
        if kind is None:
            kind = types[UNTYPED_NAME] = add_site_type(code=UNTYPED, name=UNTYPED_NAME, position=900, by=by, at=at)
        body = place.body or add_body(
            code=f"{queries.STAND_IN}{place.code}"[:40], name=place.name, kind=BodyKind.ENTERPRISE,
            division=place.division, by=by, at=at,
        )  # fmt: skip
        try:
            with transaction.atomic():
                made[place.code] = Site.objects.create(
                    code=place.code, name=place.name, type=kind, division=place.division, body=body,
                    pinyin=queries.pinyin(place.name), active=False, provisional=True,
                )  # fmt: skip
        except IntegrityError as error:  # another ledger names the same place at this very moment
            raise sites.SiteCodeTaken(code=place.code) from error
        audit.record(
            "territory.meet_site", kind="site", key=place.code, by=by, at=at, division=place.division.code, body=body.pk,
            detail={"name": place.name},
        )  # fmt: skip
    return made
