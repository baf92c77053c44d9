"""Owns what is told: the ledger, its totals, the brief."""
