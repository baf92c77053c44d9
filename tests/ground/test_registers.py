"""Bodies, people, posts and links by Excel: whole or not at all, within one's area, and out again in the same shape."""

from datetime import date

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts.actions import link_sheets, links, people_sheets, post_sheets, posts, registers
from mingcha.ground.accounts.models import Link, Person, Post
from mingcha.ground.accounts.permissions import Permission as P
from mingcha.ground.audit.models import Event
from mingcha.ground.territory import queries
from mingcha.ground.territory.actions import body_sheets, merges, rank_sheets, ranks
from mingcha.ground.territory.models import Body, Mechanism, Site
from mingcha.kernel import sheets
from tests.ranks import muster

MINE = ("621126",)
BODY = {
    "单位代码": "MX-new", "名称": "岷县新局", "种类": "部门", "区划代码": "621126", "层级": "", "上级单位代码": "",
    "驻在部门代码": "",
}  # fmt: skip
GROUP = BODY | {"单位代码": "MX-group", "名称": "演示派驻组", "种类": "派驻机构", "驻在部门代码": "MX-new"}
PERSON = {
    "账号": "new", "姓名": "演示新人", "职务": "干部", "单位代码": "621126-office", "角色": "inspector",
    "任职日期": "2021-10-01", "专长": "财务审计、医疗卫生", "单位名称": "", "单位种类": "", "单位区划": "",
}  # fmt: skip
POST = {
    "账号": "spare", "单位代码": "621126-office", "角色": "leader", "任职方式": "副职", "任职日期": "2021-10-20",
    "止任日期": "",
}  # fmt: skip
LINK = {
    "联系单位代码": "621126-office", "联系人账号": "", "方式": "包联", "对象种类": "点位", "对象代码": "621126-0",
    "起": "2021-10-20", "止": "",
}  # fmt: skip


def sheet(columns, *rows):
    return sheets.write(columns, [[row[c] for c in columns] for row in rows], title="表")


def take_bodies(world, *rows, prefixes=MINE, by="county"):
    content = sheet(body_sheets.COLUMNS, *rows)
    return body_sheets.import_bodies(content, prefixes=prefixes, by=getattr(world, by), at=world.at)


def take_people(world, *rows, by="county", columns=people_sheets.COLUMNS):
    return people_sheets.import_people(sheet(columns, *rows), by=by and getattr(world, by), at=world.at)


def take_posts(world, *rows, by="county"):
    return post_sheets.import_posts(sheet(post_sheets.COLUMNS, *rows), by=by and getattr(world, by), at=world.at)


def take_links(world, *rows, by="county"):
    return link_sheets.import_links(sheet(link_sheets.COLUMNS, *rows), by=by and getattr(world, by), at=world.at)


def on_record():
    """Return everything the registers hold, and who signs in how."""
    return [list(table.objects.order_by("pk").values()) for table in (Body, Person, Post, Link)]


def faults(take, world, *rows, **more):
    """Return the (row, column) of every fault; nothing was written."""
    before, told = on_record(), Event.objects.count()
    with pytest.raises(sheets.RowsRefused) as refused:
        take(world, *rows, **more)
    assert (on_record(), Event.objects.count()) == (before, told)
    return [(problem.row, problem.column) for problem in refused.value.problems]


# Bodies


def test_bodies_are_added_and_changed_and_may_stand_in_any_order(world):
    """The group stands before the department it sits in."""
    done = take_bodies(world, GROUP, BODY, BODY | {"单位代码": "MX-below", "上级单位代码": "MX-new"})
    assert (done.rows, done.added, done.changed) == (3, 3, 0)
    assert Body.objects.get(pk="MX-group").host_id == "MX-new"
    assert queries.line_of("MX-new") == {"MX-new", "MX-below"}
    done = take_bodies(world, BODY, GROUP | {"名称": "演示改名组"})
    assert (done.added, done.changed) == (0, 1)
    changed = Body.objects.get(pk="MX-group")
    assert (changed.name, changed.pinyin.split()[0]) == ("演示改名组", "yanshigaimingzu")
    told = Event.objects.get(verb="territory.change_body")
    assert told.detail == {"changes": {"名称": "演示派驻组 → 演示改名组"}} and told.body == "MX-group"


