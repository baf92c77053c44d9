"""Tables of the room: rounds and their sealed lists; what weighs on the next one."""

from mingcha.flow.draws.models.rounds import (
    DirectedVisit,
    FrameSite,
    Replacement,
    Round,
    RoundLeftOut,
    RoundParty,
    RoundTeam,
    SealedList,
)

__all__ = [
    "DirectedVisit",
    "FrameSite",
    "Replacement",
    "Round",
    "RoundLeftOut",
    "RoundParty",
    "RoundTeam",
    "SealedList",
]
