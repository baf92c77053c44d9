"""The inspector's day on a phone: open the list, go, fill in, note, feed back, come back; and each refusal of it."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from mingcha.flow.fieldwork.models import Inspection, Photo, Visit
from mingcha.flow.findings.models import Finding
from mingcha.flow.rectifications.models import Rectification
from mingcha.ground.accounts.actions import people, posts
from mingcha.ground.evidence.models import Evidence
from mingcha.ground.notices.models import Notice
from mingcha.ground.territory.actions import bodies
from mingcha.ground.territory.models import Division
from tests.lots_held import held
from tests.world import PNG, sign_in

MOBILE = "13812345678"


@pytest.fixture
def clock(settings, world):
    """The hour at which the sealed list's team departs; call it with another to move on."""

    def move(moment):
        settings.MINGCHA_NOW = moment

    move(world.minxian.sealed.departs_at)
    return move


@pytest.fixture
def phone(client, world, clock):
    return sign_in(client, world.inspector)


def to(name, *args):
    return reverse(f"field:{name}", args=args)


def text(answer):
    return answer.content.decode()


def picture(name="现场.png", content=PNG):
    return SimpleUploadedFile(name, content, "image/png")


def questions(visit):
    return list(visit.checklist.questions.order_by("position"))


def filled(visit, **changes):
    judge, count, ask = questions(visit)
    usual = {"verdict": "fail", "reported": "30", "verified": "24", "said": "演示：向镇上报告"} | changes
    return {
        f"q{judge.pk}_verdict": usual["verdict"], f"q{count.pk}_reported": usual["reported"],
        f"q{count.pk}_verified": usual["verified"], f"q{ask.pk}_said": usual["said"],
    }  # fmt: skip


def a_finding(world, visit, **changes):
    usual = {
        "item": world.items[0].pk, "responsibility": "unit", "body": visit.site.body_id, "severity": "ordinary",
        "description": "演示：19 点登记台无人值守。", "way": "on_spot", "requirement": "", "recurrence_of": "",
    }  # fmt: skip
    return usual | changes


# The day


def test_a_team_s_day(phone, world, clock):
    sealed = world.minxian.sealed
    assert to("list", sealed.pk) in text(phone.get(to("plain")))
    assert "启封后记录在案" in text(phone.get(to("list", sealed.pk)))
    assert phone.post(to("list_open", sealed.pk)).status_code == 302
    outing = Inspection.objects.get(list=sealed)
    page = text(phone.get(to("inspection", outing.pk)))
    assert "四不两直" in page and page.count('class="stop') >= 3

    sites = [stop.site for stop in outing.stops.all()]
    for site in sites:
        began = phone.post(to("visit_begin", outing.pk, site.code), {"mode": "overt"})
        visit = Visit.objects.get(inspection=outing, site=site)
        assert began.url == to("visit", visit.pk)
        phone.post(to("visit", visit.pk), filled(visit))
        assert "核实比上报少 6" in text(phone.get(to("visit", visit.pk)))
        assert "还没有登记问题" in text(phone.get(to("visit", visit.pk)))
        phone.post(to("visit_photo", visit.pk), {"album": [picture(), picture("二.png")], "caption": "登记台"})
        photos = [str(photo.pk) for photo in visit.photos.all()]
        assert len(photos) == 2
        phone.post(to("finding_new", visit.pk), a_finding(world, visit, photos=photos))
        later = a_finding(world, visit, description="演示：登记簿缺页。", way="by_deadline", due_in="three")
        phone.post(to("finding_new", visit.pk), later)
        end = {"outcome": "done", "feedback": "演示：已当场反馈。", "feedback_to": "值班负责人"}
        assert phone.post(to("visit_close", visit.pk), end).status_code == 302
        summary = text(phone.get(to("visit", visit.pk)))
        assert "检查小结" in summary and "值班负责人" in summary and "演示：登记簿缺页。" in summary
        assert {f.state for f in Finding.objects.filter(visit=visit)} == {"confirmed"}
        assert Finding.objects.filter(visit=visit).first().photos.count() == 2
    assert "全部去过，收队" in text(phone.get(to("inspection", outing.pk)))
    assert phone.post(to("inspection_return", outing.pk)).status_code == 302
    outing.refresh_from_db()
    assert outing.state == "back" and "已收队" in text(phone.get(to("plain")))
    orders = Rectification.objects.filter(finding__visit__inspection=outing)
    assert sorted(orders.values_list("state", flat=True)) == ["attested"] * len(sites) + ["ordered"] * len(sites)
    assert Notice.objects.filter(subject__startswith="收到整改交办").exists() or not orders.filter(
        body=world.minxian.office.answering
    )


