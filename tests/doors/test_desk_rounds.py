"""A round in the browser: begun, planned with a preview, frozen, void, revealed; and what a sealed list must never show."""

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse

from mingcha.flow.campaigns.actions import campaigns
from mingcha.flow.draws import actions as draws
from mingcha.flow.draws.models import PastOutcome, Round
from mingcha.ground.accounts.actions import people
from tests import lots_held
from tests.world import sign_in

ROOT = Path(__file__).resolve().parents[2]


def at(name, pk):
    return reverse(f"desk:round_{name}" if name else "desk:round", args=[pk])


@pytest.fixture
def county(client, world):
    return sign_in(client, world.county)


@pytest.fixture
def begun(world):
    return lots_held.begun(world.campaign, office=world.minxian.office.body, by=world.county, at=world.at)


@pytest.fixture
def frozen(begun, world):
    plan = lots_held.planned(teams=[world.minxian.team], departs_at=world.at + timedelta(hours=1), n=2)
    draws.freeze(begun, plan=plan, by=world.county, at=world.at)
    return begun


def beginning(world, **changes):
    witness = world.city.office.body.code
    return {"witness": witness, "public_kind": "dice", **changes}


def planning(world, **changes):
    return {
        "n": "2", "tilt": "logistic", "lean": "6", "floor": "10", "cap": "50", "day": "2021-10-27", "departs": "19:00",
        "window": "0", "sharing": "route", "teams": [world.minxian.team.pk], **changes,
    }  # fmt: skip


def test_beginning_names_the_witness_and_the_public_value(county, world):
    address = reverse("desk:round_begin", args=["demo"])
    assert "另一家投入秘密的单位" in county.get(address).content.decode()
    named = {"public_kind": "lottery", "public_named": "演示彩票第125期", "public_day": "2021-10-27"}
    answer = county.post(address, beginning(world, **named, public_time="18:30"))
    started = Round.objects.latest("pk")
    assert answer.url == at("", started.pk)
    assert [party.body for party in started.parties.order_by("pk")] == [
        world.minxian.office.body, world.city.office.body,
    ]  # fmt: skip
    assert started.public_at == world.at + timedelta(minutes=30)
    assert "演示彩票第125期" in county.get(answer.url).content.decode()


@pytest.mark.parametrize(
    "changes,sentence",
    [
        ({"public_kind": "lottery", "public_named": "演示彩票"}, "都要写明是哪一个、哪天几点产生"),
        (
            {"public_kind": "index", "public_named": "演示指数", "public_day": "2021-10-27", "public_time": "15:00"},
            "公开数值要在以后产生",
        ),
        ({"witness": "nobody"}, "另一家投入秘密的单位"),
    ],
)
def test_a_beginning_that_cannot_be_keeps_what_was_typed(county, world, changes, sentence):
    answer = county.post(reverse("desk:round_begin", args=["demo"]), beginning(world, **changes))
    shown = answer.content.decode()
    assert answer.status_code == 422 and sentence in shown
    assert changes.get("public_named", "") in shown
    assert not Round.objects.filter(state="begun").exists()


def test_a_round_begun_is_named_before_another(county, world, begun):
    shown = county.get(reverse("desk:round_begin", args=["demo"])).content.decode()
    assert "还没抽签" in shown and at("", begun.pk) in shown


def test_the_lead_office_says_whose_round_it_is_and_never_witnesses_itself(client, world):
    lead = sign_in(client, world.lead)
    address = reverse("desk:round_begin", args=["demo"])
    given = {"witness": "62-witness", "public_kind": "dice"}
    assert lead.post(address, given).status_code == 422
    assert lead.post(address, given | {"office": world.abroad.office.body.code}).status_code == 422
    own = world.city.office.body.code
    refused = lead.post(address, given | {"office": own, "witness": own})
    assert refused.status_code == 422
    assert lead.post(address, {**given, "office": world.zhangxian.office.body.code, "witness": own}).status_code == 302


def test_a_preview_says_in_plain_words_what_a_setting_means(county, world, begun):
    page = county.post(at("preview", begun.pk), planning(world), headers={"HX-Request": "true"})
    shown = page.content.decode()
    assert page.status_code == 200 and "<html" not in shown
    assert "预计查到问题" in shown and "内行猜中率" in shown and "这次躲过" in shown
    assert "没有足够的历史，用各类点位的先验率" in shown
    whole = county.post(at("preview", begun.pk), planning(world, n="3"))
    assert "<html" in whole.content.decode() and 'value="3"' in whole.content.decode()
    lottery = county.post(at("preview", begun.pk), planning(world, tilt="lottery"), headers={"HX-Request": "true"})
    assert "均等抽签不看评分" in lottery.content.decode()
    begun.refresh_from_db()
    assert begun.state == "begun" and begun.frame.count() == 0


