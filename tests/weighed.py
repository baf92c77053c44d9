"""What weighs on a draw: a row in every table that has a constraint, and how each constraint is broken."""

from datetime import timedelta

from django.db.models import F

from mingcha.flow.draws.actions import directing, reporting, scoring
from mingcha.flow.draws.models import (
    DirectedVisit,
    PriorRate,
    Replacement,
    ReportCount,
    Round,
    RoundLeftOut,
    SiteScore,
)


def everything(w) -> None:
    """A prior rate, a count of reports, scores of 岷县; what a round left out, replaced and will carry."""
    office, kind = w.minxian.office.body, w.minxian.office.sites[0].type
    scoring.set_prior(office, site_type=kind, rate=0.2, basis="演示", by=w.county, at=w.at)
    sheet = f"{','.join(reporting.COLUMNS)}\n621126100,值守,2021-10-01,2021-10-15,9"
    reporting.take_counts(sheet.encode(), by=None, at=w.at)
    scoring.learn(office, by=w.county, at=w.at)
    round, (out, into, *_rest) = w.minxian.round, w.minxian.office.sites
    RoundLeftOut.objects.create(round=round, site=out, visits=2, cap=2)
    Replacement.objects.create(
        list=w.minxian.sealed, round=round, out=out, into=into, reason="演示", made_at=w.at, made_by=w.county
    )
    directing.direct(
        w.campaign, office=w.city.office.body, carrier=office, site=into, reason="演示", by=w.lead, at=w.at
    )


WRONG = {
    "prior_is_a_chance": (PriorRate, lambda w: {"rate": 1}),
    "prior_has_basis": (PriorRate, lambda w: {"basis": ""}),
    "reports_name_nobody": (ReportCount, lambda w: {"count": 4}),
    "report_days_in_order": (ReportCount, lambda w: {"since": F("until") + timedelta(days=1)}),
    "void_round_has_reason": (Round, lambda w: {"state": "void", "void_reason": ""}),
    "public_value_has_its_hour": (Round, lambda w: {"public_kind": "lottery", "public_at": None}),
    "replacement_has_reason": (Replacement, lambda w: {"reason": ""}),
    "directed_travels_in_a_round": (DirectedVisit, lambda w: {"state": "carried", "round": None}),
    "score_is_a_chance": (SiteScore, lambda w: {"chance": 0}),
}
