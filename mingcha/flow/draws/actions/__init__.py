"""
Every change of a round, one file for each part of it; callers use this module: `draws.begin(campaign, …)`.

rounds     begun, frozen with all that could bend it, void, revealed
ceremony   two secrets, a public value read twice, and the draw in the same act
drawing    the draw itself
directing  what the lead wants looked at, travelling among drawn visits
routing    routes over the sealed lists
opening    a team's list at its departure
replacing  the next by rank for a stop that cannot be visited
"""

from mingcha.flow.draws.actions.ceremony import (
    AlreadyDeposited,
    DepositTooLate,
    NothingAnnounced,
    OnePersonForBoth,
    OtherBodyNeeded,
    ValueNotYet,
    ValuesDiffer,
    ValueUnclear,
    agree,
    announce,
    deposit,
)
from mingcha.flow.draws.actions.opening import (
    AlreadyOpened,
    DrewItYourself,
    NewlyRecused,
    NotYetDeparted,
    RoundRevealed,
    RoundVoid,
    open_list,
)
from mingcha.flow.draws.actions.rounds import (
    DepartureInThePast,
    ListAlreadyOpened,
    ListsStillSealed,
    NoTeams,
    OutOfRange,
    OutsideThePeriod,
    Plan,
    PublicValueInThePast,
    PublicValueUnnamed,
    ReasonMissing,
    RegisterEmpty,
    WitnessNeeded,
    begin,
    freeze,
    reveal,
    void,
)
from mingcha.flow.draws.moving import RoundMoved

__all__ = [
    "AlreadyDeposited",
    "AlreadyOpened",
    "DepartureInThePast",
    "DepositTooLate",
    "DrewItYourself",
    "ListAlreadyOpened",
    "ListsStillSealed",
    "NewlyRecused",
    "NoTeams",
    "NotYetDeparted",
    "NothingAnnounced",
    "OnePersonForBoth",
    "OtherBodyNeeded",
    "OutOfRange",
    "OutsideThePeriod",
    "Plan",
    "PublicValueInThePast",
    "PublicValueUnnamed",
    "ReasonMissing",
    "RegisterEmpty",
    "RoundMoved",
    "RoundRevealed",
    "RoundVoid",
    "ValueNotYet",
    "ValueUnclear",
    "ValuesDiffer",
    "WitnessNeeded",
    "agree",
    "announce",
    "begin",
    "deposit",
    "freeze",
    "open_list",
    "reveal",
    "void",
]
