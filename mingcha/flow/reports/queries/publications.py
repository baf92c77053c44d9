"""What an office drafts, proposes and publishes: who may read and rule on it, and the text as it was typed."""

import re
from datetime import date, datetime

from django.db.models import F, QuerySet

from mingcha.flow.reports.models import Named, NamingRequest, Publication
from mingcha.flow.reports.states import Naming, State
from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts.models import Person
from mingcha.ground.accounts.permissions import Permission
from mingcha.ground.accounts.queries import OFFICE_TIME, NotFound, Standing
from mingcha.ground.territory.models import Body
from mingcha.kernel import masking

RELATED = ("office__division", "written_by", "proposed_by", "approved_by", "taken_down_by")
TABS = {
    "writing": (State.DRAFT,),
    "waiting": (State.PROPOSED,),
    "published": (State.PUBLISHED,),
    "down": (State.TAKEN_DOWN,),
}
# 一、 begins a part, 1. or 1、 one case of a circular.
_HEADING = re.compile(r"[一二三四五六七八九十]{1,3}、")
_ITEM = re.compile(r"\d{1,2}(?:[．、]|\.(?!\d))")


def publications(*, to: Standing) -> QuerySet[Publication]:
    """Return the publications of the offices in one's area, the latest first."""
    found = Publication.objects.filter(to.area(Permission.PUBLISH_PROPOSE, "office__division__code"))
    return found.select_related(*RELATED).order_by(F("published_at").desc(nulls_first=True), "-written_at", "-pk")


def publication(pk: int, *, to: Standing) -> Publication:
    """Return a publication one may see at the desk. Raises NotFound."""
    found = publications(to=to).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def request(pk: int, *, to: Standing) -> NamingRequest:
    """Return a request to name an official in a publication one may see. Raises NotFound."""
    seen = publications(to=to).order_by().values("pk")
    found = NamingRequest.objects.filter(pk=pk, named__publication__in=seen)
    asked = found.select_related("named__publication__office", "asked_by").first()
    if asked is None:
        raise NotFound
    return asked


def offices(*, to: Standing) -> QuerySet[Body]:
    """Return the offices one may draft for: those one serves."""
    return Body.objects.filter(pk__in=to.serves(Permission.PUBLISH_PROPOSE), merged_into=None).order_by(
        "division", "pk"
    )


def named(publication: Publication) -> QuerySet[Named]:
    """Return the officials a publication speaks of, each with what was asked about naming them."""
    found = publication.named.order_by("position")
    return found.prefetch_related("requests__asked_by", "requests__ruled_by")


def approvers(publication: Publication, *, at: datetime) -> list[Person]:
    """Return who may approve: in the office, else in the office above; never who wrote or proposed it."""
    hands = {publication.written_by_id, publication.proposed_by_id}
    office = publication.office
    for body in filter(None, (office.pk, office.parent_id)):
        people = [one for one in accounts.able(body, Permission.PUBLISH_APPROVE, at=at) if one.pk not in hands]
        if people:
            return people
    return []


def words(publication: Publication, *, at: datetime) -> dict[int, str]:
    """Return place → the name where naming was granted and the date has not passed, else the mask."""
    people = _people(publication)
    told = _masked(people)
    if expired(publication, at=at) or publication.state == State.TAKEN_DOWN:
        return told
    return told | {one.position: one.name for one in people if is_granted(one)}


def is_granted(named: Named) -> bool:
    """Return whether an official's naming was granted; whether it shows depends on the day, too."""
    return any(request.state == Naming.GRANTED for request in named.requests.all())


def _people(publication: Publication) -> list[Named]:
    return sorted(publication.named.all(), key=lambda one: one.position)


def _masked(people: list[Named]) -> dict[int, str]:
    masks = masking.masks([one.name for one in people])
    return dict(zip((one.position for one in people), masks, strict=True))


def expired(publication: Publication, *, at: datetime) -> bool:
    """Return whether the last day has passed on which anybody may be named."""
    return publication.expires_on is not None and publication.expires_on < today(at)


def today(at: datetime) -> date:
    return at.astimezone(OFFICE_TIME).date()


def blocks(text: str) -> list[dict[str, str]]:
    """Cut a text into paragraphs: 一、 begins a part (heading), 1. a case (item)."""
    lines = (line.strip() for line in text.splitlines())
    return [{"kind": _kind(line), "text": line} for line in lines if line]


def _kind(line: str) -> str:
    if _HEADING.match(line) and len(line) <= 40:
        return "heading"
    return "item" if _ITEM.match(line) else "text"


def typed(publication: Publication) -> tuple[str, str]:
    """Return title and text as they were typed, with the officials' names: for whoever writes them."""
    names = dict(publication.named.values_list("position", "name"))
    text = "\n".join(block["text"] for block in publication.blocks)
    return masking.shown(publication.title, names), masking.shown(text, names)


def title(publication: Publication) -> str:
    """Return the title with every name masked: for lists, messages and the record."""
    return masking.shown(publication.title, _masked(_people(publication)))
