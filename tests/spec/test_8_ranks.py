"""
Chapter 8. The ranks

A city's whole force stands in its tiers as it really works, and can be called, formed, guided and seen. Read twice: in
a city of one lead office, seven counties and any number of groups, and in one of twelve districts without a group.
"""

from datetime import timedelta

import pytest

from mingcha.flow.campaigns import queries as campaigns
from mingcha.flow.campaigns.actions import calls, teams
from mingcha.flow.fieldwork import queries as fieldwork
from mingcha.flow.fieldwork.actions import embedded, outings
from mingcha.flow.findings import queries as findings
from mingcha.flow.guidance import actions as guidance
from mingcha.flow.guidance import queries as notes
from mingcha.flow.rectifications import actions as rectifications
from mingcha.flow.rectifications import queries as orders
from mingcha.flow.reports.queries import figures
from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts.actions import links, recusals
from mingcha.ground.audit.models import Event
from mingcha.ground.notices import queries as notices
from mingcha.ground.territory import queries as territory
from mingcha.ground.territory.actions import bodies, ranks
from tests.cities import PLANS, team_of_group
from tests.world import drawn_round, note, person

WITH_GROUPS = [formula for formula, plan in PLANS.items() if plan.groups]
where_there_are_groups = pytest.mark.parametrize("_city_of_module", WITH_GROUPS, indirect=True)


def standing(city, who):
    return accounts.standing(who, at=city.at)


def form(city, **changes):
    """Form a team of the two of `here` who are free."""
    given = {
        "office": city.here.body, "name": "演示新组", "leader": city.spare_leader, "members": [city.spare],
        "townships": city.here.townships[1:], "by": city.here.officer, "at": city.at,
    } | changes  # fmt: skip
    return teams.form_team(city.campaign, **given)


def call(city, **changes):
    """Call for two people in `there`, tonight and tomorrow."""
    first = city.at.date()
    given = {
        "reason": "演示：人手不足", "needs": [calls.Wanted(city.there.body.division, 2)], "from_day": first,
        "to_day": first + timedelta(days=1), "reply_by": city.at + timedelta(hours=2),
        "bodies": [city.here.body, city.partner], "by": city.lead, "at": city.at,
    } | changes  # fmt: skip
    return calls.call(city.campaign, **given)


def spared(city, who):
    return calls.Spared(who, city.at.date(), city.at.date() + timedelta(days=1))


def send(city, **changes):
    given = {
        "issuer": city.centre.body, "kind": "hint", "title": "演示提示", "text": "演示：夜间也要值守。",
        "bodies": [city.here.body, city.there.body], "by": city.lead, "at": city.at,
    } | changes  # fmt: skip
    return guidance.send(city.campaign, **given)


class TestTiers:
    def test_a_city_is_the_tiers_it_says_it_is(self, city):
        """How many stand in a tier is counted; an open tier reads X; nothing knows a seven."""
        assert territory.formula(city.mechanism) == city.plan.formula
        sizes = {tier.kind: tier.size for tier in territory.tiers(city.mechanism)}
        assert (sizes["lead"], sizes["area"], sizes["township"]) == (1, city.plan.areas, 1)
        assert territory.mechanism("990101100201") == city.mechanism

    def test_one_more_office_is_one_more_and_no_more_than_data(self, city):
        """A development zone gets an office of its own: the formula counts it."""
        zone = bodies.add_body(
            code="9901-zone", name="演示开发区纪检监察工委", kind="office", division=city.here.body.division,
            parent=city.centre.body, tier=city.tiers["area"], by=None, at=city.at,
        )  # fmt: skip
        assert territory.formula(city.mechanism) == city.plan.formula.replace(
            str(city.plan.areas), str(city.plan.areas + 1)
        )
        assert zone in territory.in_tier(city.tiers["area"])

    def test_a_tier_is_renamed_with_its_bodies_and_left_out_only_when_empty(self, city):
        """Tiers are the city's own words."""
        wanted = [ranks.Rank(tier.name, tier.kind, tier.open_ended) for tier in territory.tiers(city.mechanism)]
        renamed = [ranks.Rank("演示改称", r.kind, was=r.name) if r.kind == "area" else r for r in wanted]
        given = {"name": city.mechanism.name, "by": city.lead, "at": city.at}
        ranks.set_up(city.mechanism.division, ranks=renamed, **given)
        sizes = {tier.name: tier.size for tier in territory.tiers(city.mechanism)}
        assert sizes["演示改称"] == city.plan.areas
        with pytest.raises(ranks.TierInUse):
            ranks.set_up(city.mechanism.division, ranks=[r for r in renamed if r.kind != "area"], **given)
        with pytest.raises(ranks.NoLeadTier):
            ranks.set_up(city.mechanism.division, ranks=[r for r in renamed if r.kind != "lead"], **given)