def test_home_teaches_who_has_nothing_yet(client, world, clock):
    new = people.enrol(username="new", name="演示新人", title="", password=None, by=None, at=world.at)
    posts.appoint(new, body=world.minxian.office.body, role="inspector", since=world.at.date(), by=None, at=world.at)
    page = text(sign_in(client, new).get(to("plain")))
    assert "现在没有您的清单" in page and "到出发时间启封" in page


def test_home_has_one_next_step(phone, world):
    assert f"继续检查：{world.minxian.open.site.name}" in text(phone.get(to("plain")))
    phone.post(to("visit_close", world.minxian.open.pk), {"outcome": "done"})
    assert "继续这次检查" in text(phone.get(to("plain")))


def test_the_next_site_is_ready_to_begin_and_a_site_under_way_comes_first(phone, world):
    outing = world.minxian.inspection
    assert "继续：" in text(phone.get(to("inspection", outing.pk)))
    phone.post(to("visit_close", world.minxian.open.pk), {"outcome": "done"})
    assert text(phone.get(to("inspection", outing.pk))).count("stop--next") == 1


def test_every_page_works_in_english(phone, world):
    phone.cookies["django_language"] = "en"
    work = world.minxian
    for address in (
        to("plain"), to("list", work.sealed.pk), to("inspection", work.inspection.pk), to("visit", work.open.pk),
        to("visit", work.closed.pk), to("visit_photo", work.open.pk), to("finding_new", work.open.pk),
        to("visit_close", work.open.pk), to("finding_withdraw", work.open.pk, work.noted.pk),
    ):  # fmt: skip
        assert phone.get(address).status_code == 200, address


# The list


def test_a_list_stays_sealed_before_its_time(phone, world, clock):
    clock(world.at)
    page = text(phone.get(to("list", world.minxian.sealed.pk)))
    assert "才能启封" in page and world.minxian.sealed_round.frame_hash in page and "启封并出发" not in page
    answer = phone.post(to("list_open", world.minxian.sealed.pk))
    assert answer.status_code == 409 and "10月27日 19:00" in text(answer)


def test_who_drew_it_does_not_open_it(phone, world, clock):
    posts.appoint(
        world.inspector, body=world.minxian.office.body, role="county", since=world.at.date(), by=None, at=world.at
    )
    leaves = world.at + timedelta(minutes=5)
    round = held(
        world.campaign, office=world.minxian.office.body, by=world.inspector, teams=[world.minxian.team], n=1,
        departs_at=leaves, at=world.at,
    )  # fmt: skip
    mine = round.lists.get()
    assert "请由检查组其他成员启封" in text(phone.get(to("list", mine.pk)))
    answer = phone.post(to("list_open", mine.pk))
    assert answer.status_code == 403 and "不能启封清单" in text(answer)


def test_a_list_opens_once(phone, world):
    phone.post(to("list_open", world.minxian.sealed.pk))
    again = phone.post(to("list_open", world.minxian.sealed.pk))
    assert again.status_code == 409 and "已经启封" in text(again) and "进入这次检查" in text(again)
    assert Inspection.objects.filter(list=world.minxian.sealed).count() == 1


