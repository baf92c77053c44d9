"""How long something may take, and when a rung of the ladder is reached, in words."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mingcha.kernel.deadlines import Rung, Term, Unit


def length(term: Term) -> str:
    """Return “15 天”, “3 个工作日”, “24 小时”, “当日 16:00 前”."""
    if term.at is not None:
        return _by_time(term, f"{term.at:%H:%M}")
    if term.unit is Unit.HOURS:
        return ngettext("%(n)d 小时", "%(n)d 小时", term.amount) % {"n": term.amount}
    if term.unit is Unit.WORKING_DAYS:
        return ngettext("%(n)d 个工作日", "%(n)d 个工作日", term.amount) % {"n": term.amount}
    return ngettext("%(n)d 天", "%(n)d 天", term.amount) % {"n": term.amount}


def _by_time(term: Term, time: str) -> str:
    if term.amount == 0:
        return _("当日 %(time)s 前") % {"time": time}
    return ngettext("%(n)d 天后的 %(time)s 前", "%(n)d 天后的 %(time)s 前", term.amount) % {
        "n": term.amount,
        "time": time,
    }


def reached(rung: Rung) -> str:
    """Return “到期前 2 天”, “到期时”, “逾期 3 个工作日”."""
    if rung.term.amount == 0 and rung.term.at is None:
        return _("到期时")
    words = {"term": length(rung.term)}
    return _("到期前 %(term)s") % words if rung.before else _("逾期 %(term)s") % words
