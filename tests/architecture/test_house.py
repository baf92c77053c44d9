"""The law of the house: what import-linter holds, and what it cannot see (law.py)."""

from pathlib import Path

import pytest
from django.apps import apps
from importlinter.cli import lint_imports

from tests.architecture import law, tables

ROOT = Path(__file__).resolve().parents[2]
OURS = [model for model in apps.get_models() if model.__module__.startswith("mingcha.")]


def test_the_import_contracts_are_kept(monkeypatch):
    monkeypatch.chdir(ROOT)
    assert lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True, no_logo=True) == 0


@pytest.mark.parametrize("rule", law.RULES, ids=lambda rule: rule.__name__)
def test_the_rule_is_kept(rule):
    assert rule(ROOT) == []


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_tables_point_back_in_time_or_down(model):
    assert tables.forward_links(model, law.contracts(ROOT)) == []


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_no_reverse_accessor_leads_out_of_a_room(model):
    assert tables.open_accessors(model) == []


@pytest.mark.parametrize("path", law.rooms(ROOT), ids=lambda path: path.name)
def test_every_room_stands_in_a_contract(path):
    """Also one without an import: exhaustive contracts see only folders, this sees who decided where it stands."""
    layers = [row for contract in law.contracts(ROOT).values() for row in contract.get("layers", ())]
    assert path.name in {name.strip(" ()") for row in layers for name in row.split("|")}
