"""
Opening the house: from a data folder on disk to a Django that can be asked.

1. Find and prepare the data folder, and say in the environment where it is.
2. Reach the database: DATABASE_URL where it is set, else the embedded PostgreSQL, which we then count as using.
3. Load Django. Only now may rooms be imported.
4. Bring the tables up to date, where a migration waits.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from mingcha.config import datafolder, translations
from mingcha.config.datafolder import DataFolder
from mingcha.config.dsn import database
from mingcha.config.refusals import DatabaseUnreachable


@contextmanager
def opened(data: str | None = None) -> Iterator[DataFolder]:
    """
    Open the house on the data folder `data` (default: MINGCHA_DATA, else the clone's own) for as long as the block runs.

    Raises DataFolderUnusable, DatabaseUnavailable, DatabaseUnreachable, DatabaseUrlUnreadable.
    """
    folder = datafolder.prepare(datafolder.locate(data))
    os.environ["MINGCHA_DATA"] = str(folder.path)
    with _database(folder):
        load_django()
        migrate()
        yield folder


@contextmanager
def _database(folder: DataFolder) -> Iterator[None]:
    """Leave the database's address in the environment, and the embedded one running, for as long as the block runs."""
    if address := os.environ.get("DATABASE_URL"):
        database(address)
        try:
            psycopg.connect(address, connect_timeout=10).close()
        except psycopg.OperationalError as error:
            raise DatabaseUnreachable(reason=str(error).strip().split("\n")[0]) from error
        os.environ["MINGCHA_DSN"] = address
        yield
        return
    from mingcha.config.postgres import Cluster

    with Cluster(folder.postgres) as cluster:
        os.environ["MINGCHA_DSN"] = cluster.dsn()
        yield
        _close_connections()


def load_django() -> None:
    """Load settings and rooms, with the translations as they are written now."""
    translations.compile_stale()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mingcha.config.settings")
    import django

    django.setup()


def migrate(*, verbosity: int = 0) -> bool:
    """Bring the tables up to date; return whether there was anything to do. One process at a time."""
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtext('mingcha migrate'))")
        try:
            call_command("migrate", interactive=False, verbosity=verbosity)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(hashtext('mingcha migrate'))")
    return True


def _close_connections() -> None:
    from django.db import connections

    connections.close_all()
