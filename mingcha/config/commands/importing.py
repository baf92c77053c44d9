"""`mingcha import`: take a file whole, or say of every bad row what is wrong with it and write nothing."""

import argparse
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from mingcha.config import house
from mingcha.config.words import say, sentence
from mingcha.kernel.refusals import Refusal

KINDS = ("divisions", "sites", "people", "rulebook")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the file holds, and the file."""
    parser.add_argument("kind", choices=KINDS)
    parser.add_argument("file", type=Path, metavar="FILE", help=say("区划为 CSV，其余为 xlsx"))


def run(arguments: argparse.Namespace) -> int:
    """Import; 1 where the file is refused."""
    # Read first: a mistyped name is answered at once, before any database is started.
    content = arguments.file.read_bytes()
    with house.opened(arguments.data):
        from mingcha.config import shipped
        from mingcha.doors.hall import clock

        try:
            shipped.ensure(clock.now())
            print(_importers()[arguments.kind](content, clock.now()))
        except Refusal as refusal:
            report(refusal)
            return 1
    return 0


def report(refusal: Refusal) -> None:
    """Print every bad row, then the sentence. `problems`, where the refusal has them, name row, column and reason."""
    for problem in getattr(refusal, "problems", ()):
        print(
            say("第 %(row)d 行 %(column)s「%(value)s」：%(reason)s")
            % {
                "row": problem.row,
                "column": problem.column,
                "value": problem.value,
                "reason": problem.said(say(problem.template)),
            },
            file=sys.stderr,
        )
    print(sentence(refusal), file=sys.stderr)


def _importers() -> dict[str, Callable[[bytes, datetime], str]]:
    """Return for each kind what takes the file and says what was taken. `by=None` is the operator at this machine."""
    from mingcha.ground.accounts.actions import people
    from mingcha.ground.rulebook import actions as rulebook
    from mingcha.ground.territory.actions import divisions, sites

    def take_divisions(content: bytes, at: datetime) -> str:
        return say("已导入区划 %(rows)d 条。") % {"rows": divisions.import_divisions(content, by=None, at=at)}

    def take_sites(content: bytes, at: datetime) -> str:
        done = sites.import_sites(content, prefixes=[""], by=None, at=at)
        return say("已导入点位：新增 %(added)d 个，更新 %(changed)d 个，新登记单位 %(bodies)d 个。") % {
            "added": done.added,
            "changed": done.changed,
            "bodies": len(done.new_bodies),
        }

    def take_people(content: bytes, at: datetime) -> str:
        done = people.import_people(content, by=None, at=at)
        lines = [say("已导入人员 %(rows)d 条。") % {"rows": done.rows}]
        if done.passwords:
            lines.append(say("新账号的初始密码（只显示这一次，请当面转交）："))
            lines += [f"  {username:<20} {password}" for username, password in done.passwords.items()]
        return "\n".join(lines)

    def take_rulebook(content: bytes, at: datetime) -> str:
        edition = rulebook.import_edition(content, by=None, at=at)
        return say("已发布清单 %(code)s 第 %(version)d 版。") % {
            "code": edition.rulebook.code,
            "version": edition.version,
        }

    return {"divisions": take_divisions, "sites": take_sites, "people": take_people, "rulebook": take_rulebook}
