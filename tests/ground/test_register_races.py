"""Two sheets at the same moment, on two connections: one thing is registered, nobody is met by a stack trace."""

from datetime import date

from mingcha.ground.accounts.actions import link_sheets, links, people_sheets, post_sheets, posts
from mingcha.ground.accounts.models import Link, Person, Post
from mingcha.ground.territory.actions import bodies, body_sheets, merges, sites
from mingcha.ground.territory.models import Body, Division, Site
from mingcha.kernel import sheets
from tests.at_once import at_once, refusals

BODY = ("MX-new", "岷县新局", "部门", "621126", "", "", "")
PERSON = ("new", "演示新人", "干部", "MX-new", "unit", "2021-10-01", "", "岷县新局", "部门", "621126")


def take_bodies(w, *rows):
    content = sheets.write(body_sheets.COLUMNS, rows, title="单位")
    return body_sheets.import_bodies(content, prefixes=["621126"], by=w.county, at=w.at)


def take_people(w, *rows, by=None):
    content = sheets.write(people_sheets.COLUMNS, rows, title="人员")
    return people_sheets.import_people(content, by=by or w.county, at=w.at)


def test_the_same_new_account_and_body_come_in_two_sheets_at_once(live_world):
    """The second finds both on record; one password is told, by the one who enrolled."""
    w = live_world
    other = ("new2", *PERSON[1:])
    outcomes = at_once(
        lambda: take_people(w, PERSON, other, by=w.county), lambda: take_people(w, other, PERSON, by=w.second)
    )
    assert refusals(outcomes) == []
    assert sorted(len(outcome.newcomers) for outcome in outcomes) == [0, 2]
    assert Person.objects.filter(username__startswith="new").count() == 2 and Body.objects.filter(pk="MX-new").exists()


def test_a_body_comes_in_the_sheets_of_bodies_people_and_sites_at_once(live_world):
    w = live_world
    site = ("MX-1", "演示", "超市", "621126100", "", "岷县新局")
    content = sheets.write(sites.COLUMNS, [site], title="点位")
    outcomes = at_once(
        lambda: take_bodies(w, BODY),
        lambda: take_bodies(w, BODY),
        lambda: take_people(w, PERSON),
        lambda: sites.import_sites(content, prefixes=["621126"], by=w.county, at=w.at),
    )
    staff = outcomes[2]
    if isinstance(staff, sheets.RowsRefused):  # the site's body came first, under a code that follows from its name
        (problem,) = staff.problems
        other = Body.objects.get(name="岷县新局", code__startswith="621126-")
        assert problem.column == "单位代码" and f"代码是 {other.code}" in problem.said(problem.template)
        outcomes.remove(staff)
    assert set(refusals(outcomes)) <= {bodies.BodyCodeTaken}, outcomes
    assert Body.objects.filter(pk="MX-new").count() == 1 and Site.objects.filter(code="MX-1").count() == 1


def test_a_body_registered_while_a_sheet_of_people_is_read_is_no_namesake_of_itself(live_world, monkeypatch):
    w, look_up = live_world, people_sheets._by_name

    def meanwhile(names):
        take_bodies(w, BODY)
        return look_up(names)

    monkeypatch.setattr(people_sheets, "_by_name", meanwhile)
    assert len(take_people(w, PERSON).newcomers) == 1


def test_bodies_are_merged_while_both_are_imported(live_world):
    w = live_world
    rows = [("MX-a", *BODY[1:]), ("MX-b", *BODY[1:]), ("MX-c", *BODY[1:5], "MX-b", "")]
    take_bodies(w, *rows)
    one, two = (Body.objects.get(pk=code) for code in ("MX-a", "MX-b"))
    renamed = [(code, "岷县改名局", *rest) for code, _, *rest in rows]
    outcomes = at_once(
        lambda: take_bodies(w, *renamed), lambda: merges.merge_bodies(two, into=one, by=w.county, at=w.at)
    )
    assert refusals(outcomes) in ([], [sheets.RowsRefused])  # refused where it came after the merge
    assert Body.objects.get(pk="MX-c").parent_id == "MX-a"


def test_a_post_and_a_link_come_in_two_sheets_and_by_hand_at_once(live_world):
    w = live_world
    office, since = w.minxian.office.body, date(2021, 10, 27)
    post = sheets.write(post_sheets.COLUMNS, [("second", office.code, "unit", "", "2021-10-27", "")], title="任职")
    line = (office.code, "", "联系", "区划", "621126101", "2021-10-27", "")
    link = sheets.write(link_sheets.COLUMNS, [line], title="联系")
    place = Division.objects.get(pk="621126101")
    outcomes = at_once(
        *[lambda: post_sheets.import_posts(post, by=w.county, at=w.at)] * 2,
        lambda: posts.appoint(w.second, body=office, role="unit", since=since, by=w.county, at=w.at),
        *[lambda: link_sheets.import_links(link, by=w.county, at=w.at)] * 2,
        lambda: links.link(office, kind="liaison", division=place, since=since, by=w.county, at=w.at),
    )
    assert set(refusals(outcomes)) <= {posts.PostTwice, links.LinkTwice}, outcomes
    assert Post.objects.filter(person=w.second, role="unit").count() == 1
    assert Link.objects.filter(division=place).count() == 1


def test_two_bodies_are_linked_each_to_the_other_in_a_sheet_and_by_hand_at_once(live_world):
    """Whoever records a link waits for nobody who only names its holder."""
    w = live_world
    office, town = w.minxian.office.body, Division.objects.get(pk="621126100")
    for round_ in range(4):
        other = bodies.add_body(
            code=f"{office.code}-z{round_}", name="演示镇纪委", kind="township_office", division=town, by=None, at=w.at
        )
        pairs = [(office.code, "单位", other.code), (other.code, "区划", "621126101")]
        rows = [(holder, "", "联系", kind, target, "2021-10-27", "") for holder, kind, target in pairs]
        content = sheets.write(link_sheets.COLUMNS, rows, title="联系")
        since = date(2021, 10, 27)
        outcomes = at_once(
            lambda content=content: link_sheets.import_links(content, by=w.county, at=w.at),
            lambda other=other, since=since: links.link(
                other, kind="sponsor", body=office, since=since, by=w.county, at=w.at
            ),
        )
        assert refusals(outcomes) == [], outcomes
        assert Link.objects.filter(holder=other).count() == 2
