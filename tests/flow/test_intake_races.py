"""Phones at the same moment, on real rows and a connection each: everyone is answered, every visit stands once, nothing is lost."""

from datetime import timedelta

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mingcha.flow.campaigns.actions import teams
from mingcha.flow.fieldwork.actions import outings
from mingcha.flow.fieldwork.models import Attachment, Inspection, Photo, Submission, Visit
from mingcha.flow.findings.models import Finding
from mingcha.flow.rectifications import intake
from mingcha.flow.rectifications.intake import Receipt
from mingcha.ground.accounts.actions import devices
from mingcha.ground.audit import queries as audit
from mingcha.ground.audit import tasks as sealing
from mingcha.ground.audit.models import Event
from mingcha.ground.evidence.models import Evidence
from mingcha.ground.rulebook.models import Checklist
from mingcha.ground.territory.models import Body, Site
from tests import posts
from tests.at_once import at_once, refusals
from tests.phones import JPEG, filled
from tests.sent import USUAL, incoming
from tests.world import drawn_round, person

GAP = {"description": "演示：登记台无人", "responsibility": "unit", "severity": "ordinary", "on_spot": "no",
       "due_hours": "24", "photo_1": "p-1.jpg"}  # fmt: skip


@pytest.fixture(autouse=True)
def _fresh():
    intake.forget()
    yield
    intake.forget()


@pytest.fixture
def phone(live_world):
    """Tokens by person: `phone(world.inspector)`."""

    def give(who):
        return devices.add(who, label="演示手机", by=who, at=live_world.at)[1]

    return give


def told(world, site, **more):
    checklist = Checklist.objects.get(site_type=site.type) if isinstance(site, Site) else Checklist.objects.first()
    code, name = (site.code, site.name) if isinstance(site, Site) else site
    findings, instance = more.pop("findings", [GAP]), more.pop("instance", "")
    values = {**USUAL, "site_code": code, "site_name": name, **more}
    return filled(checklist, values, findings=findings, instance=instance)


def sending(world, token, xml, files=(), *, at=None):
    """Return a call that sends, as the door does it: whoever holds the token is looked up, then the words are taken."""
    moment = at or world.at

    def act():
        carrier = intake.admit(token, at=moment)
        parts = incoming(dict(files))
        try:
            return intake.receive(carrier, xml=xml, files=parts, at=moment)
        finally:
            [part.discard() for part in parts]

    return act


def chain_is_sound():
    while sealing.seal():
        pass
    return audit.verify().sound


def test_the_same_visit_sent_eight_times_at_once_is_taken_once_and_acknowledged_to_all(live_world, phone):
    w = live_world
    tokens = [phone(w.inspector), phone(w.inspector)]
    xml = told(w, w.minxian.waiting)
    outcomes = at_once(*[sending(w, tokens[n % 2], xml, {"p-1.jpg": JPEG}) for n in range(8)])
    assert refusals(outcomes) == []
    assert sorted(receipt.new for receipt in outcomes) == [False] * 7 + [True]
    assert len({(r.instance, r.sha256, tuple(r.files.items()), r.missing) for r in outcomes}) == 1
    visit = Visit.objects.get(submission=Submission.objects.get())
    assert Finding.objects.filter(visit=visit).count() == Photo.objects.filter(visit=visit).count() == 1
    assert Attachment.objects.count() == Evidence.objects.filter(name="p-1.jpg").count() == 1
    assert [e.verb for e in Event.objects.filter(kind="submission")] == ["submission.receive"]
    assert chain_is_sound()


