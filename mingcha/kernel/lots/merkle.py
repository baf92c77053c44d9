"""A tree of hashes over all tickets: its root is published with the draw, and one ticket can be proved alone."""

from collections.abc import Sequence

from mingcha.kernel.lots.tickets import digest


def leaf(*parts: str) -> str:
    """Return the hash of one leaf."""
    return digest("leaf", *parts)


def root(leaves: Sequence[str]) -> str:
    """Return the root over at least one leaf. Who has no neighbour goes up a level unchanged."""
    level = list(leaves)
    while len(level) > 1:
        level = _above(level)
    return level[0]


def path(leaves: Sequence[str], place: int) -> list[tuple[str, str]]:
    """Return what leads from a leaf to the root: (side of the neighbour: "left" or "right", its hash), from below."""
    level, steps = list(leaves), []
    while len(level) > 1:
        beside = place ^ 1
        if beside < len(level):
            steps.append(("left" if beside < place else "right", level[beside]))
        level, place = _above(level), place // 2
    return steps


def climb(start: str, steps: Sequence[tuple[str, str]]) -> str:
    """Return the root that a leaf and its path lead to."""
    here = start
    for side, beside in steps:
        here = digest("node", beside, here) if side == "left" else digest("node", here, beside)
    return here


def _above(level: list[str]) -> list[str]:
    pairs = [level[at : at + 2] for at in range(0, len(level), 2)]
    return [digest("node", *pair) if len(pair) > 1 else pair[0] for pair in pairs]
