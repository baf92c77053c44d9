"""Workbooks of the tests, as an office would write them in Excel, and what a phone fills in."""

import io
from collections.abc import Iterable, Sequence
from functools import cache

from openpyxl import Workbook

from mingcha.kernel.checklists import Compiled, Reading, forms, parse, read

SURVEY = ("type", "name", "label", "required", "relevant", "constraint", "calculation", "parameters", "appearance")
CHOICES = (
    ("pfn", "pass", "合格"),
    ("pfn", "fail", "不合格"),
    ("pfn", "na", "不适用"),
    ("sev", "minor", "轻"),
    ("sev", "major", "中"),
    ("sev", "critical", "重"),
    ("kind", "surprise", "飞行检查"),
    ("kind", "again", "复查"),
    ("yes_no", "yes", "是"),
    ("yes_no", "no", "否"),
)
SETTINGS = {"form_title": "现场检查", "form_id": "spot", "version": "2026112301"}


def question(kind: str, name: str, label: str = "", **cells: str) -> tuple[str, ...]:
    """Return a row of the survey."""
    row = {"type": kind, "name": name, "label": label or name, **cells}
    return tuple(row.get(column, "") for column in SURVEY)


# A form as an office might have had before it met this system; some conventions it keeps by chance.
SPOT = (
    question("start", "start"),
    question("end", "end"),
    question("text", "site_code", "单位编号", required="yes"),
    question("select_one kind", "kind", "检查类型", required="yes"),
    question("text", "why", "为何复查", required="yes", relevant="${kind} = 'again'"),
    question("geopoint", "location", "位置"),
    question("begin_group", "checks", "清单", relevant="${kind} != 'none'"),
    *(question("select_one pfn", f"q{n}", f"第{n}项要求", required="yes") for n in range(1, 5)),
    question("integer", "staff_reported", "在岗人数（上报数）", constraint=". >= 0"),
    question("integer", "staff_verified", "在岗人数（核实数）", constraint=". >= 0 and . <= 500"),
    question("text", "ask_duty", "谁值班？"),
    question("end_group", "checks"),
    question("select_multiple kind", "kinds", "还查了什么"),
    question("begin_repeat", "findings", "问题"),
    question("text", "clause", "条款", required="yes"),
    question("select_one sev", "severity", "严重程度", required="yes"),
    question("text", "description", "描述", required="yes"),
    question("select_one yes_no", "on_spot", "当场改正"),
    question("dateTime", "due", "期限", required="yes", relevant="${on_spot} = 'no'"),
    question("select_one_from_file bodies.csv", "body", "责任单位"),
    question("image", "photo", "照片"),
    question("image", "photo_2", "照片二"),
    question("end_repeat", "findings"),
    question("image", "sign_receiver", "签名", appearance="signature"),
    question("audio", "voice", "录音"),
    question("date", "day", "日期", constraint=". <= today()"),
    question(
        "text", "remarks", "备注", required="yes", relevant="string-length(${ask_duty}) > 3 and count(${findings}) > 0"
    ),
)


def book(
    survey: Iterable[Sequence[str]] = SPOT,
    choices: Iterable[Sequence[str]] = CHOICES,
    settings: dict[str, str] = SETTINGS,
    header: Sequence[str] = SURVEY,
) -> bytes:
    """Return a workbook; a sheet without rows is left out."""
    made = Workbook()
    sheets = {
        "survey": [header, *survey],
        "choices": [("list_name", "name", "label"), *choices],
        "settings": [tuple(settings), tuple(settings.values())] if settings else [],
    }
    made.remove(made.worksheets[0])
    for title, rows in sheets.items():
        if len(rows) > 1:
            sheet = made.create_sheet(title)
            for row in rows:
                sheet.append([cell or None for cell in row])
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


@cache
def spot() -> forms.Form:
    return forms.from_workbook(book())


@cache
def spot_compiled() -> Compiled:
    return Compiled.load(spot().compiled)


FINDING = "<findings><clause>4.6.2</clause><severity>critical</severity><description>脱岗</description></findings>"
HEAD = (
    '<start>2026-11-23T09:00:00.000+08:00</start><end>2026-11-23T10:30:00.000+08:00</end>'
    "<site_code>S0042</site_code><kind>surprise</kind><location>34.43 104.03 2300 4.5</location>"
)  # fmt: skip
CHECKS = (
    "<checks><q1>pass</q1><q2>fail</q2><q3>pass</q3><q4>na</q4><staff_reported>12</staff_reported>"
    "<staff_verified>9</staff_verified><ask_duty>镇长带班</ask_duty></checks>"
)
TAIL = "<kinds/><sign_receiver/><voice/><day/><remarks>无</remarks>"


def instance(*parts: str, meta: str = "<meta><instanceID>uuid:1</instanceID></meta>") -> bytes:
    """Return what a phone sends of the form `spot`, in these parts."""
    inside = "".join(parts or (HEAD, CHECKS, FINDING, TAIL))
    return f'<data id="spot" version="2026112301">{inside}{meta}</data>'.encode()


def reading(*parts: str) -> Reading:
    """Return what is read of such an instance."""
    return read(parse(instance(*parts)), spot_compiled())


def breaches(*parts: str) -> list[tuple[str, str]]:
    return [(breach.code, breach.path) for breach in reading(*parts).breaches]
