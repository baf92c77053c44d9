"""A report goes to another office: offered, taken, returned, or straight up; who can open it at each step, by the keys they hold."""

import pytest

from mingcha.ground.accounts.actions import recusals
from mingcha.ground.accounts.models import Ground, Person
from mingcha.ground.accounts.queries import NotFound, standing
from mingcha.ground.audit.models import Event
from mingcha.kernel import receipts
from mingcha.tips import moving, public, queries
from mingcha.tips.actions import handling, recovery, rewrapping, transfers
from mingcha.tips.models import LikenessWaiting, Offer, Tip, Wrap
from mingcha.tips.queries import reading
from mingcha.tips.states import Due, OfferState, Purpose, State
from mingcha.tips.unlocked import NoKey
from tests.sealed import Room
from tests.world import World


def can_open(tip: Tip, *people: Person, room: Room) -> list[bool]:
    """Return for each whether any wrap there is opens to them."""
    return [bool(room.unlocked(person).tip_keys([tip])) for person in people]


def offered(room: Room, world: World, **more) -> tuple[Tip, Offer]:
    tip, _ = room.tip(world.minxian.office.body, **more)
    by = world.minxian.office.intake
    key = room.unlocked(by)
    handling.accept(tip, key=key, by=by, at=world.at)
    handling.assign(tip, to=world.county, key=key, by=by, at=world.at)
    made = transfers.offer(
        tip, receiver=world.zhangxian.office.body, reason="管辖在漳县", key=key, by=by, at=world.at
    )  # fmt: skip
    return tip, made


def test_on_taking_the_senders_keys_are_destroyed_and_the_number_is_given_anew(sealed_room: Room, world: World) -> None:
    tip, offer = offered(sealed_room, world)
    here, there = world.minxian.office.intake, world.zhangxian.office.intake
    assert can_open(tip, here, world.county, there, room=sealed_room) == [True, True, False]
    key = sealed_room.unlocked(there)
    assert [each.pk for each in queries.inbox(to=standing(there, at=world.at))] == [offer.pk]
    story = transfers.open_offer(offer, key=key, by=there, at=world.at)
    assert story.reason_of(offer).text == "管辖在漳县"  # type: ignore[union-attr]
    transfers.take(offer, key=key, by=there, at=world.at)
    tip.refresh_from_db()
    assert (tip.office, tip.state, tip.number, tip.due) == (
        world.zhangxian.office.body,
        State.RECEIVED,
        None,
        Due.FORWARD,
    )
    assert can_open(tip, here, world.county, there, room=sealed_room) == [False, False, True]
    for person in (here, world.county):
        with pytest.raises(NotFound):
            handling.open_tip(tip, key=sealed_room.unlocked(person), by=person, at=world.at)
    offer.refresh_from_db()
    assert (offer.state, bytes(offer.box)) == (OfferState.ACCEPTED, b"")
    handling.accept(tip, key=key, by=there, at=world.at)
    assert tip.number == 1
    assert "举报〔2021〕1号" in [entry.text for entry in handling.open_tip(tip, key=key, by=there, at=world.at).entries]
    assert not Event.objects.filter(text__contains="管辖在漳县").exists()


def test_the_citizen_reads_where_it_went_and_can_still_open_it(sealed_room: Room, world: World) -> None:
    tip, receipt = sealed_room.tip(world.minxian.office.body, text="演示：还读得到。")
    by, there = world.minxian.office.intake, world.zhangxian.office.intake
    offer = transfers.offer(
        tip, receiver=world.zhangxian.office.body, reason="管辖", key=sealed_room.unlocked(by), by=by, at=world.at
    )
    transfers.take(offer, key=sealed_room.unlocked(there), by=there, at=world.at)
    visit = public.enter(receipts.read(receipt), at=world.at)
    assert visit.office_name == world.zhangxian.office.body.name
    assert any(world.zhangxian.office.body.name in line.text for line in visit.lines)


