"""The cities in which the chapters of the ranks are read."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from tests.cities import PLANS


@pytest.fixture(scope="module", params=PLANS)
def _city_of_module(request: Any, django_db_setup: None, django_db_blocker: Any) -> Iterator[Any]:
    """Raise the city once for a module, in a transaction that ends with it: every test then changes a savepoint."""
    from django.db import transaction

    from tests import cities

    with django_db_blocker.unblock(), transaction.atomic():
        yield cities.raise_city(PLANS[request.param])
        transaction.set_rollback(True)


@pytest.fixture
def city(_city_of_module: Any, db: None, settings: Any) -> Any:
    """A city of tests/cities.py, each test its own copy, once for every plan; every door's clock stands at its hour."""
    found = copy.deepcopy(_city_of_module)
    settings.MINGCHA_NOW = found.at
    return found
