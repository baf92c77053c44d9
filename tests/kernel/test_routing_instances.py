"""A day written as JSON: read as docs/route-instance.md says, or refused with the field that is wrong. Nothing is guessed."""

import copy
import json
import re
from pathlib import Path

import pytest

from mingcha.kernel.routing import instances
from mingcha.kernel.routing.instances import NO_WAY, InstanceRefused

DOCS = Path(__file__).resolve().parents[2] / "docs"
DAY = {
    "crews": [{"id": "甲", "base": [34.4, 104.0], "start": "08:30", "end": "16:30"}],
    "stops": [
        {"id": "a", "lat": 34.41, "lon": 104.02, "minutes": 30},
        {"id": "b", "lat": 34.5, "lon": 104.12, "minutes": 40},
    ],
}
TABLE = {
    "crews": [{"id": "k", "base": 0, "start": "08:00", "end": "17:00"}],
    "stops": [{"id": "a", "minutes": 10}, {"id": "b", "minutes": 10}],
    "travel": {"seconds": [[0, 100, 9999], [200, 0, 300], [50, None, 0]]},
}


def read(whole):
    return instances.read(json.dumps(whole).encode())


def day(base=DAY, crew=(), stop=(), **more):
    """A day with changes: to the whole, its first crew and its first stop."""
    whole = copy.deepcopy(base) | more
    whole["crews"][0].update(crew)
    if whole["stops"]:
        whole["stops"][0].update(stop)
    return whole


def test_points_crews_and_stops_are_read_with_what_is_usual():
    found = read(DAY)
    assert [(crew.id, crew.starts, crew.ends, crew.base) for crew in found.crews] == [("甲", 510, 990, 2)]
    assert [(stop.id, stop.minutes, stop.rank, stop.required) for stop in found.stops] == [
        ("a", 30, 0, True), ("b", 40, 1, True),
    ]  # fmt: skip
    assert found.where == {"a": 0, "b": 1} and found.together == 5
    assert found.travel.seconds[2][0] == pytest.approx(found.travel.metres[2][0] / 1000 * 90 + 120, abs=1), "40 km/h"


def test_a_matrix_may_be_asymmetric_and_have_no_way():
    found = read(TABLE)
    assert found.travel.seconds[0][2] == 9999 and found.travel.seconds[2][0] == 50
    assert found.travel.seconds[2][1] == NO_WAY and found.where == {"a": 1, "b": 2}


@pytest.mark.parametrize(
    "written,minutes",
    [("09:00", 540), ("9:00", 540), ("25:10", 1510), ("08:30:30", 510.5), (540, 540), (0, 0)],
)
def test_moments(written, minutes):
    (window,) = read(day(stop={"windows": [[written, "26:00"]]})).stops[0].begins
    assert window == (minutes, 1560)


def test_numbers_are_in_the_unit_that_is_named():
    found = read(
        day(units={"time": "seconds"}, stop={"windows": [[36000, 39600]]}, crew={"start": 30600, "end": 59400})
    )
    assert found.stops[0].begins == ((600, 660),) and found.crews[0].starts == 510


def test_recusals_skills_and_streets_may_be_said_in_several_places():
    crews = [DAY["crews"][0] | {"id": name} for name in "甲乙丙丁"]
    crews[0] |= {"barred": ["a"], "skills": ["food"]}
    crews[1] |= {"skills": ["food", "fire"]}
    stops = [DAY["stops"][0] | {"barred": ["乙"]}, DAY["stops"][1] | {"skills": ["food"]}]
    found = read({"crews": crews, "stops": stops, "recusals": [["丙", "a"]], "streets": [["a", "b"]]})
    barred = {crew.id: set(crew.barred) for crew in found.crews}
    assert barred == {"甲": {"a"}, "乙": {"a"}, "丙": {"a", "b"}, "丁": {"b"}}
    assert {stop.street for stop in found.stops} == {"streets[0]"}


