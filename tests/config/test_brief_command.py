"""`mingcha brief`: the figures as JSON, as a table, or as a draft; and one sentence where it cannot be done."""

import io
import json
from datetime import datetime

import docx
import pytest

from mingcha.config.commands import brief
from tests.conftest import mingcha

KEYS = {
    "body", "division", "teams", "townships_covered", "inspections", "visits", "problems_found", "rectified_on_spot",
    "rectified_by_deadline", "open", "overdue", "sites",
}  # fmt: skip


@pytest.fixture
def ask(demo_data):
    return lambda *more: mingcha("--data", str(demo_data), "brief", *more)


@pytest.mark.parametrize(
    "text,moment",
    [
        ("2021-10-27", "2021-10-27T23:59:59.999999+08:00"),
        ("2021-10-27T18:00", "2021-10-27T18:00:00+08:00"),
        ("2021-10-27 18:00", "2021-10-27T18:00:00+08:00"),
        ("2021-10-27T10:00:00Z", "2021-10-27T10:00:00+00:00"),
    ],
)
def test_a_day_counts_to_its_end_and_a_bare_time_is_beijing_time(text, moment):
    assert brief.moment(text) == datetime.fromisoformat(moment)


@pytest.mark.parametrize("text", ["gestern", "2021-13-01", "18:00", ""])
def test_anything_else_is_no_time(text):
    with pytest.raises(brief.TimeUnreadable):
        brief.moment(text)


def test_json_is_one_list_with_exactly_the_keys_of_the_contract(ask):
    done = ask("--campaign", "demo", "--json")
    offices = json.loads(done.stdout)
    assert done.returncode == 0 and all(set(office) == KEYS for office in offices)


def test_one_office_at_an_earlier_time(ask):
    now = json.loads(ask("--campaign", "demo", "--body", "621126-jw", "--json").stdout)
    then = json.loads(ask("--campaign", "demo", "--body", "621126-jw", "--as-of", "2021-10-20", "--json").stdout)
    assert [office["body"] for office in now] == ["岷县纪委监委"]
    assert now == json.loads(ask("--campaign", "demo", "--body", "621126", "--json").stdout), "or by its division"
    assert then[0]["problems_found"] < now[0]["problems_found"] == 97


def test_without_a_shape_it_is_a_table_with_its_moment(ask):
    said = ask("--campaign", "demo").stdout
    assert "2021年10月27日18:00" in said and "未报" in said and "岷县纪委监委" in said


def test_a_draft_says_that_it_is_one(ask, tmp_path):
    file = tmp_path / "草稿 1.docx"
    assert ask("--campaign", "demo", "--docx", str(file)).returncode == 0
    text = "\n".join(p.text for p in docx.Document(io.BytesIO(file.read_bytes())).paragraphs)
    assert "（草稿，未编期号）" in text and "岷县纪委监委组成12个检查组，覆盖18个乡镇，开展监督检查21次" in text


@pytest.mark.parametrize(
    "more,said",
    [
        (["--campaign", "nope"], "没有编号为“nope”的任务"),
        (["--campaign", "demo", "--body", "nope"], "不在这次任务的监督单位之列"),
        (["--campaign", "demo", "--as-of", "gestern"], "时间“gestern”无法识别"),
        (["--campaign", "demo", "--docx", "/nonexistent/x.docx"], "无法读写 /nonexistent/x.docx"),
    ],
)
def test_what_cannot_be_done_is_one_sentence_and_status_2(ask, more, said):
    done = ask(*more)
    assert done.returncode == 2 and done.stdout == ""
    assert said in done.stderr and done.stderr.count("\n") == 1
