"""Catalogues: what is missing is said, and an office completes one by Excel."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from mingcha.ground.rulebook.actions import catalogues as actions
from mingcha.ground.rulebook.models import Edition
from mingcha.kernel import sheets
from tests.world import publish, sign_in

CODE = "demo-rules"


@pytest.fixture
def lead(client, world):
    return sign_in(client, world.lead)


def upload(*rows):
    return SimpleUploadedFile("清单.xlsx", sheets.write(actions.COLUMNS, rows, title="清单"))


def row(number, text, *, code=CODE, declared="3", issued="2021-10-20", source="演示出处"):
    return [code, number, "演示类别", text, issued, source, declared]


def test_completeness_is_said_in_words(lead):
    for address in ("/rulebooks/", f"/rulebooks/{CODE}/"):
        assert "应有 3 条，收录 2 条，其余未收录" in lead.get(address).content.decode()
    shown = lead.get(f"/rulebooks/{CODE}/").content.decode()
    assert "演示条目一" in shown and "未收录</span>" in shown and "演示出处" in shown


def test_a_total_the_source_does_not_name_is_not_made_up(lead, world):
    rows = [actions.NewItem("", "", "演示条文")]
    actions.publish(world.rulebook, items=rows, issued_on="2021", source="演示", declared=0, by=None, at=world.at)
    shown = lead.get(f"/rulebooks/{CODE}/").content.decode()
    assert "总条数未注明，收录 1 条" in shown
    assert Edition.objects.latest("pk").completeness == "partial"


def test_a_catalogue_is_completed_by_excel(lead, world):
    sheet = lead.get(f"/rulebooks/{CODE}/template.xlsx")
    book = load_workbook(io.BytesIO(sheet.content))
    page = book.worksheets[0]
    assert [cell.value for cell in page[1]] == list(actions.COLUMNS)
    assert page.max_row == 4 and page["B4"].value == "3" and not page["D4"].value
    page["D4"] = "演示条目三:补全"
    out = io.BytesIO()
    book.save(out)
    answer = lead.post("/rulebooks/import/", {"file": SimpleUploadedFile("清单.xlsx", out.getvalue())})
    assert answer.status_code == 302 and answer.url == f"/rulebooks/{CODE}/"
    shown = lead.get(answer.url).content.decode()
    assert "3 条，收录完整" in shown and "演示条目三:补全" in shown
    assert "未收录</span>" in lead.get(f"{answer.url}?edition=1").content.decode()


def test_numbers_that_are_known_are_listed_for_filling_in(lead, world):
    publish(world.rulebook, at=world.at, items=())
    Edition.objects.filter(version=2).update(declared=3)
    rows = sheets.read(lead.get(f"/rulebooks/{CODE}/template.xlsx").content, required=actions.COLUMNS)
    assert [each["条号"] for each in rows] == ["1", "2", "3"]


def test_every_bad_row_is_shown_and_no_edition_published(lead):
    rows = [row("1", "甲"), row("1", "乙"), row("", ""), row("4", "丁", code="other")]
    answer = lead.post("/rulebooks/import/", {"file": upload(*rows)})
    shown = answer.content.decode()
    assert answer.status_code == 422
    for reason in ("与第 2 行重复", "条号和条文不能都空", "一个文件只放一个清单"):
        assert reason in shown
    assert Edition.objects.count() == 1


@pytest.mark.parametrize(
    "file,sentence",
    [
        (SimpleUploadedFile("a.xlsx", b"torn"), "文件打不开"),
        (SimpleUploadedFile("a.xlsx", b""), "空的"),
        (upload(row("1", "甲", code="nowhere")), "没有这个清单"),
        (upload(), "文件里没有条目"),
        (upload(row("1", "甲", declared="0")), "不能少于已填条文数"),
        (upload(row("1", "甲", source="")), "请照官方文件填写"),
    ],
)
def test_wrong_input_gets_one_sentence(lead, file, sentence):
    file.seek(0)
    answer = lead.post("/rulebooks/import/", {"file": file})
    assert answer.status_code == 422 and sentence in answer.content.decode()


def test_a_catalogue_kept_elsewhere_is_not_published_here(client, world):
    county = sign_in(client, world.county)
    answer = county.post("/rulebooks/import/", {"file": upload(row("1", "甲"))})
    assert answer.status_code == 404 and "由别的单位维护" in answer.content.decode()
    assert Edition.objects.count() == 1
    assert "补全条文" not in county.get(f"/rulebooks/{CODE}/").content.decode()


def test_a_catalogue_that_does_not_exist(lead):
    assert lead.get("/rulebooks/nowhere/").status_code == 404
    assert lead.get("/rulebooks/nowhere/template.xlsx").status_code == 404
    assert lead.get(f"/rulebooks/{CODE}/?edition=99").status_code == 200


def test_who_reads_and_who_publishes(client, world):
    sign_in(client, world.inspector)
    assert client.get("/rulebooks/").status_code == 200
    assert client.get("/rulebooks/import/").status_code == 403
    assert sign_in(client, world.unit).get("/rulebooks/").status_code == 403
