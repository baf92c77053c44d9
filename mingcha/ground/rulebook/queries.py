"""Reading catalogues and checklists, and the data files shipped with the house."""

import tomllib
from importlib import resources
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from mingcha.ground.rulebook.models import Checklist, Edition, Item, Question, Rulebook


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


def current_checklist(site_type: str) -> Checklist | None:
    """Return the newest checklist of a site type."""
    return Checklist.objects.filter(site_type_id=site_type).order_by("-version").first()


def checklists() -> QuerySet[Checklist]:
    """Return the newest checklist of every site type, with `size`: how many questions it asks."""
    newest = Checklist.objects.filter(site_type=OuterRef("site_type")).order_by("-version").values("pk")[:1]
    found = Checklist.objects.filter(pk=Subquery(newest)).select_related("site_type").annotate(size=Count("questions"))
    return found.order_by("site_type__position")


def questions(checklist: Checklist) -> QuerySet[Question]:
    return checklist.questions.order_by("position")


def shipped(name: str) -> dict[str, Any]:
    """Return a data file shipped with this room: `rulebooks` or `site_types`."""
    return tomllib.loads((resources.files(__package__) / "catalogues" / f"{name}.toml").read_text(encoding="utf-8"))
