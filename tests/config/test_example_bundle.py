"""docs/examples/round-bundle.json: a bundle as the demo publishes it, which the house and a stranger's script both verify."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from mingcha.config.demo.campaign import SLUG
from mingcha.config.demo.counties import MINXIAN
from mingcha.kernel import lots

DOCS = Path(__file__).resolve().parents[2] / "docs"
EXAMPLE = DOCS / "examples" / "round-bundle.json"


def script(path: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-I", str(DOCS / "verify_lot.py"), str(path)], capture_output=True, text=True, check=False
    )  # fmt: skip


def test_the_example_is_the_demos_and_verifies():
    bundle = json.loads(EXAMPLE.read_text("utf-8"))
    lots.verify(bundle)
    done = script(EXAMPLE)
    assert (done.returncode, done.stdout.split()) == (0, ["OK"])
    told = bundle["about"]
    assert (told["campaign"], told["office"], told["number"]) == (SLUG, MINXIAN.office, 2)
    assert (bundle["n"], len(bundle["tickets"])) == (27, 54)


def test_an_example_that_was_touched_is_named_with_the_place(tmp_path):
    bundle = json.loads(EXAMPLE.read_text("utf-8"))
    bundle["drawn"][0] = next(one["site"] for one in bundle["tickets"] if not one["drawn"])
    touched = tmp_path / "touched.json"
    touched.write_text(json.dumps(bundle), "utf-8")
    with pytest.raises(lots.Tampered):
        lots.verify(bundle)
    done = script(touched)
    assert done.returncode != 0 and "BROKEN" in done.stderr
