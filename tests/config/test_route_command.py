"""`mingcha route`: a day from a file, planned, checked, the same again; or one sentence that names the field."""

import io
import json
from pathlib import Path

import pytest

from mingcha.config import cli
from tests.conftest import mingcha

EXAMPLE = Path(__file__).resolve().parents[2] / "docs/examples/route-instance.json"


@pytest.fixture
def piped(monkeypatch, capfd):
    """Run the command in this process on what comes from a pipe; return its status and what it said."""

    def run(whole, *more):
        content = (whole if isinstance(whole, str) else json.dumps(whole)).encode()
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(content)))
        return cli.main(["route", "-", "--json", *more]), *capfd.readouterr()

    return run


@pytest.fixture(scope="module")
def answer():
    return mingcha("route", str(EXAMPLE), "--iterations", "600", "--seed", "7", "--json")


def test_the_example_is_planned_as_its_page_says(answer):
    plan, day = json.loads(answer.stdout), json.loads(EXAMPLE.read_text())
    assert answer.returncode == 0 and answer.stderr == "" and answer.stdout.count("\n") == 1
    assert plan["violations"] == [] and len(plan["checks"]) == 10
    assert (plan["iterations"], plan["seed"]) == (600, 7)
    assert [(each["stop"], each["reason"]) for each in plan["dropped"]] == [("night market", "hours")]
    begun = {stop["stop"]: stop | {"crew": route["crew"]} for route in plan["routes"] for stop in route["stops"]}
    assert len(begun) == plan["visits"] and {*begun, "night market", *plan["skipped"]} == {
        s["id"] for s in day["stops"]
    }
    assert begun["warehouse"]["crew"] == "team 1", "it asks for a skill"
    assert begun["village office A"]["crew"] != "team 1", "recused"
    assert abs(begun["shop left"]["begin_s"] - begun["shop right"]["begin_s"]) <= 300
    assert "10:30" <= begun["canteen"]["begin"] <= "13:00" and begun["clinic"]["arrive"] <= begun["clinic"]["begin"]
    assert plan["travel_seconds"] == sum(route["travel_seconds"] for route in plan["routes"])
    assert plan["objective"] == plan["travel_seconds"] + plan["missed_prizes"]


def test_the_same_again_byte_for_byte(answer):
    again = mingcha("route", str(EXAMPLE), "--iterations", "600", "--seed", "7", "--json", PYTHONHASHSEED="12345")
    assert again.stdout == answer.stdout


def test_a_search_ended_by_the_clock_tells_the_number_that_makes_it_again():
    timed = json.loads(mingcha("route", str(EXAMPLE), "--seconds", "0.3", "--json").stdout)
    assert timed["iterations"] > 10
    counted = mingcha("route", str(EXAMPLE), "--iterations", str(timed["iterations"]), "--json")
    assert json.loads(counted.stdout) == timed


def test_without_json_it_is_a_table_in_the_terminals_language():
    said = mingcha("route", str(EXAMPLE), "--iterations", "50", LC_ALL="en_US.UTF-8").stdout
    assert "team 2" in said and "night market" in said and not any("\u4e00" <= sign <= "\u9fff" for sign in said)


def test_a_day_that_holds_nobody_is_an_answer(piped):
    crews = [{"id": 1, "base": [34, 104], "start": "08:30", "end": "09:00", "barred": ["a"]}]
    stop = {"lat": 34.1, "lon": 104.1, "minutes": 30}
    done = json.loads(piped({"crews": crews, "stops": [stop | {"id": "a"}, stop | {"id": "b"}]})[1])
    assert [(each["stop"], each["reason"]) for each in done["dropped"]] == [("b", "hours"), ("a", "recusal")]
    assert done["routes"][0]["stops"] == [] and done["objective"] == 0 and done["violations"] == []
    empty = json.loads(piped({"crews": [crews[0] | {"barred": []}], "stops": []})[1])
    assert (empty["visits"], empty["dropped"], empty["violations"]) == (0, [], [])


@pytest.mark.parametrize(
    "whole,field",
    [
        ("{", "JSON"),
        ({"crews": [], "stops": []}, "crews: "),
        ({"crews": [{"id": 1, "base": [34, 104], "start": "08:30", "end": "16"}], "stops": []}, "crews[0].end: "),
    ],
)
def test_what_cannot_be_read_is_one_line_for_each_field_and_no_stack_trace(piped, whole, field):
    status, said, complaint = piped(whole)
    assert (status, said) == (1, "")
    first, last = complaint.splitlines()
    assert field in first and "docs/route-instance.md" in last


def test_a_missing_file_and_a_number_that_is_none_are_said():
    assert mingcha("route", "/nowhere.json").returncode == 2
    assert (
        "Traceback" not in (done := mingcha("route", str(EXAMPLE), "--iterations", "-3")).stderr
        and done.returncode == 2
    )
