"""
The words of a brief, made from what was stored and nothing else.

1. What an office did not report is left out of its sentence and shows 未报 in the table; it is never a zero.
2. A sum runs over the offices that report, and says over how many.
3. 立行立改 + 限期整改 = 发现 is checked in the open: a difference is printed, not mended.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from mingcha.flow.reports.queries.figures import OfficeFigures, summed
from mingcha.ground.accounts.queries import OFFICE_TIME
from mingcha.kernel.briefing import Brief, Column, Section, Table

# figure: (head of its column, its name in a sentence, its unit)
WORDS = {
    "teams": ("检查组", "检查组", "个"),
    "townships_covered": ("覆盖乡镇", "覆盖乡镇", "个"),
    "inspections": ("检查次数", "监督检查", "次"),
    "visits": ("点位次", "检查点位", "处次"),
    "problems_found": ("发现问题", "发现各类问题", "个"),
    "rectified_on_spot": ("立行立改", "立行立改", "个"),
    "rectified_by_deadline": ("限期整改", "限期整改", "个"),
    "open": ("未销号", "未销号", "个"),
    "overdue": ("逾期", "逾期", "个"),
}
UNREPORTED_MEANS = "“未报”表示该单位没有核报这一项，不等于零，也不计入合计。"
RATES_MEAN = "括号内是95%的可能范围；只用抽签点位，必到点位（含指定检查）和计划外检查不计入，抽中没有查成的由同层查成的点位代表。"
TOO_FEW = "处次较少，暂不估计"
UNRECORDED = "（条文未收录）"
DEPARTMENT = "部门"  # a site type; a department watches others, so to inspect it is 监督的再监督
MOST_KINDS = 20
MOST_NAMED = 6
LONGEST_KIND = 30  # characters of an item's text that still read well inside a sentence

Told = Mapping[str, Any]


def content(told: Told, *, number: int | None, as_of: datetime, drawn_at: datetime) -> Brief:
    """Return the brief in the kernel's terms; `told` as `briefs.stored` made it, `number` None for a draft."""
    rows = _rows(told)
    name = short_name(told["campaign"])
    return Brief(
        name=f"{name}简报",
        number=number,
        issuer=told["issuer"],
        day=drawn_at.astimezone(OFFICE_TIME).date(),
        title=f"{name}工作情况",
        lead=_opening(told, rows, as_of),
        sections=(
            Section(title="总体情况", paragraphs=_overall(rows)),
            Section(title="各单位工作情况", paragraphs=_each(rows), table=_figures_table(rows)),
            Section(title="发现的主要问题", paragraphs=_kind_sentences(told), table=_kinds_table(told)),
            *_rates(told),
            Section(title="数据说明", paragraphs=_notes(rows, as_of, demo=told["demo"])),
        ),
        report_to=() if told["whole"] else (told["lead"],),
        issue_to=tuple(row.body for row in rows if row.body != told["issuer"]) if told["whole"] else (),
        demo=told["demo"],
    )


def short_name(campaign: str) -> str:
    """Return the campaign's name as a brief's head can carry it: no year and month, no bracket behind."""
    bare = re.sub(r"\d{4}年(\d{1,2}月)?|[(（][^()（）]*[)）]$", "", campaign.strip())
    return re.sub(r"(简报)?$", "", bare) or campaign


def _rows(told: Told) -> list[OfficeFigures]:
    order = {name: place for place, name in enumerate(told["site_types"])}
    rows = [OfficeFigures(**office) for office in told["offices"]]
    for row in rows:
        if row.sites:
            kept = sorted(row.sites.items(), key=lambda pair: (order.get(pair[0], len(order)), pair[0]))
            row.sites.clear()
            row.sites.update(kept)
    return rows


def moment(value: datetime) -> str:
    here = value.astimezone(OFFICE_TIME)
    return f"{here.year}年{here.month}月{here.day}日{here:%H:%M}"


def _day(text: str) -> str:
    day = date.fromisoformat(text)
    return f"{day.month}月{day.day}日"


def _opening(told: Told, rows: Sequence[OfficeFigures], as_of: datetime) -> tuple[str, ...]:
    period = f"{_day(told['starts_on'])}至{_day(told['ends_on'])}"
    if told["whole"]:
        who = f"{told['lead']}牵头开展“{told['campaign']}”，{len(rows)}个单位参加"
    else:
        who = f"{told['issuer']}按照“{told['campaign']}”的安排开展监督检查"
    focus = f"任务重点：{'；'.join(told['focus'])}。" if told["focus"] else ""
    return (f"{period}，{who}。{focus}现将截至{moment(as_of)}的情况通报如下。",)


