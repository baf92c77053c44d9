"""The sealer: one background process chains committed acts within a second."""

from mingcha.ground.audit import actions


def seal() -> int:
    """Seal all that waits; safe to run twice, or twice at once. Returns how many events were sealed."""
    total = 0
    while sealed := actions.seal():
        total += sealed
    return total
