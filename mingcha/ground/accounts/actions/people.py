"""Enrolling people, and what they are called. Taking many of them from a sheet: `people_sheets.py`."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction

from mingcha.ground.accounts.models import Person
from mingcha.ground.audit import actions as audit
from mingcha.ground.territory import queries as territory
from mingcha.kernel.refusals import Refusal


class AccountTaken(Refusal):
    message: ClassVar[str] = "账号 %(username)s 已经有人使用，可能刚刚由别人登记，请核对后再试一次。"


@transaction.atomic
def enrol(
    *, username: str, name: str, title: str, password: str | None, skills: Sequence[str] = (), by: Person | None,
    at: datetime,
) -> Person:  # fmt: skip
    """
    Add a person who may sign in once a password is set; the reading of the name is stored for sorting and search.

    Raises AccountTaken.
    """
    try:
        with transaction.atomic():
            person = Person.objects.create(
                username=username, name=name, title=title, pinyin=_reading(name), skills=list(skills),
                password=make_password(password), created_at=at,
            )  # fmt: skip
    except IntegrityError as error:
        raise AccountTaken(username=username) from error
    audit.record("person.enrol", kind="person", key=username, by=by, at=at)
    return person


@transaction.atomic
def describe(person: Person, *, name: str, title: str, skills: Sequence[str], by: Person | None, at: datetime) -> None:
    """Say what a person is called and can do. Whose matter that is, the caller has settled."""
    changes = {
        column: f"{old or '—'} → {new or '—'}"
        for column, old, new in (
            ("姓名", person.name, name),
            ("职务", person.title, title),
            ("专长", "、".join(person.skills), "、".join(skills)),
        )
        if old != new
    }
    Person.objects.filter(pk=person.pk).update(name=name, title=title, skills=list(skills), pinyin=_reading(name))
    person.refresh_from_db()
    audit.record("person.describe", kind="person", key=person.username, by=by, at=at, detail={"changes": changes})


def _reading(name: str) -> str:
    return territory.pinyin(name)[:120]  # forty characters read longer than the column


@transaction.atomic
def set_password(person: Person, *, password: str, by: Person | None, at: datetime) -> None:
    Person.objects.filter(pk=person.pk).update(password=make_password(password))
    audit.record("person.set_password", kind="person", key=person.username, by=by, at=at)
