"""Owns the lot: frozen frames, committed seeds, and the lists sealed until departure."""
