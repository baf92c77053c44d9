"""
Columns of text become days, outcomes and numbers, however a system wrote them.

1. Days are days since 1970-01-01. Whether 09/02 is September or February is told by the whole column; else month first.
2. Outcomes are 1 (a problem), 0 or NaN (not judged: nobody there, out of business, blank).
3. Numbers may have a thousands comma or a decimal comma, which again the whole column tells.
"""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime

import numpy as np

from mingcha.kernel.refusals import Refusal
from mingcha.kernel.risk.ledgers import Floats
from mingcha.kernel.risk.reading import Texts

EPOCH = date(1970, 1, 1)
NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTHS = {name: at for at, name in enumerate(NAMES, 1)}
UNREADABLE = 0.02  # of the cells that are not blank: more, and the column is something else

YEAR_FIRST = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})(?!\d)")
COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:\.0)?(?:[T ]?\d{4,6}.*)?$")
YEAR_LAST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})(?!\d)")
DAY_NAMED = re.compile(r"(\d{1,2})[- ]([A-Za-z]{3})[a-z]*\.?[-, ]+(\d{4}|\d{2})(?!\d)")
MONTH_NAMED = re.compile(r"(?:[A-Za-z]{3,9}, )?([A-Za-z]{3})[a-z]*\.? +(\d{1,2}),? +(\d{4})(?!\d)")
SECONDS = re.compile(r"-?\d{9,13}(?:\.0+)?$")
THOUSANDS = re.compile(r"-?\d{1,3}(?:,\d{3})+(?:\.\d+)?$")

PROBLEM = {
    "1", "true", "t", "yes", "y", "fail", "failed", "failure", "bad", "positive", "pos", "violation", "violations",
    "critical", "unsatisfactory", "noncompliant", "noncompliance", "unsafe", "problem", "problems", "closed", "closure",
    "closures", "unacceptable", "found", "不合格", "有问题", "是", "有", "异常", "不通过",
}  # fmt: skip
SOUND = {
    "0", "false", "f", "no", "n", "pass", "passed", "good", "ok", "okay", "negative", "neg", "none", "satisfactory",
    "compliant", "compliance", "safe", "clean", "acceptable", "clear", "合格", "无问题", "没有问题", "否", "无", "正常", "通过",
    "complete", "complies",
}  # fmt: skip
UNJUDGED = {
    "na", "nan", "null", "unknown", "pending", "cancelled", "canceled", "no entry", "not ready", "out of business",
    "business not located", "not located", "not applicable", "n a", "not observed", "not inspected", "incomplete",
    "no access", "inspection postponed", "postponed", "未检查", "未知",
}  # fmt: skip


class NotDays(Refusal):
    """A date column that holds no dates."""

    message = "“%(column)s”列里的“%(value)s”看不懂是哪一天，请改成 2014-09-02 这样的日期。"
    status = 422


class NotOutcomes(Refusal):
    """An outcome column that does not say whether there was a problem."""

    message = "“%(column)s”列里的“%(value)s”看不出有没有问题，请改成 1（有问题）和 0（没有）。"
    status = 422


class NotNumbers(Refusal):
    """A score column that holds no numbers."""

    message = "“%(column)s”列里的“%(value)s”不是数字，请改正或换一列。"
    status = 422


def days(texts: Texts, column: str) -> Floats:
    """Return days since 1970-01-01, NaN for blanks and for years before 1970 (placeholders). Raises NotDays."""
    firsts = [int(found[1]) for text in set(texts) if text and (found := YEAR_LAST.match(text.strip()))]
    month_first = not any(first > 12 for first in firsts)
    known = _each(texts, lambda text: _day(text.strip(), month_first=month_first))
    _mostly(texts, known, NotDays, column)
    return np.where(known < 0, np.nan, known)


