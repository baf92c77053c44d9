"""
The keys of an office: made, signed elsewhere, begun, granted to colleagues who are known by sight, taken back, replaced.

No act here is one that an administrator could do in an officer's place: a private half passes only from a holder's
unlocked session to a public half whose fingerprint the holder has read off the colleague's own screen.
"""

from collections.abc import Collection
from datetime import datetime
from typing import ClassVar

from django.db import transaction
from django.db.models import Max

from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts.models import Person
from mingcha.ground.accounts.permissions import Permission
from mingcha.ground.audit import actions as audit
from mingcha.ground.audit.actions import Actor
from mingcha.ground.territory.models import Body
from mingcha.kernel import custody, sealing
from mingcha.kernel.refusals import Refusal
from mingcha.tips import directory, marks
from mingcha.tips.models import KeyHolder, OfficeKey, OfficerKey, RecoveryEnvelope, Vouch, Wrap
from mingcha.tips.queries import keys as queries
from mingcha.tips.states import Epoch, Purpose
from mingcha.tips.unlocked import NoKey, Unlocked, name_of


class NoCustodians(Refusal):
    message: ClassVar[str] = "密钥目录里没有三名恢复保管人，密钥遗失后将无法恢复。请先登记保管人，或确认不留恢复封。"


class EpochWaiting(Refusal):
    message: ClassVar[str] = "本机关已有一期密钥等待签入目录。请先把它签入并安装，或作废后再建。"


class NoEpochWaiting(Refusal):
    message: ClassVar[str] = "没有等待签入目录的密钥，请先建立新一期密钥。"


class NotOfTheOffice(Refusal):
    message: ClassVar[str] = "%(name)s 不在本机关办理举报的岗位上，不能授予密钥。请先任职，再办理。"
    status: ClassVar[int] = 422


class HasNoPair(Refusal):
    message: ClassVar[str] = "%(name)s 还没有设置举报箱口令。请本人先设置，再当面核对指纹。"


class NotThatFingerprint(Refusal):
    message: ClassVar[str] = (
        "指纹与 %(name)s 的公钥不符。请当面对照本人解锁后屏幕上的 30 位数字；仍不符的，请立即报告。"
    )
    status: ClassVar[int] = 422


class HeldAlready(Refusal):
    message: ClassVar[str] = "%(name)s 已经持有这把密钥或已经担保过。"


class LastHolder(Refusal):
    message: ClassVar[str] = "这是最后一名持有人，收回后就没有人能打开举报了。请先授予另一人。"


class HoldsNothing(Refusal):
    message: ClassVar[str] = "%(name)s 没有持有这把密钥，请刷新后核对。"


@transaction.atomic
def make_epoch(
    office: Body, *, key: Unlocked, by: Person, at: datetime, without_recovery: bool = False
) -> list[OfficeKey]:
    """
    Make the next epoch of the office's keys, waiting to be signed; return the rows.

    1. The first time all three purposes; afterwards those whose key in use the maker holds, so that a rotation gives
       nobody what they could not read before.
    2. The private halves are wrapped to the maker and to whoever holds the key in use and is still of the office.
    3. Two of three custodians of the signed directory can recover each.
    Raises NoCustodians, EpochWaiting, NoKey, NotAllowed, NotFound; KeyReplaced and Forged for rows put in by others.
    """
    require_of(office.pk, Permission.TIP_HANDLE, key=key, by=by, at=at)
    OfficerKey.objects.select_for_update().filter(person=by).first()
    if OfficeKey.objects.filter(office=office, state=Epoch.WAITING).exists():
        raise EpochWaiting
    used = {row.purpose: row for row in OfficeKey.objects.filter(office=office, state=Epoch.CURRENT)}
    if len(used) < len(Purpose):
        require_of(office.pk, Permission.TIP_INTAKE, key=key, by=by, at=at)
    purposes = [str(one) for one in Purpose if one not in used or key.holds(used[one])]
    if used and not any(purpose in used for purpose in purposes):
        raise NoKey
    custodians = {} if without_recovery else _custodians()
    made = [_made(office, purpose, used.get(purpose), key=key, custodians=custodians, at=at) for purpose in purposes]
    record("tips.make_epoch", made[0], by=by, at=at, detail={
        "purposes": purposes, "recovery": bool(custodians),
        "fingerprints": [custody.fingerprint(bytes(row.public)) for row in made],
    })  # fmt: skip
    return made


