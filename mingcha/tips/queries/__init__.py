"""
What may be read of tips without a key: lists, clocks, transfers, calls. What is sealed is read in `reading`.

A tip is in reach of those who serve the office that keeps it and may handle tips there; no area and no rank opens one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts.models import Person
from mingcha.ground.accounts.permissions import Permission
from mingcha.ground.accounts.queries import NotFound, Standing
from mingcha.kernel import deadlines
from mingcha.tips.models import Call, LikenessWaiting, Offer, OfficeRule, Proposal, RatingGiven, Record, Tip, Wrap
from mingcha.tips.states import Author, CallState, Due, OfferState, ProposalState, RecordKind, State

# The light turns yellow a day before.
WARN = timedelta(hours=24)
ENDED = (State.CLOSED, State.ERASED)
# What a citizen may still say of a closed tip, besides rating it.
AFTERWARDS = (RecordKind.ADDITION, RecordKind.OBJECTION)


@dataclass(frozen=True)
class Asked:
    """What a list is narrowed to; empty for no wish. `state`, `kind`, `category`: their values; `mine`: handed to me."""

    state: str = ""
    kind: str = ""
    category: str = ""
    county: str = ""
    number: str = ""
    overdue: bool = False
    mine: bool = False
    fresh: bool = False
    named: bool = False


@dataclass(frozen=True)
class Waiting:
    """A clock that runs: which tip, for what (`states.Due`), till when, and its light (green, yellow, red)."""

    tip: Tip
    what: str
    due_at: datetime
    light: str


def kept(*, to: Standing) -> QuerySet[Tip]:
    """Return the tips of the offices where one handles tips."""
    return Tip.objects.filter(office__in=to.serves(Permission.TIP_HANDLE)).select_related("office")


def tip(pk: UUID | str, *, to: Standing) -> Tip:
    """Return one tip in reach. Raises NotFound."""
    try:
        found = kept(to=to).filter(pk=UUID(str(pk))).first()
    except ValueError:
        found = None
    if found is None:
        raise NotFound
    return found


def triage(asked: Asked, *, to: Standing, at: datetime) -> QuerySet[Tip]:
    """
    Return the tips of one's offices as asked, what is due first on top; each with `fresh` (the citizen added something
    nobody has read) and `hands` (how many it is handed to). Without `state`, what is not ended, and of what is closed
    that which the citizen has come back to.
    """
    unread = Record.objects.filter(tip=OuterRef("pk"), author=Author.CITIZEN, unread=True)
    own = Wrap.objects.filter(tip=OuterRef("pk"), person=to.person.pk)
    found = kept(to=to).annotate(fresh=Exists(unread), hands=Count("wraps__person", distinct=True))
    found = found.filter(state=asked.state) if asked.state else found.filter(_open())
    wanted = {"kind": asked.kind, "category": asked.category, "county": asked.county}
    found = found.filter(**{column: value for column, value in wanted.items() if value})
    if asked.number.strip().isdigit():
        found = found.filter(number=int(asked.number))
    if asked.overdue:
        found = found.filter(due_at__lt=at)
    if asked.mine:
        found = found.filter(Exists(own))
    if asked.fresh:
        found = found.filter(fresh=True)
    if asked.named:
        found = found.filter(named=True)
    return found.order_by(F("due_at").asc(nulls_last=True), "-named", "received_on", "pk")


def _open() -> Q:
    come_back = Q(Exists(Record.objects.filter(tip=OuterRef("pk"), unread=True, kind__in=AFTERWARDS)))
    return ~Q(state__in=ENDED) | (Q(state=State.CLOSED) & (~Q(due="") | come_back))


def counts(*, to: Standing) -> Mapping[str, int]:
    """Return state → how many tips of one's offices are in it."""
    rows = kept(to=to).order_by().values("state").annotate(n=Count("pk"))
    return {row["state"]: row["n"] for row in rows}


def light(due_at: datetime | None, *, at: datetime) -> str:
    """Return green, yellow or red, "" where no clock runs."""
    return deadlines.light(due_at, at=at, warn=WARN).value if due_at else ""


def due_list(*, to: Standing, at: datetime) -> list[Waiting]:
    """Return every clock of one's offices that runs, the nearest first: of tips, of notices, of offers to take."""
    found = []
    for each in kept(to=to).exclude(due_at=None).exclude(state=State.OFFERED):
        found.append((each, each.due, each.due_at))
    for each in kept(to=to).exclude(notice_due_at=None):
        found.append((each, Due.NOTICE, each.notice_due_at))
    for offer in inbox(to=to):
        found.append((offer.tip, Due.FORWARD, offer.due_at))
    rows = [Waiting(each, str(what), when, light(when, at=at)) for each, what, when in found if when]
    return sorted(rows, key=lambda row: (row.due_at, str(row.tip.pk)))