def test_two_phones_send_the_same_stop_and_one_is_held_with_all_its_files(live_world, phone):
    w = live_world
    sent = {name: told(w, w.minxian.waiting, q1=said, instance=f"uuid:{name}")
            for name, said in (("one", "pass"), ("other", "fail"))}  # fmt: skip
    tokens = [phone(w.inspector), phone(w.leader)]
    photos = [{"p-1.jpg": JPEG + bytes([n])} for n in range(2)]
    outcomes = at_once(*[sending(w, *given) for given in zip(tokens, sent.values(), photos, strict=True)])
    assert refusals(outcomes) == [] and all(receipt.new and not receipt.missing for receipt in outcomes)
    rows = Submission.objects.order_by("state")
    assert [(row.state, row.held) for row in rows] == [("held", ["visited"]), ("taken", [])]
    assert {row.instance_id: row.xml.encode() for row in rows} == {f"uuid:{name}": xml for name, xml in sent.items()}
    assert Visit.objects.filter(inspection=w.minxian.inspection, site=w.minxian.waiting).count() == 1
    assert set(Attachment.objects.values_list("submission__state", flat=True)) == {"held", "taken"}
    assert Finding.objects.filter(visit__submission__isnull=False).count() == 1


def test_two_phones_meet_the_same_new_place(live_world, phone):
    w = live_world
    tokens = [phone(w.inspector), phone(w.leader)] * 2
    outcomes = at_once(*[sending(w, token, told(w, ("NEW-7", "演示路边店")), {"p-1.jpg": JPEG}) for token in tokens])
    assert refusals(outcomes) == [] and all(receipt.new for receipt in outcomes)
    site = Site.objects.get(code="NEW-7")
    assert site.provisional and Body.objects.filter(name="演示路边店").count() == 1
    visits = Visit.objects.filter(site=site)
    assert [(visit.extra, visit.drawn) for visit in visits] == [(True, False)] * 4
    assert Finding.objects.filter(visit__in=visits, body=site.body).count() == 4


def test_the_same_file_in_two_posts_is_kept_once_and_different_ones_both(live_world, phone):
    w = live_world
    token = phone(w.inspector)
    xml = told(w, w.minxian.waiting, site_photo_1="b.jpg")
    sending(w, token, xml)()
    posts = [{"p-1.jpg": JPEG}, {"p-1.jpg": JPEG}, {"b.jpg": JPEG + b"b"}, {"p-1.jpg": JPEG, "b.jpg": JPEG + b"b"}]
    outcomes = at_once(*[sending(w, token, xml, files) for files in posts])
    assert refusals(outcomes) == []
    last = sending(w, token, xml)()
    assert sorted(last.files) == ["b.jpg", "p-1.jpg"] and last.missing == ()
    assert Attachment.objects.count() == Photo.objects.filter(visit__submission__isnull=False).count() == 2
    attached = [digest for e in Event.objects.filter(verb="submission.attach") for digest in e.detail["files"]]
    assert sorted(attached) == sorted(last.files.values())
    assert chain_is_sound()


def test_a_phone_revoked_while_it_sends_is_either_heard_or_refused(live_world, phone):
    w = live_world
    device, token = devices.add(w.inspector, label="演示手机", by=w.inspector, at=w.at)
    intake.admit(token, at=w.at)
    xmls = [told(w, (f"NEW-{n}", f"演示店{n}"), instance=f"uuid:{n}", findings=[]) for n in range(6)]

    def revoke():
        devices.revoke(device, by=w.inspector, at=w.at)

    calls = [sending(w, token, xml) for xml in xmls]
    outcomes = at_once(*calls[:3], revoke, *calls[3:])
    heard = {outcome.instance for outcome in outcomes if isinstance(outcome, Receipt)}
    assert set(refusals(outcomes)) <= {intake.UnknownDevice}
    assert heard == set(Submission.objects.values_list("instance_id", flat=True))
    # From now on nothing more, neither anew nor once more.
    assert refusals(at_once(*calls)) == [intake.UnknownDevice] * 6
    assert Submission.objects.count() == len(heard)


