"""Which reports are alike, and which units and places several speak of: read from an office's index by who holds its key."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar
from uuid import UUID

from django.db.models import QuerySet

from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts.permissions import Permission
from mingcha.ground.accounts.queries import Standing
from mingcha.ground.territory.models import Body
from mingcha.kernel import likeness, sealing
from mingcha.tips import prints
from mingcha.tips.clocks import day_of
from mingcha.tips.models import LikenessBlock, LikenessWaiting, OfficeKey, Tip
from mingcha.tips.queries import reading
from mingcha.tips.states import Purpose, State
from mingcha.tips.unlocked import NoKey, Unlocked

T = TypeVar("T", str, int)
# A text with its last fifth replaced scores about 0.6, unrelated texts about 0.
LEAST = 0.3
GROUPED = 0.4
SEVERAL = 3
DAYS = 90
TOWNSHIP = 9  # digits of a township's code


@dataclass(frozen=True)
class Candidate:
    """A report that may be the same one again. `share`: of common three-character runs, from 0 to 1."""

    tip: Tip
    share: float


@dataclass(frozen=True)
class Cluster:
    """
    Several reports that speak of one thing. `kind`: "text" (alike), "unit", "site" or "place".

    `body`, `division`, `site`: what they have in common or most of them name, for a directed visit; None, "" or 0.
    """

    kind: str
    tips: tuple[UUID, ...]
    body: Body | None
    division: str
    site: int
    first: date
    last: date


def candidates(
    tip: Tip, *, private: bytes, key: Unlocked, least: float = LEAST, most: int = 10
) -> list[Candidate]:  # fmt: skip
    """
    Return the reports of the tip's office most like it, the likest first; not itself, nothing destroyed.

    `private`: the tip's own half. Raises NoKey for who holds no index key of the office.
    """
    signature = likeness.signature(str(reading.report(tip, private=private).get("text") or ""))
    joined, size = _joined(_index_keys(tip.office_id, key=key), key=key), prints.LAYOUT.size
    starts = range(0, len(joined), size)
    # Only the signatures are compared; the rest of a print is read where it is like enough.
    shares = likeness.alike(signature, b"".join([joined[start + 16 : start + 528] for start in starts]))
    order = [int(place) for place in shares.argsort()[::-1][: most + 5] if shares[place] >= least]
    alike = [(prints.unpacked(joined[place * size : (place + 1) * size])[0].tip, shares[place]) for place in order]
    found = {pk: float(share) for pk, share in reversed(alike)}
    rows = Tip.objects.filter(pk__in=found, office=tip.office_id).exclude(pk=tip.pk).exclude(state=State.ERASED)
    ranked = sorted(rows, key=lambda row: (-found[row.pk], row.received_on, str(row.pk)))
    return [Candidate(row, found[row.pk]) for row in ranked][:most]


def clusters(
    office: Body, *, key: Unlocked, to: Standing, at: datetime, days: int = DAYS, several: int = SEVERAL
) -> list[Cluster]:  # fmt: skip
    """
    Return what several reports of the last days speak of, the largest first: alike texts, one unit, one site, one place.

    None about a unit that the reader must stay away from. Raises NotFound, NoKey.
    """
    if office.pk not in to.serves(Permission.TIP_HANDLE):
        raise accounts.NotFound
    since = day_of(at) - timedelta(days=days)
    rows = [row for row in prints.unpacked(_joined(_index_keys(office.pk, key=key), key=key)) if row.day >= since]
    alive = set(_alive(office, [row.tip for row in rows]).values_list("pk", flat=True))
    recent = list({row.tip: row for row in rows if row.tip in alive}.values())
    found = [_cluster("text", [recent[place] for place in group]) for group in _alike(recent)]
    for kind, value in (("unit", _unit), ("site", _site), ("place", _place)):
        parts: dict[object, list[prints.Print]] = {}
        for row in recent:
            parts.setdefault(value(row), []).append(row)
        found += [_cluster(kind, part) for shared, part in parts.items() if shared]
    away = reading.Away(to.person, at=at)
    told = [one for one in found if len(one.tips) >= several and not away.why(_about(one), office=office.pk)]
    return sorted(told, key=lambda one: (-len(one.tips), one.kind, one.tips))


def opened(block: LikenessBlock, *, private: bytes) -> bytes:
    """Return a block's prints, joined as `prints` lays them out. Raises SealBroken."""
    key = block_key(private, office_key=block.office_key)
    return sealing.open_sealed(bytes(block.box), key=key, about=about(block.office_key, block.position))


