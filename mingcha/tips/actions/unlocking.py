"""
An officer's own key: begun with a passphrase that nobody else knows, unlocked with it, apart from signing in.

The private half is returned to the caller and kept nowhere in clear. A reset sign-in gives no key.
"""

import secrets
from datetime import datetime, timedelta
from typing import ClassVar

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q

from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts.models import Person
from mingcha.ground.accounts.permissions import Permission
from mingcha.ground.audit import actions as audit
from mingcha.kernel import custody, sealing
from mingcha.kernel.refusals import Refusal
from mingcha.tips import marks, passphrases
from mingcha.tips.directory import KeyReplaced
from mingcha.tips.models import KeyHolder, OfficerKey, Vouch, Wrap
from mingcha.tips.unlocked import Unlocked, about_officer

FREE_TRIES = 5
CLOSED_FOR = timedelta(minutes=15)  # at the fifth wrong one; twice as long at each that follows
CLOSED_AT_MOST = timedelta(days=1)


class PairExists(Refusal):
    message: ClassVar[str] = "您已经设置过举报箱口令。要换口令请用“修改口令”；忘记了请选择重新设置。"


class NoPair(Refusal):
    message: ClassVar[str] = "您还没有设置举报箱口令，请先设置。"
    status: ClassVar[int] = 409


class WrongPassphrase(Refusal):
    message: ClassVar[str] = "举报箱口令不对，请重新输入。"
    status: ClassVar[int] = 422


class Closed(Refusal):
    message: ClassVar[str] = "连续输错次数过多，请在 %(minutes)d 分钟后再试。"
    status: ClassVar[int] = 429


@transaction.atomic
def begin(*, passphrase: str, by: Person, at: datetime, anew: bool = False) -> Unlocked:
    """
    Make a person's pair and return it unlocked.

    `anew`: the passphrase was forgotten. What was wrapped to the old pair goes with it, and a holder must grant again.
    Raises PairExists, NotAllowed, PassphraseShort, PassphraseWeak.
    """
    accounts.require(by, Permission.TIP_HANDLE, at=at)
    passphrases.check(passphrase, of=by)
    if anew:
        for rows in (KeyHolder, Vouch, Wrap, OfficerKey):
            rows._default_manager.filter(person=by).delete()
    pair = sealing.new_pair()
    row = OfficerKey(person=by, public=pair.public, made_at=at, **_boxed(passphrase, pair.private, of=by))
    row.mark = marks.of(row)
    if not OfficerKey.objects.bulk_create([row], ignore_conflicts=True) or not _is(row):
        raise PairExists
    _record("tips.begin", by=by, at=at, detail={"anew": anew, "fingerprint": custody.fingerprint(pair.public)})
    return Unlocked(by, pair.private)


def _is(row: OfficerKey) -> bool:
    """Whether this row stands, not one that another request wrote first."""
    return OfficerKey.objects.filter(person=row.person, public=row.public).exists()


def unlock(*, passphrase: str, by: Person, at: datetime, tried_at: datetime | None = None) -> Unlocked:
    """
    Return the person's keys for one session.

    1. Count the try before it is made: of many at once, none slips past the brake.
    2. Stretch and open. A wrong passphrase is on record, without anything of it.
    3. A right one clears the count.
    `tried_at` is the running time, which differs from the work's time `at` where the demo's clock stands still.
    Raises NotAllowed, NoPair, Closed, WrongPassphrase, KeyReplaced.
    """
    accounts.require(by, Permission.TIP_HANDLE, at=at)
    now = tried_at or at
    row = _count(by, now=now)
    private = _opened(row, passphrase, at=at)
    with transaction.atomic():
        OfficerKey.objects.filter(person=by).update(failures=0, closed_until=None)
        _record("tips.unlock", by=by, at=at)
    return Unlocked(by, private)


@transaction.atomic
def _count(by: Person, *, now: datetime) -> OfficerKey:
    """Take one try. Raises NoPair, Closed."""
    row = OfficerKey.objects.select_for_update().filter(person=by).first()
    if row is None:
        raise NoPair
    if row.closed_until is not None and row.closed_until > now:
        raise Closed(minutes=-(-int((row.closed_until - now).total_seconds()) // 60) or 1)
    tries = row.failures + 1
    until = None
    if tries >= FREE_TRIES:
        until = now + min(CLOSED_FOR * 2 ** min(tries - FREE_TRIES, 10), CLOSED_AT_MOST)
    open_now = Q(closed_until=None) | Q(closed_until__lte=now)
    OfficerKey.objects.filter(open_now, person=by).update(failures=F("failures") + 1, closed_until=until)
    return row


def _opened(row: OfficerKey, passphrase: str, *, at: datetime) -> bytes:
    """Return the private half. Raises WrongPassphrase, on record; KeyReplaced where the public half is another's."""
    try:
        private = sealing.open_sealed(
            bytes(row.box), key=_stretched(passphrase, bytes(row.salt)), about=about_officer(row.person_id)
        )
    except sealing.SealBroken:
        with transaction.atomic():
            _record("tips.wrong_passphrase", by=row.person, at=at)
        raise WrongPassphrase from None
    marks.check(row)
    if sealing.public_of(private) != bytes(row.public):
        raise KeyReplaced
    return private


def change_passphrase(*, old: str, new: str, by: Person, at: datetime, tried_at: datetime | None = None) -> Unlocked:
    """
    Put the same pair under a new passphrase: nothing need be granted again. Raises as `unlock` and `begin` do.
    """
    passphrases.check(new, of=by)
    unlocked = unlock(passphrase=old, by=by, at=at, tried_at=tried_at)
    with transaction.atomic():
        OfficerKey.objects.filter(person=by, public=unlocked.public).update(**_boxed(new, unlocked.private, of=by))
        _record("tips.change_passphrase", by=by, at=at)
    return unlocked


def _boxed(passphrase: str, private: bytes, *, of: Person) -> dict[str, bytes]:
    salt = secrets.token_bytes(16)
    box = sealing.seal(private, key=_stretched(passphrase, salt), about=about_officer(of.pk))
    return {"salt": salt, "box": box}


def _stretched(passphrase: str, salt: bytes) -> bytes:
    """Return the key of a person's box. The pepper lies outside the database: a copy of that alone tries no passphrase."""
    slow = sealing.stretch(passphrase, salt=salt, strength=settings.MINGCHA_TIPS_ARGON)
    return sealing.derive(slow, salt=settings.MINGCHA_TIPS_PEPPER, label="tips officer")


def _record(verb: str, *, by: Person, at: datetime, detail: dict[str, object] | None = None) -> None:
    home = accounts.home_of(by, at=at)
    audit.record(
        verb, kind="tip_key", key=by.username, by=by, at=at, division=home.division_id if home else "",
        body=home.pk if home else "", detail=detail,
    )  # fmt: skip
