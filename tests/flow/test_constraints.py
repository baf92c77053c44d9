"""Invariants live in the database: every constraint of every table, broken once and named."""

from datetime import time, timedelta

import pytest
from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.db.models import F

from mingcha.flow.campaigns.actions import calls, phones, teams
from mingcha.flow.campaigns.models import Call, Campaign, Member, Need, Offer, RecordingApproval, Team
from mingcha.flow.fieldwork.models import Attachment, EmbeddedRecord, HandOver, Inspection, Stop, Submission, Visit
from mingcha.flow.findings.models import Finding
from mingcha.flow.guidance import actions as guidance
from mingcha.flow.guidance.models import Recipient
from mingcha.flow.rectifications.actions import ledger_import
from mingcha.flow.rectifications.models import ImportedRow, Rectification
from mingcha.flow.referrals.models import Case
from mingcha.flow.reports.actions import briefs as reports
from mingcha.flow.reports.actions import naming, publications
from mingcha.flow.reports.models import Named, NamingRequest, Publication
from mingcha.flow.successions import actions as successions
from mingcha.flow.successions.models import Succession
from mingcha.ground.accounts.actions import devices
from mingcha.ground.accounts.models import Link, Post, Recusal
from mingcha.ground.audit.models import Head
from mingcha.ground.notices import actions as notices
from mingcha.ground.notices.models import Channel, Delivery, Preference, Raising
from mingcha.ground.rulebook.actions import clocks
from mingcha.ground.rulebook.models import LadderRung, Question, TermRule
from mingcha.ground.territory.models import Body, Site, SiteType
from mingcha.kernel import sheets
from mingcha.kernel.deadlines import Rung, Term, Unit
from mingcha.kernel.hours import Hours
from mingcha.tips.models import Tip
from tests import clocked, papered, referred, sealed_rows, weighed

