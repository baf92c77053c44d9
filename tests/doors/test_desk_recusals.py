"""Recusals at the desk: declared, asked for by a unit, ruled on by the office above, lifted; and what an order says."""

import pytest
from django.test import Client
from django.urls import reverse

from mingcha.flow.rectifications import actions as rectifications
from mingcha.flow.rectifications.models import Rectification
from mingcha.ground.accounts.actions import posts, recusals
from mingcha.ground.accounts.models import Recusal
from mingcha.ground.notices.models import Notice
from tests.world import person, sign_in

WHY = "演示：配偶在该店做店长"


def at_desk(someone):
    return sign_in(Client(), someone)


def text(answer):
    return answer.content.decode()


def given(what, **changes):
    return {"what": what, "ground": "relative", "reason": WHY, **changes}


class TestDeclaring:
    @pytest.mark.parametrize(
        "what,column,value",
        [
            ("621126-food", "body_id", "621126-food"),
            ("演示岷县饭庄", "body_id", "621126-food"),
            ("ysmxfz", "body_id", "621126-food"),
            ("蒲麻镇", "division_id", "621126101"),
            ("621126100201", "division_id", "621126100201"),
            ("621126-0", "site__code", "621126-0"),
            ("621125-food", "body_id", "621125-food"),  # a whole code is found anywhere in the city
            ("演示漳县饭庄", "body_id", "621125-food"),
        ],
    )
    def test_names_one_unit_place_or_site(self, world, ranks, what, column, value):
        done = at_desk(world.inspector).post("/recusals/new/", given(what))
        assert (done.status_code, done.url) == (302, "/people/inspector/"), text(done)
        made = Recusal.objects.get(person=world.inspector, **{column: value})
        assert (made.state, made.recorded_by, made.reason) == ("standing", world.inspector, WHY)
        assert WHY in text(at_desk(world.inspector).get("/recusals/?tab=mine"))

    def test_words_that_mean_several_are_settled_by_a_pick_and_nothing_typed_is_lost(self, world, ranks):
        browser = at_desk(world.inspector)
        looked = browser.post("/recusals/new/", given("岷阳镇村", find="1") | {"what": "岷"})
        page = text(looked)
        assert looked.status_code == 200 and WHY in page and "演示岷县饭庄（单位，岷阳镇）" in page
        assert "岷阳镇（整个地方，岷县）" in page and 'value="relative"' in page
        assert browser.post("/recusals/new/", given("岷")).status_code == 422
        assert browser.post("/recusals/new/", given("岷", chosen="body:621125-food")).status_code == 422
        assert browser.post("/recusals/new/", given("岷", chosen="division:621126100")).status_code == 302
        assert Recusal.objects.get(person=world.inspector).division_id == "621126100"

    @pytest.mark.parametrize("what", ["漳县饭", "没有的单位", "621125-", "天水", "620502-food", "岷县纪委监委"])
    def test_parts_of_a_neighbours_names_find_nothing(self, world, ranks, what):
        answer = at_desk(world.inspector).post("/recusals/new/", given(what))
        assert answer.status_code == 422 and "没有找到" in text(answer) and WHY in text(answer)
        assert "演示漳县饭庄" not in text(answer)

    def test_a_group_leafs_through_no_city_that_it_only_sits_in(self, world, ranks):
        for officer in (ranks.group, ranks.group_leader):
            assert "饭庄" not in text(at_desk(officer).post("/recusals/new/", given("饭")))
            assert at_desk(officer).post("/recusals/new/", given("演示漳县饭庄")).status_code == 302

    @pytest.mark.parametrize(
        "change,said",
        [
            ({"what": ""}, "请填写“回避什么”"),
            ({"ground": ""}, "请选择“情形”"),
            ({"reason": " "}, "请填写“说明”"),
            ({"reason": "配偶手机 13812345678"}, "手机号码"),
        ],
    )
    def test_what_is_missing_or_too_personal_is_said(self, world, ranks, change, said):
        answer = at_desk(world.inspector).post("/recusals/new/", given("621126-food") | change)
        assert answer.status_code == 422 and said in text(answer)
        assert not Recusal.objects.filter(person=world.inspector).exists()

    def test_an_office_declares_for_its_own_people_only(self, world, ranks):
        browser = at_desk(world.county)
        assert "登记演示岷县检查员的回避" in text(browser.get("/recusals/new/?person=inspector"))
        done = browser.post("/recusals/new/?person=inspector", given("621126-food"))
        assert done.status_code == 302 and Recusal.objects.get(person=world.inspector).recorded_by == world.county
        assert browser.post("/recusals/new/?person=neighbour", given("621126-food")).status_code == 404
        assert at_desk(world.leader).get("/recusals/new/?person=inspector").status_code == 403

    def test_a_person_without_a_post_still_gets_a_page(self, world, ranks):
        world.inspector.posts.all().delete()
        assert at_desk(world.inspector).post("/recusals/new/", given("621126-food")).status_code == 422


