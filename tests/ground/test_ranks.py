"""Tiers, families and lines of bodies, posts and links: what is refused, and what may be read."""

from datetime import timedelta

import pytest

from mingcha.ground.accounts import queries
from mingcha.ground.accounts.actions import links, posts, recusals
from mingcha.ground.accounts.permissions import Permission
from mingcha.ground.territory import queries as territory
from mingcha.ground.territory.actions import bodies, merges, ranks
from mingcha.ground.territory.models import Body, Site
from tests.ranks import TIERS


@pytest.fixture
def ranked(ranks, world):
    return world


def add(world, code, kind="enterprise", **more):
    place = world.minxian.office.townships[0]
    return bodies.add_body(code=code, name=f"演示{code}", kind=kind, division=place, by=None, at=world.at, **more)


def day(world, days=0):
    return world.at.date() + timedelta(days=days)


class TestTiers:
    @pytest.mark.parametrize("tiers,formula", [
        (TIERS, "1+2+X"), (TIERS[:2], "1+2"), ((*TIERS[:2], *TIERS[3:]), "1+2"), (TIERS[:1], "1"),
        ((*TIERS[:3], ranks.Rank("专项组", "group", open_ended=True)), "1+2+X"),
        ((*TIERS[:2], ranks.Rank("片区", "area"), TIERS[2]), "1+2+X"),
        ((TIERS[0], ranks.Rank("派驻机构", "group"), TIERS[1]), "1+2"),
    ])  # fmt: skip
    def test_the_formula_counts_what_stands_in_closed_tiers(self, world, tiers, formula):
        """Neighbouring open tiers share an X; an empty closed one is left out; townships stand below it."""
        city = world.city.office.body.division
        mechanism = ranks.set_up(city, name="演示", ranks=tiers, by=None, at=world.at)
        tier = {each.name: each for each in mechanism.tiers.all()}
        for work, name in ((world.city, "牵头机关"), (world.minxian, "县区机关"), (world.zhangxian, "县区机关")):
            if name in tier:
                ranks.place(work.office.body, tier=tier[name], host=None, parent=None, by=None, at=world.at)
        assert territory.formula(mechanism) == formula

    def test_limits_are_the_citys_or_the_usual_ones(self, ranked):
        usual = territory.limits("620502100")
        assert (usual.former_post_years, usual.rest_hours, usual.longest_run_days) == (3, 10, 7)
        assert territory.mechanism("6205") is None
        assert territory.limits("621126100201") == ranked.ranks.mechanism

    def test_a_body_stands_neither_in_nor_beneath_itself(self, ranked):
        one, two = add(ranked, "one"), add(ranked, "two")
        given = {"tier": None, "by": None, "at": ranked.at}
        ranks.place(two, host=None, parent=one, **given)
        for wrong in ({"host": one, "parent": None}, {"host": None, "parent": one}, {"host": None, "parent": two}):
            with pytest.raises(ranks.UnderItself):
                ranks.place(one, **wrong, **given)


class TestFamilies:
    def test_a_family_leads_from_any_of_its_codes_to_the_survivor(self, world):
        made = [add(world, f"b{n}") for n in range(4)]
        merges.merge_bodies(made[0], into=made[1], by=None, at=world.at)
        merges.merge_bodies(made[1], into=made[2], by=None, at=world.at)
        for code in ("b0", "b1", "b2"):
            assert territory.family([code]) == {"b0": "b2", "b1": "b2", "b2": "b2"}
        assert territory.family(["b3"]) == {"b3": "b3"}
        assert territory.family(["b0", "b3"]).keys() == {"b0", "b1", "b2", "b3"}
        assert territory.family([]) == {}

    def test_a_line_runs_downwards_through_duplicates_and_never_in_circles(self, world):
        made = {code: add(world, code) for code in ("top", "mid", "low", "twin", "aside")}
        for below, above in (("mid", "top"), ("low", "mid"), ("aside", "twin")):
            ranks.place(made[below], tier=None, host=None, parent=made[above], by=None, at=world.at)
        merges.merge_bodies(made["twin"], into=made["mid"], by=None, at=world.at)
        assert territory.line_of("top") == {"top", "mid", "low", "twin", "aside"}
        assert territory.line_of("twin") == territory.line_of("mid") == {"mid", "low", "twin", "aside"}
        assert territory.line_of("low") == {"low"}
        Body.objects.filter(pk="top").update(parent="low")  # however it came to be
        assert territory.line_of("low") == territory.line_of("top")

    def test_one_place_under_several_numbers(self, world):
        one, two, three = world.minxian.office.sites[:3]
        Site.objects.update(type=one.type)
        for each in (one, two, three):
            each.refresh_from_db()
        merges.merge_sites(one, into=two, by=None, at=world.at)
        merges.merge_sites(two, into=three, by=None, at=world.at)
        for each in (one, two, three):
            each.refresh_from_db()
            assert sorted(territory.site_family(each)) == [one.pk, two.pk, three.pk]
        assert [each.active for each in (one, two, three)] == [False, False, True]

    def test_sites_of_two_kinds_are_not_one_place(self, world):
        with pytest.raises(merges.NotAlike):
            merges.merge_sites(
                *world.minxian.office.sites[:1], into=world.minxian.office.sites[1], by=None, at=world.at
            )

    def test_a_survivor_keeps_its_own_place_and_takes_the_duplicates_where_it_has_none(self, ranked):
        r = ranked.ranks
        twin = bodies.add_body(code="twin", name="演示", kind="resident_group", division=r.group_body.division, by=None,
                               at=ranked.at)  # fmt: skip
        merges.merge_bodies(r.group_body, into=twin, by=None, at=ranked.at)
        twin.refresh_from_db()
        assert (twin.host, twin.tier.kind, twin.parent) == (r.department, "group", ranked.city.office.body)
        assert queries.standing(r.group, at=ranked.at).hosts(Permission.ORDER_SEE) == (r.department.pk,)


