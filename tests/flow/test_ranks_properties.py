"""What holds of the ranks whatever is done to them, in whatever order: tried with acts drawn at random."""

import json
from contextlib import contextmanager
from datetime import timedelta
from itertools import pairwise

import pytest
from django.conf import settings as config
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mingcha.flow.campaigns import queries as campaigns
from mingcha.flow.campaigns.actions import calls, teams
from mingcha.flow.campaigns.models import Member, Offer, Team
from mingcha.flow.draws.models import SealedList
from mingcha.flow.fieldwork.actions import outings
from mingcha.flow.fieldwork.models import Inspection
from mingcha.flow.guidance import actions as guidance
from mingcha.flow.guidance.models import Note
from mingcha.flow.rectifications import actions as rectifications
from mingcha.flow.successions import actions as successions
from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts.actions import links, posts, recusals
from mingcha.ground.accounts.models import Link, Recusal
from mingcha.ground.territory.actions import bodies, merges
from mingcha.ground.territory.models import Division, Site
from mingcha.kernel import sealing
from mingcha.kernel.refusals import Refusal
from tests.flow.test_races import again
from tests.lots_held import held
from tests.ranks import muster
from tests.world import person

few = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
which = st.integers(0, 11)  # of any list: taken round and round


def of(rows, index):
    rows = list(rows)
    if not rows:
        raise accounts.NotFound
    return rows[index % len(rows)]


def free(people):
    out = campaigns.out_now(each.pk for each in people)
    return [each for each in people if each.pk not in out] or people


@contextmanager
def undone():
    """Undo what an example has done."""
    point = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(point)


def tried(act):
    """Whether an act was taken; a refusal is one of ours, with its sentence, and changes nothing."""
    try:
        with transaction.atomic():
            return act() or True
    except Refusal as refusal:
        assert str(refusal)
        return False


@pytest.fixture
def w(world):
    world.ranks = muster(world)
    office = world.minxian.office.body
    world.pool = [
        world.leader, world.inspector, world.beside.office.leader, world.ranks.spare, world.ranks.spare_leader,
        person("third", "演示三组检查员", office, "inspector", at=world.at), world.ranks.township, world.second,
    ]  # fmt: skip
    world.leaders = [
        world.ranks.spare_leader,
        person("fourth", "演示四组组长", office, "leader", at=world.at),
        world.leader,
    ]
    return world


# 1. Nobody in two places; no team without its one leader.

TEAM_ACTS = st.lists(
    st.tuples(
        st.sampled_from(["form", "join", "join", "leave", "leave", "equip", "disband", "hand over"]), which, which,
        which, st.sampled_from(["leader", "member", "liaison"]),
    ),
    max_size=10,
)  # fmt: skip


def team_act(w, act, a, b, c, duty, at):
    office, by = w.minxian.office, w.county
    team = of(Team.objects.filter(office=office.body).order_by("pk"), a)
    one, other = of(w.pool, b), of(w.pool, c)
    if b % 4:  # mostly somebody who can be taken
        one, other = of(free(w.pool), b), of(free(w.pool), c)
    if act == "form":
        return teams.form_team(
            w.campaign, office=office.body, name=f"演示{at:%H%M}", leader=of(w.leaders, b), members=[other, one],
            liaison=other if duty == "liaison" else None, joint=[w.ranks.township_body], townships=office.townships[a % 2:],
            by=by, at=at,
        )  # fmt: skip
    if act == "join":
        return outings.join_team(team, person=one, duty=duty, by=by, at=at)
    if act == "leave":
        one = of(campaigns.present(team) or campaigns.history(team), c).person
        return teams.leave(team, person=one, reason="演示", by=by, at=at)
    if act == "equip":
        return teams.equip(team, base="演示", vehicle="", townships=office.townships[: b % 3], by=by, at=at)
    if act == "disband":
        return outings.disband_team(team, by=by, at=at)
    held = accounts.posts_of(one).filter(until=None)
    return successions.leave(
        one, posts=list(held), successor=other if duty != "liaison" else None, reason="演示", last_day=at.date(), by=by,
        at=at,
    )  # fmt: skip