@pytest.mark.parametrize(
    "column,value",
    [
        ("单位代码", ""), ("单位代码", "x" * 41), ("单位代码", "a/b"), ("单位代码", "a b"), ("单位代码", "MX-new"),
        ("单位代码", "621125-office"), ("名称", ""), ("名称", "长" * 81), ("种类", "公司"), ("种类", ""),
        ("区划代码", "999999"), ("区划代码", "621125"), ("区划代码", "6211"), ("层级", "没有的层级"),
        ("上级单位代码", "nowhere"), ("上级单位代码", "621125-gov"), ("上级单位代码", "MX-2"),
        ("上级单位代码", "621126-office"), ("驻在部门代码", "MX-new"),
    ],
)  # fmt: skip
def test_one_bad_body_keeps_the_whole_sheet_out(world, column, value):
    """Also what lies in another county, and a department that stands under an office."""
    assert faults(take_bodies, world, BODY, BODY | {"单位代码": "MX-2", column: value}) == [(3, column)]


@pytest.mark.parametrize("host", ["621125-gov", "nowhere", "621126-office", "MX-group"])
def test_a_group_sits_only_in_a_department_of_ones_own_area(world, host):
    """It reads what its host answers for: nobody sits down in another's department, or in an office."""
    assert faults(take_bodies, world, BODY, GROUP | {"驻在部门代码": host}) == [(3, "驻在部门代码")]


def test_lines_do_not_run_in_circles(world):
    ring = [BODY | {"单位代码": f"R{n}", "上级单位代码": f"R{(n + 1) % 3}"} for n in range(3)]
    assert faults(take_bodies, world, *ring) == [(n, "上级单位代码") for n in (2, 3, 4)]
    take_bodies(world, ring[0] | {"上级单位代码": ""}, ring[1], ring[2])
    assert faults(take_bodies, world, ring[0]) == [(2, "上级单位代码")]


def test_who_leads_the_mechanism_is_not_for_a_county_to_say(world):
    muster(world)
    own = body_sheets.as_row(Body.objects.select_related("tier").get(pk="621126-office"))
    row = dict(zip(body_sheets.COLUMNS, own, strict=True))
    assert row["层级"] == "县区机关" and row["上级单位代码"] == "6211-office"
    for tier in ("牵头机关", ""):
        assert faults(take_bodies, world, row | {"层级": tier}) == [(2, "层级")]
    assert take_bodies(world, row | {"名称": "演示岷县纪委监委"}).changed == 1
    assert take_bodies(world, row | {"层级": ""}, prefixes=["6211"], by="lead").changed == 1
    assert take_bodies(world, GROUP | {"驻在部门代码": "", "层级": "派驻机构"}).added == 1
    assert faults(take_bodies, world, BODY | {"区划代码": "620502", "层级": "派驻机构"}, prefixes=[""]) == [(2, "层级")]


def test_what_was_merged_is_neither_changed_nor_pointed_at(world):
    take_bodies(world, BODY, BODY | {"单位代码": "MX-twice"})
    twice, once = Body.objects.get(pk="MX-twice"), Body.objects.get(pk="MX-new")
    merges.merge_bodies(twice, into=once, by=world.county, at=world.at)
    assert faults(take_bodies, world, BODY | {"单位代码": "MX-twice"}) == [(2, "单位代码")]
    assert faults(take_bodies, world, BODY | {"单位代码": "MX-3", "上级单位代码": "MX-twice"}) == [(2, "上级单位代码")]
    assert faults(take_people, world, PERSON | {"单位代码": "MX-twice"}) == [(2, "单位代码")]


def test_who_answers_for_sites_does_not_become_an_office(world):
    unit = body_sheets.as_row(Body.objects.get(pk="621126-food"))
    row = dict(zip(body_sheets.COLUMNS, unit, strict=True))
    assert faults(take_bodies, world, row | {"种类": "派驻机构"}) == [(2, "种类")]
    Site.objects.filter(body="621126-food").update(active=False)
    assert take_bodies(world, row | {"种类": "派驻机构"}).changed == 1


# People


