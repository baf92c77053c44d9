"""Checklists at the desk: every form one may read, what flows from it, and the next version from a file."""

import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from mingcha.flow.campaigns.models import CampaignForm
from mingcha.ground.rulebook.models import Checklist, Question
from mingcha.ground.territory.models import SiteType
from tests.sent import general, workbook
from tests.world import sign_in

BARE = (
    '<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"><h:head><h:title>演示小表</h:title>'
    '<model><instance><data id="bare" version="1"><note/><meta><instanceID/></meta></data></instance>'
    '<bind nodeset="/data/note" type="string"/></model></h:head><h:body><input ref="/data/note"><label>说明</label></input>'
    "</h:body></h:html>"
).encode()  # fmt: skip


@pytest.fixture
def lead(client, world):
    return sign_in(client, world.lead)


def upload(content, name="表.xlsx"):
    return SimpleUploadedFile(name, content)


def changed(content, sheet, changes):
    """Return a workbook with these cells changed, by (column, row of Excel)."""
    book = load_workbook(io.BytesIO(content))
    page = book[sheet]
    columns = {str(cell.value).split("::")[0]: cell.column for cell in reversed(page[1])}
    for (column, row), value in changes.items():
        page.cell(row=row, column=columns[column]).value = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_every_type_has_its_form_with_its_questions_and_keeper(lead):
    shown = lead.get("/checklists/").content.decode()
    for words in ("村检查表", "饭店检查表", "现用", "系统自带", "判断 1 数目 1 询问 1"):
        assert words in shown, words
    assert "/checklists/" in lead.get("/rulebooks/").content.decode()


def test_one_version_says_what_flows_and_may_be_downloaded(lead, world):
    checklist = Checklist.objects.get(site_type=world.minxian.waiting.type)
    shown = lead.get(f"/checklists/{checklist.pk}/").content.decode()
    for words in ("值守人员在岗，登记完整", "1 道判断题", "findings 的每一行进台账", "得分：取 score 题"):
        assert words in shown, words
    book = lead.get(f"/checklists/{checklist.pk}/form.xlsx")
    assert {"survey", "choices", "settings"} <= set(load_workbook(io.BytesIO(book.content)).sheetnames)
    form = lead.get(f"/checklists/{checklist.pk}/form.xml")
    assert form.content.decode() == checklist.xform and "attachment" in form["Content-Disposition"]


def test_a_form_is_downloaded_changed_and_uploaded(lead, world):
    old = Checklist.objects.get(site_type=world.minxian.waiting.type)
    content = lead.get(f"/checklists/{old.pk}/form.xlsx").content
    book = load_workbook(io.BytesIO(content))
    row = next(n for n, cells in enumerate(book["survey"].iter_rows(values_only=True), 1) if "q1" in cells)
    edited = changed(content, "survey", {("label", row): "演示：新的问法"})
    refused = lead.post("/checklists/upload/", {"file": upload(edited)})
    assert refused.status_code == 409 and "请在 settings 页改一个新的 version" in refused.content.decode()
    settings = load_workbook(io.BytesIO(edited))["settings"]
    assert [cell.value for cell in settings[1]][2] == "version"
    answer = lead.post("/checklists/upload/", {"file": upload(changed(edited, "settings", {("version", 2): "2"}))})
    made = Checklist.objects.latest("pk")
    assert answer.status_code == 302 and answer.url == f"/checklists/{made.pk}/"
    assert (made.site_type, made.version, made.keeper) == (old.site_type, 2, world.city.office.body)
    assert Question.objects.filter(checklist=made, text="演示：新的问法").exists()
    shown = lead.get(answer.url).content.decode()
    assert "第 2 版" in shown and "第 1 版" in shown and "现在用这一版" in shown
    assert "现在用第 2 版" in lead.get(f"/checklists/{old.pk}/").content.decode()


def test_the_same_again_changes_nothing(lead, world, settings):
    content = workbook("demo-form")
    first = lead.post("/checklists/upload/", {"file": upload(content)})
    settings.MINGCHA_NOW = world.at + timedelta(minutes=5)
    again = lead.post("/checklists/upload/", {"file": upload(content)}, follow=True)
    assert again.redirect_chain[0][0] == first.url and "早已发布" in again.content.decode()


def test_every_bad_row_is_told_in_plain_words_and_nothing_kept(lead):
    count = Checklist.objects.count()
    book = load_workbook(io.BytesIO(workbook("demo-form")))
    survey = book["survey"]
    row = next(n for n, cells in enumerate(survey.iter_rows(values_only=True), 1) if "q1" in cells)
    broken = changed(
        workbook("demo-form"), "survey", {("type", row): "select_one 没有这张表", ("type", row + 1): "whatever"}
    )
    answer = lead.post("/checklists/upload/", {"file": upload(broken)})
    shown = answer.content.decode()
    assert answer.status_code == 422 and "什么都没有写入" in shown
    assert "choices 页里没有名为" in shown and "不认识的题型“whatever”" in shown
    assert f">{row}</th>" in shown and f">{row + 1}</th>" in shown
    assert Checklist.objects.count() == count