# Who may come in


def addresses(work):
    return [
        to("list", work.sealed.pk), to("inspection", work.inspection.pk), to("visit", work.open.pk),
        to("visit", work.closed.pk), to("visit_photo", work.open.pk), to("finding_new", work.open.pk),
        to("finding_withdraw", work.open.pk, work.noted.pk), to("visit_close", work.open.pk), to("photo", work.photo.pk),
    ]  # fmt: skip


def acts(work):
    return [
        to("list_open", work.sealed.pk), to("inspection_return", work.inspection.pk),
        to("visit_begin", work.inspection.pk, work.waiting.code), to("visit", work.open.pk),
        to("visit_photo", work.open.pk), to("finding_new", work.open.pk),
        to("finding_withdraw", work.open.pk, work.noted.pk), to("visit_close", work.open.pk),
    ]  # fmt: skip


@pytest.mark.parametrize("stranger", ["neighbour_inspector", "neighbour_leader", "beside"])
def test_another_team_finds_nothing(client, world, clock, stranger):
    person = world.beside.office.inspector if stranger == "beside" else getattr(world, stranger)
    sign_in(client, person)
    for address in addresses(world.minxian):
        answer = client.get(address)
        assert answer.status_code == 404, address
        assert world.minxian.open.site.name not in text(answer)
    for address in acts(world.minxian):
        assert client.post(address, {"mode": "overt", "outcome": "done"}).status_code == 404, address


@pytest.mark.parametrize("who", ["county", "lead", "unit", "neighbour"])
def test_who_makes_no_visits_is_told_so(client, world, clock, who):
    sign_in(client, getattr(world, who))
    for address in [to("plain"), *addresses(world.minxian)]:
        assert client.get(address).status_code == 403, address


def test_a_stranger_signs_in_first(world, clock):
    assert Client().get(to("plain")).url.startswith(reverse("hall:sign_in"))


def test_a_photo_reaches_the_team_and_nobody_else_s_cache(phone, world):
    answer = phone.get(to("photo", world.minxian.photo.pk))
    assert answer.content[:3] == b"\xff\xd8\xff" and answer["Content-Type"] == "image/jpeg"
    assert answer["Cache-Control"].startswith("private")


# On the way


def test_a_site_of_the_county_outside_the_list_is_refused(phone, world):
    phone.post(to("list_open", world.minxian.sealed.pk))
    outing = Inspection.objects.get(list=world.minxian.sealed)
    drawn = set(outing.stops.values_list("site__code", flat=True))
    other = next(site for site in world.minxian.office.sites if site.code not in drawn)
    answer = phone.post(to("visit_begin", outing.pk, other.code), {"mode": "overt"})
    assert answer.status_code == 422 and "不在这次抽签的清单里" in text(answer)
    assert not Visit.objects.filter(inspection=outing).exists()


def test_a_site_of_another_county_is_not_named(phone, world):
    other = world.zhangxian.office.sites[0]
    answer = phone.post(to("visit_begin", world.minxian.inspection.pk, other.code), {"mode": "overt"})
    assert answer.status_code == 404 and other.name not in text(answer)


def test_a_visit_begins_once_and_openly_or_covertly(phone, world):
    outing, site = world.minxian.inspection, world.minxian.waiting
    begin = to("visit_begin", outing.pk, site.code)
    for wrong in ({}, {"mode": "loud"}):
        answer = phone.post(begin, wrong)
        assert answer.status_code == 422 and "请选择明察或暗访" in text(answer)
    assert phone.post(begin, {"mode": "covert"}).status_code == 302
    again = phone.post(begin, {"mode": "overt"})
    assert again.status_code == 409 and "已经有检查记录" in text(again)


