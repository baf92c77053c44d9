"""Names in what the public is told: hidden behind places, masked unless allowed, never left standing by accident."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingcha.kernel import masking

GIVEN = st.text(alphabet="伟强明华军丽娜平", min_size=1, max_size=3)
NAME = st.builds(str.__add__, st.sampled_from(["张", "李", "欧阳"]), GIVEN)
NAMES = st.lists(NAME, min_size=1, max_size=6, unique=True)


@pytest.mark.parametrize(
    ("name", "masked"),
    [("张伟", "张某"), ("张伟强", "张某某"), ("欧阳明", "欧阳某"), ("欧阳", "欧某"), ("买买提·艾力", "买某某")],
)
def test_the_surname_stays_and_the_rest_is_hidden(name, masked):
    assert masking.mask(name) == masked


def test_two_who_would_read_alike_are_told_apart():
    assert masking.masks(["张伟", "李明", "张强"]) == ["张某甲", "李某", "张某乙"]
    assert len(set(masking.masks([f"张伟{c}" for c in "一二三四五六七八九十"]))) == 10


@given(names=NAMES, text=st.lists(NAME | GIVEN, max_size=8).map("，".join))
def test_no_name_is_left_standing(names, text):
    half = len(names) // 2
    officials = {name: n for n, name in enumerate(names[:half], 1)}
    kept = masking.hidden(text + "".join(names), officials=officials, others=names[half:])
    assert not [name for name in names if name in kept]


@given(names=NAMES, text=st.lists(NAME | GIVEN, max_size=8).map("，".join))
def test_who_wrote_it_reads_it_again_as_it_was(names, text):
    officials = {name: n for n, name in enumerate(names, 1)}
    kept = masking.hidden(text, officials=officials)
    assert masking.shown(kept, {n: name for name, n in officials.items()}) == text


@given(names=NAMES, text=st.lists(NAME, max_size=8).map("".join))
def test_shown_masked_it_tells_no_name(names, text):
    officials = {name: n for n, name in enumerate(names, 1)}
    kept = masking.hidden(text, officials=officials)
    told = masking.shown(kept, dict(enumerate(masking.masks(names), 1)))
    assert not [name for name in names if name in told and name not in kept]


def test_a_name_is_found_spaced_out_and_before_its_own_beginning():
    kept = masking.hidden("张 伟、张伟强", officials={"张伟": 1, "张伟强": 2})
    assert kept == "⟦1⟧、⟦2⟧"


def test_nobody_types_a_place():
    assert masking.hidden("⟦1⟧受到处分", officials={}) == "1受到处分"
    assert masking.shown("⟦7⟧受到处分", {}) == "某受到处分"
    assert masking.places(["⟦1⟧", "⟦2⟧与⟦1⟧"]) == {1, 2}