@few
@given(acts=TEAM_ACTS)
def test_nobody_is_ever_in_two_places_and_a_standing_team_has_exactly_one_leader(w, acts):
    with undone():
        for minute, act in enumerate(acts):
            tried(lambda act=act, minute=minute: team_act(w, *act, w.at + timedelta(minutes=minute)))
            for team in Team.objects.all():
                leads = [m for m in campaigns.present(team) if m.duty == "leader"]
                assert len(leads) == (team.disbanded_at is None), act
                assert team.disbanded_at is None or not campaigns.present(team)
        end = w.at + timedelta(days=1)
        for who in w.pool:
            spans = sorted((m.since, m.until or end) for m in Member.objects.filter(person=who))
            assert all(until <= since for (_, until), (since, _) in pairwise(spans))


# 2. Who is tied reaches no list and no judgement, on no path. Held against ties written down here, not the product's.


class Known:
    """The ties of an example as plain facts, and which bodies and sites were merged."""

    def __init__(self):
        self.facts = {}  # key → (person, kind of target, target)
        self.heads = {}

    def head(self, thing):
        while thing in self.heads:
            thing = self.heads[thing]
        return thing

    def merged(self, duplicate, into):
        self.heads[duplicate] = into

    def tied(self, who, *, body, division, site):
        for person_, kind, target in self.facts.values():
            if person_ != who.pk:
                continue
            if kind == "division" and division.startswith(target):
                return True
            if kind != "division" and self.head(target) in (self.head(("body", body)), self.head(("site", site))):
                return True
        return False

    def to_site(self, who, site):
        return self.tied(who, body=site.body_id, division=site.division_id, site=site.pk)


def tie(known, kind, who, site, at):
    """Tie somebody to a site's unit, place or itself, in one of the ways there are."""
    day, unit = at.date(), site.body
    home = accounts.home_of(who, at=at)
    key = len(known.facts)
    if kind in ("serves", "served", "served long ago"):
        since, until = {
            "serves": (-9, None), "served": (-900, -300), "served long ago": (-3000, -1200),
        }[kind]  # fmt: skip
        posts.appoint(
            who, body=unit, role="unit", since=day + timedelta(days=since),
            until=until and day + timedelta(days=until), by=None, at=at,
        )  # fmt: skip
        fact = (who.pk, "body", ("body", unit.pk)) if kind != "served long ago" else None
    elif kind == "linked":
        links.link(home, person=who, kind="sponsor", body=unit, since=day, by=None, at=at)
        fact = (who.pk, "body", ("body", unit.pk))
    elif kind == "linked place":
        links.link(home, person=who, kind="liaison", division=site.division, since=day, by=None, at=at)
        fact = (who.pk, "division", site.division_id)
    else:
        target = {"unit": {"body": unit}, "site": {"site": site}, "place": {"division": site.division}}[kind]
        made = recusals.declare(who, target=recusals.Target(**target), ground="other", reason="演示", by=who, at=at)
        key = ("recusal", made.pk)
        fact = {
            "unit": (who.pk, "body", ("body", unit.pk)), "site": (who.pk, "site", ("site", site.pk)),
            "place": (who.pk, "division", site.division_id),
        }[kind]  # fmt: skip
    if fact:
        known.facts[key] = fact


def ruled(w, known, who, site, granted, at):
    """The site's unit asks, the office above rules."""
    unit = w.minxian.office.answering
    asked = Recusal.objects.filter(person=who, body=unit, state="asked").first() or recusals.ask(
        who, unit=unit, ground="other", reason="演示", by=w.unit, at=at
    )
    recusals.rule(asked, granted=granted, ruling="演示", by=w.lead, at=at)
    if granted:
        known.facts["recusal", asked.pk] = (who.pk, "body", ("body", unit.pk))


def lifted(w, known, index, at):
    recusal = of(Recusal.objects.filter(state="standing").order_by("pk"), index)
    recusals.lift(recusal, reason="演示", by=w.lead, at=at)
    known.facts.pop(("recusal", recusal.pk), None)