def test_what_is_returned_is_the_senders_again_and_nobody_else_holds_a_key(sealed_room: Room, world: World) -> None:
    tip, offer = offered(sealed_room, world)
    there, here = world.zhangxian.office.intake, world.minxian.office.intake
    with pytest.raises(moving.AlreadyMoved, match="移送中"):
        handling.decline(tip, reason="不管", key=sealed_room.unlocked(here), by=here, at=world.at)
    key = sealed_room.unlocked(there)
    with pytest.raises(moving.NothingWritten):
        transfers.give_back(offer, reason=" ", key=key, by=there, at=world.at)
    transfers.give_back(offer, reason="不属本县", key=key, by=there, at=world.at)
    tip.refresh_from_db()
    assert (tip.state, tip.number, tip.office) == (State.ACCEPTED, 1, world.minxian.office.body)
    assert can_open(tip, here, world.county, there, room=sealed_room) == [True, True, False]
    for again in (transfers.take, transfers.open_offer):
        with pytest.raises(transfers.AlreadySettled):
            again(offer, key=key, by=there, at=world.at)
    offer.refresh_from_db()
    assert bytes(offer.box) == b""
    story = handling.open_tip(tip, key=sealed_room.unlocked(here), by=here, at=world.at)
    assert story.entries[-1].text == "不属本县"


def test_only_intake_of_the_receiver_settles_an_offer(sealed_room: Room, world: World) -> None:
    _, offer = offered(sealed_room, world)
    for person in (world.minxian.office.intake, world.city.office.intake):
        with pytest.raises(NotFound):
            transfers.take(offer, key=sealed_room.unlocked(person), by=person, at=world.at)
    other = world.zhangxian.office.officer
    with pytest.raises(Exception, match="岗位没有这项权限"):
        transfers.take(offer, key=sealed_room.unlocked(other), by=other, at=world.at)
    there = world.zhangxian.office.intake
    with pytest.raises(NoKey):
        transfers.take(offer, key=sealed_room.unlocked(world.county), by=there, at=world.at)


@pytest.mark.proof(7)
def test_nobody_is_offered_what_is_about_them_or_those_over_them(sealed_room: Room, world: World) -> None:
    by = world.minxian.office.intake
    key = sealed_room.unlocked(by)
    accused, _ = sealed_room.tip(world.minxian.office.body, accused=world.zhangxian.office.body)
    with pytest.raises(transfers.NotToThem):
        transfers.offer(accused, receiver=world.zhangxian.office.body, reason="管辖", key=key, by=by, at=world.at)
    higher, _ = sealed_room.tip(world.minxian.office.body, accused=world.city.office.body)
    with pytest.raises(transfers.NotToThem):
        transfers.offer(higher, receiver=world.zhangxian.office.body, reason="管辖", key=key, by=by, at=world.at)
    tied, _ = sealed_room.tip(world.minxian.office.body, accused=world.minxian.office.answering)
    there = world.zhangxian.office.intake
    target = recusals.Target(body=world.minxian.office.answering)
    recusals.declare(there, target=target, ground=Ground.RELATIVE, reason="近亲属任职", by=there, at=world.at)
    with pytest.raises(transfers.NotToThem):
        transfers.offer(tied, receiver=world.zhangxian.office.body, reason="管辖", key=key, by=by, at=world.at)
    with pytest.raises(transfers.CannotReceive):
        transfers.offer(tied, receiver=world.minxian.office.body, reason="管辖", key=key, by=by, at=world.at)
    assert not Offer.objects.exists()
    assert not Tip.objects.filter(state=State.OFFERED).exists()


