"""How messages leave the house: by which ways, when, how often, and what is said."""

import logging
from datetime import time, timedelta

import pytest

from mingcha.ground.accounts import queries as accounts
from mingcha.ground.audit.models import Event
from mingcha.ground.notices import actions, outbox, queries
from mingcha.ground.notices.models import Channel, Delivery, Notice
from mingcha.ground.notices.states import Cause
from mingcha.kernel.hours import Hours
from tests.outside import Group, Post
from tests.world import person

ADDRESSES = {
    "wecom": "/cgi-bin/webhook/send?key=abcd-1234", "dingtalk": "/robot/send?access_token=abcd1234",
    "feishu": "/open-apis/bot/v2/hook/abcd-1234",
}  # fmt: skip
SECRETS = ("abcd-1234", "abcd1234", "SEC4567", "geheim")
SUBJECT = "收到整改交办：621126-000017 岷县人民医院 演示检查员"


@pytest.fixture
def group(settings):
    with Group() as found:
        settings.MINGCHA_CHAT_HOSTS = found.hosts
        yield found


@pytest.fixture
def post(monkeypatch):
    with Post() as found:
        monkeypatch.setattr(actions, "PORTS", (found.port,))
        yield found


@pytest.fixture
def quiet_world(world):
    """The world with nothing left to plan."""
    plan(world.at)
    return world


def plan(at):
    while outbox.plan(at=at):
        pass


def work(at):
    """A round of the outbox."""
    outbox.raise_unread(at=at)
    plan(at)
    return outbox.deliver(at=at)


def robot(w, group, kind="wecom", *, hours=None, secret="", body=None, by=None):
    given = {"address": next(iter(group.hosts.values())) + ADDRESSES[kind], "secret": secret}
    return actions.set_channel(
        body or w.minxian.office.body, kind=kind, given=given, hours=hours or Hours(), by=by or w.county, at=w.at
    )


def server(w, post, *, body=None, by=None, **more):
    given = {
        "server": "127.0.0.1", "port": post.port, "security": "insecure", "user": "", "password": "",
        "sender": "mingcha@example.gov.cn", **more,
    }  # fmt: skip
    return actions.set_channel(
        body or w.minxian.office.body, kind="mail", given=given, hours=Hours(), by=by or w.county, at=w.at
    )


def prefers(who, w, *, mail="", in_group=True, hours=None):
    return actions.prefer(mail=mail, by_mail=bool(mail), in_group=in_group, hours=hours or Hours(), by=who, at=w.at)


def tell(w, *people, urgent=False, at=None):
    actions.send(to=people, subject=SUBJECT, link="/orders/17/", text="演示内容", urgent=urgent, at=at or w.at)


@pytest.mark.parametrize("kind", ADDRESSES)
def test_a_group_is_told_that_there_is_work_and_never_what(quiet_world, group, kind):
    w = quiet_world
    robot(w, group, kind)
    tell(w, w.county, w.second)
    assert work(w.at) == 1
    ((address, text),) = group.heard
    assert ADDRESSES[kind].rpartition("/")[2][:8] in address
    assert text == "本单位有 2 条新的工作消息，请登录系统查看。"
    assert set(Delivery.objects.values_list("state", "tries", "sent_at")) == {("sent", 1, w.at)}
    assert work(w.at) == 0 and len(group.heard) == 1


def test_what_is_said_outside_holds_nothing_of_what_stands_inside(quiet_world, group, post, settings):
    """Every subject of the day goes out; no number, name, place or address of a page does."""
    w = quiet_world
    settings.CSRF_TRUSTED_ORIGINS = ["https://mingcha.example.gov.cn"]
    robot(w, group), robot(w, group, "dingtalk", secret="SEC4567"), server(w, post)
    prefers(w.county, w, mail="county@example.gov.cn")
    inside = list(Notice.objects.values_list("subject", "text", "link", "to__name"))
    actions.send(to=[w.county], subject=SUBJECT, link="/orders/17/", text="演示内容", at=w.at)
    Notice.objects.filter(to=w.county).update(planned_at=None)
    assert work(w.at) == 3
    said = [*group.texts, *(letter.subject + letter.text for letter in post.letters)]
    assert len(said) == 3 and all(
        "请登录系统查看。\nhttps://mingcha.example.gov.cn" in text.replace("\r", "") for text in said
    )
    for text in said:
        bare = text.replace("https://mingcha.example.gov.cn", "")
        for subject, content, link, name in [*inside, (SUBJECT, "演示内容", "/orders/17/", "演示检查员")]:
            told = {*subject.split("："), *SUBJECT.split(), name, content, link} - {""}
            assert not [word for word in told if word in bare]