def _overall(rows: Sequence[OfficeFigures]) -> tuple[str, ...]:
    """Say every sum together with the offices it runs over; figures of the same offices share a clause."""
    sums = summed(list(rows))
    clauses: dict[tuple[str, ...], list[str]] = {}
    for name, (_, label, unit) in WORDS.items():
        speaking = tuple(row.body for row in rows if getattr(row, name) is not None)
        clauses.setdefault(speaking, []).append(f"{label}{sums[name]}{unit}" if speaking else label)
    silent = clauses.pop((), [])
    if not clauses:
        return ("各单位各项数据均未报。",)
    said = [f"{_offices(speaking, len(rows))}{'、'.join(parts)}" for speaking, parts in clauses.items()]
    paragraphs = [f"已报数据合计：{'；'.join(said)}。"]
    if silent:
        paragraphs.append(f"{'、'.join(silent)}{'均' if len(silent) > 1 else ''}未报。")
    return tuple(paragraphs)


def _offices(speaking: Sequence[str], of: int) -> str:
    """Return who reports, as the head of a clause; nothing where there is only one office at all."""
    if of == 1:
        return ""
    if len(speaking) == of:
        return f"全部{of}个单位"
    return (
        f"{'、'.join(speaking)}{'共' if len(speaking) > 1 else ''}" if len(speaking) <= 3 else f"{len(speaking)}个单位"
    )


def _each(rows: Sequence[OfficeFigures]) -> tuple[str, ...]:
    told = [sentence for row in rows if (sentence := office_sentence(row))]
    silent = [row.body for row in rows if not office_sentence(row)]
    if silent:
        # Their names stand in the table below.
        told.append(f"其余{len(silent)}个单位各项数据未报。" if told else "各单位各项数据均未报。")
    return tuple(told)


def office_sentence(row: OfficeFigures) -> str:
    """Return what an office did in one sentence, from its reported figures only; "" where it reports nothing."""
    parts = [
        pattern.format(value)
        for pattern, value in (
            ("组成{}个检查组", row.teams),
            ("覆盖{}个乡镇", row.townships_covered),
            ("开展监督检查{}次", row.inspections),
        )
        if value is not None
    ]
    sites = row.sites or {}
    if DEPARTMENT in sites:
        parts.append("开展监督的再监督")
    counted = "、".join(f"{number}个{name}" for name, number in sites.items() if number is not None)
    if row.visits is not None:
        parts.append(f"检查点位{row.visits}处次" + (f"（{counted}）" if counted else ""))
    elif counted:
        parts.append(f"检查{counted}")
    if row.problems_found is not None:
        parts.append(f"发现各类问题{row.problems_found}个")
    if row.rectified_on_spot is not None and row.rectified_by_deadline is not None:
        parts.append(f"立行立改{row.rectified_on_spot}个、限期整改{row.rectified_by_deadline}个")
        parts.append(f"限期整改的问题未销号{row.open}个、其中逾期{row.overdue}个")
        if row.exempt:
            parts.append(f"经裁定不再整改{row.exempt}个")
    uncounted = [name for name, number in sites.items() if number is None]
    behind = f"检查的点位有{'、'.join(uncounted)}，数量未报。" if uncounted else ""
    if not parts:
        return f"{row.body}{behind}" if behind else ""
    return f"{row.body}{'，'.join(parts)}。{behind}"


def _figures_table(rows: Sequence[OfficeFigures]) -> Table:
    cells = [(row.body, *(getattr(row, name) for name in WORDS)) for row in rows]
    sums = summed(list(rows))
    return Table(
        title="各单位监督检查情况统计表",
        columns=(Column(title="单位", centred=False), *(Column(title=words[0]) for words in WORDS.values())),
        rows=tuple(cells),
        total=("合计", *(sums[name] for name in WORDS)) if len(rows) > 1 else None,
    )


def _counted_kinds(told: Told) -> list[tuple[str, str, int]]:
    """Return (catalogue and number, text, count) over the offices that answer for the classification."""
    counts: dict[tuple[str, str], int] = {}
    for office in told["kinds"]:
        for item in office["items"]:
            if item["count"] is not None:
                kind = (_where(item), item["text"] or UNRECORDED)
                counts[kind] = counts.get(kind, 0) + item["count"]
    return sorted(((*kind, count) for kind, count in counts.items()), key=lambda row: (-row[2], row[0], row[1]))


def _where(item: Told) -> str:
    return f"“{item['rulebook']}”" + (f"第{item['number']}条" if item["number"] else "")