@pytest.mark.proof(7)
def test_not_for_us_goes_straight_up_in_one_press_and_leaves_no_key_here(sealed_room: Room, world: World) -> None:
    tip, receipt = sealed_room.tip(world.minxian.office.body, named={"name": "演示乙", "phone": "0000"})
    by, up = world.minxian.office.intake, world.city.office.intake
    key = sealed_room.unlocked(by)
    # It is about the office itself, so who opened it may read no further; the press is still theirs.
    handling.concern(tip, body=world.minxian.office.body, key=key, by=by, at=world.at)
    with pytest.raises(moving.Recused):
        handling.open_tip(tip, key=key, by=by, at=world.at)
    receiver = transfers.pass_upward(tip, key=key, by=by, at=world.at)
    assert receiver == world.city.office.body
    assert (tip.office, tip.state) == (world.city.office.body, State.RECEIVED)
    assert can_open(tip, by, world.county, up, room=sealed_room) == [False, False, True]
    assert not Wrap.objects.filter(tip=tip, office_key__office=world.minxian.office.body).exists()
    # The presser kept identities here: who spoke went along.
    said = handling.open_identity(tip, key=sealed_room.unlocked(up), by=up, at=world.at)
    assert said[0].content["name"] == "演示乙"
    offer = Offer.objects.get(tip=tip)
    assert (offer.upward, offer.state, bytes(offer.box)) == (True, OfferState.ACCEPTED, b"")
    assert public.enter(receipts.read(receipt), at=world.at).office_name == world.city.office.body.name


def test_who_keeps_no_identities_sends_up_without_one_and_none_stays(sealed_room: Room, world: World) -> None:
    tip, _ = sealed_room.tip(world.minxian.office.body, named={"name": "演示丙", "phone": "0000"})
    sealed_room.hand(tip, world.county)
    transfers.pass_upward(tip, key=sealed_room.unlocked(world.county), by=world.county, at=world.at)
    left = Wrap.objects.filter(tip=tip, identity=True)
    assert [(wrap.office_key, wrap.person) for wrap in left] == [(None, None)]


def test_with_nobody_above_nothing_is_destroyed(sealed_room: Room, world: World) -> None:
    tip, _ = sealed_room.tip(world.city.office.body)
    by = world.city.office.intake
    with pytest.raises(transfers.NobodyAbove, match="上级"):
        transfers.pass_upward(tip, key=sealed_room.unlocked(by), by=by, at=world.at)
    assert can_open(tip, by, room=sealed_room) == [True]
    with pytest.raises(NoKey):
        transfers.pass_upward(tip, key=sealed_room.unlocked(world.lead), by=world.lead, at=world.at)


@pytest.mark.parametrize("when", ["offered", "taken"])
def test_who_spoke_follows_by_the_keeper_of_identities(sealed_room: Room, world: World, when: str) -> None:
    tip, offer = offered(sealed_room, world, named={"name": "演示丁", "phone": "0000"})
    here, there = world.minxian.office.intake, world.zhangxian.office.intake
    key = sealed_room.unlocked(there)
    if when == "offered":
        transfers.send_identity(offer, key=sealed_room.unlocked(here), by=here, at=world.at)
    transfers.take(offer, key=key, by=there, at=world.at)
    if when == "taken":
        assert not key.tip_keys([tip], identity=True)
        transfers.send_identity(offer, key=sealed_room.unlocked(here), by=here, at=world.at)
    tip.refresh_from_db()
    assert handling.open_identity(tip, key=key, by=there, at=world.at)[0].content["name"] == "演示丁"
    assert not sealed_room.unlocked(here).tip_keys([tip], identity=True)
    with pytest.raises(NoKey):
        transfers.send_identity(offer, key=sealed_room.unlocked(here), by=here, at=world.at)


@pytest.mark.parametrize("rewrapped", [True, False])
def test_who_spoke_opens_also_where_the_receiver_changed_its_keys_before_it_took(
    sealed_room: Room, world: World, rewrapped: bool
) -> None:
    tip, offer = offered(sealed_room, world, named={"name": "演示辛", "phone": "0000"})
    here, there, office = world.minxian.office.intake, world.zhangxian.office.intake, world.zhangxian.office.body
    sealed_room.rotate(office, there)
    transfers.send_identity(offer, key=sealed_room.unlocked(here), by=here, at=world.at)
    sealed_room.rotate(office, there)
    key = sealed_room.unlocked(there)
    if rewrapped:  # the key to the report moves on, the identity's lies under the middle epoch still
        assert rewrapping.rewrap(office, key=key, by=there, at=world.at) == 1
    recovery.tidy(at=world.at)
    offer.refresh_from_db()
    assert offer.identity_key and (offer.office_key.epoch, offer.identity_key.epoch) == (3 if rewrapped else 1, 2)
    transfers.take(offer, key=key, by=there, at=world.at)
    for _ in range(2):
        tip.refresh_from_db()
        assert handling.open_identity(tip, key=key, by=there, at=world.at)[0].content["name"] == "演示辛"
        rewrapping.rewrap(office, key=key, by=there, at=world.at)
    offer.refresh_from_db()
    assert (offer.identity_box, offer.identity_key) == (None, None)


