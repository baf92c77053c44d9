"""Envelopes: the right key and purpose open them, nothing else does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingcha.kernel import sealing

KEY = sealing.new_key(entropy=bytes(range(32)))


@given(st.binary(max_size=400), st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
def test_what_is_sealed_can_be_opened(plain, about):
    envelope = sealing.seal(plain, key=KEY, about=about)
    assert sealing.open_sealed(envelope, key=KEY, about=about) == plain
    assert len(envelope) == len(plain) + 45


@given(st.data())
def test_any_changed_bit_or_missing_tail_is_refused(data):
    envelope = sealing.seal(b"MX-001\nMX-007", key=KEY, about="draw 1")
    at = data.draw(st.integers(0, len(envelope) * 8 - 1))
    bits = bytearray(envelope)
    bits[at // 8] ^= 1 << at % 8
    for torn in (bytes(bits), envelope[: at // 8], envelope + b"x"):
        with pytest.raises(sealing.SealBroken):
            sealing.open_sealed(torn, key=KEY, about="draw 1")


@pytest.mark.parametrize("key", [sealing.new_key(), b"short", b""], ids=["another", "short", "none"])
def test_another_key_is_refused(key):
    with pytest.raises(sealing.SealBroken, match="打不开"):
        sealing.open_sealed(sealing.seal(b"x", key=KEY, about="a"), key=key, about="a")


def test_an_envelope_of_another_purpose_is_refused():
    with pytest.raises(sealing.SealBroken):
        sealing.open_sealed(sealing.seal(b"x", key=KEY, about="draw 1"), key=KEY, about="draw 2")


def test_two_envelopes_of_one_text_differ_and_given_entropy_replays():
    assert sealing.seal(b"x", key=KEY, about="a") != sealing.seal(b"x", key=KEY, about="a")
    assert sealing.new_key() != sealing.new_key()
    nonce = bytes(24)
    assert sealing.seal(b"x", key=KEY, about="a", entropy=nonce) == sealing.seal(
        b"x", key=KEY, about="a", entropy=nonce
    )


def test_a_wrong_length_is_a_mistake_of_the_caller():
    with pytest.raises(ValueError, match="32 bytes"):
        sealing.new_key(entropy=b"x")
    with pytest.raises(ValueError, match="nonce"):
        sealing.seal(b"x", key=KEY, about="a", entropy=b"x")


def test_the_format_stays_readable():
    """A frozen envelope: whoever changes the format must keep opening this one."""
    frozen = bytes.fromhex(
        "4d4358313a000102030405060708090a0b0c0d0e0f10111213141516177b70b89a1e6d6a029fa09e472ce92c39506e44daa4bfd8c3f290e4c543ac78"
    )
    assert sealing.open_sealed(frozen, key=KEY, about="draw 1") == "岷县第三组".encode()