def merged(w, known, index, at):
    if index % 2:
        twin = bodies.add_body(
            code=f"twin{len(known.heads)}", name="演示", kind="enterprise", division=w.minxian.office.townships[0],
            by=None, at=at,
        )  # fmt: skip
        merges.merge_bodies(again(w.minxian.office.answering), into=twin, by=w.county, at=at)
        known.merged(("body", w.minxian.office.answering.pk), ("body", twin.pk))
        return
    old = again(of(w.minxian.office.sites, index))
    new = Site.objects.create(
        code=f"twin{len(known.heads)}", name="演示", type=old.type, division=old.division, body=again(old.body)
    )
    merges.merge_sites(old, into=new, by=w.county, at=at)
    known.merged(("site", old.pk), ("site", new.pk))


def content(sealed):
    """Return the sites in a sealed box: the test alone may look."""
    plain = sealing.open_sealed(
        bytes(sealed.box), key=config.MINGCHA_SEALING_KEY, about=f"list/{sealed.round_id}/{sealed.team_id}"
    )
    return list(Site.objects.filter(code__in=json.loads(plain)).select_related("body"))


def drawn(w, known, index, at):
    """Draw for some of the teams; no list holds a site to which somebody of its team is tied."""
    standing = list(Team.objects.filter(office=w.minxian.office.body, disbanded_at=None).order_by("pk"))
    chosen = standing[index % len(standing) :]
    round = held(w.campaign, office=w.minxian.office.body, by=w.second, teams=chosen, departs_at=at, at=at)
    for sealed in round.lists.all():
        for member in campaigns.present(sealed.team):
            assert not any(known.to_site(member.person, site) for site in content(sealed))


def departed(w, known, a, b, at):
    """One of the team opens its list; with it, everybody of the team reaches what is in it."""
    sealed = of(SealedList.objects.filter(round__office=w.minxian.office.body, state="sealed").order_by("-pk"), a % 3)
    who = of(campaigns.present(sealed.team), b).person
    outings.depart(again(sealed), by=who, at=max(at, sealed.departs_at))
    for member in campaigns.present(sealed.team):
        assert not any(known.to_site(member.person, site) for site in content(sealed)), "opened past a tie"


def joined(w, known, who, index, duty, at):
    team = of(Team.objects.filter(office=w.minxian.office.body, disbanded_at=None).order_by("-pk"), index % 3)
    who = of(free(w.pool), index) if index % 4 else who
    outings.join_team(again(team), person=who, duty=duty, by=w.county, at=at)
    waiting = [site for sealed in SealedList.objects.filter(team=team, state="sealed") for site in content(sealed)]
    out = [stop.site for outing in Inspection.objects.filter(team=team, state="out") for stop in outing.stops.all()]
    assert not any(known.to_site(who, site) for site in waiting + out), "joined past a tie"


def visited(w, known, a, b, at):
    """One of a team that is out begins a visit, or ends the one that is under way."""
    outing = of(Inspection.objects.filter(office=w.minxian.office.body, state="out").order_by("-pk"), a % 3)
    who, site = of(campaigns.present(outing.team), b).person, of(outing.stops.all(), a + b).site
    if a % 2:  # tied only now, after the list was opened
        tried(lambda: tie(known, TIES[b % len(TIES)], who, again(site), at))
    visit = outing.visits.filter(site=site, state="begun").first()
    if visit is None:
        outings.begin_visit(outing, site=site, mode="overt", by=who, at=at)
    else:
        rectifications.close_visit(visit, outcome="done", feedback="演示", by=who, at=at)
    assert not known.to_site(who, site), "visited past a tie"


