"""Notes between offices: written, addressed by tick or by link, read, signed for, replied to, asked about and answered."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from mingcha.flow.guidance import actions
from mingcha.flow.guidance.models import Note, Question, Reading, Recipient
from mingcha.ground.notices.models import Notice
from mingcha.ground.territory.actions import bodies, merges
from tests.world import person, sign_in

NEW = "/campaigns/demo/guidance/new/"


@pytest.fixture
def lead(client, world, ranks):
    return sign_in(client, world.lead)


@pytest.fixture
def county(client, world, ranks):
    return sign_in(client, world.county)


@pytest.fixture
def given(world):
    return {
        "way": "down", "kind": "hint", "title": "关于夜间值守的提示", "text": "演示：夜间也要有人带班。",
        "bodies": [world.minxian.office.body.code, world.zhangxian.office.body.code],
    }  # fmt: skip


def shown(answer, status=200):
    assert answer.status_code == status, answer.content.decode()[-3000:]
    return answer.content.decode()


def main(page):
    return page.split("<main", 1)[1].split("</main>", 1)[0]


def ticked(page):
    return set(re.findall(r'name="bodies" value="([^"]+)" checked', page))


# Writing


def test_a_note_is_numbered_and_sent_to_the_bodies_ticked(lead, world, given):
    page = shown(lead.get(NEW))
    assert "岷县纪委监委" in page and "演示派驻市卫健委纪检监察组" in page and "岷县 乡镇纪检组织" in page
    answer = lead.post(NEW, given | {"reply_by": "2021-10-28T18:00"})
    note = Note.objects.latest("pk")
    assert answer.url == f"/guidance/{note.pk}/" and str(note) == "工作提示〔2021〕2号"
    assert set(note.recipients.values_list("body", flat=True)) == set(given["bodies"])
    assert Notice.objects.filter(to=world.neighbour, link=answer.url).exists()
    page = shown(lead.get(answer.url))
    assert "关于夜间值守的提示" in page and "未读名单" in page and "2 个单位：签收 0，答复 0" in page


def test_a_whole_fold_is_addressed_by_one_tick(lead, world, ranks, given):
    for n in range(4):
        add_township_office(world, ranks, n)
    page = shown(lead.get(NEW))
    fold = re.search(r'name="whole" value="(2-621126)"', page)[1]
    assert "这 5 个单位都发" in page
    lead.post(NEW, given | {"bodies": [], "whole": [fold]})
    assert Note.objects.latest("pk").recipients.count() == 5


def add_township_office(world, ranks, n):
    bodies.add_body(
        code=f"621126101-{n}", name=f"演示蒲麻镇纪检{n}", kind="township_office", division=ranks.township_body.division,
        parent=world.minxian.office.body, by=None, at=world.at,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"title": ""}, "请填写“标题”。"),
        ({"bodies": []}, "请选择主送单位"),
        ({"reply_by": "2021-10-27T08:00"}, "答复时限已经过去"),
        ({"reply_by": "0021-10-27T08:00"}, "时间写得不对"),
        ({"bodies": ["6205-office"]}, "有单位不在可以发的范围里"),
        ({"text": "演示：请联系 13812345678 核实。"}, "这里好像写了居民的个人信息"),
    ],
)
def test_wrong_input_keeps_all_that_was_typed(lead, given, change, said):
    before = Note.objects.count()
    page = shown(lead.post(NEW, given | change), 422)
    assert said in page
    kept = given | change
    assert kept["text"] in page and f'value="{kept["title"]}"' in page + 'value=""'
    if "bodies" not in change:
        assert ticked(page) == set(given["bodies"])
    assert Note.objects.count() == before


def test_by_link_the_holders_are_found_and_shown_before_anything_is_sent(lead, ranks, given):
    asked = given | {"bodies": [], "what": "瓦窑沟村民委员会"}
    page = shown(lead.post(NEW, asked | {"find": "1"}))
    assert "联系“瓦窑沟村民委员会”的有 1 个单位" in page and "请核对后再发出" in page
    assert ticked(page) == {ranks.township_body.code} and 'value="关于夜间值守的提示"' in page
    shown_key = re.search(r'name="shown" value="([^"]+)"', page)[1]
    # Sent without having looked: it is shown first.
    before = Note.objects.count()
    assert ticked(shown(lead.post(NEW, asked))) == {ranks.township_body.code}
    assert Note.objects.count() == before
    answer = lead.post(NEW, asked | {"bodies": [ranks.township_body.code], "shown": shown_key})
    assert answer.status_code == 302
    line = Recipient.objects.get(note=Note.objects.latest("pk"))
    assert (line.body_id, line.via) == (ranks.township_body.code, "瓦窑沟村民委员会")
    assert "因联系瓦窑沟村民委员会" in shown(sign_in(lead, ranks.township).get("/guidance/"))


def test_several_things_of_that_name_are_picked_from(lead, world, given):
    page = shown(lead.post(NEW, given | {"what": "岷阳镇", "find": "1"}))
    assert "联系“岷阳镇”的有 1 个单位" in page and "是哪一个" in page  # its very name, among others that hold it
    page = shown(lead.post(NEW, given | {"what": "演示岷阳镇", "find": "1"}))
    assert "有几个都符合" in page
    site = next(site for site in world.minxian.office.sites if "岷阳镇" in site.name)
    page = shown(lead.post(NEW, given | {"what": "演示岷阳镇", "chosen": f"site:{site.pk}", "find": "1"}))
    assert f"“{site.name}”还没有联系单位" in page
    assert "没有找到“没有这个地方”" in shown(lead.post(NEW, given | {"what": "没有这个地方", "find": "1"}))


def test_words_looked_for_in_vain_hold_nothing_back_that_is_ticked(lead, world, given):
    for words in ("演示岷阳镇", "没有这个地方"):
        before = Note.objects.count()
        page = shown(lead.post(NEW, given | {"bodies": [], "what": words}))
        assert "请选一个" in page or "没有找到" in page
        assert Note.objects.count() == before
        answer = lead.post(NEW, given | {"what": words})
        assert answer.status_code == 302 and Note.objects.count() == before + 1
        sent = Note.objects.latest("pk").recipients
        assert set(sent.values_list("body", flat=True)) == set(given["bodies"])
        assert f"没有按“{words}”查找" in shown(lead.get(answer.url))


def test_a_list_names_the_issuer_beside_the_number(lead, world, ranks, given):
    lead.post(NEW, given)
    note = Note.objects.latest("pk")
    assert f"{note.issuer.name} {note}" in shown(lead.get("/guidance/?tab=sent"))
    assert f"{ranks.note.issuer.name} {ranks.note}" in shown(sign_in(lead, world.county).get("/guidance/"))


def test_what_is_looked_up_lies_in_ones_own_area(client, world, ranks, given):
    sign_in(client, world.neighbour)
    page = shown(client.post(NEW, given | {"bodies": [], "what": "瓦窑沟", "find": "1"}))
    assert "没有找到“瓦窑沟”" in page and "村民委员会" not in page
    assert "岷县" not in main(page)


def test_who_stands_below_reports_upwards(client, world, ranks):
    sign_in(client, ranks.township)
    page = shown(client.get(NEW, {"way": "up"}))
    assert "写情况反馈" in page and "岷县纪委监委" in page and "联系关系" not in page
    report = {"way": "up", "kind": "report", "title": "演示反馈", "text": "演示：已落实。"}
    answer = client.post(NEW, report | {"bodies": [world.minxian.office.body.code]})
    note = Note.objects.latest("pk")
    assert answer.url == f"/guidance/{note.pk}/" and str(note) == "情况反馈〔2021〕1号"
    # The lead oversees the county and reads it under what lower offices sent; the neighbour does not.
    sign_in(client, world.lead)
    assert "演示反馈" in shown(client.get("/guidance/?tab=lower"))
    page = shown(client.get(answer.url))
    assert "岷县纪委监委" in page and "未读名单" not in page and "/reply/" not in page
    assert sign_in(client, world.neighbour).get(answer.url).status_code == 404


def test_a_group_writes_up_and_does_not_guide_the_counties(client, world, ranks, given):
    sign_in(client, ranks.group)
    page = shown(client.get(NEW))
    assert "写情况反馈" in page and "岷县纪委监委" not in main(page)
    assert ticked(page) == {world.city.office.body.code}
    assert client.post(NEW, given | {"way": "up", "kind": "report"}).status_code == 422


def test_a_correction_names_the_old_note_and_goes_the_same_way(lead, world, ranks):
    page = shown(lead.get(NEW, {"about": ranks.note.pk}))
    assert "更正：演示提示" in page and "针对" in page
    assert ticked(page) == {world.minxian.office.body.code, world.zhangxian.office.body.code}
    body = {
        "way": "down",
        "kind": "hint",
        "title": "更正：演示提示",
        "text": "演示：改为每晚。",
        "about": ranks.note.pk,
    }
    lead.post(NEW, body | {"bodies": [world.minxian.office.body.code]})
    later = Note.objects.latest("pk")
    assert later.about_id == ranks.note.pk
    assert "针对这一份的后续" in shown(lead.get(f"/guidance/{ranks.note.pk}/"))
    # The neighbour did not get the correction, and is not told of it.
    assert "后续" not in shown(sign_in(lead, world.neighbour).get(f"/guidance/{ranks.note.pk}/"))


def test_a_report_on_a_note_goes_to_who_sent_it(county, world, ranks):
    page = shown(county.get(NEW, {"about": ranks.note.pk}))
    assert "写情况反馈" in page and "关于工作提示〔2021〕1号的情况反馈" in page
    assert ticked(page) == {world.city.office.body.code}
    assert county.get(NEW, {"about": "999999"}).status_code == 404


def test_who_may_not_send_is_told_so(client, world, ranks):
    for who in (ranks.village, world.inspector, world.unit):
        assert sign_in(client, who).get(NEW).status_code == 403
    sign_in(client, world.county)
    assert client.get("/campaigns/abroad/guidance/new/").status_code == 404
    assert client.get(NEW, {"issuer": world.city.office.body.code}).status_code == 404


# Reading


def test_opening_a_note_is_reading_it_once(county, world, ranks):
    address = f"/guidance/{ranks.note.pk}/"
    Reading.objects.all().delete()
    assert "未读</span>" in main(shown(county.get("/guidance/")))
    county.head(address)
    assert not Reading.objects.exists()
    shown(county.get(address))
    shown(county.get(address))
    assert list(Reading.objects.values_list("person", "at")) == [(world.county.pk, world.at)]
    assert "未读</span>" not in main(shown(county.get("/guidance/")))


def test_the_issuer_sees_who_has_not_read_it_and_reading_its_own_note_is_none(lead, world, ranks):
    Reading.objects.all().delete()
    address = f"/guidance/{ranks.note.pk}/"
    aside = shown(lead.get(address)).split("未读名单", 1)[1]
    assert world.county.name in aside and world.second.name in aside and world.neighbour.name in aside
    assert not Reading.objects.exists()
    sign_in(lead, world.county).get(address)
    aside = shown(sign_in(lead, world.lead).get(address)).split("未读名单", 1)[1]
    assert world.county.name not in aside and world.second.name in aside


def test_a_recipient_is_not_told_who_else_received_it(client, world, ranks):
    page = shown(sign_in(client, world.neighbour).get(f"/guidance/{ranks.note.pk}/"))
    assert "漳县纪委监委等 2 个单位：" in page and "另一个收到的单位" in page and "岷县" not in page
    assert sign_in(client, ranks.township).get(f"/guidance/{ranks.note.pk}/").status_code == 404


def test_the_lists_say_what_waits_and_what_is_late(client, world, ranks, settings):
    page = shown(sign_in(client, world.county).get("/guidance/"))
    assert "要答复还没答复的 1 份" in page and "待签收" in page and "is-overdue" not in main(page)
    page = shown(sign_in(client, world.lead).get("/guidance/"))
    assert "0 / 2 个单位" in page and "1 个待回答" in page and "有 1 个提问等本单位回答" in page
    settings.MINGCHA_NOW = world.at + timedelta(hours=6)
    assert "已逾期" in shown(client.get("/guidance/?tab=sent"))
    page = shown(sign_in(client, world.county).get("/guidance/"))
    assert "其中逾期 1 份" in page and "row-link is-overdue" in page
    assert "工作提示待答复" in shown(client.get("/"))


def test_an_empty_inbox_teaches(client, world, ranks):
    page = shown(sign_in(client, ranks.village).get("/guidance/"))
    assert "还没有收到" in page and "打开就记为已读" in page and "写一份" not in page
    assert sign_in(client, world.inspector).get("/guidance/").status_code == 403


# Signing, replying, asking, answering


def test_a_note_is_signed_for_and_replied_to_once(county, world, ranks):
    address = f"/guidance/{ranks.note.pk}/"
    assert "签收并答复" in shown(county.get(address))
    assert county.post(f"{address}receive/").url == address
    assert f"{world.county.name} 10月27日 18:00 签收" in shown(county.get(address))
    assert county.post(f"{address}reply/", {"reply-text": "演示：已安排带班。"}).url == address
    page = shown(county.get(address))
    assert "演示：已安排带班。" in page and "/reply/" not in page
    page = shown(county.post(f"{address}reply/", {"reply-text": "演示：再答一次。"}), 409)
    assert "已经答复过" in page and "演示：再答一次。" in page
    sign_in(county, world.lead)
    assert "签收 1，答复 1" in shown(county.get(address))
    assert Notice.objects.filter(to=world.lead, subject__startswith="收到答复").exists()


def test_a_late_reply_is_marked_and_still_taken(county, world, ranks, settings):
    settings.MINGCHA_NOW = world.at + timedelta(hours=6)
    page = shown(county.get(f"/guidance/{ranks.note.pk}/"))
    assert "card--overdue" in page and "已逾期" in page
    assert county.post(f"/guidance/{ranks.note.pk}/reply/", {"reply-text": "演示：补报。"}).status_code == 302


def test_a_question_is_answered_for_every_recipient(client, world, ranks):
    address = f"/guidance/{ranks.note.pk}/"
    sign_in(client, world.neighbour)
    assert client.post(f"{address}ask/", {"ask-text": "演示：周末也查吗？"}).url == address
    asked = Question.objects.latest("pk")
    sign_in(client, world.lead)
    page = shown(client.get(address))
    assert "漳县纪委监委" in page and f"/questions/{asked.pk}/answer/" in page
    done = client.post(f"/questions/{asked.pk}/answer/", {f"answer-{asked.pk}-text": "演示：周末照查。"})
    assert done.url == address
    page = shown(sign_in(client, world.county).get(address))
    assert "演示：周末照查。" in page and "漳县" not in page
    again = {f"answer-{asked.pk}-text": "演示：再答。"}
    page = shown(sign_in(client, world.lead).post(f"/questions/{asked.pk}/answer/", again), 409)
    assert "已经有人回答" in page and "演示：再答。" in page


def test_words_are_watched_and_kept(county, ranks):
    address = f"/guidance/{ranks.note.pk}/"
    for name in ("reply", "ask"):
        page = shown(county.post(f"{address}{name}/", {f"{name}-text": "演示：王某 13812345678 已到岗。"}), 422)
        assert "这里好像写了居民的个人信息" in page and "演示：王某 13812345678 已到岗。" in page
        assert "请填写" in shown(county.post(f"{address}{name}/", {f"{name}-text": ""}), 422)


def test_only_a_recipient_signs_and_only_the_issuer_answers(client, world, ranks):
    address = f"/guidance/{ranks.note.pk}/"
    sign_in(client, world.lead)
    assert client.post(f"{address}receive/").status_code == 404
    assert client.post(f"{address}reply/", {"reply-text": "演示。"}).status_code == 404
    answer = {f"answer-{ranks.question.pk}-text": "演示。"}
    assert sign_in(client, world.county).post(f"/questions/{ranks.question.pk}/answer/", answer).status_code == 404
    assert sign_in(client, ranks.township).post(f"/questions/{ranks.question.pk}/answer/", answer).status_code == 404
    assert sign_in(client, ranks.village).post(f"/questions/{ranks.question.pk}/answer/", answer).status_code == 403
    sign_in(client, world.abroad.office.officer)
    assert client.get(address).status_code == 404 and client.post(f"{address}receive/").status_code == 404
    assert client.get(f"{address}receive/").status_code == 405
    assert Client().post(f"{address}receive/").url.startswith("/sign-in")


def test_a_village_reads_signs_and_asks(client, world, ranks):
    note = actions.send(
        world.campaign, issuer=ranks.township_body, kind="guidance", title="演示村级指导", text="演示：守好村口。",
        bodies=[ranks.village_body], by=ranks.township, at=world.at,
    )  # fmt: skip
    sign_in(client, ranks.village)
    page = shown(client.get(f"/guidance/{note.pk}/"))
    assert "瓦窑沟村务监督委员会：" in page and "没有要求答复" in page
    assert client.post(f"/guidance/{note.pk}/receive/").status_code == 302
    assert client.post(f"/guidance/{note.pk}/ask/", {"ask-text": "演示：几点换班？"}).status_code == 302
    assert "提问等回答" in shown(client.get("/guidance/"))


def test_a_body_with_nobody_in_post_is_named(lead, ranks):
    ranks.township.posts.update(since="2020-01-01", until="2020-01-02")
    ranks.note.recipients.create(body=ranks.township_body)
    assert "没有在任人员" in shown(lead.get(f"/guidance/{ranks.note.pk}/"))


def test_a_merged_office_keeps_its_notes(client, world, ranks):
    add_township_office(world, ranks, 1)
    twin = type(ranks.township_body).objects.get(code="621126101-1")
    clerk = person("clerk", "演示并入干部", twin, "township", at=world.at)
    note = actions.send(
        world.campaign, issuer=world.minxian.office.body, kind="hint", title="演示并入前的提示", text="演示。",
        bodies=[twin], by=world.county, at=world.at,
    )  # fmt: skip
    merges.merge_bodies(twin, into=ranks.township_body, by=None, at=world.at)
    for who in (clerk, ranks.township):
        assert "演示并入前的提示" in shown(sign_in(client, who).get("/guidance/"))
        assert client.get(f"/guidance/{note.pk}/").status_code == 200


def test_every_page_works_in_english(lead, ranks):
    lead.cookies["django_language"] = "en"
    for address in ("/guidance/", "/guidance/?tab=sent", NEW, f"{NEW}?way=up", f"/guidance/{ranks.note.pk}/"):
        assert lead.get(address).status_code == 200, address
