"""The one statement of the intake leaves the rows that the plain actions leave, whatever a phone has filled in."""

import hashlib
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mingcha.flow.fieldwork import queries as fieldwork
from mingcha.flow.fieldwork.actions import outings
from mingcha.flow.fieldwork.models import Answer, Attachment, Photo, Submission, Visit
from mingcha.flow.findings.models import Finding, FindingPhoto
from mingcha.flow.rectifications import actions as rectifications
from mingcha.flow.rectifications import intake, intake_sql
from mingcha.flow.rectifications.models import Rectification
from mingcha.ground.accounts.actions import devices
from mingcha.ground.accounts.models import Post
from mingcha.ground.audit.models import Event, Unsealed
from mingcha.ground.evidence.actions import Incoming
from mingcha.ground.evidence.models import Evidence
from mingcha.ground.notices.models import Notice
from mingcha.ground.territory.models import Site
from mingcha.kernel.checklists import Malformed, NoInstanceId
from tests.phones import JPEG, filled

WORDS = st.text(alphabet="值守空岗登记不实两名人员未到第三班abc", min_size=1, max_size=20)
FOUND = st.fixed_dictionaries(
    {
        "description": WORDS,
        "responsibility": st.sampled_from(["territorial", "department", "unit", "individual"]),
        "severity": st.sampled_from(["slight", "ordinary", "grave"]),
        "on_spot": st.sampled_from(["yes", "no"]),
        "due_hours": st.sampled_from(["24", "72", "168"]),
        "requirement": st.just("") | WORDS,
        "photo": st.booleans(),
    }
)
SEEN = st.fixed_dictionaries(
    {
        "mode": st.sampled_from(["overt", "covert"]),
        "q1": st.sampled_from(["pass", "fail", "na"]),
        "reported": st.none() | st.integers(0, 5000),
        "verified": st.none() | st.integers(0, 5000),
        "said": st.just("") | WORDS,
        "feedback": WORDS,
        "findings": st.lists(FOUND, max_size=4, unique_by=lambda found: found["description"]),
    }
)


@pytest.fixture(autouse=True)
def _fresh():
    intake.forget()
    yield
    intake.forget()


@pytest.fixture
def carrier(world):
    _device, token = devices.add(world.inspector, label="演示手机", by=world.inspector, at=world.at)
    return intake.admit(token, at=world.at)


def file(name, content=JPEG):
    incoming = Incoming(name)
    incoming.write(content)
    return incoming


def checklist_of(world):
    return world.minxian.open.checklist.__class__.objects.get(site_type=world.minxian.waiting.type)


def values(world, seen, **more):
    site = world.minxian.waiting
    told = {"mode": seen["mode"], "q1": seen["q1"], "ask_3": seen["said"], "outcome": "done"}
    told |= {f"c2_{part}": "" if seen[part] is None else str(seen[part]) for part in ("reported", "verified")}
    if seen["mode"] == "overt":
        told |= {"feedback": seen["feedback"], "feedback_to": "值班负责人"}
    return {"site_code": site.code, "site_name": site.name, **told, **more}


def by_phone(world, carrier, seen):
    found = []
    for n, each in enumerate(seen["findings"], start=1):
        row = {name: value for name, value in each.items() if name != "photo"}
        found.append(row | {"item": str(world.items[0].pk)} | ({"photo_1": f"p-{n}.jpg"} if each["photo"] else {}))
    xml = filled(checklist_of(world), values(world, seen), findings=found)
    files = [file(row["photo_1"], JPEG + row["photo_1"].encode()) for row in found if "photo_1" in row]
    receipt = intake.receive(carrier, xml=xml, files=files, at=world.at)
    assert receipt.new and not receipt.missing
    assert Submission.objects.get(instance_id=receipt.instance).breaches == []


