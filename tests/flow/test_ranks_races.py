"""Two at once among the ranks: nobody in two places, no list opened past a tie, one answer, one survivor of a merge."""

from datetime import timedelta

import pytest

from mingcha.flow.campaigns import queries as campaigns
from mingcha.flow.campaigns.actions import calls, teams
from mingcha.flow.campaigns.models import Member, Offer
from mingcha.flow.draws import actions as draws
from mingcha.flow.draws import queries as draw_queries
from mingcha.flow.fieldwork.actions import outings
from mingcha.flow.guidance import actions as guidance
from mingcha.flow.guidance.models import Note, Recipient
from mingcha.ground.accounts.actions import recusals
from mingcha.ground.accounts.models import Recusal
from mingcha.ground.audit import queries as audit
from mingcha.ground.territory.actions import merges
from mingcha.ground.territory.models import Body
from tests.at_once import at_once, refusals
from tests.flow.test_races import again
from tests.lots_held import DICE, begun, planned, witness
from tests.ranks import muster
from tests.world import drawn_round, open_campaign, person


@pytest.fixture
def ranked(live_world):
    live_world.ranks = muster(live_world)
    return live_world


def form(w, name, leader, members, campaign=None):
    return teams.form_team(
        campaign or w.campaign, office=w.minxian.office.body, name=name, leader=leader, members=members, townships=[],
        by=w.county, at=w.at,
    )  # fmt: skip


def test_two_officers_put_the_same_person_into_two_teams(ranked):
    w, office = ranked, ranked.minxian.office.body
    leaders = [w.ranks.spare_leader, person("third_leader", "演示三组组长", office, "leader", at=w.at)]
    outcomes = at_once(*[
        lambda leader=leader: form(w, f"演示{leader.username}", leader, [w.ranks.spare]) for leader in leaders
    ])  # fmt: skip
    assert refusals(outcomes) == [teams.AlreadyOut]
    assert Member.objects.get(person=w.ranks.spare, until=None).team in outcomes
    assert Member.objects.filter(person__in=leaders, until=None).count() == 1  # the refused team is not half there


def test_two_campaigns_reach_for_the_same_people_the_other_way_round(ranked):
    """One has them, the other is told: they do not block each other."""
    w, office = ranked, ranked.minxian.office
    other = open_campaign("演示second", w.city.office, [office], w.edition, at=w.at)
    crowd = [person(f"crowd{n}", "演示检查员", office.body, "inspector", at=w.at) for n in range(6)]
    leaders = [w.ranks.spare_leader, person("third_leader", "演示三组组长", office.body, "leader", at=w.at)]
    outcomes = at_once(
        lambda: form(w, "演示甲组", leaders[0], crowd),
        lambda: form(w, "演示乙组", leaders[1], crowd[::-1], campaign=other),
    )
    assert refusals(outcomes) == [teams.AlreadyOut]
    assert Member.objects.filter(person__in=crowd, until=None).count() == len(crowd)


def test_two_officers_make_two_leaders_of_one_team(ranked):
    w, team = ranked, ranked.minxian.team
    third = person("third_leader", "演示三组组长", w.minxian.office.body, "leader", at=w.at)
    outcomes = at_once(*[
        lambda leader=leader: outings.join_team(again(team), person=leader, duty="leader", by=w.county, at=w.at)
        for leader in (w.ranks.spare_leader, third)
    ])  # fmt: skip
    assert refusals(outcomes) == []
    assert [m.duty for m in campaigns.present(team)].count("leader") == 1


def announced(w, team, *, n, departs_at):
    """Return a round of 岷县 whose dice were read once: the second reading draws."""
    round = begun(w.campaign, office=w.minxian.office.body, by=w.county, at=w.at)
    draws.freeze(round, plan=planned(teams=[again(team)], departs_at=departs_at, n=n), by=w.county, at=w.at)
    for by in (w.county, witness()):
        draws.deposit(round, by=by, at=w.at)
    draws.announce(round, value=DICE, by=w.county, at=w.at)
    return round


