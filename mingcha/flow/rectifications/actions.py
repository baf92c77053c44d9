"""From the finding on the spot to the closed order: each step by the hand that may take it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import ClassVar

from django.db import transaction
from django.utils.translation import gettext_noop

from mingcha.flow.fieldwork.actions import outings as fieldwork
from mingcha.flow.fieldwork.models import Photo, Visit
from mingcha.flow.fieldwork.states import Mode, Outcome
from mingcha.flow.findings import actions as findings
from mingcha.flow.findings.models import Finding
from mingcha.flow.findings.states import State as FindingState
from mingcha.flow.rectifications import queries
from mingcha.flow.rectifications.models import Proof, Rectification, Reply, Review, Verdict
from mingcha.flow.rectifications.states import ACTS, ISSUED, State, Way
from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts.actions import recusals
from mingcha.ground.accounts.models import Person, Recusal
from mingcha.ground.accounts.permissions import Permission
from mingcha.ground.audit import actions as audit
from mingcha.ground.evidence import actions as evidence
from mingcha.ground.notices import actions as notices
from mingcha.ground.rulebook.models import Item
from mingcha.ground.territory.models import Body
from mingcha.kernel.refusals import Refusal


class DeadlineInThePast(Refusal):
    message: ClassVar[str] = "整改时限已经过去，请填一个将来的时间。"
    status: ClassVar[int] = 422


class DeadlineMissing(Refusal):
    message: ClassVar[str] = "限期整改要有整改时限，请填写。"
    status: ClassVar[int] = 422


class AlreadyMoved(Refusal):
    message: ClassVar[str] = "这一件刚刚已被别人办理，当前状态是“%(state)s”。您填的内容没有丢，请核对后再办。"


class VisitStillOpen(Refusal):
    message: ClassVar[str] = "检查还没有结束，问题还可能撤回，请等检查结束后再抽核。"


class AnsweredAgain(Refusal):
    message: ClassVar[str] = "这期间责任单位又作了新的答复。您填的内容没有丢，请看过新答复再办。"


class AnotherHandNeeded(Refusal):
    message: ClassVar[str] = "发现问题的人、现场确认的人和答复整改的人都不能核验或销号，请由其他人办理。"
    status: ClassVar[int] = 403


class Recused(Refusal):
    message: ClassVar[str] = "您对这一件应当回避（%(why)s），请由其他人办理。"
    status: ClassVar[int] = 403


class MeasuresMissing(Refusal):
    message: ClassVar[str] = "请写明采取了什么措施、结果如何。"
    status: ClassVar[int] = 422


class ProofMissing(Refusal):
    message: ClassVar[str] = "请至少上传一份佐证（照片或 PDF），让核验的人看得到整改结果。"
    status: ClassVar[int] = 422


class FeedbackMissing(Refusal):
    message: ClassVar[str] = "明察发现了问题，要当场反馈：请写明向对方说了什么。"
    status: ClassVar[int] = 422


class ReasonMissing(Refusal):
    message: ClassVar[str] = "请写明理由，让对方知道差在哪里。"
    status: ClassVar[int] = 422


@transaction.atomic
def note_finding(
    visit: Visit, *, item: Item, responsibility: str, body: Body, severity: str, description: str, way: str,
    due_at: datetime | None = None, requirement: str = "", photos: Sequence[Photo] = (),
    recurrence_of: Finding | None = None, by: Person, at: datetime,
) -> Finding:  # fmt: skip
    """
    Note a finding together with how it is put right.

    立行立改: the unit mended it and the finder attests it there and then. 限期整改: a deadline is agreed; the order goes
    out when the visit ends. Raises DeadlineMissing, DeadlineInThePast, and what `findings.note` raises.
    """
    on_spot = Way(way) is Way.ON_SPOT
    if not on_spot:
        _check_deadline(due_at, at=at)
    finding = findings.note(
        visit, item=item, responsibility=responsibility, body=body, severity=severity, description=description,
        photos=photos, recurrence_of=recurrence_of, by=by, at=at,
    )  # fmt: skip
    order = Rectification.objects.create(
        finding=finding, body=body, way=way, state=State.ATTESTED if on_spot else State.AGREED,
        requirement=requirement.strip(), due_at=None if on_spot else due_at,
        attested_at=at if on_spot else None, attested_by=by if on_spot else None,
    )  # fmt: skip
    _record("rectification.attest" if on_spot else "rectification.agree", order, by=by, at=at)
    return finding


@transaction.atomic
def withdraw_finding(finding: Finding, *, reason: str, by: Person, at: datetime) -> None:
    """
    Take back a finding noted on an open visit, and what was agreed about it.

    Raises what `findings.withdraw` raises, and AlreadyMoved.
    """
    findings.withdraw(finding, reason=reason, by=by, at=at)
    order = queries.of_finding(finding)
    if order is not None:
        _move(order, "void")
        _record("rectification.void", order, by=by, at=at)


@transaction.atomic
def close_visit(
    visit: Visit, *, outcome: str, reason: str = "", feedback: str = "", feedback_to: str = "", by: Person, at: datetime
) -> list[Finding]:
    """
    End a visit: its findings are confirmed and frozen, and orders with a deadline go to the units. One transaction.

    An open visit that found something feeds it back there and then. Raises FeedbackMissing, and VisitOver and
    ReasonMissing of fieldwork.
    """
    fieldwork.close_visit(
        visit, outcome=outcome, reason=reason, feedback=feedback, feedback_to=feedback_to, by=by, at=at
    )
    confirmed = list(Finding.objects.filter(visit=visit, state=FindingState.NOTED).order_by("pk"))
    if confirmed and (visit.mode, visit.outcome) == (Mode.OVERT, Outcome.DONE) and not feedback.strip():
        raise FeedbackMissing
    for finding in confirmed:
        findings.confirm(finding, by=by, at=at)
    agreed = Rectification.objects.filter(finding__in=confirmed, state=State.AGREED).select_related("finding", "body")
    for order in agreed:
        _move(order, "order", ordered_at=at)
        _record("rectification.order", order, by=by, at=at)
        _tell_unit(order, gettext_noop("收到整改交办"), at=at)
    return confirmed


@transaction.atomic
def sample(
    order: Rectification, *, upheld: bool, reason: str, due_at: datetime | None = None, by: Person, at: datetime
) -> None:
    """
    Check an attestation by another hand: upheld, or overturned into an order with a deadline.

    Raises AnotherHandNeeded, VisitStillOpen, ReasonMissing, DeadlineMissing, DeadlineInThePast, AlreadyMoved.
    """
    _require_other_hand(order, by=by, at=at)
    if order.finding.state == FindingState.NOTED:
        raise VisitStillOpen
    if upheld:
        _move(order, "uphold")
    else:
        if not reason.strip():
            raise ReasonMissing
        _check_deadline(due_at, at=at)
        _move(order, "overturn", way=Way.BY_DEADLINE, due_at=due_at, ordered_at=at)
        _tell_unit(order, gettext_noop("现场整改经抽核不实，改为限期整改"), at=at)
    _review(order, Verdict.UPHELD if upheld else Verdict.OVERTURNED, reason=reason, by=by, at=at)


@transaction.atomic
def receive(order: Rectification, *, by: Person, at: datetime) -> None:
    """Sign for an order (签收) that has gone out; the first signature stands."""
    _require_own(order, by=by, at=at)
    issued = Rectification.objects.filter(pk=order.pk, state__in=ISSUED, received_at=None)
    if issued.update(received_at=at, received_by=by):
        _record("rectification.receive", order, by=by, at=at)


@transaction.atomic
def answer(
    order: Rectification, *, measures: str, proofs: Iterable[tuple[str, bytes]] = (), by: Person, at: datetime
) -> Reply:
    """
    Answer an order with measures and proof: (file name, bytes) pairs. An answer also signs for the order.

    Raises MeasuresMissing, ProofMissing, AlreadyMoved, and NotEvidence, FileTooLarge of evidence: then nothing is kept.
    """
    _require_own(order, by=by, at=at)
    if not measures.strip():
        raise MeasuresMissing
    receive(order, by=by, at=at)
    _move(order, "answer")
    reply = Reply.objects.create(rectification=order, measures=measures.strip(), by=by, at=at)
    for name, content in proofs:
        kept = evidence.keep(content, name=name, place=order.body.name, by=by, at=at)
        Proof.objects.create(reply=reply, evidence=kept)
    kept_proofs = reply.proofs.count()
    if not kept_proofs:
        raise ProofMissing
    _record("rectification.answer", order, by=by, at=at, detail={"proofs": kept_proofs})
    _tell_office(order, gettext_noop("整改已答复，待核验"), at=at)
    return reply


@transaction.atomic
def send_back(order: Rectification, *, reason: str, reply: int | None = None, by: Person, at: datetime) -> None:
    """
    Return an answer that does not do; `reply` is the answer that was read, where a page names it.

    Raises ReasonMissing, AnotherHandNeeded, AlreadyMoved, AnsweredAgain.
    """
    _require_other_hand(order, by=by, at=at)
    if not reason.strip():
        raise ReasonMissing
    _move(order, "send_back")
    _check_read(order, reply)
    _review(order, Verdict.RETURNED, reason=reason, by=by, at=at)
    _tell_unit(order, gettext_noop("整改答复被退回"), at=at)


@transaction.atomic
def close(order: Rectification, *, reason: str = "", reply: int | None = None, by: Person, at: datetime) -> None:
    """
    Close an order after verification (销号); it never reopens. `reply` is the answer that was read.

    Raises AnotherHandNeeded, AlreadyMoved, AnsweredAgain.
    """
    _require_other_hand(order, by=by, at=at)
    _move(order, "close", closed_at=at, closed_by=by)
    _check_read(order, reply)
    _review(order, Verdict.CLOSED, reason=reason, by=by, at=at)
    _tell_unit(order, gettext_noop("整改已销号"), at=at)


@transaction.atomic
def ask_recusal(order: Rectification, *, person: Person, ground: str, reason: str, by: Person, at: datetime) -> Recusal:
    """
    Ask, as the unit of an order, that an officer stay away from it; whoever rules on that is told.

    Raises NotFound, and what `recusals.ask` raises.
    """
    _require_own(order, by=by, at=at)
    if person not in queries.askable(order, at=at):
        raise accounts.NotFound
    asked = recusals.ask(person, unit=order.body, ground=ground, reason=reason, by=by, at=at)
    assert asked.ruled_in_id is not None  # a request names its judge
    judges = [judge for judge in accounts.able(asked.ruled_in_id, Permission.RECUSAL_RULE, at=at) if judge != person]
    subject = f"{gettext_noop('单位申请回避，待裁定')}：{order.body.name}"
    notices.send(to=judges, subject=subject, link=f"/recusals/{asked.pk}/rule/", at=at)
    return asked


@transaction.atomic
def rule_recusal(recusal: Recusal, *, granted: bool, ruling: str, by: Person, at: datetime) -> None:
    """Rule on a unit's request and tell the unit; who must stay away is told, too. Raises what `recusals.rule` raises."""
    recusals.rule(recusal, granted=granted, ruling=ruling, by=by, at=at)
    told = list(accounts.serving(recusal.asked_by_id, at=at, role="unit")) if recusal.asked_by_id else []
    subject = f"{gettext_noop('回避申请已有裁定')}：{recusal.person.name}"
    notices.send(to=[*told, *([recusal.person] if granted else [])], subject=subject, link="/recusals/", at=at)