def test_a_preview_says_what_is_wrong_and_nothing_is_lost(county, world, begun):
    said = county.post(at("preview", begun.pk), planning(world, n="9"), headers={"HX-Request": "true"})
    assert "只有 5 个" in said.content.decode()
    unclear = county.post(at("preview", begun.pk), planning(world, n=""), headers={"HX-Request": "true"})
    assert "填好抽取数" in unclear.content.decode()


def test_a_preview_tells_the_teams_day_where_places_are_known(county, world, begun):
    asked = (at("preview", begun.pk), planning(world))
    assert "行程估不出来" in county.post(*asked, headers={"HX-Request": "true"}).content.decode()
    for step, site in enumerate(world.minxian.office.sites):
        type(site).objects.filter(pk=site.pk).update(latitude=34.4 + step / 100, longitude=104.0)
    assert "每组一天在外" in county.post(*asked, headers={"HX-Request": "true"}).content.decode()


def test_freezing_fixes_everything_and_leads_to_the_ceremony(county, world, begun):
    assert "饭店（1 个）" in county.get(at("", begun.pk)).content.decode()
    answer = county.post(at("freeze", begun.pk), planning(world, site_types=["t0", "t2"], window="30"))
    assert answer.url == reverse("desk:ceremony", args=[begun.pk])
    begun.refresh_from_db()
    assert (begun.state, begun.frame.count(), begun.window, begun.tilt) == ("frozen", 2, 30, "logistic")
    shown = county.get(at("", begun.pk)).content.decode()
    assert begun.frame_hash in shown and "按风险加权" in shown and "2 个点位抽 2 个" in shown


def test_who_is_over_the_yearly_cap_is_left_out_and_named(county, world, begun):
    restaurant = next(site for site in world.minxian.office.sites if site.type.name == "饭店")
    type(restaurant.type).objects.filter(pk=restaurant.type_id).update(enterprise=True, yearly_cap=1)
    PastOutcome.objects.create(
        visit=10_000, site=restaurant, day=world.at.date(), problem=True, team=world.minxian.team.pk, source="drawn",
        counts=True, taken_at=world.at,
    )  # fmt: skip
    said = county.post(at("preview", begun.pk), planning(world), headers={"HX-Request": "true"}).content.decode()
    assert "1 个企业点位今年检查次数已到上限" in said
    county.post(at("freeze", begun.pk), planning(world))
    shown = county.get(at("", begun.pk)).content.decode()
    assert begun.frame.count() == 4
    assert restaurant.name in shown and "上限 1 次" in shown


def test_nothing_to_freeze_is_said_and_the_round_stays(county, world, begun):
    for site in world.minxian.office.sites:
        type(site).objects.filter(pk=site.pk).update(active=False)
    assert "名录里还没有点位" in county.get(at("", begun.pk)).content.decode()
    answer = county.post(at("freeze", begun.pk), planning(world))
    assert answer.status_code == 422 and "没有可抽的点位" in answer.content.decode()
    begun.refresh_from_db()
    assert begun.state == "begun"


def test_freezing_twice_is_one_clear_sentence(county, world, frozen):
    answer = county.post(at("freeze", frozen.pk), planning(world))
    assert answer.status_code == 409 and "刚刚变了" in answer.content.decode()


@pytest.mark.parametrize(
    "changes,sentence",
    [
        ({"departs": "08:00"}, "出发时间已经过去"),
        ({"day": "2021-10-26"}, "出发时间已经过去"),
        ({"day": "2031-10-27"}, "检查日期不在任务时段内"),
        ({"n": "9"}, "只有 5 个"),
        ({"n": "0"}, "抽取多少个点位"),
        ({"cap": "2"}, "最高机会"),
        ({"teams": []}, "出动的检查组"),
        ({"day": "昨天"}, "检查日期"),
    ],
)
def test_a_plan_that_cannot_be_keeps_what_was_typed(county, world, begun, changes, sentence):
    given = planning(world, **changes)
    answer = county.post(at("freeze", begun.pk), given)
    shown = answer.content.decode()
    assert answer.status_code in (409, 422) and sentence in shown
    assert f'value="{given["departs"]}"' in shown
    begun.refresh_from_db()
    assert begun.state == "begun"


def test_another_offices_team_cannot_be_sent(county, world, begun):
    assert county.post(at("freeze", begun.pk), planning(world, teams=[world.zhangxian.team.pk])).status_code == 422


def test_the_time_on_the_clock_means_at_once(county, world, begun, settings):
    settings.MINGCHA_NOW = world.at + timedelta(seconds=40)
    assert county.post(at("freeze", begun.pk), planning(world, departs="18:00")).status_code == 302
    begun.refresh_from_db()
    assert begun.departs_at == settings.MINGCHA_NOW


