"""The sealed room's door and list: unlocked apart from signing in, in two halves, for a while; nothing told outside."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from mingcha.doors.desk import strongbox
from mingcha.doors.hall import clock
from mingcha.ground.audit.models import Event
from mingcha.ground.notices.models import Notice
from mingcha.tips.models import OfficerKey, Tip
from mingcha.tips.states import State
from tests.sealed import PASSPHRASE
from tests.world import sign_in

MARK = "蓝羊羔七号"
LIST = "/tipline/"


def at_desk(someone):
    return sign_in(Client(), someone)


def unlocked(someone):
    """Sign in and unlock, as an officer does."""
    client = at_desk(someone)
    answer = client.post(reverse("desk:tip_unlock"), {"passphrase": PASSPHRASE, "next": LIST})
    assert answer.status_code == 302 and answer.url == LIST
    return client


def text(answer):
    return answer.content.decode()


@pytest.fixture
def tip(world, sealed_room):
    return sealed_room.tip(world.minxian.office.body, text=f"演示：{MARK}。")[0]


def page_of(tip):
    return reverse("desk:tip", args=[tip.pk])


def test_a_refusal_comes_in_its_order_403_404_423(world, sealed_room, tip):
    assert at_desk(world.inspector).get(page_of(tip)).status_code == 403
    assert at_desk(world.unit).get(LIST).status_code == 403
    for other in (world.neighbour_intake, world.city_intake, world.lead):
        assert unlocked(other).get(page_of(tip)).status_code == 404
        assert at_desk(other).get(page_of(tip)).status_code == 404  # also while it is locked: nothing is told
    locked = at_desk(world.intake).get(page_of(tip))
    assert locked.status_code == 423 and 'name="passphrase"' in text(locked) and MARK not in text(locked)
    assert unlocked(world.county).get(page_of(tip)).status_code == 403  # of the office, but holding no key to it


def test_unlocking_leads_back_to_the_page_asked_for_and_shows_it(world, sealed_room, tip):
    client = at_desk(world.intake)
    locked = client.get(f"{page_of(tip)}?tab=new")
    assert f'name="next" value="{page_of(tip)}?tab=new"' in text(locked)
    sent = {"passphrase": PASSPHRASE, "next": f"{page_of(tip)}?tab=new"}
    answer = client.post(reverse("desk:tip_unlock"), sent, follow=True)
    shown = text(answer)
    assert MARK in shown and answer["Cache-Control"] == "no-store" and MARK not in shown.partition("</title>")[0]
    assert client.post(reverse("desk:tip_unlock"), {**sent, "next": "https://elsewhere.example/"}).url == LIST


def test_the_half_in_the_browser_travels_to_no_other_page(world, sealed_room):
    cookie = unlocked(world.intake).cookies["mingcha_tips"]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/tipline/", True, "Strict")
    assert cookie["max-age"] == 8 * 3600


@pytest.mark.proof(3)
def test_neither_half_opens_anything_alone(world, sealed_room, tip):
    one, other = unlocked(world.intake), unlocked(world.intake)
    without_session = at_desk(world.intake)
    without_session.cookies["mingcha_tips"] = one.cookies["mingcha_tips"].value
    assert without_session.get(page_of(tip)).status_code == 423
    swapped = other.cookies["mingcha_tips"].value
    one.cookies["mingcha_tips"] = swapped
    assert one.get(page_of(tip)).status_code == 423
    del other.cookies["mingcha_tips"]
    assert other.get(page_of(tip)).status_code == 423
    other.cookies["mingcha_tips"] = swapped  # one half gone, the other is thrown away
    assert other.get(page_of(tip)).status_code == 423


@pytest.mark.proof(3)
def test_what_the_session_keeps_holds_no_key_in_clear(world, sealed_room, tip):
    client = unlocked(world.intake)
    private = sealed_room.unlocked(world.intake).private
    kept = Session.objects.get(pk=client.session.session_key).get_decoded()
    assert set(kept["tips"]) == {"box", "began", "seen"}
    assert private.hex() not in str(kept) and MARK not in str(kept)


@pytest.mark.proof(3)
def test_idle_for_a_quarter_of_an_hour_or_open_all_day_it_locks(world, sealed_room, tip, monkeypatch):
    client, now = unlocked(world.intake), clock.running()
    for minutes, status in ((14, 200), (28, 200), (44, 423), (45, 423)):
        monkeypatch.setattr(clock, "running", lambda minutes=minutes: now + timedelta(minutes=minutes))
        assert client.get(page_of(tip)).status_code == status, minutes
    kept = {"box": "", "began": now.isoformat(), "seen": (now + timedelta(hours=8)).isoformat()}
    assert not strongbox.is_fresh(kept, at=now + timedelta(hours=8))


@pytest.mark.proof(3)
def test_locking_and_signing_out_end_both_halves(world, sealed_room, tip):
    client = unlocked(world.intake)
    half, before = client.cookies["mingcha_tips"].value, client.session.session_key
    assert client.post(reverse("desk:tip_lock")).status_code == 302
    client.cookies["mingcha_tips"] = half
    assert client.get(page_of(tip)).status_code == 423 and client.session.session_key != before
    client = unlocked(world.intake)
    answer = client.post(reverse("hall:sign_out"))
    gone = answer.cookies["mingcha_tips"]
    assert (gone.value, gone["path"], gone["max-age"]) == ("", "/tipline/", 0)
    assert client.get(page_of(tip)).status_code == 302


def test_a_wrong_passphrase_says_so_shows_nothing_of_it_and_is_braked(world, sealed_room):
    client, wrong = at_desk(world.intake), "另一个很长的错误口令啊"
    sealed_room.unlocked(world.intake)
    answers = [client.post(reverse("desk:tip_unlock"), {"passphrase": wrong, "next": LIST}) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [422] * 5 + [429]
    assert "口令不对" in text(answers[0]) and not any(wrong in text(answer) for answer in answers)
    assert Event.objects.filter(verb="tips.wrong_passphrase", actor=world.intake.username).count() == 5
    assert "mingcha_tips" not in client.cookies


def test_the_first_passphrase_is_typed_twice_and_opens_nothing_until_a_holder_grants(world, sealed_room, tip):
    client, chosen = at_desk(world.second), "骆驼 茶壶 七月 台阶 北风"
    assert 'name="again"' in text(client.get(page_of(tip)))
    other = client.post(reverse("desk:tip_unlock"), {"passphrase": chosen, "again": chosen + "x", "next": LIST})
    assert other.status_code == 422 and not OfficerKey.objects.filter(person=world.second).exists()
    assert client.post(reverse("desk:tip_unlock"), {"passphrase": "short", "again": "short"}).status_code == 422
    assert client.post(reverse("desk:tip_unlock"), {"passphrase": chosen, "again": chosen}).status_code == 302
    assert client.get(page_of(tip)).status_code == 403 and client.get(LIST).status_code == 200


def test_a_new_passphrase_takes_the_olds_place_and_a_forgotten_one_begins_anew(world, sealed_room, tip):
    client, chosen = unlocked(world.intake), "骆驼 茶壶 七月 台阶 北风"
    sent = {"old": PASSPHRASE, "passphrase": chosen, "again": chosen}
    assert client.post(reverse("desk:tip_passphrase"), {**sent, "old": "不是这一个口令吧啊"}).status_code == 422
    assert client.post(reverse("desk:tip_passphrase"), sent).url == reverse("desk:tip_unlock")
    client.post(reverse("desk:tip_unlock"), {"passphrase": chosen})
    assert client.get(page_of(tip)).status_code == 200
    assert client.post(reverse("desk:tip_anew"), {"passphrase": PASSPHRASE, "again": PASSPHRASE}).status_code == 302
    assert client.get(page_of(tip)).status_code == 403


def test_what_was_typed_while_it_locked_is_handed_back(world, sealed_room, tip):
    client = at_desk(world.intake)
    here = f"http://testserver{page_of(tip)}"
    answer = client.post(
        reverse("desk:tip_write", args=[tip.pk, "note"]), {"note-text": "演示：写了一半"}, HTTP_REFERER=here
    )
    assert (
        answer.status_code == 423 and "演示：写了一半</textarea>" in text(answer) and f'value="{here}"' in text(answer)
    )


def test_the_list_tells_nothing_while_locked_and_first_lines_once_unlocked_on_record(world, sealed_room, tip):
    assert MARK not in text(at_desk(world.intake).get(LIST)) and not Event.objects.filter(verb="tips.skim").exists()
    client = unlocked(world.intake)
    assert MARK in text(client.get(LIST))
    assert Event.objects.get(verb="tips.skim").detail == {"seen": [str(tip.pk)]}
    assert MARK not in text(unlocked(world.county).get(LIST))  # no key: the row, not the words
    assert str(tip.pk) not in text(unlocked(world.neighbour_intake).get(LIST))


def test_the_list_is_narrowed_and_keeps_its_queue(world, sealed_room, tip):
    late, _ = sealed_room.tip(
        world.minxian.office.body, category="money", kind="measures", due_at=world.at - timedelta(days=1)
    )
    client = unlocked(world.intake)
    shown = text(client.get(f"{LIST}?tab=new&kind=measures"))
    assert str(late.pk) in shown and str(tip.pk) not in shown and "lamp--red" in shown
    assert f"{page_of(late)}?tab=new&amp;kind=measures" in shown
    assert str(late.pk) in text(client.get(f"{LIST}?tab=late")) and "没有" in text(client.get(f"{LIST}?tab=closed"))
    first = text(client.get(f"{page_of(late)}?tab=new"))
    assert f'href="{page_of(tip)}?tab=new" data-key="j"' in first
    assert f'href="{page_of(late)}?tab=new" data-key="k"' in text(client.get(f"{page_of(tip)}?tab=new"))


def test_several_are_accepted_in_one_press_and_one_that_cannot_holds_up_none(world, sealed_room, tip):
    more = [sealed_room.tip(world.minxian.office.body)[0] for _ in range(2)]
    elsewhere, _ = sealed_room.tip(world.zhangxian.office.body)
    client = unlocked(world.intake)
    Tip.objects.filter(pk=more[1].pk).update(state=State.ACCEPTED, year=2021, number=900)
    sent = {"tip": [str(each.pk) for each in (tip, *more, elsewhere)], "onward": f"{LIST}?tab=new"}
    answer = client.post(reverse("desk:tips_accept"), sent, follow=True)
    assert "已受理 2 件" in text(answer) and "2 件没有受理" in text(answer)
    tip.refresh_from_db()
    elsewhere.refresh_from_db()
    assert (tip.state, elsewhere.state) == (State.ACCEPTED, State.RECEIVED)


def test_home_and_messages_tell_how_much_waits_and_nothing_of_it(world, sealed_room, tip):
    shown = text(at_desk(world.intake).get("/"))
    assert "举报待受理" in shown and MARK not in shown and f'href="{LIST}' in shown
    assert LIST not in text(at_desk(world.inspector).get("/"))
    assert not any(MARK in f"{each.subject}{each.text}" for each in Notice.objects.all())