def inbox(*, to: Standing) -> QuerySet[Offer]:
    """Return what is offered to one's offices and nobody has settled, the most urgent first."""
    found = Offer.objects.filter(receiver__in=to.serves(Permission.TIP_INTAKE), state=OfferState.OFFERED)
    return found.select_related("tip__office", "sender", "receiver", "office_key").order_by("due_at", "pk")


def outbox(*, to: Standing) -> QuerySet[Offer]:
    """Return what one's offices have offered to others, the latest first; what went straight up, to who sent it alone."""
    found = Offer.objects.filter(_sent(to))
    return found.select_related("tip", "sender", "receiver", "office_key").order_by("-offered_on", "-pk")


def offer(pk: int, *, to: Standing) -> Offer:
    """Return an offer to one's office, or of it. Raises NotFound."""
    # Who keeps identities at the sender need not be of intake.
    found = Offer.objects.filter(Q(receiver__in=to.serves(Permission.TIP_INTAKE)) | _sent(to), pk=pk)
    row = found.select_related("tip__office", "sender", "receiver", "office_key").first()
    if row is None:
        raise NotFound
    return row


def _sent(to: Standing) -> Q:
    # That something went straight up tells colleagues that it may be about them, or about the head of the office.
    own = Q(upward=False) | Q(offered_by=to.person)
    return Q(sender__in=to.serves(Permission.TIP_HANDLE)) & own


def open_offer_of(tip: Tip) -> Offer | None:
    """Return the offer of a tip that nobody has settled."""
    return Offer.objects.filter(tip=tip, state=OfferState.OFFERED).select_related("receiver").first()


def offers_of(tip: Tip) -> QuerySet[Offer]:
    """Return the way a tip has taken between offices, oldest first."""
    return Offer.objects.filter(tip=tip).select_related("sender", "receiver", "reason").order_by("offered_on", "pk")


def proposals_of(tip: Tip) -> QuerySet[Proposal]:
    """Return the disposals proposed of a tip, oldest first."""
    found = Proposal.objects.filter(tip=tip).select_related("proposed_by", "settled_by", "opinion")
    return found.order_by("proposed_at", "pk")


def open_proposal_of(tip: Tip) -> Proposal | None:
    """Return the proposal of a tip that waits for another hand."""
    return proposals_of(tip).filter(state=ProposalState.PROPOSED).first()


def to_approve(*, to: Standing) -> QuerySet[Proposal]:
    """Return the proposals of one's offices that one may settle: those of others, the oldest first."""
    found = Proposal.objects.filter(tip__office__in=to.serves(Permission.TIP_APPROVE), state=ProposalState.PROPOSED)
    return found.exclude(proposed_by=to.person).select_related("tip__office", "proposed_by").order_by("proposed_at")


def ratings_of(tip: Tip) -> QuerySet[RatingGiven]:
    return RatingGiven.objects.filter(tip=tip).order_by("day")


def handlers(tip: Tip) -> list[Person]:
    """Return whom a tip is handed to."""
    people = Wrap.objects.filter(tip=tip, identity=False).exclude(person=None).values("person")
    return list(Person.objects.filter(pk__in=people).order_by("pinyin", "pk"))


def assignable(tip: Tip, *, at: datetime) -> list[Person]:
    """Return who of the office may be handed a tip; whether each is vouched for and not tied is asked on handing over."""
    able = accounts.able(tip.office_id, Permission.TIP_HANDLE, at=at)
    return list(able.exclude(pk__in=[person.pk for person in handlers(tip)]))


def intake_people(office: str, *, at: datetime) -> QuerySet[Person]:
    """Return who takes in reports at an office, by its code."""
    return accounts.able(office, Permission.TIP_INTAKE, at=at)


def unfolded(*, to: Standing) -> int:
    """Return how many prints of one's offices wait to be put into an index."""
    offices = to.serves(Permission.TIP_INTAKE)
    return LikenessWaiting.objects.filter(office_key__office__in=offices).count()


def calls(*, to: Standing) -> QuerySet[Call]:
    """Return the calls of one's offices, the latest first."""
    found = Call.objects.filter(office__in=to.serves(Permission.TIP_CALL))
    return found.select_related("office", "drafted_by", "published_by").order_by("-drafted_at", "-pk")


def call(pk: int, *, to: Standing) -> Call:
    """Return a call of one's office. Raises NotFound."""
    found = calls(to=to).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def published_call(office: str) -> Call | None:
    """Return the call of an office that the public reads now, by the office's code."""
    return Call.objects.filter(office=office, state=CallState.PUBLISHED).first()


def rules(*, to: Standing) -> list[OfficeRule]:
    """Return the terms of one's offices; one that set none, with the defaults, unsaved."""
    offices = to.serves(Permission.TIP_HANDLE)
    held = {row.office_id: row for row in OfficeRule.objects.filter(office__in=offices)}
    return [held.get(code) or OfficeRule(office_id=code) for code in offices]
