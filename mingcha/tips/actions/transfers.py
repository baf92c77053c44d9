"""
A tip goes to another office: offered with its key wrapped to the other's, taken or returned there, or sent straight up.

1. Nobody receives what is about them, from beneath them, or from whom all who would read it must stay away.
2. Offered, the tip waits with its sender; on taking, every key of the sender's is destroyed.
3. Not for us (径送上级): in one press, and every key here is destroyed at once, the identity's with it.
4. Who spoke goes by the keeper of identities, a second act; till then only the sender's keeper can open it.
"""

from datetime import datetime
from typing import ClassVar

from django.db import transaction

from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts import ties
from mingcha.ground.accounts.models import Person
from mingcha.ground.accounts.permissions import Permission
from mingcha.ground.territory import queries as territory
from mingcha.ground.territory.models import SUPERVISING, Body, BodyKind
from mingcha.kernel.refusals import Refusal
from mingcha.tips import boxes, clocks, directory, moving, prints
from mingcha.tips.models import Offer, OfficeKey, Tip, Wrap
from mingcha.tips.queries import reading
from mingcha.tips.states import OFFER_ACTS, Due, OfferState, Purpose, RecordKind, State
from mingcha.tips.unlocked import Unlocked

# A county's, a city's, a province's code.
RANKS = (6, 4, 2)


class AlreadySettled(Refusal):
    message: ClassVar[str] = "这次移送刚刚已经办理过，请从列表重新进入。"


class NotToThem(Refusal):
    message: ClassVar[str] = "不能移送给这个机关：它是被反映的单位、其下级，或者应当回避。请改送上一级机关。"
    status: ClassVar[int] = 422


class CannotReceive(Refusal):
    message: ClassVar[str] = "这个机关还不能在本平台接收举报，请选择已启用举报密钥的机关。"
    status: ClassVar[int] = 422


class NobodyAbove(Refusal):
    message: ClassVar[str] = "本平台上没有可以接收的上级机关。请不要办理，按程序用机要方式直接报送上一级信访举报部门。"
    status: ClassVar[int] = 422


class NoReturn(Refusal):
    message: ClassVar[str] = "径送上级的举报不能退回原机关。"
    status: ClassVar[int] = 422


class IdentityGone(Refusal):
    message: ClassVar[str] = "这一件的身份信息已经移送，或者对方还没有身份密钥。"
    status: ClassVar[int] = 409


@transaction.atomic
def offer(tip: Tip, *, receiver: Body, reason: str, key: Unlocked, by: Person, at: datetime) -> Offer:
    """
    Offer a tip to another office, with a sealed reason; it has five working days to take it.

    Raises CannotReceive, NotToThem, AlreadyMoved, KeyReplaced, and as `handling.open_tip`.
    """
    held = moving.hold(tip, Permission.TIP_INTAKE, by=by, key=key, at=at)
    if receiver.pk == tip.office_id or receiver.pk not in directory.offices():
        raise CannotReceive
    if not may_hold(receiver, held.about, at=at):
        raise NotToThem
    day, back_to = clocks.day_of(at), moving.lock(tip)
    sealed = moving.seal(tip, RecordKind.REASON, {"text": moving.written(reason), "number": _number(tip)}, by=by, at=at)
    moving.move(tip, "offer")
    office_key = directory.current(receiver.pk, Purpose.INTAKE)
    made = Offer.objects.create(
        tip=tip, sender_id=tip.office_id, receiver=receiver, office_key=office_key,
        box=boxes.wrap_key(held.private, tip=tip, to=bytes(office_key.public)), back_to=back_to, reason=sealed,
        offered_on=day, offered_by=by, due_at=clocks.due(Due.FORWARD, office=receiver.pk, since=day),
    )  # fmt: skip
    moving.record("tips.offer", tip, by=by, at=at, detail={"office": receiver.pk})
    moving.tell_intake(receiver.pk, at=at)
    return made


