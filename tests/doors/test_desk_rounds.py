"""A round in the browser: begin, freeze, draw, open, reveal; and what a sealed list must never show."""

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse

from mingcha.flow.campaigns.actions import campaigns
from mingcha.flow.draws import actions as draws
from mingcha.flow.draws.models import Round
from mingcha.ground.accounts.actions import people
from tests.world import sign_in

ROOT = Path(__file__).resolve().parents[2]


def at(name, pk):
    return reverse(f"desk:round_{name}" if name else "desk:round", args=[pk])


@pytest.fixture
def county(client, world):
    return sign_in(client, world.county)


@pytest.fixture
def begun(world):
    return draws.begin(world.campaign, office=world.minxian.office.body, by=world.county, at=world.at)


@pytest.fixture
def frozen(begun, world):
    draws.freeze(begun, by=world.county, at=world.at)
    return begun


def drawing(world, **changes):
    return {"n": "2", "day": "2021-10-27", "departs": "19:00", "teams": [world.minxian.team.pk], **changes}


def test_beginning_shows_what_a_round_is_and_commits(county, world):
    address = reverse("desk:round_begin", args=["demo"])
    assert "种子" in county.get(address).content.decode()
    answer = county.post(address)
    started = Round.objects.latest("pk")
    assert answer.url == at("", started.pk)
    assert started.office == world.minxian.office.body
    assert started.commitment in county.get(answer.url).content.decode()


def test_a_round_begun_is_named_before_another(county, world, begun):
    shown = county.get(reverse("desk:round_begin", args=["demo"])).content.decode()
    assert "还没抽签" in shown and at("", begun.pk) in shown
    assert f"接着办第 {begun.number} 轮" in county.get("/campaigns/demo/").content.decode()


def test_the_lead_office_says_whose_round_it_is(client, world):
    lead = sign_in(client, world.lead)
    address = reverse("desk:round_begin", args=["demo"])
    assert lead.post(address).status_code == 422
    assert lead.post(address, {"office": world.abroad.office.body.code}).status_code == 422
    assert lead.post(address, {"office": world.zhangxian.office.body.code}).status_code == 302


def test_freezing_offers_the_types_on_the_register(county, world, begun):
    assert "饭店（1 个）" in county.get(at("", begun.pk)).content.decode()
    assert county.post(at("freeze", begun.pk), {"site_types": ["t0", "t2"]}).status_code == 302
    begun.refresh_from_db()
    assert begun.state == "frozen" and begun.frame.count() == 2


def test_nothing_to_freeze_is_said_and_the_round_stays(county, world, begun):
    for site in world.minxian.office.sites:
        type(site).objects.filter(pk=site.pk).update(active=False)
    assert "名录里还没有点位" in county.get(at("", begun.pk)).content.decode()
    answer = county.post(at("freeze", begun.pk))
    assert answer.status_code == 422 and "没有在册点位" in answer.content.decode()
    begun.refresh_from_db()
    assert begun.state == "committed"


def test_freezing_twice_is_one_clear_sentence(county, frozen):
    answer = county.post(at("freeze", frozen.pk))
    assert answer.status_code == 409 and "刚刚变了" in answer.content.decode()


@pytest.mark.parametrize(
    "changes,sentence",
    [
        ({"departs": "08:00"}, "出发时间已经过去"),
        ({"day": "2021-10-26"}, "出发时间已经过去"),
        ({"day": "2031-10-27"}, "检查日期不在任务时段内"),
        ({"n": "9"}, "只有 5 个点位"),
        ({"n": "0"}, "抽取多少个点位"),
        ({"teams": []}, "出动的检查组"),
        ({"day": "昨天"}, "检查日期"),
    ],
)
def test_a_draw_that_cannot_be_keeps_what_was_typed(county, world, frozen, changes, sentence):
    given = drawing(world, **changes)
    answer = county.post(at("draw", frozen.pk), given)
    shown = answer.content.decode()
    assert answer.status_code in (409, 422) and sentence in shown
    assert f'value="{given["departs"]}"' in shown
    frozen.refresh_from_db()
    assert frozen.state == "frozen"


