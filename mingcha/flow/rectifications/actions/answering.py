"""The unit's side of an order: signing for it, planning, reporting how far it has come, answering with proof."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import ClassVar

from django.db import transaction
from django.utils.translation import gettext_noop

from mingcha.flow.rectifications import moving, queries
from mingcha.flow.rectifications.models import (
    Measure,
    Progress,
    ProgressFile,
    Proof,
    Rectification,
    Reply,
    UnitLink,
)
from mingcha.flow.rectifications.states import ISSUED, RUNNING, Moment, State
from mingcha.ground.accounts.models import Person
from mingcha.ground.evidence import actions as evidence
from mingcha.ground.rulebook import terms
from mingcha.kernel.refusals import Refusal

MOST_MEASURES = 30


class MeasuresMissing(Refusal):
    message: ClassVar[str] = "请写明采取了什么措施、结果如何。"
    status: ClassVar[int] = 422


class ProofMissing(Refusal):
    message: ClassVar[str] = "请至少上传一份佐证（照片或 PDF），让核验的人看得到整改结果。"
    status: ClassVar[int] = 422


class BeforeMissing(Refusal):
    message: ClassVar[str] = "这一件要有整改前的照片：请补上，或先在进展里上传。"
    status: ClassVar[int] = 422


class AfterMissing(Refusal):
    message: ClassVar[str] = "这一件要有整改后的照片，请补上。"
    status: ClassVar[int] = 422


class DocumentMissing(Refusal):
    message: ClassVar[str] = "这一件要有书面材料（PDF），请补上。"
    status: ClassVar[int] = 422


class PlanMissing(Refusal):
    message: ClassVar[str] = "请写明至少一项措施和计划完成的日期，日期不能早于今天。"
    status: ClassVar[int] = 422


class TooManyMeasures(Refusal):
    message: ClassVar[str] = "一件整改最多列 30 项措施，请合并后再提交。"
    status: ClassVar[int] = 422


class ProgressEmpty(Refusal):
    message: ClassVar[str] = "请写一句进展，说明做到了哪一步。"
    status: ClassVar[int] = 422


class NotRunning(Refusal):
    message: ClassVar[str] = "这一件现在是“%(state)s”，不用再报计划和进展。您填的内容没有丢。"


@transaction.atomic
def receive(order: Rectification, *, by: Person | UnitLink, at: datetime) -> None:
    """Sign for an order (签收) that has gone out; the first signature stands."""
    moving.require_own(order, by=by, at=at)
    signed = {"received_as": by.signed_as} if isinstance(by, UnitLink) else {"received_by": by}
    issued = Rectification.objects.filter(pk=order.pk, state__in=ISSUED, received_at=None)
    if issued.update(received_at=at, **signed):
        moving.record("rectification.receive", order, by=by, at=at)


@transaction.atomic
def plan(
    order: Rectification, *, measures: Iterable[tuple[str, date]], today: date, by: Person | UnitLink, at: datetime
) -> None:
    """
    Say what will be done by which day: (text, day) pairs, added to those said before. Signs for the order, too.

    `today`: the office's day at `at`. Raises PlanMissing, TooManyMeasures, NotRunning.
    """
    moving.require_own(order, by=by, at=at)
    _require_running(order)
    rows = [(text.strip()[:200], day) for text, day in measures if text.strip()]
    if not rows or any(day < today for _, day in rows):
        raise PlanMissing
    if order.measures.count() + len(rows) > MOST_MEASURES:
        raise TooManyMeasures
    receive(order, by=by, at=at)
    Measure.objects.bulk_create(
        Measure(rectification=order, text=text, due_on=day, at=at, **moving.said_by(by)) for text, day in rows
    )
    moving.record("rectification.plan", order, by=by, at=at, detail={"measures": len(rows)})


@transaction.atomic
def finish_measure(measure: Measure, *, by: Person | UnitLink, at: datetime) -> None:
    """Say that a measure of the plan is done; the first time stands. Raises NotRunning."""
    order = queries.of(measure.rectification_id)
    moving.require_own(order, by=by, at=at)
    _require_running(order)
    if Measure.objects.filter(pk=measure.pk, done_at=None).update(done_at=at):
        moving.record("rectification.finish_measure", order, by=by, at=at, detail={"measure": measure.pk})


@transaction.atomic
def report_progress(
    order: Rectification,
    *,
    text: str,
    files: Iterable[tuple[str, bytes, str]] = (),
    by: Person | UnitLink,
    at: datetime,
) -> Progress:
    """
    Say how far it has come: (file name, bytes, before | after) triples. It is no answer; the deadline runs on.

    Raises ProgressEmpty, NotRunning, and NotEvidence, FileTooLarge of evidence: then nothing is kept.
    """
    moving.require_own(order, by=by, at=at)
    _require_running(order)
    if not text.strip():
        raise ProgressEmpty
    receive(order, by=by, at=at)
    said = Progress.objects.create(rectification=order, text=text.strip(), at=at, **moving.said_by(by))
    for name, content, moment in files:
        kept = evidence.keep(content, name=name, place=order.body.name, by=by, at=at)
        ProgressFile.objects.create(progress=said, evidence=kept, moment=Moment(moment))
    moving.record("rectification.progress", order, by=by, at=at, detail={"files": said.files.count()})
    return said


@transaction.atomic
def answer(
    order: Rectification, *, measures: str, proofs: Iterable[tuple[str, bytes] | tuple[str, bytes, str]] = (),
    by: Person | UnitLink, at: datetime,
) -> Reply:  # fmt: skip
    """
    Answer an order with measures and proof: (file name, bytes) pairs, or triples with `before` or `after`.

    An answer also signs for the order and ends a pause, since the clock is the office's from now on; what was asked and
    not ruled on yet needs no ruling any more. Raises MeasuresMissing, ProofMissing, BeforeMissing, AfterMissing, DocumentMissing (what an answer needs is a setting of
    the office), AlreadyMoved, and NotEvidence, FileTooLarge of evidence: then nothing is kept.
    """
    moving.require_own(order, by=by, at=at)
    if not measures.strip():
        raise MeasuresMissing
    receive(order, by=by, at=at)
    moving.move(order, "answer")
    moving.run_again(order, by=by, at=at)
    reply = Reply.objects.create(rectification=order, measures=measures.strip(), at=at, **moving.said_by(by))
    for name, content, *moment in proofs:
        kept = evidence.keep(content, name=name, place=order.body.name, by=by, at=at)
        Proof.objects.create(reply=reply, evidence=kept, moment=Moment(moment[0]) if moment else Moment.AFTER)
    kept_proofs = reply.proofs.count()
    if not kept_proofs:
        raise ProofMissing
    _require_proof(order, reply)
    moving.lapse(order)
    moving.record("rectification.answer", order, by=by, at=at, detail={"proofs": kept_proofs})
    moving.tell_office(order, gettext_noop("整改已答复，待核验"), at=at)
    return reply


def _require_running(order: Rectification) -> None:
    state = Rectification.objects.values_list("state", flat=True).get(pk=order.pk)
    if state not in RUNNING:
        raise NotRunning(state=State(state).label)


def _require_proof(order: Rectification, reply: Reply) -> None:
    """Hold an answer to what the office's setting asks for; a picture from before may have come with a report."""
    needed = terms.proof_needed("answer", severity=order.finding.severity, offices=queries.offices_over(order))
    moments = set(reply.proofs.values_list("moment", flat=True))
    told = ProgressFile.objects.filter(progress__rectification=order).values_list("moment", flat=True)
    if needed.before and Moment.BEFORE not in moments | set(told):
        raise BeforeMissing
    if (
        needed.after
        and not reply.proofs.filter(moment=Moment.AFTER, evidence__media_type__startswith="image/").exists()
    ):
        raise AfterMissing
    if needed.document and not reply.proofs.filter(evidence__media_type="application/pdf").exists():
        raise DocumentMissing
