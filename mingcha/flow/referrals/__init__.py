"""Owns accountability: leads and how they are disposed of, cases, their parties, what was decided about each and by whom."""