MODELS = [model for model in apps.get_models() if model.__module__.startswith("mingcha.")]
UNIQUE = [
    (model, constraint)
    for model in MODELS
    for constraint in model._meta.constraints
    if isinstance(constraint, models.UniqueConstraint)
    and constraint.condition is None
    # Where an empty cell is like another, rows are alike that name nobody: written over, below.
    and constraint.nulls_distinct is not False
]
TOO_EARLY = timedelta(days=99)
# constraint → (table, what to write over the rows that stand under it)
WRONG = {
    "body_not_into_itself": (Body, lambda w: {"merged_into": F("code")}),
    "body_not_its_own_host": (Body, lambda w: {"host": F("code")}),
    "merged_site_is_off": (Site, lambda w: {"merged_into": w.minxian.waiting, "active": True}),
    "site_not_into_itself": (Site, lambda w: {"merged_into": F("id"), "active": False}),
    "site_on_earth": (Site, lambda w: {"latitude": 34.4, "longitude": None}),
    "site_opens_before_it_closes": (Site, lambda w: {"opens": time(8), "closes": None}),
    "schematic_is_somewhere": (Site, lambda w: {"schematic": True}),
    "visit_minutes_in_a_day": (SiteType, lambda w: {"minutes": 0}),
    "cap_of_enterprises_alone": (SiteType, lambda w: {"yearly_cap": 2}),
    "base_on_earth": (Team, lambda w: {"base_latitude": 91, "base_longitude": 104}),
    "team_starts_before_it_ends": (Team, lambda w: {"starts": time(18), "ends": time(8)}),
    "post_dates_in_order": (Post, lambda w: {"until": w.at.date() - TOO_EARLY}),
    "acting_ends": (Post, lambda w: {"capacity": "acting", "until": None}),
    "link_names_one_thing": (Link, lambda w: {"body": w.minxian.office.answering}),
    "link_dates_in_order": (Link, lambda w: {"until": w.at.date() - TOO_EARLY}),
    "recusal_names_one_thing": (Recusal, lambda w: {"body": None}),
    "asked_recusal_has_a_judge": (Recusal, lambda w: {"state": "asked", "ruled_in": None}),
    "nobody_rules_on_self": (Recusal, lambda w: {"ruled_by": F("person")}),
    "term_rule_is_a_term": (TermRule, lambda w: {"amount": 3, "unit": "by_time", "by_time": None}),
    "rung_is_a_term": (LadderRung, lambda w: {"amount": None}),
    "question_has_text": (Question, lambda w: {"text": ""}),
    "campaign_days_in_order": (Campaign, lambda w: {"ends_on": w.at.date() - TOO_EARLY}),
    "call_days_in_order": (Call, lambda w: {"to_day": w.at.date() - TOO_EARLY}),
    "need_of_someone": (Need, lambda w: {"people": 0}),
    "person_offered_once": (Offer, lambda w: {"person": w.leader}),
    "offer_days_in_order": (Offer, lambda w: {"to_day": w.at.date() - TOO_EARLY}),
    "assigned_to_a_need": (Offer, lambda w: {"state": "assigned", "need": None}),
    "one_open_membership": (Member, lambda w: {"person": w.leader}),
    "one_leader_per_team": (Member, lambda w: {"duty": "leader"}),
    "one_liaison_per_team": (Member, lambda w: {"duty": "liaison"}),
    "membership_in_order": (Member, lambda w: {"until": w.at - TOO_EARLY}),
    "provisional_site_is_off": (Site, lambda w: {"provisional": True, "active": True}),
    "recording_ends_after_approval": (RecordingApproval, lambda w: {"until": w.at - TOO_EARLY}),
    "recording_has_basis": (RecordingApproval, lambda w: {"basis": ""}),
    "extra_outing_once_a_day": (
        Inspection,
        lambda w: {"list": None, "extra": True, "team": w.minxian.team, "day": w.at.date()},
    ),
    "extra_outing_has_no_list": (Inspection, lambda w: {"extra": True}),
    "struck_stop_has_reason": (Stop, lambda w: {"out_at": w.at}),
    "hand_over_has_reason": (HandOver, lambda w: {"reason": ""}),
    "visit_once_per_outing": (
        Visit,
        lambda w: {"inspection": w.minxian.inspection, "site": w.minxian.waiting, "extra": False},
    ),
    "visit_drawn_or_extra": (Visit, lambda w: {"drawn": True, "extra": True}),
    "visit_without_checklist_is_over": (Visit, lambda w: {"checklist": None}),
    "imported_team_goes_nowhere": (Team, lambda w: {"imported": True, "disbanded_at": None}),
    "ledger_row_once": (ImportedRow, lambda w: {"key": "one"}),
    "ledger_row_has_a_key": (ImportedRow, lambda w: {"key": ""}),
    "visit_score_of_hundred": (Visit, lambda w: {"score": 101}),
    "set_aside_with_reason": (Submission, lambda w: {"state": "set_aside", "ruling": ""}),
    "visit_closed_with_outcome": (Visit, lambda w: {"state": "closed", "outcome": "", "closed_at": w.at}),
    "amiss_among_checked": (EmbeddedRecord, lambda w: {"checked": 1, "amiss": 2}),
    "reply_says_something": (Recipient, lambda w: {"replied_at": w.at, "reply": ""}),
    "not_own_successor": (Succession, lambda w: {"successor": F("person")}),
    "finding_confirmed_by_someone": (Finding, lambda w: {"state": "confirmed", "confirmed_by": None}),
    "deadline_is_set": (Rectification, lambda w: {"way": "by_deadline", "state": "ordered", "due_at": None}),
    "way_fits_state": (Rectification, lambda w: {"way": "on_spot", "state": "answered"}),
    "published_by_another_hand": (Publication, lambda w: {"approved_by": F("proposed_by")}),
    "published_is_approved": (Publication, lambda w: {"expires_on": None}),
    "taken_down_says_why": (Publication, lambda w: {"state": "taken_down"}),
    "naming_asked_once": (NamingRequest, lambda w: {"named": Named.objects.first()}),
    "naming_ruled_by_another": (NamingRequest, lambda w: {"ruled_by": F("asked_by")}),
    "naming_ruled_by_someone": (NamingRequest, lambda w: {"ruled_at": None}),
    "closed_by_someone": (Rectification, lambda w: {"closed_by": w.county}),
    "preference_quiet_is_whole": (Preference, lambda w: {"quiet_from": time(22), "quiet_to": time(22)}),
    "mail_goes_somewhere": (Preference, lambda w: {"by_mail": True, "mail": ""}),
    "one_channel_of_a_kind": (Channel, lambda w: {"kind": "wecom"}),
    "channel_quiet_is_whole": (Channel, lambda w: {"quiet_from": time(22), "quiet_to": None}),
    "channel_stopped_by_someone": (Channel, lambda w: {"stopped_at": w.at}),
    "sent_has_its_time": (Delivery, lambda w: {"state": "sent"}),
    "raised_after_an_hour": (Raising, lambda w: {"urgent_hours": 0}),
    "audit_head_single": (Head, lambda w: {"id": 2}),
    **referred.WRONG,
    **clocked.WRONG,
    **papered.WRONG,
    **weighed.WRONG,
    **sealed_rows.WRONG,
}


