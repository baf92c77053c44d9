"""Who holds which key of an office, whom holders vouch for, and what is left to do about keys."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts.models import Person
from mingcha.ground.accounts.permissions import Permission
from mingcha.ground.territory.models import Body
from mingcha.kernel import custody
from mingcha.kernel.custody import fingerprint
from mingcha.kernel.refusals import Refusal
from mingcha.tips import directory, marks
from mingcha.tips.models import (
    KeyHolder,
    LikenessBlock,
    LikenessWaiting,
    Offer,
    OfficeKey,
    OfficerKey,
    RecoveryEnvelope,
    Vouch,
    Wrap,
)
from mingcha.tips.states import Epoch, OfferState, Purpose, State
from mingcha.tips.unlocked import NotVouched, Unlocked, name_of

__all__ = ["fingerprint"]


@dataclass(frozen=True)
class Held:
    """One epoch of one purpose, as the page of keys shows it. `signed`: the root signed exactly this public half."""

    key: OfficeKey
    holders: tuple[Person, ...]
    fingerprint: str
    signed: bool
    envelopes: int
    behind: int  # wraps of tips and open offers that still lie under this epoch


def of_office(office: str) -> list[Held]:
    """Return every epoch of an office's keys, purpose by purpose, the newest first."""
    order = {str(purpose): place for place, purpose in enumerate(Purpose)}
    rows = sorted(OfficeKey.objects.filter(office=office), key=lambda row: (order[row.purpose], -row.epoch))
    return [
        Held(
            row, tuple(holders(row)), fingerprint(bytes(row.public)), _is_signed(row),
            RecoveryEnvelope.objects.filter(office_key=row).count(), behind(row),
        )
        for row in rows
    ]  # fmt: skip


def _is_signed(row: OfficeKey) -> bool:
    try:
        directory.check(row)
    except Refusal:
        return False
    return True


def holders(office_key: OfficeKey) -> QuerySet[Person]:
    """Return who holds an office's key."""
    found = Person.objects.filter(pk__in=KeyHolder.objects.filter(office_key=office_key).values("person"))
    return found.order_by("pinyin", "pk")


def behind(office_key: OfficeKey) -> int:
    """Return how many wraps and open offers lie under one epoch."""
    offers = Offer.objects.filter(Q(office_key=office_key) | Q(identity_key=office_key), state=OfferState.OFFERED)
    return Wrap.objects.filter(office_key=office_key).count() + offers.count()


def waiting(office: str, *, key: Unlocked) -> list[OfficeKey]:
    """
    Return an office's keys that wait for the root's signature, each seen to be the one that `key` holds the other half of.

    Raises Forged, NoKey, SealBroken: what another put in place of it is not even asked to be signed.
    """
    rows = list(OfficeKey.objects.filter(office=office, state=Epoch.WAITING).order_by("purpose"))
    for row in rows:
        marks.check(row)
        key.held(row)
    return rows


def to_rewrap(office: str, *, key: Unlocked | None = None) -> QuerySet[Wrap]:
    """Return the wraps of an office's tips that lie under a former epoch; with `key`, those its holder can move."""
    found = Wrap.objects.filter(office_key__office=office, office_key__state=Epoch.FORMER)
    if key is not None:
        found = found.filter(office_key__in=KeyHolder.objects.filter(person=key.person).values("office_key"))
    return found.exclude(tip__state=State.ERASED)


def offers_to_rewrap(office: str, *, key: Unlocked) -> QuerySet[Offer]:
    """Return the unanswered offers to an office under a former epoch that `key` holds; their identity boxes stay."""
    held = KeyHolder.objects.filter(person=key.person).values("office_key")
    found = Offer.objects.filter(office_key__office=office, office_key__state=Epoch.FORMER, state=OfferState.OFFERED)
    return found.filter(office_key__in=held).select_related("tip", "office_key").order_by("pk")


def has_pair(person: Person) -> bool:
    """Whether a person has begun a pair of their own."""
    return OfficerKey.objects.filter(person=person).exists()


def pair_of(person: Person) -> OfficerKey | None:
    """Return a person's pair as the house wrote it, None before they have begun one. Raises Forged."""
    row = OfficerKey.objects.filter(person=person).first()
    if row is not None:
        marks.check(row)
    return row


def can_be_granted(office: Body, purpose: str, *, at: datetime) -> QuerySet[Person]:
    """Return the people of an office with a pair who may hold its key of this purpose."""
    needed = Permission.TIP_HANDLE if purpose == Purpose.IDENTITY else Permission.TIP_INTAKE
    return accounts.able(office.pk, needed, at=at).filter(pk__in=OfficerKey.objects.values("person"))


