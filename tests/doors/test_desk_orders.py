"""Orders at the desk: who may do what, and that nothing typed is lost when it cannot be done."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from mingcha.flow.rectifications import actions as rectifications
from mingcha.flow.rectifications.models import Proof, Rectification, Reply, Review
from mingcha.ground.accounts.actions import posts
from mingcha.ground.evidence.models import Evidence
from mingcha.ground.evidence.queries import path
from tests.world import PNG, sign_in

TYPED = "演示：已增派两人值守，登记簿重建。"


def at_desk(person):
    return sign_in(Client(), person)


PREFIXES = {"order_close": "close", "order_send_back": "back"}


def send(browser, name, order, **given):
    """Post to an order; who judges has seen the answer that is the newest now, unless `given` names another."""
    if name in PREFIXES and (newest := order.replies.order_by("pk").last()):
        given = {f"{PREFIXES[name]}-reply": newest.pk} | given
    return browser.post(reverse(f"desk:{name}", args=[order.pk]), given)


def state(order):
    return Rectification.objects.get(pk=order.pk).state


@pytest.fixture
def appoint(world):
    def give(person, role):
        body = world.minxian.office.body
        posts.appoint(person, body=body, role=role, since=world.at.date(), by=None, at=world.at)
        return at_desk(person)

    return give


class TestTheUnit:
    def test_sees_its_own_orders_and_no_other(self, world):
        browser = at_desk(world.unit)
        page = browser.get(reverse("desk:orders") + "?tab=all")
        assert {order.body_id for order, _clock in page.context["lines"]} == {world.minxian.office.answering.code}
        for other in (world.beside.order, world.zhangxian.order, world.minxian.attested):
            assert browser.get(reverse("desk:order", args=[other.pk])).status_code == 404

    def test_signs_once(self, world):
        browser = at_desk(world.unit)
        assert (
            "签收表示已收到交办" in browser.get(reverse("desk:order", args=[world.minxian.order.pk])).content.decode()
        )
        assert send(browser, "order_receive", world.minxian.order).status_code == 302
        order = Rectification.objects.get(pk=world.minxian.order.pk)
        assert (order.received_by, order.received_at) == (world.unit, world.at)
        assert "签收表示已收到交办" not in browser.get(reverse("desk:order", args=[order.pk])).content.decode()

    def test_answers_with_several_proofs(self, world):
        files = [SimpleUploadedFile(f"整改{n}.png", PNG) for n in (1, 2)]
        answer = send(at_desk(world.unit), "order_answer", world.minxian.order, measures=TYPED, proofs=files)
        assert answer.status_code == 302
        reply = Reply.objects.get(rectification=world.minxian.order)
        assert (reply.measures, reply.proofs.count(), state(world.minxian.order)) == (TYPED, 2, "answered")

    def test_a_file_that_is_no_picture_keeps_the_words_and_nothing_else(self, world):
        files = [SimpleUploadedFile("好.png", PNG), SimpleUploadedFile("坏.png", b"<script>")]
        before = Evidence.objects.count()
        answer = send(at_desk(world.unit), "order_answer", world.minxian.order, measures=TYPED, proofs=files)
        page = answer.content.decode()
        assert answer.status_code == 422 and "坏.png" in page and TYPED in page and "重新选择" in page
        assert Evidence.objects.count() == before and state(world.minxian.order) == "ordered"

    @pytest.mark.parametrize("given", [{}, {"measures": "  "}])
    def test_says_which_field_is_missing(self, world, given):
        answer = send(at_desk(world.unit), "order_answer", world.minxian.order, **given)
        assert answer.status_code == 422 and "请填写“整改措施与结果”。" in answer.content.decode()

    def test_is_warned_of_residents_data_and_may_say_it_is_none(self, world):
        text = "已联系居民，电话 13812345678。"
        browser = at_desk(world.unit)
        bare = send(browser, "order_answer", world.minxian.order, measures=TYPED)
        assert (
            bare.status_code == 422 and "至少上传一份佐证" in bare.content.decode() and TYPED in bare.content.decode()
        )
        answer = send(browser, "order_answer", world.minxian.order, measures=text)
        page = answer.content.decode()
        assert answer.status_code == 422 and "手机号码" in page and text in page and "residents_checked" in page
        assert "这里好像写了居民的个人信息" in page and 'href="#id_measures"' in page
        assert not Reply.objects.filter(rectification=world.minxian.order).exists()
        given = {"measures": text, "residents_checked": "on", "proofs": SimpleUploadedFile("演示.png", PNG)}
        assert send(browser, "order_answer", world.minxian.order, **given).status_code == 302

    def test_may_neither_judge_nor_answer_for_another(self, world):
        browser = at_desk(world.unit)
        assert send(browser, "order_close", world.minxian.answered).status_code == 403
        assert send(browser, "order_answer", world.beside.order, measures=TYPED).status_code == 404

    def test_an_answer_too_late_is_shown_back(self, world):
        answer = send(at_desk(world.unit), "order_answer", world.minxian.answered, measures=TYPED)
        page = answer.content.decode()
        assert answer.status_code == 409 and "当前状态是“待核验”" in page
        assert "您刚才填的内容（没有提交）" in page and TYPED in page


class TestTheOffice:
    def test_tabs_count_and_narrow(self, world):
        page = at_desk(world.county).get(reverse("desk:orders"))
        assert {name: count for name, _label, count in page.context["tabs"]}["verifying"] == page.context[
            "page"
        ].paginator.count
        assert page.context["tab"] == "verifying"
        assert {order.state for order, _clock in page.context["lines"]} == {"answered"}

    def test_overdue_is_said(self, world, settings):
        Rectification.objects.filter(pk=world.minxian.order.pk).update(due_at=world.at.replace(hour=9))
        page = at_desk(world.county).get(reverse("desk:orders") + "?tab=overdue")
        assert [order.pk for order, _clock in page.context["lines"]] == [world.minxian.order.pk]
        assert "已逾期 9 小时" in page.content.decode()

    def test_closes_after_verification(self, world):
        answer = send(
            at_desk(world.county), "order_close", world.minxian.answered, **{"close-reason": "演示：现场复查"}
        )
        assert answer.status_code == 302 and state(world.minxian.answered) == "closed"
        page = at_desk(world.county).get(reverse("desk:order", args=[world.minxian.answered.pk])).content.decode()
        assert "核验通过，销号" in page and "演示：现场复查" in page and 'id="close"' not in page

    def test_sends_back_with_a_reason_only(self, world):
        browser = at_desk(world.county)
        empty = send(browser, "order_send_back", world.minxian.answered, **{"back-reason": ""})
        assert empty.status_code == 422 and "请填写“退回理由”。" in empty.content.decode()
        assert (
            send(browser, "order_send_back", world.minxian.answered, **{"back-reason": "演示：缺照片"}).status_code
            == 302
        )
        page = at_desk(world.unit).get(reverse("desk:order", args=[world.minxian.answered.pk])).content.decode()
        assert "演示：缺照片" in page and 'id="answer"' in page

    def test_the_second_of_two_is_told_and_loses_nothing(self, world):
        first, second = at_desk(world.county), at_desk(world.second)
        second.get(reverse("desk:order", args=[world.minxian.answered.pk]))
        assert send(first, "order_close", world.minxian.answered).status_code == 302
        answer = send(second, "order_send_back", world.minxian.answered, **{"back-reason": "演示：还差签字"})
        page = answer.content.decode()
        assert answer.status_code == 409
        assert "这一件刚刚已被别人办理，当前状态是“已销号”" in page
        assert f"{world.county.name} 10月27日 18:00 办理：核验通过，销号。" in page
        assert "演示：还差签字" in page and 'id="send-back"' not in page
        assert Review.objects.filter(rectification=world.minxian.answered).count() == 1

    def test_the_finder_cannot_close(self, world, appoint):
        browser = appoint(world.inspector, "county")
        page = browser.get(reverse("desk:order", args=[world.minxian.answered.pk])).content.decode()
        assert "这一件要由别人核验" in page and 'id="close"' not in page
        answer = send(browser, "order_close", world.minxian.answered, **{"close-reason": "演示意见"})
        page = answer.content.decode()
        assert answer.status_code == 403 and "都不能核验、裁定或销号" in page and "演示意见" in page
        assert state(world.minxian.answered) == "answered"

    def test_who_answered_cannot_close(self, world, appoint):
        answer = send(appoint(world.unit, "county"), "order_close", world.minxian.answered)
        assert answer.status_code == 403 and "都不能核验、裁定或销号" in answer.content.decode()
        assert state(world.minxian.answered) == "answered"

    def test_an_answer_given_meanwhile_is_not_closed_unseen(self, world):
        rectifications.send_back(world.minxian.answered, reason="演示", by=world.second, at=world.at)
        answer = send(at_desk(world.county), "order_close", world.minxian.answered)
        assert answer.status_code == 409 and "当前状态是“已退回”" in answer.content.decode()


@pytest.mark.parametrize("name", ["order_send_back", "order_close"])
def test_a_neighbour_finds_nothing(world, name):
    browser = at_desk(world.neighbour)
    for order in (world.minxian.order, world.minxian.answered, world.minxian.attested):
        assert send(browser, name, order).status_code == 404
        assert browser.get(reverse("desk:order", args=[order.pk])).status_code == 404
    assert browser.get(reverse("desk:proof", args=[world.minxian.proof.pk])).status_code == 404
    listed = browser.get(reverse("desk:orders") + "?tab=all").context["lines"]
    assert {order.finding.office_id for order, _clock in listed} == {"621125-office"}


def test_of_a_proof_a_view_is_shown_and_only_while_it_is_intact(world):
    browser = at_desk(world.unit)
    address = reverse("desk:proof", args=[world.minxian.proof.pk])
    answer = browser.get(address)
    assert answer.content[:3] == b"\xff\xd8\xff" and answer["Content-Type"] == "image/jpeg"
    assert answer["Content-Disposition"].startswith("inline") and answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "private, no-store"
    kept = path(Proof.objects.get(pk=world.minxian.proof.pk).evidence.sha256)
    content = kept.read_bytes()
    try:
        kept.write_bytes(content + b"x")
        broken = browser.get(address)
        assert broken.status_code == 409 and "不能当证据打开" in broken.content.decode()
        kept.unlink()
        assert browser.get(address).status_code == 409
    finally:
        kept.write_bytes(content)


def test_inspectors_have_no_orders(world):
    assert at_desk(world.inspector).get(reverse("desk:orders")).status_code == 403


@pytest.mark.parametrize("name,prefix", PREFIXES.items())
@pytest.mark.parametrize("reply", ["", "演示"])
def test_a_judgement_names_the_answer_it_is_passed_on(world, name, prefix, reply):
    order, typed = world.minxian.answered, "演示：核过了"
    browser = at_desk(world.county)
    refused = send(browser, name, order, **{f"{prefix}-reason": typed, f"{prefix}-reply": reply})
    page = refused.content.decode()
    assert refused.status_code == 422 and state(order) == "answered"
    assert "没有写明您看的是哪一次答复" in page and typed in page and "有几处需要改" not in page


@pytest.mark.parametrize("name,prefix", PREFIXES.items())
def test_nobody_judges_an_answer_they_have_not_seen(world, name, prefix):
    """Returned and answered anew while the page lay open: the page comes back with the new answer and what was typed."""
    browser, order = at_desk(world.county), world.minxian.answered
    page = browser.get(reverse("desk:order", args=[order.pk]))
    seen = page.context["read"]
    rectifications.send_back(order, reason="演示：缺照片", by=world.second, at=world.at)
    rectifications.answer(order, measures=TYPED, proofs=[("演示.png", PNG)], by=world.unit, at=world.at)
    refused = send(browser, name, order, **{f"{prefix}-reason": "演示：核过了", f"{prefix}-reply": seen})
    assert refused.status_code == 409 and state(order) == "answered"
    assert "新的答复" in refused.content.decode() and "演示：核过了" in refused.content.decode()
    newest = refused.context["read"]
    assert newest != seen
    assert (
        send(browser, name, order, **{f"{prefix}-reason": "演示：核过了", f"{prefix}-reply": newest}).status_code == 302
    )
