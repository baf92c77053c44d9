"""Reading divisions, bodies and the register of sites, each within a standing's reach."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Case, Count, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce, Substr, TruncDate
from pypinyin import lazy_pinyin

from mingcha.ground.territory.models import (
    SUPERVISING,
    Body,
    BodyKind,
    Division,
    Level,
    Mechanism,
    Site,
    SiteType,
    Tier,
    TierKind,
)


def division(code: str) -> Division | None:
    return Division.objects.filter(pk=code).first()


def townships(prefix: str) -> QuerySet[Division]:
    return Division.objects.filter(level=Level.TOWNSHIP, code__startswith=prefix).order_by("code")


def places(prefix: str) -> QuerySet[Division]:
    """Return the townships and villages under a prefix, each township before its villages."""
    return Division.objects.filter(level__in=[Level.TOWNSHIP, Level.VILLAGE], code__startswith=prefix).order_by("code")


def counties(prefix: str) -> QuerySet[Division]:
    return Division.objects.filter(level=Level.COUNTY, code__startswith=prefix).order_by("code")


def names(codes: Iterable[str]) -> dict[str, str]:
    """Return code → name for the divisions among the codes."""
    return dict(Division.objects.filter(code__in=set(codes)).values_list("code", "name"))


def body(code: str, reach: Q | None = None) -> Body | None:
    """Return a body on record within `reach` (a filter over Body), a merged duplicate included."""
    related = ("division", "tier", "host", "parent", "merged_into")
    return Body.objects.filter(reach or Q(), pk=code).select_related(*related).first()


def offices(prefix: str) -> QuerySet[Body]:
    """Return the supervision offices at or under a division, the highest first."""
    kinds = [BodyKind.OFFICE, BodyKind.RESIDENT_GROUP, BodyKind.SPECIAL_GROUP]
    found = Body.objects.filter(kind__in=kinds, division__code__startswith=prefix, merged_into=None)
    return found.order_by("division", "code")


def bodies_answering(prefix: str) -> QuerySet[Body]:
    """Return the bodies that may answer for something under the prefix: all but supervision offices."""
    found = Body.objects.filter(division__code__startswith=prefix, merged_into=None).exclude(kind__in=SUPERVISING)
    return found.order_by("pinyin", "code")


def bodies_over(division: str) -> QuerySet[Body]:
    """
    Return the bodies that may answer for a site in a county: those in it, and those of the city and province above.

    A station in the county may be the railway's, a checkpoint the city's.
    """
    above = [division[:digits] for digits in (2, 4) if digits < len(division)]
    reach = Q(division__code__startswith=division) | Q(division__code__in=above)
    return Body.objects.filter(reach, merged_into=None).exclude(kind__in=SUPERVISING).order_by("pinyin", "code")


def site_types() -> QuerySet[SiteType]:
    return SiteType.objects.all()


def sites(
    reach: Q, *, type_code: str = "", township: str = "", search: str = "", body: str = "", active: bool | None = None,
    provisional: bool | None = None,
) -> QuerySet[Site]:  # fmt: skip
    """
    Return the register within `reach` (a filter over Site, such as Standing.area(…, "division__code")).

    `search` matches name, code, address or pinyin initials typed without spaces; `body` is the code of who answers;
    `provisional`: only what teams met and no office has confirmed yet, or only the rest.
    """
    found = Site.objects.filter(reach).select_related("type", "division", "body")
    if body:
        found = found.filter(body=body)
    if type_code:
        found = found.filter(type_id=type_code)
    if township:
        found = found.filter(division__code__startswith=township)
    if active is not None:
        found = found.filter(active=active)
    if provisional is not None:
        found = found.filter(provisional=provisional)
    if search:
        found = found.filter(
            Q(name__icontains=search) | Q(code__icontains=search) | Q(address__icontains=search)
            | Q(pinyin__icontains=search.lower())
        )  # fmt: skip
    return found.order_by("division", "pinyin", "code")


STAND_IN = "phone-"  # so begins the code of a body that stands in for whoever answers for a place that a team met


def stand_in(site: Site) -> Body | None:
    """Return the body that stands in for whoever answers for a place a team met, named after the place; None for none."""
    return Body.objects.filter(pk=site.body_id, code=f"{STAND_IN}{site.code}"[:40], merged_into=None).first()


def is_stand_in(body: Body) -> bool:
    return body.code.startswith(STAND_IN)


def site(code: str, reach: Q) -> Site | None:
    return Site.objects.filter(reach, code=code).select_related("type", "division", "body", "merged_into").first()


def sites_named(names: Collection[str], *, prefix: str) -> QuerySet[Site]:
    """Return the sites under a prefix with one of these names or codes; a duplicate with what it was merged into."""
    found = Site.objects.filter(Q(name__in=names) | Q(code__in=names), division__code__startswith=prefix)
    related = ("division", "body", "type", "merged_into__division", "merged_into__body")
    return found.select_related(*related).order_by("pk")


def bodies_named(names: Collection[str], *, prefix: str) -> QuerySet[Body]:
    """Return the bodies of these names under a prefix and over it; a duplicate with what it was merged into."""
    above = [prefix[:digits] for digits in (2, 4) if digits < len(prefix)]
    reach = Q(division__code__startswith=prefix) | Q(division__code__in=above)
    return Body.objects.filter(reach, name__in=names).select_related("merged_into", "division").order_by("code")


def register_size(reach: Q) -> list[dict[str, object]]:
    """Return the active sites within reach, counted by type: [{"name", "count"}], in the types' order."""
    counted = Site.objects.filter(reach, active=True).values("type__name").annotate(count=Count("pk"))
    rows = counted.order_by("type__position", "type__name")
    return [{"name": row["type__name"], "count": row["count"]} for row in rows]


