"""What moves an order's clock at the desk: plans, reports, requests and rulings, pauses, the ladder, samples of like answers."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from mingcha.flow.rectifications import actions, queries
from mingcha.flow.rectifications.actions import ladder, sampling
from mingcha.flow.rectifications.models import Measure, Pause, Progress, Rectification, Request, Sampling, Step
from mingcha.flow.referrals.models import Lead
from mingcha.ground.rulebook.terms import ProofNeed
from tests.clocked import DAY, HOUR, answered, asked, extension, like, now, ruled
from tests.world import PNG, note, sign_in

TYPED = "演示：停电检修，三天后才能施工。"


def at_desk(person):
    return sign_in(Client(), person)


@pytest.fixture
def order(world):
    return now(world.minxian.order)


@pytest.fixture
def unit(world):
    return at_desk(world.unit)


@pytest.fixture
def county(world):
    return at_desk(world.county)


def to(name, *args):
    return reverse(f"desk:{name}", args=args)


def shown(answer, status=200):
    assert answer.status_code == status, answer.content.decode()[-2000:]
    return answer.content.decode()


def page_of(browser, order):
    return shown(browser.get(to("order", order.pk)))


# The unit


def test_a_unit_plans_and_ticks_off(unit, order, world):
    day = world.at.date() + DAY
    given = {"plan-text_1": "演示：排班", "plan-day_1": day.isoformat()}
    assert unit.post(to("order_plan", order.pk), given).status_code == 302
    measure = Measure.objects.get(rectification=order)
    assert "演示：排班" in page_of(unit, order) and "做完了" in page_of(unit, order)
    assert now(order).received_by == world.unit
    assert unit.post(to("order_finish", order.pk, measure.pk)).status_code == 302
    assert Measure.objects.get().done_at == world.at and "做完了</button>" not in page_of(unit, order)


def test_a_plan_refused_keeps_what_was_typed(unit, order, world):
    early = (world.at.date() - DAY).isoformat()
    page = shown(unit.post(to("order_plan", order.pk), {"plan-text_1": TYPED, "plan-day_1": early}), 422)
    assert TYPED in page and early in page and "日期不能早于今天" in page
    assert not Measure.objects.exists()


def test_a_measure_of_another_order_is_none_of_this_one(unit, order, world):
    actions.plan(order, measures=[("演示", world.at.date())], today=world.at.date(), by=world.unit, at=world.at)
    other = note(world.minxian.open, world.edition, world.minxian.office, way="by_deadline", at=world.at)
    actions.close_visit(world.minxian.open, outcome="done", by=world.leader, at=world.at)
    another = queries.of_finding(other)
    shown(unit.post(to("order_finish", another.pk, Measure.objects.get().pk)), 404)


def test_a_unit_reports_with_pictures_from_before_and_after(unit, county, order, world):
    given = {
        "report-text": "演示：已清理一半。", "report-before": SimpleUploadedFile("前.png", PNG),
        "report-after": SimpleUploadedFile("后.png", PNG),
    }  # fmt: skip
    assert unit.post(to("order_report", order.pk), given).status_code == 302
    said = Progress.objects.get()
    assert {kept.moment for kept in said.files.all()} == {"before", "after"}
    for browser in (unit, county):
        page = page_of(browser, order)
        assert "演示：已清理一半。" in page and "整改前" in page
        assert browser.get(to("progress_file", said.files.first().pk)).status_code == 200
    shown(at_desk(world.neighbour).get(to("progress_file", said.files.first().pk)), 404)


def test_a_picture_from_before_may_come_with_the_answer(unit, order, monkeypatch):
    monkeypatch.setattr(
        "mingcha.ground.rulebook.terms.proof_needed", lambda act, **more: ProofNeed(True, True, False, False)
    )
    given = {"measures": TYPED, "proofs": SimpleUploadedFile("后.png", PNG)}
    page = shown(unit.post(to("order_answer", order.pk), given), 422)
    assert "整改前的照片" in page and TYPED in page
    given = {
        "measures": TYPED,
        "proofs": SimpleUploadedFile("后.png", PNG),
        "before": SimpleUploadedFile("前.png", PNG),
    }
    assert unit.post(to("order_answer", order.pk), given).status_code == 302
    assert {proof.moment for proof in now(order).replies.get().proofs.all()} == {"before", "after"}


def test_more_time_is_asked_for_and_what_was_typed_stays(unit, order):
    early = {"extension-until": "2021-10-28T08:00", "extension-reason": TYPED}
    page = shown(unit.post(to("order_ask", order.pk, "extension"), early), 422)
    assert TYPED in page and "要晚于现在的整改时限" in page
    given = early | {"extension-until": (order.due_at + 3 * DAY).strftime("%Y-%m-%dT%H:%M")}
    assert unit.post(to("order_ask", order.pk, "extension"), given).status_code == 302
    assert Request.objects.get().kind == "extension"
    page = page_of(unit, order)
    assert "待裁定" in page and "extension-until" not in page
    shown(unit.post(to("order_ask", order.pk, "wish"), given), 404)


def test_what_cannot_be_done_is_declared_and_waits_for_a_ruling(unit, county, order):
    assert unit.post(to("order_ask", order.pk, "cannot_do"), {"cannot_do-reason": TYPED}).status_code == 302
    assert now(order).state == "cannot"
    assert "申报无法整改" in page_of(county, order) and 'id="answer"' not in page_of(unit, order)
    tab = county.get(to("orders") + "?tab=asking")
    assert [line.pk for line, _clock in tab.context["lines"]] == [order.pk]
    assert "单位申请待裁定" in shown(county.get("/"))


# The office


def test_an_office_rules_by_another_hand(county, unit, order, world):
    request = extension(order, by=world.unit, at=world.at)
    where = to("order_rule", order.pk, request.pk)
    name = f"rule{request.pk}"
    page = shown(county.post(where, {f"{name}-verdict": "grant", f"{name}-ruling": ""}), 422)
    assert "请填写“裁定意见”" in page
    early = {f"{name}-verdict": "grant", f"{name}-ruling": TYPED, f"{name}-until": "2021-10-27T20:00"}
    page = shown(county.post(where, early), 422)
    assert "要写明延到什么时候" in page and TYPED in page
    shown(at_desk(world.neighbour).post(where, early), 404)
    assert county.post(where, {f"{name}-verdict": "grant", f"{name}-ruling": TYPED}).status_code == 302
    assert now(order).due_at == request.until
    assert TYPED in page_of(unit, order)
    again = shown(county.post(where, {f"{name}-verdict": "refuse", f"{name}-ruling": "演示：另一份意见。"}), 409)
    assert "刚刚已有裁定" in again and "演示：另一份意见。" in again


def test_who_found_it_rules_on_nothing(order, world, county):
    request = extension(order, by=world.unit, at=world.at)
    Rectification.objects.filter(pk=order.pk).update(attested_by=world.county)
    page = page_of(county, order)
    assert "这一件要由别人核验" in page and f"rule{request.pk}-verdict" not in page


def test_a_request_of_another_order_is_none_of_this_one(order, world, county):
    request = extension(order, by=world.unit, at=world.at)
    shown(county.post(to("order_rule", world.minxian.answered.pk, request.pk)), 404)


def test_what_is_ruled_off_stands_apart(order, world, county):
    ruled(asked(order, "cannot_do", by=world.unit, at=world.at), True, by=world.second, at=world.at)
    page = page_of(county, order)
    assert "裁定不再整改" in page and "不算已整改" in page
    total = shown(county.get(reverse("desk:ledger_of", args=[world.campaign.slug])))
    assert "裁定不再整改 1" in total
    narrowed = county.get(reverse("desk:ledger_of", args=[world.campaign.slug]), {"state": "exempt"})
    assert [finding.pk for finding, _ in narrowed.context["lines"]] == [order.finding_id]


def test_a_clock_is_stopped_for_a_reason_and_runs_again(order, world, county, unit):
    assert "请填写“暂停原因”" in shown(county.post(to("order_pause", order.pk), {"pause-reason": ""}), 422)
    assert county.post(to("order_pause", order.pk), {"pause-reason": "演示：封控"}).status_code == 302
    page = page_of(unit, order)
    assert "计时已经暂停" in page and "演示：封控" in page and "计时暂停" in page
    assert county.post(to("order_resume", order.pk)).status_code == 302
    assert Pause.objects.get().until == world.at
    shown(county.post(to("order_resume", order.pk)), 409)
    shown(unit.post(to("order_pause", order.pk)), 403)


def test_an_answer_is_sent_back_with_a_new_deadline(world, county):
    order = now(world.minxian.answered)
    read = {"back-reply": order.replies.get().pk, "back-reason": TYPED}
    early = read | {"back-due_at": (world.at + HOUR).strftime("%Y-%m-%dT%H:%M")}
    page = shown(county.post(to("order_send_back", order.pk), early), 422)
    assert "不能早于原来的时限" in page and TYPED in page
    later = order.due_at + 4 * DAY
    given = read | {"back-due_at": later.astimezone(world.at.tzinfo).strftime("%Y-%m-%dT%H:%M")}
    assert county.post(to("order_send_back", order.pk), given).status_code == 302
    assert (now(order).state, now(order).due_at) == ("returned", later)


def test_a_setting_may_ask_for_a_second_look(world, county, monkeypatch):
    monkeypatch.setattr(
        "mingcha.ground.rulebook.terms.proof_needed", lambda act, **more: ProofNeed(False, False, False, True)
    )
    order = now(world.minxian.answered)
    assert "要回头看之后才能销号" in page_of(county, order)
    given = {"close-reply": order.replies.get().pk, "close-reason": TYPED}
    page = shown(county.post(to("order_close", order.pk), given), 422)
    assert "要回头看之后才能销号" in page and TYPED in page and now(order).state == "answered"


# The light and the ladder


def test_the_light_is_said_in_words(order, county, settings):
    assert "黄灯" in page_of(county, order) or "绿灯" in page_of(county, order)
    settings.MINGCHA_NOW = order.due_at - HOUR
    assert "黄灯 临近到期" in page_of(county, order)
    settings.MINGCHA_NOW = order.due_at + HOUR
    assert "红灯 已逾期" in page_of(county, order)
    assert "红灯 已逾期" in shown(county.get(to("orders") + "?tab=overdue"))


def test_the_page_shows_the_rungs_taken_and_to_come(order, county, unit):
    page = page_of(county, order)
    assert "到时自动" in page and "约谈" in page and "到时要人来办" in page
    ladder.climb(at=order.due_at + HOUR)
    page = page_of(county, order)
    assert "系统自动" in page and "告知" in page
    assert "移交线索处置" not in page_of(unit, order)


def test_what_is_due_is_on_one_screen_and_a_step_is_taken_with_words(order, world, county, settings):
    settings.MINGCHA_NOW = at = order.due_at + 25 * HOUR
    ladder.climb(at=at)
    page = shown(county.get(to("ladder")))
    where = to("order_step", order.pk, "interview")
    assert order.finding.number in page and "约谈" in page and where in page
    assert world.zhangxian.order.finding.number not in page
    assert "督办步骤待办理" in shown(county.get("/"))
    assert "请填写“办理情况”" in shown(county.post(where, {"note": ""}), 422)
    assert county.post(where, {"note": "演示：已约谈店长。"}).status_code == 302
    assert Step.objects.get(rectification=order, act="interview").taken_by == world.county
    again = shown(county.post(where, {"note": "演示：又约谈。"}), 409)
    assert "刚刚已经办过" in again and "演示：又约谈。" in again
    shown(county.get(to("order_step", order.pk, "take_over")), 404)
    shown(at_desk(world.neighbour).get(where), 404)


def test_the_screen_is_narrowed_by_step_and_county(order, world, settings):
    settings.MINGCHA_NOW = order.due_at + 25 * HOUR
    lead = at_desk(world.lead)
    whole = lead.get(to("ladder")).context["page"].paginator.count
    narrowed = lead.get(to("ladder"), {"act": "interview", "county": "621126"}).context["page"]
    assert 0 < narrowed.paginator.count < whole
    assert {(due.rung.act, due.order.finding.division[:6]) for due in narrowed} == {("interview", "621126")}


def test_what_the_office_owes_is_shown_with_its_own_term(order, world, county, settings):
    extension(order, by=world.unit, at=world.at)
    settings.MINGCHA_NOW = world.at + 9 * DAY
    rows = list(county.get(to("ladder") + "?tab=owed").context["page"])
    assert {(row.order.pk, row.act) for row in rows} >= {(order.pk, "rule"), (world.minxian.answered.pk, "verify")}
    assert all(row.late for row in rows if row.act == "verify")
    assert "答复超过核验时限" in shown(county.get("/"))


def test_signals_open_their_rows(order, world, county, settings):
    settings.MINGCHA_NOW = world.at + 4 * DAY
    page = shown(county.get(to("ladder") + "?tab=signals"))
    for kind in ("idle", "body"):
        where = to("signal", kind, order.body_id)
        assert where in page
        assert order.finding.number in shown(county.get(where))
        shown(at_desk(world.neighbour).get(where), 404)
    shown(county.get(to("signal", "idle", world.zhangxian.order.body_id)), 404)
    shown(county.get(to("signal", "nothing", order.body_id)), 404)


def test_a_person_hands_an_order_over_before_its_time(order, world, county, unit):
    answer = county.post(to("order_hand_over", order.pk))
    lead = Lead.objects.get(order=order)
    assert answer.url == to("lead", lead.pk)
    assert str(lead) in page_of(county, order)
    assert str(lead) not in page_of(unit, order) and "移交线索" not in page_of(unit, order)


# Samples of like answers


def test_many_like_answers_are_verified_by_a_sample(world, county, settings):
    orders = like(world, 6)
    settings.MINGCHA_NOW = world.at + DAY
    rule = orders[0].finding.rule
    page = shown(county.get(to("samplings")))
    assert rule in page
    where = f"{to('sampling_new')}?rule={rule}"
    small = shown(county.post(where, {"size": 1}), 422)
    assert "至少抽 3 件" in small
    answer = county.post(where, {"size": 3})
    drawn = Sampling.objects.get()
    assert answer.url == to("sampling", drawn.pk)
    assert "还有 3 件没有核验" in shown(county.get(answer.url))
    assert "还有 3 件没有核验" in shown(county.post(to("sampling_settle", drawn.pk)), 409)
    for row in drawn.orders.filter(chosen=True):
        actions.close(now(row.rectification), sampling=drawn, by=world.county, at=world.at + DAY)
    assert county.post(to("sampling_settle", drawn.pk)).status_code == 302
    assert {now(each).state for each in orders} == {"closed"}
    assert "通过，其余一并销号" in shown(county.get(answer.url))
    shown(at_desk(world.neighbour).get(answer.url), 404)


def test_a_rule_with_few_answers_has_no_sample(world, county):
    rule = world.minxian.answered.finding.rule
    assert county.get(f"{to('sampling_new')}?rule=nothing").status_code == 302
    page = shown(county.post(f"{to('sampling_new')}?rule={rule}", {"size": 3}), 422)
    assert f"不足 {sampling.FEWEST} 件" in page


def test_an_answer_counts_from_its_last(world, order, county, settings):
    settings.MINGCHA_NOW = world.at + timedelta(days=1)
    answered(order, by=world.unit, at=world.at + HOUR)
    assert "去核验" in page_of(county, order)
