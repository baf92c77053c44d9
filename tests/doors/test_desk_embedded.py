"""What a resident group records inside its host, and the check that follows: noted, ordered and verified like any other."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from mingcha.flow.fieldwork.models import EmbeddedRecord, Visit
from mingcha.flow.findings.models import Finding
from mingcha.flow.rectifications.models import Rectification
from mingcha.flow.reports.queries import figures
from tests.world import PNG, person, sign_in

NEW = "/campaigns/demo/embedded/new/"


@pytest.fixture
def group(client, ranks):
    return sign_in(client, ranks.group)


@pytest.fixture
def given():
    return {
        "kind": "roster", "day": "2021-10-27", "subject": "演示：查夜间值班", "text": "演示：抽查三个科室，一个科室没有交接。",
        "checked": "3", "amiss": "1",
    }  # fmt: skip


def shown(answer, status=200):
    assert answer.status_code == status, answer.content.decode()[-2000:]
    return answer.content.decode()


def phone(name, *arguments):
    return reverse(f"field:{name}", args=arguments)


# Recording


def test_a_group_records_what_it_did_inside_its_host(group, ranks, given):
    page = shown(group.get(NEW))
    assert "演示市卫健委" in page and "列席会议" in page and "不写个人姓名" in page
    answer = group.post(NEW, given | {"group": ranks.group_body.code})
    made = EmbeddedRecord.objects.latest("pk")
    assert answer.url == f"/embedded/{made.pk}/"
    assert (made.kind, made.checked, made.amiss, made.host_id) == ("roster", 3, 1, ranks.department.code)
    page = shown(group.get(answer.url))
    assert "检查值班" in page and "演示市卫健委机关（部门）" in page and "开始检查" in page


def test_what_does_not_belong_to_the_kind_is_left_out(group, ranks, given):
    code = ranks.group_body.code
    group.post(NEW, given | {"group": code, "kind": "meeting", "reminded": "演示负责人"})
    made = EmbeddedRecord.objects.latest("pk")
    assert (made.checked, made.amiss, made.reminded) == (None, None, "")
    group.post(NEW, given | {"group": code, "kind": "reminder", "reminded": "办公室负责人"})
    made = EmbeddedRecord.objects.latest("pk")
    assert (made.checked, made.reminded) == (None, "办公室负责人")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"amiss": "5"}, "发现异常数不能多于检查数"),
        ({"day": "2021-10-28"}, "日期还没到"),
        ({"kind": "reminder"}, "请写明提醒了谁"),
        ({"text": ""}, "请填写“看到的情况”。"),
        ({"text": "演示：王某某 13812345678 没有到岗。"}, "这里好像写了居民的个人信息"),
    ],
)
def test_wrong_input_keeps_all_that_was_typed(group, ranks, given, change, said):
    before = EmbeddedRecord.objects.count()
    page = shown(group.post(NEW, given | {"group": ranks.group_body.code} | change), 422)
    assert said in page and 'value="演示：查夜间值班"' in page
    assert EmbeddedRecord.objects.count() == before


def test_a_privacy_warning_is_passed_by_a_tick(group, ranks, given):
    watched = given | {"group": ranks.group_body.code, "text": "演示：总值班室电话 13812345678 无人接。"}
    assert group.post(NEW, watched | {"residents_checked": "on"}).status_code == 302


def test_only_groups_record_and_only_in_their_own_campaigns(client, world, ranks, given):
    for who in (world.lead, world.county, world.inspector, ranks.township, ranks.village):
        assert sign_in(client, who).get(NEW).status_code == 403
    sign_in(client, ranks.group)
    assert client.get("/campaigns/abroad/embedded/new/").status_code == 404
    assert client.post(NEW, given | {"group": world.minxian.office.body.code}).status_code == 422


# Reading


def test_the_lead_sees_the_records_of_all_groups_and_narrows_them(client, world, ranks, given):
    sign_in(client, ranks.group).post(NEW, given | {"group": ranks.group_body.code, "kind": "meeting"})
    sign_in(client, world.lead)
    page = shown(client.get("/embedded/"))
    assert "演示：抽查值班" in page and "演示：查夜间值班" in page and "演示派驻市卫健委纪检监察组" in page
    page = shown(client.get("/embedded/", {"kind": "meeting"}))
    assert "演示：查夜间值班" in page and "演示：抽查值班" not in page
    assert "没有符合条件的记录" in shown(client.get("/embedded/", {"kind": "own"}))
    page = shown(client.get(f"/embedded/{ranks.embedded.pk}/"))
    assert "演示：抽查两个科室的值班表。" in page and "/check/" not in page


def test_a_record_is_not_found_by_other_offices(client, world, ranks):
    for who in (world.county, world.neighbour, world.abroad.office.officer):
        sign_in(client, who)
        assert client.get(f"/embedded/{ranks.embedded.pk}/").status_code == 404
        assert "演示：抽查值班" not in shown(client.get("/embedded/"))
    for who in (world.inspector, world.unit, ranks.township, ranks.village):
        assert sign_in(client, who).get("/embedded/").status_code == 403


def test_the_index_teaches_who_has_nothing_yet(client, world, ranks):
    page = shown(sign_in(client, world.neighbour).get("/embedded/"))
    assert "派驻组还没有记录" in page
    EmbeddedRecord.objects.all().delete()
    page = shown(sign_in(client, ranks.group).get("/embedded/"))
    assert "还没有记录" in page and NEW in page
    type(world.campaign).objects.update(state="closed")
    assert "本组还没有列入进行中的任务" in shown(client.get("/embedded/"))


# The check


def test_a_check_needs_a_site_of_the_host_and_a_place_in_the_team(client, world, ranks):
    address = f"/embedded/{ranks.embedded.pk}/check/"
    sign_in(client, ranks.group)
    page = shown(client.post(address, {"site": world.minxian.office.sites[0].code}), 422)
    assert "这个点位不由驻在部门负责" in page
    newcomer = person("newcomer", "演示新派驻干部", ranks.group_body, "group", at=world.at)
    page = shown(sign_in(client, newcomer).post(address, {"site": ranks.department_site.code}), 422)
    assert "请联系牵头机关编组" in page and "selected>演示市卫健委机关" in page
    assert not Visit.objects.filter(drawn=False).exists()


def test_a_host_without_sites_is_told_how_to_get_one(group, ranks):
    type(ranks.department_site).objects.filter(pk=ranks.department_site.pk).update(active=False)
    assert "驻在部门还没有点位" in shown(group.get(f"/embedded/{ranks.embedded.pk}/"))


@pytest.fixture
def begun(group, ranks):
    """The check of the host's duty, under way."""
    answer = group.post(f"/embedded/{ranks.embedded.pk}/check/", {"site": ranks.department_site.code})
    visit = Visit.objects.get(drawn=False)
    assert answer.url == phone("visit", visit.pk)
    return visit


