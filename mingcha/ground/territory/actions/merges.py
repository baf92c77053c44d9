"""
Merging duplicates. The duplicate keeps its row and names the one it was merged into, so every reference stays true:
a frozen frame was hashed with its code, an order was written to it, a brief has printed its name.
"""

from datetime import datetime
from typing import ClassVar, TypeVar

from django.db import connection, transaction

from mingcha.ground.audit import actions as audit
from mingcha.ground.audit.actions import Actor
from mingcha.ground.territory.models import SUPERVISING, Body, Site
from mingcha.ground.territory.queries import is_supervising, line_of, stand_in
from mingcha.kernel.refusals import Refusal

One = TypeVar("One", Body, Site)


class SameThing(Refusal):
    message: ClassVar[str] = "两个是同一个，请选择要并入的另一个。"
    status: ClassVar[int] = 422


class AlreadyMerged(Refusal):
    message: ClassVar[str] = "“%(name)s”已经并入别处，请用现在在册的那一个。"


class NotAlike(Refusal):
    message: ClassVar[str] = "“%(one)s”和“%(other)s”种类不同，不会是重复登记，请核对。"
    status: ClassVar[int] = 422


class StillProvisional(Refusal):
    message: ClassVar[str] = "“%(name)s”还没有核实，请先核实它，或选一个在册的点位并入。"


@transaction.atomic
def merge_bodies(duplicate: Body, *, into: Body, by: Actor | None, at: datetime) -> None:
    """
    Merge a body registered twice. Whoever serves `into` now also answers for what was written to the duplicate.

    The register's sites move over, since the register is of today, and so does its place in the ranks where `into` has
    none; orders, findings and posts keep the code they were written with. Raises SameThing, AlreadyMerged, NotAlike where
    the kinds differ of two that supervise, or one does and the other does not: with the body its people's reach changes.
    """
    pair = {body.pk: body for body in _locked(Body, duplicate.pk, into.pk)}
    duplicate, into = pair[duplicate.pk], pair[into.pk]
    _check(duplicate, into)
    if duplicate.kind != into.kind and (duplicate.kind in SUPERVISING or into.kind in SUPERVISING):
        raise NotAlike(one=duplicate.name, other=into.name)
    _take_place(duplicate, into)
    Body.objects.filter(merged_into=duplicate).update(merged_into=into)  # one step from any duplicate to the survivor
    Body.objects.filter(pk=duplicate.pk).update(merged_into=into, tier=None)
    moved = Site.objects.filter(body=duplicate).update(body=into)
    Body.objects.filter(parent=duplicate).exclude(pk=into.pk).update(parent=into)
    Body.objects.filter(host=duplicate).exclude(pk=into.pk).update(host=into)
    audit.record("territory.merge_bodies", kind="body", key=duplicate.pk, by=by, at=at, division=duplicate.division_id,
                 body=into.pk, detail={"into": into.pk, "sites": moved})  # fmt: skip


@transaction.atomic
def merge_sites(duplicate: Site, *, into: Site, by: Actor | None, at: datetime) -> None:
    """
    Merge a site registered twice: the duplicate leaves the register, its visits and findings count as the other's past.

    A place that a team met may have any type, since nobody knew it; what was ordered of it reaches who answers for `into`.
    Raises SameThing, AlreadyMerged, NotAlike where the types differ, StillProvisional where `into` is such a place itself.
    """
    pair = {site.pk: site for site in _locked(Site, duplicate.pk, into.pk)}
    duplicate, into = pair[duplicate.pk], pair[into.pk]
    _check(duplicate, into)
    if into.provisional:
        raise StillProvisional(name=into.name)
    if duplicate.type_id != into.type_id and not duplicate.provisional:
        raise NotAlike(one=duplicate.name, other=into.name)
    Site.objects.filter(merged_into=duplicate).update(merged_into=into)
    Site.objects.filter(pk=duplicate.pk).update(merged_into=into, active=False, provisional=False)
    standing_in = stand_in(duplicate)
    if standing_in and standing_in.pk != into.body_id and not is_supervising(into.body):
        merge_bodies(standing_in, into=into.body, by=by, at=at)
    audit.record("territory.merge_sites", kind="site", key=duplicate.code, by=by, at=at,
                 division=duplicate.division_id, body=duplicate.body_id, detail={"into": into.code})  # fmt: skip


def _take_place(duplicate: Body, into: Body) -> None:
    beneath = into.pk in line_of(duplicate.pk)  # then what stood above the duplicate is next: nothing is above itself
    parent = duplicate.parent_id if beneath or into.parent_id is None else into.parent_id
    Body.objects.filter(pk=into.pk).update(
        tier=into.tier_id or duplicate.tier_id, host=into.host_id or duplicate.host_id,
        parent=None if parent == into.pk else parent,
    )  # fmt: skip


def _locked(table: type[One], *keys: object) -> list[One]:
    with connection.cursor() as cursor:
        # The tables before any row, in the order of every import: whoever merges or imports waits for the other, whole.
        cursor.execute("LOCK TABLE territory_site, territory_body IN SHARE ROW EXCLUSIVE MODE")
    # `no_key`: a link to one of them that is being recorded meanwhile neither waits nor blocks.
    return list(table.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk"))  # type: ignore[attr-defined]


def _check(duplicate: Body | Site, into: Body | Site) -> None:
    if duplicate.pk == into.pk:
        raise SameThing
    for one in (duplicate, into):
        if one.merged_into_id is not None:
            raise AlreadyMerged(name=one.name)