class TestTheCall:
    def test_a_call_goes_from_need_to_people_at_work(self, city):
        """The lead says what is needed, an office offers, the lead sends, the county takes them into a team."""
        made = call(city)
        assert {each.body for each in campaigns.called(made, to=standing(city, city.lead))} == {
            city.here.body, city.partner
        }  # fmt: skip
        calls.answer(
            made.called.get(body=city.here.body), spared=[spared(city, city.spare)], by=city.here.officer, at=city.at
        )
        (offer,) = campaigns.offers(made, to=standing(city, city.lead))
        given = {
            "office": city.there.body, "leader": person("third", "演示乙地组长", city.there.body, "leader", at=city.at),
            "townships": [], "by": city.there.officer,
        }  # fmt: skip
        with pytest.raises(teams.NotOfThisOffice):  # offered is not sent
            form(city, **given)
        calls.assign(offer, need=made.needs.get(), by=city.lead, at=city.at)
        assert [need.assigned for need in campaigns.needs(made)] == [1]
        team = form(city, **given)
        assert {(m.person, m.body) for m in campaigns.present(team)} == {
            (given["leader"], city.there.body), (city.spare, city.here.body)
        }  # fmt: skip
        assert notices.unseen_count(city.spare)

    def test_an_office_answers_with_its_own_people_or_says_why_not(self, city):
        """Silence and an empty answer are not the same; nobody is offered twice or by another office."""
        made = call(city)
        called = made.called.get(body=city.partner)
        by = city.partner_person
        with pytest.raises(calls.NothingAnswered):
            calls.answer(called, spared=[], by=by, at=city.at)
        with pytest.raises(calls.NotTheirPerson):
            calls.answer(called, spared=[spared(city, city.spare)], by=by, at=city.at)
        with pytest.raises(accounts.NotFound):
            calls.answer(called, spared=[], note="演示", by=city.here.officer, at=city.at)
        calls.answer(called, spared=[], note="演示：都在外面", by=by, at=city.at)
        called.refresh_from_db()
        assert (called.answered_by, called.note) == (by, "演示：都在外面")
        calls.answer(called, spared=[spared(city, by)], by=by, at=city.at)
        with pytest.raises(calls.AlreadyOffered):
            calls.answer(called, spared=[spared(city, by)], by=by, at=city.at)
        calls.end(made, by=city.lead, at=city.at)
        with pytest.raises(calls.CallEnded):
            calls.answer(called, spared=[], note="演示", by=by, at=city.at)

    def test_an_offer_goes_back_only_while_nobody_counts_on_it(self, city):
        made = call(city)
        called = made.called.get(body=city.here.body)
        calls.answer(called, spared=[spared(city, city.spare)], by=city.here.officer, at=city.at)
        (offer,) = campaigns.offers(made, to=standing(city, city.here.officer))
        calls.assign(offer, need=made.needs.get(), by=city.lead, at=city.at)
        with pytest.raises(calls.OfferMoved):
            calls.withdraw(offer, reason="演示", by=city.here.officer, at=city.at)
        calls.release(offer, by=city.lead, at=city.at)
        calls.withdraw(offer, reason="演示", by=city.here.officer, at=city.at)
        assert not campaigns.offers(made, to=standing(city, city.lead)).exists()

    def test_double_booking_a_short_rest_and_a_long_run_are_told(self, city):
        """They are for the officer to weigh; only two teams at once are forbidden."""
        inspector, tomorrow = city.here.inspector, city.at.date() + timedelta(days=1)

        def told(who, days=0):
            span = {
                "from_day": tomorrow,
                "to_day": tomorrow + timedelta(days=days),
                "division": city.here.body.division_id,
            }
            return [caution.facts for caution in campaigns.cautions([who], **span)[who.pk]]

        assert told(city.spare) == []
        assert told(inspector) == [{"team": city.work.team.name}]
        teams.leave(city.work.team, person=inspector, reason="演示", by=city.here.officer, at=city.at)
        assert told(inspector) == [{"hours": city.mechanism.rest_hours}]
        assert told(inspector, days=6)[-1] == {"days": 9, "most": city.mechanism.longest_run_days}
        made = call(city)
        calls.answer(
            made.called.get(body=city.here.body), spared=[spared(city, city.spare)], by=city.here.officer, at=city.at
        )
        calls.assign(made.offers.get(), need=made.needs.get(), by=city.lead, at=city.at)
        assert told(city.spare) == [{"place": city.there.body.division.name}]