def open_offer(offer: Offer, *, key: Unlocked, by: Person, at: datetime) -> reading.Story:
    """
    Open what is offered to one's office, to settle whether to take it. On record first.

    Raises NotAllowed, NotFound, AlreadySettled, NoKey, Recused.
    """
    _require_receiver(offer, by=by, at=at)
    with transaction.atomic():
        moving.record("tips.open", offer.tip, by=by, at=at, office=offer.receiver)
    return reading.story(offer.tip, private=_offered(offer, key=key, by=by, at=at), key=key)


@transaction.atomic
def take(offer: Offer, *, key: Unlocked, by: Person, at: datetime) -> Tip:
    """
    Take over what is offered: it is the receiver's from now on, and the sender's keys to it are destroyed.

    Its number is given anew on acceptance. Raises as `open_offer`.
    """
    _require_receiver(offer, by=by, at=at)
    private, tip = _offered(offer, key=key, by=by, at=at), offer.tip
    moving.lock(tip)
    _settle(offer, "take", by=by, at=at)
    earlier, receiver = _number(tip), offer.receiver
    moving.drop_keys(tip, identity=False)
    Wrap.objects.create(tip=tip, office_key=offer.office_key, box=offer.box)
    if offer.identity_box and offer.identity_key:
        _move_identity(offer, bytes(offer.identity_box), office_key=offer.identity_key)
    _hand_over(tip, to=receiver, due_at=offer.due_at)
    if earlier:
        moving.seal(tip, RecordKind.NOTE, {"what": "earlier", "office": offer.sender_id, "text": earlier}, by=by, at=at)
    _tell_citizen(tip, offer.sender, by=by, at=at)
    _print_anew(tip, private=private, sender=offer.sender_id, receiver=offer.receiver_id)
    Offer.objects.filter(pk=offer.pk).update(box=b"", identity_box=None, identity_key=None)
    moving.record("tips.take", tip, by=by, at=at, detail={"sender": offer.sender_id})
    return tip


@transaction.atomic
def give_back(offer: Offer, *, reason: str, key: Unlocked, by: Person, at: datetime) -> None:
    """Return what is offered, with a sealed reason; the receiver's key to it is destroyed. Raises NoReturn, as `open_offer`."""
    _require_receiver(offer, by=by, at=at)
    if offer.upward:
        raise NoReturn
    _offered(offer, key=key, by=by, at=at)
    tip = offer.tip
    moving.seal(tip, RecordKind.REASON, {"text": moving.written(reason), "what": "returned"}, by=by, at=at)
    _settle(offer, "return", by=by, at=at)
    clock: dict[str, object] = {}
    if offer.back_to == State.RECEIVED:
        # Nobody has accepted it yet: the five days begin again where it lies.
        due_at = clocks.due(Due.FORWARD, office=tip.office_id, since=clocks.day_of(at))
        clock = {"due": Due.FORWARD, "due_at": due_at}
    moving.move(tip, "given_back", end=offer.back_to, **clock)
    Offer.objects.filter(pk=offer.pk).update(box=b"", identity_box=None, identity_key=None)
    moving.record("tips.give_back", tip, by=by, at=at, office=offer.receiver, detail={"sender": offer.sender_id})
    moving.tell_intake(offer.sender_id, at=at)