def _day(text: str, *, month_first: bool) -> float | None:
    parts = _parts(text, month_first=month_first)
    if parts is None:
        if not SECONDS.match(text):
            return None
        seconds = float(text)
        return float(int((seconds / 1000 if abs(seconds) > 1e11 else seconds) // 86400))
    year, month, day = parts
    if year < 100:
        year += 2000 if year < 70 else 1900
    try:
        return float((date(year, month, day) - EPOCH).days)
    except ValueError:
        return None


def _parts(text: str, *, month_first: bool) -> tuple[int, int, int] | None:
    if found := YEAR_FIRST.match(text) or COMPACT.match(text):
        return int(found[1]), int(found[2]), int(found[3])
    if found := YEAR_LAST.match(text):
        one, two = int(found[1]), int(found[2])
        return (int(found[3]), one, two) if month_first else (int(found[3]), two, one)
    if (found := DAY_NAMED.match(text)) and found[2].lower() in MONTHS:
        return int(found[3]), MONTHS[found[2].lower()], int(found[1])
    if (found := MONTH_NAMED.match(text)) and found[1].lower() in MONTHS:
        return int(found[3]), MONTHS[found[1].lower()], int(found[2])
    return None


def day_of(text: str) -> int | None:
    """Return one day as written on a command line, or None."""
    found = _day(text.strip(), month_first=True)
    return None if found is None else int(found)


def written(day: float) -> str:
    """Return a day as 2014-09-02."""
    return datetime.fromtimestamp(day * 86400, tz=UTC).date().isoformat()


def outcomes(texts: Texts, column: str) -> Floats:
    """
    Return 1, 0 or NaN. Whole numbers count problems, so more than none is one. Raises NotOutcomes.

    "F" is false beside "T" and failed beside "P".
    """
    seen = {_plain(text) for text in set(texts) if text}
    if seen - UNJUDGED <= {"p", "f"} and "p" in seen:
        return _each(texts, lambda text: {"p": 0.0, "f": 1.0}.get(_plain(text), np.nan))
    known = _each(texts, lambda text: _outcome(_plain(text), text))
    _mostly(texts, known, NotOutcomes, column)
    return np.where(np.isinf(known), np.nan, known)


def _plain(text: str) -> str:
    return re.sub(r"[^\w.]+", " ", text.lower()).strip()


def _outcome(plain: str, text: str) -> float | None:
    if plain in UNJUDGED or not plain:
        return np.inf
    if plain in PROBLEM | SOUND:
        return float(plain in PROBLEM)
    number = _number(text, decimal_comma=False)
    if number is not None:
        return float(number > 0) if number >= 0 and number == int(number) else None
    words = plain.split()
    if words[0] in {"not", "no", "non", "without"}:
        return 1.0 if set(words[1:]) & SOUND else 0.0 if set(words[1:]) & PROBLEM else None
    bad, good = set(words) & PROBLEM - {"1", "t", "y"}, set(words) & SOUND - {"0", "f", "n", "no"}
    if bad and good:
        return float(next(word in bad for word in words if word in bad | good))
    return 1.0 if bad else 0.0 if good else None


def numbers(texts: Texts, column: str) -> Floats:
    """Return numbers, NaN for blanks. Raises NotNumbers where more than a few cells are something else."""
    known = _numbers(texts)
    if any(texts):
        _mostly(texts, known, NotNumbers, column)
    return known


def are_numbers(texts: Texts) -> Floats | None:
    """Return the numbers of a column, or None where it holds other things."""
    known = _numbers(texts)
    there = sum(text is not None for text in texts)
    return known if there and np.isfinite(known).sum() >= (1 - UNREADABLE) * there else None


def _numbers(texts: Texts) -> Floats:
    commas = [text for text in set(texts) if text and "," in text and "." not in text]
    decimal_comma = any(not THOUSANDS.match(text.strip()) for text in commas)
    return _each(texts, lambda text: _number(text, decimal_comma=decimal_comma))


def _number(text: str, *, decimal_comma: bool) -> float | None:
    plain = text.strip().lstrip("$¥€").rstrip("%")
    if "," in plain:
        plain = plain.replace(",", ".") if decimal_comma and "." not in plain else plain.replace(",", "")
    try:
        number = float(plain)
    except ValueError:
        return None
    return number if np.isfinite(number) else None


def _each(texts: Texts, read: Callable[[str], float | None]) -> Floats:
    """Read each distinct text once; NaN for blanks and for what `read` returns None."""
    known: dict[str | None, float] = {None: np.nan}
    for text in set(texts):
        if text is not None:
            value = read(text)
            known[text] = np.nan if value is None else value
    return np.fromiter((known[text] for text in texts), float, len(texts))


def _mostly(texts: Sequence[str | None], known: Floats, refusal: type[Refusal], column: str) -> None:
    there = np.array([text is not None for text in texts])
    wrong = np.flatnonzero(there & np.isnan(known))
    if len(wrong) > UNREADABLE * there.sum() or not there.any():
        value = texts[int(wrong[0])] if len(wrong) else ""
        raise refusal(column=column, value=str(value)[:40])