def test_another_offices_team_cannot_be_sent(county, world, frozen):
    assert county.post(at("draw", frozen.pk), drawing(world, teams=[world.zhangxian.team.pk])).status_code == 422


def test_the_time_on_the_clock_means_at_once(county, world, frozen, settings):
    settings.MINGCHA_NOW = world.at + timedelta(seconds=40)
    assert county.post(at("draw", frozen.pk), drawing(world, departs="18:00")).status_code == 302
    assert frozen.lists.get().departs_at == settings.MINGCHA_NOW


def test_a_sealed_list_shows_its_length_and_nothing_else(county, world, frozen):
    county.post(at("draw", frozen.pk), drawing(world))
    shown = county.get(at("", frozen.pk)).content.decode()
    assert "2 个点位" in shown and "10月27日 19:00 出发" in shown and "2/5" in shown
    assert "所以您不能启封" in shown and "各层抽中几个也密封着" in shown
    for site in world.minxian.office.sites:
        assert site.name not in shown and site.code not in shown


def test_sealed_lists_are_not_revealed(county, frozen, world):
    county.post(at("draw", frozen.pk), drawing(world))
    answer = county.post(at("reveal", frozen.pk))
    assert answer.status_code == 409 and "还有清单没有启封" in answer.content.decode()
    assert county.get(at("bundle", frozen.pk)).status_code == 404


def test_a_revealed_round_is_replayed_by_a_stranger(county, world, tmp_path):
    held = world.minxian.round
    assert "公开这一轮" in county.get(at("", held.pk)).content.decode()
    assert county.post(at("reveal", held.pk)).status_code == 302
    shown = county.get(at("", held.pk)).content.decode()
    assert "verify_lot.py" in shown and held.commitment in shown
    answer = county.get(at("bundle", held.pk))
    assert "attachment" in answer["Content-Disposition"]
    assert json.loads(answer.content)["commitment"] == held.commitment
    kept = tmp_path / "bundle.json"
    kept.write_bytes(answer.content)
    command = [sys.executable, str(ROOT / "docs" / "verify_lot.py"), str(kept), held.commitment]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0 and done.stdout.startswith("OK"), done.stderr


def test_a_round_of_another_county_does_not_exist(client, world, frozen):
    neighbour = sign_in(client, world.neighbour)
    assert neighbour.get(at("", frozen.pk)).status_code == 404
    for step in ("freeze", "draw", "reveal"):
        assert neighbour.post(at(step, frozen.pk), drawing(world)).status_code == 404
    frozen.refresh_from_db()
    assert frozen.state == "frozen"


def test_without_teams_the_page_says_what_comes_first(client, world, settings):
    other = world.zhangxian.office.body
    type(world.zhangxian.team).objects.filter(office=other).update(office=world.city.office.body, name="借走")
    begun = draws.begin(world.campaign, office=other, by=world.neighbour, at=world.at)
    draws.freeze(begun, by=world.neighbour, at=world.at)
    shown = sign_in(client, world.neighbour).get(at("", begun.pk)).content.decode()
    assert "先组成检查组，再回来抽签" in shown


def test_only_who_holds_rounds_sees_them(client, world):
    assert sign_in(client, world.inspector).get(at("", world.minxian.round.pk)).status_code == 403
    nobody = people.enrol(username="nobody", name="演示无岗", title="", password=None, by=None, at=world.at)
    assert sign_in(client, nobody).get(at("", world.minxian.round.pk)).status_code == 403


def test_a_round_of_an_ended_campaign_offers_nothing_more(county, begun, frozen, world):
    campaigns.close(world.campaign, by=world.lead, at=world.at)
    page = county.get(at("", frozen.pk))
    assert "这一轮不再进行" in page.content.decode() and "form" not in page.context
    refused = county.post(at("draw", frozen.pk), drawing(world))
    assert refused.status_code == 409 and "已经结束" in refused.content.decode()