def part_of(column: str, digits: int) -> Substr:
    """Return an expression for the county (6) or township (9) part of a division code column."""
    return Substr(column, 1, digits)


def local_day(column: str) -> TruncDate:
    """Return an expression for the office's calendar day of a moment."""
    return TruncDate(column, tzinfo=ZoneInfo("Asia/Shanghai"))


def stratum_of(site: Site, groups: dict[str, str]) -> str:
    """Return the stratum of a site: type and township group (全域 where its township has none)."""
    return f"{site.type.name}/{groups.get(site.division.township_code) or '全域'}"


def groups(prefix: str) -> dict[str, str]:
    """Return township code → group, for the townships under the prefix that have one."""
    found = Division.objects.filter(level=Level.TOWNSHIP, code__startswith=prefix).exclude(group="")
    return dict(found.values_list("code", "group"))


def pinyin(text: str) -> str:
    """Return the reading for sorting and search: syllables, a space, initials (岷县 → "minxian mx")."""
    syllables = lazy_pinyin(text)
    return f"{''.join(syllables)} {''.join(s[:1] for s in syllables)}"[:200]


def mechanism(division: str) -> Mechanism | None:
    """Return the supervision mechanism a division belongs to: its own city's, else none."""
    above = [division[:digits] for digits in (12, 9, 6, 4, 2) if len(division) >= digits]
    return Mechanism.objects.filter(pk__in=above).select_related("division").order_by("-pk").first()


def limits(division: str) -> Mechanism:
    """Return the mechanism whose limits hold at a place; without one, the usual limits, not stored."""
    return mechanism(division) or Mechanism(name="")


def tiers(mechanism: Mechanism) -> QuerySet[Any]:
    """Return the tiers from the top, each with `size`: how many bodies stand in it now."""
    standing = Body.objects.filter(tier=OuterRef("pk"), merged_into=None).order_by().values("tier")
    size = Subquery(standing.annotate(n=Count("pk")).values("n"))
    return mechanism.tiers.annotate(size=Coalesce(size, 0)).order_by("position")


def formula(mechanism: Mechanism) -> str:
    """
    Return the mechanism's short form, counted: "1+7+X", "1+12".

    Tiers of lead, area and groups in order; neighbouring open tiers share one X; an empty closed tier is left out.
    Township and village supervisors stand below it.
    """
    parts: list[str] = []
    for tier in tiers(mechanism).filter(kind__in=[TierKind.LEAD, TierKind.AREA, TierKind.GROUP]):
        part = "X" if tier.open_ended else str(tier.size)
        if part != "0" and not (part == "X" and parts[-1:] == ["X"]):
            parts.append(part)
    return "+".join(parts)


