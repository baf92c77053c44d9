"""The outbox: one row for each person, read by nobody else."""

from datetime import timedelta

from mingcha.ground.notices import actions, queries
from tests.world import sign_in


def test_a_message_is_one_row_for_each_person(world):
    before = queries.unseen_count(world.county), queries.unseen_count(world.neighbour)
    told = actions.send(to=[world.county, world.second, world.county], subject="演" * 200, link="/", at=world.at)
    assert told == 2
    assert queries.inbox(world.county).first().subject == "演" * 120
    assert queries.unseen_count(world.county) == before[0] + 1
    assert queries.unseen_count(world.neighbour) == before[1]


def test_marking_as_seen_touches_only_ones_own_and_keeps_the_first_time(world):
    actions.send(to=[world.county, world.second], subject="演示", link="/", at=world.at)
    unseen = queries.unseen_count(world.county)
    assert actions.mark_seen(by=world.county, at=world.at) == unseen
    assert actions.mark_seen(by=world.county, at=world.at + timedelta(hours=1)) == 0
    assert queries.inbox(world.county).first().seen_at == world.at
    assert queries.unseen_count(world.second) > 0


def test_who_opens_the_page_has_read_the_message(world, client):
    """And only that message: the others stay new until they are read."""
    link, before = f"/orders/{world.minxian.order.pk}/", queries.unseen_count(world.unit)
    assert queries.inbox(world.unit).filter(link=link, seen_at=None).count() == 1
    assert sign_in(client, world.unit).get(link).status_code == 200
    assert not queries.inbox(world.unit).filter(link=link, seen_at=None).exists()
    assert queries.unseen_count(world.unit) == before - 1


def test_an_order_reaches_the_people_of_its_unit_and_nobody_else(world):
    orders = {f"/orders/{order.pk}/" for order in (world.minxian.order, world.minxian.answered)}
    told = {notice.link for notice in queries.inbox(world.unit)}
    assert orders <= told
    assert not orders & {notice.link for notice in queries.inbox(world.neighbour_unit)}