def noted(world, ranks, **changes):
    return {
        "item": world.items[0].pk, "responsibility": "department", "body": ranks.department.code,
        "severity": "ordinary", "description": "演示：值班表两周没有更新。", "way": "by_deadline", "due_in": "three",
        "requirement": "演示：补齐值班表。", "recurrence_of": "",
    } | changes  # fmt: skip


def test_an_embedded_check_begins_once(group, ranks, begun):
    page = shown(group.post(f"/embedded/{ranks.embedded.pk}/check/", {"site": ranks.department_site.code}), 409)
    assert "已经开始了检查" in page and phone("visit", begun.pk) in page


def test_an_outing_without_a_list_on_the_phone(group, ranks, begun):
    outing = begun.inspection
    page = shown(group.get(phone("plain")))
    assert "继续检查：演示市卫健委机关" in page and "没有清单，已到 1 处" in page and "共 0 站" not in page
    page = shown(group.get(phone("inspection", outing.pk)))
    assert "演示市卫健委机关" in page and "不经抽签" in page and "继续：" in page and "四不两直" not in page
    assert "没有清单，已到 1 处" in shown(group.get("/"))
    page = shown(group.post(phone("inspection_return", outing.pk)), 409)
    assert "还有 1 处检查没有结束" in page


def test_the_host_may_answer_though_it_is_a_body_of_the_city(group, ranks, begun):
    page = shown(group.get(phone("finding_new", begun.pk)))
    assert f'<option value="{ranks.department.code}" selected>演示市卫健委' in page


