"""A workbook becomes a form, or every row that is wrong is told in plain Chinese; what will not flow is named."""

import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from mingcha.kernel import sheets
from mingcha.kernel.checklists import Compiled, forms
from mingcha.kernel.checklists.workbooks import workbook
from tests.xlsforms import CHOICES, SETTINGS, SPOT, book, question, spot

GIVEN = Path(__file__).parents[3] / "shared" / "data" / "inspection_form"
given_form = pytest.mark.skipif(not GIVEN.is_dir(), reason="the given inspection form is not beside this clone")

SHIPPED = (
    ("judge", "“两码”查验到位，没有只看截图", "看三位来客的查验过程"),
    ("count", "返乡人数", "只记人数"),
    ("ask", "多久核对一次，报给谁？", ""),
    ("judge", "排班有人值守", ""),
)


def refused(content, take=forms.from_workbook):
    """Return (row, column, what to do) of each problem."""
    with pytest.raises(forms.FormRefused) as caught:
        take(content)
    told = [(problem.row, problem.column, problem.reason) for problem in caught.value.problems]
    assert str(caught.value).startswith(f"表单有 {len(told)} 处问题")
    return told


def reasons(form):
    return [warning.reason for warning in form.warnings]


def shipped(questions=SHIPPED, **more):
    words = {"title": "村检查表", "form_id": "village", "version": "1", "site_type": "village", **more}
    return workbook(questions=questions, **words)


def test_an_office_s_own_form_is_published_with_what_will_not_flow():
    form = spot()
    assert (form.form_id, form.version, form.title, form.site_type) == ("spot", "2026112301", "现场检查", "")
    asked = [(one.name, one.kind, one.text) for one in form.questions]
    assert asked == [
        *((f"q{n}", "judge", f"第{n}项要求") for n in range(1, 5)),
        ("staff", "count", "在岗人数"), ("ask_duty", "ask", "谁值班？"),
    ]  # fmt: skip
    told = " ".join(reasons(form))
    for name in ("mode", "outcome", "feedback", "item", "responsibility", "requirement", "2 处条件"):
        assert name in told
    for name in ("site_code", "location", "severity", "签名", "_reported", "拍照", "due_hours", "body", "没有 start"):
        assert name not in told


@given_form
def test_the_given_form_is_published_as_it_is():
    from_excel = forms.from_workbook((GIVEN / "inspection.xlsx").read_bytes())
    from_xml = forms.from_xform((GIVEN / "inspection.xml").read_bytes())
    assert from_excel == from_xml
    assert (from_xml.form_id, from_xml.version, len(from_xml.questions)) == ("inspection", "2026112301", 20)
    assert from_xml.questions[0].text == "1. 第1项要求符合"  # Chinese, though the form's default is English
    assert any("responsibility" in reason for reason in reasons(from_xml))


def test_shipped_questions_come_back_as_they_went_in_with_nothing_to_warn_of():
    form = forms.from_workbook(shipped())
    assert (form.form_id, form.version, form.title, form.site_type) == ("village", "1", "村检查表", "village")
    assert [(one.kind, one.text, one.help) for one in form.questions] == list(SHIPPED)
    assert [one.name for one in form.questions] == ["q1", "c2", "ask_3", "q4"]
    assert reasons(form) == []
    for source in ("jr://file-csv/items.csv", "jr://file-csv/bodies.csv"):
        assert source in form.xform
    known = Compiled.load(form.compiled).known
    assert {"site_code", "mode", "outcome", "score", "start", "end"} <= known.marks.keys()
    assert known.found.keys() >= {"item", "responsibility", "due_hours", "requirement", "body", "on_spot"}


def test_a_shipped_workbook_can_be_read_by_whoever_edits_it():
    opened = load_workbook(io.BytesIO(shipped(title="=1+1")))
    assert opened.sheetnames == ["survey", "choices", "settings", "说明"]
    assert opened["settings"]["A2"].value == "=1+1" and opened["settings"]["A2"].data_type == "s"
    labels = [cell.value for cell in opened["survey"][1]]
    assert labels[2:4] == ["label::中文 (zh)", "label::English (en)"]
    assert all(row[3] for row in opened["survey"].iter_rows(min_row=2, values_only=True) if row[2])
    assert forms.from_workbook(shipped(questions=[])).questions == ()


def test_a_long_list_is_scored_by_the_server_alone():
    long = forms.from_workbook(shipped([("judge", f"第{n}项", "") for n in range(101)]))
    assert len(long.questions) == 101 and "score" not in Compiled.load(long.compiled).known.marks


