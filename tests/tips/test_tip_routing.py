"""Where a report goes: for every accused and every office of any tree, no accused, lower or recused office receives it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mingcha.ground.territory.models import SUPERVISING, BodyKind
from mingcha.tips.routing import NobodyAbove, Seat, Tree, Why, above, receiving

PLACES = ("62", "6211", "621125", "621126", "621126100", "6205", "620502")
KINDS = [str(kind) for kind in BodyKind]
OFFICES = {"62": "province", "6211": "city", "621126": "county", "621125": "other", "6205": "far"}

RECEIVING = tuple(OFFICES.values())


def office(code, division, **more):
    return Seat(code, f"演示{code}纪委监委", "office", division, **more)


SEATS = {code: office(code, division) for division, code in OFFICES.items()} | {
    seat.code: seat
    for seat in (
        Seat("bureau", "演示县局", "department", "621126"),
        Seat("school", "演示学校", "institution", "621126100", parent="bureau"),
        Seat("group", "演示派驻组", "resident_group", "621126", host="bureau"),
        Seat("town", "演示镇人民政府", "government", "621126100"),
        Seat("town-watch", "演示镇纪检组织", "township_office", "621126100"),
        Seat("county-gov", "演示县人民政府", "government", "621126"),
        Seat("city-bureau", "演示市局", "department", "6211"),
        Seat("old-county", "演示旧纪委", "office", "621126", merged_into="county"),
    )
}
TREE = Tree(SEATS)


def to(accused="", *, name="", county="621126", leaders=False, offices=RECEIVING, higher=False, tree=TREE):
    return receiving(
        tree, accused=accused, accused_name=name, county=county, leaders=leaders, offices=offices, higher=higher
    )


@pytest.mark.parametrize(
    ("accused", "leaders", "office", "why"),
    [
        ("", False, "county", Why.NEAREST),
        ("bureau", True, "county", Why.NEAREST),
        ("school", True, "county", Why.NEAREST),
        ("town", True, "county", Why.NEAREST),
        ("town-watch", False, "county", Why.NEAREST),
        ("county-gov", False, "county", Why.NEAREST),
        ("county-gov", True, "city", Why.LEADERS),
        ("county", False, "city", Why.SUPERVISOR),
        ("old-county", False, "city", Why.SUPERVISOR),
        ("group", False, "city", Why.SUPERVISOR),
        ("city-bureau", False, "city", Why.RANK),
        ("city", False, "province", Why.SUPERVISOR),
        ("other", False, "city", Why.SUPERVISOR),
    ],
)
def test_who_receives_what(accused, leaders, office, why):
    found = to(accused, leaders=leaders)
    assert (found.office.code, found.why) == (office, why)


@pytest.mark.parametrize(
    ("name", "leaders", "office"),
    [
        ("演示县局", False, "county"),
        ("县纪委的人", False, "city"),
        ("演示county纪委监委", False, "city"),
        ("县委书记", True, "city"),
        ("县委", True, "city"),
        ("县人民政府", False, "county"),
        ("镇上的卡点", True, "county"),
    ],
)
def test_what_was_typed_instead_of_chosen_counts_too(name, leaders, office):
    assert to(name=name, leaders=leaders).office.code == office


def test_the_citizen_may_ask_for_the_office_above():
    assert to("bureau").higher.code == "city" and to("bureau", higher=True).office.code == "city"
    assert to("bureau", higher=True).why is Why.WISHED and to("city").higher is None
    with pytest.raises(NobodyAbove, match="12388"):
        to("city", higher=True)


def test_an_office_without_keys_without_officers_or_tied_is_passed_over():
    assert (to(offices=["city"]).office.code, to(offices=["city"]).why) == ("city", Why.RECEIVING)
    tied = Tree(SEATS, {"county": frozenset({"bureau"})})
    assert (to("bureau", tree=tied).office.code, to("bureau", tree=tied).why) == ("city", Why.RECUSED)
    assert to("town", tree=tied).office.code == "county"
    empty = Tree(SEATS, unmanned=frozenset({"county"}))
    assert to("town", tree=empty).office.code == "city"
    with pytest.raises(NobodyAbove):
        to("county", offices=["county"])


def test_passed_upward_it_skips_the_accused_too():
    offices = OFFICES.values()
    assert above(TREE, "county", offices=offices).code == "city"
    assert above(TREE, "county", offices=offices, accused="city").code == "province"
    with pytest.raises(NobodyAbove):
        above(TREE, "province", offices=offices)


@st.composite
def trees(draw):
    """Bodies of every kind at every place, with lines, hosts, duplicates and circles; some offices tied or empty."""
    codes = [f"b{n}" for n in range(draw(st.integers(3, 12)))]
    maybe = st.sampled_from(["", "", *codes])
    seats = {}
    for code in codes:
        kind = draw(st.sampled_from([*KINDS, "office", "office"]))
        merged = draw(maybe)
        seats[code] = Seat(
            code, f"单位{code}", kind, draw(st.sampled_from(PLACES)), parent=draw(maybe), host=draw(maybe),
            merged_into=merged if merged in seats and not seats[merged].merged_into else "",
        )  # fmt: skip
    some = st.frozensets(st.sampled_from(codes))
    return Tree(seats, {code: draw(some) for code in draw(some)}, draw(some)), draw(some)


def rises(tree, start, goal):
    """Whether somebody stands above a body in its line, hosts it, or is the same as one who does; written the other way."""
    seen, waiting = set(), [start]
    while waiting:
        each = waiting.pop()
        if each in seen or each not in tree.seats:
            continue
        seen.add(each)
        seat = tree.seats[each]
        waiting += [seat.parent, seat.host, seat.merged_into]
        waiting += [other.code for other in tree.seats.values() if other.merged_into == each]
    return goal in seen


@pytest.mark.proof(7)
@settings(max_examples=300, deadline=None)
@given(trees(), st.sampled_from(["62", "6211", "621126", "620502"]), st.booleans(), st.booleans())
def test_no_office_that_is_accused_below_recused_or_of_lower_rank_ever_receives(made, county, leaders, higher):
    tree, offices = made
    for accused in ["", *tree.seats]:
        try:
            found = to(accused, county=county, leaders=leaders, offices=offices, higher=higher, tree=tree)
        except NobodyAbove:
            continue
        about = tree.seats.get(accused)
        for seat in filter(None, (found.office, found.higher)):
            assert seat.code in offices and seat.kind == "office" and not seat.merged_into
            assert seat.code not in tree.unmanned
            if about is None:
                continue
            assert not rises(tree, seat.code, accused), "neither the accused nor anything beneath or within it"
            place = (tree.seats[about.merged_into] if about.merged_into else about).division[:6]
            assert place.startswith(seat.division), "of its rank or above it"
            assert not tree.aside.get(seat.code, frozenset()) & tree.family(accused)
            head = tree.seats[about.merged_into] if about.merged_into else about
            if len(head.division) <= 6 and (head.kind in SUPERVISING or (leaders and head.leads)):
                assert len(seat.division) < len(head.division), "straight up"
