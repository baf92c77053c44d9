"""Putting bodies and site types on record."""

import re
from datetime import datetime
from typing import ClassVar

from django.db import IntegrityError, transaction

from mingcha.ground.audit import actions as audit
from mingcha.ground.audit.actions import Actor
from mingcha.ground.territory.models import Body, BodyKind, Division, SiteType, Tier
from mingcha.ground.territory.queries import pinyin
from mingcha.kernel.refusals import Refusal

# A code is part of an address, and of other codes.
CODE = re.compile(r"\w[\w.-]{0,39}")


class BodyCodeTaken(Refusal):
    message: ClassVar[str] = "单位代码 %(code)s 已经在册，可能刚刚由别人登记，请核对后再导入一次。"


@transaction.atomic
def add_body(
    *, code: str, name: str, kind: str, division: Division, parent: Body | None = None, tier: Tier | None = None,
    host: Body | None = None, by: Actor | None, at: datetime,
) -> Body:  # fmt: skip
    """Put a body on record. Raises BodyCodeTaken, also where another import registers it at the same moment."""
    try:
        with transaction.atomic():
            body = Body.objects.create(
                code=code, name=name, kind=BodyKind(kind), division=division, parent=parent, tier=tier, host=host,
                pinyin=pinyin(name),
            )  # fmt: skip
    except IntegrityError as error:
        raise BodyCodeTaken(code=code) from error
    audit.record("territory.add_body", kind="body", key=code, by=by, at=at, division=division.code, body=code)
    return body


@transaction.atomic
def add_site_type(
    *, code: str, name: str, position: int, minutes: int = 30, enterprise: bool = False, yearly_cap: int | None = None,
    by: Actor | None, at: datetime,
) -> SiteType:  # fmt: skip
    """
    Add a kind of site, or give the one of that code this name, place in the order, minutes of a visit, and yearly cap.

    Only businesses have a cap: the database refuses another.
    """
    given = {
        "name": name, "position": position, "minutes": minutes, "enterprise": enterprise, "yearly_cap": yearly_cap,
    }  # fmt: skip
    site_type, _ = SiteType.objects.update_or_create(code=code, defaults=given)
    detail = {"name": name, "minutes": minutes, "yearly_cap": yearly_cap}
    audit.record("territory.add_site_type", kind="site_type", key=code, by=by, at=at, detail=detail)
    return site_type
