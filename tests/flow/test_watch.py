"""The watch over an office's rounds: what people changed is counted, what was sent along is told to its sender alone."""

import random
from datetime import timedelta
from fractions import Fraction

import pytest

from mingcha.flow.draws import queries as draws
from mingcha.flow.draws.models import DirectedVisit, Round, SealedList
from mingcha.flow.draws.states import DirectedState, ListState, State
from mingcha.flow.fieldwork.models import HandOver, Visit
from mingcha.flow.reports.queries import watch
from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts.queries import NotFound
from mingcha.ground.territory.models import Body
from mingcha.kernel.lots import watching
from tests.lots_held import witness
from tests.visited import more_sites, revealed

FIFTH = Fraction(1, 5)


@pytest.fixture
def rounds(world):
    """Five honest rounds of eight out of forty sites, revealed one after the other."""
    codes, luck = more_sites(world.minxian, 40), random.Random(7)
    held = []
    for number in range(5):
        one = revealed(world.minxian, world.campaign, frame=dict.fromkeys(codes, FIFTH), drawn=luck.sample(codes, 8))
        Round.objects.filter(pk=one.pk).update(
            revealed_at=one.revealed_at + timedelta(hours=number), day=(one.revealed_at + timedelta(days=number)).date()
        )
        held.append(one)
    return held


def seen(world, pk, who=None):
    return watch.report(pk, to=accounts.standing(who or world.county, at=world.at))


def test_an_offices_rounds_are_watched_up_to_the_one_asked_for(world, rounds):
    third, last = seen(world, rounds[2].pk), seen(world, rounds[4].pk)
    assert [one.name for one in last.watched.openings] == [str(one.number) for one in rounds]
    assert len(third.watched.openings) == 3 and not third.watched.enough and last.watched.enough
    assert last.watched.signs == () and last.watched.openings[-1].entropy == pytest.approx(1)


def test_what_people_changed_is_counted_with_the_round(world, rounds):
    last = rounds[-1]
    drawn = last.bundle["drawn"]
    spare = next(code for code in (f"m{i:03}" for i in range(40)) if code not in drawn)
    visits = Visit.objects.filter(inspection__list__round=last)
    outing = visits.first().inspection
    sites = {visit.site.code: visit.site for visit in visits}
    visits.filter(site__code=drawn[0]).update(site=rounds[0].frame.get(site__code=spare).site)
    visits.filter(site__code__in=drawn[1:3]).delete()
    sealed = outing.list
    sealed.replacements.create(
        round=last, out=sites[drawn[0]], into=rounds[0].frame.get(site__code=spare).site, reason="演示", made_at=world.at,
        made_by=world.leader,
    )  # fmt: skip
    stop = outing.stops.create(site=sites[drawn[4]], position=1)
    HandOver.objects.create(
        stop=stop, giver=outing, taker=world.minxian.inspection, reason="演示", made_at=world.at, made_by=world.county
    )
    Round.objects.filter(pk=rounds[3].pk).update(state=State.VOID, void_reason="演示", bundle=None)
    opening = seen(world, last.pk).watched.openings[-1]
    assert opening.overrides == watching.Overrides(replaced=1, handed_over=1, unvisited=2, redrawn=1)
    assert (opening.changed, opening.named) == (4, 8) and opening.kept == pytest.approx(0.5)
    signs = {sign.code for sign in seen(world, last.pk).watched.signs}
    assert signs == {watching.OVERRIDDEN, watching.REDRAWN}


def test_a_draw_left_to_lapse_counts_as_another_try_and_hides_none(world, rounds):
    """Neither a round drawn and never opened nor one only begun takes away what was made void before it."""
    void, lapsed, begun, last = (Round.objects.filter(pk=one.pk) for one in rounds[1:])
    void.update(state=State.VOID, void_reason="演示", bundle=None)
    SealedList.objects.filter(round=lapsed.get()).update(state=ListState.SEALED)
    lapsed.update(state=State.DRAWN, day=world.at.date() - timedelta(days=9), bundle=None)
    begun.update(state=State.BEGUN, drawn_at=None, bundle=None)
    assert seen(world, last.get().pk).watched.openings[-1].overrides.redrawn == 2
    SealedList.objects.filter(round=lapsed.get()).update(state=ListState.OPENED)
    assert seen(world, last.get().pk).watched.openings[-1].overrides.redrawn == 1


def test_a_visit_nobody_drew_is_named(world, rounds):
    last = rounds[-1]
    stranger = next(frozen.site for frozen in last.frame.all() if frozen.site.code not in last.bundle["drawn"])
    Visit.objects.filter(inspection__list__round=last).last().delete()
    visit = Visit.objects.filter(inspection__list__round=last).last()
    visit.pk, visit.site = None, stranger
    visit.save(force_insert=True)
    report = seen(world, last.pk)
    (sign,) = report.watched.signs
    assert (sign.code, report.sites) == (watching.UNNAMED, {stranger.code: stranger.name})
    Visit.objects.filter(pk=visit.pk).update(extra=True, drawn=False)
    assert seen(world, last.pk).watched.signs == (), "what a team met on its own is no drawn visit"


def test_only_who_sends_visits_along_learns_how_many(world, rounds):
    last = rounds[-1]
    DirectedVisit.objects.create(
        office=world.city.office.body, carrier=last.office, campaign=last.campaign, box=b"", round=last,
        state=DirectedState.CARRIED, made_at=world.at, made_by=world.lead,
    )  # fmt: skip
    assert seen(world, last.pk, world.lead).directed == 1
    assert seen(world, last.pk).directed is None


def test_the_next_county_a_witness_and_a_round_not_yet_revealed_find_nothing(world, rounds):
    last = rounds[-1]
    last.parties.create(body=Body.objects.get(pk="62-witness"))
    assert draws.round_(last.pk, to=accounts.standing(witness(), at=world.at)) == last, "it sees the round itself"
    for who, pk in (
        (world.neighbour, last.pk), (world.county, world.minxian.round.pk), (world.inspector, last.pk),
        (witness(), last.pk), (world.county, 0),
    ):  # fmt: skip
        with pytest.raises(NotFound):
            seen(world, pk, who)