class TestTeams:
    def test_a_team_has_a_leader_a_liaison_a_base_a_vehicle_and_a_stretch(self, city):
        """Each once, and the leader out of the leadership."""
        liaison = person("liaison", "演示联络员", city.here.body, "inspector", at=city.at)
        team = form(city, liaison=liaison, base="演示招待所", vehicle="演示一号车")
        assert {(m.person, m.duty) for m in campaigns.present(team)} == {
            (city.spare_leader, "leader"), (liaison, "liaison"), (city.spare, "member")
        }  # fmt: skip
        assert (team.base, team.vehicle) == ("演示招待所", "演示一号车")
        assert [each.township for each in team.stretch.all()] == city.here.townships[1:]
        teams.equip(team, base="演示学校", vehicle="", townships=city.here.townships, by=city.here.officer, at=city.at)
        team = campaigns.team(team.pk, to=standing(city, city.here.officer))
        assert (team.base, team.vehicle, team.stretch.count()) == ("演示学校", "", 2)
        with pytest.raises(teams.NoLeader):
            form(city, name="演示又一组", leader=city.here.officer, members=[])

    def test_a_team_of_several_bodies_is_seen_by_each_and_shows_no_other_team(self, city):
        """室组地联动: whoever takes part sees what the team does, also a colleague who stayed at home."""
        at_home = person(
            "at_home", "演示留守干部", city.partner, (city.plan.groups and "group") or "township", at=city.at
        )
        assert not campaigns.teams(city.campaign, to=standing(city, at_home)).exists()
        team = form(city, members=[city.partner_person], joint=[city.partner], by=city.lead)
        assert campaigns.sender(team, city.partner_person, at=city.at) == city.partner
        with pytest.raises(teams.NotOfThisOffice):
            outings.join_team(team, person=city.there.inspector, by=city.here.officer, at=city.at)
        round = drawn_round(city.campaign, team, city.here, departs_at=city.at, at=city.at)
        outing = outings.depart(round.lists.get(), by=city.spare_leader, at=city.at)
        for who in (at_home, city.partner_person):
            assert list(campaigns.teams(city.campaign, to=standing(city, who))) == [team]
            assert list(fieldwork.inspections(to=standing(city, who))) == [outing]
        with pytest.raises(accounts.NotFound):  # to see is not to go
            fieldwork.my_inspection(outing.pk, to=standing(city, at_home))

    def test_reforming_in_the_field_keeps_who_was_where(self, city):
        """Every change ends a row and begins another."""
        team, by = city.work.team, city.here.officer
        times = [city.at + timedelta(hours=hours) for hours in range(4)]
        outings.join_team(team, person=city.spare, duty="liaison", by=by, at=times[1])
        teams.leave(team, person=city.here.inspector, reason="演示：家中有事", by=by, at=times[2])
        outings.join_team(team, person=city.spare_leader, duty="leader", by=by, at=times[3])
        seen = [{(m.person, m.duty) for m in campaigns.members_at(team, moment)} for moment in times]
        first = {(city.here.leader, "leader"), (city.here.inspector, "member")}
        assert seen[0] == first
        assert seen[1] == first | {(city.spare, "liaison")}
        assert seen[2] == {(city.here.leader, "leader"), (city.spare, "liaison")}
        assert seen[3] == {(city.here.leader, "member"), (city.spare, "liaison"), (city.spare_leader, "leader")}
        assert [m.left_reason for m in campaigns.memberships(city.here.inspector)] == ["演示：家中有事"]

    def test_nobody_is_in_two_places(self, city):
        """Whoever is in a team is free for another only once they have left it."""
        form(city)
        busy = {"name": "演示又一组", "leader": person("third", "演示三组组长", city.here.body, "leader", at=city.at)}
        for each in (city.spare, city.here.inspector, city.here.leader):
            with pytest.raises(teams.AlreadyOut):
                form(city, members=[each], **busy)
        teams.leave(city.work.team, person=city.here.inspector, reason="演示", by=city.here.officer, at=city.at)
        team = form(city, members=[city.here.inspector], **busy)
        assert campaigns.out_now([city.here.inspector.pk]) == {city.here.inspector.pk: team}

    def test_a_team_under_way_always_has_one_leader(self, city):
        """The leader goes, or becomes a member, only once another leads."""
        team, by, leader = city.work.team, city.here.officer, city.here.leader
        with pytest.raises(teams.LeaderStays):
            teams.leave(team, person=leader, reason="演示", by=by, at=city.at)
        for duty in ("member", "liaison"):
            with pytest.raises(teams.LeaderStays):
                outings.join_team(team, person=leader, duty=duty, by=by, at=city.at)
        outings.join_team(team, person=city.spare_leader, duty="leader", by=by, at=city.at)
        teams.leave(team, person=leader, reason="演示", by=by, at=city.at)
        assert [m.person for m in campaigns.present(team) if m.duty == "leader"] == [city.spare_leader]

    def test_a_team_ends_once_nothing_of_it_is_out_and_frees_its_people(self, city):
        """While a list is sealed or an outing is under way, it stays; afterwards nobody draws for it."""
        with pytest.raises(outings.StillOut):
            outings.disband_team(city.work.team, by=city.here.officer, at=city.at)
        team = form(city)
        outings.disband_team(team, by=city.here.officer, at=city.at + timedelta(minutes=5))
        assert campaigns.out_now([city.spare.pk, city.spare_leader.pk]) == {}
        assert {m.person for m in campaigns.history(team)} == {city.spare, city.spare_leader}
        with pytest.raises(teams.TeamDisbanded):
            outings.join_team(team, person=city.spare, by=city.here.officer, at=city.at)
        with pytest.raises(accounts.NotFound):
            drawn_round(city.campaign, team, city.here, departs_at=city.at, at=city.at)