def test_a_team_does_not_return_from_an_open_visit(phone, world):
    outing = world.minxian.inspection
    answer = phone.post(to("inspection_return", outing.pk))
    assert answer.status_code == 409 and "还有 1 处检查没有结束" in text(answer)
    phone.post(to("visit_close", world.minxian.open.pk), {"outcome": "done"})
    left = outing.stops.count() - 2
    assert f"还有 {left} 站没有去" in text(phone.get(to("inspection", outing.pk)))
    unexplained = phone.post(to("inspection_return", outing.pk))
    assert unexplained.status_code == 422 and "请写明原因再收队" in text(unexplained)
    watched = phone.post(to("inspection_return", outing.pk), {"reason": "演示：去电 13812345678 无人接"})
    assert watched.status_code == 422 and "演示：去电 13812345678 无人接" in text(watched)
    assert phone.post(to("inspection_return", outing.pk), {"reason": "演示：道路塌方"}).status_code == 302
    late = phone.post(to("visit_begin", outing.pk, world.minxian.waiting.code), {"mode": "overt"})
    assert late.status_code == 409 and "已经收队" in text(late)


# The checklist


def test_a_number_that_is_none_keeps_everything_typed(phone, world):
    visit = world.minxian.open
    answer = phone.post(to("visit", visit.pk), filled(visit, reported="三十来个", said="演示：打镇上电话"))
    page = text(answer)
    assert answer.status_code == 422 and "这里只填数字" in page
    assert "三十来个" in page and "演示：打镇上电话" in page and 'value="fail"' in page and "checked" in page
    assert not visit.answers.exists()


def test_two_inspectors_do_not_wipe_out_each_other(phone, world):
    visit = world.minxian.open
    judge, _, ask = questions(visit)
    leader = sign_in(Client(), world.leader)
    leader.post(to("visit", visit.pk), {f"q{judge.pk}_verdict": "pass"})
    # This page was opened before the leader saved: its starting values, and its own verdict, are empty.
    phone.post(to("visit", visit.pk), {f"q{ask.pk}_said": "演示：向镇上报告", f"initial-q{judge.pk}_verdict": ""})
    assert visit.answers.get(question=judge).verdict == "pass"
    assert visit.answers.get(question=ask).said == "演示：向镇上报告"


def test_two_inspectors_each_fill_in_half_of_a_pair(phone, world):
    visit, leader = world.minxian.open, sign_in(Client(), world.leader)
    count = questions(visit)[1]
    leader.post(to("visit", visit.pk), {f"q{count.pk}_reported": "30"})
    phone.post(to("visit", visit.pk), {f"q{count.pk}_verified": "24", f"initial-q{count.pk}_reported": ""})
    answer = visit.answers.get(question=count)
    assert (answer.reported, answer.verified) == (30, 24)


def test_an_answer_can_be_taken_back(phone, world):
    visit = world.minxian.open
    phone.post(to("visit", visit.pk), filled(visit))
    count = questions(visit)[1]
    page = text(phone.get(to("visit", visit.pk)))
    assert f'name="initial-q{count.pk}_reported"' in page
    was = {f"initial-{name}": value for name, value in filled(visit).items()}
    phone.post(to("visit", visit.pk), was | filled(visit, reported="", verified=""))
    assert visit.answers.get(question=count).reported is None


@pytest.mark.parametrize("go", ["finding_new", "visit_photo", "visit_close"])
def test_leaving_the_checklist_saves_it(phone, world, go):
    visit = world.minxian.open
    answer = phone.post(to("visit", visit.pk), filled(visit) | {"go": go})
    assert answer.url == to(go, visit.pk) and visit.answers.count() == 3


@pytest.mark.parametrize("go", ["withdraw-x", "withdraw-" + "9" * 5000, "https://evil.example/"])
def test_a_button_that_no_page_has_saves_and_stays(phone, world, go):
    visit = world.minxian.open
    assert phone.post(to("visit", visit.pk), filled(visit) | {"go": go}).url == to("visit", visit.pk)


