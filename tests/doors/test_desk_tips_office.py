"""The office's side of the sealed room: keys face to face, what comes by telephone, the public call, terms, figures."""

import json

import pytest
from django.test import Client
from django.urls import reverse

from mingcha.kernel import receipts
from mingcha.tips import directory, vault
from mingcha.tips.actions import keys
from mingcha.tips.models import Call, KeyHolder, OfficeKey, OfficeRule, Tip
from mingcha.tips.public import visits
from mingcha.tips.queries import reading
from tests.sealed import PASSPHRASE
from tests.world import PNG, sign_in


def unlocked(someone):
    client = sign_in(Client(), someone)
    client.post(reverse("desk:tip_unlock"), {"passphrase": PASSPHRASE})
    return client


def text(answer):
    return answer.content.decode()


def at(name, *arguments):
    return reverse(f"desk:{name}", args=arguments)


@pytest.fixture
def office(world):
    return world.minxian.office.body


def entry(**changes):
    return {
        "receipt": receipts.new(), "channel": "phone", "kind": "misconduct", "category": "conduct", "county": "621126",
        "place": "", "happened": "", "what": "", "text": "演示：来电反映。", "name": "", "phone": "", "address": "",
        **changes,
    }  # fmt: skip


class TestKeys:
    def test_the_page_shows_ones_own_fingerprint_and_who_holds_what(self, world, sealed_room, office):
        shown = text(unlocked(world.intake).get(at("tip_keys")))
        assert sealed_room.fingerprint(world.intake) in shown and "已签入" in shown
        assert "三人中的任意两人可以恢复" in shown and world.county.name in shown

    def test_a_key_is_granted_only_with_the_fingerprint_off_the_colleagues_screen(self, world, sealed_room, office):
        client, tip = unlocked(world.intake), sealed_room.tip(office)[0]
        colleague = sealed_room.unlocked(world.second).person
        sent = {"person": colleague.username, "purposes": ["identity"], "seen": sealed_room.fingerprint(world.county)}
        wrong = client.post(at("tip_key_grant"), sent)
        assert wrong.status_code == 422 and "指纹与" in text(wrong)
        sent["seen"] = sealed_room.fingerprint(world.second)
        assert client.post(at("tip_key_grant"), sent).url == at("tip_keys")
        assert sealed_room.unlocked(world.second).tip_keys([tip], identity=True)
        assert unlocked(world.second).get(at("tip", tip.pk)).status_code == 403  # identities alone, as was granted

    def test_a_colleague_is_vouched_for_and_then_handed_a_tip(self, world, sealed_room, office):
        client, tip = unlocked(world.intake), sealed_room.tip(office)[0]
        seen = sealed_room.fingerprint(world.second)
        both = {"person": world.second.username, "purposes": ["vouch", "identity"], "seen": seen}
        assert client.post(at("tip_key_grant"), both).status_code == 422
        assert client.post(at("tip_key_grant"), {**both, "purposes": ["vouch"]}).status_code == 302
        client.post(at("tip_assign", tip.pk), {"assign-person": world.second.pk})
        assert unlocked(world.second).get(at("tip", tip.pk)).status_code == 200

    def test_the_last_holder_cannot_be_withdrawn(self, world, sealed_room, office):
        row = directory.current(office.pk, "intake")
        sent = {"key": row.pk, "person": world.intake.username}
        assert unlocked(world.intake).post(at("tip_key_withdraw"), sent).status_code == 409
        assert KeyHolder.objects.filter(office_key=row, person=world.intake).exists()

    def test_a_key_is_replaced_signed_elsewhere_begun_and_the_tips_moved(self, world, sealed_room, office):
        client, tip = unlocked(world.intake), sealed_room.tip(office, text="演示：换钥之前。")[0]
        assert client.post(at("tip_key_rotate")).url == at("tip_keys")
        assert "等待签入目录" in text(client.get(at("tip_keys")))
        answer = client.get(at("tip_key_request"))
        asked = json.loads(answer.content)
        assert asked["what"] == "mingcha tips request" and len(asked["entries"]) == 3
        assert "attachment" in answer["Content-Disposition"]
        client.post(at("tip_key_begin"))
        waiting = list(OfficeKey.objects.filter(office=office, state="waiting"))
        assert len(waiting) == 3  # not signed yet: nothing begins
        sealed_room.publish(*waiting)
        client.post(at("tip_key_begin"))
        assert "换到新密钥" in text(client.get(at("tip_keys")))
        assert "已换 2 份" in text(client.post(at("tip_key_rewrap"), follow=True))
        assert "换到新密钥" not in text(client.get(at("tip_keys")))
        assert "演示：换钥之前。" in text(client.get(at("tip", tip.pk)))

    def test_an_epoch_that_nobody_signed_is_thrown_away(self, world, sealed_room, office):
        client = unlocked(world.intake)
        client.post(at("tip_key_rotate"))
        client.post(at("tip_key_discard"))
        assert not OfficeKey.objects.filter(office=office, state="waiting").exists()

    def test_a_leaver_opens_nothing_from_then_on(self, world, sealed_room, office):
        tip = sealed_room.tip(office)[0]
        unlocked(world.intake).post(at("tip_assign", tip.pk), {"assign-person": world.county.pk})
        handler = unlocked(world.county)
        assert handler.get(at("tip", tip.pk)).status_code == 200
        keys.leave(world.county, by=None, at=world.at)
        assert handler.get(at("tip", tip.pk)).status_code == 403  # unlocked still, and nothing to open


