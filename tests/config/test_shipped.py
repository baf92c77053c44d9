"""The kinds of sites that come with the house: an instance gets them once, whoever starts it."""

from mingcha.config import shipped
from mingcha.ground.rulebook.models import Checklist
from mingcha.ground.territory import queries as territory
from tests.at_once import at_once, refusals


def test_two_processes_that_start_an_empty_instance_together_give_it_the_kinds_of_sites_once(transactional_db, at):
    assert refusals(at_once(*[lambda: shipped.ensure(at)] * 2)) == []
    kinds = territory.site_types().count()
    assert kinds > 0
    assert list(Checklist.objects.values_list("version", flat=True)) == [1] * kinds
    shipped.ensure(at)
    assert Checklist.objects.count() == kinds
