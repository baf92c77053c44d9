"""People and posts: signing in, what a post allows, how far it reaches, and a sheet of people."""

from datetime import date, timedelta

import pytest

from mingcha.ground.accounts import queries
from mingcha.ground.accounts.actions import people, people_sheets, posts, signing
from mingcha.ground.accounts.models import Attempt, Person, Post
from mingcha.ground.accounts.permissions import Permission
from mingcha.ground.accounts.roles import ROLES
from mingcha.kernel import sheets
from tests.world import PASSWORD, person

GOOD = {
    "账号": "new", "姓名": "演示新人", "职务": "干部", "单位代码": "621126-office", "角色": "inspector",
    "任职日期": "2021-10-01",
}  # fmt: skip


def attempt(world, name, password, address="10.0.0.1", later=0):
    moment = world.at + timedelta(minutes=later)
    return signing.sign_in(username=name, password=password, address=address, at=world.at, tried_at=moment)


def fail(world, name, times, **more):
    for _ in range(times):
        with pytest.raises(signing.WrongPassword):
            attempt(world, name, "wrong", **more)


def test_the_right_password_lets_in_and_clears_the_count(world):
    fail(world, "county", signing.FREE_TRIES - 1)
    assert attempt(world, " county ", PASSWORD) == world.county
    fail(world, "county", signing.FREE_TRIES)


def test_the_sixth_try_is_refused_even_with_the_right_password(world):
    fail(world, "county", signing.FREE_TRIES)
    with pytest.raises(signing.TooManyAttempts, match="10 分钟"):
        attempt(world, "county", PASSWORD)
    assert attempt(world, "county", PASSWORD, later=11) == world.county


def test_a_stranger_cannot_lock_an_account_for_another_address(world):
    fail(world, "county", signing.FREE_TRIES, address="192.0.2.9")
    assert attempt(world, "county", PASSWORD, address="10.0.0.1") == world.county


def test_one_address_cannot_try_every_account(world):
    for n in range(signing.ADDRESS_TRIES):
        fail(world, f"guess{n}", 1)
    with pytest.raises(signing.TooManyAttempts):
        attempt(world, "county", PASSWORD)
    assert attempt(world, "county", PASSWORD, address="10.0.0.2") == world.county


def test_an_unknown_name_and_a_wrong_password_are_told_alike(world):
    with pytest.raises(signing.WrongPassword) as unknown:
        attempt(world, "nobody", PASSWORD)
    with pytest.raises(signing.WrongPassword) as wrong:
        attempt(world, "county", "wrong")
    assert str(unknown.value) == str(wrong.value)


def test_who_has_left_does_not_sign_in_and_may_do_nothing(world):
    Person.objects.filter(pk=world.county.pk).update(is_active=False)
    with pytest.raises(signing.WrongPassword):
        attempt(world, "county", PASSWORD)
    assert queries.standing(Person.objects.get(pk=world.county.pk), at=world.at).holdings == ()


def test_failed_tries_are_forgotten_after_a_day(world):
    fail(world, "county", 2, address="192.0.2.9")
    attempt(world, "lead", PASSWORD, later=25 * 60)
    assert not Attempt.objects.exists()


def test_nobody_enrolled_without_a_password_signs_in(world):
    person = people.enrol(username="bare", name="演示", title="", password=None, by=None, at=world.at)
    assert not person.has_usable_password()
    with pytest.raises(signing.WrongPassword):
        attempt(world, "bare", "")
    people.set_password(person, password="another password", by=None, at=world.at)
    assert attempt(world, "bare", "another password") == person