class TestGuidance:
    def test_notes_are_numbered_by_issuer_kind_and_year_without_a_gap(self, city):
        """What is refused takes no number; a new year begins anew."""
        assert [str(send(city)) for _ in range(2)] == ["工作提示〔2021〕1号", "工作提示〔2021〕2号"]
        with pytest.raises(guidance.NothingWritten):
            send(city, text=" ")
        assert str(send(city)) == "工作提示〔2021〕3号"
        assert str(send(city, kind="guidance")) == "工作指导〔2021〕1号"
        assert str(send(city, at=city.at + timedelta(days=90))) == "工作提示〔2022〕1号"
        below = {"issuer": city.here.body, "bodies": [city.township_body], "by": city.here.officer}
        assert str(send(city, **below)) == "工作提示〔2021〕1号"

    def test_guidance_goes_down_and_reports_go_up(self, city):
        """Not across, and not in another office's name."""
        report = {"issuer": city.here.body, "kind": "report", "by": city.here.officer}
        assert str(send(city, **report, bodies=[city.centre.body])) == "情况反馈〔2021〕1号"
        for wrong in ({"bodies": [city.there.body]}, {"bodies": [city.there.body], "kind": "hint"}):
            with pytest.raises(guidance.CannotSendThere):
                send(city, **(report | wrong))
        with pytest.raises(accounts.NotFound):
            send(city, by=city.here.officer)
        below = {"issuer": city.township_body, "by": city.township}
        with pytest.raises(guidance.CannotSendThere):
            send(city, **below, bodies=[city.here.body])
        assert str(send(city, **below, kind="report", bodies=[city.here.body])) == "情况反馈〔2021〕1号"

    def test_a_note_is_signed_for_and_replied_to_once_in_an_offices_name(self, city):
        """The first signature stands; the second reply is told; a reply signs, too."""
        asked = send(city, reply_by=city.at + timedelta(hours=4))
        to = standing(city, city.here.officer)
        assert notes.outstanding(to=to, at=city.at) == {"unread": 1, "unreceived": 1, "unanswered": 1, "late": 0}
        guidance.receive(asked, by=city.here.officer, at=city.at)
        guidance.receive(asked, by=city.second, at=city.at + timedelta(hours=1))
        guidance.reply(asked, text="演示：已部署。", by=city.second, at=city.at + timedelta(hours=1))
        with pytest.raises(guidance.AlreadyReplied):
            guidance.reply(asked, text="演示：又一次。", by=city.here.officer, at=city.at + timedelta(hours=2))
        line = notes.own_recipient(asked, to=to)
        assert (line.received_by, line.replied_by, line.reply) == (city.here.officer, city.second, "演示：已部署。")
        waits = notes.outstanding(to=standing(city, city.there.officer), at=city.at + timedelta(hours=5))
        assert waits == {"unread": 1, "unreceived": 1, "unanswered": 1, "late": 1}

    def test_the_issuer_sees_by_name_who_has_not_read_it(self, city):
        sent = send(city)
        guidance.read(sent, by=city.second, at=city.at)
        told = {row.body: row for row in notes.readers(sent, at=city.at)}
        assert [who for who, _ in told[city.here.body].read] == [city.second]
        assert city.here.officer in told[city.here.body].unread
        assert notes.issued_by(sent, to=standing(city, city.lead))
        assert not notes.issued_by(sent, to=standing(city, city.here.officer))

    def test_a_question_under_a_note_is_answered_for_every_recipient(self, city):
        """By the issuer, once."""
        sent = send(city)
        asked = guidance.ask(sent, text="演示：夜间也查吗？", by=city.here.officer, at=city.at)
        with pytest.raises(accounts.NotFound):
            guidance.answer(asked, text="演示：不查。", by=city.there.officer, at=city.at)
        guidance.answer(asked, text="演示：也查。", by=city.lead, at=city.at)
        with pytest.raises(guidance.AlreadyAnswered):
            guidance.answer(asked, text="演示：不查。", by=city.lead, at=city.at)
        read = notes.note(sent.pk, to=standing(city, city.there.officer))
        assert [row.answer for row in notes.questions(read)] == ["演示：也查。"]

    def test_a_note_goes_by_link(self, city):
        """Whoever looks after a place, a unit or a site gets what is said about it, and is told why."""
        township = city.here.townships[1]
        links.link(city.partner, kind="liaison", division=township, since=city.at.date(), by=None, at=city.at)
        site = next(site for site in city.here.sites if site.division == township)
        for about in ({"division": township.pk}, {"site": site}):
            assert notes.by_link(at=city.at, **about) == {city.partner.pk: [township.name]}
        assert notes.by_link(at=city.at, division=city.here.townships[0].pk) == {}
        sent = send(city, bodies=[city.partner], via={city.partner.pk: township.name})
        assert notes.own_recipient(sent, to=standing(city, city.partner_person)).via == township.name


