"""
Chapter 10. What changes and what stays

People leave and offices are found twice on record. Leaving is one act that hands over everything owed and says what;
merging keeps every reference, so that nothing written before is lost or becomes untrue.
"""

from datetime import timedelta
from itertools import pairwise

import pytest

from mingcha.flow.campaigns import queries as campaigns
from mingcha.flow.campaigns.actions import calls, teams
from mingcha.flow.draws import actions as draws
from mingcha.flow.draws import queries as draw_queries
from mingcha.flow.fieldwork.actions import outings
from mingcha.flow.findings import queries as findings
from mingcha.flow.guidance import actions as guidance
from mingcha.flow.guidance import queries as notes
from mingcha.flow.rectifications import actions as rectifications
from mingcha.flow.rectifications import queries as orders
from mingcha.flow.successions import actions as successions
from mingcha.flow.successions import queries as owed
from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts.actions import links, recusals
from mingcha.ground.audit import queries as audit
from mingcha.ground.notices import queries as notices
from mingcha.ground.territory import queries as territory
from mingcha.ground.territory.actions import bodies, merges
from mingcha.ground.territory.models import Site
from mingcha.kernel import lots
from tests.lots_held import begun, held, planned
from tests.spec.test_8_ranks import call, form, send, spared, standing
from tests.world import drawn_round, note, person


def leave(city, who, **changes):
    given = {
        "posts": list(who.posts.all()), "successor": None, "reason": "演示：调离", "last_day": city.at.date(),
        "by": city.here.officer, "at": city.at,
    } | changes  # fmt: skip
    return successions.leave(who, **given)


def handed(made):
    return {(row.kind, row.to) for row in made.handed.select_related("to")}


def tomorrow(city, who):
    return accounts.standing(who, at=city.at + timedelta(days=1))


class TestLeaving:
    def test_who_leaves_hands_over_everything_and_it_says_what(self, city):
        """Posts, the place and duty in a team, links, what was offered: line by line, in one act, told to the successor."""
        leader, successor = city.here.leader, city.spare_leader
        links.link(
            city.here.body, person=leader, kind="sponsor", body=city.there.answering, since=city.at.date(), by=None,
            at=city.at,
        )  # fmt: skip
        made = call(city)
        calls.answer(
            made.called.get(body=city.here.body), spared=[spared(city, leader)], by=city.here.officer, at=city.at
        )
        done = leave(city, leader, successor=successor)
        assert handed(done) == {("post", successor), ("team", successor), ("link", successor), ("offer", None)}
        assert {(m.person, m.duty) for m in campaigns.present(city.work.team)} == {
            (successor, "leader"), (city.here.inspector, "member")
        }  # fmt: skip
        assert [row.person for row in accounts.current_links(city.at.date() + timedelta(days=1))] == [successor]
        assert not made.offers.exclude(state="withdrawn").exists()
        assert not draw_queries.my_lists(leader).exists() and draw_queries.my_lists(successor).exists()
        assert tomorrow(city, leader).holdings == ()
        assert notices.unseen_count(successor)
        (event,) = audit.about("person", "leader").filter(verb="succession.leave")
        assert event.detail["successor"] == "spare_leader" and len(event.detail["handed"]) == 3
        assert owed.succession(done.pk, to=standing(city, successor)) == done

    def test_what_nobody_else_could_see_to_needs_a_successor(self, city):
        """A team keeps its leader, an order its contact."""
        for who in (city.here.leader, city.here.unit):
            with pytest.raises(successions.SuccessorNeeded):
                leave(city, who)
        assert not leave(city, city.here.inspector).handed.exclude(kind__in=["post", "team", "visit"]).exists()
        assert [m.person for m in campaigns.present(city.work.team)] == [city.here.leader]

    def test_a_successor_may_act_for_a_time(self, city):
        until = city.at.date() + timedelta(days=30)
        leave(city, city.here.unit, successor=city.spare, acting_until=until)
        (post,) = city.spare.posts.filter(role="unit")
        assert (post.capacity, post.until) == ("acting", until)
        assert city.work.order in orders.orders(to=standing(city, city.spare))

    def test_a_units_successor_is_not_told_of_a_visit_under_way(self, city):
        """What was agreed there goes out when the visit ends, to whoever serves the unit then."""
        agreed = note(city.work.open, city.edition, city.here, way="by_deadline", at=city.at)
        made = leave(city, city.here.unit, successor=city.spare)
        told = {row.name for row in made.handed.filter(kind="order")}
        assert told == {city.work.order.finding.number, city.work.answered.finding.number}
        rectifications.close_visit(city.work.open, outcome="done", by=city.here.leader, at=city.at)
        assert orders.of_finding(agreed) in orders.orders(to=standing(city, city.spare))

    def test_rulings_and_notes_that_wait_have_somebody_left(self, city):
        """Whoever is left in the office sees to them, and is named."""
        send(city, bodies=[city.here.body])
        made = leave(city, city.second, by=city.lead)
        assert ("note", city.here.officer) in handed(made)
        recusals.ask(city.here.officer, unit=city.here.answering, ground="other", reason="演示", by=city.here.unit,
                     at=city.at)  # fmt: skip
        with pytest.raises(successions.SuccessorNeeded):
            leave(city, city.lead, by=city.lead)
        made = leave(
            city, city.lead, by=city.lead, successor=person("heir", "演示接任", city.centre.body, "lead", at=city.at)
        )
        assert made.handed.filter(kind="ruling").exists()

    def test_all_of_it_happens_or_none(self, city):
        """A successor who is in another team cannot take the place: the leaver stays until that is settled."""
        form(city)
        before = list(city.here.leader.posts.values())
        with pytest.raises(teams.AlreadyOut):
            leave(city, city.here.leader, successor=city.spare_leader)
        assert list(city.here.leader.posts.values()) == before
        for wrong, refusal in (
            ({"successor": city.here.leader}, successions.OwnSuccessor), ({"reason": " "}, successions.ReasonMissing),
            ({"posts": []}, successions.NoPosts), ({"by": city.there.officer}, accounts.NotFound),
            ({"last_day": city.at.date() + timedelta(days=1)}, successions.DayAhead),
        ):  # fmt: skip
            with pytest.raises(refusal):
                leave(city, city.here.leader, **({"successor": city.spare} | wrong))

    def test_another_offices_team_goes_on_without_the_one_it_was_lent(self, city):
        """That office is told."""
        made = call(city)
        calls.answer(
            made.called.get(body=city.here.body), spared=[spared(city, city.spare)], by=city.here.officer, at=city.at
        )
        calls.assign(made.offers.get(), need=made.needs.get(), by=city.lead, at=city.at)
        third = person("third", "演示乙地组长", city.there.body, "leader", at=city.at)
        team = form(city, office=city.there.body, leader=third, townships=[], by=city.there.officer)
        told = notices.unseen_count(city.there.officer)
        assert ("offer", None) in handed(leave(city, city.spare, successor=city.spare_leader))
        assert [m.person for m in campaigns.present(team)] == [third]
        assert notices.unseen_count(city.there.officer) == told + 1


