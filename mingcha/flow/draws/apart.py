"""
Learning in a process of its own: the worker that starts it seals the record of acts five times a second.

1. `begin` reads what scores are learnt from and forks a child: last in line for the processor, with so much memory.
2. The child learns and says the scores. It asks no database, and what it loaded goes with it.
3. `finished` looks whether it is done and otherwise returns at once. After a child that died its office waits a while.
"""

import multiprocessing
import os
import resource
import signal
import time
from datetime import datetime
from multiprocessing.connection import Connection
from multiprocessing.context import ForkProcess
from typing import TYPE_CHECKING

from mingcha.flow.draws.actions import scoring
from mingcha.flow.draws.queries import weighing
from mingcha.flow.draws.queries.weighing import Material
from mingcha.ground.territory.models import Body

if TYPE_CHECKING:
    from mingcha.kernel.risk import Scored

MEMORY, LONGEST, AGAIN = 4 * 1024**3, 1800.0, 900.0  # bytes; seconds
_fork = multiprocessing.get_context("fork")


class Study:
    """At most one office's scores are being learnt."""

    def __init__(self) -> None:
        self._office: Body | None = None
        self._material: Material
        self._child: ForkProcess
        self._told: Connection
        self._since = 0.0
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
        self._told, told = _fork.Pipe(duplex=False)
        self._child = _fork.Process(target=_learn, args=(self._material, told), daemon=True)
        self._child.start()
        told.close()
        self._office, self._since = office, time.monotonic()

    def finished(self, *, at: datetime) -> bool:
        """Freeze the scores where they have been learnt; return whether they were. Never waits for the child."""
        if self._office is None:
            return False
        if not self._told.poll() and self._child.is_alive():
            if time.monotonic() - self._since < LONGEST:
                return False
            self._child.kill()
        office, self._office = self._office, None
        scored = self._heard()
        self._child.join()
        self._told.close()
        if scored is None:
            self._died[office.pk] = time.monotonic()
            return False
        scoring.keep(office, scored, material=self._material, by=None, at=at)
        return True

    def _heard(self) -> "Scored | None":
        try:
            return self._told.recv()
        except (EOFError, OSError):
            return None


def _learn(material: Material, told: Connection) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.nice(15)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # the machine belongs to whoever waits for a page
    told.send(scoring.scored(material))
