"""A notice of the year's holidays, as it is printed or shorter, read into days that are worked and days of rest."""

import re
from datetime import date, timedelta

MOST_DAYS = 40
_DATE = r"(?:(\d{4})\s*[-年./]\s*)?(\d{1,2})\s*[-月./]\s*(\d{1,2})\s*日?"
_SPAN = re.compile(
    rf"{_DATE}(?:\s*(?:至|到|to|~|—|－)\s*(?:(\d{{4}})\s*[-年./]\s*)?(?:(\d{{1,2}})\s*[-月./]\s*)?(\d{{1,2}})\s*日?)?"
)
# Some days, then what they are: “2月7日、2月20日上班”, “2月5日至12日 休 春节”.
_CLAUSE = re.compile(rf"((?:{_SPAN.pattern}[、，,和\s]*)+)(休|放假|班|上班|rest|work)\S*\s*(.*)")
_WEEKDAYS = re.compile(r"[（(][^（）()]*[）)]")
_NAME = re.compile(r"^(?:[一二三四五六七八九十]+、)?\s*([^\d：:]*)[：:]")


def read(line: str, *, year: int) -> dict[date, tuple[bool, str]]:
    """
    Return day → (works, what for) of one line, as the notice writes it or shorter; empty where it makes no sense.

    “二、春节：2月5日至11日放假调休，共7天。1月31日（星期日）、2月14日（星期日）上班。”
    """
    text = _WEEKDAYS.sub("", line[:300]).strip()
    named = _NAME.match(text)
    days: dict[date, tuple[bool, str]] = {}
    for clause in re.split("[。；;]", text):
        found = _CLAUSE.search(clause)
        if found is None:
            if _SPAN.search(clause):
                return {}
            continue
        works, said = found[found.re.groups - 1] in ("班", "上班", "work"), found[found.re.groups].strip("，, ")
        for each in _SPAN.finditer(found[1]):
            span = _span(each, year)
            if not span:
                return {}
            days |= dict.fromkeys(span, (works, (named[1] if named else said)[:100]))
    return days


def _span(found: re.Match[str], year: int) -> list[date]:
    """Return the days from one to another, none where there is no such day or they run backwards."""
    try:
        first = date(int(found[1] or year), int(found[2]), int(found[3]))
        last = date(int(found[4] or first.year), int(found[5] or first.month), int(found[6])) if found[6] else first
    except ValueError:
        return []
    length = (last - first).days + 1
    return [first + timedelta(days=n) for n in range(length)] if 0 < length <= MOST_DAYS else []