class TestTheList:
    def test_tabs_count_what_one_may_read(self, world, ranks):
        def counts(someone):
            return {name: n for name, _label, n in at_desk(someone).get("/recusals/").context["tabs"]}

        assert counts(world.county) == {"asked": 1, "standing": 1, "ruled": 0, "mine": 0}
        assert counts(world.lead) == {"asked": 1, "standing": 1, "ruled": 0, "mine": 0}
        assert counts(world.second)["mine"] == 1
        assert counts(world.unit) == {"asked": 1, "standing": 0, "ruled": 0, "mine": 0}
        for other in (world.neighbour, world.neighbour_unit, world.inspector, ranks.township):
            assert not any(counts(other).values())
            assert WHY not in text(at_desk(other).get("/recusals/?tab=standing"))

    def test_who_rules_lands_on_what_waits(self, world, ranks):
        page = at_desk(world.lead).get("/recusals/")
        assert page.context["tab"] == "asked" and "有 1 件申请等您裁定" in text(page)
        assert reverse("desk:recusal_rule", args=[ranks.asked.pk]) in text(page)
        county = text(at_desk(world.county).get("/recusals/?tab=asked"))
        assert reverse("desk:recusal_rule", args=[ranks.asked.pk]) not in county and "裁定" in county
        assert at_desk(world.county).get("/recusals/?tab=nothing").status_code == 200

    def test_empty_tabs_teach(self, world):
        browser = at_desk(world.inspector)
        for tab, said in (("asked", "没有待裁定的申请"), ("standing", "没有生效的回避"), ("ruled", "还没有裁定过"),
                          ("mine", "您没有申明过回避")):  # fmt: skip
            assert said in text(browser.get(f"/recusals/?tab={tab}"))


