"""Publications at the desk: written, previewed as the public reads them, approved by another, named by another, taken down."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from mingcha.flow.reports.models import NamingRequest, Publication
from tests import referred
from tests.world import sign_in


@pytest.fixture
def county(world):
    return sign_in(Client(), world.county)


@pytest.fixture
def second(world):
    return sign_in(Client(), world.second)


@pytest.fixture
def given(world):
    return {
        "office": world.minxian.office.body.pk, "kind": "circular", "title": "关于1起典型问题的通报",
        "text": "1.演示镇党委书记张伟强履职不力问题。\n张伟强失察，李小明在场。",
        "officials": "张伟强，演示镇党委书记", "others": "李小明",
        "expires_on": (world.at + timedelta(days=9)).date().isoformat(),
    }  # fmt: skip


@pytest.fixture
def made(county, given):
    answer = county.post("/publications/new/", given)
    assert answer.status_code == 302, answer.content.decode()[-2000:]
    return Publication.objects.get()


def at(publication, act=""):
    return f"/publications/{publication.pk}/{act}"


def article(page):
    return re.search(r'<article class="told.*?</article>', page.content.decode(), re.DOTALL)[0]


def published(county, second, made):
    county.post(at(made, "propose/"))
    answer = second.post(at(made, "approve/"), {"revision": made.revision})
    assert answer.status_code == 302, answer.content.decode()[-2000:]


def test_the_preview_is_word_for_word_what_the_public_reads(client, county, second, made):
    preview = article(county.get(at(made)))
    assert "张某某" in preview and "张伟强" not in preview and "李小明" not in preview
    published(county, second, made)
    shown = article(client.get(f"/public/{made.slug}/"))
    plain = [re.sub(r"<[^>]+>|\s", "", one) for one in (preview, shown, article(county.get(at(made))))]
    assert plain[0] == plain[1] == plain[2]


def test_who_proposed_is_offered_no_approval_and_gets_none(county, made):
    county.post(at(made, "propose/"))
    page = county.get(at(made)).content.decode()
    assert "批准发布" not in page and "等另一人办理" in page
    answer = county.post(at(made, "approve/"), {"revision": made.revision})
    assert answer.status_code == 403 and "不能审批自己的稿子" in answer.content.decode()
    made.refresh_from_db()
    assert made.state == "proposed"


def test_another_text_than_was_read_is_not_approved(county, second, made, given):
    county.post(at(made, "propose/"))
    second.post(at(made, "send-back/"), {"back-reason": "演示：改标题"})
    assert "演示：改标题" in county.get(at(made)).content.decode()
    made.refresh_from_db()
    county.post(at(made, "edit/"), given | {"title": "另一个标题", "revision": made.revision})
    county.post(at(made, "propose/"))
    answer = second.post(at(made, "approve/"), {"revision": made.revision})
    assert answer.status_code == 409 and "又改过" in answer.content.decode()


def test_whoever_writes_it_again_reads_names_and_keeps_what_was_typed(county, made, given):
    page = county.get(at(made, "edit/")).content.decode()
    assert "张伟强失察，李某某在场。" in page and "张伟强，演示镇党委书记" in page
    answer = county.post(at(made, "edit/"), given | {"title": "", "revision": 1})
    assert answer.status_code == 422 and "张伟强失察，李小明在场。" in answer.content.decode()
    late = county.post(at(made, "edit/"), given | {"revision": 7})
    assert late.status_code == 409 and "张伟强失察" in late.content.decode()


def test_a_residents_data_stops_the_form_once(county, given):
    given["text"] += "\n联系电话13812345678。"
    answer = county.post("/publications/new/", given)
    assert answer.status_code == 422 and "居民的个人信息" in answer.content.decode()
    assert county.post("/publications/new/", given | {"residents_checked": "on"}).status_code == 302


def test_naming_is_asked_for_and_granted_by_another(client, county, second, made):
    published(county, second, made)
    assert county.post(at(made, "names/9/"), {"ask-9-reason": "演示"}).status_code == 404
    assert county.post(at(made, "names/1/"), {"ask-1-reason": ""}).status_code == 422
    assert county.post(at(made, "names/1/"), {"ask-1-reason": "演示：经同意"}).status_code == 302
    request = NamingRequest.objects.get()
    own = county.post(f"/namings/{request.pk}/rule/", {"rule-1-verdict": "grant"})
    assert own.status_code == 403 and "裁定</button>" not in county.get(at(made)).content.decode()
    assert "演示：经同意" in second.get(at(made)).content.decode()
    assert second.post(f"/namings/{request.pk}/rule/", {"rule-1-verdict": "grant"}).status_code == 302
    assert "张伟强" in article(client.get(f"/public/{made.slug}/"))


def test_extended_by_another_and_taken_down_with_a_reason(client, county, second, made, world):
    published(county, second, made)
    until = (world.at + timedelta(days=20)).date().isoformat()
    assert county.post(at(made, "extend/"), {"extend-until": until, "extend-reason": "演示"}).status_code == 403
    assert second.post(at(made, "extend/"), {"extend-until": "2021-10-28", "extend-reason": "演示"}).status_code == 422
    assert second.post(at(made, "extend/"), {"extend-until": until, "extend-reason": "演示"}).status_code == 302
    assert county.post(at(made, "take-down/"), {"down-reason": ""}).status_code == 422
    assert county.post(at(made, "take-down/"), {"down-reason": "演示：复议"}).status_code == 302
    assert client.get(f"/public/{made.slug}/").status_code == 410
    page = county.get(at(made)).content.decode()
    assert "演示：复议" in page and "撤下前的内容" in page and "申请点名" not in page


def test_the_list_says_what_waits_and_names_nobody(county, second, made, given):
    assert "关于1起典型问题的通报" in county.get("/publications/").content.decode()
    made.refresh_from_db()
    county.post(at(made, "edit/"), given | {"title": "张伟强履职不力的通报", "revision": made.revision})
    county.post(at(made, "propose/"))
    page = second.get("/publications/").content.decode()
    assert "张某某履职不力的通报" in page and "张伟强" not in page and 'aria-current="page">待审批' in page


def test_another_county_is_told_nothing(world, made):
    neighbour = sign_in(Client(), world.neighbour)
    assert neighbour.get(at(made)).status_code == 404
    assert neighbour.post(at(made, "take-down/"), {"down-reason": "演示"}).status_code == 404
    assert "典型问题" not in neighbour.get("/publications/").content.decode()
    assert sign_in(Client(), world.inspector).get(at(made)).status_code == 403


def test_a_circular_is_begun_from_a_decided_case_and_taken_away_as_word(county, second, world):
    lead = referred.disposed(world, referred.registered(world, finding=world.minxian.by_deadline))
    case = referred.opened(world, lead=lead, parties=[referred.official(world, name="张伟强", post="经理")])
    referred.decided(world, referred.heard(world, case))
    assert str(case) in county.get("/publications/circular/").content.decode()
    form = county.get("/publications/new/", {"case": [case.pk, "x"]}).context["form"]
    begun = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    assert begun["kind"] == "circular" and begun["officials"] == "张伟强，演示岷县超市经理"
    begun |= {"office": world.minxian.office.body.pk, "expires_on": "2021-11-30"}
    answer = county.post("/publications/new/", begun)
    made = Publication.objects.get()
    assert answer.url == at(made) and [told.case for told in made.cases.all()] == [case]
    page = county.get(at(made)).content.decode()
    assert "张某某履职不力问题" in page and str(case) in page
    word = county.get(f"/publications/{made.pk}.docx")
    assert word.content[:2] == b"PK" and "%E5%BC%A0%E4%BC%9F" not in word["Content-Disposition"]
    neighbour = sign_in(Client(), world.neighbour)
    assert str(case) not in neighbour.get("/publications/circular/").content.decode()
    assert neighbour.get("/publications/new/", {"case": case.pk}).context["form"]["text"].value() is None
