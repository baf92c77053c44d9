"""A published draw: whoever changes one field is found out, by us and by the script that needs only Python."""

import copy
import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mingcha.kernel import lots

SCRIPT = Path(__file__).parents[2] / "docs" / "verify_lot.py"
SEED = bytes(range(32))
CANDIDATES = [lots.Candidate(f"MX-{i:02}", ("村·北", "超市·北", "学校·南")[i % 3]) for i in range(11)]
DRAW = lots.draw(CANDIDATES, n=4, seed=SEED)
BUNDLE = lots.bundle(DRAW, CANDIDATES, SEED)


def run(bundle, *more):
    """Return (exit code, what the script said)."""
    script = [sys.executable, "-I", str(SCRIPT), "/dev/stdin", *more]
    done = subprocess.run(script, check=False, input=json.dumps(bundle), capture_output=True, text=True, timeout=20)
    return done.returncode, done.stdout + done.stderr


def leaves(value, path=()):
    """Every path to a value in a bundle, containers included."""
    if path:
        yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from leaves(inner, (*path, key))


def changed(value, how):
    """A different value of a plausible kind."""
    if isinstance(value, bool):
        return (not value, int(value), None)[how % 3]
    if isinstance(value, int):
        return (value + 1, value - 1, float(value), str(value), 10**30)[how % 5]
    if isinstance(value, str):
        at = how % max(len(value), 1)
        return (value[:at] + ("0" if value[at : at + 1] != "0" else "1") + value[at + 1 :], value + "x", "")[how % 3]
    if isinstance(value, list):
        return (value[::-1] if value[::-1] != value else value * 2, value[1:], [*value, value[0]], {})[how % 4]
    return ({}, {**value, "more": 1}, None)[how % 3]


def tampered(path, how):
    bundle = copy.deepcopy(BUNDLE)
    inner = bundle
    for key in path[:-1]:
        inner = inner[key]
    if how % 7 == 0 and isinstance(inner, dict):
        del inner[path[-1]]
    else:
        inner[path[-1]] = changed(inner[path[-1]], how)
    return bundle


def test_an_honest_bundle_passes_both_verifiers():
    lots.verify(json.loads(json.dumps(BUNDLE)), published={"commitment": DRAW.commitment, "n": 4})
    code, said = run(BUNDLE, DRAW.commitment)
    assert code == 0, said
    assert "4 of 11" in said and "4/11" in said


def test_the_script_is_short_and_needs_only_python():
    lines = SCRIPT.read_text(encoding="utf-8").splitlines()
    assert len(lines) < 40
    imported = {line.split()[1].split(".")[0] for line in lines if line.startswith(("import ", "from "))}
    assert imported <= set(sys.stdlib_module_names)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(list(leaves(BUNDLE))), st.integers(0, 10_000))
def test_a_change_of_any_one_field_is_caught(path, how):
    bundle = tampered(path, how)
    assert json.dumps(bundle) != json.dumps(BUNDLE)
    with pytest.raises(lots.Tampered):
        lots.verify(bundle)


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(list(leaves(BUNDLE))), st.integers(0, 10_000))
def test_the_script_catches_it_too(path, how):
    assert run(tampered(path, how))[0] != 0


def _set(*path, to):
    bundle = copy.deepcopy(BUNDLE)
    inner = bundle
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = to
    return bundle


FIRST = BUNDLE["tickets"][0]


@pytest.mark.parametrize(
    ("bundle", "place", "script"),
    [
        (_set("format", to="mingcha-lot/2"), "format", "format"),
        (_set("frame", to=BUNDLE["frame"].replace("MX-03", "MX-93")), "frame", "frame"),
        (_set("frame_hash", to="0" * 64), "frame", "frame"),
        (_set("seed", to="11" * 32), "commitment", "commitment"),
        (_set("commitment", to="0" * 64), "commitment", "commitment"),
        (_set("n", to=5), "allocation", "allocation"),
        (_set("n", to=12), "n", "allocation"),
        (_set("allocation", 1, "drawn", to=9), f"allocation {BUNDLE['allocation'][1]['stratum']}", "allocation"),
        (_set("tickets", 0, "value", to="0" * 64), f"ticket {FIRST['site']}", f"ticket of {FIRST['site']}"),
        (_set("tickets", to=BUNDLE["tickets"][::-1]), "order", "ticket"),
        (_set("drawn", to=BUNDLE["drawn"][1:]), "drawn", "drawn or order"),
        (_set("drawn", to=BUNDLE["drawn"][::-1]), "order", "drawn or order"),
        ({**BUNDLE, "remark": "approved"}, "项目", "format"),
    ],
)
def test_the_first_place_where_it_breaks_is_named(bundle, place, script):
    with pytest.raises(lots.Tampered, match=place) as caught:
        lots.verify(bundle)
    assert place in caught.value.place
    code, said = run(bundle)
    assert code != 0
    assert f"BROKEN at {script}" in said


def test_a_draw_made_anew_agrees_with_itself_and_fails_against_what_was_published():
    other = bytes(32)
    anew = lots.bundle(lots.draw(CANDIDATES, n=4, seed=other), CANDIDATES, other)
    lots.verify(anew)
    with pytest.raises(lots.Tampered, match="commitment"):
        lots.verify(anew, published={"commitment": DRAW.commitment})
    code, said = run(anew, DRAW.commitment)
    assert code != 0
    assert "commitment" in said


def test_a_bundle_is_not_made_from_a_draw_that_does_not_belong():
    with pytest.raises(ValueError, match="does not belong"):
        lots.bundle(DRAW, CANDIDATES, bytes(32))
