"""
Work in a process of its own: the worker that starts it seals the record of acts five times a second.

1. `begin` reads what is needed and forks a child: last in line for the processor, with so much memory.
2. The child learns scores or plans routes, and says them. It asks no database, and what it loaded goes with it.
3. `finished` looks whether it is done and otherwise returns at once. After a child that died while learning its office
   waits a while; a round whose routes died is left in the order of the lot.
"""

import multiprocessing
import os
import resource
import signal
import time
from collections.abc import Callable
from datetime import datetime
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any

from django.db import DatabaseError

from mingcha.flow.draws.actions import routing, scoring
from mingcha.flow.draws.models import Round
from mingcha.flow.draws.queries import routes, weighing
from mingcha.flow.draws.queries.weighing import Material
from mingcha.ground.territory.models import Body

if TYPE_CHECKING:
    from mingcha.kernel.risk import Scored

MEMORY, LONGEST, AGAIN = 4 * 1024**3, 1800.0, 900.0  # bytes; seconds
LONGEST_ROUTES = 300.0  # a team may depart before; later they help nobody
_fork = multiprocessing.get_context("fork")


class Child:
    """One piece of work in a process of its own."""

    def __init__(self, work: Callable[[Any], object], given: object) -> None:
        self._told, told = _fork.Pipe(duplex=False)
        self.process = _fork.Process(target=_do, args=(work, given, told), daemon=True)
        self.process.start()
        told.close()
        self._since = time.monotonic()

    def at_work(self, longest: float) -> bool:
        """Return whether it still works; after so many seconds it is ended."""
        if self._told.poll() or not self.process.is_alive():
            return False
        if time.monotonic() - self._since < longest:
            return True
        self.process.kill()
        return False

    def heard(self) -> Any:
        """Return what it said, None where it said nothing; it is over then."""
        try:
            return self._told.recv()
        except (EOFError, OSError):
            return None
        finally:
            self.process.join()
            self._told.close()


class Study:
    """At most one office's scores are being learnt."""

    def __init__(self) -> None:
        self._office: Body | None = None
        self._material: Material
        self._child: Child
        self._died: dict[str, float] = {}

    @property
    def busy(self) -> bool:
        return self._office is not None

    def takes(self, office: Body) -> bool:
        """Return whether an office's turn may come: not so soon after its child died."""
        return time.monotonic() - self._died.get(office.pk, float("-inf")) >= AGAIN

    def begin(self, office: Body, *, at: datetime) -> None:
        """Put an office's scores to work."""
        self._material = weighing.material(office, at=at)
        self._child = Child(_learn, self._material)
        self._office = office

    def finished(self, *, at: datetime) -> bool:
        """Freeze the scores where they have been learnt; return whether they were. Never waits for the child."""
        if self._office is None or self._child.at_work(LONGEST):
            return False
        office, self._office = self._office, None
        scored: Scored | None = self._child.heard()
        if scored is None:
            self._died[office.pk] = time.monotonic()
            return False
        scoring.keep(office, scored, material=self._material, by=None, at=at)
        return True


class Planning:
    """At most one round's routes are being planned."""

    def __init__(self) -> None:
        self._round: Round | None = None
        self._child: Child

    @property
    def busy(self) -> bool:
        return self._round is not None

    def begin(self, round: Round, *, at: datetime) -> None:
        """Put a round's routes to work; what leads to a place is in memory alone, here and in the child."""
        try:
            self._child = Child(_plan, routes.day(round, at=at))
        except Exception as error:  # noqa: BLE001 - whatever it is, its words may name a place
            routing.give_up(round, why=type(error).__name__, at=at)
        else:
            self._round = round

    def finished(self, *, at: datetime) -> bool:
        """Seal the lists anew where their routes are planned; return whether they were. Never waits for the child."""
        if self._round is None or self._child.at_work(LONGEST_ROUTES):
            return False
        round, self._round = self._round, None
        made: routing.Made | str | None = self._child.heard()
        if isinstance(made, routing.Made):
            try:
                return routing.keep(round, made, at=at)
            except DatabaseError:  # it is planned again
                raise
            except Exception as error:  # noqa: BLE001 - its words may name a place, and it would fail again
                made = type(error).__name__
        routing.give_up(round, why=made or "died", at=at)
        return False


def _do(work: Callable[[Any], object], given: object, told: Connection) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.nice(15)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # the machine belongs to whoever waits for a page
    told.send(work(given))


def _learn(material: Material) -> object:
    return scoring.scored(material)


def _plan(day: routes.Day) -> object:
    try:
        return routing.planned(day)
    except Exception as error:  # noqa: BLE001 - its words may name a place, and would be printed
        return type(error).__name__
