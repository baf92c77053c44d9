"""
Chapter 9. Who stays away

Nobody inspects or judges what they are tied to: their own unit, one they served, the department their group sits in,
what they look after, what they declared or were told to keep away from. Asked when a team is formed, a list drawn,
opened or joined, a visit made, an order judged; the reason is on record.
"""

from datetime import timedelta

import pytest

from mingcha.flow.campaigns.actions import teams
from mingcha.flow.draws import actions as draws
from mingcha.flow.fieldwork.actions import embedded, outings
from mingcha.flow.rectifications import actions as rectifications
from mingcha.flow.rectifications import queries as orders
from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts import ties
from mingcha.ground.accounts.actions import links, posts, recusals
from mingcha.ground.accounts.models import Recusal
from mingcha.ground.audit import queries as audit
from mingcha.ground.territory.actions import bodies, merges, ranks, sites
from mingcha.ground.territory.models import Site
from tests.cities import team_of_group
from tests.lots_held import held
from tests.spec.test_8_ranks import form, standing, where_there_are_groups
from tests.world import note, person


def day(city, days=0):
    return city.at.date() + timedelta(days=days)


def declare(city, who, **target):
    return recusals.declare(
        who, target=recusals.Target(**target), ground="relative", reason="演示：近亲属在该处任职", by=who, at=city.at
    )


def ask(city, who, unit=None):
    return recusals.ask(
        who,
        unit=unit or city.here.answering,
        ground="interest",
        reason="演示：曾有经济往来",
        by=city.here.unit,
        at=city.at,
    )


def appoint(city, who, body, *, since=-400, until=None):
    posts.appoint(
        who, body=body, role="unit", since=day(city, since), until=until and day(city, until), by=None, at=city.at
    )


def link(city, who, **target):
    holder = accounts.home_of(who, at=city.at)
    links.link(holder, person=who, kind="sponsor", **target, since=day(city), by=None, at=city.at)


def grant(city, who, site):
    appoint(city, city.here.unit, site.body)
    recusals.rule(ask(city, who, site.body), granted=True, ruling="演示：应当回避", by=city.lead, at=city.at)


# How somebody comes to be tied to a site.
TIES = {
    "serves the unit": lambda city, who, site: appoint(city, who, site.body),
    "served the unit": lambda city, who, site: appoint(city, who, site.body, until=-300),
    "looks after the unit": lambda city, who, site: link(city, who, body=site.body),
    "looks after the place": lambda city, who, site: link(city, who, division=site.division),
    "looks after the site": lambda city, who, site: link(city, who, site=site),
    "declared the unit": lambda city, who, site: declare(city, who, body=site.body),
    "declared the place": lambda city, who, site: declare(city, who, division=site.division),
    "declared the site": lambda city, who, site: declare(city, who, site=site),
    "was asked to keep away": grant,
}
however_tied = pytest.mark.parametrize("tie", TIES.values(), ids=TIES)


def restaurant(city):
    return next(site for site in city.here.sites if site.body == city.here.answering)


def drawn(city, *teams_, after=1):
    """Draw every site of `here` for some teams, to leave in an hour."""
    departs, office = city.at + timedelta(hours=after), city.here.body
    return held(city.campaign, office=office, by=city.second, teams=teams_, departs_at=departs, at=city.at)


def opened(sealed, by):
    return draws.open_list(sealed, by=by, at=sealed.departs_at)


class TestFormingATeam:
    def test_who_is_tied_to_a_township_is_not_sent_there(self, city):
        """When the team is formed, joined, or sent elsewhere."""
        town, other = city.here.townships
        declare(city, city.spare, division=town)
        with pytest.raises(teams.TiedToTheStretch, match=town.name):
            form(city, townships=[town])
        team = form(city, townships=[other])
        with pytest.raises(teams.TiedToTheStretch):
            teams.equip(team, base="", vehicle="", townships=[town], by=city.here.officer, at=city.at)
        third = person("third", "演示三组检查员", city.here.body, "inspector", at=city.at)
        link(city, third, division=other)
        with pytest.raises(teams.TiedToTheStretch):
            teams.join(team, person=third, by=city.here.officer, at=city.at)

    def test_a_supervisor_of_a_township_goes_out_elsewhere(self, city):
        """They live among those they would inspect: 交叉检查."""
        town, other = city.here.townships
        given = {"members": [city.township], "joint": [city.township_body]}
        with pytest.raises(teams.TiedToTheStretch):
            form(city, townships=[town], **given)
        assert form(city, townships=[other], **given)

    def test_a_tie_to_one_unit_keeps_nobody_out_of_a_team(self, city):
        """The lot keeps the two apart."""
        declare(city, city.spare, body=city.here.answering)
        assert form(city, townships=city.here.townships)


