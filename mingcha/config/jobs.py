"""
The background jobs, and the loop that runs them.

Each job is idempotent and takes values only, so it does no harm when two workers run it, or when one runs it twice.
The one thing that is done later on another's behalf, telling people outside, has a table for its queue (docs/decisions).
"""

import logging
import signal
import threading
import time
from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from django.db import DatabaseError, InterfaceError, connections

from mingcha.doors.hall import clock
from mingcha.flow.draws import apart
from mingcha.flow.draws.actions import history
from mingcha.flow.draws.queries import routes, weighing
from mingcha.flow.findings import queries as findings
from mingcha.flow.rectifications.actions import ladder
from mingcha.flow.referrals.actions import leads
from mingcha.ground.audit import tasks as audit
from mingcha.ground.audit.actions import SYSTEM
from mingcha.ground.evidence import tasks as evidence
from mingcha.ground.notices import tasks as notices
from mingcha.tips import tasks as tips

log = logging.getLogger(__name__)

BACK_OFF = 1.0


class Job(NamedTuple):
    """Run `run` every `every` seconds."""

    every: float
    run: Callable[[], object]


def climb() -> int:
    """Take the steps of the ladder that are due; the demo's time stands still, and so does its ladder."""
    at = clock.now()
    # The last rung leads into a later room, whose act it is.
    return ladder.climb(at=at) + leads.climb(at=at)


def hand_back(*, at: datetime) -> int:
    """Hand finished visits back to the draws as plain values; return how many were new."""
    rows = [
        history.Outcome(
            visit=each.visit, site=each.site, day=each.day, problem=each.problem, score=each.score, team=each.team,
            source="embedded" if each.embedded else "extra" if each.extra else "drawn",
            # Who was refused had come; at a closed door nobody was disturbed.
            counts=each.outcome in ("done", "refused"),
        )
        for each in findings.ended(known=weighing.known())
    ]  # fmt: skip
    return history.take(rows, by=SYSTEM, at=at)


_study = apart.Study()


def learn() -> bool:
    """Hand back what was found and score one office that is due; return whether scores were frozen. Never waits."""
    at = clock.now()
    hand_back(at=at)
    done = _study.finished(at=at)
    if not _study.busy:
        office = next((office for office in weighing.due(at=at) if _study.takes(office)), None)
        if office is not None:
            _study.begin(office, at=at)
    return done


_planning = apart.Planning()


def route() -> bool:
    """Plan the routes of a drawn round that waits for them; return whether lists were sealed anew. Never waits."""
    at = clock.now()
    done = _planning.finished(at=at)
    if not _planning.busy:
        found = routes.due()
        if found is not None:
            _planning.begin(found, at=at)
    return done


def announce() -> int:
    """Say that reports of the public came in; the demo's time stands still, and so do its terms."""
    return tips.announce(at=clock.now())


def stand_aside() -> int:
    """Work out which office must not receive a report about whom."""
    return tips.stand_aside(at=clock.now())


def erase() -> int:
    """Destroy the reports whose time is over."""
    return tips.erase(at=clock.now())


def tidy() -> int:
    """Take the tip line's keys from whoever lost the post for them."""
    return tips.tidy(at=clock.now())


JOBS: dict[str, Job] = {
    "audit.seal": Job(every=0.2, run=audit.seal),
    # One picture at work, in a process of its own, and a rest after it: one a second at most, whatever comes in.
    "evidence.render": Job(every=0.25, run=evidence.render),
    # Begins a process of its own: a model may take a minute to learn.
    "draws.learn": Job(every=60, run=learn),
    # Begins a process of its own, too: a day's routes take seconds, and its departure may be near.
    "draws.route": Job(every=2, run=route),
    # Only begins a round, in a thread of its own: networks are waited for there.
    "notices.deliver": Job(every=5, run=notices.deliver),
    "rectifications.climb": Job(every=20, run=climb),
    # Not at once: when a message comes must not tell when somebody wrote.
    "tips.announce": Job(every=300, run=announce),
    "tips.aside": Job(every=30, run=stand_aside),
    "tips.erase": Job(every=600, run=erase),
    "tips.tidy": Job(every=60, run=tidy),
}


def work(stop: threading.Event | None = None) -> None:
    """Run every job when it is due, until `stop` is set; by default until SIGTERM or SIGINT."""
    stop = stop or _stop_on_signals()
    due = dict.fromkeys(JOBS, 0.0)
    while not stop.is_set():
        for name in [name for name, when in due.items() if when <= time.monotonic()]:
            rest = JOBS[name].every if _run(name) else BACK_OFF
            due[name] = time.monotonic() + rest
        stop.wait(max(0.0, min(due.values()) - time.monotonic()))


def _run(name: str) -> bool:
    """Run one job once. A lost database is met again with a new connection; other errors are logged and outlived."""
    try:
        JOBS[name].run()
    except (DatabaseError, InterfaceError) as error:
        log.warning("%s: %s", name, str(error).strip().split("\n")[0])
        connections.close_all()
        return False
    except Exception:
        log.exception("%s failed", name)
        return False
    return True


def _stop_on_signals() -> threading.Event:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
    return stop
