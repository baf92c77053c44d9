"""The glossary: each name stands in the code, each word once, and what the interface says in English agrees with it."""

import importlib
import re
from pathlib import Path

import pytest

GLOSSARY = (Path(__file__).resolve().parents[2] / "GLOSSARY.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| (.+?) \| (.+?) \| `([\w.]+)` \|$", GLOSSARY, re.MULTILINE)
FLOORS = ("mingcha.flow", "mingcha.ground", "mingcha.kernel", "mingcha")


def found(name):
    """Return what a short name stands for: room.Thing in its models or states, or room.module.thing."""
    room, *rest = name.split(".")
    for floor in FLOORS:
        for module in ("", ".models", ".states"):
            try:
                place = importlib.import_module(f"{floor}.{room}{module}")
            except ModuleNotFoundError:
                continue
            thing = walk(place, rest)
            if thing is not None:
                return thing
    return None


def walk(thing, names):
    """Follow attributes and submodules; return None where one is missing."""
    for name in names:
        if not hasattr(thing, name) and hasattr(thing, "__path__"):
            try:
                importlib.import_module(f"{thing.__name__}.{name}")
            except ModuleNotFoundError:
                return None
        thing = getattr(thing, name, None)
        if thing is None:
            return None
    return thing


def test_every_line_of_a_table_is_read():
    lines = [line for line in GLOSSARY.splitlines() if line.startswith("| ") and not line.startswith("| 中文")]
    assert len(lines) == len(ROWS) > 60


@pytest.mark.parametrize("name", [name for _, _, name in ROWS])
def test_the_name_stands_in_the_code(name):
    assert found(name) is not None


def test_a_name_that_does_not_exist_would_be_caught():
    assert found("findings.Finding.nonsense") is None
    assert found("nowhere.Thing") is None


def test_each_word_stands_once():
    words = [word for chinese, _, _ in ROWS for word in chinese.split("、")]
    assert len(words) == len(set(words))
    names = [name for _, _, name in ROWS]
    assert len(names) == len(set(names))
