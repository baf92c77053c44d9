"""
What a numbered paper says: stored as JSON when it is issued, and read back into the values it is drawn from.

The sentences are the house's own, plain and without legal claims; the basis is the text an office has registered
(rulebook.terms.basis), else 依据待填 for everybody to see. JSON columns forget the order of keys, so what has an order
is a list.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from mingcha.flow.rectifications.models import Paper, Rectification
from mingcha.flow.rectifications.states import PaperKind, Party
from mingcha.ground.accounts.queries import OFFICE_TIME
from mingcha.ground.territory.models import Body
from mingcha.kernel import briefing

MOST_IN_TEXT = 6  # items; a longer list becomes an annex


@dataclass(frozen=True)
class Words:
    """Of one kind: the word in its number, its opening, how its demands are headed, what they begin with."""

    short: str
    opening: str
    heading: str
    demands: str


ORDINARY = "请立即组织整改，逐项明确措施、责任人和完成时限，整改情况连同佐证材料按时限报送。"
ADVICE = "请针对上述问题查明原因、完善制度、堵塞漏洞，并将办理情况书面回复。"
WORDS = {
    PaperKind.HAND_OVER: Words("交办", "现将下列问题交你单位办理。", "要求", ORDINARY),
    PaperKind.PRESS: Words("督办", "下列问题至今没有办结，现予督办。", "要求", ORDINARY),
    PaperKind.REMINDER: Words("提醒", "现就下列问题予以提醒。", "要求", "请举一反三，抓紧整改，防止问题反复。"),
    PaperKind.NOTICE: Words("整改通知", "现通知你单位限期整改下列问题。", "要求", ORDINARY),
    PaperKind.DISCIPLINE: Words("纪检建议", "现就下列问题提出纪律检查建议。", "建议", ADVICE),
    PaperKind.SUPERVISION: Words("监察建议", "现就下列问题提出监察建议。", "建议", ADVICE),
    PaperKind.INTERVIEW: Words("约谈", "因下列问题整改不力，决定约谈你单位。", "约谈安排", ""),
}
# These three name what a problem comes from before they say what to do.
WITH_CAUSE = (PaperKind.DISCIPLINE, PaperKind.SUPERVISION, PaperKind.INTERVIEW)
# A number is not broken over two lines; together as wide as the text in characters of 12 pt.
COLUMNS = (
    briefing.Column(title="序号", weight=3.0),
    briefing.Column(title="问题编号", weight=8.4),
    briefing.Column(title="点位", weight=4.6),
    briefing.Column(title="问题", centred=False, weight=9.2),
    briefing.Column(title="整改要求", centred=False, weight=6.0),
    briefing.Column(title="整改时限", weight=5.6),
)


def number(paper: Paper) -> str:
    """Return 发文字号: the office's own word, the kind's, year and number, such as 定纪交办〔2021〕3号."""
    short = WORDS[PaperKind(paper.kind)].short
    return f"{paper.content['prefix']}{short}〔{paper.year}〕{paper.number}号"


def title(kind: str, orders: Sequence[Rectification]) -> str:
    """Return the title a paper begins with, until somebody writes a better one."""
    sites = list(dict.fromkeys(order.finding.site.name for order in orders))
    what = f"{sites[0]}{'等处' if len(sites) > 1 else ''}{f'{len(orders)}个' if len(orders) > 1 else '有关'}问题"
    return f"关于{what}的{PaperKind(kind).label}"[:100]


def moment(at: datetime) -> str:
    """Return 2021年10月27日18:00 in the office's time."""
    local = at.astimezone(OFFICE_TIME)
    return f"{briefing.chinese_day(local.date())}{local:%H:%M}"


def stored(
    orders: Sequence[Rectification], *, kind: PaperKind, issuer: Body, prefix: str, title: str, demands: str,
    cause: str, basis: str, to: Body, copies: Sequence[Body], reply_by: datetime, demo: bool, at: datetime,
) -> dict[str, object]:  # fmt: skip
    """Return all that a paper says, as JSON, with the names as they read on the day of issue."""
    return {
        "prefix": prefix,
        "office": issuer.name,
        "title": title,
        "to": to.name,
        "day": at.astimezone(OFFICE_TIME).date().isoformat(),
        "lead": _source(orders) + WORDS[kind].opening,
        "items": [_item(place, order) for place, order in enumerate(orders, start=1)],
        "cause": cause,
        "demands": demands,
        "basis": basis,
        "reply_by": moment(reply_by),
        "copies": [body.name for body in copies],
        "demo": demo,
    }


def paper(issued: Paper, codes: Sequence[briefing.Code] = ()) -> briefing.Paper:
    """Return the values a paper is drawn from, from what was stored only; `codes`: one-time addresses on the receipt."""
    content, kind = issued.content, PaperKind(issued.kind)
    items = briefing.Table(title="问题清单", columns=COLUMNS, rows=tuple(tuple(row) for row in content["items"]))
    few = len(items.rows) <= MOST_IN_TEXT
    sections = [
        briefing.Section(title="问题", paragraphs=() if few else ("见附件问题清单。",), table=items if few else None),
        *_section("原因", content["cause"]),
        *_section(WORDS[kind].heading, content["demands"]),
        briefing.Section(title="依据", paragraphs=(content["basis"] or briefing.PENDING,)),
        *_section("回复时限", f"请于{content['reply_by']}前书面回复办理情况。"),
    ]
    return briefing.Paper(
        office=content["office"],
        number=number(issued),
        title=content["title"],
        to=(content["to"],),
        day=date.fromisoformat(content["day"]),
        lead=(content["lead"],),
        sections=tuple(sections),
        appendix=() if few else (items,),
        parties=tuple(briefing.Party(role=party.label) for party in Party) if kind is PaperKind.HAND_OVER else (),
        copies_to=tuple(content["copies"]),
        slip=briefing.Slip(recipient=content["to"], return_to=content["office"], codes=tuple(codes)),
        demo=content["demo"],
    )


def _section(title: str, text: str) -> tuple[briefing.Section, ...]:
    return (briefing.Section(title=title, paragraphs=(text,)),) if text else ()


def _source(orders: Sequence[Rectification]) -> str:
    """Who found it and when; nobody's name."""
    days = sorted(order.finding.noted_at.astimezone(OFFICE_TIME).date() for order in orders)
    when = briefing.chinese_day(days[0]) + (f"至{briefing.chinese_day(days[-1])}" if days[0] != days[-1] else "")
    offices = "、".join(dict.fromkeys(order.finding.office.name for order in orders))
    return f"{when}，{offices}在监督检查中发现你单位存在{len(orders)}个问题。"


def _item(place: int, order: Rectification) -> list[str | int]:
    finding = order.finding
    until = moment(order.due_at) if order.due_at else "立即"
    return [place, finding.number, finding.site.name, finding.description, order.requirement or "限期整改", until]