def test_residents_data_in_an_answer_is_asked_about_once(phone, world):
    visit = world.minxian.open
    typed = filled(visit, said=f"演示：打了 {MOBILE} 问过")
    answer = phone.post(to("visit", visit.pk), typed)
    page = text(answer)
    assert answer.status_code == 422 and "手机号码" in page and "我确认这里没有居民个人信息" in page
    assert MOBILE in page and not visit.answers.exists()
    phone.post(to("visit", visit.pk), typed | {"residents_checked": "on"})
    assert visit.answers.count() == 3


def test_an_answer_after_the_end_is_refused_and_stays_on_the_page(phone, world):
    visit = world.minxian.closed
    answer = phone.post(to("visit", visit.pk), filled(visit, said="演示：后来想起的话"))
    assert answer.status_code == 409 and "已经结束" in text(answer) and "演示：后来想起的话" in text(answer)


# Photos


def test_a_file_that_is_no_photo_costs_only_itself(phone, world):
    visit = world.minxian.open
    torn, other = picture("断.png", PNG[3:9]), SimpleUploadedFile("表.xlsx", b"PK\x03\x04")
    files = {"camera": [picture(), torn], "album": [other, picture("三.png")], "caption": "登记台无人"}
    answer = phone.post(to("visit_photo", visit.pk), files)
    page = text(answer)
    assert answer.status_code == 422 and "“断.png”不是照片" in page and "“表.xlsx”不是照片" in page
    assert visit.photos.count() == 2 and "已存下 2 张照片" in page and "登记台无人" in page


def test_nothing_chosen_is_said(phone, world):
    answer = phone.post(to("visit_photo", world.minxian.open.pk), {"caption": "登记台"})
    assert answer.status_code == 422 and "还没有选照片" in text(answer) and "登记台" in text(answer)


def test_a_caption_with_residents_data_is_not_kept_but_the_photo_is(phone, world):
    visit = world.minxian.open
    answer = phone.post(to("visit_photo", visit.pk), {"camera": picture(), "caption": f"联系 {MOBILE}"})
    assert answer.status_code == 422 and "没有存" in text(answer)
    assert visit.photos.get().caption == ""


def test_no_photo_after_the_end(phone, world):
    before = Evidence.objects.count(), Photo.objects.count()
    answer = phone.post(to("visit_photo", world.minxian.closed.pk), {"camera": picture()})
    assert answer.status_code == 409 and "已经结束" in text(answer)
    assert (Evidence.objects.count(), Photo.objects.count()) == before


# Findings


@pytest.mark.parametrize(
    "changes,said",
    [
        ({"way": "by_deadline", "due_in": "other"}, "限期整改要有整改时限"),
        ({"way": "by_deadline", "due_in": "other", "due_at": "2021-10-27T08:00"}, "整改时限已经过去"),
        ({"way": "by_deadline", "due_in": "other", "due_at": "明天"}, "时间没有看懂"),
        ({"way": "by_deadline", "due_in": "today"}, "整改时限已经过去"),
        ({"item": "999999"}, "不在本次任务采用的清单里"),
        ({"body": "621125-food"}, "不在本县区可选的单位里"),
        ({"body": "621126-office"}, "不在本县区可选的单位里"),
        ({"responsibility": ""}, "请选择“哪一方责任”"),
        ({"severity": ""}, "请选择“等级”"),
        ({"recurrence_of": "999999"}, "必须是同一点位已确认的问题"),
        ({"photos": ["999999"]}, "只能附这次检查的照片"),
    ],
)
def test_a_finding_refused_keeps_what_was_typed(phone, world, changes, said):
    visit = world.minxian.open
    before = Finding.objects.count()
    answer = phone.post(to("finding_new", visit.pk), a_finding(world, visit, description="演示：别丢了我", **changes))
    assert answer.status_code == 422 and said in text(answer)
    assert "演示：别丢了我" in text(answer) and Finding.objects.count() == before


