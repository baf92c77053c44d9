"""`mingcha brief`: a campaign's figures at a moment, as a table, as JSON, or as a draft of the Word document."""

import argparse
import json
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from mingcha.config import house
from mingcha.config.columns import print_table
from mingcha.config.words import say
from mingcha.kernel.refusals import Refusal

if TYPE_CHECKING:
    from mingcha.flow.campaigns.models import Campaign
    from mingcha.flow.reports.queries.figures import OfficeFigures

OFFICE_TIME = ZoneInfo("Asia/Shanghai")
HEADS = {
    "teams": "检查组",
    "townships_covered": "乡镇",
    "inspections": "次数",
    "visits": "点位次",
    "problems_found": "问题",
    "rectified_on_spot": "立行立改",
    "rectified_by_deadline": "限期整改",
    "open": "未销号",
    "overdue": "逾期",
}


class CampaignUnknown(Refusal):
    """No campaign has this ID."""

    message = "没有编号为“%(campaign)s”的任务，请核对 --campaign。"
    status = 404


class OfficeUnknown(Refusal):
    """The body is not at work in the campaign."""

    message = "单位代码“%(body)s”不在这次任务的监督单位之列，可用的代码：%(known)s。"
    status = 404


class TimeUnreadable(Refusal):
    """Not a day or a time."""

    message = "时间“%(text)s”无法识别，应写成 2021-10-27 或 2021-10-27T18:00。"
    status = 422


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Whose figures, at which moment, in which shape."""
    parser.add_argument("--campaign", required=True, metavar="ID", help=say("任务编号"))
    parser.add_argument(
        "--body", default="", metavar="CODE", help=say("只要这个监督单位的数据：单位代码，或它所在区划的代码")
    )
    parser.add_argument(
        "--as-of", metavar="TIME", help=say("数据截至：日期（到当天结束）或时间，不写时区按北京时间；默认为现在")
    )
    shape = parser.add_mutually_exclusive_group()
    shape.add_argument("--json", action="store_true", help=say("打印 JSON：每个监督单位一个对象，未报为 null"))
    shape.add_argument("--docx", type=Path, metavar="FILE", help=say("写成 Word 草稿，不编期号，不算编发"))


def run(arguments: argparse.Namespace) -> int:
    """Print or write the figures. They are counted from rows; nothing is stored."""
    wanted = moment(arguments.as_of) if arguments.as_of else None
    with house.opened(arguments.data):
        from mingcha.doors.hall import clock
        from mingcha.flow.reports.queries import figures

        as_of = wanted or clock.now()
        campaign = _campaign(arguments.campaign)
        body = _body(campaign, arguments.body) if arguments.body else ""
        rows = figures.figures(campaign, as_of=as_of, body=body)
        if arguments.json:
            print(json.dumps(figures.as_json(rows), ensure_ascii=False, indent=2))
        elif arguments.docx:
            arguments.docx.write_bytes(_draft(campaign, rows, body=body, as_of=as_of))
            print(say("已写入草稿 %(file)s（未编期号）。") % {"file": arguments.docx})
        else:
            _print_table(campaign, rows, as_of)
    return 0


def moment(text: str) -> datetime:
    """Return the moment meant: a day counts to its end, a time without a zone is Beijing time. Raises TimeUnreadable."""
    try:
        if len(text.strip()) <= len("2021-10-27"):
            return datetime.combine(date.fromisoformat(text.strip()), time.max, OFFICE_TIME)
        found = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise TimeUnreadable(text=text) from error
    return found if found.tzinfo else found.replace(tzinfo=OFFICE_TIME)


def _campaign(slug: str) -> "Campaign":
    from mingcha.flow.campaigns import queries as campaigns

    found = campaigns.by_slug(slug)
    if found is None:
        raise CampaignUnknown(campaign=slug)
    return found


def _body(campaign: "Campaign", given: str) -> str:
    """Return the code of the supervising office meant: its own code, or that of the division it alone stands for."""
    from mingcha.flow.campaigns import queries as campaigns

    offices = list(campaigns.offices(campaign))
    # Groups share the division of the office above them, which is the one meant by it.
    standing = [o for o in campaigns.reporting(campaign) if o.body.division_id == given]
    meant = [o for o in offices if o.body_id == given] or standing
    if len(meant) != 1:
        raise OfficeUnknown(body=given, known="、".join(office.body_id for office in offices) or "—")
    return meant[0].body_id


def _draft(campaign: "Campaign", rows: "list[OfficeFigures]", *, body: str, as_of: datetime) -> bytes:
    from mingcha.doors.hall import clock
    from mingcha.flow.reports.queries import briefs
    from mingcha.ground.territory import queries as territory

    issuer = territory.body(body) if body else None
    return briefs.draft(
        campaign, rows, issuer=issuer or campaign.lead, as_of=as_of, demo=clock.is_demo(), at=clock.now()
    )


def _print_table(campaign: "Campaign", rows: "list[OfficeFigures]", as_of: datetime) -> None:
    from mingcha.flow.reports.queries import figures, prose

    print(f"{campaign.name}　{say('数据截至')} {prose.moment(as_of)}")
    lines = [[say("单位"), *(say(head) for head in HEADS.values()), say("各类点位")]]
    for row in rows:
        sites = "、".join(f"{name} {_shown(number)}" for name, number in (row.sites or {}).items())
        lines.append([row.body, *(_shown(getattr(row, name)) for name in HEADS), sites or _shown(None)])
    sums = figures.summed(rows)
    lines.append([say("合计（已报）"), *(_shown(sums[name]) for name in HEADS), ""])
    print_table(lines)


def _shown(value: int | None) -> str:
    return say("未报") if value is None else str(value)
