"""What phones sent, at the desk: shown in full, set aside or taken at a site, by the office and by nobody else."""

import pytest

from mingcha.flow.fieldwork.models import Attachment, Submission, Visit
from mingcha.flow.findings.models import Finding, FindingPhoto
from mingcha.flow.rectifications import held
from mingcha.flow.rectifications.models import Rectification
from mingcha.ground.accounts.actions import recusals
from mingcha.ground.audit.models import Event
from mingcha.ground.notices.models import Notice
from mingcha.ground.rulebook.models import Checklist
from tests.sent import send
from tests.world import PNG, sign_in

GAP = {"description": "演示：登记台无人", "responsibility": "unit", "severity": "ordinary", "on_spot": "no",
       "due_hours": "24", "requirement": "演示：补齐"}  # fmt: skip
SOUND = b"\x1aE\xdf\xa3" + b"\x00" * 40


@pytest.fixture
def county(client, world):
    return sign_in(client, world.county)


@pytest.fixture
def form(world):
    return Checklist.objects.get(site_type=world.minxian.waiting.type)


@pytest.fixture
def lost(world, form):
    """Sent without a site: held back, with a finding and its photo."""
    return send(
        world.inspector, form, {"site_code": "", "site_name": "演示不知道哪家"},
        findings=[GAP | {"photo_1": "p-1.png"}], files={"p-1.png": PNG}, at=world.at,
    )  # fmt: skip


@pytest.fixture
def brought(world, form):
    """Sent from the site that the list names: a visit, with what came beside the photos."""
    return send(
        world.inspector, form,
        {
            "site_code": world.minxian.waiting.code, "site_name": world.minxian.waiting.name, "q1": "fail",
            "location": "34.43412 104.03345 0 6.2", "voice": "v-1.webm", "sign_receiver": "s-1.png",
            "site_photo_1": "p-1.png", "site_photo_2": "p-2.png",
        },
        files={"v-1.webm": SOUND, "s-1.png": PNG, "p-1.png": PNG}, at=world.at,
    )  # fmt: skip


def test_what_is_held_is_shown_first_and_counted_at_home_and_on_the_ledger(county, world, lost):
    shown = county.get("/submissions/").content.decode()
    assert "演示不知道哪家" in shown and "待处理" in shown and world.inspector.name in shown
    assert "手机填报待处理" in county.get("/").content.decode()
    assert "有 1 份手机填报还没有成为检查记录" in county.get("/campaigns/demo/ledger/").content.decode()


def test_one_is_shown_in_full(county, lost):
    shown = county.get(f"/submissions/{lost.pk}/").content.decode()
    for words in (
        "没有填点位编号",
        "值守人员在岗，登记完整",
        "合格",
        "演示：登记台无人",
        "24 小时",
        lost.sha256,
        "演示手机",
    ):
        assert words in shown, words
    attachment = Attachment.objects.get(submission=lost)
    assert f"/attachments/{attachment.pk}/" in shown
    assert county.get(f"/attachments/{attachment.pk}/").status_code == 200


def test_files_that_have_not_come_are_named(county, brought):
    shown = county.get(f"/submissions/{brought.pk}/").content.decode()
    assert "还有 1 个附件没有收到" in shown and "p-2.png" in shown
    assert "34.43412, 104.03345（误差约 6 米）" in shown


def test_what_departs_from_the_form_is_a_sentence(county, world, form):
    sent = send(world.inspector, form, {"site_code": world.minxian.waiting.code, "q1": "maybe"}, at=world.at)
    assert sent.breaches
    shown = county.get(f"/submissions/{sent.pk}/").content.decode()
    assert "值守人员在岗，登记完整" in shown and "填的“maybe”不在选项里" in shown
    listed = county.get("/submissions/?tab=flagged").content.decode()
    assert "处不符" in listed and world.minxian.waiting.code in listed


def test_it_is_found_by_site_person_and_number(county, world, lost):
    for word in ("不知道", world.inspector.name, lost.instance_id):
        assert "演示不知道哪家" in county.get("/submissions/", {"q": word}).content.decode()
    assert "没有符合条件" in county.get("/submissions/?q=nothing").content.decode()


def test_the_visit_says_what_came_by_phone(county, world, brought):
    visit = Visit.objects.get(submission=brought)
    answer = county.get(f"/visits/{visit.pk}/")
    shown = answer.content.decode()
    for words in ("得分", "误差约 6 米", "<audio", "签名", f"/submissions/{brought.pk}/"):
        assert words in shown, words
    assert "media-src 'self'" in answer["Content-Security-Policy"]
    sound = Attachment.objects.get(submission=brought, kind="audio")
    played = county.get(f"/attachments/{sound.pk}/")
    assert played["Content-Type"] == "audio/webm" and b"".join(played) == SOUND
    part = county.get(f"/attachments/{sound.pk}/", HTTP_RANGE="bytes=0-3")
    assert part.status_code == 206 and b"".join(part) == SOUND[:4]


def test_the_finding_tells_that_it_came_by_phone(county, world, form):
    sent = send(world.inspector, form, {"site_code": world.minxian.waiting.code}, findings=[GAP], at=world.at)
    finding = Finding.objects.get(visit__submission=sent)
    shown = county.get(f"/findings/{finding.pk}/").content.decode()
    assert "收到手机填报" in shown and f"/submissions/{sent.pk}/" in shown