# What is wrong, and the field that is named for it.
WRONG = [
    ("crews", day(crews=[DAY["crews"][0]]) | {"crews": []}),
    ("stops", {"crews": DAY["crews"]}),
    ("crews", day() | {"crews": {"a": 1}}),
    ("stops[2]", day() | {"stops": [*DAY["stops"], "x"]}),
    ("stops[2].id", day() | {"stops": [*DAY["stops"], DAY["stops"][0]]}),
    ("crews[1].id", day() | {"crews": DAY["crews"] * 2}),
    ("crews[0].id", day(crew={"id": ""})),
    ("stops[0].id", day(stop={"id": None})),
    ("crews[0].end", day(crew={"end": "08:00"})),
    ("crews[0].start", day(crew={"start": "half past"})),
    ("crews[0].base", day() | {"crews": [{"id": "甲", "start": "08:30", "end": "16:30"}]}),
    ("crews[0].barred[0]", day(crew={"barred": ["nobody"]})),
    ("crews[0].max_stops", day(crew={"max_stops": 0})),
    ("crews[0].hours", day(crew={"hours": [["08:00", "10:00"], ["11:00", "12:00"]]})),
    ("stops[0].barred[0]", day(stop={"barred": ["nobody"]})),
    ("recusals[0].stop", day(recusals=[["甲", "nowhere"]])),
    ("streets[0][0]", day(streets=[["nowhere", "a"]])),
    ("stops[0].minutes", day(stop={"minutes": -3})),
    ("stops[0].minutes", day(stop={"service": 5})),
    ("stops[0].windows[0]", day(stop={"windows": [["11:00", "09:00"]]})),
    ("stops[0].windows[0]", day(stop={"windows": ["09:00"]})),
    ("stops[0].rank", day(stop={"rank": "high"})),
    ("stops[0].prize", day(stop={"prize": 3})),
    ("stops[0].required", day(stop={"required": "yes"})),
    ("stops[0].windwos", day(stop={"windwos": []})),
    ("stops[0].lat", day(stop={"lat": 134})),
    ("stops[0]", day() | {"stops": [{"id": "a", "minutes": 3}]}),
    ("stops[0].x", day() | {"stops": [{"id": "a", "minutes": 3, "x": 1, "y": 2}], "bases": [[34, 104]]}),
    ("travel.km_per_hour", day(travel={"km_per_hour": 0})),
    ("travel", day(travel={"metres": [[0]]})),
    ("travel.seconds[1]", day(TABLE, travel={"seconds": [[0, 1, 2], [1, 0], [1, 2, 0]]})),
    ("travel.seconds[0][1]", day(TABLE, travel={"seconds": [[0, -1, 2], [1, 0, 1], [1, 2, 0]]})),
    ("travel.seconds[0][1]", day(TABLE, travel={"seconds": [[0, "1", 2], [1, 0, 1], [1, 2, 0]]})),
    ("travel.metres", day(TABLE, travel={"seconds": [[0] * 3] * 3, "metres": [[0]]})),
    ("stops[0].location", day(TABLE, travel={"seconds": [[0, 1], [1, 0]]})),
    ("stops[0].location", day(TABLE, stop={"location": 7})),
    ("crews[0].base", day(TABLE, crew={"base": 7})),
    ("units.time", day(units={"time": "weeks"})),
    ("format", day(format="other/9")),
]


@pytest.mark.parametrize("field,whole", WRONG)
def test_what_is_wrong_is_named_by_its_field(field, whole):
    with pytest.raises(InstanceRefused) as refused:
        read(whole)
    assert field in [problem.field for problem in refused.value.problems]
    assert all("%" not in problem.said() for problem in refused.value.problems)


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe\x00", b"[" * 100_000, b"[]", b"null", b"3", b'"text"'])
def test_what_is_no_object_is_refused_as_a_whole(content):
    with pytest.raises(InstanceRefused) as refused:
        instances.read(content)
    assert [problem.field for problem in refused.value.problems] == [""]


def test_all_problems_are_told_at_once():
    with pytest.raises(InstanceRefused) as refused:
        read(day(crew={"end": "x"}, stop={"minutes": "x", "rank": "x"}))
    assert {problem.field for problem in refused.value.problems} == {
        "stops[0].minutes",
        "stops[0].rank",
        "crews[0].end",
    }


def test_the_schema_and_the_page_know_the_fields_that_the_reader_knows():
    schema = json.loads((DOCS / "route-instance.schema.json").read_text())
    page = (DOCS / "route-instance.md").read_text()
    parts = {"crew": instances.CREW, "stop": instances.STOP, "travel": instances.TRAVEL}
    known = {name: set(schema["$defs"][name]["properties"]) for name in parts} | {"": set(schema["properties"])}
    for name, fields in (parts | {"": instances.WHOLE}).items():
        assert known[name] - {"optional", "location"} <= set(fields), name
        assert set(fields.values()) - {"location"} <= known[name] | {"x", "y"}, name
        assert all(re.search(rf"`{field}`", page) for field in fields.values()), name