def _kind_sentences(told: Told) -> tuple[str, ...]:
    sentences = [_named_only(office) for office in told["kinds"] if _is_named_only(office)]
    if kinds := _counted_kinds(told):
        offices = "、".join(office["body"] for office in told["kinds"] if not _is_named_only(office))
        most = "、".join(f"{_in_a_sentence(where, text)}（{count}个）" for where, text, count in kinds[:4])
        total = sum(count for _, _, count in kinds)
        sentences.append(f"{offices}核报分类的{total}个问题，按所属清单条目统计，较多的是：{most}。")
    if not sentences:
        return ("没有发现问题。",) if told["kinds"] else ("各单位未核报问题情况，本期不作分类。",)
    return tuple(sentences)


def _is_named_only(office: Told) -> bool:
    return any(item["count"] is None for item in office["items"])


def _named_only(office: Told) -> str:
    """Name the kinds without counts: those of the office's own catalogue where it keeps one."""
    own = [item for item in office["items"] if item["own"]] or office["items"]
    names = [_in_a_sentence(_where(item), item["text"]) for item in own[:MOST_NAMED]]
    return f"{office['body']}发现的问题主要有{'、'.join(names)}等（各类个数未报）。"


def _in_a_sentence(where: str, text: str) -> str:
    # An official text is quoted whole or only named; half of it would be a paraphrase.
    return text if text and len(text) <= LONGEST_KIND and text != UNRECORDED else where


def _kinds_table(told: Told) -> Table | None:
    kinds = _counted_kinds(told)
    if not kinds:
        return None
    rest = sum(count for _, _, count in kinds[MOST_KINDS:])
    rows: list[tuple[str, str, int]] = kinds[:MOST_KINDS]
    if rest:
        rows = [*rows, ("其他条目", "", rest)]
    return Table(
        title="发现问题分类表",
        columns=(
            Column(title="清单", centred=False, weight=4), Column(title="条目", centred=False, weight=10),
            Column(title="问题数", weight=2),
        ),
        rows=tuple(rows),
        total=("合计", "", sum(count for _, _, count in kinds)),
    )  # fmt: skip


def _rates(told: Told) -> tuple[Section, ...]:
    """Tell the rates of revealed rounds; a brief of a time without them, or without such a round, has no such section."""
    rates = told.get("rates") or {"rounds": 0}
    if not rates["rounds"]:
        return ()
    whole = rates["overall"]
    seen = f"已公开验证的{rates['rounds']}轮抽签，检查抽签点位{whole['visits']}处次，抽中没有查成{whole['missed']}处次"
    if not whole["text"]:
        return (Section(title="问题率估计", paragraphs=(f"{seen}。检查处次较少，本期不估计问题率。",)),)
    return (
        Section(
            title="问题率估计",
            paragraphs=(f"{seen}，据此推算，入围点位的问题率为{whole['text']}。{RATES_MEAN}",),
            table=Table(
                title="各类点位问题率估计表",
                columns=(
                    Column(title="点位类型", centred=False, weight=4), Column(title="问题率", weight=5),
                    Column(title="检查处次", weight=3), Column(title="没有查成", weight=3),
                ),
                rows=tuple(
                    (line["name"], line["text"] or TOO_FEW, line["visits"], line["missed"]) for line in rates["types"]
                ),
                total=("合计", whole["text"], whole["visits"], whole["missed"]),
            ),
        ),
    )  # fmt: skip


def _notes(rows: Sequence[OfficeFigures], as_of: datetime, *, demo: bool) -> tuple[str, ...]:
    notes = [
        f"数据截至{moment(as_of)}，由检查、问题和整改记录汇总得出，没有另行填报。{UNREPORTED_MEANS}",
        check_sentence(rows),
    ]
    if exempt := sum(row.exempt or 0 for row in rows):
        notes.append(f"限期整改的问题中经裁定不再整改的{exempt}个，不算已销号，也不算未销号。")
    if demo:
        notes.append("本件为演示，除公开报道的数字外均为虚构。")
    return tuple(notes)


def check_sentence(rows: Sequence[OfficeFigures]) -> str:
    """Say whether 立行立改 + 限期整改 = 发现 holds over the offices that report all three."""
    known = [
        (row.rectified_on_spot, row.rectified_by_deadline, row.problems_found)
        for row in rows
        if row.rectified_on_spot is not None
        and row.rectified_by_deadline is not None
        and row.problems_found is not None
    ]
    if not known:
        return "没有单位同时核报问题数和整改情况，立行立改与限期整改之和未能与发现问题数核对。"
    on_spot, by_deadline, found = (sum(column) for column in zip(*known, strict=True))
    equation = f"同时核报问题数和整改情况的{len(known)}个单位，立行立改{on_spot}个+限期整改{by_deadline}个"
    if on_spot + by_deadline == found:
        return f"{equation}=发现问题{found}个，相符。"
    return f"{equation}={on_spot + by_deadline}个，与发现问题{found}个相差{abs(found - on_spot - by_deadline)}个，不相符，须核实。"