def test_it_is_set_aside_with_a_reason_once(county, lost):
    address = f"/submissions/{lost.pk}/set-aside/"
    assert county.post(address, {"ruling": " "}).status_code == 422
    watched = county.post(address, {"ruling": "店主电话13812345678"})
    assert watched.status_code == 422 and "居民的个人信息" in watched.content.decode()
    assert county.post(address, {"ruling": "演示：重复填报"}).status_code == 302
    lost.refresh_from_db()
    assert (lost.state, lost.ruling) == ("set_aside", "演示：重复填报")
    assert "演示：重复填报" in county.get(f"/submissions/{lost.pk}/").content.decode()
    assert county.post(address, {"ruling": "演示：再来一次"}).status_code == 409
    assert not Visit.objects.filter(submission=lost).exists()


def test_it_is_taken_as_the_visit_of_a_drawn_site(county, world, lost):
    site = world.minxian.waiting
    address = f"/submissions/{lost.pk}/take/"
    assert "没有找到" in county.get(address).content.decode()
    looked = county.post(address, {"what": site.code, "find": "1"})
    assert looked.status_code == 200 and site.name in looked.content.decode()
    answer = county.post(address, {"what": site.code})
    visit = Visit.objects.get(submission=lost)
    assert answer.status_code == 302 and answer.url == f"/visits/{visit.pk}/"
    assert (visit.site, visit.drawn, visit.extra, visit.begun_by) == (site, True, False, world.inspector)
    finding = Finding.objects.get(visit=visit)
    assert (finding.description, finding.state, finding.noted_by) == (GAP["description"], "confirmed", world.inspector)
    order = Rectification.objects.get(finding=finding)
    assert (order.state, order.body_id) == ("ordered", site.body_id)
    assert FindingPhoto.objects.filter(finding=finding, photo__visit=visit).count() == 1
    event = Event.objects.get(verb="submission.take")
    assert (event.actor, event.key, event.detail["site"]) == (world.county.username, lost.instance_id, site.code)
    lost.refresh_from_db()
    assert (lost.state, lost.ruled_by) == ("taken", world.county)
    assert "认定点位，收为检查记录" in county.get(f"/findings/{finding.pk}/").content.decode()
    assert county.post(address, {"what": site.code}).status_code == 409


def test_who_answers_for_the_site_is_told_of_an_order_by_the_taking(county, world, lost):
    site = next(site for site in world.minxian.office.sites if site.body == world.minxian.office.answering)
    before = Notice.objects.filter(to=world.unit).count()
    assert county.post(f"/submissions/{lost.pk}/take/", {"what": site.code}).status_code == 302
    assert Notice.objects.filter(to=world.unit).count() == before + 1


def test_a_site_visited_already_makes_one_more_visit_that_no_lot_sent_anyone_on(county, world, lost):
    site = world.minxian.closed.site
    looked = county.post(f"/submissions/{lost.pk}/take/", {"what": site.code, "find": "1"}).content.decode()
    assert "这一趟已有检查记录" in looked
    county.post(f"/submissions/{lost.pk}/take/", {"what": site.code})
    visit = Visit.objects.get(submission=lost)
    assert (visit.drawn, visit.extra) == (False, True)


def test_nobodys_visit_stands_where_they_had_to_stay_away(county, world, lost):
    site = world.minxian.waiting
    recusals.declare(
        world.inspector,
        target=recusals.Target(site=site),
        ground="relative",
        reason="演示",
        by=world.inspector,
        at=world.at,
    )
    answer = county.post(f"/submissions/{lost.pk}/take/", {"what": site.code})
    assert answer.status_code == 409 and "回避关系" in answer.content.decode()
    assert not Visit.objects.filter(submission=lost).exists()


def test_a_finding_without_words_is_described_when_it_is_taken(county, world, form):
    bare = {name: value for name, value in GAP.items() if name != "description"}
    sent = send(world.inspector, form, {"site_code": world.minxian.waiting.code}, findings=[bare], at=world.at)
    assert sent.held == ["finding_incomplete"] and held.undescribed(sent) == [1]
    address, what = f"/submissions/{sent.pk}/take/", world.minxian.waiting.code
    assert "第 1 个问题的描述" in county.get(address).content.decode()
    assert county.post(address, {"what": what}).status_code == 422
    assert county.post(address, {"what": what, "finding_1": "演示：照片上无人值守"}).status_code == 302
    assert Finding.objects.get(visit__submission=sent).description == "演示：照片上无人值守"


def test_the_neighbour_sees_and_rules_on_nothing(client, world, lost, brought):
    neighbour = sign_in(client, world.neighbour)
    assert "演示不知道哪家" not in neighbour.get("/submissions/?tab=all").content.decode()
    visit = Visit.objects.get(submission=brought)
    pages = [f"/submissions/{lost.pk}/", f"/submissions/{lost.pk}/take/", f"/submissions/{lost.pk}/set-aside/",
             f"/visits/{visit.pk}/"]  # fmt: skip
    pages += [f"/attachments/{pk}/" for pk in Attachment.objects.values_list("pk", flat=True)]
    for page in pages:
        assert neighbour.get(page).status_code == 404, page
    assert neighbour.post(f"/submissions/{lost.pk}/set-aside/", {"ruling": "演示"}).status_code == 404
    assert neighbour.post(f"/submissions/{lost.pk}/take/", {"what": world.minxian.waiting.code}).status_code == 404
    assert Submission.objects.get(pk=lost.pk).state == "held"


def test_a_neighbours_site_is_not_found_for_it(county, world, lost):
    site = world.zhangxian.waiting
    answer = county.post(f"/submissions/{lost.pk}/take/", {"what": site.code})
    assert answer.status_code == 422 and "没有找到" in answer.content.decode()


@pytest.mark.parametrize("who", ["inspector", "leader", "unit"])
def test_who_holds_no_ledger_has_no_list_of_them(client, world, lost, who):
    signed_in = sign_in(client, getattr(world, who))
    assert signed_in.get("/submissions/").status_code == 403
    assert signed_in.get(f"/submissions/{lost.pk}/").status_code == 403