@transaction.atomic
def pass_upward(tip: Tip, *, key: Unlocked, by: Person, at: datetime) -> Body:
    """
    Send a tip straight up that is not for this office (请移送), read or unread, and destroy every key to it here.

    Also for who must stay away from it. Who spoke goes along only if the same officer keeps identities: otherwise that
    key is destroyed, too, and the citizen can name themselves again through the receipt. Returns the office above.
    Raises NobodyAbove, NoKey, NotAllowed, NotFound, AlreadyMoved.
    """
    moving.require(tip, Permission.TIP_HANDLE, by=by, at=at)
    moving.own_key(key, by=by)
    private = key.tip_key(tip)
    receiver = _above(tip, reading.about(tip, private=private), at=at)
    sender, day, back_to = tip.office, clocks.day_of(at), moving.lock(tip)
    office_keys = directory.receiving(receiver.pk)
    identity = key.tip_keys([tip], identity=True).get(tip.pk)
    moving.move(tip, "offer")
    moving.drop_keys(tip, identity=True)
    _wrap(tip, private, office_keys[Purpose.INTAKE])
    if identity is not None:
        _wrap(tip, identity, office_keys[Purpose.IDENTITY], identity=True)
    due_at = clocks.due(Due.FORWARD, office=receiver.pk, since=day)
    Offer.objects.create(
        tip=tip, sender=sender, receiver=receiver, office_key=office_keys[Purpose.INTAKE], box=b"", back_to=back_to,
        upward=True, state=OfferState.ACCEPTED, offered_on=day, offered_by=by, due_at=due_at, settled_on=day,
    )  # fmt: skip
    _hand_over(tip, to=receiver, due_at=due_at)
    _tell_citizen(tip, sender, by=by, at=at)
    _print_anew(tip, private=private, sender=sender.pk, receiver=receiver.pk)
    moving.record("tips.upward", tip, by=by, at=at, office=sender, detail={
        "office": receiver.pk, "with_identity": identity is not None,
    })  # fmt: skip
    moving.tell_intake(receiver.pk, at=at)
    return receiver


@transaction.atomic
def send_identity(offer: Offer, *, key: Unlocked, by: Person, at: datetime) -> None:
    """
    Send who spoke after the tip: by the sender's keeper of identities, while it is offered or once it is taken.

    Where it has gone on since, to the office that keeps it now: one on the way may be the one that must not know.
    Raises IdentityGone, AlreadySettled, NoKey, NotAllowed, NotFound.
    """
    standing = accounts.require(by, Permission.TIP_HANDLE, at=at)
    if offer.sender_id not in standing.serves(Permission.TIP_HANDLE):
        raise accounts.NotFound
    moving.own_key(key, by=by)
    tip = Tip.objects.select_for_update().get(pk=offer.tip_id)
    current = Offer.objects.select_for_update().get(pk=offer.pk)
    if current.state == OfferState.RETURNED:
        raise AlreadySettled
    receiver = tip.office_id if current.state == OfferState.ACCEPTED else offer.receiver_id
    if receiver == offer.sender_id:
        raise IdentityGone
    private, office_key = key.tip_key(tip, identity=True), directory.current(receiver, Purpose.IDENTITY)
    box = boxes.wrap_key(private, tip=tip, to=bytes(office_key.public), identity=True)
    if current.state == OfferState.OFFERED:
        Offer.objects.filter(pk=offer.pk).update(identity_box=box, identity_key=office_key)
    else:
        _move_identity(offer, box, office_key=office_key)
    moving.record("tips.send_identity", tip, by=by, at=at, office=offer.sender, detail={"office": receiver})


def receivers(tip: Tip, *, about: reading.About, at: datetime) -> list[Body]:
    """Return the offices a tip may be offered to: with keys in the signed directory, and not barred by whom it is about."""
    codes = directory.offices() - {tip.office_id}
    found = Body.objects.filter(pk__in=codes, kind=BodyKind.OFFICE, merged_into=None).select_related("division")
    return [office for office in found.order_by("division", "pinyin", "code") if may_hold(office, about, at=at)]


def may_hold(office: Body, about: reading.About, *, at: datetime) -> bool:
    """Whether an office may hold a key to what is about somebody: not they, not beneath them, not with all hands tied."""
    people = list(accounts.able(office.pk, Permission.TIP_INTAKE, at=at).values_list("pk", flat=True))
    found = ties.ties(people, at=at)
    if not people or all(found.between(person, about.subject) for person in people):
        return False
    body = about.body
    if body is None:
        return True
    own_rank = len(body.division_id) <= RANKS[0]
    if body.kind in SUPERVISING and own_rank and office.division_id == body.division_id:
        return False
    lower = len(office.division_id) > len(body.division_id[: RANKS[0]])
    return not lower and office.pk not in territory.line_of(body.pk)


