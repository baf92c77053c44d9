"""`mingcha route`: the routes of one day from a file, without a database: what an office tries out before it trusts it."""

import argparse
import contextlib
import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from mingcha.config.words import say, sentence

if TYPE_CHECKING:
    from mingcha.kernel.routing.day import Plan
    from mingcha.kernel.routing.instances import InstanceRefused

ITERATIONS = 6000  # a county's day in four or five seconds of one core
SHOWN = 20  # problems of a refused file


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which day, how much effort, in which shape."""
    parser.add_argument(
        "instance", metavar="INSTANCE.json", help=say("一天的点位、检查组和路程，见 docs/route-instance.md")
    )
    parser.add_argument(
        "--iterations", type=_whole, default=ITERATIONS, metavar="N", help=say("改进的迭代次数，默认 6000")
    )
    parser.add_argument("--seconds", type=float, metavar="S", help=say("最多改进几秒；用去的次数会写明，照它可以重算"))
    parser.add_argument("--seed", type=_whole, default=1, metavar="S", help=say("随机种子，默认 1"))
    parser.add_argument("--json", action="store_true", help=say("打印 JSON"))


def run(arguments: argparse.Namespace) -> int:
    """Print the plan; 1 where the file is refused. Equal file, iterations and seed give equal output."""
    if arguments.instance == "-":
        content = sys.stdin.buffer.read()
    else:
        content = Path(arguments.instance).read_bytes()

    from mingcha.kernel.routing import answers, instances

    try:
        day = instances.read(content)
    except instances.InstanceRefused as refusal:
        _report(refusal)
        return 1

    from mingcha.kernel.routing import planning

    until = None if arguments.seconds is None else time.monotonic() + arguments.seconds
    with _nothing_printed():
        plan = planning.plan(
            day.crews,
            day.stops,
            day.travel,
            where=day.where,
            iterations=arguments.iterations if until is None else 10**9,
            seed=arguments.seed,
            together=day.together,
            enough=None if until is None else lambda: time.monotonic() >= until,
        )
    if arguments.json:
        print(json.dumps(answers.answer(plan, day), ensure_ascii=False))
    else:
        _show(plan)
    return 0


@contextlib.contextmanager
def _nothing_printed() -> Iterator[None]:
    """Keep standard output for the answer: HiGHS's own library writes a line of its own to it now and then."""
    sys.stdout.flush()
    kept = os.dup(1)
    with open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), 1)
        try:
            yield
        finally:
            os.dup2(kept, 1)
            os.close(kept)


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) < 2**31):
        raise argparse.ArgumentTypeError(say("应为不小于 0 的整数"))
    return int(text)


def _report(refusal: "InstanceRefused") -> None:
    for problem in refusal.problems[:SHOWN]:
        said = problem.said(say(problem.template))
        print(f"{problem.field}: {said}" if problem.field else said, file=sys.stderr)
    print(sentence(refusal), file=sys.stderr)


def _show(plan: "Plan") -> None:
    from mingcha.kernel.routing import clock
    from mingcha.kernel.routing.answers import REASONS

    for crew, legs in plan.routes.items():
        stops = "  ".join(f"{clock(leg.begins)} {leg.stop}" for leg in legs)
        print(f"{crew}  {stops}  → {clock(plan.returns[crew])}" if legs else f"{crew}  {say('没有安排')}")
    for name in plan.dropped:
        print(say("%(stop)s 未安排：%(reason)s") % {"stop": name, "reason": say(REASONS[plan.reasons[name]])})
    print(
        say("点位 %(visits)d 个，路上 %(hours)s 小时，等候 %(waiting)s 小时；迭代 %(iterations)d 次，种子 %(seed)d，复核通过。")
        % {
            "visits": len(plan.visited), "hours": f"{plan.seconds / 3600:.1f}", "waiting": f"{plan.waiting / 3600:.1f}",
            "iterations": plan.iterations, "seed": plan.seed,
        }
    )  # fmt: skip
