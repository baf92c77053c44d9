"""Owns divisions, the bodies that answer for things, and the register of sites."""
