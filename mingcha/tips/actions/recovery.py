"""
What is done about keys without anybody's passphrase: a signed directory taken into use, keys that custodians recovered
offline brought back, and what nobody may hold any more removed. None of it opens anything.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from django.db import transaction

from mingcha.ground.accounts.models import Person
from mingcha.ground.audit import actions as audit
from mingcha.ground.audit.actions import Actor
from mingcha.ground.territory.models import Body
from mingcha.kernel import custody
from mingcha.kernel.refusals import Refusal
from mingcha.tips import directory, marks
from mingcha.tips.actions import keys
from mingcha.tips.models import KeyHolder, OfficeKey, RecoveryEnvelope, Vouch
from mingcha.tips.queries import keys as queries
from mingcha.tips.states import Epoch


class NotThePair(Refusal):
    message: ClassVar[str] = "%(name)s 的公钥与恢复文件里的不同，可能又重设过口令。请重新导出恢复封，再由保管人恢复。"


class NothingToRestore(Refusal):
    message: ClassVar[str] = "恢复文件里没有本机可以放回的密钥，请核对机关和期次。"
    status: ClassVar[int] = 422


@dataclass(frozen=True)
class Recovered:
    """One key as two custodians wrapped it to an officer, offline."""

    key: custody.KeyName
    box: bytes
    vouch: bytes


@transaction.atomic
def install(found: custody.Directory, *, by: None = None, at: datetime) -> int:
    """Take into use every waiting key that the directory just installed has signed; return how many. By the operator."""
    audit.record(
        "tips.install", kind="tip_key", key=found.serial, by=None, at=at,
        detail={"serial": found.serial, "keys": len(found.entries), "custodians": sorted(found.custodians)},
    )  # fmt: skip
    waiting = OfficeKey.objects.filter(state=Epoch.WAITING).values("office")
    return sum(keys.begin_epochs(office, by=None, at=at) for office in Body.objects.filter(pk__in=waiting))


@transaction.atomic
def restore(
    to: Person, *, public: bytes, rows: Sequence[Recovered], custodians: Sequence[str], by: None = None, at: datetime
) -> int:
    """
    Give an officer the keys that custodians recovered for them; return how many. By the operator, who cannot open them.

    Raises NotThePair, NotOfTheOffice, NothingToRestore, KeyReplaced, Forged.
    """
    pair = queries.pair_of(to)
    if pair is None or bytes(pair.public) != public:
        raise NotThePair(name=to.name)
    put = []
    for row in rows:
        key = OfficeKey.objects.filter(office=row.key.office, purpose=row.key.purpose, epoch=row.key.epoch).first()
        if key is None:
            continue
        marks.check(key)
        if key.state != Epoch.WAITING:
            directory.check(key)
        if not queries.can_be_granted(key.office, key.purpose, at=at).filter(pk=to.pk).exists():
            raise keys.NotOfTheOffice(name=to.name)
        KeyHolder.objects.filter(office_key=key, person=to).delete()
        KeyHolder.objects.create(
            office_key=key, person=to, box=row.box, vouch=row.vouch, granted_at=at, granted_by=to
        )  # fmt: skip
        put.append(key)
    if not put:
        raise NothingToRestore
    audit.record(
        "tips.restore", kind="tip_key", key=put[0].office_id, by=None, at=at, division=put[0].office.division_id,
        body=put[0].office_id, detail={"to": to.username, "keys": len(put), "custodians": sorted(custodians)},
    )  # fmt: skip
    return len(put)


@transaction.atomic
def tidy(*, by: Actor = audit.SYSTEM, at: datetime) -> int:
    """
    Take keys and tips from whoever no longer has a post for them, and destroy former keys that open nothing; return how
    many rows went. By the house itself.
    """
    gone = 0
    for person_id, offices in queries.astray(at=at).items():
        person = Person.objects.get(pk=person_id)
        gone += keys.leave(person, by=by, at=at, offices=offices)
    for key in queries.idle().select_related("office"):
        for table in (KeyHolder, Vouch, RecoveryEnvelope):
            gone += table._default_manager.filter(office_key=key).delete()[0]
        audit.record(
            "tips.forget", kind="tip_key", key=key.office_id, by=by, at=at, division=key.office.division_id,
            body=key.office_id, detail={"purposes": [key.purpose], "epoch": key.epoch},
        )  # fmt: skip
    return gone
