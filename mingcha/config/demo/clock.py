"""The clock at work: plans and progress, more time asked for and ruled on, a pause, and the ladder every evening."""

from datetime import date, datetime
from functools import partial

from mingcha.config.demo.agenda import moment, same_day
from mingcha.config.demo.counties import MINXIAN
from mingcha.config.demo.people import UNIT_BODY
from mingcha.config.demo.stage import Stage, made_up
from mingcha.flow.rectifications import actions as rectifications
from mingcha.flow.rectifications.actions import ladder
from mingcha.flow.rectifications.models import Rectification
from mingcha.flow.rectifications.states import RUNNING

EVENINGS = range(22, 27)
FRIDAY = date(2021, 10, 29)


def put_down(stage: Stage) -> None:
    """Put the clock's days on the agenda: the ladder climbs each evening, and once more before the demo's hour."""
    for day in EVENINGS:
        stage.agenda.put(moment(day, "20:30"), _climb)
    stage.agenda.put(moment(27, "17:40"), _climb)
    stage.agenda.put(moment(27, "09:30"), lambda at: _plan(stage, at))
    stage.agenda.put(moment(27, "15:20"), lambda at: _ask(stage, at))
    stage.agenda.put(moment(27, "16:10"), lambda at: _rule(stage, at))


def _climb(at: datetime) -> None:
    ladder.climb(at=at)


def _waiting(*, own: bool) -> list[Rectification]:
    """Return 岷县's orders that are due on Friday and not answered: the cast's unit's, or the others'."""
    found = Rectification.objects.filter(
        finding__office=MINXIAN.office, state__in=RUNNING, due_at__date=FRIDAY, received_at__isnull=False
    )
    found = found.filter(body=UNIT_BODY) if own else found.exclude(body=UNIT_BODY)
    return list(found.select_related("finding__campaign", "finding__office", "body").order_by("pk"))


def _plan(stage: Stage, at: datetime) -> None:
    """Two units plan what they will do by when; later each has done one thing and shows a picture from before."""
    for order in [*_waiting(own=True)[:1], *_waiting(own=False)[:1]]:
        today = at.date()
        measures = [(made_up("排定值守人员，贴出值班表"), today), (made_up("补齐登记，逐日核对"), FRIDAY)]
        unit = stage.contacts[order.body_id]
        rectifications.plan(order, measures=measures, today=today, by=unit, at=at)
        stage.agenda.put(same_day(at, "11:30"), partial(_report, stage, order))


def _report(stage: Stage, order: Rectification, at: datetime) -> None:
    unit = stage.contacts[order.body_id]
    rectifications.finish_measure(order.measures.order_by("pk")[0], by=unit, at=at)
    files = [("整改前（演示）.png", stage.next_picture(), "before")]
    rectifications.report_progress(order, text=made_up("值班表已贴出，登记补到昨天。"), files=files, by=unit, at=at)


def _ask(stage: Stage, at: datetime) -> None:
    """One unit asks for more time and another objects; both wait for a ruling, a third is ruled on below."""
    own, others = _waiting(own=True), _waiting(own=False)
    for order in [*own[:1], *others[1:2]]:
        rectifications.ask(
            order, kind="extension", reason=made_up("定制的测温设备星期六才到货。"), until=moment(31, "18:00"),
            by=stage.contacts[order.body_id], at=at,
        )  # fmt: skip
    for order in others[2:3]:
        rectifications.ask(
            order, kind="objection", reason=made_up("当班登记由物业负责，请核对责任单位。"),
            by=stage.contacts[order.body_id], at=at,
        )  # fmt: skip


def _rule(stage: Stage, at: datetime) -> None:
    """The other hand grants the other unit's extension, with the last day of the month."""
    for order in _waiting(own=False)[1:2]:
        request = order.requests.get(kind="extension")
        rectifications.rule(
            request, granted=True, ruling=made_up("情况属实，准予延期，期间先用手持设备。"), until=request.until,
            by=stage.people[MINXIAN.second], at=at,
        )  # fmt: skip
