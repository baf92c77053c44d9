"""What happens to a paper on its sheet: links printed on it, signatures on it, a receipt or reply that came back by hand."""

from collections.abc import Callable
from datetime import datetime
from typing import ClassVar

from django.db import transaction
from django.utils.translation import gettext_noop

from mingcha.flow.rectifications import papering
from mingcha.flow.rectifications import queries as rectifications
from mingcha.flow.rectifications.actions import linking
from mingcha.flow.rectifications.models import Paper, PaperSignature
from mingcha.flow.rectifications.queries import papers as queries
from mingcha.flow.rectifications.queries import wording
from mingcha.flow.rectifications.states import RUNNING, PaperState, Party, State
from mingcha.ground.accounts.models import Person
from mingcha.ground.evidence import actions as evidence
from mingcha.kernel.briefing import Code
from mingcha.kernel.refusals import Refusal


class SignerMissing(Refusal):
    message: ClassVar[str] = "请写明签字人的姓名和职务。"
    status: ClassVar[int] = 422


class AlreadySigned(Refusal):
    message: ClassVar[str] = "%(party)s的签字已经登记过，不能改；登记错的，撤销这份文书后重新印发。"


@transaction.atomic
def sign(
    paper: Paper, *, party: str, signed_as: str, scan: tuple[str, bytes] | None = None, by: Person, at: datetime
) -> PaperSignature:
    """
    Put on record that one of the three hands has signed the paper, with a photo or scan (file name, bytes) if there is one.

    Raises NotFound, SignerMissing, AlreadySigned, PaperMoved, and what `evidence.keep` raises.
    """
    papering.require_issuer(paper, by=by, at=at)
    if not signed_as.strip():
        raise SignerMissing
    held = Paper.objects.select_for_update().get(pk=paper.pk)
    if held.state == PaperState.WITHDRAWN:
        raise papering.PaperMoved(state=PaperState.WITHDRAWN.label)
    if PaperSignature.objects.filter(paper=held, party=party).exists():
        raise AlreadySigned(party=Party(party).label)
    kept = evidence.keep(scan[1], name=scan[0], place=paper.issuer.name, by=by, at=at) if scan else None
    signed = PaperSignature.objects.create(
        paper=held, party=Party(party), signed_as=signed_as.strip()[:60], evidence=kept, at=at, by=by
    )
    papering.record("paper.sign", paper, by=by, at=at, detail={"party": party})
    return signed


@transaction.atomic
def register(paper: Paper, *, text: str = "", by: Person, at: datetime) -> None:
    """
    Put on record, as its issuer, a receipt that came back on paper, or with `text` the reply; the unit is told.

    For units that have neither account nor link. Raises NotFound, PaperMoved.
    """
    papering.require_issuer(paper, by=by, at=at)
    received = papering.moved(paper, "receive", received_at=at, received_by=by)
    if received:
        papering.record("paper.register_receipt", paper, by=by, at=at)
    replied = bool(text.strip()) and papering.moved(paper, "reply", reply=text.strip(), replied_at=at, replied_by=by)
    if replied:
        papering.record("paper.register_reply", paper, by=by, at=at)
    if not (received or replied) or (text.strip() and not replied):
        raise papering.PaperMoved(state=PaperState(paper.state).label)
    papering.tell(paper, queries.told(paper, at=at), gettext_noop("发文单位登记了纸质回执或回复"), at=at)


@transaction.atomic
def print_links(paper: Paper, *, address: Callable[[str], str], by: Person, at: datetime) -> bytes:
    """
    Return the document with a new one-time link to each order that still runs, as QR codes; earlier links end.

    `address` makes a link's address of its token. The codes stand in these bytes alone: only hashes are kept. Raises
    NotFound, PaperMoved, LinkNotNeeded where no order runs any more.
    """
    papering.require_issuer(paper, by=by, at=at)
    if paper.state == PaperState.WITHDRAWN:
        raise papering.PaperMoved(state=PaperState.WITHDRAWN.label)
    running = [order for order in queries.orders(paper) if order.state in (*RUNNING, State.ANSWERED, State.CANNOT)]
    if not running:
        raise linking.LinkNotNeeded(state=State.CLOSED.label)
    codes = []
    for order in running:
        token = linking.make_link(order, by=by, at=at)
        link = rectifications.live_link(order, at=at)
        assert link is not None
        until, about = wording.moment(link.expires_at), f"问题{order.finding.number}"
        codes.append(Code(link=address(token), until=until, about=about))
    papering.record("paper.print_links", paper, by=by, at=at, detail={"links": len(codes)})
    return queries.document(paper, codes)
