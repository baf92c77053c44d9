"""Background work of the sealed room: thin, idempotent; it opens nothing, for it holds no key."""
