"""`mingcha import`: take a file whole, or say of every bad row what is wrong with it and write nothing."""

import argparse
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import ClassVar

from mingcha.config import house
from mingcha.config.words import say, sentence
from mingcha.kernel.refusals import Refusal


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the file holds, and the file."""
    parser.add_argument("kind", choices=KINDS)
    parser.add_argument("file", type=Path, metavar="FILE", help=say("区划和反映件数为 CSV，其余为 xlsx"))
    ledger = parser.add_argument_group(say("原有台账"))
    ledger.add_argument("--office", metavar="CODE", default="", help=say("台账所属单位的代码"))
    ledger.add_argument("--mapping", metavar="NAME", default="", help=say("在网页上存好的列对应的名称"))
    ledger.add_argument("--campaign", metavar="SLUG", default="", help=say("归入哪个任务"))
    ledger.add_argument("--by", metavar="USERNAME", default="", help=say("以哪位干部的名义导入"))
    ledger.add_argument("--year", type=int, metavar="YEAR", help=say("日期没写年份时用"))


def run(arguments: argparse.Namespace) -> int:
    """Import; 1 where the file is refused."""
    # Read first: a mistyped name is answered at once, before any database is started.
    content = arguments.file.read_bytes()
    with house.opened(arguments.data):
        from mingcha.config import shipped
        from mingcha.doors.hall import clock

        try:
            shipped.ensure(clock.now())
            of_ledger = arguments.kind == "ledger"
            print(
                _ledger(content, clock.now(), arguments)
                if of_ledger
                else IMPORTERS[arguments.kind](content, clock.now())
            )
        except Refusal as refusal:
            report(refusal)
            return 1
    return 0


class NotSaidWhose(Refusal):
    message: ClassVar[str] = "没有找到%(what)s“%(value)s”。导入台账要写明 --office、--mapping、--campaign 和 --by。"
    status: ClassVar[int] = 422


def report(refusal: Refusal) -> None:
    """Print every bad row, then the sentence. `problems`, where the refusal has them, name row, column and reason."""
    for problem in getattr(refusal, "problems", ()):
        # What concerns a file as a whole stands in no row.
        where = (
            "第 %(row)d 行 %(column)s「%(value)s」：%(reason)s"
            if problem.row
            else "%(column)s「%(value)s」：%(reason)s"
        )
        print(
            say(where)
            % {
                "row": problem.row,
                "column": problem.column,
                "value": problem.value,
                "reason": problem.said(say(problem.template)),
            },
            file=sys.stderr,
        )
    print(sentence(refusal), file=sys.stderr)


def _divisions(content: bytes, at: datetime) -> str:
    from mingcha.ground.territory.actions import divisions

    return say("已导入区划 %(rows)d 条。") % {"rows": divisions.import_divisions(content, by=None, at=at)}


def _tiers(content: bytes, at: datetime) -> str:
    from mingcha.ground.territory import queries
    from mingcha.ground.territory.actions import rank_sheets

    made = rank_sheets.import_tiers(content, by=None, at=at)
    names = " · ".join(tier.name for tier in queries.tiers(made))
    return say("已设立机制“%(name)s”：%(tiers)s。") % {"name": made.name, "tiers": names}


def _bodies(content: bytes, at: datetime) -> str:
    from mingcha.ground.territory.actions import body_sheets

    done = body_sheets.import_bodies(content, prefixes=[""], by=None, at=at)
    return say("已导入单位：新增 %(added)d 个，更新 %(changed)d 个。") % {"added": done.added, "changed": done.changed}


def _people(content: bytes, at: datetime) -> str:
    from mingcha.ground.accounts.actions import people_sheets

    done = people_sheets.import_people(content, by=None, at=at)
    lines = [say("已导入人员 %(rows)d 条。") % {"rows": done.rows}]
    if done.newcomers:
        lines.append(say("新账号的初始密码（只显示这一次，请当面转交）："))
        lines += [f"  {each.username:<20} {each.password}" for each in done.newcomers]
    return "\n".join(lines)


def _posts(content: bytes, at: datetime) -> str:
    from mingcha.ground.accounts.actions import post_sheets

    done = post_sheets.import_posts(content, by=None, at=at)
    return say("已导入任职：新增 %(given)d 项，改止任日期 %(ended)d 项。") % {"given": done.given, "ended": done.ended}


def _links(content: bytes, at: datetime) -> str:
    from mingcha.ground.accounts.actions import link_sheets

    done = link_sheets.import_links(content, by=None, at=at)
    return say("已导入联系：新增 %(added)d 条，改截止日期 %(ended)d 条。") % {
        "added": done.recorded,
        "ended": done.ended,
    }


def _types(content: bytes, at: datetime) -> str:
    from mingcha.ground.territory.actions import type_sheets

    return say("已导入点位类型 %(rows)d 条。") % {"rows": type_sheets.import_types(content, by=None, at=at)}


def _sites(content: bytes, at: datetime) -> str:
    from mingcha.ground.territory.actions import sites

    done = sites.import_sites(content, prefixes=[""], by=None, at=at)
    return say("已导入点位：新增 %(added)d 个，更新 %(changed)d 个，新登记单位 %(bodies)d 个。") % {
        "added": done.added,
        "changed": done.changed,
        "bodies": len(done.new_bodies),
    }


def _rulebook(content: bytes, at: datetime) -> str:
    from mingcha.ground.rulebook.actions import catalogues as rulebook

    edition = rulebook.import_edition(content, by=None, at=at)
    return say("已发布清单 %(code)s 第 %(version)d 版。") % {
        "code": edition.rulebook.code,
        "version": edition.version,
    }


def _reports(content: bytes, at: datetime) -> str:
    from mingcha.flow.draws.actions import reporting

    return say("已导入反映件数 %(rows)d 行，下一轮起用。") % {"rows": reporting.take_counts(content, by=None, at=at)}


def _ledger(content: bytes, at: datetime, arguments: argparse.Namespace) -> str:
    from mingcha.flow.campaigns import queries as campaigns
    from mingcha.flow.rectifications.actions import ledger_import
    from mingcha.flow.rectifications.models import LedgerMapping
    from mingcha.ground.accounts.models import Person

    mapping = LedgerMapping.objects.filter(office=arguments.office, name=arguments.mapping).first()
    if mapping is None:
        raise NotSaidWhose(what=say("列的对应"), value=f"{arguments.office} {arguments.mapping}".strip())
    campaign = campaigns.by_slug(arguments.campaign)
    if campaign is None:
        raise NotSaidWhose(what=say("任务"), value=arguments.campaign)
    person = Person.objects.filter(username=arguments.by).first()
    if person is None:
        raise NotSaidWhose(what=say("账号"), value=arguments.by)
    done = ledger_import.take(content, mapping=mapping, campaign=campaign, year=arguments.year, by=person, at=at)
    if done is None:
        return say("文件里的每一行以前都导入过，什么都没有改。")
    return say("已导入 %(rows)d 件，其中未办结 %(open)d 件已交办；以前导入过的 %(known)d 行没有动。") % {
        "rows": done.rows,
        "open": done.rows - done.closed,
        "known": done.known,
    }


# What takes each kind of file and says what was taken, in the order an office needs them.
# `by=None` is the operator at this machine.
IMPORTERS: dict[str, Callable[[bytes, datetime], str]] = {
    "divisions": _divisions,
    "tiers": _tiers,
    "bodies": _bodies,
    "people": _people,
    "posts": _posts,
    "links": _links,
    "types": _types,
    "sites": _sites,
    "rulebook": _rulebook,
    "reports": _reports,
}
# A former ledger is somebody's: it comes last, with who takes it over.
KINDS = (*IMPORTERS, "ledger")