@where_there_are_groups
class TestEmbeddedSupervision:
    def record(self, city, **changes):
        given = {
            "group": city.group_body, "kind": "roster", "day": city.at.date(), "subject": "演示：查值班",
            "text": "演示：抽查三个科室。", "checked": 3, "amiss": 1, "by": city.group, "at": city.at,
        } | changes  # fmt: skip
        return embedded.record(city.campaign, **given)

    def test_a_group_writes_down_what_it_did_inside_its_host(self, city):
        """In counts and duties, never names; by the group itself, about its own department."""
        record = self.record(city)
        assert record.host == city.host
        for wrong, refusal in (
            ({"checked": 1, "amiss": 2}, embedded.CountsDisagree),
            ({"kind": "reminder"}, embedded.ReminderOfNobody),
            ({"day": city.at.date() + timedelta(days=1)}, embedded.DayAhead),
            ({"by": city.here.officer}, accounts.NotAllowed),
        ):
            with pytest.raises(refusal):
                self.record(city, **wrong)
        assert list(fieldwork.embedded(to=standing(city, city.lead))) == [record]
        assert list(fieldwork.embedded(to=standing(city, city.group))) == [record]
        assert list(fieldwork.embedded(to=standing(city, city.there.officer))) == []

    def test_what_it_finds_there_flows_like_any_other_finding_and_is_never_taken_for_drawn(self, city):
        """Checked by the host's own checklist, open, outside the lot; the order reaches the department."""
        unit = person("host_unit", "演示市局联系人", city.host, "unit", at=city.at)
        record = self.record(city)
        with pytest.raises(embedded.NoTeamOfGroup):
            embedded.begin_check(record, site=city.host_site, by=city.group, at=city.at)
        team_of_group(city)
        with pytest.raises(embedded.NotOfTheHost):
            embedded.begin_check(record, site=city.here.sites[0], by=city.group, at=city.at)
        visit = embedded.begin_check(record, site=city.host_site, by=city.group, at=city.at)
        assert (visit.drawn, visit.mode, visit.inspection.list) == (False, "overt", None)
        found = rectifications.note_finding(
            visit, item=city.edition.items.get(position=1), responsibility="department", body=city.host,
            severity="ordinary", description="演示：值班表空白。", way="by_deadline",
            due_at=city.at + timedelta(days=1), by=city.group, at=city.at,
        )  # fmt: skip
        rectifications.close_visit(visit, outcome="done", feedback="演示：已反馈。", by=city.group, at=city.at)
        order = orders.of_finding(found)
        for who in (unit, city.lead, city.group):
            assert order in orders.orders(to=standing(city, who))
        with pytest.raises(accounts.NotAllowed):  # the group follows; the office above judges
            rectifications.close(order, by=city.group, at=city.at)
        (told,) = figures.figures(city.campaign, as_of=city.at, body=city.group_body.pk)
        assert told.problems_found is None  # it answers for no figure of a table of townships until it says so