def test_people_come_with_their_skills_and_a_new_unit_is_named_once(world):
    unit = {"单位代码": "MX-u", "单位名称": "岷县新站", "单位种类": "部门", "单位区划": "621126"}
    later = {"账号": "b", "单位代码": "MX-u", "角色": "unit", "专长": ""}
    taken = take_people(world, PERSON, PERSON | unit | {"角色": "unit"}, PERSON | later)
    assert (taken.rows, taken.posts, taken.changed) == (3, 3, 0)
    assert [(n.username, n.name, n.body) for n in taken.newcomers] == [
        ("new", "演示新人", "岷县纪委监委"), ("b", "演示新人", "岷县新站"),
    ]  # fmt: skip
    found = Person.objects.get(username="new")
    assert found.skills == ["财务审计", "医疗卫生"] and found.check_password(taken.passwords["new"])
    assert Event.objects.filter(verb="person.import").get().detail["added"] == 2
    assert not Event.objects.filter(text__contains=taken.passwords["new"]).exists()


def test_a_mistyped_code_does_not_register_a_body_twice(world):
    """The export names every body in full: with one sign of its code wrong it must not come in as another."""
    twin = {"单位代码": "6211Z6-office", "单位名称": "岷县纪委监委", "单位种类": "纪检监察机关", "单位区划": "621126"}
    with pytest.raises(sheets.RowsRefused) as refused:
        take_people(world, PERSON | twin)
    (problem,) = refused.value.problems
    assert problem.column == "单位代码" and "621126-office" in problem.reason
    township = queries.townships("621126")[0].code
    assert faults(take_people, world, PERSON | twin | {"单位区划": township}) == [(2, "单位代码")]
    assert take_people(world, PERSON | twin | {"单位名称": "岷县第二纪委监委"}).posts == 1


def test_a_role_is_typed_as_it_is_called_or_by_its_code(world):
    assert take_people(world, PERSON | {"角色": "检查人员"}).posts == 1
    assert take_people(world, PERSON).posts == 0, "the same post"
    assert take_posts(world, POST | {"账号": "new", "角色": "检查组组长"}).given == 1
    held = accounts.posts_within(to=accounts.standing(world.county, at=world.at))
    assert "检查人员" in {row[4] for row in people_sheets.as_rows(held, day=world.at.date())}
    assert "检查组组长" in {row[2] for row in post_sheets.as_rows(held)}


def test_a_known_person_is_called_as_the_sheet_says_where_nobody_else_has_them(world):
    take_people(world, PERSON)
    taken = take_people(world, PERSON | {"姓名": "演示改名", "职务": "科长", "专长": "应急，公文, 公文"})
    assert (taken.changed, taken.posts, taken.newcomers) == (1, 0, ())
    found = Person.objects.get(username="new")
    assert (found.name, found.title, found.skills) == ("演示改名", "科长", ["应急", "公文"])
    assert found.pinyin.split()[0] == "yanshigaiming"
    changes = Event.objects.get(verb="person.describe").detail["changes"]
    assert changes == {
        "姓名": "演示新人 → 演示改名", "职务": "干部 → 科长", "专长": "财务审计、医疗卫生 → 应急、公文",
    }  # fmt: skip
    without = [c for c in people_sheets.COLUMNS if c != "专长"]
    assert take_people(world, PERSON | {"姓名": "演示改名", "职务": "科长"}, columns=without).changed == 0
    assert take_people(world, PERSON | {"姓名": "演示改名", "职务": "", "专长": ""}).changed == 1
    found.refresh_from_db()
    assert (found.title, found.skills) == ("", [])


def test_who_serves_elsewhere_gets_a_post_here_from_the_office_above_and_keeps_their_name(world):
    """The account of another county is not taken, for a post here opens the person's page; nor are they renamed."""
    theirs = PERSON | {"账号": "neighbour", "姓名": world.neighbour.name, "职务": "", "专长": ""}
    assert faults(take_people, world, theirs | {"姓名": "演示新人"}) == [(2, "账号"), (2, "账号")]
    assert faults(take_people, world, theirs) == [(2, "账号")]
    assert take_people(world, theirs | {"职务": "演示职务"}, by="lead").posts == 1
    assert faults(take_people, world, theirs | {"职务": "局长"}) == [(2, "职务")]
    assert faults(take_people, world, theirs | {"专长": "应急"}) == [(2, "专长")]
    assert take_people(world, theirs | {"职务": "演示职务"}).changed == 0
    assert Person.objects.get(username="neighbour").title == "演示职务"
    # Now both counties have them: neither renames them alone.
    assert faults(take_people, world, theirs | {"职务": "局长", "单位代码": "621125-office"}, by="neighbour") == [
        (2, "职务"), (2, "账号"),
    ]  # fmt: skip
    assert take_people(world, theirs | {"职务": "局长"}, by="lead").changed == 1


