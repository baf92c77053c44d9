"""What a day would ask of the crews before anything is drawn."""

import pytest

from mingcha.kernel.routing.outlook import MOST, Base, Place, outlook

CROSS = [(35.0 + dy, 104.0 + dx) for dx, dy in ((0.1, 0), (-0.1, 0), (0, 0.1), (0, -0.1))]
HOME = (35.0, 104.0)


def places(chance: float, area: str = "") -> list[Place]:
    return [Place(point, 30, chance, area) for point in CROSS]


def test_a_certain_day_is_told_as_it_will_be() -> None:
    found = outlook(places(1.0), [Base(HOME)])
    assert found is not None
    assert found.day == pytest.approx(found.longest)
    assert found.day - found.road == pytest.approx(120)  # four visits of half an hour
    # Four ends of a cross of some ten kilometres an arm, by roads a third longer.
    assert 50_000 < found.metres < 90_000


def test_the_same_question_has_the_same_answer_and_more_crews_shorter_days() -> None:
    one, two = outlook(places(0.5), [Base(HOME)]), outlook(places(0.5), [Base(HOME), Base(CROSS[0])])
    assert one == outlook(places(0.5), [Base(HOME)])
    assert one is not None and two is not None and two.day < one.day


def test_a_crew_keeps_to_its_areas_and_nobodys_area_is_anybodys() -> None:
    near, far = Base(HOME, ("b",)), Base((36.0, 105.0), ("a",))
    sent = outlook(places(1.0, "a"), [near, far])
    nobodys = outlook(places(1.0, "c"), [near, far])
    assert sent is not None and nobodys is not None and nobodys.metres < sent.metres


def test_without_crews_or_places_or_with_too_many_nothing_is_said() -> None:
    assert outlook([], [Base(HOME)]) is None
    assert outlook(places(1.0), []) is None
    assert outlook([Place(HOME, 30, 1.0, "")] * (MOST + 1), [Base(HOME)]) is None
