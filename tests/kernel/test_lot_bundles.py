"""A published draw: whoever changes one field is found out, by us and by the script that needs only Python."""

import ast
import copy
import hashlib
import json
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mingcha.kernel import lots

SCRIPT = Path(__file__).parents[2] / "docs" / "verify_lot.py"
SECRETS = [bytes(range(32)), bytes(range(32, 64))]
PUBLIC = {"named": "某彩票第2026131期开奖号码", "at": "2026-11-24T21:30:00+08:00", "value": "03 11 17 | 05"}
RULE = {"tilt": "logistic", "tau": 0.2, "scores": "ab" * 32, "teams": ["甲组", "乙组"]}
ABOUT = {"campaign": "安置点专项", "round": 3}
WEIGHED = [
    lots.Weighed(f"MX-{i:02}", ("村·北", "超市·北", "学校·南")[i % 3], (i * 7 % 11) / 11, i == 6) for i in range(11)
]
CHANCES = lots.chances(WEIGHED, n=4, setting=lots.Setting(tilt="logistic"))
CANDIDATES = [lots.Candidate(one.site, one.stratum, CHANCES[one.site]) for one in WEIGHED]


def whole(candidates, secrets, public=PUBLIC, rule=RULE, about=ABOUT):
    """A draw and its bundle, from the frame to the root."""
    terms = lots.terms_hash(rule=rule, about=about, named=public["named"], at=public["at"])
    seed = lots.seed(
        frame_hash=lots.frame_hash(candidates), terms_hash=terms, public_value=public["value"], secrets=secrets
    )
    done = lots.draw(candidates, seed=seed)
    return done, lots.bundle(done, candidates, secrets=secrets, public=public, rule=rule, about=about)


DRAW, BUNDLE = whole(CANDIDATES, SECRETS)


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
    if isinstance(value, float):
        return (value + 1, str(value), None)[how % 3]
    if isinstance(value, int):
        return (value + 1, value - 1, float(value), str(value), 10**30)[how % 5]
    if isinstance(value, str):
        at = how % max(len(value), 1)
        return (value[:at] + ("0" if value[at : at + 1] != "0" else "1") + value[at + 1 :], value + "x", "")[how % 3]
    if isinstance(value, list):
        return (value[::-1] if value[::-1] != value else value * 2, value[1:], [*value, value[0]], {})[how % 4]
    return ({}, {**value, "more": 1}, None)[how % 3]


def tampered(path, how, of=BUNDLE):
    bundle = copy.deepcopy(of)
    inner = bundle
    for key in path[:-1]:
        inner = inner[key]
    if how % 7 == 0 and isinstance(inner, dict):
        del inner[path[-1]]
    else:
        inner[path[-1]] = changed(inner[path[-1]], how)
    return bundle


def test_an_honest_bundle_passes_both_verifiers():
    again = json.loads(json.dumps(BUNDLE))
    on_record = {key: BUNDLE[key] for key in ("frame_hash", "terms_hash", "root", "rule", "n")}
    on_record |= {"commitments": BUNDLE["commitments"][::-1], "public": {"named": PUBLIC["named"], "at": PUBLIC["at"]}}
    lots.verify(again, published=on_record)
    assert run(BUNDLE, DRAW.root, BUNDLE["frame_hash"], BUNDLE["terms_hash"], *BUNDLE["commitments"]) == (0, "OK\n")


@settings(max_examples=12, deadline=None)
@given(st.integers(1, 30), st.integers(0, 10**6), st.sampled_from(["lottery", "logistic", "minmax"]))
def test_the_script_agrees_with_us_on_any_draw(size, luck, tilt):
    n = luck % size + 1
    weighed = [lots.Weighed(f"点{i}", f"层{(i * luck) % 5}", (i * luck % 97) / 97) for i in range(size)]
    chances = lots.chances(weighed, n=n, setting=lots.Setting(tilt=tilt, cap=1.0))
    secrets = [hashlib.sha256(b"%d %d" % (luck, k)).digest() for k in range(2 + luck % 2)]
    _, bundled = whole([lots.Candidate(w.site, w.stratum, chances[w.site]) for w in weighed], secrets)
    lots.verify(bundled)
    assert run(bundled) == (0, "OK\n")


