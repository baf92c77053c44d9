"""
An office's own ledger (台账) in Excel, as offices keep it: read without asking anyone to change their sheet.

1. `sheet`    find the header among title rows, fill merged cells, pass over blank and total rows
2. `columns`  what a column may mean, and a guess from its heading
3. `cells`    dates, states and other words as officials write them
4. `entries`  rows under a mapping → entries with a key each; or every fault, row by row
"""

from mingcha.kernel.ledgers.cells import Standing
from mingcha.kernel.ledgers.columns import ONCE, Meaning, guess
from mingcha.kernel.ledgers.entries import Entry, Mapping, Reading, entries
from mingcha.kernel.ledgers.sheet import NoHeader, Sheet, read

__all__ = [
    "ONCE",
    "Entry",
    "Mapping",
    "Meaning",
    "NoHeader",
    "Reading",
    "Sheet",
    "Standing",
    "entries",
    "guess",
    "read",
]
