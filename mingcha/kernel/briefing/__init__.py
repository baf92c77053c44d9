"""
Figures → an official Word document: the 简报 (brief) of a supervision campaign.

1. `content`   what a brief says, as plain values
2. `template`  page, grid, fonts and styles of GB/T 9704-2012, as a bare Word package
3. `writing`   head, text and tail, filled in with python-docx
4. `tables`    ruled tables that fit the page
5. `packing`   the same bytes for the same brief

Callers import this package: `from mingcha.kernel import briefing`.
"""

from mingcha.kernel.briefing.content import Brief, Cell, Column, Section, Table, chinese_day, figure
from mingcha.kernel.briefing.tables import RowsDoNotFit
from mingcha.kernel.briefing.writing import compose

__all__ = ["Brief", "Cell", "Column", "RowsDoNotFit", "Section", "Table", "chinese_day", "compose", "figure"]
