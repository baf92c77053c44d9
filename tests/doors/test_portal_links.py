"""A unit without an account: the link on the paper, taken by one browser, and the whole order from there."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from mingcha.config.scrubbing import scrubbed
from mingcha.flow.rectifications import actions
from mingcha.flow.rectifications.models import Rectification, UnitLink
from mingcha.ground.audit.models import Event
from tests.world import PNG, sign_in

NAME = {"signed_as": "演示店长"}


@pytest.fixture
def order(world):
    return world.minxian.order


@pytest.fixture
def token(world, order):
    return actions.make_link(order, by=world.county, at=world.at)


@pytest.fixture
def phone():
    return Client()


@pytest.fixture
def at(phone, token):
    """Take the link and return the order's address."""
    answer = phone.post(f"/u/{token}/", NAME)
    assert answer.status_code == 302
    return answer.url


def shown(answer, status=200):
    assert answer.status_code == status, answer.content.decode()[-2500:]
    return answer.content.decode()


def png(name="照片.png"):
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile(name, PNG, "image/png")


# Taking it


def test_opening_a_link_takes_nothing_and_tells_little(phone, token, order):
    for _ in range(3):
        page = shown(phone.get(f"/u/{token}/"))
    phone.head(f"/u/{token}/")
    assert order.body.name in page and "开始办理" in page
    assert order.finding.description not in page and order.finding.number not in page
    assert UnitLink.objects.get().redeemed_at is None and "mingcha_links" not in phone.cookies


def test_the_button_takes_it_for_one_browser(phone, token, world, order):
    assert "您的姓名和职务" in shown(phone.post(f"/u/{token}/", {"signed_as": " "}), 422)
    assert UnitLink.objects.get().redeemed_at is None
    answer = phone.post(f"/u/{token}/", NAME)
    link = UnitLink.objects.get()
    assert answer.url == f"/u/order/{link.pk}/" and link.signed_as == "演示店长"
    cookie = phone.cookies["mingcha_links"]
    assert cookie["path"] == "/u/" and cookie["httponly"] and cookie["samesite"] == "Lax"
    assert token not in cookie.value and token not in str(answer.headers)
    page = shown(phone.get(answer.url))
    assert order.finding.description in page and "签收" in page


def test_it_is_of_no_use_elsewhere_and_leads_its_taker_back(phone, token, at):
    other = Client()
    for page in (other.get(f"/u/{token}/"), other.post(f"/u/{token}/", NAME)):
        assert "已经在另一台设备上启用" in shown(page, 403)
    assert other.get(at).url == "/u/" and "没有可办理的整改单" in shown(other.get("/u/"))
    assert phone.get(f"/u/{token}/").url == at


def test_a_link_that_ended_says_so_in_one_sentence(phone, token, world, order, settings):
    actions.revoke_link(order, by=world.county, at=world.at)
    for path in (f"/u/{token}/", "/u/no-such-link/", "/u/" + "x" * 32 + "/"):
        assert "已经失效或被收回" in shown(phone.get(path), 404)
    later = actions.make_link(order, by=world.county, at=world.at)
    settings.MINGCHA_NOW = order.due_at + timedelta(days=15, seconds=1)
    assert "已经失效" in shown(phone.get(f"/u/{later}/"), 404)


def test_taken_back_while_it_was_typed_the_words_are_given_back(phone, at, world, order):
    actions.revoke_link(order, by=world.county, at=world.at)
    page = shown(phone.post(f"{at}report/", {"report-text": "演示：门锁已换好"}), 404)
    assert "已经失效或被收回" in page and "演示：门锁已换好" in page
    assert "已经失效" in shown(phone.get(at), 404) and "没有可办理的" in shown(phone.get("/u/"))


def test_a_unit_with_two_orders_keeps_both(phone, at, world):
    second = actions.make_link(world.minxian.answered, by=world.county, at=world.at)
    phone.post(f"/u/{second}/", NAME)
    page = shown(phone.get("/u/"))
    assert world.minxian.order.finding.number in page and world.minxian.answered.finding.number in page
    assert phone.get(at).status_code == 200


