"""
Plain values → an official Word document: a brief (简报), a numbered paper, a circular of typical cases.

1. `content`   what a brief says, as plain values
2. `template`  page, grid, fonts and styles of GB/T 9704-2012, as a bare Word package
3. `writing`   head, text and tail, filled in with python-docx
4. `tables`    ruled tables that fit the page
5. `papers`, `letterhead`, `letters`, `slips`   the same for numbered papers (交办单 and its kin) and circulars
6. `packing`   the same bytes for the same content

Callers import this package: `from mingcha.kernel import briefing`.
"""

from mingcha.kernel.briefing.content import Brief, Cell, Column, Section, Table, chinese_day, figure
from mingcha.kernel.briefing.letters import compose_circular, compose_paper
from mingcha.kernel.briefing.papers import PENDING, Case, Circular, Code, Paper, Party, Slip
from mingcha.kernel.briefing.tables import RowsDoNotFit
from mingcha.kernel.briefing.writing import compose

__all__ = [
    "PENDING",
    "Brief",
    "Case",
    "Cell",
    "Circular",
    "Code",
    "Column",
    "Paper",
    "Party",
    "RowsDoNotFit",
    "Section",
    "Slip",
    "Table",
    "chinese_day",
    "compose",
    "compose_circular",
    "compose_paper",
    "figure",
]