def can_be_vouched(office: Body, *, at: datetime) -> QuerySet[Person]:
    """Return the people of an office with a pair to whom its tips could be handed, and whom nobody vouches for yet."""
    known = Q(pk__in=_vouched(office.pk, Vouch)) | Q(pk__in=_vouched(office.pk, KeyHolder))
    able = accounts.able(office.pk, Permission.TIP_HANDLE, at=at)
    return able.filter(pk__in=OfficerKey.objects.values("person")).exclude(known)


def vouched(office: str) -> QuerySet[Person]:
    """Return whom the holders of an office's intake key vouch for: its handlers, and the holders themselves."""
    known = Q(pk__in=_vouched(office, Vouch)) | Q(pk__in=_vouched(office, KeyHolder))
    return Person.objects.filter(known).order_by("pinyin", "pk")


def _vouched(office: str, table: type[Vouch] | type[KeyHolder]) -> QuerySet[Person]:
    found = table._default_manager.filter(office_key__office=office, office_key__purpose=Purpose.INTAKE)
    return found.exclude(office_key__state=Epoch.WAITING).values("person")  # type: ignore[return-value]


def trusted(person: Person, *, office: str, key: Unlocked) -> bytes:
    """
    Return the public half to which a person of the office may be handed a tip.

    Their row must carry the house's mark and a vouch under an intake key of the office that `key` holds: neither who
    writes the database nor who owns the folder of keys can put in a half of their own. Raises NotVouched, Forged.
    """
    if person.pk == key.person.pk:
        return key.public
    pair = pair_of(person)
    if pair is None:
        raise NotVouched(name=person.name)
    public = bytes(pair.public)
    rows = OfficeKey.objects.filter(office=office, purpose=Purpose.INTAKE).order_by("-epoch")
    for row in rows:
        if key.holds(row) and _stands(public, of=person, row=row, private=key.held(row)):
            return public
    raise NotVouched(name=person.name)


def _stands(public: bytes, *, of: Person, row: OfficeKey, private: bytes) -> bool:
    return any(
        custody.is_vouched(public, mark, of=of.pk, key=name_of(row), private=private) for mark in _marks(row, of=of)
    )


def _marks(row: OfficeKey, *, of: Person) -> Iterator[bytes]:
    for mark in Vouch.objects.filter(office_key=row, person=of).values_list("mark", flat=True):
        yield bytes(mark)
    for vouch in KeyHolder.objects.filter(office_key=row, person=of).values_list("vouch", flat=True):
        yield bytes(vouch)


def astray(*, at: datetime) -> dict[int, set[str]]:
    """
    Return person id → codes of offices where somebody has a key, a vouch or a tip in hand and no post that allows it.
    """
    have: dict[str, set[int]] = {}
    for table in (KeyHolder, Vouch):
        for office, person in table._default_manager.values_list("office_key__office", "person").distinct():
            have.setdefault(office, set()).add(person)
    wraps = Wrap.objects.exclude(person=None)
    for office, person in wraps.values_list("tip__office", "person").distinct():
        have.setdefault(office, set()).add(person)
    found: dict[int, set[str]] = {}
    for office, people in have.items():
        able = accounts.able(office, Permission.TIP_HANDLE, at=at).values_list("pk", flat=True)
        for person in people - set(able):
            found.setdefault(person, set()).add(office)
    return found


def idle() -> QuerySet[OfficeKey]:
    """Return former epochs that open nothing any more: nobody need hold them."""
    used = Q(pk__in=Wrap.objects.exclude(office_key=None).values("office_key"))
    # An unanswered offer may hold an identity's box under the former identity key as well.
    used |= Q(office__in=Offer.objects.filter(state=OfferState.OFFERED).values("receiver"))
    # Fingerprints are folded anew under the next index key by the office's own session, which needs the former one.
    for table in (LikenessWaiting, LikenessBlock):
        used |= Q(pk__in=table._default_manager.values("office_key"))
    held = KeyHolder.objects.values("office_key")
    kept = RecoveryEnvelope.objects.values("office_key")
    found = OfficeKey.objects.filter(Q(pk__in=held) | Q(pk__in=kept), state=Epoch.FORMER).exclude(used)
    return found.exclude(office__in=_unreceived())


def _unreceived() -> QuerySet[OfficeKey]:
    """Return the offices with nobody to hold the key in use: there the former one may be all that is left."""
    current = OfficeKey.objects.filter(state=Epoch.CURRENT, purpose=Purpose.INTAKE)
    held = KeyHolder.objects.values("office_key")
    return current.exclude(pk__in=held).values("office")  # type: ignore[return-value]
