"""A simple condition of a form means on the server what it means on the phone, which is what XPath says."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from mingcha.kernel.checklists.conditions import Place, parse, ready, resolved

PLACES = {
    "/data/a": Place((), ("a",), leaf=True),
    "/data/g": Place((), ("g",)),
    "/data/g/b": Place((), ("g", "b"), leaf=True),
    "/data/r": Place((), ("r",)),
    "/data/r/c": Place(("/data/r",), ("c",), leaf=True),
    "/data/r/d": Place(("/data/r",), ("d",), leaf=True),
    "/data/s/e": Place(("/data/s",), ("e",), leaf=True),
    "/data/甲": Place((), ("甲",), leaf=True),
}


@pytest.mark.parametrize(
    ("expression", "answer"),
    [
        (" /data/a  = 'x'", True),
        ("/data/a='x' and /data/g/b != ''", False),
        ("/data/a = 'y' or (/data/g/b = '' and true())", True),
        ("not(/data/a = 'x')", False),
        ("selected( /data/甲 , '二')", True),
        ("selected(/data/甲, '三')", False),
        ("string-length(/data/a) <= 1", True),
        ("/data/g/b > 0", False),  # nothing is neither more nor less
        ("../d = '7'", True),
        ("current()/../d < 7.5", True),
        (". = '7'", True),
        ("../../a = 'x'", True),
        ("false()", False),
    ],
)
def test_a_simple_condition_is_judged(expression, answer):
    tree = parse(expression, at="/data/r/d", places=PLACES)
    assert tree is not None
    form = {"a": "x", "g": {"b": ""}, "甲": "一 二", "r": [{"d": "9"}]}
    assert ready(tree)((form, {"c": "", "d": "7"})) is answer


@pytest.mark.parametrize(
    "expression",
    [
        "", "/data/a", "/data/a =", "= 'x'", "/data/a = 'x", "/data/a + 1 = 2", "/data/nowhere = 'x'", "/data/g = 'x'",
        "/data/s/e = 'x'", "/data/r/c = 'x'", "count(/data/r) > 0", ". <= today()", "/data/a[1] = 'x'", "not 'x'",
        "regex(., '(a+)+b')", "/data/a = 'x' /data/a", "selected(/data/a)", "(" * 400 + "true()" + ")" * 400, "true(",
        "/data/*/b = 'x'", "/data/a = 'x' & /data/a",
    ],
)  # fmt: skip
def test_what_is_not_simple_is_left_alone(expression):
    """Among it rows of a repeat that the condition does not stand in, and patterns that could run for ever."""
    assert parse(expression, at="/data/a", places=PLACES) is None


def test_a_path_is_read_from_where_it_stands():
    assert resolved("../b", "/data/g/c") == "/data/g/b"
    assert resolved(".", "/data/g/c") == "/data/g/c"
    assert resolved("current()/../../a", "/data/g/c") == "/data/a"


TEXTS = st.sampled_from(["", "x", "y", "12", "-3", "0.5", "x y", "1_0", "nan"])
ANSWERS = st.sampled_from(["/data/a", "/data/g/b", "/data/甲"])
OPERANDS = st.one_of(
    ANSWERS, TEXTS.map(lambda t: f"'{t}'"), st.sampled_from(["0", "3", "12.5"]), ANSWERS.map("string-length({})".format)
)
SIMPLE = st.one_of(
    st.tuples(OPERANDS, st.sampled_from(["=", "!=", "<", "<=", ">", ">="]), OPERANDS).map(" ".join),
    st.tuples(ANSWERS, TEXTS).map(lambda pair: f"selected({pair[0]}, '{pair[1]}')"),
    st.sampled_from(["true()", "false()"]),
)
CONDITIONS = st.recursive(
    SIMPLE,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(" ".join),
        inner.map("({})".format),
        inner.map("not({})".format),
    ),
    max_leaves=6,
)


def by_xpath(expression, answers):
    """Return what libxml2 makes of it; `selected` is no XPath, and is lent to it."""
    document = etree.fromstring("<data><a/><g><b/></g><甲/></data>")
    for path, text in answers.items():
        document.find(path.removeprefix("/data/")).text = text
    selected = {(None, "selected"): lambda _, node, word: word in "".join(n.text or "" for n in node).split()}
    return etree.XPath(f"boolean({expression})", extensions=selected)(document.getroottree())


@settings(max_examples=400, deadline=None)
@given(CONDITIONS, st.fixed_dictionaries(dict.fromkeys(("/data/a", "/data/g/b", "/data/甲"), TEXTS)))
def test_a_condition_means_what_xpath_says(expression, answers):
    tree = parse(expression, at="/data/a", places=PLACES)
    assert tree is not None
    form = {"a": answers["/data/a"], "g": {"b": answers["/data/g/b"]}, "甲": answers["/data/甲"]}
    assert ready(tree)((form,)) is by_xpath(expression, answers)