def test_a_mail_goes_to_whoever_wants_one_through_the_server_of_the_office_over_them(quiet_world, group, post):
    w = quiet_world
    server(w, post, body=w.city.office.body, by=w.lead)
    near = server(w, post)
    robot(w, group, "feishu")
    prefers(w.unit, w, mail="unit@example.cn")
    prefers(w.neighbour, w, mail="neighbour@example.cn")
    prefers(w.second, w, in_group=False)
    tell(w, w.unit, w.neighbour, w.second, w.county)
    assert work(w.at) == 3
    assert {letter.to for letter in post.letters} == {"unit@example.cn", "neighbour@example.cn"}
    assert {(letter.subject, letter.text.strip()) for letter in post.letters} == {
        ("有新的工作消息", "您有 1 条新的工作消息，请登录系统查看。")
    }
    assert group.texts == ["本单位有 1 条新的工作消息，请登录系统查看。"]
    assert Delivery.objects.get(person=w.unit).channel == near
    assert Delivery.objects.get(person=w.neighbour).channel.body == w.city.office.body


def test_another_office_hears_nothing(quiet_world, group):
    w = quiet_world
    robot(w, group)
    tell(w, w.neighbour, w.abroad.office.officer, w.lead)
    assert work(w.at) == 0 and not group.heard


def test_a_message_written_by_a_statement_of_its_own_goes_out_too(quiet_world, group):
    """As the intake of submissions writes them: with the columns it knows, and no others."""
    from django.db import connection

    w = quiet_world
    robot(w, group)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO notices_notice (to_id, subject, text, link, channel, created_at) VALUES (%s, %s, '', '', 'screen', %s)",
            [w.county.pk, SUBJECT, w.at],
        )
    assert work(w.at) == 1


def test_quiet_hours_hold_what_can_wait(quiet_world, group):
    w, night = quiet_world, quiet_world.at.replace(hour=23)
    robot(w, group, hours=Hours(time(22), time(7)))
    tell(w, w.county, at=night)
    assert work(night) == 0 and work(night.replace(hour=23, minute=59)) == 0
    assert work(night + timedelta(hours=8)) == 1
    tell(w, w.county, urgent=True, at=night + timedelta(days=1))
    assert work(night + timedelta(days=1)) == 1
    assert group.texts[1] == "本单位有 1 条新的工作消息，其中有紧急的，请登录系统查看。"


def test_a_digest_collects_the_day(quiet_world, post):
    w = quiet_world
    server(w, post)
    prefers(w.county, w, mail="county@example.cn", hours=Hours(digest_at=time(8, 30)))
    for hour in range(4):
        tell(w, w.county, at=w.at + timedelta(hours=hour))
        assert work(w.at + timedelta(hours=hour)) == 0
    morning = (w.at + timedelta(days=1)).replace(hour=8, minute=30)
    assert work(morning) == 1
    assert "您有 4 条新的工作消息" in post.letters[0].text


def test_what_was_read_inside_is_not_told_outside(quiet_world, group):
    w, night = quiet_world, quiet_world.at.replace(hour=23)
    robot(w, group, hours=Hours(time(22), time(7)))
    tell(w, w.county, at=night)
    work(night)
    actions.mark_seen(by=w.county, at=night)
    assert work(night + timedelta(hours=9)) == 0 and not group.heard
    assert Delivery.objects.get().state == "expired"


def test_what_failed_is_tried_again_at_longer_and_longer_waits_and_then_given_up(quiet_world, group):
    w, at = quiet_world, quiet_world.at
    channel = robot(w, group)
    tell(w, w.county)
    plan(at)
    for wait in outbox.BACK_OFF:
        group.answers = [(200, {"errcode": 93000, "errmsg": "invalid webhook url"})]
        assert work(at) == 0 and Delivery.objects.get().state == "failed"
        assert work(at + wait - timedelta(seconds=1)) == 0
        at += wait
    group.answers = [(500, "down")]
    work(at)
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.tries, delivery.cause) == ("given_up", 6, "refused")
    assert len(group.heard) == 6
    told = queries.inbox(w.county).first()
    assert (told.subject, told.link) == ("消息多次未发出：企业微信群", f"/notices/channels/{channel.pk}/")
    assert work(at + timedelta(days=1)) == 0
    assert actions.retry(channel, by=w.second, at=at) == 1
    assert work(at) == 1
    assert Event.objects.filter(verb="channel.retry").get().actor == "second"
    with pytest.raises(actions.NothingGivenUp):
        actions.retry(channel, by=w.second, at=at)


