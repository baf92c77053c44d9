"""`mingcha ladder due`: every step that is due, by itself or by hand, at any moment asked for; it changes nothing."""

import json
from itertools import pairwise

import pytest

from tests.conftest import mingcha

KEYS = {"order", "act", "label", "auto", "due_at", "deadline", "state", "unit", "office"}


@pytest.fixture
def due(demo_data):
    def ask(*more):
        done = mingcha("--data", str(demo_data), "ladder", "due", *more)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return ask


def test_json_lists_each_step_with_its_time_the_longest_due_first(due):
    told = json.loads(due("--as-of", "2021-12-20", "--json"))
    assert told["as_of"] == "2021-12-20T23:59:59.999999+08:00"
    assert told["due"] and all(set(step) == KEYS for step in told["due"])
    assert all(one["due_at"] <= next_["due_at"] <= told["as_of"] for one, next_ in pairwise(told["due"]))
    assert {step["auto"] for step in told["due"]} == {True, False}
    assert {"press", "interview", "take_over"} <= {step["act"] for step in told["due"]}


def test_the_same_moment_gives_the_same_list_and_an_earlier_one_a_shorter(due):
    first, again = (due("--as-of", "2021-12-20", "--json") for _ in range(2))
    assert first == again
    assert json.loads(due("--as-of", "2021-10-01", "--json"))["due"] == []


def test_without_json_it_is_a_list_to_read(due):
    lines = due("--as-of", "2021-12-20").splitlines()
    assert lines[-1] == f"到期步骤 {len(lines) - 1} 个。"
    assert "约谈" in "".join(lines)


def test_a_moment_that_is_none_is_one_sentence(demo_data):
    done = mingcha("--data", str(demo_data), "ladder", "due", "--as-of", "gestern")
    assert done.returncode != 0 and "Traceback" not in done.stdout + done.stderr
