"""What the converter says of a workbook, in English and by its own lights → what to do about it, in plain Chinese."""

import re
from collections.abc import Mapping, Sequence

from mingcha.kernel.sheets import Problem

Row = Mapping[str, str]
Rows = Sequence[Row]  # of a sheet, without its header: the first stands in Excel's row 2

# pyxform's sentence (its named groups are facts) → sheet and column, where it names none itself → what to do.
SAYINGS = (
    (
        r"Unknown question type '(?P<value>.*)'",
        "survey",
        "type",
        "不认识的题型“%(value)s”。常用的有 text、integer、date、image、geopoint、select_one 加选项表名。",
    ),
    (
        r"List name not in choices sheet: (?P<value>.*)",
        "survey",
        "type",
        "choices 页里没有名为“%(value)s”的选项表，请补上或改正。",
    ),
    (r"There should be a choices sheet", "survey", "type", "没有 choices 页：请加上，列名为 list_name、name、label。"),
    (
        r"File name for .* should end with",
        "survey",
        "type",
        "外部名单要写文件名，以 .csv 结尾，如 select_one_from_file items.csv。",
    ),
    (r"Question with no type", "survey", "type", "这一行没有题型（type 列）。"),
    (r"Unmatched 'end_(?P<kind>\w+)'", "survey", "type", "这个 end_%(kind)s 没有对应的 begin_%(kind)s。"),
    (r"Unmatched 'begin_(?P<kind>\w+)'", "survey", "type", "这个 begin_%(kind)s 没有对应的 end_%(kind)s。"),
    (
        r"the 'name' value '(?P<value>.*)' is invalid\. Questions, groups, and repeats",
        "survey",
        "name",
        "题名“%(value)s”重复：同一组里每个题名只能用一次。",
    ),
    (
        r"the 'name' value '(?P<value>.*)' is invalid\. Repeat names",
        "survey",
        "name",
        "重复组的名字“%(value)s”已经用过或不能用，请换一个。",
    ),
    (r"The name 'meta' is reserved", "survey", "name", "题名不能用 meta，请换一个。"),
    (
        r"Names must begin with a letter",
        "survey",
        "name",
        "名字只能用文字、数字、下划线、短横和点，以文字或下划线开头，不能有空格。",
    ),
    (r"Question or group with no name", "survey", "name", "这一行没有题名（name 列）。"),
    (r"element named '(?P<value>.*)' has no label or hint", "survey", "label", "题目“%(value)s”没有题面（label 列）。"),
    (r"Missing calculation", "survey", "calculation", "calculate 题要在 calculation 列写算式。"),
    (r"Could not find the name '(?P<value>.*)'", "survey", "", "引用的题名“%(value)s”不存在，请对照 name 列改正。"),
    (
        r"The name '(?P<value>.*)' appears more than once",
        "survey",
        "",
        "引用的题名“%(value)s”不止一题在用，请改成不同的名字。",
    ),
    (r"Reference variables must start with", "survey", "", "引用要写成 ${题名}，请检查花括号是否成对。"),
    (
        r"accepted parameter keys for this question type are '(?P<known>.*)'\. .*key\(s\): '(?P<value>.*)'",
        "survey",
        "parameters",
        "不认识的参数 %(value)s。这种题型可用：%(known)s。",
    ),
    (r"Parameters must be in the form of", "survey", "parameters", "参数要写成“名=值”，多个之间用空格隔开。"),
    (r"Parameter (?P<value>\S+) must have an integer value", "survey", "parameters", "参数 %(value)s 要写整数。"),
    (r"Choices must have a name", "choices", "name", "选项没有 name。"),
    (r"Choice names must be unique", "choices", "name", "同一张选项表里，选项的 name 不能重复。"),
    (
        r"Choice names with spaces .*\[(?P<value>.*)\] in \[(?P<list>.*)\]",
        "choices",
        "name",
        "多选题的选项 name 不能有空格：“%(value)s”（选项表 %(list)s）。",
    ),
    (r"required column headers were not found: (?P<value>.*?)\. Learn", "survey", "", "表头缺少这些列：%(value)s。"),
    (
        r"names for the same column were found: '(?P<one>.*)', '(?P<other>.*)'",
        "survey",
        "",
        "“%(one)s”和“%(other)s”是同一列的两种写法，请删去一列。",
    ),
    (r"Duplicate column header: (?P<value>.*)", "survey", "", "表头“%(value)s”出现了两次，请删去一列。"),
    (r"missing header row", "survey", "", "第一行应是表头：type、name、label。"),
    (r"You must have a sheet named 'survey'", "survey", "", "没有 survey 页：题目要写在名为 survey 的页里。"),
    (r"(?P<said>.{0,300})", "survey", "", "程序读不懂这里，原话是：“%(said)s”"),
)

_ROW = re.compile(r"\[row : (\d+)\]\s*")
_SHEET = re.compile(r"(?:On the|for sheet:) '(\w+)'")
_COLUMN = re.compile(r"' sheet, the '(\w+)")


def problem(said: str, sheets: Mapping[str, Rows]) -> Problem:
    """
    Return what a sentence of pyxform's means: the row, the column as "sheet / column", the cell, and what to do.

    Row 0 is the file as a whole. A sentence that is not in SAYINGS is quoted as it is.
    """
    row, named, at = _ROW.search(said), _SHEET.search(said), _COLUMN.search(said)
    sheet, column, template, facts = _meaning(_ROW.sub("", said))
    sheet, column = named[1] if named else sheet, column or (at[1] if at else "")
    rows, value = sheets.get(sheet) or (), facts.get("value", "")
    number = int(row[1]) if row else _number(rows, column, value)
    if 2 <= number < len(rows) + 2:
        value = cell(rows[number - 2], column) or value
    return Problem(number, f"{sheet} / {column}".removesuffix(" / "), value[:200], template, facts)


def cell(row: Row, column: str) -> str:
    """Return a cell by its column, however that is written and in whichever language it stands first; "" for none."""
    for header, text in row.items():
        if header.lower().split("::")[0].strip() == column:
            return text
    return ""


def _meaning(said: str) -> tuple[str, str, str, dict[str, str]]:
    for pattern, sheet, column, template in SAYINGS:
        found = re.search(pattern, said)
        if found:
            return sheet, column, template, found.groupdict()
    raise AssertionError("the last of SAYINGS is for everything else")


def _number(rows: Rows, column: str, value: str) -> int:
    # A sentence without a row: the first one that holds what it complains of.
    for number, row in enumerate(rows, start=2):
        held = cell(row, "name" if column == "label" else column)
        if value and (held == value or (column == "parameters" and value in held)):
            return number
    return 0
