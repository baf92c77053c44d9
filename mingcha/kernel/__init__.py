"""Plain Python that owns the hard rules: no framework, no database, no clock, no network."""
