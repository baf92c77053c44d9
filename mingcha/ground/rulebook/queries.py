"""Reading catalogues, checklists and the clock's rules, and the data files shipped with the house."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import resources
from typing import Any, TypeVar

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from mingcha.ground.accounts.permissions import Permission
from mingcha.ground.accounts.queries import NotFound, Standing
from mingcha.ground.rulebook.models import (
    BasisText,
    CalendarDay,
    CalendarYear,
    Checklist,
    Edition,
    Item,
    Kept,
    Ladder,
    ProofRule,
    Question,
    Rulebook,
    Stage,
    TermRule,
)
from mingcha.kernel.checklists import Compiled

STAGES = Stage.choices  # what has a term, in the order the work goes
Rule = TypeVar("Rule", bound=Kept)


def rulebooks() -> QuerySet[Rulebook]:
    return Rulebook.objects.select_related("keeper").order_by("pk")


def rulebook(code: str) -> Rulebook | None:
    return Rulebook.objects.filter(code=code).select_related("keeper__division").first()


def editions(rulebook: Rulebook) -> QuerySet[Edition]:
    """Return the editions, newest first, each with `recorded`: how many items carry their text."""
    return rulebook.editions.annotate(recorded=Count("items", filter=~Q(items__text=""))).order_by("-version")


def latest_editions() -> QuerySet[Edition]:
    """Return the newest edition of every rulebook, with `recorded`."""
    newest = Edition.objects.filter(rulebook=OuterRef("rulebook")).order_by("-version").values("pk")[:1]
    return (
        Edition.objects.filter(pk=Subquery(newest))
        .select_related("rulebook__keeper")
        .annotate(recorded=Count("items", filter=~Q(items__text="")))
        .order_by("rulebook_id")
    )


def edition(pk: int) -> Edition | None:
    return Edition.objects.filter(pk=pk).select_related("rulebook__keeper").first()


def items(edition: Edition) -> QuerySet[Item]:
    return edition.items.order_by("position")


def current_checklist(site_type: str, *, place: str = "") -> Checklist | None:
    """Return the newest checklist of a site type that holds at a place: the house's own, or of an office over it."""
    return _holding_at(place).filter(site_type_id=site_type).order_by("-version").first()


def current_checklists(*, place: str) -> list[Checklist]:
    """Return the newest checklist of every site type that holds at a place."""
    found = (
        _holding_at(place).filter(site_type__isnull=False).order_by("site_type_id", "-version").distinct("site_type_id")
    )
    return list(found.select_related("site_type"))


def _holding_at(place: str) -> QuerySet[Checklist]:
    return Checklist.objects.filter(Q(keeper=None) | Q(keeper__division__in=[place[:n] for n in (2, 4, 6, 9, 12)]))


def checklists() -> QuerySet[Checklist]:
    """Return the newest checklist of every site type, with `size`: how many questions it asks."""
    newest = Checklist.objects.filter(site_type=OuterRef("site_type")).order_by("-version").values("pk")[:1]
    found = Checklist.objects.filter(pk=Subquery(newest)).select_related("site_type").annotate(size=Count("questions"))
    return found.defer("xform", "workbook", "compiled").order_by("site_type__position")


def all_checklists(*, to: Standing) -> QuerySet[Checklist]:
    """
    Return every version of the checklists one may read, type by type, the newest first.

    The house's own, those of the offices over one's own place, and those kept in one's area. Each with `size`: how many
    questions it asks, and of them `judges`, `counts` and `asks`.
    """
    over = {holding.division[:digits] for holding in to.holdings for digits in (2, 4, 6, 9, 12)}
    kept = Q(keeper=None) | Q(keeper__division__in=over) | to.area(Permission.RULEBOOK_SEE, "keeper__division__code")
    of_kind = {
        name: Count("questions", filter=Q(questions__kind=kind))
        for name, kind in (("judges", "judge"), ("counts", "count"), ("asks", "ask"))
    }
    found = Checklist.objects.filter(kept).select_related("site_type", "keeper__division", "published_by")
    found = found.annotate(size=Count("questions"), **of_kind).defer("xform", "workbook", "compiled")
    return found.order_by("site_type__position", "site_type", "form_id", "-version", "-pk")


