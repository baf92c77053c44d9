"""Rates at the desk: with their interval wherever they stand, and in words where the visits are few."""

import io
from fractions import Fraction

import docx
import pytest
from django.urls import reverse

from mingcha.doors.desk import scored
from mingcha.flow.reports.queries import briefs
from tests.visited import more_sites, revealed
from tests.world import sign_in


@pytest.fixture
def ask(client, world):
    def get(name, by=None, query=""):
        sign_in(client, by or world.lead)
        return client.get(reverse(f"desk:{name}", args=["demo"]) + query).content.decode()

    return get


@pytest.fixture
def twenty(world):
    """Twenty of forty seen, four with a problem, eighteen of one half of the types."""
    codes = more_sites(world.minxian, 40)
    drawn = [*codes[:36:2], codes[1], codes[3]]
    frame = dict.fromkeys(codes, Fraction(1, 2))
    return revealed(world.minxian, world.campaign, frame=frame, drawn=drawn, found=drawn[:4])


def test_the_totals_tell_rates_with_their_interval_and_few_visits_in_words(ask, twenty):
    page = ask("totals", query="?by=site_type")
    assert "20%(5–44%)" in page and "22%(6–48%)" in page
    assert "检查不足 10 处次，暂不估计" in page, "two visits give no rate"
    assert "100%" not in page
    assert "20%(5–44%)" in ask("totals", query="?by=day"), "by day there is only the whole"
    assert "20%(5–44%)" in ask("campaign")


def test_before_a_round_is_revealed_nothing_is_told_and_a_neighbour_sees_only_its_own(ask, world):
    assert "还没有公开验证的轮次" in ask("totals")
    codes = more_sites(world.minxian, 12)
    revealed(world.minxian, world.campaign, frame=dict.fromkeys(codes, Fraction(1, 2)), drawn=codes, found=codes[:6])
    assert "50%(" in ask("totals", by=world.county)
    assert "还没有公开验证的轮次" in ask("totals", by=world.neighbour)


def test_the_brief_tells_the_rate_of_offices_that_answer_for_both(ask, world, twenty):
    assert "入围点位的问题率为20%(5–44%)" in ask("brief")
    draft = briefs.preview(world.campaign, issuer=world.city.office.body, as_of=world.at, demo=True)
    assert [s.title for s in draft.content.sections][3] == "问题率估计"
    early = briefs.preview(
        world.campaign, issuer=world.city.office.body, as_of=twenty.revealed_at.replace(year=2020), demo=True
    )
    assert "问题率估计" not in [section.title for section in early.content.sections]
    told = briefs.stored(
        world.campaign, [row for _, row in draft.offices], issuer=world.city.office.body, as_of=world.at, demo=True
    )
    silent = [row for _, row in draft.offices if row.division != "621126"]
    assert told["rates"]["overall"]["text"] == "20%(5–44%)"
    none = briefs.stored(world.campaign, silent, issuer=world.city.office.body, as_of=world.at, demo=True)
    assert none["rates"]["rounds"] == 0
    document = briefs.draft(
        world.campaign, [row for _, row in draft.offices], issuer=world.city.office.body, as_of=world.at, demo=True,
        at=world.at,
    )  # fmt: skip
    cells = [
        cell.text for table in docx.Document(io.BytesIO(document)).tables for row in table.rows for cell in row.cells
    ]
    assert "20%(5–44%)" in cells and "处次较少，暂不估计" in cells


def test_behind_a_score_few_visits_give_no_rate(world):
    facts = {"rate": 0.3, "visits": 4, "place": "621126100", "effect": 0.1}
    codes = ("kind_rate", "place_rate", "body_rate")
    for said in scored.reasons({"code": code, "facts": facts} for code in codes):
        assert "只查过 4 次" in said and "每 100 次" not in said
    many = scored.reasons({"code": code, "facts": facts | {"visits": 40}} for code in codes)
    assert len(many) == 3 and all("查过 40 次，每 100 次约 30 次有问题" in said for said in many)
