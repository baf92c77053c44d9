"""Every change in the sealed room; callers import the file that does it."""