@pytest.mark.parametrize(
    "file,sentence",
    [
        (upload(b"torn"), "文件打不开"),
        (upload(b"PK\x03\x04torn"), "文件打不开"),
        (upload(b""), "空的"),
        (upload(b"x" * (2 * 1024 * 1024 + 1)), "超过 2 MB"),
        (upload(workbook("demo-form", site_type="nowhere")), "不是登记的点位类型"),
        (upload(BARE.replace(b'id="bare"', b'id="bad id"'), "a.xml"), "表单编号"),
    ],
)
def test_wrong_input_gets_one_sentence(lead, file, sentence):
    file.seek(0)
    answer = lead.post("/checklists/upload/", {"file": file})
    assert answer.status_code == 422 and sentence in answer.content.decode()


def test_a_form_that_holds_little_is_published_and_says_what_will_not_flow(lead):
    answer = lead.post("/checklists/upload/", {"file": upload(BARE, "小表.xml")}, follow=True)
    shown = answer.content.decode()
    for words in ("演示小表", "没有 findings 重复组", "没有 site_code 题", "还没有任务选用它", "没有能进检查记录的题"):
        assert words in shown, words
    made = Checklist.objects.get(form_id="bare")
    assert lead.get(f"/checklists/{made.pk}/form.xlsx").status_code == 404
    assert (
        "下载 Excel" not in lead.get(f"/checklists/{made.pk}/").content.decode().split("<main")[1].split("改这一张")[0]
    )


def test_a_type_chosen_on_the_page_wins(lead, world):
    kind = SiteType.objects.get(name="超市")
    lead.post("/checklists/upload/", {"file": upload(workbook("demo-form")), "site_type": kind.pk})
    assert Checklist.objects.get(form_id="demo-form").site_type == kind
    assert 'value="t4" selected' in lead.get("/checklists/upload/?site_type=t4").content.decode()


def test_a_form_for_any_site_is_taken_up_by_a_campaign_at_once(lead, world):
    lead.post("/checklists/upload/", {"file": upload(workbook("demo-form")), "campaign": "demo"})
    made = Checklist.objects.get(form_id="demo-form")
    assert CampaignForm.objects.filter(campaign=world.campaign, checklist=made).exists()
    assert world.campaign.name in lead.get(f"/checklists/{made.pk}/").content.decode()
    assert world.campaign.name in lead.get("/checklists/").content.decode()


def test_a_countys_own_form_is_used_in_the_county_alone(client, world):
    kind = world.minxian.waiting.type
    county = sign_in(client, world.county)
    assert county.post("/checklists/upload/", {"file": upload(workbook("mine", site_type=kind.pk))}).status_code == 302
    made = Checklist.objects.get(form_id="mine")
    assert made.keeper == world.minxian.office.body
    assert "现在用这一版" in county.get(f"/checklists/{made.pk}/").content.decode()
    assert "演示表 mine" in sign_in(client, world.inspector).get("/checklists/").content.decode()
    assert "演示表 mine" in sign_in(client, world.lead).get("/checklists/").content.decode()


def test_the_neighbour_sees_nothing_of_a_countys_form(client, world):
    made = general("mine", keeper=world.minxian.office.body, by=world.county, at=world.at)
    neighbour = sign_in(client, world.neighbour)
    assert "演示表 mine" not in neighbour.get("/checklists/").content.decode()
    for page in ("", "form.xlsx", "form.xml"):
        assert neighbour.get(f"/checklists/{made.pk}/{page}").status_code == 404
    assert sign_in(client, world.abroad.office.officer).get(f"/checklists/{made.pk}/").status_code == 404


def test_who_reads_and_who_publishes(client, world):
    checklist = Checklist.objects.get(site_type=world.minxian.waiting.type)
    inspector = sign_in(client, world.inspector)
    assert inspector.get(f"/checklists/{checklist.pk}/").status_code == 200
    assert "上传表单" not in inspector.get("/checklists/").content.decode()
    assert inspector.get("/checklists/upload/").status_code == 403
    assert inspector.post("/checklists/upload/", {"file": upload(workbook("demo-form"))}).status_code == 403
    assert sign_in(client, world.unit).get("/checklists/").status_code == 403
    county = sign_in(client, world.county)
    assert "选用的任务" not in county.get("/checklists/upload/").content.decode()
