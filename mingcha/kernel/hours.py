"""When a message may go out: hours in which nobody is disturbed, and the hour at which a day's messages are collected."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo


@dataclass(frozen=True)
class Hours:
    """
    Quiet from `quiet_from` until `quiet_to`, over midnight where the first is the later; collected at `digest_at`.

    Both ends of the quiet hours are given or neither, and they differ. Times are those of the office's clock.
    """

    quiet_from: time | None = None
    quiet_to: time | None = None
    digest_at: time | None = None

    def quiet(self, clock: time) -> bool:
        """Whether nobody is disturbed at that time of day; the last minute of quiet is the one before `quiet_to`."""
        if self.quiet_from is None or self.quiet_to is None:
            return False
        if self.quiet_from < self.quiet_to:
            return self.quiet_from <= clock < self.quiet_to
        return clock >= self.quiet_from or clock < self.quiet_to


def release(at: datetime, *, hours: Hours, zone: tzinfo, urgent: bool = False) -> datetime:
    """
    Return when a message that comes up at `at` (aware) goes out: never earlier, and at once where it is urgent.

    Otherwise at the next hour of collection, where there is one; and what would fall into quiet hours, at their end.
    """
    if urgent:
        return at
    when = _next(at, hours.digest_at, zone) if hours.digest_at is not None else at
    if hours.quiet_to is not None and hours.quiet(when.astimezone(zone).time()):
        return _next(when, hours.quiet_to, zone)
    return when


def _next(at: datetime, clock: time, zone: tzinfo) -> datetime:
    """Return the first moment from `at` on at which the office's clock shows that time."""
    here = at.astimezone(zone)
    today = datetime.combine(here.date(), clock, tzinfo=zone)
    return today if today >= here else datetime.combine(here.date() + timedelta(days=1), clock, tzinfo=zone)
