"""A tip's page at the desk: read, accepted, handed on, written to, disposed of by two hands, and what is born of it."""

import pytest
from django.test import Client
from django.urls import reverse

from mingcha.flow.draws.models import DirectedVisit
from mingcha.flow.rectifications.models import Rectification
from mingcha.flow.referrals.models import Lead
from mingcha.ground.audit.models import Event
from mingcha.tips import directory, prints
from mingcha.tips.actions import linking
from mingcha.tips.models import Offer, Proposal, Record, Wrap
from mingcha.tips.queries import reading
from mingcha.tips.states import OfferState, RecordKind, State
from tests.sealed import PASSPHRASE
from tests.world import sign_in

MARK = "蓝羊羔七号"


def unlocked(someone):
    client = sign_in(Client(), someone)
    client.post(reverse("desk:tip_unlock"), {"passphrase": PASSPHRASE})
    return client


def text(answer):
    return answer.content.decode()


def at(name, tip, *more):
    return reverse(f"desk:{name}", args=[getattr(tip, "pk", tip), *more])


def post(client, name, tip, *more, **given):
    return client.post(at(name, tip, *more), given)


@pytest.fixture
def tip(world, sealed_room):
    return sealed_room.tip(world.minxian.office.body, text=f"演示：{MARK}。")[0]


@pytest.fixture
def handled(world, sealed_room, tip):
    """Accepted, and in the hands of the office's other officer."""
    client = unlocked(world.intake)
    post(client, "tip_accept", tip)
    post(client, "tip_assign", tip, **{"assign-person": world.county.pk})
    tip.refresh_from_db()
    return tip


def story(sealed_room, world, tip):
    key = sealed_room.unlocked(world.intake)
    return reading.story(tip, private=key.tip_key(tip), key=key)


def test_accepting_goes_on_to_the_next_in_the_queue(world, sealed_room, tip):
    other, _ = sealed_room.tip(world.minxian.office.body)
    client = unlocked(world.intake)
    tips = sorted((tip, other), key=lambda each: str(each.pk))
    first = text(client.get(f"{at('tip', tips[0])}?tab=new"))
    onward = f"{at('tip', tips[1])}?tab=new"
    assert f'name="onward" value="{onward}"' in first
    answer = client.post(f"{at('tip_accept', tips[0])}?tab=new", {"onward": onward})
    assert answer.url == onward
    tips[0].refresh_from_db()
    assert (tips[0].state, tips[0].number) == (State.ACCEPTED, 1)


def test_a_tip_is_handed_to_a_vouched_colleague_read_there_and_taken_back(world, sealed_room, handled):
    handler, page = unlocked(world.county), at("tip", handled)
    shown = text(handler.get(page))
    assert MARK in shown and "您没有打开它的密钥" in shown  # the words, not who spoke
    refused = post(unlocked(world.intake), "tip_assign", handled, **{"assign-person": world.second.pk})
    assert refused.status_code == 409 and not Wrap.objects.filter(tip=handled, person=world.second).exists()
    post(unlocked(world.intake), "tip_unassign", handled, person=world.county.pk)
    assert handler.get(page).status_code == 403


def test_what_is_written_to_a_tip_is_sealed_and_shown_by_who_reads_it(world, sealed_room, handled):
    handler = unlocked(world.county)
    assert post(handler, "tip_write", handled, "note", **{"note-text": f"演示记录{MARK}"}).status_code == 302
    assert post(handler, "tip_write", handled, "reply", **{"reply-text": "演示：已在核实。"}).status_code == 302
    shown = text(handler.get(at("tip", handled)))
    assert f"演示记录{MARK}" in shown and "演示：已在核实。" in shown and "对方未读" in shown
    empty = post(handler, "tip_write", handled, "note", **{"note-text": ""})
    assert empty.status_code == 422
    assert post(handler, "tip_write", handled, "delete").status_code == 404
    assert not any(MARK in str(event.detail) for event in Event.objects.all())
    assert not any(MARK.encode() in bytes(record.box) for record in Record.objects.all())


def test_a_disposal_is_proposed_by_one_and_settled_by_another_who_holds_the_tip(world, sealed_room, handled):
    sealed_room.vouch(world.minxian.office.body, world.second, by=world.intake)
    sealed_room.hand(handled, world.second)
    proposer, other = unlocked(world.county), unlocked(world.second)
    given = {"propose-way": "initial_check", "propose-opinion": "演示意见", "propose-study": "演示：会议研究"}
    assert post(proposer, "tip_propose", handled, **{**given, "propose-study": ""}).status_code == 422
    assert post(proposer, "tip_propose", handled, **given).status_code == 302
    own = post(proposer, "tip_ruling", handled, **{"rule-verdict": "approve", "rule-text": ""})
    assert own.status_code == 403 and "提出的人不能自己审批" in text(own)
    assert "演示意见" in text(other.get(at("tip", handled)))
    assert post(other, "tip_ruling", handled, **{"rule-verdict": "approve", "rule-text": ""}).status_code == 302
    assert Proposal.objects.get(tip=handled).state == "approved"
    sent = {"conclude-outcome": "true", "conclude-text": "演示：属实"}
    assert post(proposer, "tip_conclude", handled, **sent).status_code == 302
    assert post(proposer, "tip_write", handled, "answer", **{"answer-text": "演示：已处理。"}).status_code == 302
    handled.refresh_from_db()
    assert handled.state == State.CLOSED
    assert proposer.get(at("tip", handled)).status_code == 403  # closed: handlers hold no key any more


