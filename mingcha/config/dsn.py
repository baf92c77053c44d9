"""A PostgreSQL address, as Django's DATABASES wants it."""

from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from mingcha.config.refusals import DatabaseUrlUnreadable

# An address nobody answers at: what settings hold while only types and imports are being checked.
NOWHERE = "postgresql://mingcha@localhost:1/mingcha"


def database(address: str) -> dict[str, Any]:
    """
    Return Django's entry for `address` (postgresql://…; several hosts and libpq's options are allowed).

    Raises DatabaseUrlUnreadable.
    """
    try:
        if not address.startswith(("postgresql://", "postgres://")):
            raise DatabaseUrlUnreadable
        parts = {name: str(value) for name, value in conninfo_to_dict(address).items()}
    except psycopg.ProgrammingError:
        raise DatabaseUrlUnreadable from None
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.pop("dbname", "mingcha"),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": parts.pop("port", ""),
        "OPTIONS": parts,
        # A connection is kept for each thread; one that broke is noticed before it is used again.
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
    }