def test_the_script_is_short_and_needs_only_python():
    lines = SCRIPT.read_text(encoding="utf-8").splitlines()
    assert len(lines) < 40
    steps = [node for node in ast.walk(ast.parse("\n".join(lines))) if isinstance(node, ast.Import | ast.ImportFrom)]
    imported = {name for step in steps for name in (getattr(step, "module", None), *(one.name for one in step.names))}
    assert imported - {None, "Fraction"} <= set(sys.stdlib_module_names)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(list(leaves(BUNDLE))), st.integers(0, 10_000))
def test_a_change_of_any_one_field_is_caught(path, how):
    bundle = tampered(path, how)
    assert json.dumps(bundle) != json.dumps(BUNDLE)
    with pytest.raises(lots.Tampered):
        lots.verify(bundle)


@settings(max_examples=20, deadline=None)
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
CHANCE_1 = BUNDLE["frame"].replace(",1\n", ",2\n", 1)


@pytest.mark.parametrize(
    ("bundle", "place", "script"),
    [
        (_set("format", to="mingcha-lot/1"), "format", "format"),
        (_set("about", "round", to=4), "terms_hash", "terms"),
        (_set("rule", "tau", to=0.3), "terms_hash", "terms"),
        (_set("public", "named", to="骰子"), "terms_hash", "terms"),
        (_set("public", "value", to="03 11 18 | 05"), "public", "seed"),
        (_set("public", to={**PUBLIC, "remark": "x"}), "public", "format"),
        (_set("terms_hash", to="0" * 64), "terms_hash", "terms"),
        (_set("frame", to=BUNDLE["frame"].replace("MX-03,", "MX-03x,")), "frame_hash", "frame"),
        (_set("frame", to=CHANCE_1), "frame", "frame"),
        (_set("frame", to=BUNDLE["frame"] + BUNDLE["frame"].split("\n")[1] + "\n"), "frame", "frame"),
        (_set("frame_hash", to="0" * 64), "frame_hash", "frame"),
        (_set("secrets", 0, to="00" * 32), "commitments", "commitments"),
        (_set("secrets", to=BUNDLE["secrets"][:1]), "secrets", "secrets"),
        (_set("secrets", to=BUNDLE["secrets"][::-1]), "secrets", "secrets"),
        (_set("commitments", to=BUNDLE["commitments"][::-1]), "commitments", "commitments"),
        (_set("seed", to="0" * 64), "seed", "seed"),
        (_set("n", to=5), "n", "strata or n"),
        (_set("strata", 1, "drawn", to=9), f"strata {BUNDLE['strata'][1]['stratum']}", "strata or n"),
        (_set("tickets", 0, "value", to="0" * 64), f"ticket {FIRST['site']}", f"ticket of {FIRST['site']}"),
        (_set("tickets", 0, "rank", to=True), f"ticket {FIRST['site']}", f"ticket of {FIRST['site']}"),
        (_set("tickets", to=BUNDLE["tickets"][::-1]), "order", "ticket"),
        (_set("drawn", to=BUNDLE["drawn"][1:]), "drawn", "drawn or root"),
        (_set("drawn", to=BUNDLE["drawn"][::-1]), "order", "drawn or root"),
        (_set("root", to="0" * 64), "root", "drawn or root"),
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


@pytest.mark.parametrize(
    ("site", "value", "secrets", "place"),
    [
        ("MX 01", "3 1 4", SECRETS, "frame"),
        ("MX|01", "3 1 4", SECRETS, "frame"),
        ("e\u0301", "3 1 4", SECRETS, "frame"),
        ("MX\u200b01", "3 1 4", SECRETS, "frame"),
        ("MX-01", "３ 1 4", SECRETS, "seed"),
        ("MX-01", "3  1 4", SECRETS, "seed"),
        ("MX-01", "3 1\u200b4", SECRETS, "seed"),
        ("MX-01", "", SECRETS, "seed"),
        ("MX-01", "3 1 4", SECRETS[:1], "secrets"),
    ],
)
def test_what_two_readers_could_read_differently_passes_neither_however_it_was_made(
    site, value, secrets, place, monkeypatch
):
    candidates = [lots.Candidate(site, "村", Fraction(1, 2)), lots.Candidate("other", "村", Fraction(1, 2))]
    with monkeypatch.context() as loose:
        loose.setattr("mingcha.kernel.lots.frame._check", lambda name: None)
        loose.setattr("mingcha.kernel.lots.tickets.plain_value", lambda text: text)
        loose.setattr("mingcha.kernel.lots.tickets.LEAST_SECRETS", 1)
        _, forged = whole(candidates, secrets, {**PUBLIC, "value": value})
        lots.verify(forged)
    with pytest.raises(lots.Tampered):
        lots.verify(forged)
    assert run(forged) == (1, f"BROKEN at {place}\n")


def test_a_draw_made_anew_agrees_with_itself_and_fails_against_what_was_published():
    _, anew = whole(CANDIDATES, [SECRETS[0], bytes(32)])
    lots.verify(anew)
    for key in ("commitments", "root"):
        with pytest.raises(lots.Tampered, match=key):
            lots.verify(anew, published={key: BUNDLE[key]})
    with pytest.raises(lots.Tampered, match="public"):
        lots.verify(anew, published={"public": {"named": "骰子"}})
    code, said = run(anew, DRAW.root)
    assert code != 0
    assert "published" in said


def test_a_bundle_is_not_made_from_a_draw_that_does_not_belong():
    for secrets, rule in (([SECRETS[0], bytes(32)], RULE), (SECRETS, {})):
        with pytest.raises(ValueError, match="does not belong"):
            lots.bundle(DRAW, CANDIDATES, secrets=secrets, public=PUBLIC, rule=rule, about=ABOUT)


@pytest.mark.parametrize("odd", [None, [], "x", {}, {**BUNDLE, "frame": "site,stratum,chance\na,b,1e999999999\n"}])
def test_what_is_no_bundle_at_all_is_refused_and_costs_nothing(odd):
    with pytest.raises(lots.Tampered):
        lots.verify(odd)


# One ticket alone


def test_every_site_can_prove_its_ticket_alone():
    for candidate in CANDIDATES:
        proof = json.loads(json.dumps(lots.prove(DRAW, candidate.site)))
        lots.check_proof(proof, root=DRAW.root)
        assert proof["drawn"] is (candidate.site in DRAW.drawn)
        assert len(proof["path"]) <= 4
        told = json.dumps(proof, ensure_ascii=False)
        assert [c.site for c in CANDIDATES if c.site in told] == [candidate.site]
    with pytest.raises(lots.NotACandidate, match="MX-99"):
        lots.prove(DRAW, "MX-99")


def test_one_site_alone_is_its_own_tree():
    done, _ = whole([lots.Candidate("a", "村", Fraction(1))], SECRETS)
    lots.check_proof(lots.prove(done, "a"), root=done.root)


PROOF = lots.prove(DRAW, "MX-04")


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(list(leaves(PROOF))), st.integers(0, 10_000))
def test_a_change_of_any_one_field_of_a_proof_is_caught(path, how):
    with pytest.raises(lots.Tampered):
        lots.check_proof(tampered(path, how, PROOF), root=DRAW.root)


def test_a_proof_against_another_root_names_the_root():
    with pytest.raises(lots.Tampered, match="root"):
        lots.check_proof(PROOF, root="0" * 64)
    for odd in (None, [], {}, {"format": "x"}):
        with pytest.raises(lots.Tampered, match="format"):
            lots.check_proof(odd, root=DRAW.root)
