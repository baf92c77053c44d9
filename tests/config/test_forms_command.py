"""`mingcha forms`: what is published, with every warning; what is refused, with every bad row."""

import io
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest

from mingcha.config.datafolder import DataFolder
from mingcha.config.postgres import Cluster
from mingcha.kernel.checklists import workbooks
from tests.conftest import copy_of_demo, mingcha

QUESTIONS = (("judge", "演示：门口有人值守", ""), ("count", "演示：登记人数", ""), ("ask", "演示：向谁报告", ""))


@pytest.fixture(scope="module")
def data(loaded_demo: Path) -> Iterator[Path]:
    """A demo of this file's own; its database runs on between the commands, which share it."""
    made = copy_of_demo(loaded_demo, "forms")
    with Cluster(DataFolder(made).postgres):
        yield made
    shutil.rmtree(made, ignore_errors=True)


def forms(data: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return mingcha("forms", *arguments, "--data", str(data), LANG="zh_CN.UTF-8")


def said(done: "subprocess.CompletedProcess[str]") -> str:
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def written(folder: Path, name: str, content: bytes) -> str:
    (folder / name).write_bytes(content)
    return str(folder / name)


def poured(form_id: str, *, version: str = "1", site_type: str = "") -> bytes:
    return workbooks.workbook(
        title="演示表", form_id=form_id, version=version, site_type=site_type, questions=QUESTIONS
    )


def changed(content: bytes, sheet: str, cell: str, value: str) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(content))
    book[sheet][cell] = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_form_for_any_site_is_taken_up_by_the_campaign(data: Path, tmp_path: Path) -> None:
    file = written(tmp_path, "表 1.xlsx", poured("any"))
    told = said(forms(data, "publish", file, "--campaign", "demo"))
    assert "表单 any 版本 1" in told and "3 个问题" in told and "任何点位" in told
    assert said(forms(data, "publish", file, "--campaign", "demo")) == told, "again is the same"
    ask = (
        "from mingcha.flow.campaigns.models import CampaignForm as C; print(C.objects.filter("
        "campaign__slug='demo', checklist__form_id='any').count())"
    )
    assert said(mingcha("--data", str(data), "shell", "-c", ask)).split() == ["1"]


def test_a_form_with_few_conventions_is_published_with_a_sentence_for_each_that_is_missing(
    data: Path, tmp_path: Path
) -> None:
    book = openpyxl.Workbook()
    survey = book.active
    assert survey is not None
    survey.title = "survey"
    for row in (["type", "name", "label"], ["text", "remark", "演示备注"]):
        survey.append(row)
    settings = book.create_sheet("settings")
    for row in (["form_title", "form_id", "version"], ["演示简表", "plain", "7"]):
        settings.append(row)
    book.save(tmp_path / "plain.xlsx")
    lines = said(forms(data, "publish", str(tmp_path / "plain.xlsx"), "--campaign", "demo")).splitlines()
    assert "表单 plain 版本 7：演示简表" in lines[0]
    warnings = [line for line in lines if line.startswith("提醒：")]
    assert len(warnings) >= 5 and all(line.endswith("。") and "%(" not in line for line in warnings)


def test_a_site_type_s_form_is_downloaded_changed_and_published(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "村 表.xlsx"
    assert str(out) in said(forms(data, "template", "village", "--out", str(out)))
    kept = out.read_bytes()
    again = forms(data, "template", "village", "--out", str(out))
    assert again.returncode == 2 and out.read_bytes() == kept, "what somebody may have changed is not written over"
    settings = openpyxl.load_workbook(out)["settings"]
    place = next(cell.coordinate for cell in settings[1] if cell.value == "version").replace("1", "2")
    newer = written(tmp_path, "newer.xlsx", changed(kept, "settings", place, "演示-2"))
    refused = forms(data, "publish", newer, "--campaign", "demo")
    assert refused.returncode == 1 and "version" in refused.stderr
    newer = written(tmp_path, "newer.xlsx", changed(kept, "settings", place, "2"))
    told = said(forms(data, "publish", newer, "--campaign", "demo"))
    assert "表单 village 版本 2" in told and "点位类型：村" in told
    listed = [line.split() for line in said(forms(data, "list")).splitlines() if line.startswith("village ")]
    assert [line[1] for line in listed] == ["2", "1"]


def test_a_site_type_may_be_named_on_the_command_line(data: Path, tmp_path: Path) -> None:
    file = written(tmp_path, "any.xlsx", poured("for-schools"))
    assert "点位类型：学校" in said(forms(data, "publish", file, "--campaign", "demo", "--site-type", "school"))


def test_a_refused_form_names_every_bad_row_and_leaves_nothing(data: Path, tmp_path: Path) -> None:
    good = poured("bad")
    torn = changed(changed(good, "survey", "A3", "no_such_type"), "survey", "B5", "has space")
    done = forms(data, "publish", written(tmp_path, "bad.xlsx", torn), "--campaign", "demo")
    assert (done.returncode, done.stdout) == (1, "")
    assert "第 3 行" in done.stderr and "第 5 行" in done.stderr and "Traceback" not in done.stderr
    assert "bad " not in said(forms(data, "list"))


def test_a_form_its_campaign_cannot_take_is_not_left_published(data: Path, tmp_path: Path) -> None:
    close = (
        "from mingcha.flow.campaigns.models import Campaign; Campaign.objects.filter(slug='demo').update(state='{}')"
    )
    said(mingcha("--data", str(data), "shell", "-c", close.format("closed")))
    done = forms(data, "publish", written(tmp_path, "late.xlsx", poured("late")), "--campaign", "demo")
    said(mingcha("--data", str(data), "shell", "-c", close.format("open")))
    assert done.returncode == 1 and "已经结束" in done.stderr
    assert "late " not in said(forms(data, "list"))


@pytest.mark.parametrize(
    "arguments,status,word",
    [
        (["publish", "/nonexistent.xlsx", "--campaign", "demo"], 2, "/nonexistent.xlsx"),
        (["publish", "FILE", "--campaign", "nope"], 2, "没有编号为“nope”的任务"),
        (["publish", "FILE", "--campaign", "demo", "--site-type", "nope"], 2, "village"),
        (["publish", "NOTES", "--campaign", "demo"], 1, "文件打不开"),
        (["template", "nope"], 2, "village"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    data: Path, tmp_path: Path, arguments: list[str], status: int, word: str
) -> None:
    files = {"FILE": written(tmp_path, "f.xlsx", poured("f")), "NOTES": written(tmp_path, "n.txt", b"notes")}
    done = forms(data, *(files.get(given, given) for given in arguments))
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (status, "", 1), done.stderr
    assert word in done.stderr
