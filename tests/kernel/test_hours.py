"""When a message may go out: never early, never in quiet hours, never lost."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from mingcha.kernel.hours import Hours, release

ZONE = ZoneInfo("Asia/Shanghai")
MOMENTS = st.datetimes(datetime(2021, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
CLOCK = st.times().map(lambda t: t.replace(microsecond=0))


@st.composite
def some_hours(draw):
    """Return hours as an office may set them: both ends or none, apart, and collected outside the quiet."""
    start, end = draw(st.tuples(CLOCK, CLOCK).filter(lambda pair: pair[0] != pair[1]))
    quiet = Hours(start, end) if draw(st.booleans()) else Hours()
    digest = draw(st.none() | CLOCK.filter(lambda clock: not quiet.quiet(clock)))
    return Hours(quiet.quiet_from, quiet.quiet_to, digest)


def clock(moment):
    return moment.astimezone(ZONE).time()


@given(at=MOMENTS, hours=some_hours())
def test_whatever_the_hours_it_goes_out_within_a_day_and_never_early_or_in_the_quiet(at, hours):
    when = release(at, hours=hours, zone=ZONE)
    assert at <= when <= at + timedelta(days=1)
    assert not hours.quiet(clock(when))
    if hours.digest_at is not None:
        assert clock(when) == hours.digest_at
    elif not hours.quiet(clock(at)):
        assert when == at
    assert release(when, hours=hours, zone=ZONE) == when


@given(at=MOMENTS, hours=some_hours())
def test_what_is_urgent_goes_out_at_once(at, hours):
    assert release(at, hours=hours, zone=ZONE, urgent=True) == at


@given(at=MOMENTS, later=st.timedeltas(timedelta(), timedelta(days=3)), hours=some_hours())
def test_what_comes_up_later_never_goes_out_earlier(at, later, hours):
    assert release(at, hours=hours, zone=ZONE) <= release(at + later, hours=hours, zone=ZONE)


def test_the_night_is_quiet_until_its_last_minute():
    night = Hours(time(22), time(7))
    late = datetime(2021, 10, 27, 22, 0, tzinfo=ZONE)
    assert release(late, hours=night, zone=ZONE) == datetime(2021, 10, 28, 7, 0, tzinfo=ZONE)
    early = datetime(2021, 10, 28, 6, 59, tzinfo=ZONE)
    assert release(early, hours=night, zone=ZONE) == datetime(2021, 10, 28, 7, 0, tzinfo=ZONE)
    assert release(early + timedelta(minutes=1), hours=night, zone=ZONE) == early + timedelta(minutes=1)
    assert release(late - timedelta(minutes=1), hours=night, zone=ZONE) == late - timedelta(minutes=1)


def test_a_days_messages_are_collected():
    daily = Hours(digest_at=time(9))
    at = datetime(2021, 10, 27, 9, 1, tzinfo=ZONE)
    assert release(at, hours=daily, zone=ZONE) == datetime(2021, 10, 28, 9, 0, tzinfo=ZONE)
    assert release(at - timedelta(minutes=2), hours=daily, zone=ZONE) == datetime(2021, 10, 27, 9, 0, tzinfo=ZONE)