@pytest.mark.parametrize(
    "changes,column",
    [
        ({"账号": ""}, "账号"), ({"账号": "a/b"}, "账号"), ({"账号": "a b"}, "账号"), ({"姓名": "另一个"}, "姓名"),
        ({"职务": "别的"}, "职务"), ({"专长": "长" * 21}, "专长"), ({"单位代码": "621125-office"}, "单位代码"),
        ({"单位代码": "nowhere"}, "单位代码"), ({"单位名称": "别的名字"}, "单位名称"), ({"单位区划": "6211"}, "单位区划"),
        ({"角色": "lead"}, "角色"), ({"角色": "科员"}, "角色"), ({"任职日期": "昨天"}, "任职日期"),
        ({"任职日期": "2021-10-02"}, "任职日期"),
        ({"单位代码": "b c", "单位名称": "演示", "单位种类": "部门", "单位区划": "621126"}, "单位代码"),
        ({"单位代码": "b", "单位名称": "演示", "单位种类": "部门", "单位区划": "621125"}, "单位区划"),
        ({"单位代码": "b", "单位名称": "演示", "单位种类": "公司", "单位区划": "621126"}, "单位种类"),
    ],
)  # fmt: skip
def test_one_bad_person_keeps_the_whole_sheet_out(world, changes, column):
    """Among the faults: another county's body, a role above one's own, two names for one account."""
    found = faults(take_people, world, PERSON, PERSON | {"专长": ""} | changes)
    assert (3, column) in found and {row for row, _ in found} == {3}


def test_a_role_above_ones_own_is_the_citys_to_give(world):
    row = PERSON | {"角色": "lead"}
    with pytest.raises(sheets.RowsRefused) as refused:
        take_people(world, row)
    assert refused.value.problems[0].reason == "您不能授予“牵头机关干部”，请由上级机关办理"
    assert take_people(world, row, by="lead").posts == 1
    assert take_people(world, row).posts == 0, "what stands already is nobody's gift"
    assert faults(take_posts, world, POST | {"账号": "county", "角色": "lead"}) == [(2, "角色")]
    assert take_people(world, row | {"账号": "other"}, by=None).posts == 1


def test_no_page_waits_for_a_thousand_passwords(world, monkeypatch):
    monkeypatch.setattr(people_sheets, "MOST_NEWCOMERS", 1)
    with pytest.raises(people_sheets.TooManyNewcomers, match="2 个账号"):
        take_people(world, PERSON, PERSON | {"账号": "b"})
    assert len(take_people(world, PERSON, PERSON | {"账号": "b"}, by=None).newcomers) == 2


def test_only_who_keeps_the_organisation_imports(world):
    for take, row in ((take_people, PERSON), (take_posts, POST), (take_links, LINK)):
        with pytest.raises(accounts.NotAllowed):
            take(world, row, by="inspector")


# Posts


def test_posts_are_given_and_ended(world):
    people = muster(world)
    first = Post.objects.get(person=people.spare)
    old = {
        "账号": "spare", "单位代码": "621126-office", "角色": "inspector", "任职方式": "任职",
        "任职日期": first.since.isoformat(), "止任日期": "2021-10-26",
    }  # fmt: skip
    again = old | {"任职日期": "2021-10-27", "任职方式": "", "止任日期": ""}
    past = POST | {
        "任职方式": "任职",
        "角色": "unit",
        "单位代码": "621126-food",
        "任职日期": "2018-01-01",
        "止任日期": "2019-01-01",
    }
    taken = take_posts(world, again, POST, past, old)
    assert (taken.rows, taken.given, taken.ended) == (4, 3, 1)
    first.refresh_from_db()
    assert first.until == date(2021, 10, 26)
    assert Post.objects.get(person=people.spare, role="leader").capacity == "deputy"
    assert take_posts(world, again, POST, past, old).given == 0
    assert faults(take_posts, world, old | {"止任日期": "2021-10-30"}) == [(2, "止任日期")]