def test_a_new_message_waits_with_its_address_while_that_fails(quiet_world, group):
    w = quiet_world
    robot(w, group)
    group.answers = [(200, {"errcode": 1})]
    tell(w, w.county)
    work(w.at)
    tell(w, w.second, at=w.at + timedelta(seconds=5))
    assert work(w.at + timedelta(seconds=5)) == 0 and len(group.heard) == 1
    assert work(w.at + timedelta(minutes=1)) == 1
    assert group.texts[1] == "本单位有 2 条新的工作消息，请登录系统查看。"


def test_a_group_is_not_flooded(quiet_world, group):
    """A robot that speaks too often is shut out by its service."""
    w = quiet_world
    robot(w, group)
    for second in range(0, 60, 5):
        at = w.at + timedelta(seconds=second)
        tell(w, w.county, at=at)
        work(at)
    assert len(group.heard) == 2


@pytest.mark.parametrize(
    "answer", [(200, {"errcode": 310000}), (200, {"code": 19021}), (200, "<html>"), (403, {}), (302, {"Location": "/"})]
)
def test_only_a_plain_yes_counts_as_taken(quiet_world, group, answer):
    w = quiet_world
    robot(w, group, "dingtalk", secret="SEC4567")
    group.answers = [answer]
    tell(w, w.county)
    assert work(w.at) == 0
    assert Delivery.objects.get().cause == "refused" and len(group.heard) == 1


def test_the_signature_of_a_robot_is_encoded_once(quiet_world, group):
    w = quiet_world
    robot(w, group, "dingtalk", secret="SEC4567")
    tell(w, w.county)
    work(w.at)
    assert "&sign=" in group.heard[0][0] and "%25" not in group.heard[0][0] and group.heard[0][0].endswith("%3D")


def test_a_mail_that_is_refused_or_a_server_that_is_down_is_tried_again(quiet_world, post):
    w = quiet_world
    server(w, post)
    for who in (w.county, w.second):
        prefers(who, w, mail=f"{who.username}@example.cn")
    post.refuse = {"county@example.cn"}
    tell(w, w.county, w.second)
    assert work(w.at) == 1 and [letter.to for letter in post.letters] == ["second@example.cn"]
    assert Delivery.objects.get(person=w.county).state == "failed"
    post.__exit__()
    assert work(w.at + timedelta(minutes=1)) == 0
    assert Delivery.objects.get(person=w.county).tries == 2


def test_a_server_that_answers_nobody_is_let_alone_until_the_next_round(quiet_world, post, monkeypatch):
    """Each try may take its time, and others wait behind it."""
    w, tried = quiet_world, []
    server(w, post)
    people = [person(f"p{n}", f"演示人员{n}", w.minxian.office.body, "county", at=w.at) for n in range(5)]
    for who in people:
        prefers(who, w, mail=f"{who.username}@example.cn")
    tell(w, *people)
    monkeypatch.setattr(outbox.channels, "hand_over", lambda *_, to, **__: tried.append(to) or Cause.UNREACHABLE)
    work(w.at)
    assert len(set(tried)) == len(tried) == outbox.PATIENCE
    work(w.at)
    assert len(set(tried)) == len(tried) == 5


def test_nothing_that_opens_a_channel_is_to_be_read_anywhere(quiet_world, group, post, caplog, capfd):
    """Not in a row, a record, a log, an error or a query's answer."""
    w = quiet_world
    caplog.set_level(logging.DEBUG)
    robot(w, group), robot(w, group, "dingtalk", secret="SEC4567"), robot(w, group, "feishu")
    server(w, post, security="ssl", user="mingcha", password="geheim")
    prefers(w.county, w, mail="county@example.cn")
    group.answers = [(200, {"errcode": 93000, "errmsg": "abcd-1234"}), (500, "abcd1234")]
    tell(w, w.county)
    work(w.at)
    rows = [repr(list(model.objects.values())) for model in (Channel, Delivery, Notice, Event)]
    seen = [
        *rows,
        caplog.text,
        *capfd.readouterr(),
        repr(list(queries.channels(to=accounts.standing(w.county, at=w.at)))),
    ]
    assert not [secret for secret in SECRETS for text in seen if secret in text]
    assert "county@example.cn" not in caplog.text


