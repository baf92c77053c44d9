"""Owns what must be done about a finding, by whom, by when, and the proof of it."""
