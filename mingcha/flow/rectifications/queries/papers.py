"""Reading numbered papers: an office's own, those of lower offices, those a unit got, those copied to one's body."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from mingcha.flow.rectifications import queries
from mingcha.flow.rectifications.models import Paper, PaperCopy, PaperOrder, PaperSignature, Rectification, Step
from mingcha.flow.rectifications.queries import wording
from mingcha.flow.rectifications.states import ISSUED, OPEN, PaperKind, PaperState, Rung
from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts.permissions import Permission
from mingcha.ground.accounts.queries import NotFound, Standing
from mingcha.ground.rulebook import terms
from mingcha.ground.territory import queries as territory
from mingcha.ground.territory.models import SUPERVISING, Body, BodyKind
from mingcha.kernel import briefing

RELATED = (
    "issuer__division",
    "to__division",
    "issued_by",
    "received_by",
    "received_through",
    "replied_by",
    "withdrawn_by",
)
# Whoever took a link is named on a page; what opens it is not even fetched.
SECRETS = ("received_through__token_hash", "received_through__session_hash")
OWED = (PaperState.ISSUED, PaperState.RECEIVED)  # the unit has not replied
# Which step of the ladder a kind of paper puts in writing.
RUNGS = {PaperKind.PRESS: Rung.PRESS, PaperKind.REMINDER: Rung.LETTER, PaperKind.INTERVIEW: Rung.INTERVIEW}


def papers(*, to: Standing) -> QuerySet[Paper]:
    """Return the papers one may see, the latest first: issued in one's area or by one's office, sent or copied to one's body."""
    office = Q(issuer__in=to.serves(Permission.ORDER_VERIFY)) | to.area(
        Permission.ORDER_VERIFY, "issuer__division__code"
    )
    own = Q(to__in=to.bodies(Permission.ORDER_ANSWER))
    copied = Q(pk__in=PaperCopy.objects.filter(body__in=to.serves(Permission.ORDER_SEE)).values("paper"))
    return (
        Paper.objects.filter(office | own | copied)
        .select_related(*RELATED)
        .defer(*SECRETS)
        .order_by("-issued_at", "-pk")
    )


def paper(pk: int, *, to: Standing) -> Paper:
    """Return a paper one may see. Raises NotFound."""
    found = papers(to=to).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def in_tab(tab: str, *, to: Standing, at: datetime) -> QuerySet[Paper]:
    """Return the papers that came to one's body, that one's office issued, that wait for their unit, or of lower offices."""
    issued = Q(issuer__in=to.serves(Permission.ORDER_VERIFY))
    came = Q(to__in=to.bodies(Permission.ORDER_ANSWER))
    came |= Q(pk__in=PaperCopy.objects.filter(body__in=to.serves(Permission.ORDER_SEE)).values("paper"))
    narrowed = {
        "received": came, "issued": issued, "waiting": issued & Q(state__in=OWED), "late": issued & late(at),
        "lower": ~issued & ~came,
    }  # fmt: skip
    found = papers(to=to).filter(narrowed[tab])
    return found.annotate(items=Count("orders", distinct=True))


def late(at: datetime) -> Q:
    """Return the filter over papers: a reply is owed past its time. Computed, never stored."""
    return Q(state__in=OWED, reply_by__lt=at)


def is_late(paper: Paper, *, at: datetime) -> bool:
    return paper.state in OWED and paper.reply_by is not None and paper.reply_by < at


def issued_by(paper: Paper, *, to: Standing) -> bool:
    """Return whether one speaks for the office that issued it."""
    return paper.issuer_id in to.serves(Permission.ORDER_VERIFY)


def addressed_to(paper: Paper, *, to: Standing) -> bool:
    """Return whether one answers for the unit it went to."""
    return paper.to_id in to.bodies(Permission.ORDER_ANSWER)


def orders(paper: Paper) -> list[Rectification]:
    """Return the orders a paper is about, as they stand now."""
    found = Rectification.objects.filter(pk__in=paper.orders.values("rectification"))
    return list(found.select_related(*queries.RELATED).order_by("due_at", "pk"))


def of_order(order: Rectification, *, to: Standing) -> list[tuple[Paper, str]]:
    """Return (paper, its number) of the papers about an order that one may see, the latest first."""
    found = papers(to=to).filter(pk__in=PaperOrder.objects.filter(rectification=order).values("paper"))
    return [(paper, wording.number(paper)) for paper in found]


def copies(paper: Paper) -> QuerySet[PaperCopy]:
    return paper.copies.select_related("body__division", "received_by").order_by("body__division", "body")


def own_copy(paper: Paper, *, to: Standing) -> PaperCopy | None:
    """Return one's own body's copy, where there is one."""
    mine = paper.copies.filter(body__in=to.serves(Permission.ORDER_SEE))
    return mine.select_related("body", "received_by").order_by("pk").first()


def signatures(paper: Paper) -> dict[str, PaperSignature]:
    """Return party → who signed, of those on record."""
    return {row.party: row for row in paper.signatures.select_related("by", "evidence")}


def signature(pk: int, *, to: Standing) -> PaperSignature:
    """Return a signature on a paper one may see. Raises NotFound."""
    found = PaperSignature.objects.filter(pk=pk, paper__in=papers(to=to).order_by().values("pk"))
    row = found.select_related("evidence", "paper__issuer").first()
    if row is None:
        raise NotFound
    return row


def issuers(*, to: Standing) -> list[Body]:
    """Return the offices in whose name one may issue a paper."""
    codes = to.serves(Permission.ORDER_VERIFY)
    return list(Body.objects.filter(pk__in=codes, merged_into=None).order_by("code"))


