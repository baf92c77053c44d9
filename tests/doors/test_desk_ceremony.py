"""The ceremony in the browser, two officers of two bodies; directed visits, which nobody below sees; and the scores."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from mingcha.flow.draws import actions as draws
from mingcha.flow.draws.actions import directing, scoring
from mingcha.flow.draws.models import DirectedVisit, PriorRate
from mingcha.ground.audit.models import Event
from tests import lots_held
from tests.world import sign_in

DICE = "3141526535"


def to(name, pk):
    return reverse(f"desk:{name}", args=[pk])


@pytest.fixture
def county(world):
    return sign_in(Client(), world.county)


@pytest.fixture
def other(world):
    return sign_in(Client(), lots_held.witness())


@pytest.fixture
def lead(world):
    return sign_in(Client(), world.lead)


def freeze(world, **more):
    round = lots_held.begun(world.campaign, office=world.minxian.office.body, by=world.county, at=world.at, **more)
    plan = lots_held.planned(teams=[world.minxian.team], departs_at=world.at + timedelta(hours=2), n=3)
    draws.freeze(round, plan=plan, by=world.county, at=world.at)
    return round


@pytest.fixture
def frozen(world):
    return freeze(world)


@pytest.fixture
def committed(frozen, county, other):
    county.post(to("ceremony_deposit", frozen.pk), {"words": "演示"})
    other.post(to("ceremony_deposit", frozen.pk))
    return frozen


def body_of(answer):
    return answer.content.decode()


def test_each_body_puts_in_a_secret_and_both_see_it(frozen, county, other):
    page = to("ceremony", frozen.pk)
    assert "投入本单位的秘密" in body_of(county.get(page))
    assert county.post(to("ceremony_deposit", frozen.pk)).url == page
    assert "等另一家" in body_of(county.get(page)) and "投入本单位的秘密" in body_of(other.get(page))
    again = county.post(to("ceremony_deposit", frozen.pk))
    assert again.status_code == 409 and "已经投入秘密" in body_of(again)
    other.post(to("ceremony_deposit", frozen.pk), {"words": "随便"})
    frozen.refresh_from_db()
    assert frozen.state == "committed"
    for party in frozen.parties.all():
        assert party.commitment in body_of(county.get(page))


def test_the_page_asks_where_things_stand_and_leaves_what_is_typed(frozen, county, other):
    asked = to("ceremony_progress", frozen.pk)
    assert "hx-get" in body_of(county.get(asked))
    county.post(to("ceremony_deposit", frozen.pk))
    assert 'id="act"' not in body_of(other.get(asked, {"stage": "deposit"}))
    other.post(to("ceremony_deposit", frozen.pk))
    moved = body_of(county.get(asked, {"stage": "deposited"}))
    assert 'id="act"' in moved and 'hx-swap-oob="true"' in moved and "录入公开数值" in moved
    assert 'hx-preserve="true"' in moved


def test_one_reads_the_other_reads_again_and_the_draw_follows(committed, county, other):
    county.post(to("ceremony_announce", committed.pk), {"value": "3 1 4 1 5 2 6 5 3 5"})
    assert DICE in body_of(county.get(to("ceremony", committed.pk)))
    told = body_of(other.get(to("ceremony", committed.pk)))
    assert "复核公开数值" in told and DICE not in told
    assert DICE not in str(Event.objects.filter(verb="round.announce").latest("pk").detail)
    assert other.post(to("ceremony_agree", committed.pk), {"value": DICE}).status_code == 302
    committed.refresh_from_db()
    assert committed.state == "drawn" and committed.root
    assert committed.root in body_of(county.get(to("ceremony", committed.pk)))


def test_two_readings_that_differ_count_for_nothing(committed, county, other):
    county.post(to("ceremony_announce", committed.pk), {"value": DICE})
    differ = other.post(to("ceremony_agree", committed.pk), {"value": "3141526534"})
    assert differ.status_code == 422 and "两个都没有采用，也没有抽签" in body_of(differ)
    assert 'value="3141526534"' in body_of(differ)
    committed.refresh_from_db()
    assert committed.state == "committed"
    county.post(to("ceremony_announce", committed.pk), {"value": "3141526534"})
    assert other.post(to("ceremony_agree", committed.pk), {"value": "3141526534"}).status_code == 302


@pytest.mark.parametrize("value,sentence", [("", "读数"), ("12", "至少 10 个"), ("3141526597", "至少 10 个")])
def test_a_reading_that_cannot_be_keeps_what_was_typed(committed, county, value, sentence):
    refused = county.post(to("ceremony_announce", committed.pk), {"value": value})
    assert refused.status_code == 422 and sentence in body_of(refused)
    assert not value or f'value="{value}"' in body_of(refused)


def test_nobody_confirms_what_they_have_read_themselves(committed, county, other):
    too_soon = other.post(to("ceremony_agree", committed.pk), {"value": DICE})
    assert too_soon.status_code == 409 and "还没有录入" in body_of(too_soon)
    county.post(to("ceremony_announce", committed.pk), {"value": DICE})
    refused = county.post(to("ceremony_agree", committed.pk), {"value": DICE})
    assert refused.status_code == 403
    committed.refresh_from_db()
    assert committed.state == "committed"


def test_until_its_hour_a_public_value_is_waited_for(world, county, other, settings):
    named = {"public_kind": "lottery", "public_named": "演示彩票第125期", "public_at": world.at + timedelta(hours=1)}
    round = freeze(world, **named)
    for client in (county, other):
        client.post(to("ceremony_deposit", round.pk))
    waiting = body_of(county.get(to("ceremony", round.pk)))
    assert "等公开数值产生" in waiting and "还有 1 小时" in waiting
    early = county.post(to("ceremony_announce", round.pk), {"value": "01 05 08"})
    assert early.status_code == 409 and "请那时再录入" in body_of(early)
    settings.MINGCHA_NOW = world.at + timedelta(hours=1)
    assert "录入公开数值" in body_of(county.get(to("ceremony_progress", round.pk), {"stage": "hour"}))
    county.post(to("ceremony_announce", round.pk), {"value": "０１ 05 08"})
    assert other.post(to("ceremony_agree", round.pk), {"value": "01 05 08"}).status_code == 302


def test_a_secret_after_the_hour_is_refused(world, county, settings):
    hour = world.at + timedelta(minutes=5)
    round = freeze(world, public_kind="index", public_named="演示指数", public_at=hour)
    settings.MINGCHA_NOW = hour
    late = county.post(to("ceremony_deposit", round.pk))
    assert late.status_code == 409 and "不再可信" in body_of(late)


def test_a_ceremony_is_nobodys_but_the_two_bodies(frozen, lead, world):
    neighbour = sign_in(Client(), world.neighbour)
    for step in ("deposit", "announce", "agree"):
        assert neighbour.post(to(f"ceremony_{step}", frozen.pk), {"value": DICE}).status_code == 404
        assert lead.post(to(f"ceremony_{step}", frozen.pk), {"value": DICE}).status_code == 404
    assert neighbour.get(to("ceremony", frozen.pk)).status_code == 404
    assert neighbour.get(to("ceremony_progress", frozen.pk)).status_code == 404
    assert "由这两家单位的人办理" in body_of(lead.get(to("ceremony", frozen.pk)))
    assert sign_in(Client(), world.inspector).get(to("ceremony", frozen.pk)).status_code == 403


def test_an_officer_who_sees_and_directs_is_told_what_waits(frozen, county, other):
    assert "请投入秘密" in body_of(other.get("/"))


def directed(world, site, **more):
    given = {"what": site.name, "chosen": site.code, "carrier": world.minxian.office.body.code}
    return given | {"reason": "演示：来信反映值守空缺", **more}


def test_the_lead_directs_a_visit_and_nobody_below_sees_it(lead, county, world, frozen):
    new, site = reverse("desk:directed_new", args=["demo"]), world.minxian.office.sites[0]
    found = lead.post(new, {"what": site.name[2:5], "find": "1", "carrier": "", "reason": "写到一半"})
    assert site.code in body_of(found) and "写到一半" in body_of(found)
    assert lead.post(new, directed(world, site)).url == reverse("desk:directed")
    page = body_of(lead.get(reverse("desk:directed")))
    assert site.name in page and "来信反映值守空缺" in page and "待编入" in page
    for who in (world.county, world.inspector, world.neighbour, world.unit):
        assert sign_in(Client(), who).get(reverse("desk:directed")).status_code == 403
        assert sign_in(Client(), who).post(new, directed(world, site)).status_code == 403
    for path in (reverse("desk:round", args=[frozen.pk]), "/campaigns/demo/", "/audit/", "/ledger/", "/"):
        shown = body_of(county.get(path, follow=True))
        assert "来信反映" not in shown and (path == "/audit/" or "指定检查" not in shown)


def test_a_directed_visit_that_waits_may_be_withdrawn_once(lead, world):
    lead.post(reverse("desk:directed_new", args=["demo"]), directed(world, world.minxian.office.sites[0]))
    made = DirectedVisit.objects.latest("pk")
    assert lead.post(to("directed_withdraw", made.pk)).status_code == 302
    made.refresh_from_db()
    assert made.state == "withdrawn"
    again = lead.post(to("directed_withdraw", made.pk))
    assert again.status_code == 409 and "不能再改" in body_of(again)
    assert sign_in(Client(), world.abroad.office.officer).post(to("directed_withdraw", made.pk)).status_code == 404


@pytest.mark.parametrize("changes", [{"reason": ""}, {"what": "没有这个", "chosen": ""}, {"carrier": "nobody"}])
def test_a_direction_that_cannot_be_keeps_what_was_typed(lead, world, changes):
    given = directed(world, world.minxian.office.sites[0], **changes)
    refused = lead.post(reverse("desk:directed_new", args=["demo"]), given)
    assert refused.status_code == 422 and given["reason"] in body_of(refused)
    assert not DirectedVisit.objects.exists()


def test_a_site_outside_the_carriers_area_is_refused_in_a_sentence(lead, world):
    away = directed(world, world.zhangxian.office.sites[0])
    refused = lead.post(reverse("desk:directed_new", args=["demo"]), away)
    assert refused.status_code == 422 and "不在承办单位的范围内" in body_of(refused)


def test_a_void_round_lets_its_directed_visit_wait_again(lead, world):
    directing.direct(
        world.campaign, office=world.city.office.body, carrier=world.minxian.office.body,
        site=world.minxian.office.sites[0], reason="演示：线索", by=world.lead, at=world.at,
    )  # fmt: skip
    round = freeze(world)
    assert "已编入" in body_of(lead.get(reverse("desk:directed")))
    draws.void(round, reason="演示：骰子丢了", by=world.county, at=world.at)
    assert "待编入" in body_of(lead.get(reverse("desk:directed")))


def test_scores_say_why_and_that_they_are_priors(county, world):
    office = world.minxian.office
    address = reverse("desk:scores_of", args=[office.body.code])
    assert "还没有评分" in body_of(county.get(address))
    version = scoring.learn(office.body, by=None, at=world.at)
    shown = body_of(county.get(reverse("desk:scores"), follow=True))
    assert "历史还太短：下面是先验率，不是算出来的风险" in shown
    assert version.version in shown and "还没有查过" in shown and office.sites[0].name in shown
    narrowed = body_of(county.get(address, {"type": office.sites[1].type_id}))
    assert office.sites[1].name in narrowed and office.sites[0].name not in narrowed
    assert sign_in(Client(), world.neighbour).get(address).status_code == 404
    assert sign_in(Client(), world.inspector).get(address).status_code == 403


def test_a_prior_rate_is_set_with_its_basis(county, world):
    code = world.minxian.office.body.code
    address, kind = reverse("desk:prior", args=[code]), world.minxian.office.sites[0].type
    for given, kept in (
        ({"percent": "0", "basis": "演示依据"}, "演示依据"),
        ({"percent": "18.5", "basis": " "}, "18.5"),
    ):
        refused = county.post(address, {"site_type": kind.code, **given})
        assert refused.status_code == 422 and kept in body_of(refused)
    given = {"site_type": kind.code, "percent": "18.5", "basis": "演示：2020年专项检查"}
    assert county.post(address, given).status_code == 302
    assert PriorRate.objects.get(office=code, site_type=kind).rate == pytest.approx(0.185)
    shown = body_of(county.get(reverse("desk:scores_of", args=[code])))
    assert "演示：2020年专项检查" in shown
    assert sign_in(Client(), world.neighbour).post(address, given).status_code == 404