@pytest.fixture
def newcomers(live_world):
    """A team of two that has never been out, with a list that departs now."""
    w = live_world
    office = w.minxian.office
    leader = person("third_leader", "演示三组组长", office.body, "leader", at=w.at - timedelta(days=3))
    member = person("third_inspector", "演示三组检查员", office.body, "inspector", at=w.at - timedelta(days=3))
    team = teams.form_team(
        w.campaign, office=office.body, name="第三组", leader=leader, members=[member], townships=office.townships,
        by=w.county, at=w.at - timedelta(days=2),
    )  # fmt: skip
    round = drawn_round(w.campaign, team, office, departs_at=w.at, at=w.at - timedelta(hours=1))
    return leader, member, round.lists.get()


def test_a_stop_of_a_list_opened_a_moment_ago_is_never_filed_as_unplanned(live_world, phone, newcomers):
    w = live_world
    leader, member, sealed = newcomers
    tokens = [phone(leader), phone(member)]
    for token in tokens:
        assert intake.admit(token, at=w.at).outings == ()  # known to this process for the next ten seconds
    outing = outings.depart(sealed, by=leader, at=w.at)
    stops = [stop.site for stop in outing.stops.order_by("position")]
    outcomes = at_once(*[
        sending(w, token, told(w, site), at=w.at + timedelta(hours=1)) for token, site in zip(tokens, stops, strict=False)
    ])  # fmt: skip
    assert refusals(outcomes) == []
    visits = Visit.objects.filter(submission__isnull=False)
    assert {(v.inspection_id, v.drawn, v.extra) for v in visits} == {(outing.pk, True, False)} and len(visits) == 2
    assert not Inspection.objects.filter(extra=True).exists()


def test_nor_when_the_team_has_just_begun_an_outing_without_a_list(live_world, phone, newcomers):
    """A list opens while a member's unplanned visit comes in: whichever is first, the stop is the list's."""
    w = live_world
    leader, member, sealed = newcomers
    tokens = [phone(leader), phone(member)]
    [intake.admit(token, at=w.at) for token in tokens]
    met = told(w, ("NEW-1", "演示路边店"))

    def open_and_send():
        outing = outings.depart(sealed, by=leader, at=w.at)
        return sending(w, tokens[0], told(w, outing.stops.get(position=1).site))()

    outcomes = at_once(open_and_send, sending(w, tokens[1], met))
    assert refusals(outcomes) == []
    stop = Visit.objects.get(submission__instance_id=outcomes[0].instance)
    assert (stop.inspection.list_id, stop.drawn, stop.extra) == (sealed.pk, True, False)
    other = Visit.objects.get(submission__instance_id=outcomes[1].instance)
    assert other.extra and (other.inspection.extra or other.inspection.list_id == sealed.pk)


def test_two_unplanned_visits_at_once_begin_one_outing_of_that_day(live_world, phone, newcomers):
    w = live_world
    tokens = [phone(who) for who in newcomers[:2]]
    outcomes = at_once(*[
        sending(w, token, told(w, (f"NEW-{n}", f"演示店{n}"))) for n, token in enumerate(tokens)
    ])  # fmt: skip
    assert refusals(outcomes) == []
    outing = Inspection.objects.get(extra=True)
    assert outing.visits.count() == 2
    assert Event.objects.filter(verb="inspection.extra").count() == 1


def test_an_unplanned_visit_sent_again_days_later_begins_no_other_outing(live_world, phone, newcomers):
    w = live_world
    token = phone(newcomers[1])
    seen = w.at - timedelta(hours=5)
    xml = told(w, ("NEW-1", "演示路边店"), start=seen.isoformat(), end=(seen + timedelta(hours=1)).isoformat())
    first = sending(w, token, xml)()
    again = sending(w, token, xml, at=w.at + timedelta(days=9))()
    assert (first.new, again.new) == (True, False)
    visit = Visit.objects.get(submission__isnull=False)
    assert (visit.begun_at, visit.closed_at) == (seen, seen + timedelta(hours=1))
    assert Inspection.objects.get(extra=True).day == seen.date()
    # What was met on another day has an outing of that day, also while nobody has closed the first.
    sending(w, token, told(w, ("NEW-2", "演示店"), findings=[]), at=w.at + timedelta(days=1))()
    assert Inspection.objects.filter(extra=True).count() == 2