@pytest.mark.parametrize(
    "changes,column",
    [
        ({"账号": ""}, "账号"), ({"账号": "nobody"}, "账号"), ({"账号": "neighbour"}, "账号"),
        ({"单位代码": "nowhere"}, "单位代码"), ({"单位代码": "621125-office"}, "单位代码"), ({"角色": "god"}, "角色"),
        ({"角色": "lead"}, "角色"), ({"任职方式": "兼"}, "任职方式"), ({"任职方式": "代理"}, "止任日期"),
        ({"任职日期": ""}, "任职日期"), ({"止任日期": "明天"}, "止任日期"), ({"止任日期": "2021-10-01"}, "止任日期"),
        ({"角色": "leader"}, "账号"), ({"角色": "inspector"}, "任职日期"),
    ],
)  # fmt: skip
def test_one_bad_post_keeps_the_whole_sheet_out(world, changes, column):
    """The last two: a row twice, and a post that overlaps one on record."""
    muster(world)
    assert (3, column) in faults(take_posts, world, POST, POST | {"角色": "county"} | changes)


def test_a_last_day_moves_but_is_never_taken_away(world):
    people = muster(world)
    acting = POST | {"任职方式": "代理", "止任日期": "2021-11-30"}
    take_posts(world, acting)
    assert faults(take_posts, world, acting | {"任职方式": "副职", "止任日期": ""}) == [
        (2, "任职方式"), (2, "止任日期"),
    ]  # fmt: skip
    assert take_posts(world, acting | {"止任日期": "2021-12-31"}).ended == 1
    lead = acting | {"角色": "lead", "任职日期": "2021-12-01", "止任日期": "2021-12-20"}
    take_posts(world, lead, by="lead")
    assert faults(take_posts, world, lead | {"止任日期": "2022-12-20"}) == [(2, "角色")], "a longer post is given anew"
    assert take_posts(world, lead | {"止任日期": "2021-12-02"}).ended == 1, "also one that has not begun"
    assert Post.objects.get(person=people.spare, role="lead").until == date(2021, 12, 2)


# Links


def test_links_are_recorded_and_ended(world):
    muster(world)
    rows = [
        LINK, LINK | {"对象种类": "区划", "对象代码": "621126101", "联系人账号": "spare", "方式": "联系"},
        LINK | {"对象种类": "单位", "对象代码": "621126-gov"},
    ]  # fmt: skip
    taken = take_links(world, *rows)
    assert (taken.rows, taken.recorded, taken.ended) == (3, 3, 0)
    assert (take_links(world, *rows).recorded, take_links(world, *rows).ended) == (0, 0)
    taken = take_links(world, LINK | {"起": "2021-10-28"}, LINK | {"止": "2021-10-27"})
    assert (taken.recorded, taken.ended) == (1, 1)
    assert Link.objects.get(site__code="621126-0", since="2021-10-20").until == date(2021, 10, 27)


@pytest.mark.parametrize(
    "changes,column",
    [
        ({"联系单位代码": "nowhere"}, "联系单位代码"), ({"联系单位代码": "621125-office"}, "联系单位代码"),
        ({"联系人账号": "nobody"}, "联系人账号"), ({"联系人账号": "neighbour"}, "联系人账号"), ({"方式": "认识"}, "方式"),
        ({"对象种类": "居委会"}, "对象种类"), ({"对象种类": "单位"}, "对象代码"), ({"对象代码": "621125-0"}, "对象代码"),
        ({"对象种类": "区划", "对象代码": "621125100"}, "对象代码"), ({"起": "十月"}, "起"), ({"止": "2021-10-01"}, "止"),
        ({"对象代码": "621126-0"}, "联系单位代码"), ({"对象代码": "621126-0", "起": "2021-11-01"}, "起"),
    ],
)  # fmt: skip
def test_one_bad_link_keeps_the_whole_sheet_out(world, changes, column):
    """The last two: a row twice, and a link that overlaps another."""
    found = faults(take_links, world, LINK, LINK | {"对象代码": "621126-1"} | changes)
    assert found == [(3, column)]


def test_an_ended_link_is_not_taken_up_again(world):
    take_links(world, LINK | {"止": "2021-10-21"})
    assert faults(take_links, world, LINK) == [(2, "止")]
    assert take_links(world, LINK | {"起": "2021-10-22"}).recorded == 1
    take_links(world, LINK | {"对象代码": "621126-1", "止": "2021-12-01"})
    assert faults(take_links, world, LINK | {"对象代码": "621126-1"}) == [(2, "止")]


