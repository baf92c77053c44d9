"""The pages on former ledgers say what is read, in both languages."""

import argparse
import re
from datetime import date
from pathlib import Path

import pytest
from django.urls import resolve

from mingcha.config.commands import importing
from mingcha.doors.desk.former import MEANINGS
from mingcha.kernel.ledgers import Meaning, Standing, cells, columns, sheet

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGES = {name: (DOCS / name).read_text("utf-8") for name in ("ledger-import.md", "ledger-import.zh-CN.md")}
BY_STATE = (Standing.CLOSED, Standing.DONE, Standing.ON_SPOT, Standing.OPEN)


def rows(page):
    return [
        [re.findall(r"`([^`]+)`", cell) for cell in line.split("|")[1:3]]
        for line in PAGES[page].splitlines()
        if line.startswith("| `")
    ]


@pytest.mark.parametrize("page", PAGES)
def test_every_meaning_is_told_and_its_headings_are_read_so(page):
    told = {names[0]: headings for names, headings in rows(page) if names[0] in set(Meaning)}
    assert set(told) == set(Meaning) == set(MEANINGS)
    for meaning, headings in told.items():
        assert all(columns.known(heading) == meaning for heading in headings), meaning


@pytest.mark.parametrize("page", PAGES)
def test_the_states_are_read_as_told(page):
    states = [names for names, _ in rows(page) if names[0] not in set(Meaning)]
    for means, words in zip(BY_STATE, states, strict=True):
        assert {cells.standing(word) for word in words} == {means}


@pytest.mark.parametrize("page", PAGES)
def test_the_days_are_read_as_told(page):
    ways = re.findall(r"`([^`]*(?:27日?|1027|44496))`", PAGES[page])
    assert len(ways) >= 7
    assert {cells.moment(way, year=2021)[0] for way in ways} == {date(2021, 10, 27)}
    assert cells.moment("3日内", start=date(2021, 10, 27)) and "`3日内`" in PAGES[page]
    with pytest.raises(cells.Unclear):
        cells.moment("10.3", year=2021, numeric=True)


@pytest.mark.parametrize("page", PAGES)
def test_its_address_limits_and_command_are_as_they_are(page):
    assert resolve("/ledger/import/").url_name == "ledger_import" and "`/ledger/import/`" in PAGES[page]
    assert f"{sheet.MOST_ROWS:,}" in PAGES[page] or str(sheet.MOST_ROWS) in PAGES[page]
    parser = argparse.ArgumentParser()
    importing.add_arguments(parser)
    given = re.search(r"mingcha --data \S+ import (ledger FILE .*)", PAGES[page])
    assert parser.parse_args(given[1].split()).by == "USERNAME"


def test_both_pages_have_one_shape():
    def shape(text):
        return re.findall(r"^(#+|-|\d\.|\|) ", text, re.MULTILINE)

    assert shape(PAGES["ledger-import.md"]) == shape(PAGES["ledger-import.zh-CN.md"])
