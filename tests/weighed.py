"""What weighs on a draw: a row in every table that has a constraint, and how each constraint is broken."""

from datetime import timedelta

from django.db.models import F

from mingcha.flow.draws.actions import reporting, scoring
from mingcha.flow.draws.models import PriorRate, ReportCount, SiteScore


def everything(w) -> None:
    """A prior rate, a count of reports, and scores of 岷县."""
    office, kind = w.minxian.office.body, w.minxian.office.sites[0].type
    scoring.set_prior(office, site_type=kind, rate=0.2, basis="演示", by=w.county, at=w.at)
    sheet = f"{','.join(reporting.COLUMNS)}\n621126100,值守,2021-10-01,2021-10-15,9"
    reporting.take_counts(sheet.encode(), by=None, at=w.at)
    scoring.learn(office, by=w.county, at=w.at)


WRONG = {
    "prior_is_a_chance": (PriorRate, lambda w: {"rate": 1}),
    "prior_has_basis": (PriorRate, lambda w: {"basis": ""}),
    "reports_name_nobody": (ReportCount, lambda w: {"count": 4}),
    "report_days_in_order": (ReportCount, lambda w: {"since": F("until") + timedelta(days=1)}),
    "score_is_a_chance": (SiteScore, lambda w: {"chance": 0}),
}
