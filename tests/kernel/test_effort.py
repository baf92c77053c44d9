"""Proof of work: ours, fresh, for this purpose, and really done."""

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingcha.kernel import effort

KEY, AT = bytes(range(32)), datetime(2026, 11, 24, 9, 30, 15, 400, tzinfo=UTC)


def issued(bits=8, **more):
    return effort.challenge(key=KEY, at=AT, bits=bits, **more)


def test_work_that_was_done_is_accepted_and_an_age_told():
    challenge = issued()
    answer = effort.solve(challenge)
    assert hashlib.sha256(f"{challenge}:{answer}".encode()).digest()[0] == 0
    later = AT + timedelta(minutes=3)
    effort.check(challenge, answer, key=KEY, at=later)
    assert timedelta(minutes=3) <= effort.age(challenge, key=KEY, at=later) < timedelta(minutes=3, seconds=2)
    assert effort.age(challenge, key=KEY, at=AT - timedelta(seconds=30)) == timedelta()
    assert effort.read(challenge, key=KEY, at=later).bits == 8


def test_a_challenge_and_a_long_number_fit_one_block_of_the_hash():
    assert len(f"{issued(18)}:9999999999") <= 55
    assert issued(18) != issued(18)
    assert effort.digest(issued()) != effort.digest(issued())
    assert len(effort.digest(issued())) == 32


@pytest.mark.parametrize("answer", ["", "x", "-1", " 5", "５", "1" * 16, "1e3"])
def test_no_answer_or_a_wrong_one_is_refused(answer):
    with pytest.raises(effort.EffortMissing, match="不会丢失"):
        effort.check(issued(32), answer, key=KEY, at=AT)


def test_a_challenge_of_another_key_or_purpose_or_time_does_not_count():
    challenge = issued(0, about="entry")
    effort.check(challenge, "0", key=KEY, at=AT, about="entry")
    wrong = [
        {"about": "report"},
        {"key": bytes(32)},
        {"at": AT + effort.LASTS + timedelta(seconds=1)},
        {"at": AT - timedelta(minutes=2)},
    ]
    for change in wrong:
        with pytest.raises(effort.EffortStale):
            effort.check(challenge, "0", **({"key": KEY, "at": AT, "about": "entry"} | change))


@given(st.data())
def test_no_character_of_a_challenge_can_be_changed(data):
    challenge = issued(0)
    at = data.draw(st.integers(0, len(challenge) - 1))
    other = data.draw(st.characters(exclude_categories=["Cs"]).filter(lambda c: c != challenge[at]))
    for torn in (challenge[:at] + other + challenge[at + 1 :], challenge[:at], challenge + other):
        with pytest.raises(effort.EffortStale):
            effort.check(torn, "0", key=KEY, at=AT)


@given(st.text(max_size=60), st.text(max_size=20))
def test_whatever_is_sent_is_refused_by_name(challenge, answer):
    with pytest.raises(effort.EffortStale):
        effort.check(challenge, answer, key=KEY, at=AT)
    with pytest.raises(effort.EffortMissing):
        effort.check(issued(32), answer, key=KEY, at=AT)


def test_more_bits_than_a_phone_can_do_are_not_asked_for():
    with pytest.raises(ValueError, match="bits"):
        issued(33)