def test_an_empty_description_is_refused(phone, world):
    visit = world.minxian.open
    answer = phone.post(to("finding_new", visit.pk), a_finding(world, visit, description="  "))
    assert answer.status_code == 422 and "看到了什么" in text(answer)


def test_deadlines_in_hours_lapse_with_the_emergency_settings(phone, world, settings):
    """Nobody has to switch them off: past the campaign's moment the form offers days instead of hours."""
    page = text(phone.get(to("finding_new", world.minxian.open.pk)))
    assert "24 小时" in page.replace("\xa0", " ") and "15 天" not in page.replace("\xa0", " ")
    settings.MINGCHA_NOW = world.campaign.emergency_until + timedelta(minutes=1)
    page = text(phone.get(to("finding_new", world.minxian.open.pk))).replace("\xa0", " ")
    assert "15 天" in page and "24 小时" not in page


def test_a_deadline_of_one_s_own(phone, world, at):
    visit = world.minxian.open
    asked = a_finding(world, visit, way="by_deadline", due_in="other", due_at="2021-10-29T09:30", requirement="补齐")
    assert phone.post(to("finding_new", visit.pk), asked).status_code == 302
    order = Rectification.objects.latest("pk")
    assert order.due_at == at.replace(day=29, hour=9, minute=30)
    assert (order.state, order.requirement) == ("agreed", "补齐")


def test_without_a_deadline_of_one_s_own_the_rule_counts_it(phone, world):
    visit = world.minxian.open
    page = text(phone.get(to("finding_new", visit.pk)))
    assert 'value="rule"' in page and "按规则" in page
    for given in ({}, {"due_in": "rule"}):
        asked = a_finding(world, visit, way="by_deadline", description=f"演示：{given}", **given)
        assert phone.post(to("finding_new", visit.pk), asked).status_code == 302
        order = Rectification.objects.latest("pk")
        assert (order.due_at, order.term) == (order.finding.noted_at + timedelta(hours=24), "hours:24")


def test_a_body_of_the_city_may_answer_for_a_place_in_the_county(phone, world):
    city = Division.objects.get(pk="6211")
    bodies.add_body(code="6211-rail", name="演示铁路段", kind="enterprise", division=city, by=None, at=world.at)
    page = text(phone.get(to("finding_new", world.minxian.open.pk)))
    assert page.index("市、省的单位") < page.index("演示铁路段")
    answer = phone.post(
        to("finding_new", world.minxian.open.pk), a_finding(world, world.minxian.open, body="6211-rail")
    )
    assert answer.status_code == 302 and Finding.objects.latest("pk").body_id == "6211-rail"


def test_catalogues_and_bodies_offered(phone, world):
    page = text(phone.get(to("finding_new", world.minxian.open.pk)))
    assert "（条文未收录）" in page and "演示清单" in page
    assert "621126-market" in page and "621125-food" not in page and "621126-office" not in page


def test_a_recurrence_names_the_old(phone, world, clock):
    phone.post(to("list_open", world.minxian.sealed.pk))
    outing = Inspection.objects.get(list=world.minxian.sealed)
    restaurant = world.minxian.closed.site
    stop = outing.stops.first()
    if not outing.stops.filter(site=restaurant).exists():
        type(stop).objects.filter(pk=stop.pk).update(site=restaurant)
    phone.post(to("visit_begin", outing.pk, restaurant.code), {"mode": "overt"})
    visit = Visit.objects.get(inspection=outing)
    assert "是不是老问题" in text(phone.get(to("finding_new", visit.pk)))
    phone.post(to("finding_new", visit.pk), a_finding(world, visit, recurrence_of=world.minxian.on_spot.pk))
    assert Finding.objects.get(visit=visit).recurrence_of == world.minxian.on_spot
    assert "老问题再犯" in text(phone.get(to("visit", visit.pk)))