def test_a_post_holds_from_its_first_to_its_last_day(world):
    found = person("past", "演示", world.minxian.office.body, "county", at=world.at)
    Post.objects.filter(person=found).update(since=date(2021, 10, 20), until=date(2021, 10, 21))
    days = {20: True, 21: True, 22: False, 19: False}
    for day, holds in days.items():
        moment = world.at.replace(day=day)
        assert queries.standing(found, at=moment).can(Permission.LEDGER_SEE) is holds
    # The office's day, not Greenwich's: 07:00 on the 20th in Dingxi is still the 19th there.
    assert queries.standing(found, at=world.at.replace(day=20, hour=7)).can(Permission.LEDGER_SEE)


def test_an_area_is_a_prefix_and_a_body_is_one_body(world):
    county, lead, unit = (queries.standing(who, at=world.at) for who in (world.county, world.lead, world.unit))
    assert county.covers(Permission.LEDGER_SEE, "621126100201")
    assert not county.covers(Permission.LEDGER_SEE, "621125100")
    assert not county.covers(Permission.LEDGER_SEE, "6211")
    assert lead.covers(Permission.LEDGER_SEE, "621125100")
    assert not lead.covers(Permission.LEDGER_SEE, "620502")
    assert unit.prefixes(Permission.ORDER_SEE) == ()
    assert unit.bodies(Permission.ORDER_SEE) == (world.minxian.office.answering.code,)


def test_two_posts_add_up(world):
    posts.appoint(
        world.county, body=world.zhangxian.office.body, role="county", since=world.at.date(), by=None, at=world.at
    )
    found = queries.standing(world.county, at=world.at)
    assert found.prefixes(Permission.LEDGER_SEE) == ("621126", "621125")


def test_who_may_not_act_at_a_place_is_not_told_that_it_exists(world):
    with pytest.raises(queries.NotAllowed):
        queries.require(world.inspector, Permission.ROUND_HOLD, at=world.at, division="621126")
    with pytest.raises(queries.NotFound):
        queries.require(world.county, Permission.ROUND_HOLD, at=world.at, division="621125")


def test_every_permission_is_somebodys_and_every_role_has_a_reach():
    assert {p for role in ROLES.values() for p in role.permissions} == set(Permission)
    assert {role.reach for role in ROLES.values()} == {"area", "team", "body", "host"}
    assert all(role.name == name for name, role in ROLES.items())


def sheet(*rows, columns=people_sheets.REQUIRED):
    return sheets.write(columns, [[row[c] for c in columns] for row in rows], title="人员")


def test_a_sheet_of_people_is_taken_and_may_be_taken_again(world):
    taken = people_sheets.import_people(sheet(GOOD, GOOD | {"角色": "leader"}), by=None, at=world.at)
    assert taken.rows == 2 and list(taken.passwords) == ["new"]
    assert people_sheets.import_people(sheet(GOOD), by=None, at=world.at).passwords == {}
    new = Person.objects.get(username="new")
    assert new.check_password(taken.passwords["new"])
    assert new.pinyin == "yanshixinren ysxr"
    assert sorted(new.posts.values_list("role", flat=True)) == ["inspector", "leader"]


@pytest.mark.parametrize(
    "column,value",
    [
        ("账号", ""), ("账号", "x" * 81), ("姓名", ""), ("姓名", "名" * 41), ("职务", "职" * 61),
        ("单位代码", "nowhere"), ("角色", "god"), ("任职日期", "昨天"),
    ],
)  # fmt: skip
def test_one_bad_row_keeps_the_whole_sheet_out(world, column, value):
    before = Person.objects.count()
    with pytest.raises(sheets.RowsRefused) as refused:
        people_sheets.import_people(
            sheet(GOOD, GOOD | {column: value, "账号": value if column == "账号" else "b"}), by=None, at=world.at
        )
    (problem,) = refused.value.problems
    assert (problem.row, problem.column) == (3, column)
    assert Person.objects.count() == before


def test_a_name_of_many_syllables_is_enrolled(world):
    long = people.enrol(username="long", name="庄" * 40, title="", password=None, by=None, at=world.at)
    assert Person.objects.get(pk=long.pk).pinyin == ("zhuang" * 40)[:120]
