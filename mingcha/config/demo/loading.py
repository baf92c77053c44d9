"""Loading the story once: whole or not at all, whoever starts it and however often."""

import gc
import json
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from mingcha.config import datafolder
from mingcha.config.datafolder import DataFolder
from mingcha.config.demo import people, story, tip_keys, tip_words
from mingcha.config.demo.campaign import SLUG
from mingcha.flow.campaigns import queries as campaigns
from mingcha.ground.accounts import queries as known
from mingcha.ground.accounts.actions import people as accounts
from mingcha.ground.accounts.models import Person
from mingcha.ground.audit import tasks as audit


def load(folder: DataFolder) -> None:
    """
    Load the story unless it is there. Passwords are made anew for each data folder.

    One transaction: a load that is interrupted leaves nothing, and the campaign's row says that one has finished.
    """
    made = not folder.demo_passwords.exists()
    passwords = sign_ins(folder)
    with transaction.atomic():
        with connection.cursor() as cursor:
            # Two commands at once: the second waits here, and then finds the campaign.
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('mingcha demo'))")
        if not is_loaded():
            with _whole_or_nothing():
                story.tell(passwords, **sealed_room(folder))
        elif made:
            for person in Person.objects.filter(username__in=passwords):
                accounts.set_password(person, password=passwords[person.username], by=None, at=story.NOW)
    audit.seal()


@contextmanager
def _whole_or_nothing() -> Iterator[None]:
    """
    Tell the story without savepoints, and without collecting garbage in between: a third of the time.

    An act that fails fails the load, so that nothing is ever taken back to before a single act.
    """
    connection.features.uses_savepoints = False
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        connection.features.uses_savepoints = True


def is_loaded() -> bool:
    """Return whether a load has finished in this database."""
    return campaigns.by_slug(SLUG) is not None


def sealed_room(folder: DataFolder) -> dict[str, dict[str, str]]:
    """
    Return the tip line's passphrases by sign-in name and its receipts by report, made by whoever comes first.

    Unlike passwords they cannot be made anew: what they open was sealed with them.
    """

    def fresh() -> bytes:
        made = {
            "passphrases": {name: known.new_password() for name in tip_keys.HOLDERS},
            "receipts": {name: tip_keys.new_receipt() for name in tip_words.NAMES},
        }
        return json.dumps(made, indent=1).encode("ascii")

    return dict(json.loads(datafolder.make_secret(folder.demo_passphrases, fresh)))


def sign_ins(folder: DataFolder) -> dict[str, str]:
    """Return the cast's passwords by sign-in name, made by whoever comes first and kept readable by the owner only."""
    content = datafolder.make_secret(
        folder.demo_passwords, lambda: json.dumps(people.new_passwords(), indent=1).encode("ascii")
    )
    return dict(json.loads(content))