class TestRuling:
    def rule(self, someone, recusal, verdict="grant", ruling="演示：情况属实"):
        address = reverse("desk:recusal_rule", args=[recusal.pk])
        return at_desk(someone).post(address, {"verdict": verdict, "ruling": ruling})

    @pytest.mark.parametrize("verdict,state", [("grant", "standing"), ("refuse", "refused")])
    def test_the_office_above_rules_and_the_unit_is_told(self, world, ranks, verdict, state):
        page = text(at_desk(world.lead).get(reverse("desk:recusal_rule", args=[ranks.asked.pk])))
        assert "演示：曾有经济往来" in page and world.second.name in page
        assert self.rule(world.lead, ranks.asked, verdict).status_code == 302
        ranks.asked.refresh_from_db()
        assert (ranks.asked.state, ranks.asked.ruled_by) == (state, world.lead)
        assert Notice.objects.filter(to=world.unit, subject__contains="回避申请已有裁定").count() == 1
        told = Notice.objects.filter(to=world.second, subject__contains="回避申请已有裁定")
        assert told.exists() == (verdict == "grant")
        seen = text(at_desk(world.unit).get(reverse("desk:order", args=[world.minxian.order.pk])))
        assert "演示：情况属实" in seen

    def test_only_there_and_only_once(self, world, ranks):
        assert self.rule(world.county, ranks.asked).status_code == 404
        assert self.rule(world.neighbour, ranks.asked).status_code == 404
        assert self.rule(world.unit, ranks.asked).status_code == 403
        assert self.rule(world.lead, ranks.recusal).status_code == 404  # nobody asked for it
        assert self.rule(world.lead, ranks.asked).status_code == 302
        late = self.rule(world.lead, ranks.asked, "refuse", "演示：再想想")
        assert late.status_code == 409 and "刚刚已有裁定" in text(late) and "演示：再想想" in text(late)
        again = text(at_desk(world.lead).get(reverse("desk:recusal_rule", args=[ranks.asked.pk])))
        assert "已有裁定，不用再办" in again

    @pytest.mark.parametrize("verdict,ruling,said", [("", "演示", "请选择“裁定”"), ("grant", "", "请填写“裁定意见”")])
    def test_says_what_is_missing(self, world, ranks, verdict, ruling, said):
        answer = self.rule(world.lead, ranks.asked, verdict, ruling)
        assert answer.status_code == 422 and said in text(answer)

    def test_not_on_oneself(self, world, ranks):
        asked = recusals.ask(world.lead, unit=world.minxian.office.answering, ground="other", reason="演示",
                             by=world.unit, at=world.at)  # fmt: skip
        assert "要由本机关其他人裁定" in text(at_desk(world.lead).get(reverse("desk:recusal_rule", args=[asked.pk])))
        assert self.rule(world.lead, asked).status_code == 403
        colleague = person("colleague", "演示另一牵头干部", world.city.office.body, "lead", at=world.at)
        assert self.rule(colleague, asked).status_code == 302


class TestLifting:
    def lift(self, someone, recusal, reason="演示：亲属已调离"):
        return at_desk(someone).post(reverse("desk:recusal_lift", args=[recusal.pk]), {"reason": reason})

    def test_by_another_hand_with_a_reason(self, world, ranks):
        assert self.lift(world.county, ranks.recusal, "").status_code == 422
        assert self.lift(world.county, ranks.recusal).status_code == 302
        ranks.recusal.refresh_from_db()
        assert (ranks.recusal.state, ranks.recusal.ruling) == ("lifted", "演示：亲属已调离")
        assert "演示：亲属已调离" in text(at_desk(world.county).get("/recusals/?tab=ruled"))
        late = self.lift(world.second, ranks.recusal, "演示：我也解除")
        assert late.status_code == 409 and "演示：我也解除" in text(late)

    def test_not_ones_own_and_not_a_neighbours(self, world, ranks):
        own = recusals.declare(world.county, target=recusals.Target(body=world.beside.office.answering),
                               ground="other", reason="演示", by=world.county, at=world.at)  # fmt: skip
        assert self.lift(world.county, own).status_code == 403
        assert "要由本机关其他人解除" in text(at_desk(world.county).get(reverse("desk:recusal_lift", args=[own.pk])))
        assert self.lift(world.second, own).status_code == 302
        assert self.lift(world.neighbour, ranks.recusal).status_code == 404
        assert self.lift(ranks.spare, ranks.recusal).status_code == 403

    def test_what_the_office_above_ruled_is_its_own_to_lift(self, world, ranks):
        rectifications.rule_recusal(ranks.asked, granted=True, ruling="演示：回避", by=world.lead, at=world.at)
        address = reverse("desk:recusal_lift", args=[ranks.asked.pk])
        assert address not in text(at_desk(world.county).get("/recusals/?tab=standing"))
        assert self.lift(world.county, ranks.asked).status_code == 404
        assert address in text(at_desk(world.lead).get("/recusals/?tab=standing"))
        assert self.lift(world.lead, ranks.asked).status_code == 302

    def test_who_serves_elsewhere_too_is_not_one_county_s_alone(self, world, ranks):
        office = world.zhangxian.office.body
        posts.appoint(ranks.spare, body=office, role="inspector", since=world.at.date(), by=None, at=world.at)
        for officer in (world.county, world.neighbour):
            assert self.lift(officer, ranks.recusal).status_code == 404
        assert self.lift(world.lead, ranks.recusal).status_code == 302