def _custodians() -> dict[str, bytes]:
    try:
        found = dict(directory.load().custodians)
    except directory.DirectoryMissing:
        found = {}
    if len(found) != custody.CUSTODIANS:
        raise NoCustodians
    return found


def _made(
    office: Body, purpose: str, used: OfficeKey | None, *, key: Unlocked, custodians: dict[str, bytes], at: datetime
) -> OfficeKey:
    """Make one key, its holders and its envelopes."""
    pair = sealing.new_pair()
    row = OfficeKey(
        office=office, purpose=purpose, epoch=_next_epoch(office, purpose), public=pair.public, made_at=at,
        made_by=key.person,
    )  # fmt: skip
    row.mark = marks.of(row)
    OfficeKey.objects.bulk_create([row])
    _hand(row, pair.private, to=key.person, public=key.public, by=key.person, at=at)
    if used is not None:
        _carry_over(used, row, pair.private, key=key, at=at)
    RecoveryEnvelope.objects.bulk_create(
        RecoveryEnvelope(office_key=row, first=one.first, second=one.second, box=one.box)
        for one in custody.envelopes(pair.private, key=name_of(row), custodians=custodians)
    )
    return row


def _next_epoch(office: Body, purpose: str) -> int:
    """Return a number that neither a row nor the directory has used."""
    known = OfficeKey.objects.filter(office=office, purpose=purpose).aggregate(last=Max("epoch"))["last"] or 0
    try:
        signed = directory.load().newest(office.pk, purpose)
    except directory.DirectoryMissing:
        signed = None
    return max(known, signed.epoch if signed else 0) + 1


def _carry_over(used: OfficeKey, row: OfficeKey, private: bytes, *, key: Unlocked, at: datetime) -> None:
    """Give the next epoch to who holds the one in use, and vouch for whom it vouches, each seen to be the same person."""
    former = key.held(used)
    people = queries.can_be_granted(row.office, row.purpose, at=at).exclude(pk=key.person.pk)
    for holder in KeyHolder.objects.filter(office_key=used, person__in=people).select_related("person"):
        public = _seen_before(holder.person, bytes(holder.vouch), used, former)
        if public is not None:
            _hand(row, private, to=holder.person, public=public, by=key.person, at=at)
    handlers = accounts.able(row.office_id, Permission.TIP_HANDLE, at=at)
    for vouch in Vouch.objects.filter(office_key=used, person__in=handlers).select_related("person"):
        public = _seen_before(vouch.person, bytes(vouch.mark), used, former)
        if public is not None:
            _vouch(row, private, of=vouch.person, public=public, by=key.person, at=at)


def _seen_before(person: Person, mark: bytes, used: OfficeKey, private: bytes) -> bytes | None:
    """Return a person's public half if it is the one vouched for; None, and they are granted nothing, otherwise."""
    pair = queries.pair_of(person)
    if pair is None:
        return None
    same = custody.is_vouched(bytes(pair.public), mark, of=person.pk, key=name_of(used), private=private)
    return bytes(pair.public) if same else None


def _hand(row: OfficeKey, private: bytes, *, to: Person, public: bytes, by: Person, at: datetime) -> bool:
    """Wrap an office's private half to a person; return whether they did not hold it yet."""
    name = name_of(row)
    holder = KeyHolder(
        office_key=row, person=to, box=sealing.wrap(private, to=public, about=custody.about_holder(name, to.pk)),
        vouch=custody.vouch(public, of=to.pk, key=name, private=private), granted_at=at, granted_by=by,
    )  # fmt: skip
    known = KeyHolder.objects.filter(office_key=row, person=to).exists()
    KeyHolder.objects.bulk_create([holder], ignore_conflicts=True)
    return not known