# Out and in again


def exports(world, who):
    """Return what each import takes, exactly as somebody's exports hand it out."""
    to, day = accounts.standing(who, at=world.at), world.at.date()
    held = accounts.posts_within(to=to)
    return [
        sheets.write(body_sheets.COLUMNS, map(body_sheets.as_row, queries.bodies(to.reach(P.ORGANISATION_SEE))), title="a"),
        sheets.write(people_sheets.COLUMNS, people_sheets.as_rows(held, day=day), title="b"),
        sheets.write(post_sheets.COLUMNS, post_sheets.as_rows(held), title="c"),
        sheets.write(link_sheets.COLUMNS, link_sheets.as_rows(accounts.links_within(to=to, day=day)), title="d"),
    ]  # fmt: skip


def shown(files):
    return [[row.cells for row in sheets.read(content, required=())] for content in files]


def import_all(world, who, files):
    prefixes = accounts.standing(who, at=world.at).prefixes(P.ORGANISATION_KEEP)
    return [
        body_sheets.import_bodies(files[0], prefixes=prefixes, by=who, at=world.at),
        people_sheets.import_people(files[1], by=who, at=world.at),
        post_sheets.import_posts(files[2], by=who, at=world.at),
        link_sheets.import_links(files[3], by=who, at=world.at),
    ]


def test_an_export_imported_again_changes_nothing(world):
    """Also with posts in merged bodies, ended, acting and future posts, and people whom two counties have."""
    people = muster(world)
    office, food = world.minxian.office.body, world.minxian.office.answering
    posts.appoint(world.neighbour, body=office, role="county", since=date(2021, 10, 1), by=None, at=world.at)
    posts.appoint(
        people.spare, body=office, role="county", since=date(2022, 1, 1), until=date(2022, 2, 1), capacity="acting",
        by=None, at=world.at,
    )  # fmt: skip
    posts.end(Post.objects.get(person=world.inspector), last_day=date(2021, 10, 26), by=None, at=world.at)
    merges.merge_bodies(food, into=world.beside.office.answering, by=None, at=world.at)
    links.link(
        office, kind="sponsor", body=Body.objects.get(pk="621126-gov"), since=date(2022, 1, 1), by=None, at=world.at
    )
    Body.objects.filter(pk="621126-gov").update(name="=1+1", parent="621126-market", host="6211-wjw")
    Person.objects.filter(pk=people.spare.pk).update(skills=["应急, 处突", "+1"])
    for who in (world.county, world.lead):
        before, files = on_record(), exports(world, who)
        done = import_all(world, who, files)
        assert on_record() == before
        assert all(each.rows for each in done)
        assert shown(exports(world, who)) == shown(files)


NAME = st.text("演示岷县局站-=+@'\"，、 a1", min_size=1, max_size=12).map(str.strip).filter(bool)


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_whatever_is_taken_goes_out_as_it_came_in(world, data):
    """Any sheet that is taken may be taken again, and the export of it, too: neither changes a thing."""
    codes = data.draw(st.lists(st.text("ab1甲", min_size=1, max_size=3), min_size=1, max_size=4, unique=True))
    units = [
        BODY | {"单位代码": f"P-{code}", "名称": data.draw(NAME), "上级单位代码": f"P-{codes[n - 1]}" if n else ""}
        for n, code in enumerate(codes)
    ]
    staff = [
        PERSON | {
            "账号": f"p-{n}", "姓名": data.draw(NAME), "职务": data.draw(st.just("") | NAME),
            "专长": data.draw(st.lists(NAME, max_size=2).map("、".join)), "单位代码": f"P-{code}",
            "角色": data.draw(st.sampled_from(["unit", "county", "leader"])),
        }
        for n, code in enumerate(codes)
    ]  # fmt: skip
    with transaction.atomic():  # undone, as the next example begins anew
        take_bodies(world, *data.draw(st.permutations(units)))
        take_people(world, *staff)
        take_links(world, LINK)
        before = on_record()
        assert (take_bodies(world, *units).changed, take_people(world, *staff).changed) == (0, 0)
        import_all(world, world.lead, exports(world, world.lead))
        import_all(world, world.county, exports(world, world.county))
        assert on_record() == before
        transaction.set_rollback(True)


