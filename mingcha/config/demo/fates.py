"""What becomes of a finding: the steps that follow it, by whose hand and when."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from mingcha.config.demo import talk
from mingcha.config.demo.agenda import OFFICE_TIME
from mingcha.config.demo.counties import MINXIAN
from mingcha.config.demo.stage import Stage, made_up
from mingcha.flow.findings.models import Finding
from mingcha.flow.rectifications import actions as rectifications
from mingcha.flow.rectifications.models import Rectification

# Days after the finding, or a day of the calendar.
Day = int | date
WAITING_UNTIL = date(2021, 10, 29)
TODAY, YESTERDAY, DAY_BEFORE = date(2021, 10, 27), date(2021, 10, 26), date(2021, 10, 25)


@dataclass(frozen=True)
class Fate:
    """`due`: the day whose 18:00 is the deadline, None for 立行立改. `steps`: act, day, hour, in order."""

    due: Day | None
    steps: tuple[tuple[str, Day, str], ...] = ()


FATES = {
    "spot": Fate(None),
    "upheld": Fate(None, (("uphold", 1, "10:10"),)),
    "overturned": Fate(None, (("overturn", 1, "10:30"), ("receive", 1, "14:00"))),
    "closed": Fate(3, (("receive", 1, "08:40"), ("answer", 1, "15:00"), ("close", 2, "10:00"))),
    "reclosed": Fate(
        4, (("answer", 1, "14:20"), ("send_back", 1, "17:00"), ("answer", 2, "15:30"), ("close", 3, "09:20"))
    ),
    "ordered": Fate(WAITING_UNTIL, (("receive", YESTERDAY, "09:00"),)),
    "unsigned": Fate(WAITING_UNTIL),
    "answered": Fate(WAITING_UNTIL, (("receive", YESTERDAY, "09:10"), ("answer", YESTERDAY, "16:00"))),
    "returned": Fate(WAITING_UNTIL, (("answer", YESTERDAY, "11:00"), ("send_back", TODAY, "10:00"))),
    "overdue": Fate(YESTERDAY, (("receive", 1, "09:00"),)),
    "overdue_returned": Fate(YESTERDAY, (("answer", DAY_BEFORE, "15:00"), ("send_back", YESTERDAY, "10:00"))),
}


def due_at(fate: Fate, *, found: datetime) -> datetime | None:
    """Return the deadline agreed on the spot."""
    return None if fate.due is None else _on(fate.due, "18:00", found)


def put_down(stage: Stage, finding: Finding, fate: Fate) -> None:
    """Put down the steps that follow a confirmed finding; a few minutes apart, for nobody does ten things at once."""
    order = Rectification.objects.select_related("finding", "body").get(finding=finding)
    acts = _acts(stage, order)
    for act, day, clock in fate.steps:
        at = _on(day, clock, finding.noted_at) + timedelta(minutes=stage.chance.randrange(50))
        stage.agenda.put(at, acts[act])


def _on(day: Day, clock: str, found: datetime) -> datetime:
    on = day if isinstance(day, date) else found.astimezone(OFFICE_TIME).date() + timedelta(days=day)
    return datetime.combine(on, time.fromisoformat(clock), OFFICE_TIME)


def _acts(stage: Stage, order: Rectification) -> dict[str, Callable[[datetime], object]]:
    """Return the steps by name. The unit answers; the office's other hand judges, never who found it."""
    unit, judge, chance = stage.contacts[order.body_id], stage.people[MINXIAN.second], stage.chance
    waiting = datetime.combine(WAITING_UNTIL, time(18), OFFICE_TIME)

    def answer(at: datetime) -> None:
        measures, proof = made_up(chance.choice(talk.MEASURES)), stage.next_picture()
        rectifications.answer(order, measures=measures, proofs=[("整改照片（演示）.png", proof)], by=unit, at=at)

    def uphold(at: datetime) -> None:
        rectifications.sample(order, upheld=True, reason=made_up(talk.UPHELD), by=judge, at=at)

    def overturn(at: datetime) -> None:
        reason = made_up(talk.OVERTURNED)
        rectifications.sample(order, upheld=False, reason=reason, due_at=waiting, by=judge, at=at)

    return {
        "receive": lambda at: rectifications.receive(order, by=unit, at=at),
        "answer": answer,
        "send_back": lambda at: rectifications.send_back(
            order, reason=made_up(chance.choice(talk.NOT_ENOUGH)), by=judge, at=at
        ),
        "close": lambda at: rectifications.close(
            order, reason=made_up(chance.choice(talk.VERIFIED)), by=stage.people[MINXIAN.officer], at=at
        ),
        "uphold": uphold,
        "overturn": overturn,
    }
