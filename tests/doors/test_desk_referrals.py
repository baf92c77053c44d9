"""Leads and cases at the desk: forms that keep what was typed, another hand for every end, and nothing for others."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from mingcha.flow.referrals.actions import disposals, leads
from mingcha.flow.referrals.models import Appeal, Case, Clearance, Disposition, FalseReport, Lead, Party, Track
from tests import referred
from tests.referred import OPINION, STUDY, disposed, heard, opened, registered
from tests.world import sign_in


def at_desk(someone):
    return sign_in(Client(), someone)


def text(answer):
    return answer.content.decode()


def post(who, address, pk, /, **given):
    return at_desk(who).post(reverse(f"desk:{address}", args=[pk]), given)


def lead_form(**changes):
    return {"kind": "duty", "text": "演示：值守空缺。", "what": "", "fast_reason": "", **changes}


class TestRegistering:
    def test_in_ones_own_words_without_a_unit(self, world):
        answer = at_desk(world.county).post(reverse("desk:lead_new"), lead_form())
        lead = Lead.objects.get()
        assert answer.url == reverse("desk:lead", args=[lead.pk])
        assert (lead.source, lead.body, lead.division) == ("sentence", None, "621126")

    def test_about_a_unit_found_by_its_initials(self, world):
        at_desk(world.county).post(reverse("desk:lead_new"), lead_form(what="ysmxfz"))
        assert Lead.objects.get().body_id == "621126-food"

    def test_looking_a_unit_up_writes_nothing_and_keeps_what_was_typed(self, world):
        shown = text(at_desk(world.county).post(reverse("desk:lead_new"), lead_form(what="演示岷县", find="1")))
        assert "演示：值守空缺。" in shown and "演示岷县饭庄" in shown and not Lead.objects.exists()

    def test_a_unit_of_the_neighbour_is_not_found(self, world):
        answer = at_desk(world.county).post(reverse("desk:lead_new"), lead_form(what="621125-food"))
        assert answer.status_code == 422 and "没有找到" in text(answer) and not Lead.objects.exists()

    def test_of_a_finding_by_the_link_on_its_page(self, world):
        finding = world.minxian.by_deadline
        page = text(at_desk(world.county).get(reverse("desk:finding", args=[finding.pk])))
        link = f"{reverse('desk:lead_new')}?finding={finding.pk}"
        assert link in page
        shown = text(at_desk(world.county).get(link))
        assert finding.description in shown and finding.number in shown
        at_desk(world.county).post(link, lead_form())
        lead = Lead.objects.get()
        assert lead.finding == finding
        again = text(at_desk(world.county).get(reverse("desk:finding", args=[finding.pk])))
        assert link not in again and str(lead) in again
        twice = at_desk(world.county).post(link, lead_form(text="演示：另一句"))
        assert twice.status_code == 409 and "演示：另一句" in text(twice) and str(lead) in text(twice)

    def test_residents_data_stops_the_form_once(self, world):
        answer = at_desk(world.county).post(reverse("desk:lead_new"), lead_form(text="演示：住户电话13800138000。"))
        assert answer.status_code == 422 and "居民的个人信息" in text(answer) and not Lead.objects.exists()

    def test_a_unit_sees_no_link_on_the_finding(self, world):
        registered(world, finding=world.minxian.by_deadline)
        for who in (world.inspector, world.unit):
            page = text(at_desk(who).get(reverse("desk:finding", args=[world.minxian.by_deadline.pk])))
            assert "线索〔" not in page and "/leads/" not in page


class TestTheList:
    def test_tabs_and_filters(self, world):
        slow, fast = registered(world), registered(world, kind="retaliation", text="演示：打击报复检查人员")
        disposed(world, registered(world, text="演示：已了结"), "closed")
        client = at_desk(world.county)
        shown = text(client.get(reverse("desk:leads")))
        assert slow.text in shown and fast.text in shown and "演示：已了结" not in shown
        assert "演示：已了结" in text(client.get(reverse("desk:leads"), {"tab": "closed"}))
        only = text(client.get(reverse("desk:leads"), {"tab": "open", "fast": "1"}))
        assert fast.text in only and slow.text not in only
        assert "没有符合条件的线索" in text(client.get(reverse("desk:leads"), {"q": "没有这样的字"}))
        assert text(client.get(reverse("desk:leads"), {"tab": "nonsense"}))

    def test_the_lead_office_tells_the_offices_apart(self, world):
        registered(world)
        registered(world, by=world.neighbour, office=world.zhangxian.office.body)
        shown = text(at_desk(world.lead).get(reverse("desk:leads"), {"office": "621125-office", "tab": "open"}))
        assert shown.count("row-link__a") == 1 and 'value="621125-office" selected' in shown

    def test_what_is_late_is_red(self, world, settings):
        lead = registered(world)
        settings.MINGCHA_NOW = lead.due_at + timedelta(hours=1)
        assert "已逾期" in text(at_desk(world.county).get(reverse("desk:leads")))

    def test_a_held_lead_comes_up_on_its_day(self, world, settings):
        lead = disposed(world, registered(world), "held")
        assert lead.text not in text(at_desk(world.county).get(reverse("desk:leads"), {"tab": "review"}))
        settings.MINGCHA_NOW = world.at + timedelta(days=21)
        assert lead.text in text(at_desk(world.county).get(reverse("desk:leads"), {"tab": "review"}))
        assert "线索到期复查" in text(at_desk(world.county).get("/"))


def proposal(world, **changes):
    given = {"way": "verification", "opinion": OPINION, "study": STUDY, "review_on": "2021-11-20"} | changes
    return {f"propose-{name}": value for name, value in given.items()}


class TestDisposing:
    def test_one_proposes_and_another_approves(self, world):
        lead = registered(world)
        assert "线索待处置" in text(at_desk(world.county).get("/"))
        post(world.county, "lead_propose", lead.pk, **proposal(world))
        mine = text(at_desk(world.county).get(reverse("desk:lead", args=[lead.pk])))
        assert "要由另一人审批" in mine and 'id="rule"' in mine and "rule-verdict" not in mine
        assert "线索待审批" not in text(at_desk(world.county).get("/"))
        assert "线索待审批" in text(at_desk(world.second).get("/"))
        answer = post(world.second, "lead_rule", lead.pk, **{"rule-verdict": "approve", "rule-ruling": ""})
        assert answer.status_code == 302
        lead.refresh_from_db()
        assert lead.state == "verification"

    def test_a_refusal_keeps_what_was_typed(self, world):
        lead = registered(world)
        answer = post(world.county, "lead_propose", lead.pk, **proposal(world, way="held", review_on=""))
        assert answer.status_code == 422 and OPINION in text(answer) and "复查（报告）日期" in text(answer)
        empty = post(world.county, "lead_propose", lead.pk, **proposal(world, study=""))
        assert empty.status_code == 422 and OPINION in text(empty)

    def test_who_comes_second_is_told_and_keeps_the_text(self, world):
        lead = registered(world)
        disposals.propose(lead, way="closed", opinion="演示：先提的", study=STUDY, by=world.second, at=world.at)
        answer = post(world.county, "lead_propose", lead.pk, **proposal(world, opinion="演示：后提的"))
        assert answer.status_code == 409 and "演示：后提的" in text(answer) and "已有一份意见" in text(answer)

    def test_returning_needs_a_reason(self, world):
        lead = registered(world)
        post(world.county, "lead_propose", lead.pk, **proposal(world))
        answer = post(world.second, "lead_rule", lead.pk, **{"rule-verdict": "return", "rule-ruling": ""})
        assert answer.status_code == 422 and "请写明理由" in text(answer)
        post(world.second, "lead_rule", lead.pk, **{"rule-verdict": "return", "rule-ruling": "演示：再核实"})
        assert "演示：再核实" in text(at_desk(world.county).get(reverse("desk:lead", args=[lead.pk])))

    def test_the_proposer_is_turned_away_from_ruling(self, world):
        lead = registered(world)
        post(world.county, "lead_propose", lead.pk, **proposal(world))
        answer = post(world.county, "lead_rule", lead.pk, **{"rule-verdict": "approve", "rule-ruling": "演示"})
        assert answer.status_code == 403 and "不能自己审批" in text(answer)

    def test_faster_for_a_reason(self, world):
        lead = registered(world)
        assert post(world.county, "lead_hasten", lead.pk, reason="").status_code == 422
        post(world.county, "lead_hasten", lead.pk, reason="演示：造成传播")
        assert "从速从严从重" in text(at_desk(world.county).get(reverse("desk:lead", args=[lead.pk])))

    def test_a_false_accusation_by_three(self, world):
        lead = registered(world)
        post(world.county, "lead_doubt", lead.pk, facts="演示：系捏造")
        for who in (world.second, world.lead):
            assert "线索待审批" in text(at_desk(who).get("/"))
            post(who, "lead_settle_doubt", lead.pk, verdict="approve", ruling="")
        assert FalseReport.objects.get().state == "found"


class TestACase:
    def test_from_the_lead_to_the_end(self, world):
        lead = disposed(world, registered(world))
        form = {
            "reason": "演示：核实属实",
            "what": "621126-market",
            "name": "演示某",
            "post": "演示科长",
            "duty": "演示：失职",
        }
        answer = post(world.county, "lead_file", lead.pk, **form)
        case = Case.objects.get()
        assert answer.url == reverse("desk:case", args=[case.pk])
        assert "案件待批准" in text(at_desk(world.second).get("/"))
        post(world.second, "case_rule", case.pk, verdict="approve", study=STUDY, ruling="")
        party = Party.objects.get()
        post(world.county, "disposition_new", party.pk, kind="party.warned", form="second", grounds="演示：失职")
        given = Disposition.objects.get()
        decision = {"deciding_body": "演示纪委常委会", "document": "演示〔2021〕7号", "decided_on": "2021-10-27"}
        early = post(world.second, "disposition_decide", given.pk, **decision, appeal_to="演示机关", appeal_until="")
        assert early.status_code == 409 and "还没有听取陈述申辩" in text(early) and "演示〔2021〕7号" in text(early)
        post(world.county, "party_hear", party.pk, how="made", text="演示：陈述", heard_on="2021-10-27")
        post(world.second, "disposition_decide", given.pk, **decision, appeal_to="演示机关", appeal_until="")
        shown = text(at_desk(world.second).get(reverse("desk:case", args=[case.pk])))
        assert "党内警告" in shown and "演示纪委常委会" in shown and "不服可向演示机关申诉" in shown
        assert post(world.second, "case_close", case.pk).status_code == 422
        post(world.second, "case_close", case.pk, checked="on")
        case.refresh_from_db()
        assert case.state == "closed"
        assert case.parties.count() == 1 and str(case) in text(
            at_desk(world.lead).get(reverse("desk:cases") + "?tab=closed")
        )

    def test_not_every_party_is_done(self, world):
        case = opened(world)
        shown = text(at_desk(world.second).get(reverse("desk:case", args=[case.pk])))
        assert "办结以前" in shown and reverse("desk:case_close", args=[case.pk]) not in shown
        answer = post(world.second, "case_close", case.pk, checked="on")
        assert answer.status_code == 409 and "演示某" in text(answer)

    def test_an_organisation_is_offered_what_fits_it(self, world):
        case = opened(world)
        post(world.county, "case_party", case.pk, what="621126-market", name="", post="", duty="演示：主体责任")
        organisation = Party.objects.get(kind="organisation")
        shown = text(at_desk(world.county).get(reverse("desk:disposition_new", args=[organisation.pk])))
        assert "改组" in shown and "党内警告" not in shown
        person = Party.objects.get(kind="person")
        other = text(at_desk(world.county).get(reverse("desk:disposition_new", args=[person.pk])))
        assert "党内警告" in other and "改组" not in other

    def test_half_a_name_is_no_official(self, world):
        case = opened(world)
        answer = post(
            world.county, "case_party", case.pk, what="621126-market", name="演示", post="", duty="演示：某事"
        )
        assert answer.status_code == 422 and "不登记居民" in text(answer) and "演示：某事" in text(answer)

    def test_two_tracks_two_deciders(self, world):
        lead = registered(world, fast_reason="演示：从严")
        case = opened(world, lead=lead)
        party = heard(world, case)
        post(world.county, "party_suggest", party.pk, reason="演示：不宜留任")
        removal, inquiry = Track.objects.order_by("-track")
        form = {"outcome": "decided", "result": "演示", "deciding_body": "演示县委", "document": "演示1号",
                "decided_on": "2021-10-27"}  # fmt: skip
        post(world.county, "track_settle", removal.pk, **form)
        same = post(world.second, "track_settle", inquiry.pk, **form)
        assert same.status_code == 422 and "两个机关分别决定" in text(same) and "演示1号" in text(same)
        mine = post(world.county, "track_settle", inquiry.pk, **(form | {"deciding_body": "演示纪委"}))
        assert mine.status_code == 403 and "两个人分别登记" in text(mine)
        post(world.second, "track_settle", inquiry.pk, **(form | {"deciding_body": "演示纪委"}))
        assert Track.objects.filter(state="decided").count() == 2

    def test_appeal_and_clearance(self, world):
        party = heard(world, opened(world))
        given = referred.decided(world, party)
        post(world.county, "appeal_new", given.pk, lodged_on="2021-10-27", reason="演示：不服")
        appeal = Appeal.objects.get()
        assert "申诉待登记结果" in text(at_desk(world.lead).get("/"))
        assert "申诉待登记结果" not in text(at_desk(world.county).get("/"))
        form = {"outcome": "revoked", "result": "演示：撤销", "deciding_body": "演示市纪委", "document": "演示2号",
                "decided_on": "2021-10-27"}  # fmt: skip
        post(world.lead, "appeal_rule", appeal.pk, **form)
        words = {"facts": "演示：不成立", "notice": "演示：予以澄清。", "scope": "演示：本单位"}
        post(world.county, "clearance_new", party.pk, **words)
        assert "澄清正名待审批" in text(at_desk(world.second).get("/"))
        post(world.second, "clearance_rule", Clearance.objects.get().pk, verdict="approve", ruling="")
        shown = text(at_desk(world.county).get(reverse("desk:case", args=[party.case_id])))
        assert "已澄清正名" in shown and "申诉后撤销" in shown


@pytest.mark.parametrize("who", ["neighbour", "unit", "inspector", "leader"])
def test_others_are_told_nothing(world, who):
    case, someone = opened(world), getattr(world, who)
    client = at_desk(someone)
    told = {403, 404}
    for name, pk in (("lead", case.lead_id), ("case", case.pk), ("party_hear", case.parties.get().pk)):
        assert client.get(reverse(f"desk:{name}", args=[pk])).status_code in told
    home = text(client.get("/"))
    assert "案件〔" not in home and ("/leads/" in home) == (who == "neighbour")
    if who == "neighbour":
        assert str(case) not in text(client.get(reverse("desk:cases") + "?tab=all"))
        assert "row-link__a" not in text(client.get(reverse("desk:leads") + "?tab=all"))


def test_who_must_stay_away_is_told_so_and_offered_nothing(world):
    lead = leads.register(
        office=world.city.office.body, text="演示：事", kind="duty", body=world.zhangxian.office.answering, by=world.lead,
        at=world.at,
    )  # fmt: skip
    from mingcha.ground.accounts.actions import recusals

    unit = recusals.Target(body=world.zhangxian.office.answering)
    recusals.declare(world.lead, target=unit, ground="relative", reason="演示", by=world.lead, at=world.at)
    shown = text(at_desk(world.lead).get(reverse("desk:lead", args=[lead.pk])))
    assert "您要回避这一件" in shown and "propose-way" not in shown
    answer = post(world.lead, "lead_propose", lead.pk, **proposal(world))
    assert answer.status_code == 403 and OPINION in text(answer)