@pytest.mark.parametrize("value", ["", "x", "1-", "999-" + "a" * 32, "1-" + "b" * 32, "..", "0-" + "c" * 99])
def test_a_made_up_cookie_opens_nothing(token, phone, at, value):
    stranger = Client()
    stranger.cookies["mingcha_links"] = value
    for url in (at, "/u/order/1/", "/u/"):
        answer = stranger.get(url)
        assert answer.status_code in (200, 302, 404) and "演示：现场" not in answer.content.decode()


def test_one_secret_opens_one_order(phone, at, world):
    """The number in the address is another's: the secret of this one does not fit it."""
    link = UnitLink.objects.get()
    other = actions.make_link(world.zhangxian.order, by=world.neighbour, at=world.at)
    Client().post(f"/u/{other}/", NAME)
    foreign = UnitLink.objects.exclude(pk=link.pk).get()
    stranger = Client()
    secret = phone.cookies["mingcha_links"].value.split("-", 1)[1]
    stranger.cookies["mingcha_links"] = f"{foreign.pk}-{secret}"
    page = stranger.get(f"/u/order/{foreign.pk}/")
    assert world.zhangxian.order.finding.number not in page.content.decode()
    assert phone.get(f"/u/order/{foreign.pk}/").status_code == 302


# What no log and no other page may hold


def test_the_token_is_told_to_nobody(phone, token, at):
    page = phone.get(f"/u/{token}/")
    fresh = Client().get(f"/u/{token}/")
    assert fresh["Referrer-Policy"] == page["Referrer-Policy"] == "strict-origin"
    assert fresh["Cache-Control"] == "no-store" and "script-src" not in fresh["Content-Security-Policy"]
    order = phone.get(at)
    assert order["Cache-Control"] == "no-store" and token not in order.content.decode()
    assert "<script" not in order.content.decode()
    assert token not in scrubbed(f"GET /u/{token}/ 200") and token not in scrubbed(f"%2Fu%2F{token}")
    assert scrubbed("GET /u/order/12/plan/ 200") == "GET /u/order/12/plan/ 200"
    assert token not in str(list(Event.objects.values()))


def test_a_change_of_language_does_not_carry_the_token_away(phone, token):
    page = shown(phone.get(f"/u/{token}/?language=en"))
    assert token not in page and 'lang="en"' in page
    at = phone.post(f"/u/{token}/?language=en", NAME).url
    assert f'value="{at}"' in shown(phone.get(at))


# Working on it


def test_signed_for_planned_reported_and_answered(phone, at, world, order):
    assert phone.post(f"{at}receive/").url == at
    day = (world.at + timedelta(days=1)).date().isoformat()
    phone.post(
        f"{at}plan/", {"plan-text_1": "演示：换锁", "plan-day_1": day, "plan-text_3": "演示：补登记", "plan-day_3": day}
    )
    measures = list(order.measures.order_by("pk"))
    assert [measure.text for measure in measures] == ["演示：换锁", "演示：补登记"]
    phone.post(f"{at}plan/{measures[0].pk}/done/")
    page = shown(phone.get(at))
    assert "10月27日 18:00 做完" in page and "计划 10月28日 做完" in page
    phone.post(f"{at}report/", {"report-text": "演示：锁已买", "report-before": png(), "report-after": png()})
    said = order.progress.get()
    assert set(said.files.values_list("moment", flat=True)) == {"before", "after"}
    page = shown(phone.get(at))
    address = re.search(rf"{at}files/progress/\d+/", page)[0]
    assert phone.get(address)["Content-Type"] == "image/jpeg"
    phone.post(f"{at}answer/", {"answer-measures": "演示：锁已换好", "answer-after": png()})
    order.refresh_from_db()
    assert order.state == "answered" and order.received_as == "演示店长"
    page = shown(phone.get(at))
    assert "等交办机关核验" in page and "提交答复" not in page
    assert Event.objects.filter(verb="rectification.answer", actor_name="演示店长（凭链接）").exists()


def test_a_refusal_keeps_what_was_typed(phone, at):
    page = shown(phone.post(f"{at}answer/", {"answer-measures": "演示：锁已换好"}), 422)
    assert "演示：锁已换好" in page and "佐证" in page
    page = shown(phone.post(f"{at}plan/", {"plan-text_1": "演示：换锁", "plan-day_1": "2021-10-01"}), 422)
    assert "日期不能早于今天" in page and "演示：换锁" in page
    page = shown(
        phone.post(f"{at}plan/", {"plan-text_1": "演示", "plan-day_1": "2021-10-28", "plan-text_2": "甲"}), 422
    )
    assert "请填这一项哪天做完" in page