def by_hand(world, seen):
    by, at, site = world.inspector, world.at, world.minxian.waiting
    visit = outings.begin_visit(world.minxian.inspection, site=site, mode=seen["mode"], by=by, at=at)
    judge, count, ask = visit.checklist.questions.order_by("position")
    given_ = [outings.Given(judge.pk, verdict=seen["q1"])]
    if seen["reported"] is not None or seen["verified"] is not None:
        given_.append(outings.Given(count.pk, reported=seen["reported"], verified=seen["verified"]))
    if seen["said"]:
        given_.append(outings.Given(ask.pk, said=seen["said"]))
    outings.answer(visit, given=given_, by=by, at=at)
    for n, each in enumerate(seen["findings"], start=1):
        name = f"p-{n}.jpg"
        photos = (
            [outings.add_photo(visit, content=JPEG + name.encode(), name=name, by=by, at=at)] if each["photo"] else []
        )
        on_spot = each["on_spot"] == "yes"
        rectifications.note_finding(
            visit, item=world.items[0], responsibility=each["responsibility"], body=site.body,
            severity=each["severity"], description=each["description"], requirement=each["requirement"],
            way="on_spot" if on_spot else "by_deadline",
            due_at=None if on_spot else at + timedelta(hours=int(each["due_hours"])), photos=photos, by=by, at=at,
        )  # fmt: skip
    overt = seen["mode"] == "overt"
    rectifications.close_visit(
        visit, outcome="done", feedback=seen["feedback"] if overt else "", feedback_to="值班负责人" if overt else "",
        by=by, at=at,
    )  # fmt: skip


def left(world, before):
    """Return the rows that were left, without ids and without what only a phone brings."""
    visit = Visit.objects.get(site=world.minxian.waiting, inspection=world.minxian.inspection)
    found = {
        pk: n for n, pk in enumerate(Finding.objects.filter(visit=visit).order_by("pk").values_list("pk", flat=True))
    }
    evidence = Evidence.objects.filter(pk__gt=before["evidence"]).order_by("name")
    bare = {"id", "submission_id", "score", "latitude", "longitude", "accuracy"}
    rows = Finding.objects.filter(visit=visit).order_by("pk").values()
    return {
        "visit": {k: v for k, v in Visit.objects.filter(pk=visit.pk).values()[0].items() if k not in bare},
        "answers": list(
            Answer.objects.filter(visit=visit).order_by("question").values_list(
                "question", "verdict", "reported", "verified", "said"
            )
        ),
        "findings": [{k: v for k, v in row.items() if k not in ("id", "visit_id")} for row in rows],
        "orders": [
            {k: v for k, v in row.items() if k not in ("id", "finding_id")}
            for row in Rectification.objects.filter(finding__visit=visit).order_by("pk").values()
        ],
        "evidence": [{k: v for k, v in row.items() if k != "id"} for row in evidence.values()],
        "photos": sorted(Photo.objects.filter(visit=visit).values_list("evidence__name", "caption")),
        "shown": sorted(
            (found[f], name)
            for f, name in FindingPhoto.objects.filter(finding__visit=visit).values_list(
                "finding", "photo__evidence__name"
            )
        ),
        "notices": sorted(
            (to, subject.split("：")[0], channel, text, link.split("/")[1], at)
            for to, subject, channel, text, link, at in Notice.objects.filter(pk__gt=before["notice"]).values_list(
                "to", "subject", "channel", "text", "link", "created_at"
            )
        ),
    }  # fmt: skip


@given(seen=SEEN)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_statement_leaves_the_rows_of_the_plain_actions(world, carrier, seen):
    rows = []
    before = {"evidence": _last(Evidence), "notice": _last(Notice)}
    for act in (lambda: by_phone(world, carrier, seen), lambda: by_hand(world, seen)):
        kept = transaction.savepoint()
        act()
        rows.append(left(world, before))
        transaction.savepoint_rollback(kept)
    phone, hand = rows
    assert phone == hand


def _last(model):
    return model.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


PLAIN = {
    "mode": "overt",
    "q1": "pass",
    "reported": 3,
    "verified": 2,
    "said": "值班室",
    "feedback": "已当场说明",
    "findings": [],
}
GAP = {"description": "登记台无人", "severity": "ordinary", "on_spot": "no", "due_hours": "24",
       "responsibility": "unit", "requirement": ""}  # fmt: skip


