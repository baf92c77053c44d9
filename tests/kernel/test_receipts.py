"""Receipts: enough of them, read generously, leading to two keys that tell nothing of each other."""

import math
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingcha.kernel import receipts

PEPPER = bytes(range(32))
CANONICAL = "7K2MZ0Q4R91XTBV3H8CD"


@pytest.mark.proof(9)
def test_a_receipt_has_a_hundred_bits_and_no_two_are_the_same():
    assert len(receipts.ALPHABET) == len(set(receipts.ALPHABET)) == 32
    assert receipts.LENGTH * math.log2(len(receipts.ALPHABET)) == 100
    made = {receipts.new() for _ in range(300)}
    assert len(made) == 300
    for receipt in made:
        assert receipts.shown(receipts.read(receipt)) == receipt
    # Every character turns up somewhere: 6000 draws from 32 miss one with a chance of e^-185.
    assert {character for receipt in made for character in receipt} == {*receipts.ALPHABET, "-"}


@pytest.mark.proof(9)
@pytest.mark.parametrize(
    "typed",
    [
        "7K2M-Z0Q4-R91X-TBV3-H8CD",
        "7k2mzoq4r9lxtbv3h8cd",
        "7K2M ZOQ4 R9IX TBV3 H8CD",
        " 7k2m—z0q4–r9ix−tbv3‐h8cd\r\n",
        "７Ｋ２Ｍ－ＺＯＱ４－Ｒ９ｌＸ－ＴＢＶ３－Ｈ８ＣＤ",
        "\u200b7K2M　Z0Q4、R91X，TBV3。H8CD\ufeff",
    ],
)
def test_a_receipt_is_read_as_people_write_it(typed):
    assert receipts.read(typed) == CANONICAL


@pytest.mark.parametrize(
    "typed", ["", "7K2M", CANONICAL + "0", "U" * 20, "7K2M-Z0Q4-R91X-TBV3-H8C*", "查询码", "-" * 20, "0" * 4000]
)
def test_what_is_no_receipt_is_refused_in_one_sentence(typed):
    with pytest.raises(receipts.ReceiptUnreadable, match="20位"):
        receipts.read(typed)


@given(st.text(max_size=100))
def test_whatever_is_typed_is_read_or_refused(typed):
    try:
        bare = receipts.read(typed)
    except receipts.ReceiptUnreadable:
        return
    assert len(bare) == 20
    assert set(bare) <= set(receipts.ALPHABET)
    assert receipts.read(receipts.shown(bare)) == bare


@given(st.text(receipts.ALPHABET, min_size=20, max_size=20), st.data())
def test_no_way_of_writing_it_makes_another_receipt(bare, data):
    forms = {"0": "0Ooｏ", "1": "1IilLｌ"}
    typed = "".join(
        data.draw(st.sampled_from([*forms.get(character, character), character.lower()]))
        + data.draw(st.sampled_from(["", "", "-", " "]))
        for character in bare
    )
    assert receipts.read(typed) == receipts.read(unicodedata.normalize("NFKC", typed)) == bare


def test_the_two_keys_come_from_receipt_and_pepper_alone():
    keys = receipts.keys("7k2m zoq4 r9ix tbv3 h8cd", pepper=PEPPER)
    assert keys == receipts.keys(CANONICAL, pepper=PEPPER)
    # Known answers: a change here would lose every citizen's way back.
    assert keys.lookup.hex() == "fde567f2a0bbf0cca59dd9b529536952074fa7662ff7d4905db00d0e7c4ee5b9"
    assert keys.citizen.public.hex() == "7eca117ae6e19a37b3510406b1e77e6ad82a3a1f280a473de562fe8edc772135"
    other = receipts.keys(CANONICAL, pepper=bytes(32))
    assert keys.lookup not in (other.lookup, keys.citizen.private, keys.citizen.public)
    assert other.citizen.public != keys.citizen.public
    assert keys.citizen.private.hex() not in repr(keys)
    assert str(keys.citizen.private) not in repr(keys)
    with pytest.raises(ValueError, match="32 bytes"):
        receipts.keys(CANONICAL, pepper=b"short")
