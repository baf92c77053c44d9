"""Owns successions: who left which post, who took it over, and everything owed that went with it."""