def test_columns_of_the_statement_are_those_of_the_models():
    """A column that a model gains without a default would otherwise be missed only by the database, on the first day."""
    import re

    inserts = re.findall(r"INSERT INTO (\w+) \(([^)]*)\)", intake_sql.STATEMENT.sql)
    models = {m._meta.db_table: m for m in (Submission, Visit, Answer, Finding, Rectification, Evidence, Attachment, Photo,
              FindingPhoto, Notice, Event, Site)}  # fmt: skip
    checked = 0
    for table, columns in inserts:
        if table not in models:
            continue
        named = {column.strip() for column in columns.split(",")}
        known = {field.column: field for field in models[table]._meta.concrete_fields}
        assert named <= set(known), table
        left_out = {
            c for c, f in known.items() if c not in named and not (f.null or f.primary_key or f.has_db_default())
        }
        assert left_out == set(), (table, left_out)
        checked += 1
    assert checked >= 10


def test_one_act_stands_on_record_and_waits_for_its_seal(world, carrier):
    xml = filled(checklist_of(world), values(world, PLAIN), findings=[GAP])
    sealed_before = Unsealed.objects.count()
    receipt = intake.receive(carrier, xml=xml, files=[], at=world.at)
    event = Event.objects.get(verb="submission.receive")
    assert (event.kind, event.key, event.actor) == ("submission", receipt.instance, "inspector")
    assert event.detail["sha256"] == hashlib.sha256(xml).hexdigest() == receipt.sha256
    assert event.detail["findings"] == 1
    assert Unsealed.objects.count() == sealed_before + 1
    from mingcha.ground.audit import queries as audit

    assert audit.canonical(event) == event.text


def test_the_same_words_again_are_acknowledged_and_leave_one_row(world, carrier):
    xml = filled(checklist_of(world), values(world, PLAIN))
    first = intake.receive(carrier, xml=xml, files=[], at=world.at)
    again = intake.receive(carrier, xml=xml, files=[], at=world.at)
    assert (first.new, again.new) == (True, False)
    assert (first.instance, first.sha256) == (again.instance, again.sha256)
    assert Submission.objects.count() == Visit.objects.filter(submission__isnull=False).count() == 1


def test_other_words_under_the_same_instance_are_refused_and_the_first_stand(world, carrier):
    xml = filled(checklist_of(world), values(world, PLAIN), instance="uuid:one")
    intake.receive(carrier, xml=xml, files=[], at=world.at)
    other = filled(checklist_of(world), values(world, PLAIN, q1="fail"), instance="uuid:one")
    with pytest.raises(intake.ChangedSince):
        intake.receive(carrier, xml=other, files=[], at=world.at)
    assert Answer.objects.get(visit__submission__instance_id="uuid:one", question__name="q1").verdict == "pass"