class TestTheLot:
    @however_tied
    def test_no_list_of_theirs_holds_the_site(self, city, tie):
        """Another team gets it; where there is none, nobody does, and the round says so."""
        site = restaurant(city)
        tie(city, city.spare, site)
        team = form(city, townships=[])
        alone = drawn(city, team)
        assert site.code not in opened(alone.lists.get(), city.spare_leader)
        assert alone.unassigned
        both = drawn(city, team, city.work.team)
        lists = {sealed.team: sealed for sealed in both.lists.all()}
        assert site.code in opened(lists[city.work.team], city.here.leader)
        assert team not in lists or site.code not in opened(lists[team], city.spare_leader)

    @however_tied
    def test_a_tie_that_came_after_the_draw_keeps_the_list_sealed(self, city, tie):
        """It is asked of all the team could have been given, so that the answer tells nothing of the list."""
        team = form(city, townships=[])
        sealed = drawn(city, team).lists.get()
        site = restaurant(city)
        tie(city, city.spare, site)
        for by in (city.spare_leader, city.spare):
            with pytest.raises(draws.NewlyRecused) as refused:
                opened(sealed, by)
            assert site.name not in str(refused.value) and site.body.name not in str(refused.value)
        teams.leave(team, person=city.spare, reason="演示：回避", by=city.here.officer, at=city.at)
        assert site.code in opened(sealed, city.spare_leader)

    @however_tied
    def test_who_is_tied_joins_no_team_whose_list_is_sealed_or_whose_outing_is_under_way(self, city, tie):
        site, by = restaurant(city), city.here.officer
        tie(city, city.spare, site)
        team = form(city, members=[], townships=[])
        sealed = drawn(city, team).lists.get()
        with pytest.raises(outings.CannotJoin) as refused:
            outings.join_team(team, person=city.spare, by=by, at=city.at)
        assert site.name not in str(refused.value) and site.body.name not in str(refused.value)
        outing = outings.depart(sealed, by=city.spare_leader, at=sealed.departs_at)
        with pytest.raises(outings.CannotJoin):
            outings.join_team(team, person=city.spare, by=by, at=sealed.departs_at)
        outings.return_team(outing, reason="演示：大雪封路", by=city.spare_leader, at=sealed.departs_at)
        outings.join_team(team, person=city.spare, by=by, at=sealed.departs_at)

    def test_a_site_that_moves_or_changes_hands_after_the_draw_still_counts(self, city):
        """The list was sealed with it."""
        team = form(city, townships=city.here.townships[:1])
        sealed = drawn(city, team, city.work.team).lists.get(team=team)
        site = next(site for site in city.here.sites if site.division == city.here.townships[0])
        new = bodies.add_body(
            code="990101-new", name="演示新业主", kind="enterprise", division=site.division, by=None, at=city.at
        )
        sites.change_site(
            site, name=site.name, type=site.type, division=city.here.townships[1], address="", body=new, active=True,
            prefixes=["9901"], by=city.here.officer, at=city.at,
        )  # fmt: skip
        declare(city, city.spare, body=new)
        with pytest.raises(draws.NewlyRecused):
            opened(sealed, city.spare_leader)


class TestVisitsAndOrders:
    @however_tied
    def test_who_is_tied_begins_no_visit_and_takes_no_part_in_one(self, city, tie):
        """Somebody else of the team does."""
        work, who = city.work, city.here.inspector
        tie(city, who, work.waiting)
        given = {"site": work.waiting, "mode": "overt", "at": city.at}
        with pytest.raises(outings.Recused, match=work.waiting.name):
            outings.begin_visit(work.inspection, **given, by=who)
        visit = outings.begin_visit(work.inspection, **given, by=city.here.leader)
        for act in (
            lambda by: outings.answer(visit, given=[], by=by, at=city.at),
            lambda by: rectifications.close_visit(visit, outcome="shut", reason="演示：关门", by=by, at=city.at),
        ):
            with pytest.raises(outings.Recused):
                act(who)
            act(city.here.leader)

    def test_who_becomes_tied_in_the_middle_of_a_visit_hands_it_to_another_of_the_team(self, city):
        visit, who = city.work.open, city.here.inspector
        declare(city, who, site=visit.site)
        with pytest.raises(outings.Recused):
            note(visit, city.edition, city.here, way="on_spot", at=city.at)
        with pytest.raises(outings.Recused):
            rectifications.close_visit(visit, outcome="done", by=who, at=city.at)
        (confirmed,) = rectifications.close_visit(visit, outcome="done", by=city.here.leader, at=city.at)
        confirmed.refresh_from_db()
        assert confirmed.confirmed_by == city.here.leader

    @however_tied
    def test_who_is_tied_judges_nothing(self, city, tie):
        """Neither a sample nor an answer; another officer does."""
        work, who = city.work, city.second
        tie(city, who, restaurant(city))
        for act in (
            lambda by: rectifications.sample(work.attested, upheld=True, reason="演示", by=by, at=city.at),
            lambda by: rectifications.send_back(work.answered, reason="演示", by=by, at=city.at),
            lambda by: rectifications.close(work.answered, by=by, at=city.at),
        ):
            with pytest.raises(rectifications.Recused):
                act(who)
        rectifications.close(work.answered, by=city.here.officer, at=city.at)

    def test_a_tie_to_whoever_must_mend_it_counts_as_one_to_the_site(self, city):
        """A finding at one unit may be another's to put right."""
        department = bodies.add_body(
            code="990101-dep", name="演示县局", kind="department", division=city.here.body.division, by=None, at=city.at
        )
        found = rectifications.note_finding(
            city.work.open, item=city.edition.items.get(position=1), responsibility="department", body=department,
            severity="ordinary", description="演示：部门未督促。", way="on_spot", by=city.here.inspector, at=city.at,
        )  # fmt: skip
        rectifications.close_visit(city.work.open, outcome="done", by=city.here.inspector, at=city.at)
        declare(city, city.second, body=department)
        order = orders.of_finding(found)
        with pytest.raises(rectifications.Recused):
            rectifications.sample(order, upheld=True, reason="演示", by=city.second, at=city.at)


