"""The first page by role, messages, and the record of acts in plain words."""

import re
from pathlib import Path

from django.urls import reverse

from mingcha.doors.desk.recorded import DETAILS, KINDS, VERBS
from mingcha.flow.campaigns.actions import calls, teams
from mingcha.flow.draws import actions as draws
from mingcha.ground.audit.models import Event
from mingcha.ground.notices.models import Notice
from tests.lots_held import begun as begin
from tests.lots_held import planned, witness
from tests.ranks import muster
from tests.world import sign_in

ROOT = Path(__file__).resolve().parents[2]


def page(client, address="/"):
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_county_finds_what_to_do_now(client, world):
    shown = page(sign_in(client, world.county))
    assert "整改答复待核验" in shown and 'href="/orders/?tab=verifying"' in shown
    assert "立行立改待抽核" in shown and 'href="/samples/"' in shown
    assert "清单待启封" in shown
    assert "演示任务 demo" in shown


def test_the_lead_office_is_not_pressed_to_inspect(client, world):
    shown = page(sign_in(client, world.lead))
    assert "下一步" not in shown
    assert reverse("desk:campaign_new") in shown


def test_the_county_is_told_the_next_step_of_its_round(client, world):
    office = world.minxian.office
    begun = begin(world.campaign, office=office.body, by=world.county, at=world.at)
    sign_in(client, world.county)
    assert f"下一步：第 {begun.number} 轮：冻结名录" in page(client)
    plan = planned(teams=[world.minxian.team], departs_at=world.at, n=2)
    draws.freeze(begun, plan=plan, by=world.county, at=world.at)
    assert f"下一步：第 {begun.number} 轮：投入秘密" in page(client)
    draws.deposit(begun, by=world.county, at=world.at)
    draws.deposit(begun, by=witness(), at=world.at)
    assert f"下一步：第 {begun.number} 轮：抽签" in page(client)


def test_a_county_without_a_register_begins_there(client, world):
    world.neighbour.posts.get()  # the neighbour serves 漳县 only
    for site in world.zhangxian.office.sites:
        type(site).objects.filter(pk=site.pk).update(active=False)
    assert "把点位登记上来" in page(sign_in(client, world.neighbour))


def test_one_county_sees_nothing_of_another(client, world):
    shown = page(sign_in(client, world.neighbour))
    assert "岷县" not in shown
    assert world.minxian.answered.finding.number not in shown


def test_the_inspector_has_one_big_button(client, world):
    shown = page(sign_in(client, world.inspector))
    assert 'class="btn btn--primary btn--big" href="/field/"' in shown
    assert reverse("field:list", args=[world.minxian.sealed.pk]) in shown
    assert reverse("field:inspection", args=[world.minxian.inspection.pk]) in shown
    assert "现在要办" not in shown


def test_the_unit_sees_its_orders_and_no_other(client, world):
    shown = page(sign_in(client, world.unit))
    mine, other = world.minxian.order, world.zhangxian.order
    assert reverse("desk:order", args=[mine.pk]) in shown and "待签收" in shown
    assert "已答复，等核验" in shown
    assert reverse("desk:order", args=[other.pk]) not in shown


def test_someone_without_a_post_is_told_so(client, world):
    world.unit.posts.update(until=world.at.date().replace(day=1), since=world.at.date().replace(day=1))
    assert "您现在没有在任的岗位" in page(sign_in(client, world.unit))


def test_messages_are_ones_own_and_marked_read_together(client, world):
    sign_in(client, world.unit)
    assert "全部标为已读" in page(client, "/notices/")
    assert client.post("/notices/").status_code == 302
    assert not Notice.objects.filter(to=world.unit, seen_at=None).exists()
    assert Notice.objects.filter(to=world.inspector, seen_at=None).exists()
    assert "全部标为已读</button>" not in page(client, "/notices/")


def test_a_message_leads_where_its_reader_may_go(client, world):
    """Nobody is told of a page that then refuses them."""
    for person in (world.lead, world.county, world.leader, world.inspector, world.unit, world.neighbour):
        sign_in(client, person)
        for link in set(Notice.objects.filter(to=person).values_list("link", flat=True)):
            assert client.get(link).status_code == 200, (person.username, link)


def test_the_record_stays_within_ones_area(client, world):
    shown = page(sign_in(client, world.neighbour), "/audit/")
    assert "漳县" in shown and "岷县" not in shown


def test_the_record_is_narrowed_by_act_and_person(client, world):
    sign_in(client, world.county)
    shown = page(client, "/audit/?verb=round.draw")
    assert "抽签并密封</th>" in shown and "冻结名录</th>" not in shown
    assert "没有符合条件的记录" in page(client, "/audit/?actor=查无此人")
    assert "第 1 页" not in page(client, "/audit/?page=999")


def test_what_waits_says_which_call_and_counts_people_as_people(client, world):
    ranks = muster(world)
    which = f"第 {ranks.call.number} 次，{ranks.call.reason[:10]}"
    assert which in page(sign_in(client, world.neighbour), "/")
    shown = page(sign_in(client, world.lead), "/")
    assert f"紧急调配还缺人：{which}" in shown and "人</span>" in shown


def test_details_of_the_record_are_words(client, world):
    ranks = muster(world)
    shown = page(sign_in(client, world.lead), "/audit/?verb=person.appoint")
    assert "角色：乡镇纪检干部" in shown and "角色：township" not in shown
    calls.assign(ranks.offer, need=ranks.need, by=world.lead, at=world.at)
    assert f"送往：{ranks.need.division.name}" in page(client, "/audit/?verb=call.assign")
    teams.join(world.minxian.team, person=ranks.spare_leader, duty="liaison", by=world.county, at=world.at)
    assert "分工：联络员" in page(client, "/audit/?verb=team.join")


def test_every_act_and_kind_on_record_has_plain_words(world):
    verbs = set(Event.objects.values_list("verb", flat=True))
    assert verbs <= set(VERBS), verbs - set(VERBS)
    kinds = set(Event.objects.values_list("kind", flat=True))
    assert kinds <= set(KINDS), kinds - set(KINDS)
    names = {name for detail in Event.objects.values_list("detail", flat=True) for name in detail}
    assert names <= set(DETAILS), names - set(DETAILS)


def test_every_verb_written_in_a_room_has_plain_words():
    sources = [*ROOT.glob("mingcha/*/*/actions.py"), *ROOT.glob("mingcha/*/*/actions/*.py")]
    written = {
        verb
        for path in sources
        for verb in re.findall(r'(?:record|_record)\(\s*"([a-z]+\.[a-z_]+)"', path.read_text("utf-8"))
    }
    assert written and written <= set(VERBS), written - set(VERBS)