def test_what_was_seen_before_the_team_returned_is_taken_whenever_it_comes(live_world, phone):
    w = live_world
    mine = w.minxian
    outings.close_visit(mine.open, outcome="shut", reason="演示", by=w.leader, at=w.at)
    waiting = [stop.site for stop in mine.inspection.stops.order_by("position")
               if not Visit.objects.filter(inspection=mine.inspection, site=stop.site).exists()]  # fmt: skip
    seen = {"start": (w.at - timedelta(hours=2)).isoformat(), "end": (w.at - timedelta(hours=1)).isoformat()}
    token = phone(w.inspector)
    returned = w.at + timedelta(minutes=1)
    reason = "演示：手机还没有信号"
    outcomes = at_once(
        lambda: outings.return_team(mine.inspection, reason=reason, by=w.leader, at=returned),
        sending(w, token, told(w, waiting[0], **seen)),
    )
    assert refusals(outcomes) == []
    late = sending(w, token, told(w, waiting[1], **seen), at=w.at + timedelta(days=2))()
    visits = Visit.objects.filter(submission__isnull=False).order_by("pk")
    assert [(v.inspection_id, v.drawn, v.site_id) for v in visits] == [
        (mine.inspection.pk, True, site.pk) for site in waiting[:2]
    ]
    assert late.new and visits[1].begun_at == w.at - timedelta(hours=2)
    assert not Inspection.objects.filter(extra=True).exists()


def test_who_has_left_the_team_still_sends_what_they_saw_before(live_world, phone):
    w = live_world
    token = phone(w.inspector)
    seen = {"start": (w.at - timedelta(hours=2)).isoformat(), "end": (w.at - timedelta(hours=1)).isoformat()}
    teams.leave(w.minxian.team, person=w.inspector, reason="演示", by=w.county, at=w.at)
    sent = sending(w, token, told(w, w.minxian.waiting, **seen), at=w.at + timedelta(hours=3))()
    visit = Visit.objects.get(submission__instance_id=sent.instance)
    assert (visit.inspection, visit.drawn, visit.begun_by) == (w.minxian.inspection, True, w.inspector)
    met = sending(w, token, told(w, ("NEW-1", "演示店"), **seen), at=w.at + timedelta(hours=3))()
    assert Visit.objects.get(submission__instance_id=met.instance).inspection == w.minxian.inspection


RUNS = iter(range(1000))


@given(plan=posts.plans(places=("A", "B", "C")), width=st.integers(2, 5))
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_comes_at_once_ends_in_the_rows_of_each_sent_once(live_world, phone, plan, width):
    """As tests/flow/test_intake_properties.py has it for one after the other."""
    w, run, token = live_world, next(RUNS), phone(live_world.inspector)
    checklist = Checklist.objects.get(site_type=w.minxian.waiting.type)

    def post(prefix, one):
        xml = plan.visits[one.visit].xml(one.visit, prefix, checklist, "")
        body = one.body(xml, within_words=one.visit in plan.lost)
        shown = {"HTTP_AUTHORIZATION": f"Bearer {token}", "content_type": posts.KIND}
        return lambda: Client().generic("POST", "/submission", body, **shown).status_code

    once = [post(f"once{run}", posts.Post(k, plan.visits[k].files)) for k in plan.kept]
    assert [act() for act in once] == [201] * len(once)
    for start in range(0, len(plan.posts), width):
        batch = plan.posts[start : start + width]
        answers = at_once(*[post(f"many{run}", one) for one in batch])
        assert all(
            status in ((201, 202) if one.cut == 1000 else (201, 202, 400))
            for one, status in zip(batch, answers, strict=True)
        )
    assert posts.facts(f"many{run}") == posts.facts(f"once{run}")
    assert set(posts.facts(f"many{run}")) == {str(k) for k in plan.kept}
    assert chain_is_sound()