def _vouch(row: OfficeKey, private: bytes, *, of: Person, public: bytes, by: Person, at: datetime) -> None:
    mark = custody.vouch(public, of=of.pk, key=name_of(row), private=private)
    Vouch.objects.update_or_create(
        office_key=row, person=of, defaults={"mark": mark, "made_at": at, "made_by": by}
    )  # fmt: skip


@transaction.atomic
def discard_epoch(office: Body, *, key: Unlocked, by: Person, at: datetime) -> int:
    """Throw away an epoch that waits to be signed and was not; return how many keys. Raises NoEpochWaiting."""
    require_of(office.pk, Permission.TIP_HANDLE, key=key, by=by, at=at)
    rows = [row for row in OfficeKey.objects.filter(office=office, state=Epoch.WAITING) if not _is_signed(row)]
    if not rows:
        raise NoEpochWaiting
    for table in (KeyHolder, Vouch, RecoveryEnvelope):
        table._default_manager.filter(office_key__in=rows).delete()
    record("tips.discard_epoch", rows[0], by=by, at=at, detail={"purposes": [row.purpose for row in rows]})
    OfficeKey.objects.filter(pk__in=[row.pk for row in rows], state=Epoch.WAITING).delete()
    return len(rows)


def _is_signed(row: OfficeKey) -> bool:
    try:
        return directory.load().epoch(row.office_id, row.purpose, row.epoch) is not None
    except directory.DirectoryMissing:
        return False


@transaction.atomic
def begin_epochs(office: Body, *, by: Person | None, at: datetime) -> int:
    """
    Take into use what the installed directory holds of the office's waiting keys; return how many.

    Tips are sealed to them from the moment the directory is installed; this only says so. `by=None` is the operator.
    Raises KeyReplaced where the directory has another public half for the same epoch.
    """
    if by is not None:
        require_of(office.pk, Permission.TIP_HANDLE, key=None, by=by, at=at)
    begun = []
    for row in OfficeKey.objects.filter(office=office, state=Epoch.WAITING).select_for_update():
        if not _is_signed(row):
            continue
        directory.check(row)
        used = OfficeKey.objects.filter(office=office, purpose=row.purpose, state=Epoch.CURRENT)
        used.update(state=Epoch.FORMER)
        if OfficeKey.objects.filter(pk=row.pk, state=Epoch.WAITING).update(state=Epoch.CURRENT):
            begun.append(row)
    if begun:
        record("tips.begin_epoch", begun[0], by=by, at=at, detail={"purposes": [row.purpose for row in begun]})
    return len(begun)


@transaction.atomic
def grant(
    office: Body, *, to: Person, purposes: Collection[str], seen: str, key: Unlocked, by: Person, at: datetime
) -> int:
    """
    Hand the office's keys of these purposes, every epoch that `by` holds, to a colleague; return how many keys.

    `seen`: the fingerprint, thirty digits, as read off the colleague's own unlocked screen.
    Raises NotOfTheOffice, HasNoPair, NotThatFingerprint, HeldAlready, NoKey, Forged, NotAllowed, NotFound.
    """
    require_of(office.pk, Permission.TIP_HANDLE, key=key, by=by, at=at)
    public = _public(to, seen=seen)
    given = []
    for row in OfficeKey.objects.filter(office=office, purpose__in=[str(one) for one in purposes]).order_by("epoch"):
        if not queries.can_be_granted(office, row.purpose, at=at).filter(pk=to.pk).exists():
            raise NotOfTheOffice(name=to.name)
        if key.holds(row) and _hand(row, key.held(row), to=to, public=public, by=by, at=at):
            given.append(row)
    if not given:
        held = KeyHolder.objects.filter(office_key__office=office, office_key__purpose__in=purposes)
        if held.filter(person=to).exists():
            raise HeldAlready(name=to.name)
        raise NoKey
    given_of = sorted({row.purpose for row in given})
    record("tips.grant", given[-1], by=by, at=at, detail={"to": to.username, "purposes": given_of})
    return len(given)


