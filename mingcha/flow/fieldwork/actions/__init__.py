"""Owns every change of an outing, a visit, and what a resident group does inside its host."""