def test_settings_moved_to_another_body_do_not_open(quiet_world, group):
    w = quiet_world
    mine = robot(w, group)
    theirs = robot(w, group, body=w.zhangxian.office.body, by=w.neighbour)
    Channel.objects.filter(pk=mine.pk).update(box=Channel.objects.get(pk=theirs.pk).box)
    tell(w, w.county)
    assert work(w.at) == 0
    assert Delivery.objects.get().cause == "unreadable" and not group.heard


def test_setting_up_anew_takes_along_what_waits_and_stopping_ends_it(quiet_world, group):
    w, night = quiet_world, quiet_world.at.replace(hour=23)
    old = robot(w, group, hours=Hours(time(22), time(7)))
    tell(w, w.county, at=night)
    work(night)
    new = robot(w, group)
    assert Channel.objects.get(pk=old.pk).stopped_by == w.county
    assert Delivery.objects.get().channel == new
    actions.stop(new, by=w.second, at=night)
    assert Delivery.objects.get().state == "expired"
    for late in (lambda: actions.stop(new, by=w.county, at=night), lambda: actions.try_out(new, by=w.county, at=night)):
        with pytest.raises(actions.ChannelStopped):
            late()
    assert work(night + timedelta(hours=9)) == 0
    assert set(Event.objects.filter(kind="channel").values_list("verb", flat=True)) == {"channel.set", "channel.stop"}


def test_a_channel_is_tried_out(quiet_world, group, post):
    w = quiet_world
    actions.try_out(robot(w, group), by=w.county, at=w.at)
    mail = server(w, post)
    with pytest.raises(actions.NoMailAddress):
        actions.try_out(mail, by=w.county, at=w.at)
    prefers(w.county, w, mail="county@example.cn")
    actions.try_out(mail, by=w.county, at=w.at)
    assert work(w.at) == 2 and len(group.heard) == len(post.letters) == 1


def test_only_an_office_sets_up_channels_and_only_its_own(quiet_world, group):
    w = quiet_world
    mine = robot(w, group)
    for who, refusal in (
        (w.neighbour, accounts.NotFound),
        (w.unit, accounts.NotAllowed),
        (w.inspector, accounts.NotAllowed),
    ):
        for act in (
            lambda who=who: robot(w, group, by=who), lambda who=who: actions.stop(mine, by=who, at=w.at),
            lambda who=who: actions.retry(mine, by=who, at=w.at), lambda who=who: actions.try_out(mine, by=who, at=w.at),
            lambda who=who: actions.raise_after(mine.body, urgent_hours=1, other_hours=1, by=who, at=w.at),
        ):  # fmt: skip
            with pytest.raises(refusal):
                act()
    with pytest.raises(accounts.NotFound):
        queries.channel(mine.pk, to=accounts.standing(w.neighbour, at=w.at))
    assert not queries.channels(to=accounts.standing(w.neighbour, at=w.at))
    assert queries.channel(mine.pk, to=accounts.standing(w.lead, at=w.at)) == mine


@pytest.mark.parametrize(
    "kind,address",
    [
        ("wecom", "https://evil.example/cgi-bin/webhook/send?key=abcd-1234"),
        ("wecom", "http://169.254.169.254/latest/meta-data"),
        ("dingtalk", "https://oapi.dingtalk.com/robot/send"),
        ("dingtalk", "https://oapi.dingtalk.com@evil.example/robot/send?access_token=abcd1234"),
        ("feishu", "https://open.feishu.cn/open-apis/bot/v2/hook/../../x?a=1"),
        ("feishu", ""),
    ],
)
def test_only_the_robot_of_the_service_itself_is_taken(quiet_world, kind, address):
    w = quiet_world
    with pytest.raises(actions.NotARobotsAddress):
        actions.set_channel(
            w.minxian.office.body, kind=kind, given={"address": address}, hours=Hours(), by=w.county, at=w.at
        )


