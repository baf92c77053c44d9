"""What was on record before the ranks is carried over: tables of the earlier version, filled, then migrated."""

from datetime import datetime, timedelta

import pytest
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor

from tests.world import AT

BEFORE = [("campaigns", "0001_initial"), ("accounts", "0001_initial")]
AFTER = [("campaigns", "0002_ranks"), ("accounts", "0002_ranks")]


def migrate(targets):
    """Bring the tables of this schema to a version and return its models."""
    executor = MigrationExecutor(connection)
    executor.migrate(targets)
    return executor.loader.project_state(targets).apps


@pytest.fixture
def apps(db):
    """The tables as they were, in a schema of their own that goes with the test."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("CREATE SCHEMA before_the_ranks")
            cursor.execute("SET LOCAL search_path TO before_the_ranks")
        yield migrate(BEFORE)
        transaction.set_rollback(True)


def make(apps, app, model, **values):
    return apps.get_model(app, model).objects.create(**values)


def campaign(apps, body, person, slug, state="open"):
    day = AT.date()
    return make(
        apps, "campaigns", "Campaign", slug=slug, name=slug, purpose="演示", lead=body, division=body.division,
        starts_on=day, ends_on=day, emergency_until=AT, opened_at=AT, opened_by=person, state=state,
    )  # fmt: skip


def team(apps, campaign, body, formed_at: datetime, members):
    found = make(
        apps, "campaigns", "Team", campaign=campaign, office=body, name=f"{formed_at:%H}", formed_at=formed_at,
        formed_by=members[0],
    )  # fmt: skip
    for n, person in enumerate(members):
        make(apps, "campaigns", "Member", team=found, person=person, leads=n == 0)
    return found


def test_memberships_get_their_dates_and_accounts_their_readings(apps):
    """Whoever was in several teams is in the latest of those under way; what is over has ended, and takes nobody away."""
    division = make(apps, "territory", "Division", code="62", name="演示省", level="province")
    body = make(apps, "territory", "Body", code="o", name="演示机关", kind="office", division=division)
    one, two, three = (
        make(apps, "accounts", "Person", username=f"p{n}", name="演示人员", pinyin="yan shi ren yuan", created_at=AT)
        for n in range(3)
    )
    old, now = campaign(apps, body, one, "old", state="closed"), campaign(apps, body, one, "now")
    days = [AT + timedelta(hours=n) for n in range(4)]
    first = team(apps, old, body, days[0], [one, two])
    second = team(apps, now, body, days[1], [three, one])
    last = team(apps, now, body, days[2], [one])
    over = team(apps, old, body, days[3], [three])
    with connection.cursor() as cursor:  # as after a commit: no check of a row is pending
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    apps = migrate(AFTER)
    end = AT.replace(hour=23, minute=59, second=59, microsecond=999999)
    rows = apps.get_model("campaigns", "Member").objects.order_by("team__formed_at", "pk")
    assert [(m.team_id, m.person_id, m.body_id, m.duty, m.since, m.until) for m in rows] == [
        (first.pk, one.pk, "o", "leader", days[0], days[1]),
        (first.pk, two.pk, "o", "member", days[0], end),
        (second.pk, three.pk, "o", "leader", days[1], None),
        (second.pk, one.pk, "o", "member", days[1], days[2]),
        (last.pk, one.pk, "o", "leader", days[2], None),
        (over.pk, three.pk, "o", "leader", days[3], end),
    ]  # fmt: skip
    ended = apps.get_model("campaigns", "Team").objects.order_by("formed_at").values_list("disbanded_at", flat=True)
    assert list(ended) == [end, None, None, end]
    read = apps.get_model("accounts", "Person").objects.values_list("pinyin", flat=True)
    assert set(read) == {"yanshirenyuan ysry"}
