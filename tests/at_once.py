"""Two people at the same moment: each call in a thread and a database connection of its own."""

import threading
from collections.abc import Callable

from django.db import connection


def at_once(*calls: Callable[[], object]) -> list[object]:
    """Start all calls together; return what each returned or raised, in order."""
    outcomes: list[object] = [None] * len(calls)
    gate = threading.Barrier(len(calls))

    def run(index: int) -> None:
        try:
            gate.wait(10)
            outcomes[index] = calls[index]()
        except Exception as error:  # noqa: BLE001 - whatever it is, the test wants to see it
            outcomes[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[index]) for index in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return outcomes


def refusals(outcomes: list[object]) -> list[type]:
    """Return the classes of what was raised."""
    return [type(outcome) for outcome in outcomes if isinstance(outcome, Exception)]
