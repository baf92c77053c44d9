"""`mingcha risk backtest`: how well scores would have planned a window of any inspection history, without a database."""

import argparse
import csv
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from mingcha.config.words import say, sentence
from mingcha.kernel.refusals import Refusal

if TYPE_CHECKING:
    from mingcha.kernel.risk.backtest import Backtest


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which history, which columns, which days."""
    acts = parser.add_subparsers(dest="act", metavar="ACT", required=True)
    backtest = acts.add_parser("backtest", help=say("用一段已知的检查记录检验评分，见 docs/risk-backtest.md"))
    backtest.add_argument("file", type=Path, metavar="FILE", help=say("检查记录，CSV 或 Parquet"))
    backtest.add_argument("--site", required=True, metavar="COL", help=say("点位编号所在的列"))
    backtest.add_argument("--date", required=True, metavar="COL", help=say("检查日期所在的列"))
    backtest.add_argument("--outcome", required=True, metavar="COL", help=say("有没有问题所在的列"))
    backtest.add_argument("--score", default="", metavar="COL", help=say("得分所在的列，高低方向由记录得出"))
    backtest.add_argument("--features", default="", metavar="COL,…", help=say("点位和地方的其他列，用逗号分隔"))
    backtest.add_argument("--inspector", default="", metavar="COL", help=say("检查人所在的列，只用来校正宽严"))
    backtest.add_argument(
        "--ahead", default="", metavar="COL,…", help=say("这些列在计划时已经知道，即使它们每次检查都不同")
    )
    backtest.add_argument("--from", required=True, dest="first", metavar="D", help=say("第一天，例如 2014-09-02"))
    backtest.add_argument("--to", required=True, dest="last", metavar="D", help=say("最后一天"))
    backtest.add_argument("--json", action="store_true", help=say("打印 JSON"))


def run(arguments: argparse.Namespace) -> int:
    """Print the figures; 1 where the file, a column or the days are refused. Equal input gives equal output."""
    os.environ.setdefault(
        "OMP_NUM_THREADS", "1"
    )  # equal figures whatever the machine, and no spinning where it is busy

    from mingcha.kernel.risk import backtest, histories, reading, values

    first, last = values.day_of(arguments.first), values.day_of(arguments.last)
    for given, day in ((arguments.first, first), (arguments.last, last)):
        if day is None:
            return _refused(say("“%(day)s”看不懂是哪一天，请写成 2014-09-02 这样。") % {"day": given})
    if first is None or last is None or first > last:
        return _refused(say("第一天不能晚于最后一天，请改 --from 或 --to。"))
    ahead = _listed(arguments.ahead)
    columns = histories.Columns(
        site=arguments.site, date=arguments.date, outcome=arguments.outcome, score=arguments.score,
        inspector=arguments.inspector, features=tuple(dict.fromkeys((*_listed(arguments.features), *ahead))),
        ahead=frozenset(ahead),
    )  # fmt: skip
    try:
        history = histories.history(reading.read(arguments.file, columns.wanted), columns, eve=first)
        result = backtest.run(history, first=first, last=last)
    except Refusal as refusal:
        return _refused(sentence(refusal))
    if arguments.json:
        told = result.answer() | {"merged": history.merged, "findings": list(history.findings)}
        print(json.dumps(told, ensure_ascii=False, allow_nan=False))
    else:
        _show(result)
    return 0


def _listed(text: str) -> list[str]:
    """Split at commas; a name that has one is put in double quotes, as in a CSV."""
    names = next(csv.reader([text], skipinitialspace=True), [])
    return [name.strip() for name in names if name.strip()]


def _refused(text: str) -> int:
    print(text, file=sys.stderr)
    return 1


def _show(result: "Backtest") -> None:
    ranked, drawn = result.ranked, result.drawn
    print(
        say("检查 %(n)d 次，有问题 %(positives)d 次；计划时已知 %(known)d 次。")
        % {"n": ranked.n, "positives": ranked.positives, "known": result.known_visits}
    )
    for name, one in ((say("按分排序"), ranked), (say("逐日抽取"), drawn)):
        if one.days_earlier is not None and one.first_half_share is not None:
            print(
                say("%(name)s：有问题的早 %(days)s 天查到，前半段查到 %(share)s（随机为 %(random)s 天）。")
                % {
                    "name": name,
                    "days": f"{one.days_earlier:.2f}",
                    "share": f"{one.first_half_share:.1%}",
                    "random": f"{one.random_days:.2f}",
                }
            )
    print(say("内部人猜中率 %(hit)s。") % {"hit": f"{result.insider_hit:.0%}"})
