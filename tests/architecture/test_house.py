"""The law of the house: what import-linter holds, and what it cannot see."""

import ast
import tomllib
from pathlib import Path

import pytest
from django.apps import apps
from importlinter.api import use_cases as linter  # noqa: F401 - a missing linter must fail, not skip
from importlinter.cli import lint_imports

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
CONTRACTS = {contract["id"]: contract for contract in SETTINGS["contracts"]}
STAGES = CONTRACTS["stages"]["layers"]  # latest first
FOUNDATIONS = CONTRACTS["foundations"]["layers"]  # highest first
FURNITURE = {"__init__", "apps", "states", "models", "queries", "actions", "tasks", "migrations"}
EXTRA = {
    "mingcha/flow/rectifications": {"intake"},
    "mingcha/flow/reports": {"published"},
    "mingcha/ground/accounts": {"permissions", "roles"},
    "mingcha/ground/rulebook": {"catalogues"},
}
ROOMS = [
    room
    for room in [*ROOT.glob("mingcha/flow/*/"), *ROOT.glob("mingcha/ground/*/"), ROOT / "mingcha/tips"]
    if (room / "__init__.py").exists()
]
SOURCES = [p for p in sorted(ROOT.glob("mingcha/**/*.py")) if "migrations" not in p.parts]
TESTS = sorted(ROOT.glob("tests/**/*.py"))
OURS = [model for model in apps.get_models() if model.__module__.startswith("mingcha.")]
LINKS = [
    pytest.param(model, field, id=f"{model.__name__}.{field.name}")
    for model in OURS
    for field in model._meta.get_fields()
    if field.is_relation
    and field.concrete
    and field.related_model
    and field.related_model.__module__.startswith("mingcha.")
    and field.related_model._meta.app_config is not model._meta.app_config
]


def rank(room):
    """Return a number: a table may point only at tables of a room with a greater one."""
    _, floor, name = room.split(".")
    if floor == "flow":
        return STAGES.index(name)
    layer = next(i for i, row in enumerate(FOUNDATIONS) if name in [n.strip() for n in row.split("|")])
    return 200 + layer


def relative(path):
    return str(path.relative_to(ROOT))


def test_the_import_contracts_are_kept(monkeypatch):
    monkeypatch.chdir(ROOT)
    assert lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True, no_timestamp=True) == 0


@pytest.mark.parametrize("model,field", LINKS)
def test_foreign_keys_point_back_in_time_or_down(model, field):
    here, there = model._meta.app_config.name, field.related_model._meta.app_config.name
    assert rank(here) < rank(there)


@pytest.mark.parametrize("model,field", LINKS)
def test_no_reverse_accessor_looks_forward(model, field):
    assert field.remote_field.related_name == "+"


def test_stages_sort_in_the_order_the_work_happens():
    assert list(reversed(STAGES)) == sorted(STAGES)


def test_floors_sort_from_the_top_of_the_house_down():
    floors = [name.strip() for row in CONTRACTS["floors"]["layers"] for name in row.split("|")]
    floors.remove("tips")
    # "config" stands above "doors" in rank and in the alphabet alike.
    assert floors == sorted(floors)


@pytest.mark.parametrize("room", ROOMS, ids=relative)
def test_a_room_holds_only_the_known_furniture(room):
    found = {p.stem for p in room.iterdir() if p.name not in {"__pycache__", "templates", "static"}}
    assert found <= FURNITURE | EXTRA.get(relative(room), set())


@pytest.mark.parametrize("package", sorted(ROOT.glob("mingcha/**/__init__.py")), ids=relative)
def test_every_room_has_a_door_plate(package):
    if "migrations" in package.parts or "templatetags" in package.parts:
        return
    assert ast.get_docstring(ast.parse(package.read_text(encoding="utf-8")))


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_no_file_outgrows_a_reader(path):
    assert path.read_text(encoding="utf-8").count("\n") <= 400


@pytest.mark.parametrize("path", TESTS, ids=relative)
def test_no_test_file_outgrows_a_reader(path):
    assert path.read_text(encoding="utf-8").count("\n") <= 600


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_no_function_outgrows_a_screen(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            lines = body[-1].end_lineno - body[0].lineno + 1 if body else 0
            assert lines <= 40, f"{relative(path)}:{node.name} has {lines} lines"


def test_save_names_its_fields():
    """A blind save() writes back columns that someone else has changed since they were read."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "save":
                names = {keyword.arg for keyword in node.keywords}
                assert not names or "update_fields" in names, f"{relative(path)}:{node.lineno}"
                receiver = node.func.value
                if isinstance(receiver, ast.Name) and not names and not node.args:
                    raise AssertionError(f"{relative(path)}:{node.lineno} saves without update_fields")


def test_every_changing_verb_is_keyword_only_and_names_the_actor_and_the_time():
    """A public function of `actions` takes `by=` and `at=` by keyword; a reader sees who did what, when."""
    for room in ROOMS:
        for path in [*room.glob("actions.py"), *room.glob("actions/*.py")]:
            for node in ast.parse(path.read_text(encoding="utf-8")).body:
                if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                    names = {arg.arg for arg in node.args.kwonlyargs}
                    assert "at" in names, f"{relative(path)}:{node.name} has no at="
                    assert names & {"by", "username", "to"}, f"{relative(path)}:{node.name} has no by="