def test_who_spoke_follows_the_tip_and_not_an_office_that_passed_it_on(sealed_room: Room, world: World) -> None:
    tip, first = offered(sealed_room, world, named={"name": "演示戊", "phone": "0000"})
    here, between, there = world.minxian.office.intake, world.zhangxian.office.intake, world.city.office.intake
    transfers.take(first, key=sealed_room.unlocked(between), by=between, at=world.at)
    tip.refresh_from_db()
    onward = transfers.offer(
        tip, receiver=world.city.office.body, reason="应由上级办理", key=sealed_room.unlocked(between), by=between,
        at=world.at,
    )  # fmt: skip
    transfers.take(onward, key=sealed_room.unlocked(there), by=there, at=world.at)
    transfers.send_identity(first, key=sealed_room.unlocked(here), by=here, at=world.at)
    holding = [bool(sealed_room.unlocked(each).tip_keys([tip], identity=True)) for each in (here, between, there)]
    assert holding == [False, False, True]


def test_the_print_goes_along_to_the_receivers_index(sealed_room: Room, world: World) -> None:
    tip, offer = offered(sealed_room, world)
    there = world.zhangxian.office.intake
    transfers.take(offer, key=sealed_room.unlocked(there), by=there, at=world.at)
    waits = [(row.office_key.office_id, row.office_key.purpose) for row in LikenessWaiting.objects.filter(tip=tip)]
    assert waits == [(world.zhangxian.office.body.pk, Purpose.INDEX)]


def test_where_it_may_go_is_offered_by_name(sealed_room: Room, world: World) -> None:
    tip, _ = sealed_room.tip(world.minxian.office.body, accused=world.minxian.office.answering)
    by = world.minxian.office.intake
    about = reading.about(tip, private=sealed_room.unlocked(by).tip_key(tip))
    found = transfers.receivers(tip, about=about, at=world.at)
    assert {office.pk for office in found} == {
        world.zhangxian.office.body.pk, world.city.office.body.pk, world.abroad.office.body.pk
    }  # fmt: skip


def test_who_spoke_goes_past_an_office_that_sent_the_tip_straight_up(sealed_room: Room, world: World) -> None:
    tip, offer = offered(sealed_room, world, named={"name": "演示戊", "phone": "0000"})
    here, there, up = (work.office.intake for work in (world.minxian, world.zhangxian, world.city))
    transfers.take(offer, key=sealed_room.unlocked(there), by=there, at=world.at)
    tip.refresh_from_db()
    transfers.pass_upward(tip, key=sealed_room.unlocked(there), by=there, at=world.at)
    transfers.send_identity(offer, key=sealed_room.unlocked(here), by=here, at=world.at)
    assert [bool(sealed_room.unlocked(one).tip_keys([tip], identity=True)) for one in (here, there, up)] == [
        False, False, True
    ]  # fmt: skip


def named_and_gone_on(room: Room, world: World) -> tuple[Tip, Offer, str]:
    """Return a named report that was taken over by 漳县, whom the identity did not follow, with its receipt."""
    tip, receipt = room.tip(world.minxian.office.body, named={"name": "演示己", "phone": "0000"})
    here, there = world.minxian.office.intake, world.zhangxian.office.intake
    offer = transfers.offer(
        tip, receiver=world.zhangxian.office.body, reason="管辖", key=room.unlocked(here), by=here, at=world.at
    )
    transfers.take(offer, key=room.unlocked(there), by=there, at=world.at)
    tip.refresh_from_db()
    return tip, offer, receipts.read(receipt)