WORDS = st.text("甲乙丙abc123 ，。？“”‘’（）()-_=+@<>&'\"", min_size=1, max_size=30).map(lambda t: " ".join(t.split()))


@settings(max_examples=12, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["judge", "count", "ask"]), WORDS.filter(lambda t: t not in {"", "-"}), WORDS),
        max_size=12,
    )
)
def test_any_questions_come_back_as_they_went_in(questions):
    questions = [(kind, text, "" if help_ == "-" else help_) for kind, text, help_ in questions]
    form = forms.from_workbook(shipped(questions))
    assert [(one.kind, one.text, one.help) for one in form.questions] == questions
    assert forms.from_xform(form.xform.encode()).compiled == form.compiled


def test_a_question_cannot_ask_for_another_s_answer_by_its_text():
    form = forms.from_workbook(shipped([("judge", "写的是${site_code}|吗", "")]))
    assert form.questions[0].text == "写的是＄{site_code}｜吗"


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        (question("tekst", "a"), "survey / type", "不认识的题型“tekst”"),
        (question("select_one", "a"), "survey / type", "不认识的题型“select_one”"),
        (question("select_one nope", "a"), "survey / type", "没有名为“nope”的选项表"),
        (question("select_one_from_file items.txt", "a"), "survey / type", ".csv"),
        (question("", "a"), "survey / type", "没有题型"),
        (question("end_group", "a"), "survey / type", "没有对应的 begin_group"),
        (question("begin_repeat", "a"), "survey / type", "没有对应的 end_repeat"),
        (question("text", "first"), "survey / name", "题名“first”重复"),
        (question("text", "1 a"), "survey / name", "名字只能用"),
        (question("text", "meta"), "survey / name", "meta"),
        (("text", "", "甲"), "survey / name", "没有题名"),
        (("text", "a", ""), "survey / label", "没有题面"),
        (question("calculate", "a"), "survey / calculation", "算式"),
        (question("text", "a", relevant="${b} = '1'"), "survey / relevant", "引用的题名“b”不存在"),
        (question("text", "a", "见 ${b}"), "survey / label", "引用的题名“b”不存在"),
        (question("text", "a", relevant="${first = '1'"), "survey / relevant", "花括号"),
        (question("text", "a", relevant="${first} = = '1'"), "survey / relevant", "括号、引号和运算符"),
        (question("text", "a", constraint="string-length(."), "survey / constraint", "括号、引号和运算符"),
        (question("image", "a", parameters="max-pixels=big"), "survey / parameters", "max-pixels 要写整数"),
        (question("text", "a", parameters="colour=red"), "survey / parameters", "不认识的参数 colour"),
        (question("text", "a", parameters="red"), "survey / parameters", "名=值"),
    ],
)
def test_a_bad_row_is_told_by_its_number_and_what_to_do(row, column, reason):
    ((number, where, said),) = refused(book([question("text", "first"), row]))
    assert (number, where) == (3, column)
    assert reason in said


def test_all_bad_rows_are_told_at_once_and_only_they():
    rows = [
        question("tekst", "a"),
        question("text", "b", relevant="${a} = '1' and ${zz} = '2'"),
        question("select_one nope", "c"),
        question("text", "b", "又一个"),
        question("begin_group", "g", "组"),
        question("text", "x y"),
        question("note", "n", "${c}"),
    ]
    bad_choices = (*CHOICES, ("pfn", "pass", "又"), ("sev", "", "无名"))
    told = refused(book([*rows, question("select_one pfn", "d")], bad_choices))
    assert [(row, column) for row, column, _ in told] == [
        (2, "survey / type"), (3, "survey / relevant"), (4, "survey / type"), (5, "survey / name"),
        (6, "survey / type"), (7, "survey / name"), (12, "choices / name"), (13, "choices / name"),
    ]  # fmt: skip


def test_what_is_wrong_with_the_whole_file_is_told_without_a_row():
    ((row, column, said),) = refused(book([question("select_one pfn", "a")], choices=()))
    assert (row, column) == (0, "survey / type") and "choices" in said
    ((row, _, said),) = refused(book([("A",)], header=("label",)))
    assert row == 0 and "'type'" in said


def test_a_sentence_nobody_foresaw_is_quoted():
    row = question("audit", "mine")
    ((number, column, said),) = refused(book([row]))
    assert (number, column) == (2, "survey") and "原话是：“Audits must always be named" in said


