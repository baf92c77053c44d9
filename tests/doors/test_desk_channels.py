"""How messages leave the house, on the pages: an office's channels, their keys, what became of a message, one's wishes."""

from datetime import time

import pytest

from mingcha.ground.notices import actions, outbox, queries
from mingcha.ground.notices.models import Channel, Delivery, Notice
from mingcha.kernel.hours import Hours
from tests.outside import Group
from tests.world import sign_in

HOOK = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=abcd-1234"


def text(answer):
    return answer.content.decode()


def given(w, **more):
    return {"body": w.minxian.office.body.pk, "address": HOOK, **more}


def set_up(w, kind="wecom", **hours):
    return actions.set_channel(
        w.minxian.office.body, kind=kind, given={"address": HOOK}, hours=Hours(**hours), by=w.county, at=w.at
    )


def test_a_robot_is_set_up_and_its_address_is_never_shown_again(world, client):
    w, browser = world, sign_in(client, world.county)
    assert "企业微信群" in text(browser.get("/notices/channels/new/"))
    page = text(browser.get("/notices/channels/new/?kind=wecom"))
    assert w.minxian.office.body.name in page and w.zhangxian.office.body.name not in page
    answer = browser.post("/notices/channels/new/?kind=wecom", given(w, quiet_from="22:00", quiet_to="07:00"))
    channel = Channel.objects.get()
    assert answer.status_code == 302 and answer["Location"] == f"/notices/channels/{channel.pk}/"
    assert channel.hours == Hours(time(22), time(7))
    for path in ("", f"{channel.pk}/", f"{channel.pk}/stop/", "new/?kind=wecom"):
        assert "abcd-1234" not in text(browser.get(f"/notices/channels/{path}"))
    assert "22:00–07:00" in text(browser.get(f"/notices/channels/{channel.pk}/"))
    assert "设置消息渠道" in text(browser.get("/audit/"))


def test_what_was_typed_stays_after_a_refusal_but_no_password(world, client):
    w, browser = world, sign_in(client, world.county)
    answer = browser.post("/notices/channels/new/?kind=wecom", given(w, address="https://evil.example/x?key=abcd"))
    assert answer.status_code == 422 and "https://evil.example/x?key=abcd" in text(answer)
    mail = {"body": w.minxian.office.body.pk, "server": "smtp.example.cn", "port": 465, "security": "insecure",
            "sender": "m@example.cn", "user": "m", "password": "geheim"}  # fmt: skip
    answer = browser.post("/notices/channels/new/?kind=mail", mail)
    assert answer.status_code == 422 and "不加密的连接会泄露密码" in text(answer)
    assert "smtp.example.cn" in text(answer) and "geheim" not in text(answer)
    assert browser.post("/notices/channels/new/?kind=mail", mail | {"security": "ssl"}).status_code == 302
    other = given(w, body=w.zhangxian.office.body.pk)
    assert browser.post("/notices/channels/new/?kind=wecom", other).status_code == 422
    assert browser.post("/notices/channels/new/", given(w)).status_code == 422


def test_an_office_sees_what_became_of_its_messages_and_sends_again(world, client, settings):
    """Who and when, never what; and the way out of a failure is a button."""
    w, browser = world, sign_in(client, world.county)
    Notice.objects.update(planned_at=w.at)
    with Group() as group:
        settings.MINGCHA_CHAT_HOSTS = group.hosts
        address = group.hosts["qyapi.weixin.qq.com"] + "/cgi-bin/webhook/send?key=abcd"
        channel = actions.set_channel(
            w.minxian.office.body, kind="wecom", given={"address": address}, hours=Hours(), by=w.county, at=w.at
        )
        actions.send(to=[w.second], subject="演示事由", link="/orders/17/", at=w.at)
        outbox.plan(at=w.at)
        Delivery.objects.update(tries=len(outbox.BACK_OFF))
        group.answers = [(200, {"errcode": 93000})]
        outbox.deliver(at=w.at)
        page = text(browser.get(f"/notices/channels/{channel.pk}/"))
        assert "1 条多次没有发出" in page and "对方没有收下" in page and "演示事由" not in page
        assert "1 条没有发出" in text(browser.get("/notices/channels/"))
        assert f"/notices/channels/{channel.pk}/" in text(browser.get("/notices/"))
        assert browser.post(f"/notices/channels/{channel.pk}/retry/").status_code == 302
        assert outbox.deliver(at=w.at) == 1
        again = browser.post(f"/notices/channels/{channel.pk}/retry/")
        assert again.status_code == 409 and "没有停下来的消息" in text(again)
        assert browser.post(f"/notices/channels/{channel.pk}/try/").status_code == 302
        outbox.deliver(at=w.at)
        assert group.texts[-1] == "本单位有 1 条新的工作消息，其中有紧急的，请登录系统查看。"


