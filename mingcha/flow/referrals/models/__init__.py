"""Tables of the room, one file for each question: what was referred and how it was disposed of; who answered for what."""

from mingcha.flow.referrals.models.cases import Case, Party, Statement
from mingcha.flow.referrals.models.decisions import Appeal, Clearance, Disposition, Track
from mingcha.flow.referrals.models.leads import Disposal, FalseReport, Lead

__all__ = [
    "Appeal",
    "Case",
    "Clearance",
    "Disposal",
    "Disposition",
    "FalseReport",
    "Lead",
    "Party",
    "Statement",
    "Track",
]
