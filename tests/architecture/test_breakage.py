"""
Every law, broken on purpose in a copy of the house, and seen to be caught: a law that never fails holds nothing.

Contracts pass when they are empty, and a rule passes when it looks in the wrong place; hence this file.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import models

from mingcha.flow.findings.models import Finding
from mingcha.flow.rectifications.models import Rectification
from mingcha.tips.models import Tip
from tests.architecture import law, tables

ROOT = Path(__file__).resolve().parents[2]
# contract → (file, line to plant), each the smallest way to break it.
CONTRACTS = [
    ("floors", "mingcha/ground/audit/queries.py", "from mingcha.flow.campaigns import queries as c"),
    ("floors", "mingcha/flow/campaigns/queries.py", "from mingcha.doors.hall import clock"),
    ("floors", "mingcha/flow/campaigns/actions.py", "from mingcha import tips"),
    ("floors", "mingcha/attic/__init__.py", '"""A new floor that nobody has placed."""'),
    ("stages", "mingcha/flow/findings/queries.py", "from mingcha.flow.rectifications import queries as r"),
    ("stages", "mingcha/flow/findings/queries.py", "def f():\n    from ..rectifications import queries as r"),
    ("stages", "mingcha/flow/parties/__init__.py", '"""A new room that nobody has placed."""'),
    ("foundations", "mingcha/ground/territory/queries.py", "from mingcha.ground.accounts import queries as a"),
    ("doors", "mingcha/doors/desk/files.py", "from mingcha.doors.field import words"),
    ("doors", "mingcha/doors/hall/clock.py", "from mingcha.doors.desk import files"),
    ("furniture", "mingcha/flow/findings/queries.py", "from mingcha.flow.findings import actions as a"),
    ("furniture", "mingcha/ground/audit/models.py", "from mingcha.ground.audit import queries as q"),
    ("doors-touch-no-tables", "mingcha/doors/desk/files.py", "from mingcha.flow.findings.models import Finding"),
    ("portal-sees-what-is-published", "mingcha/doors/portal/__init__.py", "from mingcha.flow import draws"),
    (
        "portal-sees-what-is-published",
        "mingcha/doors/portal/__init__.py",
        "from mingcha.flow.reports.queries import ledger",
    ),
    ("sealed-room", "mingcha/flow/reports/actions/briefs.py", "from mingcha import tips"),
    ("sealed-room", "mingcha/doors/hall/clock.py", "from mingcha.tips import boxes"),
    ("floors", "mingcha/tips/boxes.py", "from mingcha.flow.referrals import queries as r"),
    ("portal-sees-what-is-published", "mingcha/doors/portal/__init__.py", "from mingcha.tips.queries import figures"),
    ("portal-sees-what-is-published", "mingcha/doors/portal/__init__.py", "from mingcha.tips import unlocked"),
    ("pure-kernel", "mingcha/kernel/privacy.py", "from django.utils import timezone"),
    ("pure-kernel", "mingcha/kernel/sealing/envelopes.py", "import urllib.request"),
]
LONG = "def long():\n" + "    x = 1\n" * 41
# rule → (file, text to plant, what the offence names)
RULES = [
    (law.strange_furniture, "mingcha/flow/findings/helpers.py", '"""x"""', "findings/helpers"),
    (law.untold_names, "mingcha/doors/desk/utils.py", '"""x"""', "desk/utils.py"),
    (law.missing_door_plates, "mingcha/doors/new/__init__.py", "", "doors/new"),
    (law.long_files, "mingcha/doors/desk/new.py", "x = 1\n" * 401, "desk/new.py"),
    (law.long_files, "tests/flow/test_new.py", "x = 1\n" * 601, "test_new.py"),
    (law.long_functions, "mingcha/doors/desk/new.py", LONG, "long has 41 lines"),
    (
        law.blind_saves,
        "mingcha/flow/findings/actions.py",
        "def _f(finding):\n    finding.save()",
        "findings/actions.py",
    ),
    (
        law.acts_without_actor_or_time,
        "mingcha/flow/findings/actions.py",
        "def reopen(finding, by, at):\n    finding.objects.update(state='noted')",
        "reopen",
    ),
    (
        law.acts_without_actor_or_time,
        "mingcha/flow/findings/actions.py",
        "@transaction.atomic\ndef reopen(finding, *, by):\n    pass",
        "reopen",
    ),
    (
        law.string_links,
        "mingcha/flow/findings/models.py",
        'class Bad(models.Model):\n    order = models.ForeignKey("rectifications.Rectification", models.PROTECT)',
        "findings/models.py",
    ),
    (
        law.borrowed_verbs,
        "mingcha/flow/reports/actions/briefs.py",
        "from mingcha.flow.findings.actions import confirm",
        "confirm",
    ),
    (
        law.clocks_elsewhere,
        "mingcha/flow/findings/actions.py",
        "from django.utils import timezone\nnow = timezone.now()  # noqa: TID251",
        "findings/actions.py",
    ),
    (
        law.several_changing_calls,
        "mingcha/doors/desk/views/order_office.py",
        "def two(order):\n    rectifications.receive(order)\n    rectifications.close(order)",
        "two",
    ),
    (law.primitives_elsewhere, "mingcha/tips/new.py", "def f():\n    from nacl import bindings", "tips/new.py"),
    (law.primitives_elsewhere, "mingcha/kernel/receipts.py", "import hashlib\nimport hmac", "receipts.py"),
]
# what ruff must refuse, wherever it is typed
BANNED = {
    "django.apps.apps.get_model": "from django.apps import apps\n\napps.get_model('findings', 'Finding')\n",
    "django.dispatch.receiver": "from django.dispatch import receiver\n\nreceiver(None)\n",
    "django.db.models.signals": "from django.db.models import signals\n\nsignals.post_save\n",
    "django.utils.timezone.now": "from django.utils import timezone\n\ntimezone.now()\n",
    "datetime.datetime.now": "from datetime import UTC, datetime\n\ndatetime.now(UTC)\n",
    "datetime.date.today": "from datetime import date\n\ndate.today()\n",
    "time.time": "import time\n\ntime.time()\n",
}


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """A copy of what the laws look at: the package, the tests and the settings of the tools."""
    folder = tmp_path_factory.mktemp("house") / "明察 copy"
    leave = shutil.ignore_patterns("__pycache__", "*.po", "*.mo", "static", "*.toml")
    for name in ("mingcha", "tests"):
        shutil.copytree(ROOT / name, folder / name, ignore=leave)
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


@pytest.fixture
def plant(copy):
    """Add text to a file of the copy; afterwards the copy is whole again."""
    undo = []

    def add(file, text):
        path = copy / file
        before = path.read_bytes() if path.exists() else None
        made = next((parent for parent in reversed(path.parents) if not parent.exists()), None)
        path.parent.mkdir(parents=True, exist_ok=True)
        undo.append((path, before, made))
        path.write_text((before or b"").decode() + "\n" + text + "\n", encoding="utf-8")
        return path

    yield add
    for path, before, made in undo:
        if before is None:
            shutil.rmtree(made) if made else path.unlink()
        else:
            path.write_bytes(before)


def lint(copy):
    """Return the names of the contracts that do not hold in the copy."""
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()", "--no-cache"]
    environment = {"PYTHONPATH": str(copy), "PYTHONUTF8": "1", "PATH": "/usr/bin:/bin", "COLUMNS": "200"}
    done = subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True, check=False)
    assert re.search(r"Contracts: \d+ kept, \d+ broken", done.stdout), done.stdout + done.stderr
    return set(re.findall(r"^(.+) BROKEN", done.stdout, re.MULTILINE))


def test_the_copy_itself_is_lawful(copy):
    assert lint(copy) == set()
    assert {rule.__name__: rule(copy) for rule in law.RULES} == {rule.__name__: [] for rule in law.RULES}


@pytest.mark.parametrize("contract,file,line", CONTRACTS, ids=lambda value: str(value)[:60])
def test_a_broken_contract_is_caught(copy, plant, contract, file, line):
    plant(file, line)
    assert law.contracts(ROOT)[contract]["name"] in lint(copy)


def test_every_contract_is_broken_once():
    assert {contract for contract, _, _ in CONTRACTS} == set(law.contracts(ROOT))


@pytest.mark.parametrize("rule,file,text,named", RULES, ids=[f"{r.__name__}-{f}" for r, f, _, _ in RULES])
def test_a_broken_rule_is_caught(copy, plant, rule, file, text, named):
    plant(file, text)
    assert any(named in offence for offence in rule(copy))


def swap(copy, one, other):
    path = copy / "pyproject.toml"
    text = path.read_text(encoding="utf-8")
    swapped = text.replace(one, "\0").replace(other, one).replace("\0", other)
    assert swapped != text
    path.write_text(swapped, encoding="utf-8")
    return text


@pytest.mark.parametrize(
    "rule,one,other",
    [
        (law.stages_out_of_order, '"findings", "fieldwork"', '"fieldwork", "findings"'),
        (law.floors_out_of_order, '"ground", "kernel"', '"kernel", "ground"'),
    ],
    ids=["stages", "floors"],
)
def test_layers_named_out_of_order_are_caught(copy, rule, one, other):
    path = copy / "pyproject.toml"
    before = swap(copy, one, other)
    try:
        assert rule(copy)
    finally:
        path.write_text(before, encoding="utf-8")


def test_every_rule_is_broken_once():
    tried = {rule for rule, _, _, _ in RULES} | {law.stages_out_of_order, law.floors_out_of_order}
    assert tried == set(law.RULES)


@pytest.mark.parametrize("banned", BANNED)
def test_what_is_banned_is_caught(plant, copy, banned):
    path = plant("mingcha/flow/findings/queries.py", "")
    path.write_text(BANNED[banned], encoding="utf-8")
    command = [sys.executable, "-m", "ruff", "check", "--no-cache", "--select", "TID251", "--config", "pyproject.toml"]
    done = subprocess.run([*command, str(path)], cwd=copy, capture_output=True, text=True, check=False)
    assert f"`{banned}` is banned" in done.stdout


def test_every_ban_is_tried():
    import tomllib

    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert set(settings["tool"]["ruff"]["lint"]["flake8-tidy-imports"]["banned-api"]) == set(BANNED)


@pytest.fixture
def forward():
    """A table of `findings` that points at a later room, as a string would let it, with its accessor left open."""
    from django.test.utils import isolate_apps

    with isolate_apps("mingcha.flow.findings"):

        class Forward(models.Model):
            order = models.ForeignKey(Rectification, models.PROTECT)

            class Meta:
                app_label = "findings"

        Forward.__module__ = Finding.__module__
        yield Forward


def test_a_table_that_points_forward_is_caught(forward):
    assert tables.forward_links(forward, law.contracts(ROOT)) == ["order"]


@pytest.mark.parametrize(("table", "there"), [(Tip, Finding), (Finding, Tip)], ids=["of a tip", "to a tip"])
def test_a_table_that_leads_from_the_work_to_a_tip_or_back_is_caught(table, there):
    """Nothing in the work tells that a tip began it, and a tip tells it only sealed."""
    from django.test.utils import isolate_apps

    with isolate_apps("mingcha.flow.findings", "mingcha.tips"):

        class Leading(models.Model):
            led = models.ForeignKey(there, models.PROTECT, related_name="+")

            class Meta:
                app_label = table._meta.app_label

        Leading.__module__ = table.__module__
        assert tables.forward_links(Leading, law.contracts(ROOT)) == ["led"]


def test_an_open_reverse_accessor_is_caught(forward):
    assert tables.open_accessors(forward) == ["order"]
