"""An officer's private half while it is in use: what it opens, and nothing that could be written or printed."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import ClassVar
from uuid import UUID

from django.db.models import Q, QuerySet

from mingcha.ground.accounts.models import Person
from mingcha.kernel import custody, sealing
from mingcha.kernel.refusals import Refusal
from mingcha.tips import boxes
from mingcha.tips.models import KeyHolder, OfficeKey, Tip, Wrap


class Locked(Refusal):
    message: ClassVar[str] = "举报箱已上锁，请先解锁。"
    status: ClassVar[int] = 423


class NoKey(Refusal):
    message: ClassVar[str] = "您没有打开它的密钥。需要办理请联系本机关保管举报密钥的信访举报干部。"
    status: ClassVar[int] = 403


class NotVouched(Refusal):
    message: ClassVar[str] = "%(name)s 的公钥没有经过本机关密钥持有人当面核对，或已被更换。请重新核对后再办理。"
    status: ClassVar[int] = 409


@dataclass(frozen=True)
class Unlocked:
    """The keys of one person within one request. It reads rows and changes none; printing one shows the account only."""

    person: Person
    private: bytes = field(repr=False)
    _held: dict[int, bytes] = field(default_factory=dict, repr=False, compare=False)

    def __repr__(self) -> str:
        return f"Unlocked({self.person.username})"

    @property
    def public(self) -> bytes:
        """The person's own public half, worked out from the private one: true whatever the database says."""
        return sealing.public_of(self.private)

    def held(self, office_key: OfficeKey) -> bytes:
        """
        Return an office's private half.

        Raises NoKey for whoever does not hold it, NotVouched and SealBroken where the row was put in by another.
        """
        found = self._held.get(office_key.pk)
        if found is None:
            holder = KeyHolder.objects.filter(office_key=office_key, person=self.person).first()
            if holder is None:
                raise NoKey
            found = self._open(holder, office_key)
        return found

    def _open(self, holder: KeyHolder, office_key: OfficeKey) -> bytes:
        name = name_of(office_key)
        about = custody.about_holder(name, self.person.pk)
        found = sealing.unwrap(bytes(holder.box), private=self.private, about=about)
        if sealing.public_of(found) != bytes(office_key.public):
            raise sealing.SealBroken
        if not custody.is_vouched(self.public, bytes(holder.vouch), of=self.person.pk, key=name, private=found):
            raise NotVouched(name=self.person.name)
        self._held[office_key.pk] = found
        return found

    def holds(self, office_key: OfficeKey) -> bool:
        """Whether the person holds an office's key, and it opens."""
        try:
            self.held(office_key)
        except Refusal:
            return False
        return True

    def tip_key(self, tip: Tip, *, identity: bool = False) -> bytes:
        """
        Return a tip's private half (its identity's): by a wrap of one's own, else by an office's key one holds.

        Raises NoKey, SealBroken, Forged.
        """
        found = list(self._wraps(identity=identity).filter(tip=tip))
        if not found:
            raise NoKey
        return self._key(tip, found)

    def tip_keys(self, tips: Iterable[Tip], *, identity: bool = False) -> dict[UUID, bytes]:
        """Return tip id → private half, of those that one can open; a wrap that is broken counts as none."""
        wanted = {tip.pk: tip for tip in tips}
        wraps: dict[UUID, list[Wrap]] = {}
        for wrap in self._wraps(identity=identity).filter(tip__in=wanted):
            wraps.setdefault(wrap.tip_id, []).append(wrap)
        found: dict[UUID, bytes] = {}
        for pk, own in wraps.items():
            try:
                found[pk] = self._key(wanted[pk], own)
            except Refusal:
                continue
        return found

    def _wraps(self, *, identity: bool) -> QuerySet[Wrap]:
        """Return the wraps that may be opened, one's own first."""
        held = KeyHolder.objects.filter(person=self.person).values("office_key")
        found = Wrap.objects.filter(Q(person=self.person) | Q(office_key__in=held), identity=identity)
        return found.select_related("office_key").order_by("office_key__epoch", "pk")

    def _key(self, tip: Tip, wraps: list[Wrap]) -> bytes:
        own = next((wrap for wrap in wraps if wrap.person_id is not None), None)
        chosen = own or wraps[-1]
        private = self.private if chosen.office_key is None else self.held(chosen.office_key)
        return boxes.unwrap_key(bytes(chosen.box), tip=tip, private=private, identity=chosen.identity)


def about_officer(person: int) -> str:
    """Return what an officer's own box is bound to."""
    return f"tips officer {person}"


def name_of(office_key: OfficeKey) -> custody.KeyName:
    """Return what the boxes and marks about an office's key are bound to."""
    return custody.KeyName(office_key.office_id, office_key.purpose, office_key.epoch)