def checklist(pk: int, *, to: Standing) -> Checklist:
    """Return one of them, whole. Raises NotFound."""
    found = all_checklists(to=to).filter(pk=pk).defer(None).first()
    if found is None:
        raise NotFound
    return found


def versions(checklist: Checklist, *, to: Standing) -> QuerySet[Checklist]:
    """Return the versions of a checklist one may read: those for its type of site, else those of the same form."""
    same = Q(site_type=checklist.site_type) if checklist.site_type_id else Q(site_type=None, form_id=checklist.form_id)
    return all_checklists(to=to).filter(same).order_by("-version", "-pk")


def any_bare() -> bool:
    """Say whether a checklist of a site type still has no form: published before checklists were forms."""
    return Checklist.objects.filter(xform="", site_type__isnull=False).exists()


@dataclass(frozen=True)
class Form:
    """A published form as the intake needs it; `questions` are node name → id of the question."""

    id: int
    form_id: str
    version: str
    site_type: str
    compiled: Compiled
    questions: dict[str, int]


def form(form_id: str, version: str) -> Form | None:
    """Return a published form, or None. It never changes: the caller may keep it."""
    found = Checklist.objects.filter(form_id=form_id, form_version=version).exclude(xform="").first()
    if found is None:
        return None
    questions = dict(found.questions.values_list("name", "pk"))
    return Form(found.pk, form_id, version, found.site_type_id or "", Compiled.load(found.compiled), questions)


def questions(checklist: Checklist) -> QuerySet[Question]:
    return checklist.questions.order_by("position")


def shipped(name: str) -> dict[str, Any]:
    """Return a data file shipped with this room: `rulebooks`, `site_types` or `terms`."""
    return tomllib.loads((resources.files(__package__) / "catalogues" / f"{name}.toml").read_text(encoding="utf-8"))


def held_terms(offices: Iterable[str]) -> list[TermRule]:
    """Return the offices' own terms as they hold now; what was taken back is left out."""
    rows = _latest(TermRule, offices, "stage", "emergency", "severity", "item_id")
    return [row for row in rows.select_related("item__edition__rulebook") if row.amount is not None]


def held_ladders(offices: Iterable[str]) -> list[Ladder]:
    """Return the offices' own ladders as they hold now."""
    return [row for row in _latest(Ladder, offices, "emergency").prefetch_related("rungs") if row.rungs.all()]


def held_proofs(offices: Iterable[str]) -> list[ProofRule]:
    """Return what the offices themselves ask for before a step, as it holds now."""
    return [row for row in _latest(ProofRule, offices, "act", "severity") if not row.withdrawn]


def held_bases(offices: Iterable[str]) -> list[BasisText]:
    """Return the legal bases the offices put on record, as they hold now."""
    return [row for row in _latest(BasisText, offices, "kind") if row.text]


def _latest(model: type[Rule], offices: Iterable[str], *about: str) -> QuerySet[Rule]:
    found = model._default_manager.filter(body__in=list(offices)).select_related("body", "set_by")
    return found.order_by("body_id", *about, "-pk").distinct("body_id", *about)


def calendar_years() -> QuerySet[CalendarYear]:
    """Return the years that offices put on record, the latest first."""
    return CalendarYear.objects.select_related("registered_by").order_by("-year")


def calendar_days() -> QuerySet[CalendarDay]:
    """Return the days that offices set one way or the other, as they stand now, the latest first."""
    newest = CalendarDay.objects.filter(day=OuterRef("day")).order_by("-pk").values("pk")[:1]
    found = CalendarDay.objects.filter(pk=Subquery(newest), works__isnull=False)
    return found.select_related("set_by").order_by("-day")