class TestEntry:
    def test_what_was_told_by_telephone_is_sealed_and_its_receipt_shown_once(self, world, sealed_room, office):
        client, given = unlocked(world.intake), entry(name="演示张三", phone="100")
        answer = client.post(at("tip_entry"), given)
        assert answer.status_code == 200 and answer["Cache-Control"] == "no-store"
        assert (
            given["receipt"] in text(answer)
            and "<svg" in text(answer)
            and given["receipt"] not in answer.request["PATH_INFO"]
        )
        tip = Tip.objects.get()
        assert (tip.channel, tip.office, tip.named) == ("phone", office, False)
        assert visits.enter(given["receipt"], at=world.at).office_name == office.name
        client.post(at("tip_entry"), given)
        assert Tip.objects.count() == 1  # sent again: there once

    def test_about_ones_own_office_it_goes_straight_up_and_who_put_it_in_holds_nothing(
        self, world, sealed_room, office
    ):
        answer = unlocked(world.intake).post(at("tip_entry"), entry(what=office.name))
        assert answer.status_code == 200, text(answer)
        tip = Tip.objects.get()
        assert tip.office == world.city.office.body and not sealed_room.unlocked(world.intake).tip_keys([tip])

    def test_a_unit_that_is_not_on_record_is_kept_as_it_was_called(self, world, sealed_room, office):
        client = unlocked(world.intake)
        looked = client.post(at("tip_entry"), entry(what="没有这个单位", find="1"))
        assert looked.status_code == 200 and "没有找到" in text(looked) and not Tip.objects.exists()
        client.post(at("tip_entry"), entry(what="没有这个单位"))
        tip, key = Tip.objects.get(), sealed_room.unlocked(world.intake)
        assert reading.story(tip, private=key.tip_key(tip), key=key).about.body_name == "没有这个单位"

    def test_what_is_missing_is_said_and_what_was_typed_stays(self, world, sealed_room, office):
        answer = unlocked(world.intake).post(at("tip_entry"), entry(category="money"))
        assert answer.status_code == 422 and "演示：来电反映。" in text(answer)


def test_an_attachment_is_read_as_a_cleaned_copy_and_its_original_by_the_keeper_alone(world, sealed_room, office):
    tip = sealed_room.tip(office)[0]
    with vault.Sealing(name="演示张三的照片.png", type="image/png") as sealing:
        sealing.push(PNG)
        enclosed = vault.enclosed(tip, [sealing.finish()], at=world.at)
    enclosed.keep()
    for row in (*enclosed.records, *enclosed.files):
        row.save(force_insert=True)
    original, copy = enclosed.records
    client = unlocked(world.intake)
    client.post(at("tip_assign", tip.pk), {"assign-person": world.county.pk})
    handler = unlocked(world.county)
    shown = text(handler.get(at("tip", tip.pk)))
    assert at("tip_file", tip.pk, copy.pk) in shown and "演示张三" not in shown
    answer = handler.get(at("tip_file", tip.pk, copy.pk))
    assert b"".join(answer.streaming_content).startswith(b"\x89PNG") and answer["Cache-Control"] == "no-store"
    assert handler.get(at("tip_file", tip.pk, original.pk)).status_code == 403
    assert "演示张三的照片" in text(client.get(at("tip_identity", tip.pk)))
    assert b"".join(client.get(at("tip_file", tip.pk, original.pk)).streaming_content) == PNG


def test_a_call_is_drafted_by_one_and_published_by_another(world, sealed_room, office):
    one, other = unlocked(world.intake), unlocked(world.county)
    given = {"title": "演示公告", "scope": "演示范围", "ways": "演示渠道", "promises": "演示承诺", "until": ""}
    assert one.post(at("tip_call_new"), {**given, "scope": ""}).status_code == 422
    assert one.post(at("tip_call_new"), given).url == at("tip_calls")
    call = Call.objects.get()
    assert "是您起草的" in text(one.get(at("tip_calls")))
    assert one.post(at("tip_call_publish", call.pk)).status_code == 403
    assert one.post(at("tip_call", call.pk), {**given, "title": "演示公告二"}).status_code == 302
    assert unlocked(world.neighbour_intake).post(at("tip_call_publish", call.pk)).status_code == 404
    other.post(at("tip_call_publish", call.pk))
    call.refresh_from_db()
    assert (call.state, call.title) == ("published", "演示公告二")
    one.post(at("tip_call_withdraw", call.pk))
    call.refresh_from_db()
    assert call.state == "withdrawn"


def test_terms_are_set_by_who_approves_and_never_slower_than_the_rule(world, sealed_room, office):
    given = {
        "forward_days": 3,
        "notice_days": 10,
        "result_days": 10,
        "proposal_days": 20,
        "objection_days": 30,
        "keep_days": 400,
    }
    assert unlocked(world.county).post(at("tip_rule"), {**given, "forward_days": 6}).status_code == 422
    assert unlocked(world.county).post(at("tip_rule"), given).status_code == 302
    assert OfficeRule.objects.get(office=office).forward_days == 3
    assert unlocked(world.intake).post(at("tip_rule"), given).status_code == 403


def test_figures_need_no_key_and_hide_small_ones(world, sealed_room, office):
    for _ in range(6):
        sealed_room.tip(office)
    sealed_room.tip(office, category="money", kind="measures")
    client = sign_in(Client(), world.county)  # never unlocked
    shown = text(client.get(at("tip_figures")))
    assert ">*</td>" in shown and "失职渎职" in shown
    assert sign_in(Client(), world.inspector).get(at("tip_figures")).status_code == 403
