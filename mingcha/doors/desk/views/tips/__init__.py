"""The sealed room as officials see it: each page asks for the permission, then for the place, then for the key."""
