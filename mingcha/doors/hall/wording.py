"""Dates, times and figures as officials write them: 10月27日 18:00, and 未报 where nothing was reported."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from fractions import Fraction

from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from mingcha.kernel.estimates import FEWEST, Rate

from . import clock

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def day(value: date | datetime | None) -> str:
    """Return the day in the office's zone, with its year only when that is not the clock's year; None gives —."""
    if value is None:
        return "—"
    here = _local(value)
    this_year = here.year == _local(clock.now()).year
    if _is_chinese():
        return f"{here.month}月{here.day}日" if this_year else f"{here.year}年{here.month}月{here.day}日"
    return f"{here.day} {_MONTHS[here.month - 1]}" + ("" if this_year else f" {here.year}")


def moment(value: datetime | None) -> str:
    """Return day and 24-hour time in the office's zone; None gives —."""
    if value is None:
        return "—"
    return f"{day(value)} {_local(value):%H:%M}"


def full_moment(value: datetime) -> str:
    """Return day with year and time, for where the year matters: banners, documents."""
    here = _local(value)
    if _is_chinese():
        return f"{here.year}年{here.month}月{here.day}日 {here:%H:%M}"
    return f"{here.day} {_MONTHS[here.month - 1]} {here.year} {here:%H:%M}"


def lasting(span: timedelta) -> str:
    """Return a span of time as one would say it: whole days, else whole hours."""
    hours = int(span.total_seconds() // 3600)
    if hours >= 24:
        return ngettext("%(n)d 天", "%(n)d 天", hours // 24) % {"n": hours // 24}
    if hours:
        return ngettext("%(n)d 小时", "%(n)d 小时", hours) % {"n": hours}
    return _("不到 1 小时")


def subject(text: str) -> str:
    """Return the subject of a notice: what happened, in the reader's language, then what it happened to, as it is."""
    head, colon, rest = text.partition("：")
    return _("%(what)s：%(which)s") % {"what": _(head), "which": rest} if colon else text


def choices(given: Iterable[tuple[str, str]]) -> list[tuple[str, Promise]]:
    """Return a room's choices with their words in the reader's language."""
    return [(value, gettext_lazy(label)) for value, label in given]


def figure(value: object) -> str:
    """Return a reported figure as text. What was not reported is said to be so; it is never a zero."""
    return _("未报") if value is None else str(value)


def rate(value: Rate | None) -> str:
    """Return a rate with its interval, 18%(11–28%); of few visits only that they are few."""
    if value is None or not value.enough:
        return _("检查不足 %(n)s 处次，暂不估计") % {"n": FEWEST}
    return value.text


def _local(value: date | datetime) -> date | datetime:
    return timezone.localtime(value) if isinstance(value, datetime) and timezone.is_aware(value) else value


def _is_chinese() -> bool:
    return (translation.get_language() or "zh").startswith("zh")


def chance(part: float | Fraction) -> str:
    """Return a chance (0..1) as a percentage that never rounds to none or all while there is some left."""
    hundredths = float(100 * part)
    if 0 < hundredths < 1 or 99 < hundredths < 100:
        return f"{min(max(hundredths, 0.1), 99.9):.1f}%"
    return f"{hundredths:.0f}%"