class TestWhatTheSystemKnows:
    def tied(self, city, who, site):
        return ties.ties([who.pk], at=city.at).between(who.pk, ties.subject_of(site))

    def test_a_former_post_counts_for_the_years_the_city_has_set(self, city):
        """Three years as a rule; another city may say five."""
        site = restaurant(city)
        appoint(city, city.spare, site.body, since=-3000, until=-4 * 366)
        assert self.tied(city, city.spare, site) is None
        tiers = [ranks.Rank(t.name, t.kind, t.open_ended) for t in city.mechanism.tiers.all()]
        ranks.set_up(
            city.mechanism.division,
            name=city.mechanism.name,
            ranks=tiers,
            former_post_years=5,
            by=city.lead,
            at=city.at,
        )
        assert self.tied(city, city.spare, site).kind == ties.TieKind.FORMER_POST

    def test_a_department_is_tied_with_all_that_stands_beneath_it(self, city):
        """Who serves the bureau does not inspect its school."""
        bureau = bodies.add_body(code="b", name="演示教育局", kind="department", division=city.here.body.division,
                                 by=None, at=city.at)  # fmt: skip
        ranks.place(city.here.answering, tier=None, host=None, parent=bureau, by=None, at=city.at)
        appoint(city, city.spare, bureau)
        assert self.tied(city, city.spare, restaurant(city)).name == "演示教育局"

    def test_a_link_of_an_office_binds_everybody_of_it_and_ends(self, city):
        """One that names a person binds that person."""
        site, kept = restaurant(city), (city.spare, city.second, city.here.leader)
        made = links.link(
            city.here.body, kind="liaison", site=site, since=day(city, -9), by=city.here.officer, at=city.at
        )
        assert all(self.tied(city, who, site) for who in kept)
        links.unlink(made, last_day=day(city, -1), by=city.here.officer, at=city.at)
        assert not any(self.tied(city, who, site) for who in kept)
        link(city, city.spare, site=site)
        assert [bool(self.tied(city, who, site)) for who in kept] == [True, False, False]

    def test_a_merge_frees_nobody(self, city):
        """Tied to a duplicate is tied to what it was merged into, and the other way round."""
        site, place = restaurant(city), {"division": city.here.townships[0], "by": None, "at": city.at}
        twin = bodies.add_body(code="twin", name="演示同一饭庄", kind="enterprise", **place)
        declare(city, city.spare, body=twin)
        appoint(city, city.second, twin)
        office = bodies.add_body(code="twin-office", name="演示甲地纪委", kind="office", **place)
        links.link(office, kind="sponsor", site=site, since=day(city, -9), by=None, at=city.at)
        other = Site.objects.create(
            code="twin", name="演示同一店", type=site.type, division=site.division, body=site.body
        )
        declare(city, city.here.inspector, site=other)
        kept = (city.spare, city.second, city.here.inspector, city.here.leader)
        assert not any(self.tied(city, who, site) for who in kept)
        merges.merge_bodies(twin, into=site.body, by=city.here.officer, at=city.at)
        merges.merge_sites(other, into=site, by=city.here.officer, at=city.at)
        merges.merge_bodies(office, into=city.here.body, by=city.lead, at=city.at)
        assert all(self.tied(city, who, site) for who in kept)

    @where_there_are_groups
    def test_a_group_never_draws_its_host_and_yet_supervises_it_from_within(self, city):
        """Only what is personal keeps a group's officer away there."""
        team_of_group(city)
        assert self.tied(city, city.group, city.host_site).kind == ties.TieKind.HOST
        given = {
            "group": city.group_body, "kind": "own", "day": day(city), "subject": "演示", "text": "演示", "at": city.at,
        }  # fmt: skip
        record = embedded.record(city.campaign, **given, by=city.group)
        declare(city, city.group, body=city.host)
        with pytest.raises(outings.Recused):
            embedded.begin_check(record, site=city.host_site, by=city.group, at=city.at)
        assert embedded.begin_check(record, site=city.host_site, by=city.group_leader, at=city.at)


