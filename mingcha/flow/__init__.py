"""The work. Its rooms sort in the order the work happens."""