class TestServing:
    def test_who_serves_a_body_serves_all_it_was_merged_with(self, world):
        twin = add(world, "twin", kind="office")
        merges.merge_bodies(twin, into=world.minxian.office.body, by=None, at=world.at)
        found = queries.standing(world.county, at=world.at)
        assert found.serves(Permission.GUIDANCE_SEE) == (world.minxian.office.body.pk, "twin")
        assert found.serves(Permission.ORDER_ANSWER) == ()
        merges.merge_bodies(world.minxian.office.body, into=add(world, "heir", kind="office"), by=None, at=world.at)
        found = queries.standing(world.county, at=world.at)
        assert found.serves(Permission.GUIDANCE_SEE) == ("heir", world.minxian.office.body.pk, "twin")
        assert found.main.body == "heir"

    def test_several_posts_add_up_each_with_its_own_rights(self, ranked):
        """A leader of a group who also records for it; deputies and acting posts allow the same."""
        found = queries.standing(ranked.ranks.group_leader, at=ranked.at)
        assert found.can(Permission.EMBEDDED_KEEP) and found.can(Permission.VISIT_MAKE)
        posts.appoint(
            ranked.ranks.spare, body=ranked.minxian.office.body, role="county", capacity="acting", since=day(ranked),
            until=day(ranked, 5), by=ranked.county, at=ranked.at,
        )  # fmt: skip
        assert queries.standing(ranked.ranks.spare, at=ranked.at).can(Permission.TEAM_FORM)
        late = ranked.at + timedelta(days=6)
        assert not queries.standing(ranked.ranks.spare, at=late).can(Permission.TEAM_FORM)

    @pytest.mark.parametrize("change,refusal", [
        ({"capacity": "acting"}, posts.ActingWithoutEnd),
        ({"until": -1}, posts.DatesOutOfOrder),
        ({"role": "lead"}, posts.RoleTooHigh),
        ({"body": "zhangxian"}, queries.NotFound),
        ({"by": "inspector"}, queries.NotAllowed),
    ])  # fmt: skip
    def test_a_post_that_cannot_be_given_is_refused(self, ranked, change, refusal):
        given = {
            "body": ranked.minxian.office.body, "role": "inspector", "since": day(ranked), "by": ranked.county,
            "at": ranked.at,
        }  # fmt: skip
        if "body" in change:
            change = {"body": ranked.zhangxian.office.body}
        if "by" in change:
            change = {"by": ranked.inspector}
        if "until" in change:
            change = {"until": day(ranked, change["until"])}
        with pytest.raises(refusal):
            posts.appoint(ranked.ranks.spare_leader, **(given | change))

    def test_a_post_is_given_once_and_ended_once(self, ranked):
        who, given = ranked.ranks.spare_leader, {"since": day(ranked), "by": ranked.county, "at": ranked.at}
        post = posts.appoint(who, body=ranked.minxian.office.body, role="inspector", **given)
        with pytest.raises(posts.PostTwice):
            posts.appoint(who, body=ranked.minxian.office.body, role="inspector", **given)
        posts.end(post, last_day=day(ranked), by=ranked.county, at=ranked.at)
        with pytest.raises(posts.PostEnded):
            posts.end(post, last_day=day(ranked), by=ranked.county, at=ranked.at + timedelta(days=1))


class TestLinks:
    def given(self, world, **changes):
        return {
            "kind": "liaison", "division": world.minxian.office.townships[0], "since": day(world), "by": world.county,
            "at": world.at,
        } | changes  # fmt: skip

    def test_a_link_names_one_thing_and_somebody_of_its_holder(self, ranked):
        office, unit = ranked.minxian.office.body, ranked.minxian.office.answering
        for wrong, refusal in (
            ({"body": unit}, links.NoTarget), ({"division": None}, links.NoTarget),
            ({"person": ranked.neighbour}, links.NotOfTheHolder), ({"by": ranked.neighbour}, queries.NotFound),
            ({"until": day(ranked, -1)}, links.EndsBeforeItBegins),
        ):  # fmt: skip
            with pytest.raises(refusal):
                links.link(office, **self.given(ranked, **wrong))

    def test_a_link_stands_once_and_ends_once(self, ranked):
        office = ranked.minxian.office.body
        made = links.link(office, **self.given(ranked, since=day(ranked, -5)))
        with pytest.raises(links.LinkTwice):
            links.link(office, **self.given(ranked))
        links.unlink(made, last_day=day(ranked, -1), by=ranked.county, at=ranked.at)
        with pytest.raises(links.LinkEnded):
            links.unlink(made, last_day=day(ranked, -1), by=ranked.county, at=ranked.at)
        assert links.link(office, **self.given(ranked)) in queries.current_links(day(ranked))


def test_a_unit_asks_of_who_still_serves_and_only_once_at_a_time(ranked):
    given = {"unit": ranked.minxian.office.answering, "ground": "other", "reason": "演示", "by": ranked.unit}
    with pytest.raises(recusals.AlreadyAsked):
        recusals.ask(ranked.second, **given, at=ranked.at)
    ranked.ranks.spare_leader.posts.update(until=day(ranked))
    with pytest.raises(queries.NotFound):
        recusals.ask(ranked.ranks.spare_leader, **given, at=ranked.at + timedelta(days=1))
