"""
Dates, states and other words as officials write them in their ledgers.

What can be read in one way only is read; what can be read in two is not, and the fault says how to write it.
"""

import re
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

# Excel counts days from here; 1900's missing leap day is in it.
_EPOCH = datetime(1899, 12, 30, tzinfo=UTC)
_SERIALS = (36526, 73050)  # 2000-01-01 to 2099-12-31
_EMPTY = frozenset(
    {"", "/", "／", "-", "—", "——", "－", "无", "暂无", "长期", "长期坚持", "持续", "持续整改", "常态化"}
)
_SAME_DAY = re.compile(r"当[日天场]|立即|即知即改|立行立改|立整立改|即改|现场")
_WHOLE = re.compile(
    r"(?:(?P<y>(?:19|20)\d\d|\d\d(?=年))[-./年／])?(?P<m>\d{1,2})[-./月／](?P<d>\d{1,2})[日号]?"
    r"(?:[ T]*(?P<H>\d{1,2})[:：时点](?P<M>\d{2})?分?(?:[:：]\d{2})?)?(?:之?以?前|止)?"
)
_RUN = re.compile(r"(20\d\d)(0[1-9]|1[0-2])([0-3]\d)")
_WITHIN = re.compile(r"(\d{1,3})(?:个?(?:自然)?[日天])(?:之?内|以内)?")


class Unclear(Exception):
    """A date that could be read in two ways, or in none; `args[0]` says how to write it."""


UNCLEAR = {
    "no day": "看不出是哪一天，请写成 2021-10-27 的样子",
    "no year": "没写年份，请写成 2021-10-27，或在上传时填上年份",
    "shortened": "Excel 里的 10.3 可能是 10 月 3 日，也可能是 10 月 30 日，请写成 10月3日",
    "working": "工作日数不能直接换算，请写成 2021-10-27 的样子",
}
NO_DAY, NO_YEAR, SHORTENED, WORKING = UNCLEAR.values()


def moment(
    text: str, *, year: int | None = None, start: date | None = None, numeric: bool = False
) -> tuple[date, time | None] | None:
    """
    Return the day that a cell names, and the time of day where it names one; None where it names none on purpose.

    `year` stands in where none is written. `start` is the day a term runs from: a day without a year before it is taken
    in the next year, "当日" is that day, "3日内" three days on. `numeric`: Excel held the cell as a number.
    Raises Unclear.
    """
    bare = re.sub(r"\s+", " ", text).strip().strip("。；;，,")
    if bare in _EMPTY:
        return None
    if counted := serial(bare):
        return counted.date(), counted.time() if counted.time() != time() else None
    if start is not None and (relative := _from(bare, start)):
        return relative, None
    if run := _RUN.fullmatch(bare):
        return _day(*map(int, run.groups())), None
    matched = _WHOLE.fullmatch(bare.replace("年 ", "年").replace("月 ", "月"))
    if not matched:
        raise Unclear(NO_DAY)
    if numeric and re.fullmatch(r"\d{1,2}\.[123]", bare):
        raise Unclear(SHORTENED)
    return _of(matched, year, start)


def serial(text: str) -> datetime | None:
    """Return the moment that a bare number of Excel's means, such as 44496; None for any other text."""
    if re.fullmatch(r"\d{5}(\.\d+)?", text) and _SERIALS[0] <= float(text) <= _SERIALS[1]:
        return _EPOCH + timedelta(minutes=round(float(text) * 1440))
    return None


def _of(matched: re.Match[str], year: int | None, start: date | None) -> tuple[date, time | None]:
    written = matched["y"]
    of = int(written) + (2000 if len(written) == 2 else 0) if written else year
    if of is None and start is None:
        raise Unclear(NO_YEAR)
    assert of is not None or start is not None
    month, day = int(matched["m"]), int(matched["d"])
    found = _day(of if of is not None else start.year, month, day)  # type: ignore[union-attr]
    if not written and start is not None:
        found = _day(start.year, month, day)
        if found < start:
            found = _day(start.year + 1, month, day)
    if matched["H"] is None:
        return found, None
    hour, minute = int(matched["H"]), int(matched["M"] or 0)
    if hour > 23 or minute > 59:
        raise Unclear(NO_DAY)
    return found, time(hour, minute)


def _from(text: str, start: date) -> date | None:
    if _SAME_DAY.search(text) and not re.search(r"\d", text):
        return start
    if "工作日" in text:
        raise Unclear(WORKING)
    within = _WITHIN.fullmatch(text)
    return start + timedelta(days=int(within[1])) if within else None


def _day(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError as error:
        raise Unclear(NO_DAY) from error


def year_of(text: str) -> int | None:
    """Return the year that a title such as "2021年10月监督检查问题台账" names, or None; two different years name none."""
    years = {int(found) for found in re.findall(r"(?<!\d)(20\d\d)(?=\s*年|[-./]\d)", text)}
    return years.pop() if len(years) == 1 else None


class Standing(StrEnum):
    """How far a row has come by its own ledger. DONE: put right, but nothing says that somebody closed it."""

    CLOSED = "closed"
    DONE = "done"
    ON_SPOT = "on_spot"
    OPEN = "open"


# In this order: "未整改" and "整改中" hold "整改", "待销号" holds "销号".
_STANDINGS = (
    (
        Standing.OPEN,
        r"未|没|尚|待|正在|中$|不|部分|推进|持续|逾期|超期|限期|限时|长期|退回|^否|^[×xX✗✕]$|进行|延期|无法",
    ),
    (Standing.ON_SPOT, r"立行立改|立整立改|即知即改|边查边改|立知立改|当场|现场|立即"),
    (Standing.CLOSED, r"销号|办结|销账|销帐|归档"),
    (Standing.DONE, r"已改|已?整改|完成|到位|^是$|^[√✓✔]$|落实|解决|属实"),
)


def standing(text: str) -> Standing | None:
    """Return how far a state's words say that a row has come; None for no words, and for words not understood."""
    bare = re.sub(r"[\s。；;，,]", "", text)
    if not bare:
        return None
    return next((found for found, pattern in _STANDINGS if re.search(pattern, bare)), None)


def way(text: str) -> str | None:
    """Return "on_spot" or "by_deadline" for the words of a way, "" for none, None for words not understood."""
    bare = re.sub(r"\s", "", text)
    if not bare or bare in _EMPTY:
        return ""
    if re.search(r"限期|限时|持续|长期|按期|分阶段|阶段性", bare):
        return "by_deadline"
    return "on_spot" if re.search(_STANDINGS[1][1], bare) else None


def responsibility(text: str) -> str | None:
    """Return one of the four responsibilities by its words, "" for none, None for several or none of the four."""
    bare = re.sub(r"\s", "", text)
    if not bare or bare in _EMPTY:
        return ""
    words = {"属地": "territorial", "部门": "department", "单位": "unit", "个人": "individual"}
    named = [value for word, value in words.items() if word in bare]
    return named[0] if len(named) == 1 else None


def severity(text: str) -> str | None:
    """Return slight, ordinary or grave by its words, "" for none, None for words not understood."""
    bare = re.sub(r"\s", "", text)
    if not bare or bare in _EMPTY:
        return ""
    words = (("grave", r"重大|严重|较重|特重"), ("slight", r"轻"), ("ordinary", r"一般|普通"))
    return next((value for value, pattern in words if re.search(pattern, bare)), None)


def covert(text: str) -> bool:
    """Return whether the words of a way of checking mean an unannounced one (暗访)."""
    return "暗" in text or "四不两直" in text