def judged(w, known, who, act, index, at):
    work = (w.minxian, w.beside)[index % 2]
    order = again(work.attested if act == "sample" else work.answered)
    if index % 3 == 0:
        tried(lambda: tie(known, TIES[index % len(TIES)], who, order.finding.site, at))
    if act == "sample":
        rectifications.sample(order, upheld=True, reason="演示", by=who, at=at)
    elif act == "close":
        rectifications.close(order, by=who, at=at)
    else:
        rectifications.send_back(order, reason="演示", by=who, at=at)
    site = order.finding.site
    assert not known.to_site(who, site), "judged past a tie"
    assert not known.tied(who, body=order.body_id, division=site.division_id, site=site.pk), "judged past a tie"


TIES = ["serves", "served", "served long ago", "linked", "linked place", "unit", "site", "place"]
STEPS = {
    "tie": lambda w, k, who, a, b, at: tie(k, TIES[a % len(TIES)], who, again(of(w.minxian.office.sites, b)), at),
    "ask": lambda w, k, who, a, b, at: ruled(w, k, who, a, bool(b % 3), at),
    "lift": lambda w, k, who, a, b, at: lifted(w, k, a, at),
    "merge": lambda w, k, who, a, b, at: merged(w, k, a, at),
    "draw": lambda w, k, who, a, b, at: drawn(w, k, a, at),
    "open": lambda w, k, who, a, b, at: departed(w, k, a, b, at),
    "join": lambda w, k, who, a, b, at: joined(w, k, who, a, ("member", "liaison", "leader")[b % 3], at),
    "leave": lambda w, k, who, a, b, at: teams.leave(
        campaigns.out_now([who.pk]).get(who.pk) or w.minxian.team, person=who, reason="演示", by=w.county, at=at
    ),
    "visit": lambda w, k, who, a, b, at: visited(w, k, a, b, at),
    "sample": lambda w, k, who, a, b, at: judged(w, k, of(w.judges, a), "sample", b, at),
    "close": lambda w, k, who, a, b, at: judged(w, k, of(w.judges, a), "close", b, at),
    "send back": lambda w, k, who, a, b, at: judged(w, k, of(w.judges, a), "send back", b, at),
}
OFTEN = ["draw", "open", "join", "visit", *STEPS]
A_DAY = st.lists(st.tuples(st.sampled_from(OFTEN), which, which, which), min_size=4, max_size=14)


@few
@given(before=st.lists(st.tuples(st.sampled_from(["tie", "merge"]), which, which, which), max_size=4), acts=A_DAY)
def test_on_no_path_does_anybody_reach_a_list_a_visit_or_a_judgement_past_a_tie(w, before, acts):
    with undone():
        known = Known()
        known.facts["recusal", w.ranks.recusal.pk] = (
            w.ranks.spare.pk, "body", ("body", w.minxian.office.answering.pk)
        )  # fmt: skip
        w.judges = [w.county, w.second, w.lead, w.ranks.spare, w.beside.office.leader]
        for who in w.judges[3:]:  # they go out and judge, too: only the tie stands in the way
            posts.appoint(who, body=w.minxian.office.body, role="county", since=w.at.date(), by=None, at=w.at)
        people = [*w.pool[:6], *w.judges]
        tried(lambda: teams.form_team(
            w.campaign, office=w.minxian.office.body, name="演示新组", leader=w.ranks.spare_leader,
            members=[w.pool[5], w.ranks.spare], townships=w.minxian.office.townships, by=w.county, at=w.at,
        ))  # fmt: skip
        for minute, (step, a, b, c) in enumerate([*before, *acts]):
            at = w.at + timedelta(minutes=minute)
            facts = dict(known.facts)
            if not tried(lambda step=step, a=a, b=b, c=c, at=at: STEPS[step](w, known, of(people, a), b, c, at)):
                known.facts = facts  # a refused act has left nothing, no tie either


# 3. Numbers without a gap.