class TestOnAnOrder:
    def ask(self, someone, order, who, **changes):
        address = reverse("desk:order_recusal", args=[order.pk])
        return at_desk(someone).post(address, {"person": who.pk, "ground": "interest", "reason": WHY} | changes)

    def test_a_unit_asks_and_who_rules_is_told(self, world, ranks):
        order = world.minxian.answered
        page = text(at_desk(world.unit).get(reverse("desk:order", args=[order.pk])))
        assert reverse("desk:order_recusal", args=[order.pk]) in page and "等定西市纪委监委党风政风室裁定" in page
        form = text(at_desk(world.unit).get(reverse("desk:order_recusal", args=[order.pk])))
        assert world.county.name in form and world.second.name in form and world.neighbour.name not in form
        done = self.ask(world.unit, order, world.county)
        assert (done.status_code, done.url) == (302, reverse("desk:order", args=[order.pk]))
        made = Recusal.objects.get(person=world.county)
        assert (made.state, made.asked_by_id, made.ruled_in_id) == ("asked", "621126-food", "6211-office")
        notice = Notice.objects.get(to=world.lead, subject__contains="申请回避")
        assert notice.link == reverse("desk:recusal_rule", args=[made.pk])
        assert at_desk(world.lead).get(notice.link).status_code == 200
        assert Notice.objects.get(pk=notice.pk).seen_at is not None
        assert not Notice.objects.filter(to=world.county, subject__contains="申请回避").exists()

    def test_twice_is_refused_and_the_form_kept(self, world, ranks):
        again = self.ask(world.unit, world.minxian.answered, world.second)
        assert again.status_code == 409 and "已经提交" in text(again) and WHY in text(again)

    @pytest.mark.parametrize(
        "change,said",
        [
            ({"reason": ""}, "请填写“理由”"),
            ({"reason": "电话 13812345678"}, "手机号码"),
            ({"person": ""}, "请选择“申请谁回避”"),
        ],
    )
    def test_says_what_is_missing(self, world, ranks, change, said):
        answer = self.ask(world.unit, world.minxian.answered, world.county, **change)
        assert answer.status_code == 422 and said in text(answer)

    def test_only_ones_own_orders_and_their_officers(self, world, ranks):
        assert self.ask(world.unit, world.beside.order, world.county).status_code == 404
        assert self.ask(world.county, world.minxian.order, world.second).status_code == 403
        assert self.ask(world.unit, world.minxian.order, world.neighbour).status_code == 422

    def test_an_order_of_a_group_has_its_judges_in_the_office_above(self, world, ranks):
        order = world.minxian.answered
        order.finding.office = ranks.group_body
        order.finding.save(update_fields=["office"])
        page = text(at_desk(world.unit).get(reverse("desk:order_recusal", args=[order.pk])))
        assert world.lead.name in page and world.county.name not in page

    def test_who_is_tied_sees_why_instead_of_the_buttons(self, world, ranks):
        order = world.minxian.answered
        assert 'id="close"' in text(at_desk(world.second).get(reverse("desk:order", args=[order.pk])))
        recusals.rule(ranks.asked, granted=True, ruling="演示", by=world.lead, at=world.at)
        page = text(at_desk(world.second).get(reverse("desk:order", args=[order.pk])))
        assert "这一件您应当回避" in page and "申明回避" in page and 'id="close"' not in page
        sent = at_desk(world.second).post(
            reverse("desk:order_close", args=[order.pk]),
            {"close-reason": "演示：硬要核验", "close-reply": order.replies.get().pk},
        )
        assert sent.status_code == 403 and "应当回避" in text(sent) and "演示：硬要核验" in text(sent)
        assert Rectification.objects.get(pk=order.pk).state == "answered"
        sample = text(at_desk(world.second).get(reverse("desk:order_sample", args=[world.minxian.attested.pk])))
        assert "这一件您应当回避" in sample and "提交结论" not in sample
        # Nobody is asked who stays away as it is.
        form = text(at_desk(world.unit).get(reverse("desk:order_recusal", args=[order.pk])))
        assert f'value="{world.second.pk}"' not in form
