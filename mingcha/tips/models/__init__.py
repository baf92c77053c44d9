"""
The tables of the sealed room.

keys      officers' and offices' pairs, who holds them, what recovery needs
tips      the row that is readable without a key, who holds a key to it, and what is sealed
handling  hand-overs, disposals, ratings, the terms an office sets
calls     what an office asks the public for
likeness  sealed fingerprints by which repeated reports are found
asides    which office must not receive a report about whom
"""

from mingcha.tips.models.asides import StandsAside
from mingcha.tips.models.calls import Call
from mingcha.tips.models.handling import Offer, OfficeRule, Proposal, RatingGiven
from mingcha.tips.models.keys import KeyHolder, OfficeKey, OfficerKey, RecoveryEnvelope, Vouch
from mingcha.tips.models.likeness import LikenessBlock, LikenessWaiting
from mingcha.tips.models.tips import Record, SealedFile, SpentEffort, Tip, Wrap

__all__ = [
    "Call",
    "KeyHolder",
    "LikenessBlock",
    "LikenessWaiting",
    "Offer",
    "OfficeKey",
    "OfficeRule",
    "OfficerKey",
    "Proposal",
    "RatingGiven",
    "Record",
    "RecoveryEnvelope",
    "SealedFile",
    "SpentEffort",
    "StandsAside",
    "Tip",
    "Vouch",
    "Wrap",
]  # fmt: skip
