"""What keeps a person away: each kind of tie by its own rule, its dates, and what it reaches."""

from datetime import timedelta

import pytest

from mingcha.ground.accounts import queries, ties
from mingcha.ground.accounts.actions import links, posts, recusals
from mingcha.ground.territory.actions import bodies, merges, ranks
from mingcha.ground.territory.models import Body
from tests.ranks import TIERS
from tests.world import person

KINDS = ties.TieKind


@pytest.fixture
def ranked(ranks, world):
    return world


@pytest.fixture
def somebody(world):
    return person("somebody", "演示某人", world.minxian.office.body, "inspector", at=world.at)


def day(world, days=0):
    return world.at.date() + timedelta(days=days)


def kinds(world, who, subject, later=0):
    found = ties.ties([who.pk], at=world.at + timedelta(days=later))
    return {tie.kind for tie in found.of(who.pk) if tie.holds(subject)}


def restaurant(world):
    return ties.subject_of(next(site for site in world.minxian.office.sites if site.type.name == "饭店"))


def appoint(world, who, body, role="unit", since=-2000, until=None):
    posts.appoint(who, body=body, role=role, since=day(world, since), until=until, by=None, at=world.at)


def test_who_serves_no_unit_is_tied_to_none(world, somebody):
    assert ties.ties([somebody.pk], at=world.at).of(somebody.pk) == []
    assert ties.ties([], at=world.at).between(somebody.pk, restaurant(world)) is None


def test_ones_own_unit_and_what_stands_beneath_it_but_not_what_stands_above(world, somebody):
    unit, where = world.minxian.office.answering, {"division": world.minxian.office.townships[0], "at": world.at}
    above, below = (
        bodies.add_body(code=code, name=f"演示{code}", kind="department", by=None, **where)
        for code in ("above", "below")
    )
    ranks.place(unit, tier=None, host=None, parent=above, by=None, at=world.at)
    ranks.place(below, tier=None, host=None, parent=unit, by=None, at=world.at)
    appoint(world, somebody, unit)
    assert [kinds(world, somebody, ties.Subject(code)) for code in (unit.pk, "below", "above")] == [
        {KINDS.OWN_UNIT}, {KINDS.OWN_UNIT}, set()
    ]  # fmt: skip


@pytest.mark.parametrize("ago,held", [(0, True), (3 * 366, True), (3 * 366 + 1, False)])
def test_a_former_post_binds_for_three_years_where_nothing_else_is_set(world, somebody, ago, held):
    appoint(world, somebody, world.minxian.office.answering, until=day(world, -ago))
    assert bool(kinds(world, somebody, restaurant(world))) is held
    wanted = {KINDS.OWN_UNIT} if ago == 0 else {KINDS.FORMER_POST} if held else set()
    assert kinds(world, somebody, restaurant(world)) == wanted


def test_a_post_ended_late_on_record_is_a_former_one_from_that_day_of_the_office(world, somebody):
    """Put on record at one in the morning of the 30th, which in London is still the 29th."""
    appoint(world, somebody, world.minxian.office.answering)
    post = somebody.posts.get(role="unit")
    posts.end(post, last_day=day(world, -3), by=None, at=world.at.replace(hour=1) + timedelta(days=3))
    post.refresh_from_db()
    assert (post.relieved_at.day, post.ended_on) == (29, day(world, 3))


def test_the_years_are_those_of_the_mechanism_of_the_place(ranked, somebody):
    appoint(ranked, somebody, ranked.minxian.office.answering, until=day(ranked, -400))
    assert kinds(ranked, somebody, restaurant(ranked)) == {KINDS.FORMER_POST}
    ranks.set_up(ranked.ranks.mechanism.division, name="演示", ranks=TIERS, former_post_years=1, by=None, at=ranked.at)
    assert kinds(ranked, somebody, restaurant(ranked)) == set()


def test_a_post_that_has_not_begun_binds_nobody_yet(world, somebody):
    appoint(world, somebody, world.minxian.office.answering, since=1)
    assert kinds(world, somebody, restaurant(world)) == set()
    assert kinds(world, somebody, restaurant(world), later=1) == {KINDS.OWN_UNIT}


def test_a_former_post_in_a_supervising_office_binds_nobody(world, somebody):
    appoint(world, somebody, world.zhangxian.office.body, role="county", until=day(world, -9))
    assert ties.ties([somebody.pk], at=world.at).of(somebody.pk) == []


def test_a_group_is_tied_to_its_host_with_its_line_for_as_long_as_it_sits_there(ranked):
    host, group = ranked.ranks.department, ranked.ranks.group
    school = bodies.add_body(
        code="school", name="演示医院", kind="institution", division=host.division, parent=host, by=None, at=ranked.at
    )
    assert kinds(ranked, group, ties.Subject(school.pk)) == {KINDS.HOST}
    group.posts.update(until=day(ranked, 3))
    assert kinds(ranked, group, ties.Subject(school.pk), later=4) == set()


@pytest.mark.parametrize("who,inside,outside", [
    ("township", "621126100201", "621126101"), ("village", "621126100201", "621126100"),
])  # fmt: skip
def test_local_supervisors_are_tied_to_their_own_place(ranked, who, inside, outside):
    found = getattr(ranked.ranks, who)
    assert KINDS.OWN_UNIT in kinds(ranked, found, ties.Subject("", inside))
    assert KINDS.OWN_UNIT not in kinds(ranked, found, ties.Subject("", outside))