def test_an_export_holds_only_what_one_may_see(world):
    muster(world)
    told = " ".join(cell for rows in shown(exports(world, world.neighbour)) for row in rows for cell in row.values())
    assert "621125-office" in told and "621126" not in told and "岷" not in told


def test_that_a_register_left_is_on_record(world):
    registers.record_export("people", rows=3, by=world.county, at=world.at)
    event = Event.objects.get(verb="register.export")
    told = {"register": "people", "rows": 3}
    assert (event.key, event.detail, event.division) == ("621126-office", told, "621126")
    with pytest.raises(accounts.NotAllowed):
        registers.record_export("people", rows=3, by=world.unit, at=world.at)


# Tiers

TIER = {
    "城市代码": "6205", "机制名称": "演示1+12", "层级": "市级", "类别": "牵头机关", "数目不定": "", "曾任职回避年数": "5",
    "两次外派间最少休息小时": "", "连续外派最多天数": "3",
}  # fmt: skip
AREA = TIER | {"机制名称": "", "层级": "县区", "类别": "属地机关", "曾任职回避年数": ""}


def take_tiers(world, *rows):
    return rank_sheets.import_tiers(sheet((*rank_sheets.COLUMNS, *rank_sheets.LIMITS), *rows), by=None, at=world.at)


def test_a_mechanism_is_set_up_by_a_sheet(world):
    made = take_tiers(world, TIER, AREA, AREA | {"层级": "专项", "类别": "派驻和专项组", "数目不定": "是"})
    assert (made.name, made.former_post_years, made.rest_hours, made.longest_run_days) == ("演示1+12", 5, 10, 3)
    found = [(tier.name, tier.kind, tier.open_ended) for tier in queries.tiers(made)]
    assert found == [("市级", "lead", False), ("县区", "area", False), ("专项", "group", True)]
    again = take_tiers(world, TIER | {"曾任职回避年数": ""}, AREA)
    assert again.former_post_years == 5 and queries.tiers(again).count() == 2


@pytest.mark.parametrize(
    "rows,fault",
    [
        ([TIER | {"城市代码": "9999"}], (2, "城市代码")), ([TIER, AREA | {"城市代码": "6211"}], (3, "城市代码")),
        ([TIER | {"机制名称": ""}], (2, "机制名称")), ([TIER, AREA | {"层级": ""}], (3, "层级")),
        ([TIER, AREA | {"类别": "县"}], (3, "类别")), ([TIER, AREA | {"数目不定": "X"}], (3, "数目不定")),
        ([TIER | {"连续外派最多天数": "三天"}], (2, "连续外派最多天数")),
    ],
)  # fmt: skip
def test_a_bad_tier_keeps_the_whole_sheet_out(world, rows, fault):
    with pytest.raises(sheets.RowsRefused) as refused:
        take_tiers(world, *rows)
    assert fault in [(problem.row, problem.column) for problem in refused.value.problems]
    assert not Mechanism.objects.exists()


def test_a_mechanism_has_a_lead_and_each_tier_once(world):
    for rows, refusal in (([AREA | {"机制名称": "演示"}], ranks.NoLeadTier), ([TIER, AREA, AREA], ranks.TierTwice)):
        with pytest.raises(refusal):
            take_tiers(world, *rows)


@pytest.mark.parametrize("take", [take_bodies, take_people, take_posts, take_links, take_tiers])
def test_an_empty_sheet_is_told_so(world, take):
    with pytest.raises(sheets.NoRows, match="第二行"):
        take(world)


def test_a_county_makes_no_other_kind_of_its_own_office(world):
    """Its reach and the mechanism's formula hang on it: that is the city's to say."""
    body = world.minxian.office.body
    row = dict(zip(body_sheets.COLUMNS, body_sheets.as_row(body), strict=True)) | {"种类": "专项工作组"}
    content = sheets.write(body_sheets.COLUMNS, [list(row.values())], title="单位")
    with pytest.raises(sheets.RowsRefused) as refused:
        body_sheets.import_bodies(content, prefixes=["621126"], by=world.county, at=world.at)
    assert [problem.column for problem in refused.value.problems] == ["种类"]
