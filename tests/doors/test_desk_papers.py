"""Numbered papers at the desk: a unit chosen, a paper written and issued, downloaded, signed for, replied to, withdrawn."""

import io
import re
from datetime import timedelta

import docx
import pytest
from django.test import Client

from mingcha.flow.rectifications.actions import ladder, papers
from mingcha.flow.rectifications.models import Paper, UnitLink
from mingcha.flow.rectifications.queries import papers as queries
from mingcha.flow.rectifications.states import PaperState
from tests.ranks import muster
from tests.world import PNG, sign_in

NEW = "/papers/new/"


@pytest.fixture
def county(client, world):
    return sign_in(client, world.county)


@pytest.fixture
def unit(world):
    return sign_in(Client(), world.unit)


@pytest.fixture
def given(world):
    office = world.minxian.office
    return {
        "unit": office.answering.pk, "kind": "hand_over", "issuer": office.body.pk, "orders": [world.minxian.order.pk],
        "title": "", "demands": "演示：请立即补齐值守。", "word": "岷纪", "reply_by": "", "copies": [],
    }  # fmt: skip


@pytest.fixture
def paper(world):
    return papers.issue(
        [world.minxian.order], kind="hand_over", issuer=world.minxian.office.body, demands="演示：请立即整改。",
        prefix="岷纪", by=world.county, at=world.at,
    )  # fmt: skip


def shown(answer, status=200):
    assert answer.status_code == status, answer.content.decode()[-3000:]
    return answer.content.decode()


def ticked(page, name):
    return set(re.findall(rf'name="{name}" value="([^"]+)" checked', page))


# Writing


def test_a_unit_is_chosen_among_those_that_owe_something(county, world):
    page = shown(county.get(NEW))
    assert "演示岷县饭庄" in page
    assert "演示漳县饭庄" not in page


def test_a_page_about_a_unit_next_door_does_not_exist(county, world):
    shown(county.get(NEW, {"unit": world.zhangxian.office.answering.pk}), 404)
    shown(county.get(NEW, {"order": world.zhangxian.order.pk}), 404)


def test_what_is_open_is_ticked_and_what_was_named_alone(county, world):
    unit_ = world.minxian.office.answering.pk
    open_ = {str(world.minxian.order.pk), str(world.minxian.answered.pk)}
    assert ticked(shown(county.get(NEW, {"unit": unit_})), "orders") == open_
    named = shown(county.get(NEW, {"order": world.minxian.order.pk, "kind": "press"}))
    assert ticked(named, "orders") == {str(world.minxian.order.pk)}
    assert 'name="kind" value="press"' in named


def test_a_paper_is_issued_and_shown_with_its_number(county, world, given):
    answer = county.post(NEW, given)
    made = Paper.objects.get()
    assert answer.url == f"/papers/{made.pk}/"
    page = shown(county.get(answer.url))
    assert "岷纪交办〔2021〕1号" in page
    assert "演示：请立即补齐值守。" in page
    assert "（依据待填）" in page  # nobody has registered one, and the page says so
    assert world.minxian.order.finding.number in page


def test_the_page_warns_where_no_basis_is_registered(county, world, given, monkeypatch):
    unit_ = world.minxian.office.answering.pk
    assert "还没有登记依据" in shown(county.get(NEW, {"unit": unit_}))
    monkeypatch.setattr("mingcha.ground.rulebook.terms.basis", lambda kind, offices=(): "演示依据")
    assert "还没有登记依据" not in shown(county.get(NEW, {"unit": unit_}))


@pytest.mark.parametrize(
    ("change", "status", "said"),
    [
        ({"orders": []}, 422, "请至少选择一个问题"),
        ({"demands": " "}, 422, "id_demands_error"),
        ({"reply_by": "2021-10-27T17:00"}, 422, "回复时限已经过去"),
        ({"copies": ["621125-office"]}, 422, "有单位不能抄送"),
    ],
)
def test_a_refusal_keeps_what_was_typed(county, given, change, status, said):
    page = shown(county.post(NEW, given | {"title": "演示标题"} | change), status)
    assert said in page
    assert "演示标题" in page
    assert not Paper.objects.exists()


def test_an_interview_asks_for_its_arrangements(county, world):
    page = shown(county.get(NEW, {"unit": world.minxian.office.answering.pk, "kind": "interview"}))
    assert "约谈安排" in page
    assert "写明什么时间、在哪里、谁来约谈" in page


def test_who_follows_the_unit_is_ticked_for_a_copy(county, world, given):
    ranks = muster(world)
    page = shown(county.get(NEW, {"unit": given["unit"]}))
    assert ticked(page, "copies") == {ranks.township_body.pk}
    county.post(NEW, given | {"copies": [ranks.township_body.pk]})
    page = shown(sign_in(Client(), ranks.township).get(f"/papers/{Paper.objects.get().pk}/"))
    assert "签收抄送件" in page


def test_a_step_that_is_due_leads_to_its_paper(county, world, settings):
    late = world.minxian.order.due_at + timedelta(hours=1)
    ladder.climb(at=late)
    settings.MINGCHA_NOW = late
    assert "还没有印发文书" in shown(county.get("/papers/"))
    page = shown(county.get(NEW))
    assert f"?order={world.minxian.order.pk}&amp;kind=press" in page


# Reading and downloading


def test_the_document_is_the_one_that_was_issued(county, unit, paper):
    for client in (county, unit):
        answer = client.get(f"/papers/{paper.pk}.docx")
        assert answer.status_code == 200
        assert queries.is_as_issued(paper, answer.content)
        assert "no-store" in answer["Cache-Control"]