@pytest.mark.parametrize(
    ("change", "column"),
    [({"form_id": ""}, "form_id"), ({"form_id": "甲 1"}, "form_id"), ({"version": "第1版"}, "version")],
)
def test_a_form_has_an_id_that_fits_an_address(change, column):
    ((row, where, _),) = refused(book(settings={**SETTINGS, **change}))
    assert (row, where) == (2, f"settings / {column}")


def test_a_form_without_a_version_is_numbered_by_what_it_says():
    words = {"form_title": "无版本", "form_id": "spot"}
    once, again = (forms.from_workbook(book(settings=words)) for _ in range(2))
    other = forms.from_workbook(book(SPOT[:-1], settings=words))
    assert once.version == again.version != other.version
    assert f'version="{once.version}"' in once.xform
    assert any("没有写版本号" in reason for reason in reasons(once))


def test_what_the_phone_cannot_be_given_is_named():
    survey = [*SPOT, question("select_one_from_file shops.csv", "shop"), question("select_one kind", "mode")]
    told = " ".join(reasons(forms.from_workbook(book(survey))))
    assert "shops.csv" in told and "mode 题的选项只认 overt、covert" in told and "bodies.csv 不会" not in told


def test_two_pairs_of_one_name_in_two_groups_are_two_questions():
    groups = [
        row
        for group in ("east", "west")
        for row in (
            question("begin_group", group, f"{group}门"),
            question("integer", "staff_reported", "报"), question("integer", "staff_verified", "实"),
            question("end_group", group),
        )
    ]  # fmt: skip
    asked = forms.from_workbook(book(groups)).questions
    assert [(one.name, one.text) for one in asked] == [("staff", "east门"), ("staff.2", "west门")]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"<html>", b"\xd0\xcf\x11\xe0", b"type,name\ntext,a"])
def test_what_is_no_workbook_is_torn(content):
    with pytest.raises(sheets.TornFile):
        forms.from_workbook(content)


def repacked(content, name, data):
    """Return the workbook with one of its parts replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            new.writestr(entry.filename, data if entry.filename == name else old.read(entry.filename))
    return out.getvalue()


def test_a_bomb_is_refused_unread_and_entities_are_not_followed():
    with pytest.raises(sheets.TooLarge):
        forms.from_workbook(repacked(book(), "xl/worksheets/sheet1.xml", b" " * (40 * 1024 * 1024 + 1)))
    outside = b'<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]><w>&x;</w>'
    with pytest.raises((sheets.TornFile, forms.FormRefused)):
        forms.from_workbook(repacked(book(), "xl/worksheets/sheet1.xml", outside))
    with pytest.raises(sheets.TooLarge):
        forms.from_workbook(book([question("note", f"n{n}") for n in range(3_001)]))


def test_a_workbook_of_something_else_is_told_so():
    made = Workbook()
    made.worksheets[0].append(["单位", "人数"])
    made.worksheets[0].append(["甲", 3])
    out = io.BytesIO()
    made.save(out)
    assert refused(out.getvalue())[0][0] == 0


@pytest.mark.parametrize(
    "content", [b"", b"not xml", b"<a/>", b"<!DOCTYPE a><a/>", b"<html><head/><body/></html>", spot().xform[:900].encode()]
)  # fmt: skip
def test_what_is_no_xform_is_torn(content):
    with pytest.raises(forms.TornForm):
        forms.from_xform(content)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('nodeset="/data/day"', 'nodeset="/data/nowhere"', "bind 指向的节点不存在"),
        ('input ref="/data/why"', 'input ref="/data/nowhere"', "题目指向的节点不存在"),
        ("= 'again'", "= = 'again'", "括号、引号和运算符"),
        ("</model>", '<submission base64RsaPublicKey="MIIB"/></model>', "加密"),
        ('id="spot"', 'id="a/b"', "form_id"),
    ],
)
def test_an_xform_that_no_phone_could_use_is_refused_by_its_line(old, new, reason):
    told = refused(spot().xform.replace(old, new, 1).encode(), forms.from_xform)
    assert any(reason in said for _, _, said in told)
    assert all(row >= 1 for row, _, _ in told)


def test_what_is_stored_is_json_and_is_read_back():
    form = spot()
    assert Compiled.load(json.loads(json.dumps(form.compiled))).known == Compiled.load(form.compiled).known


def test_reading_does_without_the_converter():
    """It takes longer to load than a hundred submissions to read."""
    code = "import sys, mingcha.kernel.checklists; print('pyxform' in sys.modules, 'openpyxl' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]
