"""
The darkroom: one picture at a time is rendered in a process of its own, and nobody waits for it.

Sealing must go on every fifth of a second, and a picture may take seconds, all memory, or the decoder with it. In the
order of the code:

1. `begin` forks a child: last in line for the processor, with so much memory and processor time, then the system ends it.
2. The child proves the original, renders it, puts both files under their hashes and says the hashes. It asks no database.
3. `finished` looks whether the child is done and otherwise returns at once; whoever takes too long is killed. On a busy
   machine the last in line may take a minute for what needs a second: the processor's time counts, not the clock's.
4. A child that died says nothing of the picture: it may have been the machine. Only one that dies twice is unreadable.
"""

import io
import multiprocessing
import os
import resource
import signal
import time
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import ForkProcess

from mingcha.ground.evidence import actions, queries
from mingcha.ground.evidence.models import Evidence
from mingcha.kernel import pictures

MEMORY, PROCESSOR, LONGEST = 2 * 1024**3, 20, 900.0  # bytes; seconds
_fork = multiprocessing.get_context("fork")


@dataclass(frozen=True)
class Developed:
    """What came out: two hashes, "" where it is no picture; None where nothing is known, the original being gone or altered."""

    evidence: Evidence
    hashes: tuple[str, str] | None
    seconds: float


class Darkroom:
    """At most one picture at work. `last` is the number of the one begun last, so that no failure holds up the next."""

    def __init__(self) -> None:
        self.last = 0
        self._evidence: Evidence | None = None
        self._child: ForkProcess
        self._told: Connection
        self._since = 0.0
        self._died: set[int] = set()

    @property
    def busy(self) -> bool:
        return self._evidence is not None

    def begin(self, evidence: Evidence) -> None:
        """Put a picture to work."""
        self._told, told = _fork.Pipe(duplex=False)
        self._child = _fork.Process(target=_develop, args=(evidence, told), daemon=True)
        self._child.start()
        told.close()
        self._evidence, self.last, self._since = evidence, evidence.pk, time.monotonic()

    def finished(self) -> Developed | None:
        """Return what came out, once; None while the picture is at work, and where there is none."""
        if self._evidence is None:
            return None
        seconds = time.monotonic() - self._since
        if not self._told.poll() and self._child.is_alive():
            if seconds < LONGEST:
                return None
            self._child.kill()
        evidence, self._evidence = self._evidence, None
        hashes = self._heard(evidence.pk)
        self._child.join()
        self._told.close()
        return Developed(evidence, hashes, seconds)

    def _heard(self, pk: int) -> tuple[str, str] | None:
        try:
            return self._told.recv()
        except (EOFError, OSError):
            if pk in self._died:
                return "", ""
            self._died.add(pk)
            return None


def _develop(evidence: Evidence, told: Connection) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.nice(15)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR, PROCESSOR))
    try:
        rendered = pictures.render(io.BytesIO(queries.read(evidence)))
        told.send((actions.store(rendered.view), actions.store(rendered.thumb)))
    except pictures.NoPicture:
        told.send(("", ""))
    except queries.Altered:
        told.send(None)