def _above(tip: Tip, about: reading.About, *, at: datetime) -> Body:
    """Return the next office up that may hold a tip. Raises NobodyAbove."""
    here = tip.office.division_id
    above = {office.division_id: office for office in reversed(receivers(tip, about=about, at=at))}
    for digits in RANKS:
        if digits < len(here) and here[:digits] in above:
            return above[here[:digits]]
    raise NobodyAbove


def _number(tip: Tip) -> str:
    """Return the number the tip bears here, "" before acceptance; sealed with it, since the next office gives its own."""
    return str(tip) if tip.number else ""


def _require_receiver(offer: Offer, *, by: Person, at: datetime) -> None:
    standing = accounts.require(by, Permission.TIP_INTAKE, at=at)
    if offer.receiver_id not in standing.serves(Permission.TIP_INTAKE):
        raise accounts.NotFound
    if not Offer.objects.filter(pk=offer.pk, state=OfferState.OFFERED).exists():
        raise AlreadySettled


def _offered(offer: Offer, *, key: Unlocked, by: Person, at: datetime) -> bytes:
    """Return the private half that an open offer holds for the receiver's intake. Raises NoKey, Recused."""
    moving.own_key(key, by=by)
    private = boxes.unwrap_key(bytes(offer.box), tip=offer.tip, private=key.held(offer.office_key))
    about = reading.about(offer.tip, private=private)
    moving.check_away(about, person=by, office=offer.receiver_id, at=at)
    return private


def _settle(offer: Offer, act: str, *, by: Person, at: datetime) -> None:
    start, end = OFFER_ACTS[act]
    columns = {"settled_on": clocks.day_of(at), "settled_by": by}
    if not Offer.objects.filter(pk=offer.pk, state=start).update(state=end, **columns):
        raise AlreadySettled
    # The keeper of identities may have put in their box meanwhile.
    offer.refresh_from_db()


def _hand_over(tip: Tip, *, to: Body, due_at: datetime) -> None:
    moving.move(
        tip, "taken_over", office=to, year=None, number=None, way="", outcome="", accepted_on=None, announced=False,
        due=Due.FORWARD, due_at=due_at, notice_due_at=None,
    )  # fmt: skip


def _tell_citizen(tip: Tip, sender: Body, *, by: Person, at: datetime) -> None:
    text = f"您的反映已由{sender.name}移送{tip.office.name}办理。"
    moving.seal(tip, RecordKind.REPLY, {"text": text, "what": "transferred", "office": tip.office_id}, by=by, at=at)


def _wrap(tip: Tip, private: bytes, office_key: OfficeKey, *, identity: bool = False) -> None:
    box = boxes.wrap_key(private, tip=tip, to=bytes(office_key.public), identity=identity)
    Wrap.objects.create(tip=tip, identity=identity, office_key=office_key, box=box)


def _move_identity(offer: Offer, box: bytes, *, office_key: OfficeKey) -> None:
    """Put another office's wrap of the identity in the place of the sender's. Raises IdentityGone where that is no more."""
    tip = offer.tip
    own = Wrap.objects.filter(tip=tip, identity=True, office_key__office=offer.sender)
    list(own.select_for_update(of=("self",)).values_list("pk"))  # waits for a re-wrapping, as `moving.drop_keys`
    gone, _ = own.delete()
    if not gone:
        raise IdentityGone
    # The citizen may have named themselves to it meanwhile; the keeper's own wrap is known to open.
    Wrap.objects.filter(tip=tip, identity=True, office_key=office_key).delete()
    Wrap.objects.create(tip=tip, identity=True, office_key=office_key, box=box)


def _print_anew(tip: Tip, *, private: bytes, sender: str, receiver: str) -> None:
    """Seal the fingerprint to the receiver's index; a mark for the sender's next fold takes it out of theirs."""
    report, index = dict(reading.report(tip, private=private)), directory.current(receiver, Purpose.INDEX)
    prints.waiting(prints.of_report(tip, report), to=index, public=bytes(index.public)).save(force_insert=True)
    prints.forget(tip, office=sender)