def _check_deadline(due_at: datetime | None, *, at: datetime) -> None:
    if due_at is None:
        raise DeadlineMissing
    if due_at <= at:
        raise DeadlineInThePast


def _check_read(order: Rectification, reply: int | None) -> None:
    # Returned and answered anew while the page lay open: nobody passes judgement on an answer they have not seen.
    if reply is not None and order.replies.order_by("-pk").values_list("pk", flat=True).first() != reply:
        raise AnsweredAgain


def _require_other_hand(order: Rectification, *, by: Person, at: datetime) -> None:
    """Neither who found it, nor who attested it, nor who reported it done may judge it; nor who must stay away."""
    accounts.require(by, Permission.ORDER_VERIFY, at=at, division=order.finding.division)
    if by.pk in queries.hands(order):
        raise AnotherHandNeeded
    tie = queries.tie(order, by, at=at)
    if tie is not None:
        raise Recused(why=f"{tie.label}：{tie.name}")


def _require_own(order: Rectification, *, by: Person, at: datetime) -> None:
    standing = accounts.require(by, Permission.ORDER_ANSWER, at=at)
    if order.body_id not in standing.bodies(Permission.ORDER_ANSWER):
        raise accounts.NotFound


def _move(order: Rectification, act: str, **columns: object) -> None:
    # Two people at once: the second finds no row in the state they both saw.
    start, end = ACTS[act]
    moved = Rectification.objects.filter(pk=order.pk, state__in=start).update(state=end, **columns)
    if not moved:
        now = Rectification.objects.values_list("state", flat=True).get(pk=order.pk)
        raise AlreadyMoved(state=State(now).label)
    order.refresh_from_db()


def _review(order: Rectification, verdict: Verdict, *, reason: str, by: Person, at: datetime) -> None:
    reply = order.replies.order_by("-pk").first() if verdict in (Verdict.RETURNED, Verdict.CLOSED) else None
    Review.objects.create(rectification=order, reply=reply, verdict=verdict, reason=reason.strip(), by=by, at=at)
    _record(f"rectification.{verdict}", order, by=by, at=at)


def _tell_unit(order: Rectification, subject: str, *, at: datetime) -> None:
    people = accounts.serving(order.body_id, at=at, role="unit")
    notices.send(to=people, subject=f"{subject}：{order.finding.number}", link=f"/orders/{order.pk}/", at=at)


def _tell_office(order: Rectification, subject: str, *, at: datetime) -> None:
    people = queries.judges(order, at=at)
    notices.send(to=people, subject=f"{subject}：{order.finding.number}", link=f"/orders/{order.pk}/", at=at)


def _record(
    verb: str, order: Rectification, *, by: Person, at: datetime, detail: dict[str, object] | None = None
) -> None:
    audit.record(
        verb, kind="rectification", key=order.pk, by=by, at=at, division=order.finding.division, body=order.body_id,
        detail=detail,
    )  # fmt: skip