class TestMergingBodies:
    def twin(self, city, of, code="twin"):
        return bodies.add_body(
            code=code, name=f"{of.name}（重复）", kind=of.kind, division=of.division, by=None, at=city.at
        )

    def test_an_order_to_a_duplicate_reaches_the_survivors_contact(self, city):
        """Whoever serves either answers for both; the order keeps the name it was written with."""
        duplicate = self.twin(city, city.here.answering)
        contact = person("twin_unit", "演示重复单位联系人", duplicate, "unit", at=city.at)
        found = rectifications.note_finding(
            city.work.open, item=city.edition.items.get(position=1), responsibility="unit", body=duplicate,
            severity="ordinary", description="演示：通道堆物。", way="by_deadline", due_at=city.at + timedelta(days=1),
            by=city.here.inspector, at=city.at,
        )  # fmt: skip
        rectifications.close_visit(city.work.open, outcome="done", by=city.here.leader, at=city.at)
        order = orders.of_finding(found)
        assert order not in orders.orders(to=standing(city, city.here.unit))
        merges.merge_bodies(duplicate, into=city.here.answering, by=city.here.officer, at=city.at)
        mine = {order, city.work.order, city.work.answered}
        for who in (city.here.unit, contact):
            assert set(orders.orders(to=standing(city, who))) == mine
        rectifications.receive(order, by=city.here.unit, at=city.at)
        assert orders.of_finding(found).body == duplicate

    def test_a_merged_offices_teams_notes_and_calls_go_on(self, city):
        """Its people go on in its team, sign its notes and answer its calls, as does whoever served the survivor."""
        duplicate = self.twin(city, city.here.body)
        officer = person("twin_officer", "演示重复机关干部", duplicate, "county", at=city.at)
        inspector = person("twin_inspector", "演示重复机关检查员", duplicate, "inspector", at=city.at)
        team = form(city, members=[inspector], joint=[duplicate])
        sent, made = send(city, bodies=[duplicate]), call(city, bodies=[duplicate])
        merges.merge_bodies(duplicate, into=city.here.body, by=city.lead, at=city.at)
        assert campaigns.goes_out_with(team, to=standing(city, inspector))
        guidance.receive(sent, by=city.here.officer, at=city.at)
        guidance.reply(sent, text="演示", by=officer, at=city.at)
        calls.answer(made.called.get(), spared=[], note="演示：都在外面", by=city.here.officer, at=city.at)
        assert sent in notes.notes(to=standing(city, city.second))
        made = leave(city, inspector)
        assert {kind for kind, _ in handed(made)} == {"post", "team"}

    def test_the_register_follows_and_the_ranks_keep_their_count(self, city):
        """Sites move to the survivor; a place in a tier is not counted twice, nor lost."""
        duplicate = self.twin(city, city.here.answering)
        Site.objects.filter(body=city.here.answering).update(body=duplicate)
        merges.merge_bodies(duplicate, into=city.here.answering, by=city.here.officer, at=city.at)
        assert not Site.objects.filter(body=duplicate).exists()
        fresh = self.twin(city, city.here.body, code="fresh")
        merges.merge_bodies(city.here.body, into=fresh, by=city.lead, at=city.at)
        fresh.refresh_from_db()
        assert (fresh.tier, fresh.parent) == (city.tiers["area"], city.centre.body)
        assert territory.formula(city.mechanism) == city.plan.formula
        assert campaigns.goes_out_with(city.work.team, to=standing(city, city.here.inspector))

    def test_nothing_ends_up_above_itself(self, city):
        """Also where what stood beneath the duplicate survives."""
        line = [self.twin(city, city.here.answering, code=f"line{n}") for n in range(3)]
        for above, below in pairwise(line):
            type(below).objects.filter(pk=below.pk).update(parent=above)
        merges.merge_bodies(line[0], into=line[2], by=city.here.officer, at=city.at)
        now = {body.pk: body.parent_id for body in type(line[0]).objects.filter(code__startswith="line")}
        assert now["line2"] is None and now["line1"] == "line2"

    def test_what_is_not_alike_is_not_merged(self, city):
        given = {"by": city.here.officer, "at": city.at}
        with pytest.raises(merges.NotAlike):
            merges.merge_bodies(city.here.answering, into=city.here.body, **given)
        with pytest.raises(merges.NotAlike):  # a township's supervisors do not become the county's by a merge
            merges.merge_bodies(city.township_body, into=city.here.body, **given)
        with pytest.raises(merges.SameThing):
            merges.merge_bodies(city.here.answering, into=city.here.answering, **given)
        duplicate = self.twin(city, city.here.answering)
        merges.merge_bodies(duplicate, into=city.here.answering, **given)
        with pytest.raises(merges.AlreadyMerged):
            merges.merge_bodies(duplicate, into=city.there.answering, **given)