@few
@given(
    sends=st.lists(
        st.tuples(
            st.sampled_from(["city", "minxian"]), st.sampled_from(["hint", "guidance", "report"]), st.integers(0, 2),
            st.sampled_from(["", "演示"]), which,
        ),
        max_size=12,
    )
)  # fmt: skip
def test_every_series_of_notes_counts_from_one_without_a_gap(w, sends):
    with undone():
        Note.objects.filter(pk=w.ranks.note.pk).update(number=1)
        there = [w.city.office.body, w.minxian.office.body, w.zhangxian.office.body, w.ranks.township_body]
        for office, kind, years, text, to in sends:
            work = getattr(w, office)
            tried(lambda work=work, kind=kind, years=years, text=text, to=to: guidance.send(
                w.campaign, issuer=work.office.body, kind=kind, title="演示", text=text, bodies=[of(there, to)],
                by=work.office.officer, at=w.at + timedelta(days=366 * years),
            ))  # fmt: skip
        series = {}
        for note in Note.objects.order_by("pk"):
            series.setdefault((note.issuer_id, note.kind, note.year), []).append(note.number)
        assert all(numbers == list(range(1, len(numbers) + 1)) for numbers in series.values())


# 4. Who has left is named by nothing any more.


@few
@given(
    who=which, successor=st.none() | which, linked=st.lists(which, max_size=3, unique=True),
    offered=st.sampled_from(["", "offered", "assigned"]), second_post=st.sampled_from(["", "county", "leader", "unit"]),
    kept=st.booleans(), place=which, merge=st.booleans(),
)  # fmt: skip
def test_after_somebody_has_left_nothing_names_them_and_the_succession_names_everything(
    w, who, successor, linked, offered, second_post, kept, place, merge
):
    office, at, today = w.minxian.office.body, w.at, w.at.date()
    with undone():
        leaver = of(w.pool[:6], who)
        heir = None if successor is None else of(w.pool[:6], successor)
        if second_post and not leaver.posts.filter(role=second_post).exists():
            posts.appoint(leaver, body=office, role=second_post, since=today, by=None, at=at)
        if place % 2:
            tried(lambda: outings.join_team(w.beside.team, person=leaver, duty="member", by=w.county, at=at))
        townships = Division.objects.filter(level="township").order_by("code")
        for index in linked:
            tried(lambda index=index: links.link(
                office, person=leaver, kind="liaison", division=of(townships, index), since=today, by=None, at=at,
            ))  # fmt: skip
        if offered and not Offer.objects.filter(person=leaver).exists():
            calls.answer(again(w.ranks.called), spared=[calls.Spared(leaver, today, today)], by=w.county, at=at)
        if offered == "assigned":
            calls.assign(Offer.objects.get(person=leaver), need=w.ranks.need, by=w.lead, at=at)
        if merge:
            survivor = bodies.add_body(
                code="heir", name="演示", kind="office", division=office.division, by=None, at=at
            )
            merges.merge_bodies(office, into=survivor, by=w.lead, at=at)
        held = list(accounts.posts_of(again(leaver)))
        left = held[: 1 if kept else None]
        before = named(leaver, at)
        done = tried(lambda: successions.leave(
            leaver, posts=left, successor=heir, reason="演示", last_day=today, by=w.county, at=at
        ))  # fmt: skip
        if not done:
            assert named(leaver, at) == before
            return
        after = named(leaver, at + timedelta(days=1))
        if len(left) == len(held):
            assert after == {"teams": set(), "links": set(), "offers": set()}
        told = [row.kind for row in done.handed.all()]
        for kind, what in (("team", "teams"), ("link", "links"), ("offer", "offers")):
            assert told.count(kind) == len(before[what] - after[what])
        assert not accounts.posts_of(leaver).filter(pk__in=[post.pk for post in left], until=None).exists()
        for team in Team.objects.filter(disbanded_at=None):
            assert [m.duty for m in campaigns.present(team)].count("leader") == 1


def named(who, at):
    """Return what names a person: teams they are in, links that hold, offers that stand, by id."""
    day = at.date()
    return {
        "teams": set(Member.objects.filter(person=who, until=None).values_list("team", flat=True)),
        "links": set(Link.objects.filter(accounts.unended(day), person=who).values_list("pk", flat=True)),
        "offers": set(Offer.objects.filter(person=who, call__state="open").exclude(state="withdrawn").values_list(
            "pk", flat=True)),
    }  # fmt: skip
