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
from mingcha.flow.draws.models.weighing import PastOutcome, PriorRate, ReportCount, ScoreVersion, SiteScore

__all__ = [
    "DirectedVisit",
    "FrameSite",
    "PastOutcome",
    "PriorRate",
    "Replacement",
    "ReportCount",
    "Round",
    "RoundLeftOut",
    "RoundParty",
    "RoundTeam",
    "ScoreVersion",
    "SealedList",
    "SiteScore",
]
