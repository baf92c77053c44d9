"""Owns what was found: noted on a visit, then confirmed and frozen."""
