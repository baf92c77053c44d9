"""
By when: the terms an office set for itself, else the defaults of `OfficeRule`, counted from a day.

Every term begins with a day, not an hour: a due time in the clear tells nothing of when somebody wrote.
"""

from datetime import date, datetime, time

from mingcha.ground.accounts.queries import OFFICE_TIME
from mingcha.ground.rulebook import terms
from mingcha.kernel import deadlines
from mingcha.kernel.deadlines import Term, Unit
from mingcha.tips.models import OfficeRule
from mingcha.tips.states import Due

# Working days by 《纪检监察机关处理检举控告工作规则》; an objection is explained as a result is told. The time for a proposal
# is the office's own, in days.
TERMS = {
    Due.FORWARD: ("forward_days", Unit.WORKING_DAYS),
    Due.NOTICE: ("notice_days", Unit.WORKING_DAYS),
    Due.PROPOSAL: ("proposal_days", Unit.DAYS),
    Due.RESULT: ("result_days", Unit.WORKING_DAYS),
    Due.OBJECTION: ("result_days", Unit.WORKING_DAYS),
}


def rule(office: str) -> OfficeRule:
    """Return an office's rule by its code, unsaved with the defaults where it set none."""
    return OfficeRule.objects.filter(pk=office).first() or OfficeRule(office_id=office)


def due(stage: Due, *, office: str, since: date) -> datetime:
    """
    Return when a stage of TERMS that begins on a day is due, at the hour the office closes.

    A year whose holidays nobody has announced is counted so that the deadline cannot be too early.
    """
    name, unit = TERMS[stage]
    start, term = datetime.combine(since, time(), OFFICE_TIME), Term(getattr(rule(office), name), unit)
    calendar = terms.calendar()
    try:
        return deadlines.due(start, term, calendar=calendar)
    except deadlines.YearNotAnnounced:
        return deadlines.due(start, term, calendar=calendar.tentative())


def closing(day: date) -> datetime:
    """Return when a day that somebody set ends, as an office's day does."""
    return datetime.combine(day, terms.calendar().closes, OFFICE_TIME)


def day_of(at: datetime) -> date:
    """Return the office's day of a moment."""
    return at.astimezone(OFFICE_TIME).date()


def objections_end(closed_on: date, *, office: str) -> date:
    """Return the last day on which a citizen may object to what an office closed on a day."""
    return date.fromordinal(closed_on.toordinal() + rule(office).objection_days)