def in_tier(tier: Tier, *, search: str = "") -> QuerySet[Body]:
    """Return the bodies that stand in a tier, place by place, with their host."""
    found = Body.objects.filter(tier=tier, merged_into=None).select_related("division", "host")
    return searched(found, search).order_by("division", "code")


def bodies(reach: Q, *, search: str = "", kind: str = "") -> QuerySet[Body]:
    """Return the bodies on record within `reach` (a filter over Body); duplicates that were merged are left out."""
    found = Body.objects.filter(reach, merged_into=None).select_related("division", "tier", "host", "parent")
    if kind:
        found = found.filter(kind=kind)
    return searched(found, search).order_by("division", "pinyin", "code")


def searched(found: QuerySet[Body], search: str) -> QuerySet[Body]:
    """Narrow to bodies whose name, code, reading or initials hold what was typed."""
    word = search.strip()
    if not word:
        return found
    return found.filter(Q(name__icontains=word) | Q(code__icontains=word) | Q(pinyin__icontains=word.lower()))


@dataclass(frozen=True)
class Named:
    """What some words name: units that are inspected, places, sites."""

    bodies: list[Body]
    divisions: list[Division]
    sites: list[Site]


def named(search: str, *, within: Collection[str], around: Collection[str], most: int = 8) -> Named:
    """
    Return what may be inspected and is called like that, at most so many of each kind.

    Under the prefixes `within` a part of name, code or reading will do; under those of `around` only the whole name or
    code: who knows a thing by its name may point at it, but a neighbour's register is not to be leafed through.
    """
    word = search.strip()
    if not word:
        return Named([], [], [])
    whole = Q(name=word) | Q(code=word)
    part = Q(name__icontains=word) | Q(code__istartswith=word)
    read = part | Q(pinyin__icontains=word.lower())

    def reach(column: str, likeness: Q) -> Q:
        near, far = Q(pk__in=[]), Q(pk__in=[])
        for prefix in within:
            near |= Q(**{f"{column}__startswith": prefix})
        for prefix in around:
            far |= Q(**{f"{column}__startswith": prefix})
        return (near & likeness) | (far & whole)

    bodies = Body.objects.filter(reach("division__code", read), merged_into=None).exclude(kind__in=SUPERVISING)
    divisions = Division.objects.filter(reach("code", part), level__in=[Level.COUNTY, Level.TOWNSHIP, Level.VILLAGE])
    sites = Site.objects.filter(reach("division__code", read), merged_into=None, active=True)
    return Named(
        list(bodies.select_related("division").order_by("pinyin", "code")[:most]), list(divisions.order_by("code")[:most]),
        list(sites.select_related("division", "type").order_by("pinyin", "code")[:most]),
    )  # fmt: skip


def ranked(reach: Q) -> dict[int | None, list[tuple[str, str]]]:
    """
    Return tier id → (code, division code) of the bodies that stand there within `reach`, place by place.

    None: supervising bodies that stand in no tier yet.
    """
    standing = Q(kind__in=SUPERVISING) | Q(tier__isnull=False)
    found: dict[int | None, list[tuple[str, str]]] = {}
    rows = Body.objects.filter(reach, standing, merged_into=None).order_by("division", "code")
    for tier, code, place in rows.values_list("tier", "code", "division"):
        found.setdefault(tier, []).append((code, place))
    return found


def supervising(reach: Q, *, search: str = "") -> QuerySet[Body]:
    """Return the bodies within `reach` that supervise, the highest first."""
    return bodies(reach, search=search).filter(kind__in=SUPERVISING).order_by("division", "kind", "code")


def unplaced(reach: Q, *, search: str = "") -> QuerySet[Body]:
    """Return the supervising bodies within `reach` that stand in no tier yet."""
    return supervising(reach, search=search).filter(tier=None)


def units(found: QuerySet[Body]) -> QuerySet[Body]:
    """Narrow to the bodies that answer for something, and do not supervise."""
    return found.exclude(kind__in=SUPERVISING)


def is_supervising(body: Body) -> bool:
    return body.kind in SUPERVISING