def test_a_channel_is_stopped_once_that_was_asked(world, client):
    w, browser = world, sign_in(client, world.county)
    channel = set_up(w)
    assert "停用后等着发的不再发" in text(browser.get(f"/notices/channels/{channel.pk}/stop/"))
    assert browser.post(f"/notices/channels/{channel.pk}/stop/").status_code == 302
    assert browser.post(f"/notices/channels/{channel.pk}/stop/").status_code == 409
    assert browser.post(f"/notices/channels/{channel.pk}/try/").status_code == 409
    assert "停用。" in text(browser.get(f"/notices/channels/{channel.pk}/"))
    assert "还没有设置渠道" in text(browser.get("/notices/channels/"))


def test_the_office_next_door_is_told_that_there_is_nothing(world, client):
    channel = set_up(world)
    browser = sign_in(client, world.neighbour)
    assert browser.get(f"/notices/channels/{channel.pk}/").status_code == 404
    for act in ("try", "retry", "stop"):
        assert browser.post(f"/notices/channels/{channel.pk}/{act}/").status_code == 404
    assert world.minxian.office.body.name not in text(browser.get("/notices/channels/"))
    assert sign_in(client, world.unit).get("/notices/channels/").status_code == 403


def test_everybody_says_how_they_want_to_hear(world, client):
    w, browser = world, sign_in(client, world.unit)
    page = text(browser.get("/notices/settings/"))
    assert "还没有设置渠道" in page
    wishes = {
        "by_mail": "on",
        "mail": "unit@example.cn",
        "quiet_from": "21:30",
        "quiet_to": "08:00",
        "digest_at": "08:30",
    }
    assert browser.post("/notices/settings/", wishes).status_code == 302
    kept = queries.preference(w.unit)
    assert (kept.mail, kept.by_mail, kept.in_group) == ("unit@example.cn", True, False)
    assert kept.hours == Hours(time(21, 30), time(8), time(8, 30))
    assert 'value="21:30"' in text(browser.get("/notices/settings/"))
    for wrong, said in (({"mail": "nobody"}, "正确的邮箱地址"), ({"digest_at": "23:00"}, "时间对不上")):
        answer = browser.post("/notices/settings/", wishes | wrong)
        assert answer.status_code == 422 and said in text(answer) and next(iter(wrong.values())) in text(answer)
    assert "提醒方式" in text(browser.get("/notices/")) and "消息渠道" not in text(browser.get("/notices/"))


def test_one_sees_the_ways_that_reach_one(world, client):
    set_up(world)
    assert "企业微信群" in text(sign_in(client, world.second).get("/notices/settings/"))
    assert "企业微信群" not in text(sign_in(client, world.neighbour).get("/notices/settings/"))


@pytest.mark.parametrize("hours,status", [("3", 302), ("", 302), ("0", 422), ("x", 422)])
def test_the_office_says_when_an_unread_message_goes_on(world, client, hours, status):
    browser = sign_in(client, world.county)
    assert 'value="2"' in text(browser.get("/notices/raising/"))
    answer = browser.post("/notices/raising/", {"urgent_hours": hours, "other_hours": "24"})
    assert answer.status_code == status
    if status == 302:
        assert queries.raising(world.minxian.office.body) == (int(hours) if hours else None, 24)
        assert "24 小时未读" in text(browser.get("/notices/channels/"))
