"""Reading what must be put right: by the unit that owes it, and by the offices that follow it."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q, QuerySet

from mingcha.flow.fieldwork import custody
from mingcha.flow.fieldwork import queries as fieldwork
from mingcha.flow.fieldwork.models import Photo
from mingcha.flow.findings.models import Finding
from mingcha.flow.rectifications.models import Proof, Rectification, Reply, Review
from mingcha.flow.rectifications.queries.followed import (
    SEALED,
    after_waiting,
    chosen,
    due_now,
    last_reply,
    live_link,
    measures,
    offices_over,
    pause_now,
    pauses,
    progress,
    progress_file,
    requests,
    reread,
    revisits,
    sampling,
    samplings,
    stood_still,
    to_rule,
)
from mingcha.flow.rectifications.states import ISSUED, OPEN, RUNNING, RequestState, State
from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts import ties
from mingcha.ground.accounts.models import Person
from mingcha.ground.accounts.permissions import Permission
from mingcha.ground.accounts.queries import NotFound, Standing

__all__ = [
    "RELATED", "NotFound", "after_waiting", "askable", "chosen", "due_now", "hands", "is_overdue", "issued", "issued_in", "judges", "last_reply",
    "live_link", "locked", "may_see_photo", "measures", "numbered", "of", "of_finding", "of_findings", "offices_over", "order",
    "orders", "overdue", "pause_now", "pauses", "photo", "progress", "progress_file", "proof", "replies", "requests",
    "reread", "reviews", "revisits", "sampling", "samplings", "stood_still", "tie", "to_rule", "to_sample",
]  # fmt: skip

RELATED = (
    "body", "finding__site__type", "finding__site__division", "finding__item__edition__rulebook", "finding__office",
    "finding__campaign", "finding__noted_by", "attested_by", "received_by", "closed_by",
)  # fmt: skip


def orders(*, to: Standing) -> QuerySet[Rectification]:
    """Return the orders one may see: the offices' within their area, a unit's own once issued, soonest due first."""
    area = to.area(Permission.ORDER_VERIFY, "finding__division")
    own = Q(body__in=to.bodies(Permission.ORDER_ANSWER))
    # A township, a village, a group inside the department follow what has gone out; they judge nothing.
    followed = to.area(Permission.ORDER_SEE, "finding__division") | Q(body__in=to.hosts(Permission.ORDER_SEE))
    return (
        Rectification.objects.filter(area | ((own | followed) & Q(state__in=ISSUED)))
        .select_related(*RELATED)
        .order_by("due_at", "pk")
    )


def order(pk: int, *, to: Standing) -> Rectification:
    """Return an order one may see. Raises NotFound."""
    found = orders(to=to).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def numbered(number: str, *, to: Standing) -> Rectification:
    """Return an order by the number of its finding ("621126-000123"), where one may see it. Raises NotFound."""
    running = number.rpartition("-")[2]
    found = orders(to=to).filter(finding=int(running)).first() if running.isdecimal() else None
    if found is None or found.finding.number != number:
        raise NotFound
    return found


def of(pk: int) -> Rectification:
    """Return an order by its id, for another action of the room; nobody's scope is asked here."""
    return Rectification.objects.select_related(*RELATED).get(pk=pk)


def locked(pks: Iterable[int]) -> list[Rectification]:
    """Return orders by id, in that order, held until the transaction ends."""
    rows = Rectification.objects.filter(pk__in=set(pks)).order_by("pk")
    list(rows.select_for_update().values_list("pk", flat=True))
    return list(rows.select_related(*RELATED))


def of_finding(finding: Finding) -> Rectification | None:
    return Rectification.objects.filter(finding=finding).select_related(*RELATED).first()


def of_findings(pks: list[int]) -> dict[int, Rectification]:
    """Return finding id → rectification, each with its replies and reviews at hand."""
    found = Rectification.objects.filter(finding__in=pks).select_related(*RELATED)
    return {r.finding_id: r for r in found.prefetch_related("replies", "reviews")}


def issued(*, to: Standing) -> QuerySet[Rectification]:
    """Return the orders that have gone out to a unit; attestations on the spot are not among them."""
    return orders(to=to).filter(state__in=ISSUED)


def issued_in(tab: str, *, to: Standing, at: datetime) -> QuerySet[Rectification]:
    """Return the issued orders that are mending, asking for a ruling, verifying, overdue, standing still, closed, or all of them."""
    narrowed = {
        "mending": Q(state__in=RUNNING),
        "asking": Q(state=State.CANNOT) | Q(requests__state=RequestState.PENDING),
        "verifying": Q(state=State.ANSWERED),
        "overdue": Q(state__in=OPEN, due_at__lt=at) & ~stood_still("pk", at=at),
        # A pause has no end of its own: what stands still must be found by whoever oversees the place.
        "paused": Q(state__in=OPEN, pauses__isnull=False, pauses__until=None),
        "closed": Q(state__in=(State.CLOSED, State.EXEMPT)),
        "all": Q(),
    }
    # A subquery rather than a join: two requests of one order must not show it twice.
    return issued(to=to).filter(pk__in=Rectification.objects.filter(narrowed[tab]).values("pk"))