def addressable(*, to: Standing) -> QuerySet[Rectification]:
    """Return the orders within one's area that a paper may be about: gone out, and not void."""
    area = to.area(Permission.ORDER_VERIFY, "finding__division")
    return queries.orders(to=to).filter(area, state__in=ISSUED)


def units(*, to: Standing, at: datetime) -> list[tuple[Body, int, int]]:
    """Return (unit, open orders, overdue ones) of the units within one's area that owe something, the latest first."""
    found = addressable(to=to).filter(state__in=OPEN).order_by()
    rows = found.values("body").annotate(n=Count("pk"), late=Count("pk", filter=Q(due_at__lt=at)))
    sums: dict[str, list[int]] = {}
    known = Body.objects.select_related("merged_into").in_bulk([row["body"] for row in rows])
    for row in rows:
        body = known[row["body"]]
        counted = sums.setdefault(body.merged_into_id or body.pk, [0, 0])
        counted[0] += row["n"]
        counted[1] += row["late"]
    bodies = Body.objects.select_related("division").in_bulk(list(sums))
    listed = [(bodies[code], n, overdue) for code, (n, overdue) in sums.items()]
    return sorted(listed, key=lambda row: (-row[2], -row[1], row[0].pinyin, row[0].pk))


def orders_of(unit: str, *, to: Standing) -> QuerySet[Rectification]:
    """Return the orders of a unit a paper may be about, its merged duplicates' included; open ones first."""
    return addressable(to=to).filter(body__in=territory.family([unit])).order_by("closed_at", "due_at", "pk")


def copyable(unit: Body, issuer: Body, *, to: Standing) -> QuerySet[Body]:
    """
    Return the supervising bodies a copy may go to: within one's area, the office above, who sits in the unit.

    The list begins with those that follow the unit; the unit and the issuer are not among them.
    """
    reach = to.area(Permission.ORDER_VERIFY, "division__code") | Q(pk=issuer.parent_id) | Q(host__in=unit_line(unit))
    found = Body.objects.filter(reach, kind__in=SUPERVISING, merged_into=None).exclude(pk__in=[issuer.pk, unit.pk])
    return found.select_related("division").order_by("division", "code")


def followers(unit: Body, orders: Sequence[Rectification], issuer: Body) -> list[str]:
    """Return the codes of who follows a unit and these orders: the group that sits in it, the offices that found them, its township's."""
    place = unit.division_id
    near = Q(host__in=unit_line(unit)) | Q(pk__in={order.finding.office_id for order in orders})
    near |= Q(kind=BodyKind.TOWNSHIP_OFFICE, division__in=[place[:digits] for digits in (9, 12)])
    found = Body.objects.filter(near, kind__in=SUPERVISING, merged_into=None).exclude(pk=issuer.pk)
    return list(found.order_by("code").values_list("pk", flat=True))


def unit_line(unit: Body) -> list[str]:
    """Return a unit's code and those above it in its own line."""
    return territory.upward(unit.pk)


def last_prefix(issuer: Body) -> str:
    """Return the word the office's latest paper bore before its kind, such as 定纪."""
    last = Paper.objects.filter(issuer=issuer).order_by("-pk").values_list("content", flat=True).first()
    return str(last["prefix"]) if last else ""


def basis(kind: str, issuer: Body) -> str:
    """Return the legal basis registered for a kind of paper by the office or one above it; "" where there is none."""
    return terms.basis(kind, offices=territory.upward(issuer.pk))


def unwritten(*, to: Standing) -> QuerySet[Step]:
    """Return the steps of the ladder within one's area that call for a paper nobody has issued yet, the oldest first."""
    area = to.area(Permission.ORDER_VERIFY, "rectification__finding__division")
    written = PaperOrder.objects.filter(
        rectification=OuterRef("rectification"), paper__issued_at__gte=OuterRef("taken_at"),
        paper__kind__in=[kind.value for kind in RUNGS],
    ).exclude(paper__state=PaperState.WITHDRAWN)  # fmt: skip
    found = Step.objects.filter(area, act__in=list(RUNGS.values()), paper=None, rectification__state__in=OPEN)
    return (
        found.exclude(Exists(written))
        .select_related("rectification__body", "rectification__finding__site")
        .order_by("taken_at", "pk")
    )


def outstanding(*, to: Standing, at: datetime) -> dict[str, int]:
    """Return how many papers wait for one: {"unreceived", "unanswered", "late"} of one's unit, "copies", and the office's "overdue", "unwritten"."""
    mine = Paper.objects.filter(to__in=to.bodies(Permission.ORDER_ANSWER))
    copied = PaperCopy.objects.filter(body__in=to.serves(Permission.ORDER_SEE), received_at=None)
    issued = Paper.objects.filter(issuer__in=to.serves(Permission.ORDER_VERIFY))
    return {
        "unreceived": mine.filter(state=PaperState.ISSUED).count(),
        "unanswered": mine.filter(state__in=OWED, reply_by__isnull=False).count(),
        "late": mine.filter(late(at)).count(),
        "copies": copied.exclude(paper__state=PaperState.WITHDRAWN).count(),
        "overdue": issued.filter(late(at)).count(),
        "unwritten": unwritten(to=to).count(),
    }


def told(paper: Paper, *, at: datetime) -> list[accounts.Person]:
    """Return who is told of a paper on its unit's side."""
    return list(accounts.serving(paper.to_id, at=at, role="unit"))


def document(paper: Paper, codes: Sequence[briefing.Code] = ()) -> bytes:
    """Return the Word document of a paper from what was stored: the same bytes whenever it is asked for without codes."""
    return briefing.compose_paper(wording.paper(paper, codes))


def is_as_issued(paper: Paper, content: bytes) -> bool:
    """Return whether these bytes are the ones issued; a later release may set the same words differently."""
    return hashlib.sha256(content).hexdigest() == paper.sha256