class TestAskingAndRuling:
    def test_a_unit_asks_and_the_office_above_rules(self, city):
        """Until then nothing holds; the ruling and its reason are on record."""
        asked = ask(city, city.second)
        assert (asked.state, asked.ruled_in) == ("asked", city.centre.body)
        with pytest.raises(recusals.AlreadyAsked):
            ask(city, city.second)
        assert list(accounts.to_rule(to=standing(city, city.lead), at=city.at)) == [asked]
        rectifications.send_back(city.work.answered, reason="演示", by=city.second, at=city.at)
        for by in (city.here.officer, city.there.officer, city.second):
            with pytest.raises(accounts.NotFound):
                recusals.rule(asked, granted=False, ruling="演示", by=by, at=city.at)
        with pytest.raises(recusals.NoReason):
            recusals.rule(asked, granted=True, ruling=" ", by=city.lead, at=city.at)
        recusals.rule(asked, granted=True, ruling="演示：应当回避", by=city.lead, at=city.at)
        with pytest.raises(rectifications.Recused):
            rectifications.sample(city.work.attested, upheld=True, reason="演示", by=city.second, at=city.at)
        with pytest.raises(recusals.RulingMoved):
            recusals.rule(asked, granted=False, ruling="演示", by=city.lead, at=city.at)
        assert {"recusal.ask", "recusal.grant"} <= {event.verb for event in audit.about("person", "second")}

    def test_nobody_rules_on_themselves(self, city):
        """The lead's own matter is another's of its office."""
        asked = ask(city, city.lead)
        assert asked.ruled_in == city.centre.body
        with pytest.raises(recusals.OwnMatter):
            recusals.rule(asked, granted=False, ruling="演示", by=city.lead, at=city.at)
        assert not accounts.to_rule(to=standing(city, city.lead), at=city.at).exists()
        other = person("other", "演示另一牵头干部", city.centre.body, "lead", at=city.at)
        recusals.rule(asked, granted=False, ruling="演示：没有利害关系", by=other, at=city.at)
        rectifications.close(city.work.answered, by=city.lead, at=city.at)

    def test_a_recusal_is_lifted_by_another_hand_with_a_reason(self, city):
        declared = declare(city, city.second, body=city.here.answering)
        with pytest.raises(recusals.OwnMatter):
            recusals.lift(declared, reason="演示", by=city.second, at=city.at)
        with pytest.raises(accounts.NotFound):
            recusals.lift(declared, reason="演示", by=city.there.officer, at=city.at)
        recusals.lift(declared, reason="演示：亲属已离职", by=city.here.officer, at=city.at)
        rectifications.close(city.work.answered, by=city.second, at=city.at)
        assert Recusal.objects.get(pk=declared.pk).ruling == "演示：亲属已离职"

    def test_a_unit_asks_for_itself_only(self, city):
        with pytest.raises(accounts.NotFound):
            ask(city, city.second, city.there.answering)

    def test_a_supervisor_below_is_ruled_on_by_the_office_above_them(self, city):
        """The township's discipline body rules on nothing: what it stands beneath does."""
        for who in {city.township, city.village or city.township}:
            assert accounts.office_above(who, at=city.at) == city.here.body
        assert accounts.office_above(city.second, at=city.at) == city.centre.body

    def test_an_office_notes_what_it_knows_of_its_own_people(self, city):
        """And of nobody else's."""
        given = {"ground": "relative", "reason": "演示：近亲属任职", "at": city.at}
        target = recusals.Target(body=city.here.answering)
        recusals.declare(city.spare, target=target, by=city.here.officer, **given)
        with pytest.raises(accounts.NotFound):
            recusals.declare(city.there.inspector, target=target, by=city.here.officer, **given)
        with pytest.raises(accounts.NotAllowed):
            recusals.declare(city.spare, target=target, by=city.here.inspector, **given)
        with pytest.raises(recusals.NoTarget):
            declare(city, city.spare, body=city.here.answering, division=city.here.townships[0])
        assert [row.person for row in accounts.recusals(to=standing(city, city.here.officer), at=city.at)] == [
            city.spare
        ]
