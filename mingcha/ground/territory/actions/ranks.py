"""Setting up a city's mechanism: its tiers, and the limits it sets itself. All of it data, none of it code."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from django.db import transaction

from mingcha.ground.audit import actions as audit
from mingcha.ground.audit.actions import Actor
from mingcha.ground.territory.actions.merges import AlreadyMerged
from mingcha.ground.territory.models import Body, Division, Mechanism, Tier, TierKind
from mingcha.ground.territory.queries import line_of
from mingcha.kernel.refusals import Refusal


class TierInUse(Refusal):
    message: ClassVar[str] = "“%(tier)s”里还有 %(count)s 个单位，请先把它们移到别的层级。"


class TierTwice(Refusal):
    message: ClassVar[str] = "“%(tier)s”写了两次，每个层级请用不同的名称。"
    status: ClassVar[int] = 422


class UnderItself(Refusal):
    message: ClassVar[str] = "“%(name)s”不能驻在自己里面，也不能归自己或自己的下级管，请另选。"
    status: ClassVar[int] = 422


class NoLeadTier(Refusal):
    message: ClassVar[str] = "机制里要有一个“牵头机关”层级，请加上。"
    status: ClassVar[int] = 422


@dataclass(frozen=True)
class Rank:
    """A tier as wanted, from the top; `open_ended` reads X in the formula. `was` is its name so far, if that changes."""

    name: str
    kind: str
    open_ended: bool = False
    was: str = ""


@transaction.atomic
def set_up(
    division: Division, *, name: str, ranks: Sequence[Rank], former_post_years: int = 3, rest_hours: int = 10,
    longest_run_days: int = 7, by: Actor | None, at: datetime,
) -> Mechanism:  # fmt: skip
    """
    Set a city's mechanism: its name, its tiers from the top, its limits. Tiers are known by name and keep their bodies;
    one that `was` called otherwise is renamed.

    Raises TierTwice, NoLeadTier, and TierInUse for a tier that is left out and still has bodies.
    """
    names = [rank.name for rank in ranks]
    for wanted in names:
        if names.count(wanted) > 1:
            raise TierTwice(tier=wanted)
    if not any(rank.kind == TierKind.LEAD for rank in ranks):
        raise NoLeadTier
    limits = {"former_post_years": former_post_years, "rest_hours": rest_hours, "longest_run_days": longest_run_days}
    mechanism, _ = Mechanism.objects.update_or_create(pk=division.pk, defaults={"name": name, **limits})
    _set_tiers(mechanism, ranks)
    audit.record(
        "territory.set_up_mechanism", kind="mechanism", key=division.pk, by=by, at=at, division=division.pk,
        detail={"name": name, "tiers": [[rank.name, rank.kind, rank.open_ended] for rank in ranks], **limits},
    )  # fmt: skip
    return mechanism


def _set_tiers(mechanism: Mechanism, ranks: Sequence[Rank]) -> None:
    held = {tier.name: tier for tier in mechanism.tiers.select_for_update()}
    kept = {rank: held.pop(rank.was) for rank in ranks if rank.was in held}
    kept |= {rank: held.pop(rank.name) for rank in ranks if rank not in kept and rank.name in held}
    for tier in held.values():
        standing = Body.objects.filter(tier=tier).count()
        if standing:
            raise TierInUse(tier=tier.name, count=standing)
        tier.delete()
    for number, tier in enumerate(kept.values()):  # out of the way first: names and positions are unique
        Tier.objects.filter(pk=tier.pk).update(position=1000 + number, name=f"#{tier.pk}")
    for position, rank in enumerate(ranks, start=1):
        tier = kept.get(rank) or Tier(mechanism=mechanism)
        tier.name, tier.position, tier.kind = rank.name, position, TierKind(rank.kind)
        tier.open_ended = rank.open_ended
        tier.save(update_fields=["name", "position", "kind", "open_ended"] if tier.pk else None)


@transaction.atomic
def place(
    body: Body, *, tier: Tier | None, host: Body | None, parent: Body | None, by: Actor | None, at: datetime
) -> None:
    """
    Say where a body stands: its tier, the department it sits in, what stands above it in its own line.

    Raises UnderItself, AlreadyMerged for a duplicate.
    """
    if host == body or (parent is not None and parent.pk in line_of(body.pk)):
        raise UnderItself(name=body.name)
    if not Body.objects.filter(pk=body.pk, merged_into=None).update(tier=tier, host=host, parent=parent):
        raise AlreadyMerged(name=body.name)
    body.refresh_from_db()
    where: dict[str, object] = {
        "tier": tier.name if tier else "",
        "host": body.host_id or "",
        "parent": body.parent_id or "",
    }
    audit.record("territory.place_body", kind="body", key=body.pk, by=by, at=at, division=body.division_id,
                 body=body.pk, detail=where)  # fmt: skip