def replies(order: Rectification) -> QuerySet[Reply]:
    """Return what the unit answered, the latest first, each with its proofs."""
    return (
        order.replies.select_related("by", "through")
        .defer(*SEALED)
        .prefetch_related("proofs__evidence__rendering")
        .order_by("-pk")
    )


def reviews(order: Rectification) -> QuerySet[Review]:
    """Return what other hands judged, the latest first."""
    return order.reviews.select_related("by").order_by("-pk")


def hands(order: Rectification) -> set[int | None]:
    """
    Return who found it, attested it, or answered or asked for the unit: none of them may judge it.

    Whoever gave out the link through which the unit spoke is among them: they had it in their hand before the unit did.
    """
    columns = ("by_id", "through__made_by_id")
    spoke = order.replies.values_list(*columns).union(order.requests.values_list(*columns))
    return {order.finding.noted_by_id, order.attested_by_id, *(hand for pair in spoke for hand in pair)}


def to_sample(*, to: Standing) -> QuerySet[Rectification]:
    """Return attestations of 立行立改 that nobody has sampled yet, within one's area and not one's own."""
    # What a former ledger attested was somebody's word there: nobody here gave it, so there is none to sample.
    found = orders(to=to).filter(state=State.ATTESTED, finding__state="confirmed", attested_by__isnull=False)
    return found.exclude(attested_by=to.person).order_by("attested_at", "pk")


def is_overdue(order: Rectification, *, at: datetime) -> bool:
    """Return whether the order is open past its time and its clock runs; computed, never stored."""
    late = order.state in OPEN and order.due_at is not None and order.due_at < at
    return late and pause_now(order) is None


def overdue(*, to: Standing, at: datetime) -> QuerySet[Rectification]:
    return orders(to=to).filter(~stood_still("pk", at=at), state__in=OPEN, due_at__lt=at)


def proof(pk: int, *, to: Standing) -> Proof:
    """Return a proof of an order one may see, unless it is marked. Raises NotFound."""
    seen = orders(to=to).order_by().values("pk")
    visit = "reply__rectification__finding__visit"
    related = ("evidence", f"{visit}__site", f"{visit}__inspection__team")
    found = Proof.objects.filter(pk=pk, reply__rectification__in=seen).select_related(*related).first()
    if found is None:
        raise NotFound
    custody.require(found.evidence, found.reply.rectification.finding.visit, to=to)
    return found


def photo(pk: int, *, to: Standing) -> Photo:
    """Return a photo attached to a finding whose order the unit holds, unless it is marked. Raises NotFound."""
    seen = may_see_photo(pk, to=to)
    found = Photo.objects.filter(pk=pk).select_related(*fieldwork.OF_PHOTO).first() if seen else None
    if found is None:
        raise NotFound
    custody.require(found.evidence, found.visit, to=to)
    return found


def may_see_photo(photo_pk: int, *, to: Standing) -> bool:
    """Return whether a photo is attached to a finding whose order the unit holds."""
    own = Q(body__in=to.bodies(Permission.ORDER_ANSWER), state__in=ISSUED)
    return Rectification.objects.filter(own, finding__photos__photo=photo_pk).exists()


def tie(order: Rectification, person: Person, *, at: datetime) -> ties.Tie | None:
    """Return what keeps a person from judging an order (回避): of the unit, the answering body, the place or the site."""
    found = ties.ties([person.pk], at=at)
    finding = order.finding
    subjects = [ties.Subject(order.body_id, finding.division, finding.site_id), ties.subject_of(finding.site)]
    return next((tie for subject in subjects if (tie := found.between(person.pk, subject)) is not None), None)


def judges(order: Rectification, *, at: datetime) -> list[Person]:
    """Return who may judge an order in the office that found it; a resident group judges nothing, the office above does."""
    office = order.finding.office
    people = list(accounts.able(office.pk, Permission.ORDER_VERIFY, at=at))
    if not people and office.parent_id:
        people = list(accounts.able(office.parent_id, Permission.ORDER_VERIFY, at=at))
    return people


def askable(order: Rectification, *, at: datetime) -> list[Person]:
    """
    Return the officers a unit may ask to stay away: who may judge the order, and who judged it already.

    Left out: who must stay away as it is, and who serves nowhere any more.
    """
    judged = Person.objects.filter(pk__in=order.reviews.values("by")).order_by("pinyin", "pk")
    people = list({person.pk: person for person in [*judges(order, at=at), *judged]}.values())
    return [
        person for person in people
        if accounts.home_of(person, at=at) is not None and tie(order, person, at=at) is None
    ]  # fmt: skip
