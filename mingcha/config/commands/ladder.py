"""`mingcha ladder due`: every automatic and manual step of the ladder that is due, so that nothing happens unseen."""

import argparse
import json
from typing import TYPE_CHECKING

from mingcha.config import house
from mingcha.config.commands.brief import moment
from mingcha.config.words import say

if TYPE_CHECKING:
    from mingcha.flow.rectifications.queries.ladder import DueStep


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which moment, and for whom to read."""
    parser.add_argument("act", choices=["due"])
    parser.add_argument("--as-of", metavar="TIME", help=say("截至时间，默认现在"))
    parser.add_argument("--json", action="store_true", help=say("输出 JSON"))


def run(arguments: argparse.Namespace) -> int:
    """Print the steps, the longest due first. Changes nothing. Raises TimeUnreadable."""
    with house.opened(arguments.data):
        from mingcha.doors.hall import clock
        from mingcha.flow.rectifications.queries import ladder

        at = moment(arguments.as_of) if arguments.as_of else clock.now()
        steps = [_told(step) for step in ladder.due_steps(at=at)]
    if arguments.json:
        print(json.dumps({"as_of": at.isoformat(), "due": steps}, ensure_ascii=False, indent=2))
        return 0
    for step in steps:
        print("  ".join(str(step[name]) for name in ("due_at", "order", "label", "unit", "office")))
    print(say("到期步骤 %(n)d 个。") % {"n": len(steps)})
    return 0


def _told(step: "DueStep") -> dict[str, object]:
    from mingcha.flow.rectifications.states import Rung
    from mingcha.ground.accounts.queries import OFFICE_TIME

    order = step.order
    assert order.due_at is not None  # what stands on the ladder has a deadline
    return {
        "order": order.finding.number, "act": str(step.rung.act), "label": Rung(step.rung.act).label,
        "auto": step.rung.auto, "due_at": step.at.astimezone(OFFICE_TIME).isoformat(),
        "deadline": order.due_at.astimezone(OFFICE_TIME).isoformat(), "state": order.state,
        "unit": order.body.name, "office": order.finding.office.name,
    }  # fmt: skip