def test_every_constraint_is_tried():
    named = {constraint.name for model in MODELS for constraint in model._meta.constraints}
    assert named == {constraint.name for _, constraint in UNIQUE} | set(WRONG)


@pytest.fixture(scope="module")
def _filled(_ranks_of_module, _world_of_module, django_db_blocker):
    with django_db_blocker.unblock():
        fill(_world_of_module, _world_of_module.ranks)


@pytest.fixture
def full(_filled, world):
    """The world and its ranks, with a row in every table that has a constraint."""
    return world


def fill(w, ranks):
    """Add to the ranks what they have none of."""
    clocked.everything(w)
    referred.everything(w)
    papered.everything(w, ranks)
    weighed.everything(w)
    sealed_rows.everything(w)
    reports.issue_brief(w.campaign, issuer=w.city.office.body, as_of=w.at, demo=False, by=w.lead, at=w.at)
    told = publications.Text(
        "演示", "张某、李某", officials=[publications.Official("演示甲"), publications.Official("演示乙")],
        expires_on=w.at.date(),
    )  # fmt: skip
    office, cases = w.minxian.office.body, list(Case.objects.all())
    published = publications.draft(office, kind="notice", text=told, cases=cases, by=w.county, at=w.at)
    for named in published.named.all():
        naming.rule(
            naming.ask(named, reason="演示", by=w.county, at=w.at), granted=True, ruling="", by=w.second, at=w.at
        )
    publications.propose(published, by=w.county, at=w.at)
    publications.publish(published, revision=published.revision, by=w.second, at=w.at)
    teams.form_team(
        w.campaign, office=w.minxian.office.body, name="演示联动组", leader=ranks.spare_leader, members=[],
        joint=[ranks.township_body], townships=[], by=w.county, at=w.at,
    )  # fmt: skip
    spared = [calls.Spared(ranks.spare_leader, w.at.date(), w.at.date())]
    calls.answer(ranks.called, spared=spared, by=w.county, at=w.at)
    guidance.read(ranks.note, by=w.county, at=w.at)
    successions.leave(
        w.second, posts=list(w.second.posts.all()), successor=w.county, reason="演示", last_day=w.at.date(), by=w.lead,
        at=w.at,
    )  # fmt: skip
    checklist = w.minxian.open.checklist
    phones.take_up(w.campaign, checklist=checklist, by=w.lead, at=w.at)
    phones.approve_recording(
        w.campaign, office=w.minxian.office.body, basis="演示依据", until=w.at + timedelta(days=1), by=w.lead, at=w.at
    )
    device, _token = devices.add(w.inspector, label="演示", by=w.inspector, at=w.at)
    sent = Submission.objects.create(
        instance_id="uuid:one", device=device, person=w.inspector, inspection=w.minxian.inspection,
        checklist=checklist, sha256="0", xml="<a/>", state="held", received_at=w.at,
    )  # fmt: skip
    Attachment.objects.create(submission=sent, name="a.jpg", kind="photo", evidence=w.minxian.photo.evidence)
    outings = {"giver": w.minxian.inspection, "taker": w.beside.inspection}
    stop = w.minxian.inspection.stops.first()
    HandOver.objects.create(stop=stop, reason="演示", made_at=w.at, made_by=w.county, **outings)
    tell_outside(w)
    columns = [("检查时间", "found_on"), ("存在问题", "description"), ("责任单位", "body")]
    mapping = ledger_import.save_mapping(
        w.minxian.office.body, name="演示", columns=columns, words={}, done_closes=True, by=w.county, at=w.at
    )
    rows = [("2021-10-20", "甲", "演示单位"), ("2021-10-20", "乙", "演示单位")]
    told = sheets.write([heading for heading, _meaning in columns], rows, title="台账")
    ledger_import.take(told, mapping=mapping, campaign=w.campaign, by=w.county, at=w.at)
    Head.objects.get_or_create(pk=1)


