"""
The shipped questions of a checklist → a workbook (XLSForm) with all conventions, which an office can change in Excel.

Its order is that of a visit: what the phone fills in, how the visit went, the questions, findings, pictures, feedback.
Chinese first; the fixed parts in English too, the questions in both languages as they were given.
"""

import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from mingcha.kernel.checklists.conventions import FAIL, NOT_APPLICABLE, PASS, REPORTED, VERIFIED
from mingcha.kernel.legible import legible

CHINESE, ENGLISH = "中文 (zh)", "English (en)"
Question = tuple[str, str, str]  # judge, count or ask; its text; a help or ""

DONE = "${outcome} = 'done'"
OPEN = "${mode} = 'overt' and ${outcome} = 'done'"
PHOTO = "max-pixels=1600"
MOST_SCORED = 100  # judges; a phone counts anew at each tap, and the server counts longer lists by itself
PICK = "minimal autocomplete"

SURVEY: Final = (
    "type", "name", f"label::{CHINESE}", f"label::{ENGLISH}", f"hint::{CHINESE}", f"hint::{ENGLISH}", "required",
    "relevant", "default", "appearance", "constraint", f"constraint_message::{CHINESE}",
    f"constraint_message::{ENGLISH}", "calculation", "parameters",
)  # fmt: skip
# list_name, name, Chinese, English
CHOICES: Final = (
    ("pfn", PASS, "合格", "Pass"),
    ("pfn", FAIL, "不合格", "Fail"),
    ("pfn", NOT_APPLICABLE, "不适用", "Not applicable"),
    ("mode", "overt", "明察", "Open"),
    ("mode", "covert", "暗访", "Covert"),
    ("outcome", "done", "完成检查", "Done"),
    ("outcome", "refused", "被拒绝", "Refused"),
    ("outcome", "shut", "关门停业", "Closed"),
    ("outcome", "not_executable", "无法执行", "Not executable"),
    ("yes_no", "yes", "是", "Yes"),
    ("yes_no", "no", "否", "No"),
    ("responsibility", "territorial", "属地主体责任", "Territorial"),
    ("responsibility", "department", "部门监督责任", "Departmental"),
    ("responsibility", "unit", "单位管理责任", "The unit's"),
    ("responsibility", "individual", "个人直接责任", "Personal"),
    ("severity", "slight", "轻微", "Slight"),
    ("severity", "ordinary", "一般", "Ordinary"),
    ("severity", "grave", "重大", "Grave"),
    ("due_hours", "24", "24 小时", "24 hours"),
    ("due_hours", "72", "3 天", "3 days"),
    ("due_hours", "168", "7 天", "7 days"),
    ("due_hours", "360", "15 天", "15 days"),
)
NOTES: Final = (
    "survey 页是题目，choices 页是选项，settings 页是表单编号和版本。改好后在系统里上传；每次上传都要改 settings 页的 version。",
    "题名（name 列）决定内容流到哪里。下面这些题名不要改；删掉一题，对应的内容就不会流入系统，上传时会逐条提醒。",
    "site_code 点位；mode 明察暗访；outcome、outcome_reason 检查结果和原因；location 定位。",
    "select_one pfn：判断题，选项 pass、fail、na，计入合格率和得分。",
    "成对的整数题 ×_reported、×_verified：上报数和核实数。",
    "ask_ 开头的文字题：问答。",
    "findings 重复组：每一行是一个问题，进入问题台账；其中 item 是所属条目，body 是责任单位。",
    "items.csv、sites.csv、bodies.csv 由系统按任务发到手机，不用附在这里。",
    "feedback、feedback_to 现场反馈和反馈对象（只写职务）；sign_ 开头的是签名。",
)


def workbook(*, title: str, form_id: str, version: str, questions: Sequence[Question], site_type: str = "") -> bytes:
    """Return the workbook of a checklist. `form_id` and `version` are as `forms` asks for them."""
    book = Workbook()
    _fill(book.worksheets[0], "survey", SURVEY, _survey(questions))
    _fill(book.create_sheet(), "choices", ("list_name", "name", f"label::{CHINESE}", f"label::{ENGLISH}"), CHOICES)
    settings = ("form_title", "form_id", "version", "default_language", "site_type")
    _fill(book.create_sheet(), "settings", settings, [(title, form_id, version, CHINESE, site_type)])
    _fill(book.create_sheet(), "说明", (f"怎样修改“{title}”",), [(note,) for note in NOTES])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _survey(questions: Sequence[Question]) -> Iterator[tuple[str, ...]]:
    for row in (*_HEAD, *_asked(questions), *_TAIL):
        yield tuple(row.get(column, "") for column in SURVEY)


def _row(kind: str, name: str, chinese: str = "", english: str = "", **cells: str) -> dict[str, str]:
    """Return a row of the survey. Where `hint` and `message` are in both languages, a stroke parts them."""
    row = {"type": kind, "name": name, f"label::{CHINESE}": chinese, f"label::{ENGLISH}": english or chinese}
    for column, header in (("hint", "hint"), ("message", "constraint_message")):
        one, _, other = cells.pop(column, "").partition("|")
        row |= {f"{header}::{CHINESE}": one, f"{header}::{ENGLISH}": other or one}
    return row | cells


