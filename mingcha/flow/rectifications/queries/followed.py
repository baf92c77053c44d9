"""Reading what follows an order: plans, progress, requests, pauses, links, visits that looked again, samples."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from mingcha.flow.fieldwork import custody
from mingcha.flow.fieldwork.models import Visit
from mingcha.flow.fieldwork.states import Outcome, VisitState
from mingcha.flow.rectifications.models import (
    Measure,
    Pause,
    Progress,
    ProgressFile,
    Rectification,
    Reply,
    Request,
    Sampling,
    UnitLink,
)
from mingcha.flow.rectifications.states import RequestState
from mingcha.ground.accounts.permissions import Permission
from mingcha.ground.accounts.queries import NotFound, Standing
from mingcha.ground.rulebook import terms
from mingcha.ground.territory import queries as territory
from mingcha.kernel import deadlines

# What acts change in an order's row, and the rows beside it: what it is about never does.
CHANGES = (
    "way", "state", "due_at", "term", "tentative", "ordered_at", "received_at", "received_by", "received_as", "closed_at",
    "closed_by", "closed_as", "steps", "replies", "pauses", "requests",
)  # fmt: skip


def reread(order: Rectification, *, held: bool = False) -> None:
    """Read anew what may have changed of an order, `held` until the transaction ends; the finding at hand stays there."""
    rows = Rectification.objects.select_for_update() if held else Rectification.objects.all()
    order.refresh_from_db(fields=CHANGES, from_queryset=rows)


# What of a link no page may even fetch.
SEALED = ("through__token_hash", "through__session_hash")


def offices_over(order: Rectification) -> list[str]:
    """Return the code of the office that found it and of those above, nearest first: whose rules hold for it."""
    return territory.upward(order.finding.office_id)


def measures(order: Rectification) -> QuerySet[Measure]:
    """Return what the unit means to do, soonest first."""
    return order.measures.select_related("by", "through").defer(*SEALED).order_by("due_on", "pk")


def progress(order: Rectification) -> QuerySet[Progress]:
    """Return how far the unit says it has come, latest first, each with its files."""
    return (
        order.progress.select_related("by", "through")
        .defer(*SEALED)
        .prefetch_related("files__evidence__rendering")
        .order_by("-pk")
    )


def requests(order: Rectification) -> QuerySet[Request]:
    """Return what the unit asked for and how it was ruled on, latest first."""
    return order.requests.select_related("by", "through", "ruled_by").defer(*SEALED).order_by("-pk")


def to_rule(*, to: Standing) -> QuerySet[Request]:
    """Return the requests that wait for a ruling within one's area, oldest first; one's own finding is another's to rule on."""
    area = to.area(Permission.ORDER_VERIFY, "rectification__finding__division")
    found = Request.objects.filter(area, state=RequestState.PENDING)
    return found.select_related("rectification__finding__site", "rectification__body").order_by("at", "pk")


def pauses(order: Rectification) -> QuerySet[Pause]:
    return order.pauses.select_related("since_by", "until_by").order_by("-pk")


def pause_now(order: Rectification) -> Pause | None:
    """Return the pause in which the order's clock stands still, if one does."""
    return order.pauses.filter(until=None).select_related("since_by").first()


def due_now(order: Rectification, *, at: datetime) -> datetime:
    """Return the deadline as it would be if a pause that still lasts ended now."""
    stands = pause_now(order)
    assert order.due_at is not None  # what may stand still has a deadline
    return order.due_at if stands is None else after_waiting(order, since=stands.since, at=at)


def after_waiting(order: Rectification, *, since: datetime, at: datetime) -> datetime:
    """Return the deadline moved by the time it stood still; one that had passed before that stays where it was."""
    assert order.due_at is not None
    calendar = terms.calendar().tentative()
    return deadlines.shifted(order.due_at, start=since, calendar=calendar, pauses=[deadlines.Pause(since, at)])


def stood_still(order: str, *, at: datetime) -> Exists:
    """Return the condition that a clock stood still at `at`; `order` names the column with the order's id."""
    stopped = Pause.objects.filter(Q(until=None) | Q(until__gt=at), rectification=OuterRef(order), since__lte=at)
    return Exists(stopped)


def last_reply(order: Rectification) -> int | None:
    """Return the id of the latest answer."""
    return order.replies.order_by("-pk").values_list("pk", flat=True).first()


def live_link(order: Rectification, *, at: datetime) -> UnitLink | None:
    """Return the link to the order that is good now, taken or not."""
    good = order.links.defer("token_hash", "session_hash").filter(revoked_at=None, expires_at__gt=at)
    return good.select_related("made_by").first()


def revisits(order: Rectification) -> QuerySet[Visit]:
    """
    Return the visits that can have seen it put right (回头看): at the site, ended, begun after the latest answer.

    Nobody looks again at what they reported found or mended: visits begun by the finder are left out, and so is what a
    former ledger tells, for nobody of this house went.
    """
    last: Reply | None = order.replies.order_by("-pk").first()
    if last is None:
        return Visit.objects.none()
    found = Visit.objects.filter(
        site__in=territory.site_family(order.finding.site), state=VisitState.CLOSED, outcome=Outcome.DONE,
        begun_at__gt=last.at, inspection__team__imported=False,
    )  # fmt: skip
    return found.exclude(begun_by=order.finding.noted_by).select_related("inspection__team", "begun_by").order_by("-pk")


def progress_file(pk: int, *, to: Standing) -> ProgressFile:
    """Return a file that came with a report, of an order one may see, unless it is marked. Raises NotFound."""
    area = to.area(Permission.ORDER_VERIFY, "progress__rectification__finding__division")
    area |= to.area(Permission.ORDER_SEE, "progress__rectification__finding__division")
    own = Q(progress__rectification__body__in=to.bodies(Permission.ORDER_ANSWER))
    host = Q(progress__rectification__body__in=to.hosts(Permission.ORDER_SEE))
    visit = "progress__rectification__finding__visit"
    related = ("evidence", f"{visit}__site", f"{visit}__inspection__team")
    found = ProgressFile.objects.filter(area | own | host, pk=pk).select_related(*related).first()
    if found is None:
        raise NotFound
    custody.require(found.evidence, found.progress.rectification.finding.visit, to=to)
    return found


def samplings(*, to: Standing) -> QuerySet[Sampling]:
    """Return the samples drawn within one's area, latest first."""
    area = to.area(Permission.ORDER_VERIFY, "office__division__code")
    return Sampling.objects.filter(area).select_related("office", "made_by").order_by("-pk")


def sampling(pk: int, *, to: Standing) -> Sampling:
    """Return a sample one may see. Raises NotFound."""
    found = samplings(to=to).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def chosen(pks: Sequence[int], *, size: int, seed: str) -> set[int]:
    """
    Return which orders a seed chooses: the `size` whose SHA-256 of "seed:id" is smallest.

    Every choice is equally likely for a seed nobody knew before, and anybody can choose the same again.
    """
    return set(sorted(pks, key=lambda pk: hashlib.sha256(f"{seed}:{pk}".encode()).digest())[:size])