def test_residents_data_in_a_finding_is_asked_about_once(phone, world):
    visit, before = world.minxian.open, Finding.objects.count()
    asked = a_finding(world, visit, description=f"演示：登记簿第 3 页写着 {MOBILE}")
    answer = phone.post(to("finding_new", visit.pk), asked)
    assert answer.status_code == 422 and "138******78" in text(answer) and Finding.objects.count() == before
    assert "这里好像写了居民的个人信息" in text(answer) and 'href="#id_description"' in answer.content.decode()
    phone.post(to("finding_new", visit.pk), asked | {"residents_checked": "on"})
    assert Finding.objects.count() == before + 1


def test_pressing_twice_notes_once(phone, world):
    visit, before = world.minxian.open, Finding.objects.count()
    for _ in range(2):
        assert phone.post(to("finding_new", visit.pk), a_finding(world, visit)).status_code == 302
    assert Finding.objects.count() == before + 1
    assert "没有重复登记" in text(phone.get(to("visit", visit.pk)))


def test_a_finding_is_withdrawn_with_a_reason_while_the_visit_is_open(phone, world):
    visit, noted = world.minxian.open, world.minxian.noted
    address = to("finding_withdraw", visit.pk, noted.pk)
    assert phone.post(to("visit", visit.pk), {"go": f"withdraw-{noted.pk}"}).url == address
    assert phone.post(address, {"reason": ""}).status_code == 422
    assert phone.post(address, {"reason": "演示：条目选错"}).status_code == 302
    noted.refresh_from_db()
    assert (noted.state, noted.withdrawn_reason) == ("withdrawn", "演示：条目选错")
    assert phone.get(address).status_code == 404


def test_a_confirmed_finding_is_not_withdrawn(phone, world):
    work = world.minxian
    answer = phone.post(to("finding_withdraw", work.closed.pk, work.on_spot.pk), {"reason": "演示：反悔"})
    assert answer.status_code == 409 and "演示：反悔" in text(answer)


# The end of a visit


def test_an_unfinished_visit_says_why(phone, world):
    visit = world.minxian.open
    answer = phone.post(to("visit_close", visit.pk), {"outcome": "shut"})
    assert answer.status_code == 422 and "要写明原因" in text(answer)
    phone.post(to("visit_close", visit.pk), {"outcome": "shut", "reason": "演示：关门停业"})
    visit.refresh_from_db()
    assert (visit.state, visit.outcome, visit.reason) == ("closed", "shut", "演示：关门停业")


def test_a_covert_visit_feeds_nothing_back(phone, world):
    visit = world.minxian.open
    assert 'name="feedback"' not in text(phone.get(to("visit_close", visit.pk)))
    phone.post(to("visit_close", visit.pk), {"outcome": "done", "feedback": "说漏了", "feedback_to": "经理"})
    visit.refresh_from_db()
    assert (visit.state, visit.feedback, visit.feedback_to) == ("closed", "", "")


def test_feedback_with_residents_data_is_asked_about_once(phone, world):
    outing, site = world.minxian.inspection, world.minxian.waiting
    phone.post(to("visit_begin", outing.pk, site.code), {"mode": "overt"})
    visit = Visit.objects.get(inspection=outing, site=site)
    end = {"outcome": "done", "feedback": f"演示：请打 {MOBILE}", "feedback_to": "经理"}
    answer = phone.post(to("visit_close", visit.pk), end)
    assert answer.status_code == 422 and "手机号码" in text(answer)
    assert phone.post(to("visit_close", visit.pk), end | {"residents_checked": "on"}).status_code == 302


def test_a_visit_ends_once(phone, world):
    visit = world.minxian.open
    end = {"outcome": "done"}
    phone.post(to("visit_close", visit.pk), end)
    answer = phone.post(to("visit_close", visit.pk), end)
    assert answer.status_code == 409 and "已经结束" in text(answer)
    assert phone.get(to("visit_close", visit.pk)).url == to("visit", visit.pk)