class TestWhoSeesWhat:
    def test_who_follows_sees_what_is_confirmed_and_issued_and_never_a_visit_under_way(self, city):
        """A township, a village, a group: what is put right is theirs to follow, a visit perhaps covert is nobody's news."""
        work = city.work
        agreed = note(work.open, city.edition, city.here, way="by_deadline", at=city.at)
        for who in city.followers:
            to = standing(city, who)
            assert {row.state for row in findings.visible(to=to)} <= {"confirmed"}
            assert {row.state for row in orders.orders(to=to)} <= {"ordered", "answered", "returned", "closed"}
            assert orders.of_finding(agreed) not in orders.orders(to=to)
            assert list(fieldwork.visits(to=to)) == list(fieldwork.inspections(to=to)) == []
        town = standing(city, city.township)
        assert work.by_deadline in findings.visible(to=town)
        assert work.order in orders.orders(to=town)
        with pytest.raises(accounts.NotAllowed):
            rectifications.close(work.answered, by=city.township, at=city.at)

    def test_the_neighbour_sees_nothing(self, city):
        """Calls, teams, notes, people, links and recusals of another county do not exist for it."""
        made = call(city, needs=[calls.Wanted(city.here.body.division, 1)])
        called = made.called.get(body=city.here.body)
        calls.answer(called, spared=[spared(city, city.spare)], by=city.here.officer, at=city.at)
        sent = send(city, bodies=[city.here.body])
        link = links.link(city.township_body, kind="liaison", division=city.here.townships[1], since=city.at.date(),
                          by=city.here.officer, at=city.at)  # fmt: skip
        declared = recusals.declare(
            city.spare, target=recusals.Target(body=city.here.answering), ground="relative", reason="演示：近亲属任职",
            by=city.spare, at=city.at,
        )  # fmt: skip
        team = form(city)
        for who in (city.there.officer, city.there.inspector, city.there.unit):
            to = standing(city, who)
            for look in (
                lambda to: campaigns.call(made.pk, to=to), lambda to: campaigns.offer(made.offers.get().pk, to=to),
                lambda to: campaigns.team(team.pk, to=to), lambda to: notes.note(sent.pk, to=to),
                lambda to: accounts.person("spare", to=to, at=city.at),
                lambda to: accounts.recusal(declared.pk, to=to, at=city.at),
            ):  # fmt: skip
                with pytest.raises(accounts.NotFound):
                    look(to)
            assert link not in accounts.links(to=to, at=city.at)
            assert city.spare not in accounts.people(to=to, at=city.at)

    def test_an_office_that_was_called_sees_what_it_was_asked_and_answered_and_no_other_answer(self, city):
        """The board is the issuer's."""
        made = call(city, bodies=[city.here.body, city.there.body])
        called = made.called.get(body=city.here.body)
        calls.answer(called, spared=[spared(city, city.spare)], by=city.here.officer, at=city.at)
        theirs = standing(city, city.there.officer)
        assert [each.body for each in campaigns.called(made, to=theirs)] == [city.there.body]
        assert not campaigns.offers(made, to=theirs).exists()
        calls.assign(made.offers.get(), need=made.needs.get(), by=city.lead, at=city.at)
        assert [each.person for each in campaigns.offers(made, to=theirs)] == [city.spare]  # sent to them now

    def test_every_act_of_the_ranks_is_on_record(self, city):
        made = call(city)
        calls.answer(made.called.get(body=city.partner), spared=[], note="演示", by=city.partner_person, at=city.at)
        guidance.reply(send(city), text="演示", by=city.here.officer, at=city.at)
        outings.join_team(city.work.team, person=city.spare, by=city.here.officer, at=city.at)
        verbs = set(Event.objects.values_list("verb", flat=True))
        assert {
            "territory.set_up_mechanism", "territory.place_body", "call.make", "call.answer", "guidance.send",
            "guidance.receive", "guidance.reply", "team.form", "team.join",
        } <= verbs  # fmt: skip