def tell_outside(w):
    """Two groups of an office, one of them tried out, with a person's wishes and the office's term."""
    office = w.minxian.office.body
    hooks = {
        "wecom": "qyapi.weixin.qq.com/cgi-bin/webhook/send?key=demo",
        "feishu": "open.feishu.cn/open-apis/bot/v2/hook/demo",
    }
    for kind, hook in hooks.items():
        given = {"address": f"https://{hook}"}
        made = notices.set_channel(office, kind=kind, given=given, hours=Hours(), by=w.county, at=w.at)
        notices.try_out(made, by=w.county, at=w.at)
    notices.prefer(mail="county@example.cn", by_mail=True, in_group=True, hours=Hours(), by=w.county, at=w.at)
    notices.raise_after(office, urgent_hours=1, other_hours=None, by=w.county, at=w.at)
    office, about = w.minxian.office.body, {"emergency": False, "by": w.county, "at": w.at}
    clocks.set_term(office, stage="rectify", term=Term(9, Unit.DAYS), **about)
    clocks.set_ladder(office, rungs=[Rung(1, "press", Term(1, Unit.DAYS))], **about)


@pytest.mark.parametrize("model,constraint", UNIQUE, ids=[constraint.name for _, constraint in UNIQUE])
def test_there_is_no_second_row_of_what_is_one(full, model, constraint):
    row = model.objects.exclude(**{f"{field}__isnull": True for field in constraint.fields}).first()
    assert row is not None
    row.pk = None
    row._state.adding = True
    if isinstance(row, Tip):
        row.lookup = bytes([1] * 32)
    for other, another in UNIQUE:  # alike in what this constraint names, in nothing that another one does
        if other is model and another is not constraint:
            free = [field for field in another.fields if field not in constraint.fields]
            plain = [field for field in free if not model._meta.get_field(field).is_relation]
            if plain:
                setattr(row, plain[0], f"{getattr(row, plain[0])}2")
            else:
                there = model._meta.get_field(free[0]).related_model.objects
                setattr(row, free[0], there.exclude(pk=getattr(row, free[0]).pk).last())
    with pytest.raises(IntegrityError, match=constraint.name), transaction.atomic():
        row.save(force_insert=True)


@pytest.mark.parametrize("name", WRONG)
def test_a_row_that_contradicts_itself_is_refused(full, name):
    model, wrong = WRONG[name]
    met = ""
    # Row by row: which of several wrong rows the database comes upon first is its own affair.
    for pk in model.objects.order_by("pk").values_list("pk", flat=True):
        try:
            with transaction.atomic():
                model.objects.filter(pk=pk).update(**wrong(full))
        except IntegrityError as error:
            met += str(error)
        if name in met:
            break
    assert name in met
