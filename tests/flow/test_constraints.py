"""Invariants live in the database: every constraint of every table, broken once and named."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.db import IntegrityError, models, transaction

from mingcha.flow.campaigns.models import Campaign, Member
from mingcha.flow.fieldwork.models import Visit
from mingcha.flow.findings.models import Finding
from mingcha.flow.rectifications.models import Rectification
from mingcha.flow.reports import actions as reports
from mingcha.ground.accounts.models import Post
from mingcha.ground.audit.models import Head
from mingcha.ground.rulebook.models import Question

MODELS = [model for model in apps.get_models() if model.__module__.startswith("mingcha.")]
UNIQUE = [
    (model, constraint)
    for model in MODELS
    for constraint in model._meta.constraints
    if isinstance(constraint, models.UniqueConstraint) and constraint.condition is None
]
# constraint → (table, what to write over some row that stands under it)
WRONG = {
    "post_dates_in_order": (Post, lambda w: {"until": w.at.date() - timedelta(days=99)}),
    "question_has_text": (Question, lambda w: {"text": ""}),
    "campaign_days_in_order": (Campaign, lambda w: {"ends_on": w.at.date() - timedelta(days=99)}),
    "one_leader_per_team": (Member, lambda w: {"duty": "leader"}),
    "visit_closed_with_outcome": (Visit, lambda w: {"state": "closed", "outcome": "", "closed_at": w.at}),
    "finding_confirmed_by_someone": (Finding, lambda w: {"state": "confirmed", "confirmed_by": None}),
    "deadline_is_set": (Rectification, lambda w: {"way": "by_deadline", "state": "ordered", "due_at": None}),
    "way_fits_state": (Rectification, lambda w: {"way": "on_spot", "state": "answered"}),
    "closed_by_someone": (Rectification, lambda w: {"closed_by": w.county}),
    "audit_head_single": (Head, lambda w: {"id": 2}),
}


def test_every_constraint_is_tried():
    named = {constraint.name for model in MODELS for constraint in model._meta.constraints}
    assert named == {constraint.name for _, constraint in UNIQUE} | set(WRONG)


@pytest.fixture
def full(world):
    """The world, with a row in every table that has a constraint."""
    reports.issue_brief(
        world.campaign, issuer=world.city.office.body, as_of=world.at, demo=False, by=world.lead, at=world.at
    )
    Head.objects.get_or_create(pk=1)
    return world


@pytest.mark.parametrize("model,constraint", UNIQUE, ids=[constraint.name for _, constraint in UNIQUE])
def test_there_is_no_second_row_of_what_is_one(full, model, constraint):
    row = model.objects.exclude(**{f"{field}__isnull": True for field in constraint.fields}).first()
    assert row is not None
    row.pk = None
    row._state.adding = True
    with pytest.raises(IntegrityError, match=constraint.name), transaction.atomic():
        row.save(force_insert=True)


@pytest.mark.parametrize("name", WRONG)
def test_a_row_that_contradicts_itself_is_refused(full, name):
    model, wrong = WRONG[name]
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        model.objects.update(**wrong(full))