def test_lists_show_what_came_and_what_went(county, unit, world, paper):
    assert paper.content["title"] in shown(county.get("/papers/"))
    assert paper.content["title"] in shown(county.get("/papers/?tab=waiting"))
    assert paper.content["title"] not in shown(county.get("/papers/?tab=late"))
    assert paper.content["title"] in shown(unit.get("/papers/"))
    other = sign_in(Client(), world.neighbour)
    assert paper.content["title"] not in shown(other.get("/papers/"))
    shown(other.get(f"/papers/{paper.pk}/"), 404)
    assert paper.content["title"] in shown(sign_in(Client(), world.lead).get("/papers/?tab=lower"))


def test_a_late_reply_is_marked(county, unit, paper, settings):
    settings.MINGCHA_NOW = paper.reply_by + timedelta(minutes=1)
    assert "已逾期" in shown(county.get("/papers/?tab=late"))
    assert "card--overdue" in shown(unit.get(f"/papers/{paper.pk}/"))


# Receipt, reply, signatures, withdrawal


def test_the_unit_signs_and_replies(county, unit, world, paper):
    page = shown(unit.get(f"/papers/{paper.pk}/"))
    assert "签收这份文书" in page
    assert "撤销这份文书" not in page
    unit.post(f"/papers/{paper.pk}/receive/")
    paper.refresh_from_db()
    assert paper.state == PaperState.RECEIVED
    shown(unit.post(f"/papers/{paper.pk}/reply/", {"reply-text": "   "}), 422)
    answer = unit.post(f"/papers/{paper.pk}/reply/", {"reply-text": "演示：已办结。"})
    assert answer.status_code == 302
    assert "演示：已办结。" in shown(county.get(f"/papers/{paper.pk}/"))
    again = shown(unit.post(f"/papers/{paper.pk}/reply/", {"reply-text": "演示：又一次。"}), 409)
    assert "演示：又一次。" in again  # what was typed is handed back


def test_others_do_not_reply(county, world, paper):
    assert county.post(f"/papers/{paper.pk}/reply/", {"reply-text": "演示"}).status_code == 403
    other = sign_in(Client(), world.neighbour_unit)
    assert other.post(f"/papers/{paper.pk}/reply/", {"reply-text": "演示"}).status_code == 404
    assert county.post(f"/papers/{paper.pk}/receive/").status_code == 404


def test_the_three_hands_are_registered(county, unit, paper):
    address = f"/papers/{paper.pk}/sign/"
    page = shown(county.get(f"/papers/{paper.pk}/"))
    assert "检查组组长" in page
    scan = io.BytesIO(PNG)
    scan.name = "签字.png"
    county.post(address, {"sign-party": "leader", "sign-signed_as": "演示组长", "sign-scan": scan})
    page = shown(county.get(f"/papers/{paper.pk}/"))
    assert "演示组长" in page
    assert '<option value="leader"' not in page
    signed = paper.signatures.get()
    assert county.get(f"/papers/signatures/{signed.pk}/").status_code in (200, 302)
    assert unit.post(address, {"sign-party": "liaison", "sign-signed_as": "演示"}).status_code == 403


def test_what_came_back_on_paper_is_registered(county, unit, paper):
    address = f"/papers/{paper.pk}/register/"
    county.post(address, {"register-text": ""})
    paper.refresh_from_db()
    assert paper.state == PaperState.RECEIVED
    assert "文书刚刚已变为" in shown(county.post(address, {"register-text": ""}), 409)
    county.post(address, {"register-text": "演示：纸上说已办结。"})
    page = shown(unit.get(f"/papers/{paper.pk}/"))
    assert "演示：纸上说已办结。" in page
    assert "照纸质回复登记" in page
    assert unit.post(address, {"register-text": "演示"}).status_code == 403


def test_a_paper_is_withdrawn_and_the_unit_reads_why(county, unit, paper):
    shown(county.post(f"/papers/{paper.pk}/withdraw/", {"withdraw-reason": ""}), 422)
    county.post(f"/papers/{paper.pk}/withdraw/", {"withdraw-reason": "演示：写错单位。"})
    page = shown(unit.get(f"/papers/{paper.pk}/"))
    assert "演示：写错单位。" in page
    assert "签收这份文书" not in page


def test_a_printed_link_is_on_the_sheet_and_on_no_page(county, paper):
    answer = county.post(f"/papers/{paper.pk}/print/")
    assert answer.status_code == 200
    tables = docx.Document(io.BytesIO(answer.content)).tables
    said = " ".join(cell.text for table in tables for row in table.rows for cell in row.cells)
    token = re.search(r"/u/([^/\s]+)/", said)[1]
    assert UnitLink.objects.filter(revoked_at=None).count() == 1
    assert token not in shown(county.get(f"/papers/{paper.pk}/"))
    assert Client().get(f"/u/{token}/").status_code == 200


def test_what_waits_stands_on_the_first_page(county, unit, world, paper):
    assert "文书待签收" in shown(unit.get("/"))
    papers.receive(paper, by=world.unit, at=world.at)
    assert "文书待回复" in shown(unit.get("/"))


def test_a_resident_s_data_is_asked_about_once(county, given):
    page = shown(county.post(NEW, given | {"demands": "请联系13893201234核实。"}), 422)
    assert "我确认这里没有居民个人信息" in page


@pytest.mark.parametrize("address", ["/papers/", NEW])
def test_pages_read_in_english(county, world, address):
    county.cookies["django_language"] = "en"
    page = shown(county.get(address, {"unit": world.minxian.office.answering.pk} if address == NEW else {}))
    assert 'lang="en"' in page
