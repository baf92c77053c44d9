"""The pages on checklists and on the phones' addresses say what the house understands and answers, in both languages."""

import re
from pathlib import Path

import pytest
from django.urls import resolve

from mingcha.flow.fieldwork import packages
from mingcha.kernel.checklists import conventions
from mingcha.kernel.checklists.workbooks import workbook

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGES = {name: (DOCS / name).read_text("utf-8") for name in ("checklists.md", "checklists.zh-CN.md", "field-api.md")}
ROW = re.compile(r"^\| (`[^|]*) \|", re.MULTILINE)
PATTERNS = {"X_reported", "X_verified", "ask_…"}  # parts of names


def names(page: str) -> list[str]:
    """Return what stands in the first column of a page's tables."""
    return [name for cell in ROW.findall(PAGES[page]) for name in re.findall(r"`([^`]+)`", cell)]


@pytest.mark.parametrize("page", ["checklists.md", "checklists.zh-CN.md"])
def test_the_names_of_a_checklist_are_those_that_are_understood(page):
    known = {*conventions.MARKS, *conventions.FOUND, *conventions.LISTS}
    assert set(names(page)) == known | PATTERNS


@pytest.mark.parametrize("page", ["checklists.md", "checklists.zh-CN.md"])
def test_the_choices_that_mean_something_are_all_told(page):
    means = {*conventions.MODES, *conventions.OUTCOMES, *conventions.RESPONSIBILITIES, *conventions.SEVERITIES}
    assert all(f"`{choice}`" in PAGES[page] for choice in means | {"pass", "fail", "na"})


def test_both_pages_on_checklists_say_the_same_in_the_same_places():
    def shape(page):
        text = PAGES[page]
        return re.findall(r"^(#+) ", text, re.MULTILINE), re.findall(r"^\|", text, re.MULTILINE), sorted(names(page))

    assert shape("checklists.md") == shape("checklists.zh-CN.md")


def test_the_lists_have_the_columns_that_the_page_gives_them():
    told = dict(re.findall(r"^\| `(\w+\.csv)` \| ([\w, ]+) \|$", PAGES["checklists.md"], re.MULTILINE))
    made = {
        name: packages._csv(name, [], []).splitlines()[0].replace(",", ", ") for name in ("items.csv", "bodies.csv")
    }
    assert made.items() <= told.items()
    assert set(told) == set(packages.LISTS) == set(conventions.LISTS)


def test_a_shipped_checklist_holds_the_signatures_that_the_page_names():
    told = set(re.findall(r"sign_[a-z]+", PAGES["checklists.md"]))
    assert len(told) == 4
    assert told == set(re.findall(r"sign_[a-z]+", _names_of_a_shipped_one()))


def _names_of_a_shipped_one() -> str:
    from mingcha.kernel.checklists import forms

    return forms.from_workbook(workbook(title="检查表", form_id="shipped", version="1", questions=[])).xform


def test_every_address_that_phones_are_told_leads_somewhere():
    told = {address.replace("ID", "1") for address in re.findall(r"`(/[^`\s]+)`", PAGES["field-api.md"])}
    assert len(told) >= 14
    for address in told:
        resolve(address)