class TestMergingSites:
    def test_earlier_findings_of_a_merged_site_count_as_earlier(self, city):
        """What was found under the one number is the other's past: a recurrence may name it."""
        old = city.work.closed.site
        new = Site.objects.create(code="new", name="演示同一店", type=old.type, division=old.division, body=old.body)
        round = drawn_round(city.campaign, city.work.team, city.here, departs_at=city.at, at=city.at)
        outing = outings.depart(round.lists.get(), by=city.here.leader, at=city.at)
        visit = outings.begin_visit(outing, site=new, mode="overt", by=city.here.inspector, at=city.at)
        assert not findings.earlier_at(visit).exists()
        merges.merge_sites(old, into=new, by=city.here.officer, at=city.at)
        visit.refresh_from_db()
        assert city.work.by_deadline in findings.earlier_at(visit)
        again = note(visit, city.edition, city.here, way="on_spot", at=city.at, recurrence_of=city.work.by_deadline)
        assert city.work.by_deadline in findings.earlier_alike(again)

    def test_a_frozen_frame_still_verifies_and_the_duplicate_is_never_drawn_again(self, city):
        """The frame was hashed with both; anyone can replay the round, and the list opens with what was drawn."""
        one, two = [site for site in city.here.sites if site.division == city.here.townships[0]][:2]
        Site.objects.filter(pk=two.pk).update(type=one.type)
        given = {"office": city.here.body, "by": city.second, "teams": [city.work.team], "at": city.at}
        round = held(city.campaign, departs_at=city.at, **given)
        frame, size = draw_queries.candidates(round), round.n
        two.refresh_from_db()
        merges.merge_sites(two, into=one, by=city.here.officer, at=city.at)
        assert draw_queries.candidates(round) == frame
        assert lots.frame_hash(draw_queries.candidates(round)) == round.frame_hash
        outing = outings.depart(round.lists.get(), by=city.here.leader, at=city.at)
        assert outing.stops.filter(site=two).exists()
        lots.verify(draws.reveal(round, by=city.second, at=city.at), published={"frame_hash": round.frame_hash})
        later = begun(city.campaign, office=city.here.body, by=city.second, at=city.at)
        plan = planned(teams=[city.work.team], departs_at=city.at, n=1)
        assert draws.freeze(later, plan=plan, by=city.second, at=city.at) == size - 1