def test_not_for_us_goes_up_in_one_press_and_leaves_no_key_here(world, sealed_room, tip):
    client = unlocked(world.intake)
    assert "径送上级" in text(client.get(at("tip", tip)))
    assert post(client, "tip_upward", tip).url == "/tipline/"
    assert client.get(at("tip", tip)).status_code == 404
    tip.refresh_from_db()
    assert tip.office == world.city.office.body and not sealed_room.unlocked(world.intake).tip_keys([tip])
    assert MARK in text(unlocked(world.city_intake).get(at("tip", tip)))
    # Colleagues, its head among them, see in the list of what was sent not even that something was.
    colleague, sent = unlocked(world.county), "本机关移送的"
    assert sent in text(client.get("/tipline/offers/")) and sent not in text(colleague.get("/tipline/offers/"))
    offer = Offer.objects.get(tip=tip)
    assert colleague.post(reverse("desk:tip_send_identity", args=[offer.pk])).status_code == 404


def test_about_ones_own_office_only_the_way_up_is_shown(world, sealed_room):
    about, _ = sealed_room.tip(world.minxian.office.body, text=f"演示：{MARK}。", accused=world.minxian.office.body)
    client = unlocked(world.intake)
    shown = client.get(at("tip", about))
    assert shown.status_code == 403 and MARK not in text(shown) and at("tip_upward", about) in text(shown)
    assert "径送上级" in text(client.get("/tipline/")) and MARK not in text(client.get("/tipline/"))
    assert post(client, "tip_upward", about).status_code == 302


def test_an_offer_is_read_and_taken_by_the_other_office_or_comes_back(world, sealed_room, tip):
    here, there = unlocked(world.intake), unlocked(world.city_intake)
    choice = text(here.get(at("tip_offer", tip)))
    assert world.city.office.body.name in choice
    sent = {"office": world.city.office.body.pk, "text": "演示移送理由"}
    assert post(here, "tip_offer", tip, **sent).status_code == 302
    offer = Offer.objects.get(tip=tip)
    assert there.get(at("tip", tip)).status_code == 404
    assert unlocked(world.neighbour_intake).get(at("tip_offered", offer.pk)).status_code == 404
    shown = text(there.get(at("tip_offered", offer.pk)))
    assert (
        MARK in shown and "演示移送理由" in shown and at("tip_offered", offer.pk) in text(there.get("/tipline/offers/"))
    )
    assert post(there, "tip_give_back", offer.pk, text="演示退回").status_code == 302
    assert "演示退回" in text(here.get(at("tip", tip)))
    post(here, "tip_offer", tip, **sent)
    again = Offer.objects.get(tip=tip, state=OfferState.OFFERED)
    assert post(there, "tip_take", again.pk).url == at("tip", tip)
    assert here.get(at("tip", tip)).status_code == 404 and MARK in text(there.get(at("tip", tip)))


def test_a_lead_is_born_of_a_sentence_and_nothing_leads_back(world, sealed_room, handled):
    handler = unlocked(world.county)
    given = {"kind": "duty", "text": "演示：值守空缺。", "what": "", "fast_reason": ""}
    assert handler.post(at("tip_lead", handled), given).url == at("tip", handled)
    lead = Lead.objects.get()
    assert (lead.source, lead.text) == ("sentence", "演示：值守空缺。")
    shown = text(handler.get(at("tip", handled)))
    assert str(lead) in shown and reverse("desk:lead", args=[lead.pk]) in shown
    assert str(lead) not in text(unlocked(world.neighbour_intake).get("/tipline/"))
    assert "tipline" not in text(handler.get(reverse("desk:lead", args=[lead.pk]))).partition("<main")[2]
    told = [event for event in Event.objects.all() if str(handled.pk) in f"{event.key}{event.detail}"]
    assert not any("lead" in f"{event.verb}{event.detail}" for event in told)
    assert linking.links_of(story(sealed_room, world, handled))[0].number == f"{lead.year}-{lead.number}"


def test_a_report_of_measures_is_turned_into_an_order_with_the_reporter_stripped(world, sealed_room):
    tip, _ = sealed_room.tip(world.minxian.office.body, text=f"演示：{MARK}。", kind="measures", category="supply")
    client = unlocked(world.intake)
    post(client, "tip_accept", tip)
    post(client, "tip_assign", tip, **{"assign-person": world.county.pk})
    handler, before = unlocked(world.county), Rectification.objects.count()
    given = {
        "what": world.minxian.waiting.code, "sentence": "演示：物资没有送到。", "responsibility": "unit",
        "severity": "ordinary", "requirement": "", "due_at": "", "campaign": world.campaign.slug,
    }  # fmt: skip
    answer = handler.post(at("tip_order", tip), given)
    assert answer.status_code == 302, text(answer)
    assert Rectification.objects.count() == before + 1
    tip.refresh_from_db()
    assert (tip.state, tip.way) == (State.HANDLING, "order")
    order = Rectification.objects.latest("pk")
    assert reverse("desk:order", args=[order.pk]) in text(handler.get(at("tip", tip)))
    assert MARK not in text(sign_in(Client(), world.county).get(reverse("desk:order", args=[order.pk])))