def _asked(questions: Sequence[Question]) -> Iterator[dict[str, str]]:
    if not questions:
        return
    judges: list[str] = []
    yield _row("begin_group", "checks", "检查内容", "Checks", relevant=DONE, appearance="field-list")
    for number, (kind, said, help_) in enumerate(questions, start=1):
        text, hint = _plain(said), _plain(help_)
        if kind == "judge":
            judges.append(f"q{number}")
            yield _row("select_one pfn", f"q{number}", text, hint=hint, required="yes", appearance="horizontal")
        elif kind == "count":
            rule = {"constraint": ". >= 0", "message": "不能是负数|No less than nothing"}
            reported, verified = f"{text}{REPORTED}", f"{text}{VERIFIED}"
            yield _row("integer", f"c{number}_reported", reported, f"{text} (reported)", hint=hint, **rule)
            yield _row("integer", f"c{number}_verified", verified, f"{text} (verified)", **rule)
        else:
            yield _row("text", f"ask_{number}", text, hint=hint, appearance="multiline")
    yield _row("end_group", "checks")
    if 0 < len(judges) <= MOST_SCORED:
        passed = " + ".join(f"(${{{name}}} = '{PASS}')" for name in judges)
        failed = " + ".join(f"(${{{name}}} = '{FAIL}')" for name in judges)
        yield _row("calculate", "judged", calculation=f"{passed} + {failed}")
        yield _row(
            "calculate", "score", calculation=f"if(${{judged}} > 0, round(100 * ({passed}) div ${{judged}}), '')"
        )


def _plain(text: str) -> str:
    # ${x} would ask for the answer of x; the stroke parts languages in `_row`.
    return " ".join(legible(text).replace("${", "＄{").replace("|", "｜").split())


def _images(names: Iterable[str], chinese: str, english: str) -> list[dict[str, str]]:
    return [
        _row("image", name, f"{chinese} {number}", f"{english} {number}", parameters=PHOTO)
        for number, name in enumerate(names, start=1)
    ]


_HEAD: Final = (
    _row("start", "start"),
    _row("end", "end"),
    _row("today", "today"),
    _row("deviceid", "deviceid"),
    _row("text", "site_code", "点位代码", "Site code", required="yes"),
    _row("text", "site_name", "点位名称", "Site"),
    _row("text", "inspector", "检查人", "Inspector"),
    _row("text", "team", "检查组", "Team"),
    _row("select_one mode", "mode", "方式", "Manner", required="yes", default="overt", appearance="horizontal"),
    _row("geopoint", "location", "定位", "Position"),
    _row("select_one outcome", "outcome", "检查结果", "Outcome", required="yes", default="done"),
    _row(
        "text", "outcome_reason", "原因", "Reason", required="yes", relevant="${outcome} != 'done'",
        hint="谁说的、怎么说的，写到职务|Who said what, by post", appearance="multiline",
        constraint="string-length(.) <= 200", message="不超过 200 字|200 characters at most",
    ),
)  # fmt: skip

_TAIL: Final = (
    _row("select_one yes_no", "found", "发现问题", "Problems found", required="yes", default="no", appearance="horizontal"),
    _row("begin_repeat", "findings", "问题", "Finding", relevant="${found} = 'yes'"),
    _row("select_one_from_file items.csv", "item", "所属条目", "Rule", appearance=PICK),
    _row(
        "text", "description", "问题描述", "What was found", required="yes", appearance="multiline",
        hint="时间、地点、事实；不写群众的姓名和号码|When, where, what; no resident's name or number",
    ),
    *_images(("photo_1", "photo_2", "photo_3"), "照片", "Photo"),
    _row("select_one responsibility", "responsibility", "责任", "Responsibility", required="yes", default="unit"),
    _row("select_one severity", "severity", "等级", "Severity", required="yes", default="ordinary", appearance="horizontal"),
    _row("select_one yes_no", "on_spot", "当场改正", "Put right on the spot", required="yes", default="no", appearance="horizontal"),
    _row("select_one due_hours", "due_hours", "整改时限", "Due within", required="yes", relevant="${on_spot} = 'no'"),
    _row("text", "requirement", "整改要求", "What must be done", relevant="${on_spot} = 'no'", appearance="multiline"),
    _row(
        "select_one_from_file bodies.csv", "body", "责任单位", "Accountable body", appearance=PICK,
        hint="不选则为点位登记的单位|If none is chosen, the one the site is registered with",
    ),
    _row("end_repeat", "findings"),
    _row("begin_group", "scene", "现场照片", "Pictures of the place"),
    *_images(("site_photo_1", "site_photo_2", "site_photo_3"), "照片", "Photo"),
    _row("end_group", "scene"),
    _row("audio", "voice", "语音备注", "Voice note"),
    _row("begin_group", "told", "现场反馈", "Feedback on the spot", relevant=OPEN),
    _row("text", "feedback", "反馈内容", "What was fed back", appearance="multiline"),
    _row("text", "feedback_to", "反馈对象职务", "To whom, by post", hint="只写职务，不写姓名|The post, no name"),
    _row("image", "sign_receiver", "反馈对象签名", "Signature of who received it", appearance="signature"),
    _row("image", "sign_leader", "检查组组长签名", "Signature of the team leader", appearance="signature"),
    _row("image", "sign_liaison", "联络员签名", "Signature of the liaison", appearance="signature"),
    _row("image", "sign_manager", "现场负责人签名", "Signature of the site manager", appearance="signature"),
    _row("end_group", "told"),
)  # fmt: skip


def _fill(sheet: Worksheet, title: str, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    sheet.title = title
    for r, values in enumerate([header, *rows], start=1):
        for c, value in enumerate(values, start=1):
            cell = sheet.cell(row=r, column=c)
            cell.alignment = Alignment(vertical="top", wrap_text=True)
            if value:
                cell.value, cell.data_type = legible(value), "s"  # text, even where it looks like a formula
                cell.quotePrefix = value[0] in "=+-@"
    for cell in sheet[1]:
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor="E8EEF7")
    sheet.freeze_panes = "C2" if len(header) > 2 else "A2"
    for index in range(1, len(header) + 1):
        sheet.column_dimensions[get_column_letter(index)].width = 24 if len(header) > 1 else 100
