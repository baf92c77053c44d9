"""Likeness: a copied report is found, a stranger is not, and old signatures stay comparable."""

import hashlib
import random
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mingcha.kernel import likeness

REPORT = (
    "岷县某镇民政所工作人员在办理低保时，要求申请人每户先交五百元“手续费”，不交的一律以材料不全退回。"
    "去年十月以来，本村至少有十一户交过，均无收据；镇里有人去问，答复说是代办人自己收的，与所里无关。"
)
RETOLD = REPORT.replace("十一户", "十几户").replace("五百元", "五百块").replace("，均无收据", "，没有人拿到过收据")
STRANGER = "县城北路公交站牌被撞倒三个月无人修复，晚上没有路灯，老人下车看不清台阶，多次拨打热线未见处理。"
CHARACTERS = [chr(0x4E00 + place) for place in range(2000)]


def drawn(dice, length):
    return "".join(dice.choices(CHARACTERS, k=length))


def test_a_retold_report_is_like_the_first_and_a_stranger_is_not():
    first, again, other = map(likeness.signature, (REPORT, RETOLD, STRANGER))
    shares = likeness.alike(first, first + again + other)
    assert shares[0] == 1
    assert 0.5 < shares[1] < 1
    assert shares[2] < 0.1


def test_spaces_punctuation_case_and_width_do_not_matter():
    assert likeness.signature("ＡＢＣ收费，５００元。") == likeness.signature("abc 收费 500元")


@pytest.mark.parametrize("blank", ["", "  \n", "。！？——"])
def test_a_text_with_nothing_to_compare_is_like_no_other(blank):
    assert likeness.signature(blank) == likeness.BLANK
    assert likeness.alike(likeness.BLANK, likeness.BLANK).tolist() == [0]
    assert likeness.groups(likeness.BLANK * 3, least=0.5) == []
    assert likeness.signature("贪") != likeness.BLANK


def test_the_estimate_is_near_the_share_of_common_shingles():
    dice, errors = random.Random(7), []
    for _ in range(40):
        one = drawn(dice, 400)
        kept = dice.randrange(0, 400)
        other = one[:kept] + drawn(dice, 400 - kept)
        sets = [{text[place : place + 3] for place in range(398)} for text in (one, other)]
        exact = len(sets[0] & sets[1]) / len(sets[0] | sets[1])
        errors.append(likeness.alike(likeness.signature(one), likeness.signature(other))[0] - exact)
    assert max(map(abs, errors)) < 0.16
    assert abs(sum(errors) / len(errors)) < 0.02


@settings(max_examples=60)
@given(st.text(max_size=3000))
def test_every_text_has_a_signature(text):
    found = likeness.signature(text)
    assert len(found) == likeness.BYTES
    assert likeness.alike(found, found)[0] == (found != likeness.BLANK)


@pytest.mark.parametrize("wrong", [b"x", likeness.BLANK + b"x", likeness.BLANK[1:]])
def test_what_is_no_signature_is_a_mistake_of_the_caller(wrong):
    with pytest.raises(ValueError, match="512"):
        likeness.alike(likeness.BLANK, wrong)
    with pytest.raises(ValueError, match="512"):
        likeness.groups(wrong, least=0.5)
    with pytest.raises(ValueError, match="share"):
        likeness.groups(b"", least=0)
    assert likeness.alike(likeness.BLANK, b"").tolist() == []
    assert likeness.groups(b"", least=0.5) == []


@pytest.mark.parametrize("least", [0.2, 0.35, 0.5, 0.7, 0.9, 1])
def test_the_groups_are_those_of_comparing_each_with_each(least):
    dice = random.Random(11)
    texts = [drawn(dice, 300) for _ in range(60)]
    for number in range(60):
        kept = dice.randrange(120, 300)
        texts.append(texts[number % 12][:kept] + drawn(dice, 300 - kept))
    dice.shuffle(texts)
    joined = b"".join(map(likeness.signature, texts))
    assert likeness.groups(joined, least=least) == slowly(joined, least)


def slowly(joined, least):
    count = len(joined) // likeness.BYTES
    heads = list(range(count))
    for one in range(count):
        shares = likeness.alike(joined[one * likeness.BYTES : (one + 1) * likeness.BYTES], joined)
        for other in [place for place in range(count) if shares[place] >= least]:
            old, new = heads[other], heads[one]
            heads = [new if head == old else head for head in heads]
    found = [[place for place in range(count) if heads[place] == head] for head in set(heads)]
    return sorted((group for group in found if len(group) > 1), key=lambda group: (-len(group), group))


def test_a_crowd_of_copies_is_one_group():
    joined = likeness.signature(REPORT) * 500 + likeness.signature(STRANGER) * 2
    assert [len(group) for group in likeness.groups(joined, least=0.6)] == [500, 2]


def test_a_signature_of_today_compares_with_those_of_years_ago():
    assert (
        hashlib.sha256(likeness.signature(REPORT)).hexdigest()
        == "c4c556205cbf32ebbb484fe9f481d20f9acc7f75895737b2ff709e3409d4e118"
    )


def test_numpy_is_not_loaded_before_the_first_text():
    code = "import sys; from mingcha.kernel import likeness; assert 'numpy' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
