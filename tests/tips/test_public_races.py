"""Many at once: every report is taken in, each once, and the numbers an office gives are its own and unique."""

from functools import partial
from pathlib import Path

import pytest

from mingcha.ground.audit import queries as record
from mingcha.ground.audit import tasks as audit
from mingcha.tips import public
from mingcha.tips.actions import handling
from mingcha.tips.models import Record, SpentEffort, Tip
from tests import sealed
from tests.at_once import at_once
from tests.sending import send
from tests.world import World


@pytest.mark.proof(10)
@pytest.mark.parametrize("many", [8, 32])
def test_many_at_once_are_all_taken_in(live_world: World, settings, tmp_path: Path, many: int) -> None:
    room = sealed.room(live_world, settings=settings, folder=tmp_path)
    found = at_once(*[partial(send, at=live_world.at, text=f"演示：第{n}件。") for n in range(many)])
    assert [type(each) for each in found] == [tuple] * many
    assert Tip.objects.count() == SpentEffort.objects.count() == many and Record.objects.count() == 2 * many
    audit.seal()
    assert record.verify().sound and record.verify().tail == 0
    texts = {public.enter(receipt, at=live_world.at).lines[0].text for receipt, _ in found}
    assert texts == {f"演示：第{n}件。" for n in range(many)}
    # The same report pressed eight times at once is one.
    receipt = found[0][0]
    pressed = at_once(*[partial(send, at=live_world.at, receipt=receipt, text="演示：第0件。") for _ in range(8)])
    assert all(filed.again for _, filed in pressed) and Tip.objects.count() == many
    assert _accepted(room, many) == list(range(1, many + 1))


def _accepted(room: sealed.Room, many: int) -> list[int]:
    """Let the office accept all at once; return the numbers given."""
    by = room.world.intake
    key = room.unlocked(by)
    tips = list(Tip.objects.all())
    at_once(*[partial(handling.accept, tip, key=key, by=by, at=room.world.at) for tip in tips[:many]])
    return sorted(Tip.objects.exclude(number=None).values_list("number", flat=True))
