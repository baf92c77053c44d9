"""The desk, a module of views for each kind of thing."""
