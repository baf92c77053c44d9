"""Owns files addressed by their hash, with who, when and where."""