@pytest.mark.parametrize(
    ("broken", "refusal"),
    [(lambda xml: xml[: len(xml) // 2], Malformed), (lambda xml: b"hello", Malformed), (lambda xml: b"", Malformed),
     (lambda xml: xml.replace(b"uuid:two", b""), NoInstanceId)],
)  # fmt: skip
def test_what_is_torn_or_nameless_is_refused_and_nothing_kept(world, carrier, broken, refusal):
    xml = filled(checklist_of(world), values(world, PLAIN), instance="uuid:two")
    with pytest.raises(refusal):
        intake.receive(carrier, xml=broken(xml), files=[], at=world.at)
    assert not Submission.objects.exists()


def test_an_unknown_form_or_version_is_refused(world, carrier):
    xml = filled(checklist_of(world), values(world, PLAIN))
    form_id = checklist_of(world).form_id
    for wrong in (
        xml.replace(f'id="{form_id}"'.encode(), b'id="no-such"'),
        xml.replace(b'version="1"', b'version="99"'),
    ):
        with pytest.raises(intake.UnknownForm):
            intake.receive(carrier, xml=wrong, files=[], at=world.at)


def test_a_file_that_the_words_do_not_name_is_refused_by_name(world, carrier):
    xml = filled(checklist_of(world), values(world, PLAIN))
    with pytest.raises(intake.UnexpectedFile, match=r"x\.jpg"):
        intake.receive(carrier, xml=xml, files=[file("x.jpg")], at=world.at)
    assert not Submission.objects.exists()


def test_a_file_may_follow_in_a_later_post_and_finds_its_finding(world, carrier):
    xml = filled(
        checklist_of(world), values(world, PLAIN), findings=[GAP, GAP | {"description": "乙", "photo_1": "b.jpg"}]
    )
    first = intake.receive(carrier, xml=xml, files=[], at=world.at)
    assert first.missing == ("b.jpg",)
    second = intake.receive(carrier, xml=xml, files=[file("b.jpg")], at=world.at)
    assert second.missing == () and second.files == {"b.jpg": hashlib.sha256(JPEG).hexdigest()}
    shown = FindingPhoto.objects.get(photo__evidence__name="b.jpg")
    assert shown.finding.description == "乙"
    assert Event.objects.filter(verb="submission.attach").count() == 1
    third = intake.receive(carrier, xml=xml, files=[file("b.jpg")], at=world.at)
    assert third.files == second.files and Attachment.objects.count() == 1


def test_a_place_on_no_register_becomes_a_provisional_site_and_an_extra_visit(world, carrier):
    more = {"site_code": "S777", "site_name": "演示新开小店"}
    intake.receive(
        carrier, xml=filled(checklist_of(world), values(world, PLAIN, **more), findings=[GAP]), files=[], at=world.at
    )
    visit = Visit.objects.get(submission__isnull=False)
    assert (visit.extra, visit.drawn, visit.site.provisional, visit.site.active) == (True, False, True, False)
    assert visit.inspection == world.minxian.inspection
    order = Rectification.objects.get(finding__visit=visit)
    assert order.body == visit.site.body and order.body.name == "演示新开小店"


def test_a_second_account_of_the_same_stop_is_held_and_nothing_of_it_lost(world, carrier):
    checklist = checklist_of(world)
    intake.receive(carrier, xml=filled(checklist, values(world, PLAIN)), files=[], at=world.at)
    second = filled(checklist, values(world, PLAIN, q1="fail"), findings=[GAP | {"photo_1": "b.jpg"}])
    receipt = intake.receive(carrier, xml=second, files=[file("b.jpg")], at=world.at)
    held = Submission.objects.get(instance_id=receipt.instance)
    assert (held.state, held.held) == ("held", ["visited"])
    assert Attachment.objects.get(submission=held).evidence.sha256 == hashlib.sha256(JPEG).hexdigest()
    assert Visit.objects.filter(site=world.minxian.waiting, inspection=world.minxian.inspection).count() == 1


def test_a_visit_where_the_sender_must_stay_away_is_held(world):
    from mingcha.ground.accounts.actions import recusals

    site = world.minxian.waiting
    recusals.declare(
        world.inspector,
        target=recusals.Target(site=site),
        ground="interest",
        reason="演示",
        by=world.inspector,
        at=world.at,
    )
    _device, token = devices.add(world.inspector, label="演示手机", by=world.inspector, at=world.at)
    carrier = intake.admit(token, at=world.at)
    receipt = intake.receive(carrier, xml=filled(checklist_of(world), values(world, PLAIN)), files=[], at=world.at)
    assert Submission.objects.get(instance_id=receipt.instance).held == ["tied"]
    assert not Visit.objects.filter(site=site, inspection=world.minxian.inspection).exists()


def test_a_revoked_phone_is_refused_at_once_though_it_was_known_a_moment_ago(world, carrier):
    xml = filled(checklist_of(world), values(world, PLAIN))
    devices.revoke(carrier.device, by=world.inspector, at=world.at)
    with pytest.raises(intake.UnknownDevice):
        intake.receive(carrier, xml=xml, files=[], at=world.at)
    assert not Submission.objects.exists()


def test_who_is_in_no_team_is_told_so(world):
    with pytest.raises(devices.NoVisitsToMake):
        devices.add(world.county, label="演示手机", by=world.county, at=world.at)


def test_what_departs_from_the_form_is_kept_and_flagged(world, carrier):
    xml = filled(checklist_of(world), values(world, PLAIN, q1="perhaps"))
    receipt = intake.receive(carrier, xml=xml, files=[], at=world.at)
    kept = Submission.objects.get(instance_id=receipt.instance)
    assert [breach["code"] for breach in kept.breaches] == ["not_a_choice"]
    assert kept.breaches[0]["value"] == "perhaps" and b"perhaps" in kept.xml.encode()


def test_who_has_lost_the_post_that_sent_them_goes_out_no_more(world, carrier):
    assert carrier.team is not None
    Post.objects.filter(person=world.inspector).update(relieved_at=world.at, until=world.at.date())
    later = fieldwork.carrier(carrier.device, at=world.at)
    assert later.team is None
    assert later.outings == carrier.outings  # what was seen before still comes in
