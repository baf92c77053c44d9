"""The sealed room at the desk: the lock, the list, a tip's page."""

import pytest
from django.urls import reverse

from tests import sealed
from tests.sealed import PASSPHRASE


@pytest.fixture
def room(world, settings, tmp_path):
    return sealed.room(world, settings=settings, folder=tmp_path)


def unlocked(client, person):
    """Sign in and unlock as an officer does."""
    client.force_login(person)
    answer = client.post(reverse("desk:tip_unlock"), {"passphrase": PASSPHRASE, "next": "/tipline/"})
    assert answer.status_code == 302 and answer.url == "/tipline/"
    return client


def test_every_page_shows(client, world, room):
    tip, _ = room.tip(world.minxian.office.body)
    unlocked(client, world.intake)
    for name in ("tips", "tip_entry", "tip_inbox", "tip_clusters", "tip_figures", "tip_rule", "tip_calls", "tip_call_new", "tip_keys", "tip_key_grant", "tip_key_rotate", "tip_passphrase", "tip_anew", "tip_unlock"):
        assert client.get(reverse(f"desk:{name}")).status_code == 200, name
    for name in ("tip", "tip_decline", "tip_sort", "tip_concern", "tip_repeat", "tip_offer", "tip_identity", "tip_alike"):
        assert client.get(reverse(f"desk:{name}", args=[tip.pk])).status_code == 200, name