def test_a_sealed_list_shows_its_length_and_nothing_else(county, world, frozen):
    lots_held.drawn(frozen, by=world.county, at=world.at)
    shown = county.get(at("", frozen.pk)).content.decode()
    assert "2 个点位" in shown and "10月27日 19:00 出发" in shown
    assert "所以您不能启封" in shown and "各层抽中几个也密封着" in shown
    for site in world.minxian.office.sites:
        assert site.name not in shown and site.code not in shown


def test_sealed_lists_are_not_revealed(county, frozen, world):
    lots_held.drawn(frozen, by=world.county, at=world.at)
    answer = county.post(at("reveal", frozen.pk))
    assert answer.status_code == 409 and "还有清单没有启封" in answer.content.decode()
    assert county.get(at("bundle", frozen.pk)).status_code == 404


def test_a_void_round_says_why_and_a_reason_is_needed(county, world, frozen):
    address = at("void", frozen.pk)
    assert "都会公开" in county.get(address).content.decode()
    assert county.post(address, {"reason": " "}).status_code == 422
    assert county.post(address, {"reason": "演示：骰子找不到了"}).status_code == 302
    shown = county.get(at("", frozen.pk)).content.decode()
    assert "演示：骰子找不到了" in shown and at("void", frozen.pk) not in shown
    again = county.post(address, {"reason": "演示：再来"})
    assert again.status_code == 409 and "演示：再来" in again.content.decode()


def test_a_round_of_an_opened_list_is_void_no_more(county, world):
    held = world.minxian.round
    assert at("void", held.pk) not in county.get(at("", held.pk)).content.decode()
    refused = county.post(at("void", held.pk), {"reason": "演示：重抽"})
    assert refused.status_code == 409 and "不能再作废" in refused.content.decode()


def test_a_revealed_round_is_replayed_by_a_stranger(county, world, tmp_path):
    held = world.minxian.round
    assert "公开这一轮" in county.get(at("", held.pk)).content.decode()
    assert county.post(at("reveal", held.pk)).status_code == 302
    held.refresh_from_db()
    shown = county.get(at("", held.pk)).content.decode()
    assert "verify_lot.py" in shown and held.root in shown and f"/public/lots/{held.pk}/" in shown
    answer = county.get(at("bundle", held.pk))
    assert "attachment" in answer["Content-Disposition"]
    assert json.loads(answer.content)["root"] == held.root
    kept = tmp_path / "bundle.json"
    kept.write_bytes(answer.content)
    command = [sys.executable, str(ROOT / "docs" / "verify_lot.py"), str(kept)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0 and done.stdout.startswith("OK"), done.stdout + done.stderr


def test_a_round_of_another_county_does_not_exist(client, world, begun):
    neighbour = sign_in(client, world.neighbour)
    assert neighbour.get(at("", begun.pk)).status_code == 404
    for step in ("preview", "freeze", "void", "reveal"):
        assert neighbour.post(at(step, begun.pk), planning(world)).status_code == 404
    begun.refresh_from_db()
    assert begun.state == "begun"


def test_a_witness_reads_the_round_and_holds_nothing_of_it(client, world, begun):
    other = sign_in(client, lots_held.witness())
    page = other.get(at("", begun.pk))
    assert page.status_code == 200 and "form" not in page.context
    for step in ("preview", "freeze", "void", "reveal"):
        assert other.post(at(step, begun.pk), planning(world)).status_code in (403, 404)


def test_without_teams_the_page_says_what_comes_first(client, world):
    other = world.zhangxian.office.body
    type(world.zhangxian.team).objects.filter(office=other).update(office=world.city.office.body, name="借走")
    started = lots_held.begun(world.campaign, office=other, by=world.neighbour, at=world.at)
    shown = sign_in(client, world.neighbour).get(at("", started.pk)).content.decode()
    assert "先组成检查组，再回来冻结名录" in shown


def test_only_who_holds_or_witnesses_rounds_sees_them(client, world):
    assert sign_in(client, world.inspector).get(at("", world.minxian.round.pk)).status_code == 403
    nobody = people.enrol(username="nobody", name="演示无岗", title="", password=None, by=None, at=world.at)
    assert sign_in(client, nobody).get(at("", world.minxian.round.pk)).status_code == 403


def test_a_round_of_an_ended_campaign_offers_nothing_more(county, begun, world):
    campaigns.close(world.campaign, by=world.lead, at=world.at)
    page = county.get(at("", begun.pk))
    assert "这一轮不再进行" in page.content.decode() and "form" not in page.context
    refused = county.post(at("freeze", begun.pk), planning(world))
    assert refused.status_code == 409 and "已经结束" in refused.content.decode()