def test_from_the_record_to_the_closed_order(client, world, ranks, begun, settings):
    """The whole way: check, finding, order, answer of the department, verification by the lead."""
    outing, visit = begun.inspection, begun
    judge, count, _ask = visit.checklist.questions.order_by("position")
    filled = {f"q{judge.pk}_verdict": "fail", f"q{count.pk}_reported": "4", f"q{count.pk}_verified": "3"}
    assert client.post(phone("visit", visit.pk), filled).status_code == 302
    assert client.post(phone("finding_new", visit.pk), noted(world, ranks)).status_code == 302
    end = {"outcome": "done", "feedback": "演示：已当场反馈。", "feedback_to": "办公室负责人"}
    assert client.post(phone("visit_close", visit.pk), end).status_code == 302
    assert "去收队" in shown(client.get(phone("visit", visit.pk)))
    assert "检查结束，收队" in shown(client.get(phone("inspection", outing.pk)))
    assert client.post(phone("inspection_return", outing.pk)).status_code == 302
    assert "到了 1 处" in shown(client.get(phone("plain")))

    finding = Finding.objects.get(visit=visit)
    order = Rectification.objects.get(finding=finding)
    assert (finding.state, order.state, order.body_id) == ("confirmed", "ordered", ranks.department.code)
    page = shown(client.get(f"/embedded/{ranks.embedded.pk}/"))
    assert finding.number in page and "看检查小结" in page
    # The group follows what its host owes; the desk's pages say that nothing was drawn.
    assert finding.number in shown(client.get("/orders/"))
    for address in (f"/orders/{order.pk}/", f"/findings/{finding.pk}/", f"/visits/{visit.pk}/"):
        page = shown(client.get(address))
        assert "/ledger/" not in page.split("<main")[1], address
    assert "未经抽签" in page and f"/embedded/{ranks.embedded.pk}/" in page

    settings.MINGCHA_NOW = world.at + timedelta(hours=1)
    unit = person("department", "演示部门联系人", ranks.department, "unit", at=world.at)
    sign_in(client, unit)
    assert client.post(f"/orders/{order.pk}/receive/").status_code == 302
    proof = SimpleUploadedFile("值班表.png", PNG, "image/png")
    answer = {"measures": "演示：值班表已更新。", "proofs": [proof]}
    assert client.post(f"/orders/{order.pk}/answer/", answer).status_code == 302
    reply = order.replies.get()

    assert sign_in(client, ranks.group).post(f"/orders/{order.pk}/close/").status_code == 403
    sign_in(client, world.lead)
    closing = {"close-reason": "演示：已看值班表。", "close-reply": reply.pk}
    assert client.post(f"/orders/{order.pk}/close/", closing).status_code == 302
    order.refresh_from_db()
    assert order.state == "closed"


def test_ledger_and_brief_carry_it_like_any_other(client, world, ranks, begun):
    client.post(phone("finding_new", begun.pk), noted(world, ranks, way="on_spot", due_in=""))
    end = {"outcome": "done", "feedback": "演示：已当场反馈。"}
    client.post(phone("visit_close", begun.pk), end)
    finding = Finding.objects.get(visit=begun)
    sign_in(client, world.lead)
    assert finding.number in shown(client.get("/campaigns/demo/ledger/?state=attested"))
    for name in ("totals", "gaps", "brief", "ledger.xlsx"):
        assert client.get(f"/campaigns/demo/{name}{'' if '.' in name else '/'}").status_code == 200, name
    [row] = figures.figures(world.campaign, as_of=world.at, body=ranks.group_body.code)
    assert row.problems_found is None  # the group has not answered for its figures yet
    assert "嵌入式监督" in shown(client.get(f"/findings/{finding.pk}/"))


def test_every_page_works_in_english(group, ranks, begun):
    group.cookies["django_language"] = "en"
    for address in (
        "/embedded/", NEW, f"/embedded/{ranks.embedded.pk}/", phone("plain"), phone("inspection", begun.inspection_id),
        phone("visit", begun.pk),
    ):  # fmt: skip
        assert group.get(address).status_code == 200, address


def test_who_has_not_signed_in_begins_no_check(ranks):
    answer = Client().post(f"/embedded/{ranks.embedded.pk}/check/", {"site": ranks.department_site.code})
    assert answer.status_code == 302 and answer.url.startswith("/sign-in")
