"""抽签不可预测报告: after each revealed round, whether anybody could have foreseen where the teams went."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from mingcha.doors.desk import watched
from mingcha.doors.hall.access import Request, door
from mingcha.flow.reports.queries import watch
from mingcha.ground.accounts.permissions import Permission as P


@require_safe
@door(P.ROUND_SEE)
def show(request: Request, *, pk: int) -> HttpResponse:
    """Tell the verdict, what chance left open, what guessers achieved, habits, and what was changed by hand."""
    report = watch.report(pk, to=request.standing)
    openings = [watched.opened(one) for one in reversed(report.watched.openings)]
    context = {
        "report": report, "round": report.round, "watched": report.watched, "now": openings[0],
        "openings": openings, "signs": watched.signs(report), "guesses": watched.guessed(report),
        "habits": list(watched.habitual(report)),
    }  # fmt: skip
    return render(request, "desk/watch.html", context)