def superiors(body: Body) -> QuerySet[Body]:
    """Return the bodies that may stand above one in its own line, the nearest first."""
    above = [body.division_id[:digits] for digits in (12, 9, 6, 4, 2) if len(body.division_id) >= digits]
    found = Body.objects.filter(division__in=above, merged_into=None).exclude(pk__in=line_of(body.code))
    supervisors, others = [BodyKind.OFFICE, BodyKind.TOWNSHIP_OFFICE], [BodyKind.DEPARTMENT, BodyKind.GOVERNMENT]
    found = found.filter(kind__in=supervisors if is_supervising(body) else others)
    return found.select_related("division").order_by("-division", "pinyin", "code")


def upward(code: str) -> list[str]:
    """Return a body's code and the codes of those above it, nearest first; a circle on record ends where it began."""
    found: list[str] = []
    following: str | None = code
    while following and following not in found:
        found.append(following)
        following = Body.objects.filter(pk=following).values_list("parent_id", flat=True).first()
    return found


def below(body: Body) -> QuerySet[Body]:
    """Return the bodies next beneath one in its own line, and the groups that sit in it."""
    found = Body.objects.filter(Q(parent=body) | Q(host=body), merged_into=None)
    return found.select_related("division").order_by("division", "pinyin", "code")


def duplicates(body: Body) -> QuerySet[Body]:
    """Return what was merged into a body."""
    return Body.objects.filter(merged_into=body).order_by("code")


def hosts(body: Body, *, search: str) -> QuerySet[Body]:
    """Return the departments and other units of its area that a group may sit in, by some words; the very name first."""
    found = searched(bodies_answering(body.division_id), search).select_related("division")
    return found.order_by(_whole(search), "pinyin", "code")


def _whole(search: str) -> Case:
    """Return an order that puts what is called exactly so before what only sounds like it."""
    word = search.strip()
    return Case(When(Q(name=word) | Q(code=word), then=0), default=1)


def alike(duplicate: Body, reach: Q, *, search: str) -> QuerySet[Body]:
    """Return the bodies within `reach` that one may have been registered twice with, by some words."""
    found = bodies(reach, search=search).exclude(pk=duplicate.pk)
    found = found.filter(kind=duplicate.kind) if is_supervising(duplicate) else found.exclude(kind__in=SUPERVISING)
    return found.order_by(_whole(search), "pinyin", "code")


def alike_sites(duplicate: Site, reach: Q, *, search: str) -> QuerySet[Site]:
    """Return the sites within `reach` that one may have been registered twice with, of its type where that is known."""
    type_code = "" if duplicate.provisional else duplicate.type_id
    found = sites(reach, type_code=type_code, search=search, provisional=False)
    found = found.filter(merged_into=None).exclude(pk=duplicate.pk)
    return found.order_by(_whole(search), "pinyin", "code")


def tier_kinds() -> list[tuple[str, str]]:
    """Return the kinds of tiers from the top, each with its Chinese name, to be translated."""
    return list(TierKind.choices)


def family(codes: Iterable[str]) -> dict[str, str]:
    """
    Return code → surviving code, for the bodies of these codes and all duplicates merged with them.

    Whoever acts for one of them acts for all: an order written to a duplicate reaches the body it was merged into.
    """
    asked = set(codes)
    pairs = dict(Body.objects.filter(Q(pk__in=asked) | Q(merged_into__in=asked)).values_list("pk", "merged_into"))
    heads = {head for head in pairs.values() if head} - asked
    if heads:  # a duplicate was asked for: its survivor and the survivor's other duplicates belong here, too
        pairs |= dict(Body.objects.filter(Q(pk__in=heads) | Q(merged_into__in=heads)).values_list("pk", "merged_into"))
    return {code: head or code for code, head in pairs.items()}


def line_of(code: str) -> set[str]:
    """Return the codes of a body and of everything beneath it in its own line, duplicates included."""
    found = set(family([code]))
    level = found
    while level:
        below = set(Body.objects.filter(parent__in=level).values_list("pk", flat=True)) - found
        level = set(family(below)) - found
        found |= level
    return found


def site_family(site: Site) -> list[int]:
    """Return the ids of all rows that are this one place: the site and what was merged with it."""
    head = site.merged_into_id or site.pk
    return list(Site.objects.filter(Q(pk=head) | Q(merged_into=head)).values_list("pk", flat=True))
