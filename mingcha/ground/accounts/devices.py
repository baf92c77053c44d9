"""Phones that may send for a person: found by the token they show, of which only a hash is kept."""

import hashlib
from datetime import datetime

from django.db.models import QuerySet

from mingcha.ground.accounts.models import Device, Person
from mingcha.ground.accounts.queries import NotFound, Standing, people


def token_hash(token: str) -> str:
    """Return what is kept of a token. It has 256 random bits, so a plain SHA-256 cannot be searched."""
    return hashlib.sha256(token.encode()).hexdigest()


def by_token(token: str) -> Device | None:
    """Return the phone that shows this token, unless it was revoked or its person may no longer sign in."""
    found = Device.objects.filter(token_hash=token_hash(token), revoked_at=None, person__is_active=True)
    return found.select_related("person").first()


def of_person(person: Person) -> QuerySet[Device]:
    """Return a person's phones, the latest first."""
    found = Device.objects.filter(person=person).defer("token_hash")
    return found.select_related("person", "made_by", "revoked_by").order_by("-pk")


def known() -> QuerySet[Device]:
    """Return every phone, the latest first: for the operator, who is nobody's office."""
    return Device.objects.select_related("person", "made_by", "revoked_by").order_by("-pk")


def device(pk: int, *, to: Standing, at: datetime) -> Device:
    """Return a phone of one's own, or of somebody one looks after. Raises NotFound."""
    found = Device.objects.filter(pk=pk).defer("token_hash").select_related("person").first()
    if found is None or (found.person != to.person and not people(to=to, at=at).filter(pk=found.person_id).exists()):
        raise NotFound
    return found
