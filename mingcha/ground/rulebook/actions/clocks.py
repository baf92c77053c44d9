"""Every change to the clock's rules. Nothing is overwritten: a new row follows the old one, and the latest holds."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime, time
from itertools import pairwise
from typing import ClassVar

from django.db import IntegrityError, transaction

from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts.models import Person
from mingcha.ground.accounts.permissions import Permission
from mingcha.ground.audit import actions as audit
from mingcha.ground.rulebook import terms
from mingcha.ground.rulebook.models import (
    BasisText,
    CalendarDay,
    CalendarYear,
    Item,
    Ladder,
    LadderRung,
    ProofRule,
    Stage,
    TermRule,
)
from mingcha.ground.territory.models import Body
from mingcha.kernel import deadlines
from mingcha.kernel.deadlines import Calendar, Rung, Term
from mingcha.kernel.refusals import Refusal

ACTS = ("remind", "press", "letter", "interview", "take_over")
ADDRESSEES = ("unit", "office", "both")
LONGEST_LADDER = 12
# A week without a holiday, to see whether a ladder climbs. What it cannot see, deadlines.steps holds up.
SAMPLE = Calendar(accounts.OFFICE_TIME, time(18), frozenset({2021, 2022}))
SAMPLE_DUE = datetime(2021, 8, 11, 18, tzinfo=accounts.OFFICE_TIME)


class YearKnown(Refusal):
    message: ClassVar[str] = "%(year)s年的放假安排已经有了。个别日子不对的，请用“改一天”。"


class DaysOutside(Refusal):
    message: ClassVar[str] = "%(day)s不属于%(year)s年的放假安排（当年全年和上年12月下旬），请核对日期。"
    status: ClassVar[int] = 422


class TooFewDays(Refusal):
    message: ClassVar[str] = "这里只有%(rest)s个工作日改为休息，一年的安排不会这么少。请把通知里的放假和调休都填上。"
    status: ClassVar[int] = 422


class SourceMissing(Refusal):
    message: ClassVar[str] = "请填写出处或说明，例如国务院办公厅通知的名称和文号。"
    status: ClassVar[int] = 422


class LadderDescends(Refusal):
    message: ClassVar[str] = "第%(position)s级比前一级还早，请把各级按时间先后排好。"
    status: ClassVar[int] = 422


class LadderUnfit(Refusal):
    message: ClassVar[str] = "阶梯要有1至12级，移交线索处置只能放在最后一级。请改好再保存。"
    status: ClassVar[int] = 422


class NoTime(Refusal):
    message: ClassVar[str] = "期限要大于零。请填写小时数、天数或工作日数。"
    status: ClassVar[int] = 422


FEWEST_RESTS = 5  # every notice since 2008 turns more working days than this into rest


@transaction.atomic
def register_year(
    year: int, *, days: Mapping[date, tuple[bool, str]], source: str, by: Person, at: datetime
) -> CalendarYear:
    """
    Put the holidays of a year on record as announced (国务院办公厅部分节假日安排的通知).

    `days`: day → (works, what for), every day that differs from the week; the last days of the December before may be
    among them. What was counted tentatively before is to be counted again. Raises NotAllowed, YearKnown, DaysOutside,
    TooFewDays, SourceMissing.
    """
    accounts.require(by, Permission.MECHANISM_KEEP, at=at)
    if not source.strip():
        raise SourceMissing
    if year in terms.calendar().announced:
        raise YearKnown(year=year)
    for day in days:
        if not date(year - 1, 12, 20) <= day <= date(year, 12, 31):
            raise DaysOutside(year=year, day=day.isoformat())
    rests = sum(not works and day.weekday() < deadlines.WEEKEND for day, (works, _) in days.items())
    if rests < FEWEST_RESTS:
        raise TooFewDays(rest=rests)
    try:
        with transaction.atomic():
            made = CalendarYear.objects.create(year=year, source=source.strip(), registered_at=at, registered_by=by)
    except IntegrityError as error:  # another office has just done so
        raise YearKnown(year=year) from error
    CalendarDay.objects.bulk_create(
        CalendarDay(day=day, works=works, note=note or source.strip(), set_at=at, set_by=by)
        for day, (works, note) in sorted(days.items())
    )
    audit.record(
        "rulebook.register_year", kind="calendar", key=year, by=by, at=at,
        detail={"source": source.strip(), "days": [[day.isoformat(), days[day][0]] for day in sorted(days)]},
    )  # fmt: skip
    return made


@transaction.atomic
def set_day(day: date, *, works: bool | None, note: str, by: Person, at: datetime) -> CalendarDay:
    """
    Say of one day that it is worked or not, over what was announced; None takes that back.

    Raises NotAllowed, SourceMissing.
    """
    accounts.require(by, Permission.MECHANISM_KEEP, at=at)
    if not note.strip():
        raise SourceMissing
    made = CalendarDay.objects.create(day=day, works=works, note=note.strip(), set_at=at, set_by=by)
    audit.record(
        "rulebook.set_day", kind="calendar", key=day.isoformat(), by=by, at=at,
        detail={"works": "announced" if works is None else works, "source": note.strip()},
    )  # fmt: skip
    return made


@transaction.atomic
def set_term(
    office: Body, *, stage: Stage, emergency: bool, term: Term | None, severity: str = "", item: Item | None = None,
    source: str = "", by: Person, at: datetime,
) -> TermRule:  # fmt: skip
    """
    Set how long a stage may take for an office and those below it; None takes its rule back.

    Raises NotAllowed, NotFound, NoTime.
    """
    _require(by, office, at=at)
    if term is not None and term.amount == 0 and term.unit is not deadlines.Unit.BY_TIME:
        raise NoTime
    made = TermRule.objects.create(
        body=office, stage=stage, emergency=emergency, severity=severity, item=item, **_columns(term),
        source=source.strip(), set_at=at, set_by=by,
    )  # fmt: skip
    _record(
        "rulebook.set_term", office, by=by, at=at,
        detail={"stage": stage, "emergency": emergency, "severity": severity, "item": item.pk if item else "",
                "term": [_told(term)] if term else [], "source": source.strip()},
    )  # fmt: skip
    return made


@transaction.atomic
def set_ladder(
    office: Body, *, emergency: bool, rungs: Sequence[Rung], source: str = "", by: Person, at: datetime
) -> Ladder:
    """
    Set an office's ladder, for it and those below it; their positions are given anew. No rungs: as before it.

    Raises NotAllowed, NotFound, LadderUnfit, LadderDescends.
    """
    _require(by, office, at=at)
    _check_ladder(rungs)
    made = Ladder.objects.create(body=office, emergency=emergency, source=source.strip(), set_at=at, set_by=by)
    LadderRung.objects.bulk_create(
        LadderRung(
            ladder=made, position=n, act=rung.act, before=rung.before, auto=rung.auto, paper=rung.paper, to=rung.to,
            **_columns(rung.term),
        )
        for n, rung in enumerate(rungs, start=1)
    )  # fmt: skip
    _record(
        "rulebook.set_ladder", office, by=by, at=at,
        detail={"emergency": emergency, "source": source.strip(),
                "rungs": [[rung.act, *(["before"] if rung.before else []), *_told(rung.term)] for rung in rungs]},
    )  # fmt: skip
    return made


def _check_ladder(rungs: Sequence[Rung]) -> None:
    acts = [rung.act for rung in rungs]
    strange = any(rung.act not in ACTS or rung.to not in ADDRESSEES for rung in rungs)
    if strange or len(rungs) > LONGEST_LADDER or "take_over" in acts[:-1]:
        raise LadderUnfit
    reached = [deadlines.rung_at(SAMPLE_DUE, rung, calendar=SAMPLE) for rung in rungs]
    for position, (one, following) in enumerate(pairwise(reached), start=2):
        if following < one:
            raise LadderDescends(position=position)


@transaction.atomic
def set_proof(
    office: Body, *, act: str, need: terms.ProofNeed | None, severity: str = "", by: Person, at: datetime
) -> ProofRule:
    """
    Set what must be there before a step ("answer", "close"), for an office and those below it; None takes it back.

    Raises NotAllowed, NotFound.
    """
    _require(by, office, at=at)
    needed = asdict(need) if need else {}
    made = ProofRule.objects.create(
        body=office, act=act, severity=severity, withdrawn=need is None, set_at=at, set_by=by, **needed
    )
    _record(
        "rulebook.set_proof", office, by=by, at=at,
        detail={"act": act, "severity": severity, "needed": sorted(name for name, asked in needed.items() if asked),
                "withdrawn": need is None},
    )  # fmt: skip
    return made


@transaction.atomic
def set_basis(office: Body, *, kind: str, text: str, source: str, partial: bool, by: Person, at: datetime) -> BasisText:
    """
    Put the legal basis of a kind of paper on record, word for word; an empty text takes it back.

    `partial`: it is an extract. Papers issued before keep the words they were issued with. Raises NotAllowed, NotFound,
    SourceMissing.
    """
    _require(by, office, at=at)
    if text.strip() and not source.strip():
        raise SourceMissing
    made = BasisText.objects.create(
        body=office, kind=kind, text=text.strip(), source=source.strip(), partial=partial, set_at=at, set_by=by
    )
    _record(
        "rulebook.set_basis", office, by=by, at=at,
        detail={"paper": kind, "basis": text.strip(), "source": source.strip(), "partial": partial},
    )  # fmt: skip
    return made


def _require(by: Person, office: Body, *, at: datetime) -> None:
    accounts.require(by, Permission.RULEBOOK_KEEP, at=at, division=office.division_id)


def _record(verb: str, office: Body, *, by: Person, at: datetime, detail: dict[str, object]) -> None:
    told = {name: value for name, value in detail.items() if value != ""}
    audit.record(verb, kind="clock", key=office.pk, by=by, at=at, division=office.division_id, detail=told)


def _columns(term: Term | None) -> dict[str, object]:
    if term is None:
        return {"amount": None, "unit": "", "by_time": None}
    return {"amount": term.amount, "unit": term.unit.value, "by_time": term.at}


def _told(term: Term) -> list[object]:
    return [term.amount, term.unit.value, *([f"{term.at:%H:%M}"] if term.at else [])]