def test_a_visit_is_directed_among_drawn_ones_and_only_the_tip_knows_why(world, sealed_room):
    tip, _ = sealed_room.tip(world.city.office.body, text=f"演示：{MARK}。")
    client = unlocked(world.city_intake)
    post(client, "tip_accept", tip)
    post(client, "tip_assign", tip, **{"assign-person": world.lead.pk})
    handler = unlocked(world.lead)
    given = {"what": world.minxian.waiting.code, "carrier": world.minxian.office.body.pk, "reason": "演示：夜间无人"}
    missing = handler.post(at("tip_directed", tip), {**given, "reason": ""})
    assert missing.status_code == 422 and not DirectedVisit.objects.exists()
    assert handler.post(at("tip_directed", tip), given).url == at("tip", tip)
    visit = DirectedVisit.objects.get()
    assert f"指定检查 {visit.pk}" in text(handler.get(at("tip", tip)))
    assert MARK not in text(handler.get(reverse("desk:directed")))


def test_intake_may_not_let_anything_be_born(world, sealed_room, tip):
    client = unlocked(world.intake)
    for name in ("tip_lead", "tip_order", "tip_directed"):
        assert client.get(at(name, tip)).status_code == 403
    assert unlocked(world.lead).get(at("tip_directed", tip)).status_code == 404


def test_who_spoke_opens_for_the_keeper_of_identities_alone_each_time_on_record(world, sealed_room, handled):
    spoke, _ = sealed_room.tip(
        world.minxian.office.body, named={"name": "演示张三", "phone": "100", "address": "演示村"}
    )
    keeper = unlocked(world.intake)
    assert "演示张三" not in text(keeper.get(at("tip", spoke)))
    assert "演示张三" in text(keeper.get(at("tip_identity", spoke)))
    assert Event.objects.filter(verb="tips.identity", key=str(spoke.pk)).count() == 1
    assert unlocked(world.county).get(at("tip_identity", handled)).status_code == 403
    post(keeper, "tip_identity", spoke, text="演示：电话核实", what="named")
    spoke.refresh_from_db()
    assert spoke.named and "演示：电话核实" in text(keeper.get(at("tip_identity", spoke)))


def test_what_reads_alike_is_found_and_linked_as_a_repeat(world, sealed_room):
    same = "演示：蒲麻镇卡点夜间无人值守，登记簿空白，车辆随意进出。"
    made = [sealed_room.tip(world.minxian.office.body, text=same)[0] for _ in range(3)]
    index = directory.current(world.minxian.office.body.pk, "index")
    for each in made:
        report = {"text": same, "division": "621126101", "body": "", "site": ""}
        prints.waiting(prints.of_report(each, report), to=index, public=bytes(index.public)).save(force_insert=True)
    client = unlocked(world.intake)
    part = text(client.get(at("tip_alike", made[0]), headers={"HX-Request": "true"}))
    assert str(made[1].pk) in part and str(made[2].pk) in part and "<html" not in part
    assert "内容相近" in text(client.get(reverse("desk:tip_clusters")))
    assert post(client, "tip_repeat", made[1], first=str(made[0].pk)).status_code == 302
    made[1].refresh_from_db()
    assert made[1].repeat


def test_a_wrong_kind_and_a_wrong_unit_are_put_right(world, sealed_room, tip):
    client = unlocked(world.intake)
    assert post(client, "tip_sort", tip, kind="measures", category="corruption").status_code == 422
    assert post(client, "tip_sort", tip, kind="measures", category="supply").status_code == 302
    assert post(client, "tip_concern", tip, what="621126-food").status_code == 302
    shown = text(client.get(at("tip", tip)))
    assert world.minxian.office.answering.name in shown and "生活保障不到位" in shown


def test_declining_is_told_through_the_receipt_in_the_end(world, sealed_room, tip):
    client = unlocked(world.intake)
    assert post(client, "tip_decline", tip, text="").status_code == 422
    assert post(client, "tip_decline", tip, text="演示：属于诉讼事项。").status_code == 302
    post(client, "tip_write", tip, "answer", **{"answer-text": "演示：请向法院反映。"})
    tip.refresh_from_db()
    assert tip.state == State.CLOSED and Record.objects.filter(tip=tip, kind=RecordKind.REPLY).count() == 1


def test_the_pages_and_titles_of_the_room_name_no_tip_in_words(world, sealed_room, tip):
    client = unlocked(world.intake)
    shown = text(client.get(at("tip", tip)))
    assert "<title>举报 · 明察</title>" in shown and shown.count(MARK) == 1
