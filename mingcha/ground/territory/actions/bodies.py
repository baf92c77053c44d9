"""Putting bodies and site types on record."""

from datetime import datetime

from django.db import transaction

from mingcha.ground.audit import actions as audit
from mingcha.ground.audit.actions import Actor
from mingcha.ground.territory.models import Body, BodyKind, Division, SiteType
from mingcha.ground.territory.queries import pinyin


@transaction.atomic
def add_body(
    *, code: str, name: str, kind: str, division: Division, parent: Body | None = None, by: Actor | None, at: datetime
) -> Body:
    body = Body.objects.create(
        code=code, name=name, kind=BodyKind(kind), division=division, parent=parent, pinyin=pinyin(name)
    )
    audit.record("territory.add_body", kind="body", key=code, by=by, at=at, division=division.code, body=code)
    return body


@transaction.atomic
def add_site_type(*, code: str, name: str, position: int, by: Actor | None, at: datetime) -> SiteType:
    """Add a kind of site, or give the one of that code this name and place in the order."""
    site_type, _ = SiteType.objects.update_or_create(code=code, defaults={"name": name, "position": position})
    audit.record("territory.add_site_type", kind="site_type", key=code, by=by, at=at, detail={"name": name})
    return site_type
