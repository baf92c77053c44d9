"""What a brief says, as plain values. Nothing here knows of fonts or pages."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

UNREPORTED = "未报"
Cell = str | int | None

_HAN = "\u2018-\u201f\u3000-\u303f\u4e00-\u9fff\uff00-\uffef"
_WIDE = str.maketrans(
    {"(": "\uff08", ")": "\uff09", ",": "\uff0c", ":": "\uff1a", ";": "\uff1b", "!": "\uff01", "?": "\uff1f"}
)
_BRACKETS = re.compile(rf"(?<=[{_HAN}])\([^()\n]*\)|\([^()\n]*[{_HAN}][^()\n]*\)")
_SIGNS = re.compile(rf"(?<=[{_HAN}])[,:;!?]|[,:;!?](?=[{_HAN}])")
_DIGITS = "零一二三四五六七八九"
# What XML 1.0 cannot carry; such characters come in by copy and paste, and a brief must not fail over them.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """A column: its head, how its cells stand, and its width in characters (by its cells where None)."""

    title: str
    centred: bool = True
    weight: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """
    A ruled table. Every row has one cell per column: text, a number, or None for what was not reported (未报).

    `total`: a closing row, set apart in 黑体. `note`: a line beneath, such as the source or the time of the count.
    """

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: tuple[Cell, ...] | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    """A part of the text. The number (一、 then (一) then 1. then (1)) is set by its place, so `title` has none."""

    title: str
    paragraphs: tuple[str, ...] = ()
    table: Table | None = None
    sections: tuple["Section", ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Brief:
    """
    One issue of a brief.

    `name`: the red line at the top; `number`: the issue, from 1, or None for a draft; `issuer`: who compiles it; `day`: its date.
    `title`: may hold a line feed where it should break. `lead`: paragraphs before the first section.
    `table`: after the text. `appendix`: tables on pages of their own, called 附件 and listed under the text.
    `report_to`, `send_to`, `issue_to`: 报 (higher), 送 (equal), 发 (lower); `copies`: 共印×份.
    `demo`: marks every page as demonstration data not to be quoted.
    """

    name: str
    number: int | None
    issuer: str
    day: date
    title: str
    lead: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()
    table: Table | None = None
    appendix: tuple[Table, ...] = ()
    report_to: tuple[str, ...] = ()
    send_to: tuple[str, ...] = ()
    issue_to: tuple[str, ...] = ()
    copies: int | None = None
    demo: bool = False


def figure(value: int | None, unit: str = "") -> str:
    """Return a figure as a brief says it: "97个" for (97, "个"), and 未报 without unit where nobody reported it."""
    return UNREPORTED if value is None else f"{value}{unit}"


def issue(brief: Brief) -> str:
    """Return 第9期, or that this is a draft nobody has numbered."""
    return "（草稿，未编期号）" if brief.number is None else f"第{brief.number}期"


def chinese_day(day: date) -> str:
    """Return 2021年10月27日: Arabic digits, no leading zeros (GB/T 9704-2012, 7.3.5.4)."""
    return f"{day.year}年{day.month}月{day.day}日"


def chinese_number(number: int) -> str:
    """Return 1–99 as 一 … 九十九. ValueError beyond: no brief has a hundred parts."""
    if not 1 <= number <= 99:
        raise ValueError(f"no Chinese numeral for part {number}")
    tens, ones = divmod(number, 10)
    front = "" if tens == 0 else "十" if tens == 1 else f"{_DIGITS[tens]}十"
    return front + (_DIGITS[ones] if ones or not tens else "")


def heading_number(level: int, number: int) -> str:
    """Return the number of a heading at level 1–4: 一、 (一) 1. (1), GB/T 9704-2012, 7.3.3."""
    if level in (1, 2):
        return f"{chinese_number(number)}、" if level == 1 else f"（{chinese_number(number)}）"
    return f"{number}．" if level == 3 else f"（{number}）"


def typeset(text: str) -> str:
    """
    Return the text fit for print: full-width signs beside Chinese characters, nothing that Word cannot hold.

    People type half-width commas and brackets out of habit; an official document has none. "18:00" stays.
    """
    text = _BRACKETS.sub(lambda found: f"\uff08{found[0][1:-1]}\uff09", _FORBIDDEN.sub("", text))
    return _SIGNS.sub(lambda found: found[0].translate(_WIDE), text)


def full_characters(text: str) -> float:
    """Return how wide a text is, in full characters: a digit or a Latin letter is half of one."""
    return sum(1 if unicodedata.east_asian_width(character) in "WF" else 0.5 for character in text)