def _public(person: Person, *, seen: str) -> bytes:
    """Return a person's public half, once its fingerprint is the one that was read off their screen."""
    pair = queries.pair_of(person)
    if pair is None:
        raise HasNoPair(name=person.name)
    if not custody.is_fingerprint(seen, bytes(pair.public)):
        raise NotThatFingerprint(name=person.name)
    return bytes(pair.public)


@transaction.atomic
def vouch_for(office: Body, *, of: Person, seen: str, key: Unlocked, by: Person, at: datetime) -> None:
    """
    Vouch for the public half of somebody of the office, so that its tips may be handed to them. They hold no key of it.

    Raises as `grant`.
    """
    require_of(office.pk, Permission.TIP_INTAKE, key=key, by=by, at=at)
    if not accounts.able(office.pk, Permission.TIP_HANDLE, at=at).filter(pk=of.pk).exists():
        raise NotOfTheOffice(name=of.name)
    public = _public(of, seen=seen)
    rows = [row for row in OfficeKey.objects.filter(office=office, purpose=Purpose.INTAKE) if key.holds(row)]
    if not rows:
        raise NoKey
    for row in rows:
        _vouch(row, key.held(row), of=of, public=public, by=by, at=at)
    record("tips.vouch", rows[-1], by=by, at=at, detail={"of": of.username})


@transaction.atomic
def withdraw(office: Body, *, of: Person, purposes: Collection[str], by: Person, at: datetime) -> int:
    """
    Take the office's keys of these purposes back from a holder; return how many. What they have read they have read.

    Raises LastHolder, HoldsNothing, NotAllowed, NotFound.
    """
    # A keeper of identities need not be of intake to give up their own.
    needed = Permission.TIP_HANDLE if of.pk == by.pk else Permission.TIP_INTAKE
    require_of(office.pk, needed, key=None, by=by, at=at)
    rows = list(OfficeKey.objects.select_for_update().filter(office=office, purpose__in=[str(one) for one in purposes]))
    for row in rows:
        others = KeyHolder.objects.filter(office_key=row).exclude(person=of)
        if row.state != Epoch.FORMER and not others.exists():
            raise LastHolder
    gone, _ = KeyHolder.objects.filter(office_key__in=rows, person=of).delete()
    if not gone:
        raise HoldsNothing(name=of.name)
    record("tips.withdraw", rows[-1], by=by, at=at, detail={"of": of.username, "purposes": sorted(map(str, purposes))})
    return gone


@transaction.atomic
def leave(person: Person, *, by: Actor | None, at: datetime, offices: Collection[str] | None = None) -> int:
    """
    Take every key and every tip out of the hands of who leaves; return how many. Of some offices only, where given.

    Of no permission: it opens nothing, and whoever ends a post may call it. The office then replaces its key.
    """
    held, vouches = KeyHolder.objects.filter(person=person), Vouch.objects.filter(person=person)
    wraps = Wrap.objects.filter(person=person)
    if offices is not None:
        held, vouches = held.filter(office_key__office__in=offices), vouches.filter(office_key__office__in=offices)
        wraps = wraps.filter(tip__office__in=offices)
    keys, _ = held.delete()
    tips, _ = wraps.delete()
    gone = keys + tips + vouches.delete()[0]
    if gone:
        home = accounts.home_of(person, at=at)
        audit.record(
            "tips.leave", kind="tip_key", key=person.username, by=by, at=at, division=home.division_id if home else "",
            body=home.pk if home else "", detail={"keys": keys, "tips": tips},
        )  # fmt: skip
    return gone


def require_of(office: str, permission: Permission, *, key: Unlocked | None, by: Person, at: datetime) -> None:
    """Refuse whoever may not act for the office (its code), and a key that is another's."""
    standing = accounts.require(by, permission, at=at)
    if office not in standing.serves(permission):
        raise accounts.NotFound
    if key is not None and key.person.pk != by.pk:
        raise NoKey


def record(verb: str, row: OfficeKey, *, by: Person | None, at: datetime, detail: dict[str, object]) -> None:
    """Write an act on an office's key into the record."""
    audit.record(
        verb, kind="tip_key", key=row.office_id, by=by, at=at, division=row.office.division_id, body=row.office_id,
        detail={"epoch": row.epoch, **detail},
    )  # fmt: skip