def test_a_link_binds_from_its_first_to_its_last_day(world, somebody):
    given = {"kind": "sponsor", "body": world.minxian.office.answering, "by": None, "at": world.at}
    links.link(world.minxian.office.body, **given, since=day(world, 1), until=day(world, 2))
    held = [kinds(world, somebody, restaurant(world), later=days) for days in range(4)]
    assert held == [set(), {KINDS.LINK}, {KINDS.LINK}, set()]


def test_a_link_of_a_person_binds_that_person_also_after_they_left_the_holder(world, somebody):
    links.link(
        world.minxian.office.body, person=somebody, kind="liaison", division=world.minxian.office.townships[0],
        since=day(world), by=None, at=world.at,
    )  # fmt: skip
    somebody.posts.update(until=day(world))
    assert kinds(world, somebody, ties.Subject("", "621126100201"), later=5) == {KINDS.LINK}
    assert kinds(world, world.inspector, ties.Subject("", "621126100201")) == set()


def test_a_recusal_holds_while_it_stands_and_not_while_it_is_asked_refused_or_lifted(ranked):
    second, unit = ranked.second, restaurant(ranked)
    assert kinds(ranked, second, unit) == set()  # asked
    recusals.rule(ranked.ranks.asked, granted=False, ruling="演示", by=ranked.lead, at=ranked.at)
    assert kinds(ranked, second, unit) == set()
    assert kinds(ranked, ranked.ranks.spare, unit) == {KINDS.RECUSAL}
    recusals.lift(ranked.ranks.recusal, reason="演示", by=ranked.county, at=ranked.at)
    assert kinds(ranked, ranked.ranks.spare, unit) == set()


def test_a_tie_to_a_body_reaches_what_it_was_merged_with_in_either_direction(world, somebody):
    office, place = world.minxian.office, {"division": world.minxian.office.townships[0], "at": world.at}
    twins = [bodies.add_body(code=f"twin{n}", name="演示", kind="enterprise", by=None, **place) for n in range(2)]
    appoint(world, somebody, twins[0])
    merges.merge_bodies(twins[0], into=twins[1], by=None, at=world.at)
    merges.merge_bodies(twins[1], into=office.answering, by=None, at=world.at)
    for code in ("twin0", "twin1", office.answering.pk):
        assert kinds(world, somebody, ties.Subject(code)) == {KINDS.OWN_UNIT}


def test_whoever_served_a_merged_group_or_office_is_bound_as_its_survivors_people(ranked, somebody):
    r, place = ranked.ranks, {"division": ranked.ranks.group_body.division, "by": None, "at": ranked.at}
    twin = bodies.add_body(code="twin", name="演示重复组", kind="resident_group", **place)
    office = bodies.add_body(code="twin-office", name="演示重复机关", kind="office", **place)
    appoint(ranked, somebody, twin, role="group")
    links.link(office, kind="liaison", site=r.department_site, since=day(ranked), by=None, at=ranked.at)
    merges.merge_bodies(twin, into=r.group_body, by=None, at=ranked.at)
    merges.merge_bodies(office, into=ranked.minxian.office.body, by=None, at=ranked.at)
    assert kinds(ranked, somebody, ties.subject_of(r.department_site)) == {KINDS.HOST, KINDS.LINK}
    assert Body.objects.get(pk="twin").host is None


def test_only_some_kinds_are_asked_where_only_some_count(ranked):
    found = ties.ties([ranked.ranks.group.pk], at=ranked.at)
    subject = ties.subject_of(ranked.ranks.department_site)
    assert found.between(ranked.ranks.group.pk, subject).kind == KINDS.HOST
    assert found.between(ranked.ranks.group.pk, subject, kinds=ties.PERSONAL) is None
    assert found.any_between([ranked.lead.pk, ranked.ranks.group.pk], subject).person == ranked.ranks.group.pk


def test_the_reason_names_what_the_tie_is_and_to_what(ranked):
    (tie,) = ties.ties([ranked.ranks.spare.pk], at=ranked.at).of(ranked.ranks.spare.pk)
    assert (tie.label, tie.name) == ("申明回避", ranked.minxian.office.answering.name)


def test_home_is_the_supervising_body_a_person_serves_and_its_survivor(ranked, somebody):
    office = ranked.minxian.office
    appoint(ranked, ranked.unit, office.body, role="inspector")
    assert queries.home_of(ranked.unit, at=ranked.at) == office.body
    twin = bodies.add_body(
        code="twin", name="演示", kind="office", division=office.body.division, by=None, at=ranked.at
    )
    late = person("late", "演示", twin, "county", at=ranked.at)
    merges.merge_bodies(twin, into=office.body, by=None, at=ranked.at)
    assert queries.home_of(late, at=ranked.at) == office.body
    assert queries.office_above(late, at=ranked.at) == ranked.city.office.body
    somebody.posts.update(until=day(ranked, -1))
    assert queries.home_of(somebody, at=ranked.at + timedelta(days=1)) is None


def test_a_crowd_is_read_as_quickly_as_one(ranked, django_assert_max_num_queries):
    """Asked at every act: what ties many people of one unit is looked up once."""
    crowd = [
        person(f"crowd{n}", "演示派驻干部", ranked.ranks.group_body, "group", at=ranked.at).pk for n in range(8)
    ]  # fmt: skip
    with django_assert_max_num_queries(5):
        found = ties.ties(crowd, at=ranked.at)
    assert all(found.of(pk)[0].kind is KINDS.HOST for pk in crowd)
    assert {tie.name for pk in crowd for tie in found.of(pk)} == {ranked.ranks.department.name}
