"""Owns the append-only, chained record of acts; it points at nothing."""
