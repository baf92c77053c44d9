"""Figures without any key, whose small cells are hidden in every table at once."""

import uuid
from datetime import date

import pytest

from mingcha.ground.accounts.queries import NotAllowed, standing
from mingcha.tips.models import RatingGiven, Tip
from mingcha.tips.queries import figures
from mingcha.tips.states import Category, Kind, Outcome, Rating, State
from tests.world import World

AUTUMN = figures.Quarter(2021, 4)


def came_in(world: World, number: int, *, county: str = "621126", **more) -> list[Tip]:
    """Put in rows as they lie there; nothing of them is sealed to anybody."""
    columns = {"kind": Kind.MISCONDUCT, "category": Category.CONDUCT, "received_on": date(2021, 10, 20), **more}
    rows = [
        Tip(office=world.minxian.office.body, county=county, due_at=world.at, lookup=uuid.uuid4().bytes, public=b"",
            identity_public=b"", mark=b"", **columns)
        for _ in range(number)
    ]  # fmt: skip
    return Tip.objects.bulk_create(rows)


def named(world: World, person, quarter: figures.Quarter = AUTUMN) -> dict[str, figures.Table]:
    return {table.name: table for table in figures.tables(quarter, to=standing(person, at=world.at))}


def cell(table: figures.Table, row: str, column: str) -> int | None:
    rows, columns = [value for value, _ in table.rows], [value for value, _ in table.columns]
    return table.cells[rows.index(row)][columns.index(column)]


def test_each_sees_the_figures_of_the_area_and_small_ones_of_none(world: World) -> None:
    came_in(world, 12)
    came_in(world, 20, county="621125")
    came_in(world, 2, county="621125", category=Category.ABUSE)
    came_in(world, 9, category=Category.ABUSE)
    came_in(world, 30, category=Category.ABUSE, received_on=date(2021, 7, 1))
    table = named(world, world.lead)["received"]
    assert [value for value, _ in table.columns] == ["621125", "621126"]
    assert cell(table, "abuse", "621125") is None
    # Hidden with it, for the sums give it away: its neighbours, and no more.
    assert (cell(table, "abuse", "621126"), cell(table, "conduct", "621125")) == (None, None)
    assert (table.total, table.column_totals, cell(table, "other", "621126")) == (43, (22, 21), 0)
    own = named(world, world.county)["received"]
    assert ([value for value, _ in own.columns], own.total) == (["621126"], 21)
    assert cell(own, "abuse", "621126") == 9
    assert named(world, world.lead, figures.Quarter(2021, 3))["received"].total == 30
    assert figures.quarters(to=standing(world.lead, at=world.at)) == [AUTUMN, figures.Quarter(2021, 3)]
    with pytest.raises(NotAllowed):
        figures.tables(AUTUMN, to=standing(world.inspector, at=world.at))


def test_what_one_table_hides_no_other_gives_away(world: World) -> None:
    came_in(world, 3, category=Category.MONEY, kind=Kind.MEASURES)
    came_in(world, 40, state=State.CLOSED, outcome=Outcome.TRUE)
    rated = came_in(world, 6, state=State.CLOSED, outcome=Outcome.PARTLY)
    RatingGiven.objects.bulk_create(
        RatingGiven(tip=tip, closed_on=world.at.date(), day=world.at.date(), value=Rating.FAIR) for tip in rated
    )
    found = named(world, world.county)
    for name in ("received", "stages", "channels"):
        rows = [value for value, _ in found[name].rows]
        assert found[name].row_totals[rows.index("money")] is None
    assert found["received"].total == found["stages"].total == found["channels"].total
    assert (found["ratings"].total, found["outcomes"].total) == (6, 46)


def test_with_nothing_to_count_nothing_is_shown(world: World) -> None:
    assert figures.quarters(to=standing(world.county, at=world.at)) == []
    assert named(world, world.county)["received"].columns == []
