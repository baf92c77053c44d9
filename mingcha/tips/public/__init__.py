"""
All that the public door may ask of the tip line: what is shown, sending a report, coming back with the receipt.

Written for a database role that may read names of places and units, and otherwise only call the functions of migration
0002: nothing here selects from a table of tips. With one process for everything it is the same code.
"""

from mingcha.tips.public.drafts import (
    Draft,
    DraftIncomplete,
    Effort,
    Identity,
)
from mingcha.tips.public.filing import EffortSpent, Filed, OutOfService, file_tip, new_effort
from mingcha.tips.public.opened import ReceiptUnknown
from mingcha.tips.public.shown import (
    Division,
    Result,
    ShownCall,
    Unit,
    calls,
    categories,
    counties,
    divisions,
    results,
    route,
    units,
)
from mingcha.tips.public.visits import (
    Line,
    NotNow,
    Visit,
    add,
    enter,
    name_to,
    object_to,
    rate,
)
from mingcha.tips.routing import NobodyAbove, Route, Why
from mingcha.tips.vault import FileTooLarge, Sealing, TooManyFiles, Uploaded

__all__ = [
    "Division",
    "Draft",
    "DraftIncomplete",
    "Effort",
    "EffortSpent",
    "FileTooLarge",
    "Filed",
    "Identity",
    "Line",
    "NobodyAbove",
    "NotNow",
    "OutOfService",
    "ReceiptUnknown",
    "Result",
    "Route",
    "Sealing",
    "ShownCall",
    "TooManyFiles",
    "Unit",
    "Uploaded",
    "Visit",
    "Why",
    "add",
    "calls",
    "categories",
    "counties",
    "divisions",
    "enter",
    "file_tip",
    "name_to",
    "new_effort",
    "object_to",
    "rate",
    "results",
    "route",
    "units",
]