def test_whoever_joins_while_the_lot_is_drawn_is_held_against_the_list_or_barred_by_it(ranked):
    """Either they were there when the lists were shared out, or the list was there when they came."""
    w, office = ranked, ranked.minxian.office
    team = form(w, "演示新组", w.ranks.spare_leader, [])
    round = announced(w, team, n=len(office.sites), departs_at=w.at + timedelta(hours=1))
    outcomes = at_once(
        lambda: draws.agree(again(round), value=DICE, by=witness(), at=w.at),
        lambda: outings.join_team(again(team), person=w.ranks.spare, by=w.county, at=w.at),
    )
    assert refusals(outcomes) in ([], [outings.CannotJoin])
    sealed = round.lists.get()
    here = [member.person for member in campaigns.present(team)]
    assert (w.ranks.spare in here) is bool(sealed.barred)
    assert draw_queries.newly_tied(sealed, here, at=w.at) is None


def test_a_list_is_opened_while_somebody_joins(ranked):
    """Neither waits for the other for ever."""
    w, mine = ranked, ranked.minxian
    free = person("free", "演示无牵连检查员", mine.office.body, "inspector", at=w.at)
    for _ in range(3):
        round = drawn_round(w.campaign, mine.team, mine.office, departs_at=w.at, at=w.at)
        outcomes = at_once(
            lambda round=round: outings.depart(round.lists.get(), by=w.leader, at=w.at),
            lambda: outings.join_team(again(mine.team), person=free, by=w.county, at=w.at),
        )
        assert refusals(outcomes) == []


def test_a_list_is_opened_while_the_next_is_drawn(ranked):
    w, mine = ranked, ranked.minxian
    for _ in range(3):
        first = drawn_round(w.campaign, mine.team, mine.office, departs_at=w.at, at=w.at)
        next_ = announced(w, again(mine.team), n=2, departs_at=w.at)
        outcomes = at_once(
            lambda first=first: outings.depart(first.lists.get(), by=w.leader, at=w.at),
            lambda next_=next_: draws.agree(next_, value=DICE, by=witness(), at=w.at),
        )
        assert refusals(outcomes) == []


def test_a_team_ends_or_is_drawn_for(ranked):
    w = ranked
    team = form(w, "演示新组", w.ranks.spare_leader, [])
    round = announced(w, team, n=2, departs_at=w.at)
    outcomes = at_once(
        lambda: outings.disband_team(again(team), by=w.county, at=w.at),
        lambda: draws.agree(round, value=DICE, by=witness(), at=w.at),
    )
    assert len(refusals(outcomes)) == 1
    assert bool(campaigns.present(team)) is round.lists.exists()


def test_a_body_replies_twice(ranked):
    w, note = ranked, ranked.ranks.note
    outcomes = at_once(*[
        lambda by=by: guidance.reply(again(note), text=f"演示：{by.name}答复", by=by, at=w.at)
        for by in (w.county, w.second)
    ])  # fmt: skip
    assert refusals(outcomes) == [guidance.AlreadyReplied]
    line = Recipient.objects.get(note=note, body=w.minxian.office.body)
    assert line.reply == f"演示：{line.replied_by.name}答复"
    assert audit.about("note", note.pk).filter(verb="guidance.reply").count() == 1


def test_notes_sent_at_once_are_numbered_without_a_gap(ranked):
    w = ranked
    given = {
        "issuer": w.city.office.body, "kind": "hint", "title": "演示", "text": "演示", "bodies": [w.minxian.office.body],
        "by": w.lead, "at": w.at,
    }  # fmt: skip
    assert refusals(at_once(*[lambda: guidance.send(w.campaign, **given)] * 4)) == []
    numbers = Note.objects.filter(issuer=w.city.office.body, kind="hint").values_list("number", flat=True)
    assert sorted(numbers) == [1, 2, 3, 4, 5]