@pytest.mark.parametrize(
    "wrong,refusal",
    [
        ({"port": 22}, actions.NotAMailServer),
        ({"server": "127.0.0.1/x"}, actions.NotAMailServer),
        ({"sender": "nobody"}, actions.NotAMailServer),
        ({"security": "none"}, actions.NotAMailServer),
        ({"user": "a", "password": "geheim"}, actions.PasswordInTheOpen),
    ],
)
def test_a_mail_server_is_described_in_full_and_no_password_goes_in_the_open(quiet_world, post, wrong, refusal):
    with pytest.raises(refusal):
        server(quiet_world, post, **wrong)


@pytest.mark.parametrize("hours", [Hours(time(22)), Hours(time(7), time(7)), Hours(time(22), time(7), time(23))])
def test_hours_fit_together(quiet_world, hours):
    with pytest.raises(actions.HoursDoNotFit):
        prefers(quiet_world.county, quiet_world, hours=hours)


def test_what_is_unread_goes_to_the_next_person_until_somebody_reads_it(quiet_world):
    w, office = quiet_world, quiet_world.minxian.office.body
    deputy = person("deputy", "演示副职", office, "county", at=w.at - timedelta(days=1))
    deputy.posts.update(capacity="deputy")
    actions.raise_after(office, urgent_hours=2, other_hours=24, by=w.county, at=w.at)
    tell(w, w.county, urgent=True)
    work(w.at)
    assert outbox.raise_unread(at=w.at + timedelta(hours=2) - timedelta(seconds=1)) == 0
    at = w.at + timedelta(hours=2)
    assert outbox.raise_unread(at=at) == 1 and outbox.raise_unread(at=at) == 0
    first = queries.inbox(w.second).first()  # who holds the post comes before a deputy
    assert (first.link, first.urgent) == ("/orders/17/", True)
    assert first.subject == f"同事的消息逾期未读，请提醒或接办：{w.county.name}"
    plan(at)
    assert outbox.raise_unread(at=at + timedelta(hours=2)) == 1
    plan(at + timedelta(hours=2))
    assert queries.inbox(deputy).count() == 1
    assert outbox.raise_unread(at=at + timedelta(days=9)) == 0  # nobody is left


def test_who_reads_it_ends_the_line(quiet_world):
    w = quiet_world
    tell(w, w.county, urgent=True)
    plan(w.at)
    assert outbox.raise_unread(at=w.at + timedelta(hours=2)) == 1
    plan(w.at)
    actions.mark_seen(by=w.county, at=w.at + timedelta(hours=3))
    person("late", "演示后来者", w.minxian.office.body, "county", at=w.at - timedelta(days=1))
    assert outbox.raise_unread(at=w.at + timedelta(days=2)) == 0


def test_what_is_not_urgent_stays_with_its_reader_unless_the_office_says_otherwise(quiet_world):
    w = quiet_world
    tell(w, w.county)
    plan(w.at)
    assert outbox.raise_unread(at=w.at + timedelta(days=30)) == 0


def test_what_a_team_is_told_goes_to_no_other_team(quiet_world):
    """An inspector's messages are about a list that others may not read."""
    w = quiet_world
    tell(w, w.inspector, w.leader, urgent=True)
    plan(w.at)
    assert outbox.raise_unread(at=w.at + timedelta(days=2)) == 0


def test_who_left_hears_nothing_more(quiet_world, group, post):
    w = quiet_world
    robot(w, group), server(w, post)
    prefers(w.second, w, mail="second@example.cn")
    tell(w, w.second)
    plan(w.at)
    type(w.second).objects.filter(pk=w.second.pk).update(is_active=False)
    assert outbox.deliver(at=w.at) == 0
    assert set(Delivery.objects.values_list("state", flat=True)) == {"expired"}


@pytest.mark.parametrize("hours", [0, 721])
def test_terms_stay_within_a_month(quiet_world, hours):
    w = quiet_world
    with pytest.raises(actions.HoursOutOfRange):
        actions.raise_after(w.minxian.office.body, urgent_hours=hours, other_hours=None, by=w.county, at=w.at)


def test_old_news_is_not_sent(quiet_world, group):
    w = quiet_world
    robot(w, group)
    tell(w, w.county)
    plan(w.at)
    assert outbox.deliver(at=w.at + timedelta(days=4)) == 0
    assert Delivery.objects.get().state == "expired"