def knowing_who(room: Room, tip: Tip, *people: Person) -> list[bool]:
    return [bool(room.unlocked(person).tip_keys([tip], identity=True)) for person in people]


def test_the_citizen_alone_names_themselves_to_the_office_it_went_to(sealed_room: Room, world: World) -> None:
    tip, offer, receipt = named_and_gone_on(sealed_room, world)
    here, there, up = (work.office.intake for work in (world.minxian, world.zhangxian, world.city))
    visit = public.enter(receipt, at=world.at)
    assert "name" in visit.may and visit.office == world.zhangxian.office.body.pk
    for other in (world.minxian.office.body.pk, world.city.office.body.pk, ""):
        with pytest.raises(public.NotNow):
            public.name_to(receipt, office=other, at=world.at)
    with pytest.raises(public.ReceiptUnknown):
        public.name_to(receipts.new(), office=visit.office, at=world.at)
    assert knowing_who(sealed_room, tip, there, up) == [False, False]
    Tip.objects.update(announced=True)
    public.name_to(receipt, office=visit.office, at=world.at)
    assert knowing_who(sealed_room, tip, there, up) == [True, False]
    said = handling.open_identity(tip, key=sealed_room.unlocked(there), by=there, at=world.at)
    assert said[0].content["name"] == "演示己" and not Tip.objects.get().announced
    event = Event.objects.get(verb="tips.name")
    assert (event.actor, event.key, event.detail, event.body) == ("citizen", str(tip.pk), {}, visit.office)
    assert "name" not in public.enter(receipt, at=world.at).may
    with pytest.raises(public.NotNow):
        public.name_to(receipt, office=visit.office, at=world.at)
    # What the former office's keeper sends after it is the same, once; nothing stays with them.
    transfers.send_identity(offer, key=sealed_room.unlocked(here), by=here, at=world.at)
    assert knowing_who(sealed_room, tip, here, there) == [False, True]


def test_sent_straight_up_without_who_spoke_they_can_name_themselves_there(sealed_room: Room, world: World) -> None:
    tip, typed = sealed_room.tip(
        world.minxian.office.body, named={"name": "演示庚", "phone": "0000"}, accused=world.minxian.office.body
    )
    receipt, up = receipts.read(typed), world.city.office
    assert "name" not in public.enter(receipt, at=world.at).may
    sealed_room.hand(tip, world.county)
    transfers.pass_upward(tip, key=sealed_room.unlocked(world.county), by=world.county, at=world.at)
    public.name_to(receipt, office=up.body.pk, at=world.at)
    assert knowing_who(sealed_room, tip, world.minxian.office.intake, up.intake) == [False, True]


def test_neither_the_accused_nor_one_on_the_way_nor_about_the_nameless(sealed_room: Room, world: World) -> None:
    tip, _, receipt = named_and_gone_on(sealed_room, world)
    there = world.zhangxian.office.body.pk
    for state in (State.OFFERED, State.CLOSED):
        Tip.objects.filter(pk=tip.pk).update(state=state)
        with pytest.raises(public.NotNow):
            public.name_to(receipt, office=there, at=world.at)
    nameless, typed = sealed_room.tip(world.minxian.office.body)
    accusing, also = sealed_room.tip(
        world.minxian.office.body, named={"name": "演示辛", "phone": "0"}, accused=world.minxian.office.body
    )
    Wrap.objects.filter(identity=True, office_key__office=world.minxian.office.body).delete()
    for one in (typed, also):
        assert "name" not in public.enter(receipts.read(one), at=world.at).may
        with pytest.raises(public.NotNow):
            public.name_to(receipts.read(one), office=world.minxian.office.body.pk, at=world.at)
    assert not Wrap.objects.filter(tip__in=[nameless, accusing], identity=True, office_key__isnull=False).exists()
