"""Signing in and out, slowly for whoever guesses."""

from datetime import datetime, timedelta
from functools import cache
from typing import ClassVar

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction

from mingcha.ground.accounts.models import Attempt, Person
from mingcha.ground.audit import actions as audit
from mingcha.kernel.refusals import Refusal

WINDOW = timedelta(minutes=10)
FREE_TRIES = 5  # per account from one address; another address of the same office is not shut out
ADDRESS_TRIES = 50  # from one address over all accounts


class WrongPassword(Refusal):
    message: ClassVar[str] = "账号或密码不对，请重新输入。"
    status: ClassVar[int] = 422


class TooManyAttempts(Refusal):
    message: ClassVar[str] = "连续输错次数过多，请在 %(minutes)s 分钟后再试。"
    status: ClassVar[int] = 429


@cache
def _nobody() -> str:
    """Return a hash to check against when the name is unknown, so that an answer takes equally long."""
    return make_password("nobody")


def sign_in(*, username: str, password: str, address: str | None, tried_at: datetime, at: datetime) -> Person:
    """
    Return the person, or refuse with WrongPassword or TooManyAttempts.

    Failures are counted for the pair of account and address, and for the address alone, within ten minutes.
    `tried_at` is the running time, which differs from the work's time `at` where the demo's clock stands still.
    """
    name = username.strip()[:80]
    recent = Attempt.objects.filter(at__gt=tried_at - WINDOW, at__lte=tried_at, address=address)
    if recent.filter(username=name).count() >= FREE_TRIES or recent.count() >= ADDRESS_TRIES:
        raise TooManyAttempts(minutes=int(WINDOW.total_seconds() // 60))
    person = Person.objects.filter(username=name, is_active=True).first()
    if not check_password(password, person.password if person else _nobody()) or person is None:
        Attempt.objects.create(username=name, address=address, at=tried_at)
        raise WrongPassword
    with transaction.atomic():
        Attempt.objects.filter(username=name, address=address).delete()
        Attempt.objects.filter(at__lt=tried_at - timedelta(days=1)).delete()
        audit.record("person.sign_in", kind="person", key=name, by=person, at=at)
    return person


def sign_out(*, by: Person, at: datetime) -> None:
    with transaction.atomic():
        audit.record("person.sign_out", kind="person", key=by.username, by=by, at=at)
