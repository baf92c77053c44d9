"""Reading divisions, bodies and the register of sites, each within a standing's reach."""

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Substr, TruncDate
from pypinyin import lazy_pinyin

from mingcha.ground.territory.models import Body, BodyKind, Division, Level, Site, SiteType


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


def body(code: str) -> Body | None:
    return Body.objects.filter(pk=code).select_related("division").first()


def offices(prefix: str) -> QuerySet[Body]:
    """Return the supervision offices at or under a division, the highest first."""
    kinds = [BodyKind.OFFICE, BodyKind.RESIDENT_GROUP]
    return Body.objects.filter(kind__in=kinds, division__code__startswith=prefix).order_by("division", "code")


def bodies_answering(prefix: str) -> QuerySet[Body]:
    """Return the bodies that may answer for something under the prefix: all but supervision offices."""
    kinds = [BodyKind.OFFICE, BodyKind.RESIDENT_GROUP]
    return Body.objects.filter(division__code__startswith=prefix).exclude(kind__in=kinds).order_by("pinyin", "code")


def bodies_over(division: str) -> QuerySet[Body]:
    """
    Return the bodies that may answer for a site in a county: those in it, and those of the city and province above.

    A station in the county may be the railway's, a checkpoint the city's.
    """
    above = [division[:digits] for digits in (2, 4) if digits < len(division)]
    kinds = [BodyKind.OFFICE, BodyKind.RESIDENT_GROUP]
    reach = Q(division__code__startswith=division) | Q(division__code__in=above)
    return Body.objects.filter(reach).exclude(kind__in=kinds).order_by("pinyin", "code")


def site_types() -> QuerySet[SiteType]:
    return SiteType.objects.all()


def sites(
    reach: Q, *, type_code: str = "", township: str = "", search: str = "", active: bool | None = None
) -> QuerySet[Site]:
    """
    Return the register within `reach` (a filter over Site, such as Standing.area(…, "division__code")).

    `search` matches name, code, address or pinyin initials typed without spaces.
    """
    found = Site.objects.filter(reach).select_related("type", "division", "body")
    if type_code:
        found = found.filter(type_id=type_code)
    if township:
        found = found.filter(division__code__startswith=township)
    if active is not None:
        found = found.filter(active=active)
    if search:
        found = found.filter(
            Q(name__icontains=search) | Q(code__icontains=search) | Q(address__icontains=search)
            | Q(pinyin__icontains=search.lower())
        )  # fmt: skip
    return found.order_by("division", "pinyin", "code")


def site(code: str, reach: Q) -> Site | None:
    return Site.objects.filter(reach, code=code).select_related("type", "division", "body").first()


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