def test_more_time_is_asked_for_before_the_deadline_only(phone, at, world, order, settings):
    until = (order.due_at + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    phone.post(f"{at}ask/extension/", {"extension-until": until, "extension-reason": "演示：配件未到"})
    asked = order.requests.get()
    page = shown(phone.get(at))
    assert "演示：配件未到" in page and "申请延期</button>" not in page
    actions.rule(asked, granted=False, ruling="演示：不同意", by=world.second, at=world.at)
    assert "演示：不同意" in shown(phone.get(at))
    settings.MINGCHA_NOW = order.due_at + timedelta(hours=1)
    page = shown(phone.get(at))
    assert "已逾期" in page and "申请延期</button>" not in page
    late = phone.post(f"{at}ask/extension/", {"extension-until": until, "extension-reason": "演示"})
    assert "时限已过" in shown(late, 422)


@pytest.mark.parametrize(("kind", "state"), [("objection", "ordered"), ("cannot_do", "cannot")])
def test_it_may_object_or_say_that_it_cannot(phone, at, order, kind, state):
    assert phone.post(f"{at}ask/{kind}/", {f"{kind}-reason": ""}).status_code == 422
    phone.post(f"{at}ask/{kind}/", {f"{kind}-reason": "演示：不归本店管"})
    order.refresh_from_db()
    assert order.state == state and order.requests.get().kind == kind
    assert "演示：不归本店管" in shown(phone.get(at))
    assert phone.post(f"{at}ask/gift/", {}).status_code == 302


def test_what_was_sent_back_is_answered_again(phone, world):
    returned = world.minxian.answered
    actions.send_back(returned, reason="演示：照片看不清", by=world.second, at=world.at)
    token = actions.make_link(returned, by=world.county, at=world.at)
    at = phone.post(f"/u/{token}/", NAME).url
    assert "演示：照片看不清" in shown(phone.get(at))
    phone.post(f"{at}answer/", {"answer-measures": "演示：重拍", "answer-after": png()})
    assert Rectification.objects.get(pk=returned.pk).state == "answered"


def test_no_file_of_another_order_is_handed_out(phone, at, world):
    other = world.minxian.proof
    assert phone.get(f"{at}files/proof/{other.pk}/").status_code == 404
    assert phone.get(f"{at}files/nonsense/{other.pk}/").status_code == 404
    assert Client().get(f"{at}files/proof/{other.pk}/").status_code == 302


# The desk's side


def test_the_office_makes_a_link_shows_it_once_and_takes_it_back(world, order, phone):
    county = sign_in(Client(), world.county)
    page = shown(county.post(f"/orders/{order.pk}/link/"))
    token = re.search(r"/u/([\w-]{20,})/", page)[1]
    assert 'class="qr"' in page and "只显示这一次" in page
    own = shown(county.get(f"/orders/{order.pk}/"))
    assert token not in own and "还没有人启用" in own
    assert shown(phone.get(f"/u/{token}/"))
    again = re.search(r"/u/([\w-]{20,})/", shown(county.post(f"/orders/{order.pk}/link/")))[1]
    assert phone.get(f"/u/{token}/").status_code == 404 and phone.get(f"/u/{again}/").status_code == 200
    assert county.post(f"/orders/{order.pk}/link/revoke/").status_code == 302
    assert phone.get(f"/u/{again}/").status_code == 404


def test_no_other_office_and_no_unit_makes_one(world, order):
    for who, status in ((world.neighbour, 404), (world.unit, 403), (world.inspector, 403)):
        assert sign_in(Client(), who).post(f"/orders/{order.pk}/link/").status_code == status
    assert not UnitLink.objects.exists()


def test_what_is_closed_needs_no_link(world):
    closed = world.minxian.answered
    actions.close(closed, by=world.second, at=world.at)
    answer = sign_in(Client(), world.county).post(f"/orders/{closed.pk}/link/")
    assert answer.status_code == 409 and "不用再给链接" in answer.content.decode()
