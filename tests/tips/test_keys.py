"""Keys of an office: who can hold one, who can never be given one, and what a replacement leaves readable."""

import pytest

from tests.sealed import PASSPHRASE


def test_it(sealed_room, world):
    tip, _ = sealed_room.tip(world.minxian.office.body)
    key = sealed_room.unlocked(world.intake)
    assert key.tip_key(tip)