def block_key(private: bytes, *, office_key: OfficeKey) -> bytes:
    """Return the symmetric key of an office's blocks, derived from its index key."""
    salt = f"{office_key.office_id} {office_key.epoch}".encode()
    return sealing.derive(private, salt=salt, label="tips index blocks")


def about(office_key: OfficeKey, position: int) -> str:
    """Return what a block is bound to."""
    return f"tips block {office_key.office_id} {office_key.epoch} {position}"


def _index_keys(office: str, *, key: Unlocked) -> list[OfficeKey]:
    keys = OfficeKey.objects.filter(office=office, purpose=Purpose.INDEX).order_by("epoch")
    held = [one for one in keys if key.holds(one)]
    if not held:
        raise NoKey
    return held


def _joined(keys: Iterable[OfficeKey], *, key: Unlocked) -> bytes:
    """Return every print of these keys, joined: folded ones, then what still waits."""
    plain: list[bytes] = []
    for office_key in keys:
        private = key.held(office_key)
        sealed_with = block_key(private, office_key=office_key)
        blocks = LikenessBlock.objects.filter(office_key=office_key).order_by("position")
        for position, box in blocks.values_list("position", "box"):
            plain.append(sealing.open_sealed(bytes(box), key=sealed_with, about=about(office_key, position)))
        plain += _waiting(office_key, private=private)
    return b"".join(plain)


def _waiting(office_key: OfficeKey, *, private: bytes) -> Iterable[bytes]:
    for tip, box in LikenessWaiting.objects.filter(office_key=office_key).values_list("tip", "box"):
        try:
            found = sealing.open_from(bytes(box), private=private, about=prints.about(tip))
        except sealing.SealBroken:  # an empty box, or one that the house did not seal
            continue
        if len(found) == prints.LAYOUT.size:
            yield found


def _alive(office: Body, tips: Iterable[UUID]) -> QuerySet[Tip]:
    return Tip.objects.filter(pk__in=set(tips), office=office).exclude(state=State.ERASED)


def _alike(recent: list[prints.Print]) -> list[list[int]]:
    return likeness.groups(b"".join(row.signature for row in recent), least=GROUPED)


def _unit(row: prints.Print) -> str:
    return row.body


def _site(row: prints.Print) -> int:
    return row.site


def _place(row: prints.Print) -> str:
    return row.division[:TOWNSHIP] if len(row.division) >= TOWNSHIP else ""


def _cluster(kind: str, part: list[prints.Print]) -> Cluster:
    body = _most(row.body for row in part)
    days = sorted(row.day for row in part)
    return Cluster(
        kind=kind,
        tips=tuple(row.tip for row in sorted(part, key=lambda row: (row.day, str(row.tip)))),
        body=Body.objects.select_related("division").filter(pk=body).first() if body else None,
        division=_most(row.division[:TOWNSHIP] for row in part) or "",
        site=_most(row.site for row in part) or 0,
        first=days[0],
        last=days[-1],
    )


def _most(values: Iterable[T]) -> T | None:
    """Return what most of them name, the smaller of two equals; None where nothing is named."""
    counted: dict[T, int] = {}
    for value in values:
        if value:
            counted[value] = counted.get(value, 0) + 1
    return min(counted, key=lambda value: (-counted[value], str(value)), default=None)


def _about(cluster: Cluster) -> reading.About:
    return reading.About(cluster.body, "", cluster.division, cluster.site or None)