def test_one_person_is_offered_to_one_call_once(ranked):
    w, r = ranked, ranked.ranks
    spared = [calls.Spared(r.spare_leader, w.at.date(), w.at.date())]
    hands = (w.county, w.second)
    outcomes = at_once(*[lambda by=by: calls.answer(again(r.called), spared=spared, by=by, at=w.at) for by in hands])
    assert refusals(outcomes) == [calls.AlreadyOffered]
    assert Offer.objects.filter(call=r.call, person=r.spare_leader).count() == 1


def test_one_person_is_offered_to_two_calls_and_goes_to_one_place(ranked):
    """Both offers stand, for the lead to weigh; a team takes the person once."""
    w, r, day = ranked, ranked.ranks, ranked.at.date()
    second = calls.call(
        w.campaign, reason="演示", needs=[calls.Wanted(w.zhangxian.office.body.division, 1)], from_day=day, to_day=day,
        reply_by=w.at + timedelta(hours=1), bodies=[w.minxian.office.body], by=w.lead, at=w.at,
    )  # fmt: skip
    spared = [calls.Spared(r.spare_leader, day, day)]
    asked = (r.called, second.called.get())
    outcomes = at_once(
        *[lambda each=each: calls.answer(again(each), spared=spared, by=w.county, at=w.at) for each in asked]
    )
    assert refusals(outcomes) == []
    offers = list(Offer.objects.filter(person=r.spare_leader))
    outcomes = at_once(*[
        lambda offer=offer: calls.assign(again(offer), need=offer.call.needs.get(), by=w.lead, at=w.at)
        for offer in offers
    ])  # fmt: skip
    assert refusals(outcomes) == []
    told = campaigns.cautions([r.spare_leader], from_day=day, to_day=day, division="621125")
    assert [caution.facts for caution in told[r.spare_leader.pk]] == [{"place": "漳县"}]


def test_one_offer_is_assigned_while_it_is_withdrawn(ranked):
    w, r = ranked, ranked.ranks
    outcomes = at_once(
        lambda: calls.assign(again(r.offer), need=r.need, by=w.lead, at=w.at),
        lambda: calls.withdraw(again(r.offer), reason="演示", by=w.county, at=w.at),
    )
    assert refusals(outcomes) == [calls.OfferMoved]


def test_two_judges_rule_on_one_request(ranked):
    w, asked = ranked, ranked.ranks.asked
    other = person("second_lead", "演示另一名牵头干部", w.city.office.body, "lead", at=w.at)
    outcomes = at_once(
        lambda: recusals.rule(again(asked), granted=True, ruling="演示：应当回避", by=w.lead, at=w.at),
        lambda: recusals.rule(again(asked), granted=False, ruling="演示：不予回避", by=other, at=w.at),
    )
    assert refusals(outcomes) == [recusals.RulingMoved]
    ruled = Recusal.objects.get(pk=asked.pk)
    assert (ruled.state == "standing") is (ruled.ruled_by == w.lead)


def test_two_bodies_are_merged_each_into_the_other(ranked):
    w, units = ranked, (ranked.minxian.office.answering, ranked.beside.office.answering)
    outcomes = at_once(
        lambda: merges.merge_bodies(units[0], into=units[1], by=w.county, at=w.at),
        lambda: merges.merge_bodies(units[1], into=units[0], by=w.county, at=w.at),
    )
    assert refusals(outcomes) == [merges.AlreadyMerged]
    assert Body.objects.filter(pk__in=[unit.pk for unit in units]).exclude(merged_into=None).count() == 1


def test_two_sites_are_merged_each_into_the_other(ranked):
    w = ranked
    one, two = w.minxian.office.sites[0], w.minxian.office.sites[1]
    type(two).objects.filter(pk=two.pk).update(type=one.type)
    outcomes = at_once(
        lambda: merges.merge_sites(one, into=two, by=w.county, at=w.at),
        lambda: merges.merge_sites(two, into=one, by=w.county, at=w.at),
    )
    assert refusals(outcomes) == [merges.AlreadyMerged]
    assert [again(one).active, again(two).active].count(True) == 1
