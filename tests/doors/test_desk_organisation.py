"""The organisation on one page: tiers, strength, who is out and who is free; the mechanism; a body's place; merging."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mingcha.flow.campaigns.actions import teams
from mingcha.ground.accounts.models import Person, Post
from mingcha.ground.territory.actions import bodies, merges
from mingcha.ground.territory.models import Body, Division, Mechanism, Site, Tier
from tests.world import sign_in

ADDRESS = "/organisation/"


@pytest.fixture
def lead(client, world):
    return sign_in(client, world.lead)


@pytest.fixture
def county(client, world):
    return sign_in(client, world.county)


def text(answer):
    return answer.content.decode()


def mechanism_form(*rows, **changes):
    """Return the mechanism's form as sent: rows of (position, name, kind, open-ended, name so far)."""
    sent = {
        "name": "演示机制", "former_post_years": "3", "rest_hours": "10", "longest_run_days": "7",
        "tier-TOTAL_FORMS": str(len(rows)), "tier-INITIAL_FORMS": "0",
    }  # fmt: skip
    for n, (position, name, kind, open_ended, was) in enumerate(rows):
        sent |= {
            f"tier-{n}-position": str(position),
            f"tier-{n}-name": name,
            f"tier-{n}-kind": kind,
            f"tier-{n}-was": was,
        }
        sent |= {f"tier-{n}-open_ended": "on"} if open_ended else {}
    return sent | changes


AS_IT_IS = (
    (1, "牵头机关", "lead", False, "牵头机关"), (2, "县区机关", "area", False, "县区机关"),
    (3, "派驻机构", "group", True, "派驻机构"), (4, "乡镇", "township", False, "乡镇"),
    (5, "村社区", "village", False, "村社区"), ("", "", "lead", False, ""),
)  # fmt: skip


def test_the_lead_sees_all_of_it_tier_by_tier(lead, world, ranks):
    shown = text(lead.get(ADDRESS))
    assert "演示1+7+X" in shown and "1+2+X" in shown
    names = ["定西市纪委监委党风政风室", "岷县纪委监委", "演示派驻市卫健委纪检监察组", "岷阳镇纪委"]
    places = [shown.index(name, shown.index('id="tier-')) for name in names]
    assert places == sorted(places)
    assert "驻 演示市卫健委" in shown
    assert "武阳镇纪委" in shown and "还没有定层级" in shown  # on record, not placed yet


def test_who_is_out_stands_by_team_and_who_is_free_by_name(county, world, ranks):
    held = county.get(ADDRESS).context["ranks"]
    office = next(rank for rank in held if rank.tier.kind == "area").lines[0]
    assert office.body == world.minxian.office.body
    assert {outing.team.name for outing in office.force.out} == {"第一组", "第二组"}
    assert {person.username for person in office.force.free} == {"spare", "spare_leader"}
    assert (office.force.all, office.force.away) == (6, 4)
    shown = text(county.get(ADDRESS))
    assert "第一组" in shown and "演示待命检查员" in shown


def test_a_team_of_another_office_is_told_by_office_only(county, world, ranks):
    """Who lent somebody knows where they are; the other office's team stays its own."""
    Post.objects.create(person=ranks.spare, body=world.zhangxian.office.body, role="inspector", since=world.at.date())
    teams.join(world.zhangxian.team, person=ranks.spare, duty="member", by=world.lead, at=world.at)
    held = county.get(ADDRESS).context["ranks"]
    office = next(rank for rank in held if rank.tier.kind == "area").lines[0]
    other = next(outing for outing in office.force.out if outing.people == [ranks.spare])
    assert not other.seen
    assert "漳县纪委监委" in text(county.get(ADDRESS))


def test_a_county_sees_its_own_and_a_group_itself(client, world, ranks):
    shown = text(sign_in(client, world.county).get(ADDRESS))
    assert "岷阳镇纪委" in shown and "瓦窑沟村务监督委员会" in shown
    assert "漳县" not in shown and "演示派驻市卫健委" not in shown
    shown = text(sign_in(client, ranks.group).get(ADDRESS))
    assert "演示派驻市卫健委纪检监察组" in shown and "岷县" not in shown and "漳县" not in shown
    shown = text(sign_in(client, ranks.township).get(ADDRESS))
    assert "岷阳镇纪委" in shown and "岷县纪委监委" not in shown
    assert sign_in(client, world.inspector).get(ADDRESS).status_code == 403
    assert sign_in(client, ranks.village).get(ADDRESS).status_code == 403


@pytest.mark.parametrize("word", ["派驻市卫健委", "6211-wjw-g", "paizhushi", "yspzswjw"])
def test_bodies_are_found_by_name_code_and_reading(lead, ranks, word):
    shown = text(lead.get(ADDRESS, {"q": word}))
    assert "演示派驻市卫健委纪检监察组" in shown and "岷阳镇纪委" not in shown


def test_people_are_found_with_them(county, ranks):
    shown = text(county.get(ADDRESS, {"q": "演示待命"}))
    assert "演示待命检查员" in shown and "/people/spare/" in shown
    assert "没有叫“无此人”的人" in text(county.get(ADDRESS, {"q": "无此人"}))


def test_it_is_narrowed_by_tier_and_county(lead, ranks):
    tier = Tier.objects.get(kind="township")
    shown = text(lead.get(ADDRESS, {"tier": tier.pk}))
    assert "岷阳镇纪委" in shown and "瓦窑沟村务监督委员会" not in shown
    assert "没有符合条件的单位" in text(lead.get(ADDRESS, {"tier": tier.pk, "place": "621125"}))
    assert "武阳镇纪委" in text(lead.get(ADDRESS, {"tier": "none"}))
    units = text(lead.get(ADDRESS, {"tier": "units", "q": "超市"}))
    assert "演示岷县超市" in units
    assert lead.get(ADDRESS, {"tier": "x'y", "place": "%", "page": "-1"}).status_code == 200


def test_before_there_is_a_mechanism_who_may_sets_it_up(client, world):
    shown = text(sign_in(client, world.county).get(ADDRESS))
    assert "还没有设定监督机制" in shown and "/organisation/mechanism/" not in shown and "岷县纪委监委" in shown
    assert client.get("/organisation/mechanism/").status_code == 403
    shown = text(sign_in(client, world.lead).get(ADDRESS))
    assert "/organisation/mechanism/" in shown
    form = client.get("/organisation/mechanism/")
    assert [row["name"].value() for row in form.context["rows"]][:2] == ["牵头机关", "属地机关"]
    rows = [
        (row["position"].value(), row["name"].value(), row["kind"].value(), False, "") for row in form.context["rows"]
    ]
    sent = mechanism_form(*((n or "", name or "", kind or "lead", o, w) for n, name, kind, o, w in rows))
    assert client.post("/organisation/mechanism/", sent).status_code == 302
    assert Mechanism.objects.get(pk="6211").tiers.count() == 5


def test_tiers_are_renamed_added_moved_and_left_out(lead, ranks):
    rows = list(AS_IT_IS)
    rows[1] = (2, "区县机关", "area", False, "县区机关")
    rows[4] = (6, "村社区", "village", False, "村社区")
    rows[5] = (3, "专班", "group", True, "")
    assert lead.post("/organisation/mechanism/", mechanism_form(*rows)).status_code == 302
    tiers = list(Tier.objects.order_by("position").values_list("name", flat=True))
    assert tiers == ["牵头机关", "区县机关", "派驻机构", "专班", "乡镇", "村社区"]
    assert Body.objects.filter(tier__name="区县机关").count() == 2
    rows = [row if row[1] != "专班" else ("", "", "group", True, "专班") for row in rows]
    rows[1] = (2, "区县机关", "area", False, "区县机关")
    assert lead.post("/organisation/mechanism/", mechanism_form(*rows)).status_code == 302
    assert not Tier.objects.filter(name="专班").exists()


@pytest.mark.parametrize(
    "change,sentence",
    [
        ((2, "", "area", False, "县区机关"), "“县区机关”里还有 2 个单位"),
        ((2, "牵头机关", "area", False, "县区机关"), "“牵头机关”写了两次"),
    ],
)
def test_a_tier_in_use_or_named_twice_keeps_the_form(lead, ranks, change, sentence):
    answer = lead.post(
        "/organisation/mechanism/", mechanism_form(AS_IT_IS[0], change, *AS_IT_IS[2:], name="改过的名称")
    )
    assert answer.status_code in (409, 422) and sentence in text(answer) and "改过的名称" in text(answer)
    assert Tier.objects.filter(name="县区机关").exists() and not Mechanism.objects.filter(name="改过的名称").exists()


def test_wrong_limits_keep_the_form(lead, ranks):
    answer = lead.post("/organisation/mechanism/", mechanism_form(*AS_IT_IS, rest_hours="900", name="改过的名称"))
    assert answer.status_code == 422 and "改过的名称" in text(answer) and 'value="派驻机构"' in text(answer)
    assert lead.post("/organisation/mechanism/").status_code == 422


def test_a_bodys_page_says_where_it_stands_who_serves_and_what_it_is_linked_to(lead, world, ranks):
    shown = text(lead.get("/organisation/bodies/6211-wjw-group/"))
    assert "派驻机构" in shown and "演示市卫健委" in shown and "演示派驻组长" in shown and "派驻卫健组" in shown
    assert "驻在这里的组" in text(lead.get("/organisation/bodies/6211-wjw/"))
    shown = text(sign_in(lead, world.county).get("/organisation/bodies/621126100-jw/"))
    assert "瓦窑沟村民委员会" in shown and "演示镇纪检干部" in shown and "瓦窑沟村务监督委员会" in shown
    shown = text(lead.get("/organisation/bodies/621126-gov/"))
    assert "/sites/?body=621126-gov" in shown
    listed = text(lead.get("/sites/?body=621126-food"))
    assert "演示岷阳镇饭店" in listed and "演示岷阳镇村" not in listed


def test_a_body_elsewhere_does_not_exist(client, world, ranks):
    neighbour = sign_in(client, world.neighbour)
    for tail in ("", "place/", "merge/"):
        assert neighbour.get(f"/organisation/bodies/621126100-jw/{tail}").status_code == 404
        assert neighbour.get(f"/organisation/bodies/none/{tail}").status_code == 404
    group = sign_in(client, ranks.group)
    assert group.get("/organisation/bodies/6211-wjw-group/").status_code == 200
    assert group.get("/organisation/bodies/6211-office/").status_code == 404
    assert group.get("/organisation/bodies/6211-wjw-group/place/").status_code == 403


def test_a_body_is_placed(lead, world, ranks):
    address = "/organisation/bodies/6211-wjw-group/place/"
    shown = text(lead.get(address))
    assert 'value="演示市卫健委"' in shown
    tier = Tier.objects.get(kind="group")
    sent = {"tier": tier.pk, "parent": "6211-office", "what": "", "chosen": ""}
    assert lead.post(address, sent).status_code == 302
    assert Body.objects.get(pk="6211-wjw-group").host is None
    assert lead.post(address, sent | {"what": "演示市卫健委"}).status_code == 302
    assert Body.objects.get(pk="6211-wjw-group").host_id == "6211-wjw"
    found = text(lead.post(address, sent | {"what": "卫健委", "parent": "", "find": "1"}))
    assert (
        "演示市卫健委（定西市，6211-wjw）" in found and Body.objects.get(pk="6211-wjw-group").parent_id == "6211-office"
    )
    answer = lead.post(address, sent | {"what": "没有的部门"})
    assert answer.status_code == 422 and "没有的部门" in text(answer)
    answer = lead.post(address, sent | {"parent": "6211-wjw-group"})
    assert answer.status_code == 422  # not offered


def test_a_county_places_its_townships_and_not_itself(county, world, ranks):
    ranks.township_body.refresh_from_db()
    tiers = {tier.kind: str(tier.pk) for tier in Tier.objects.all()}
    address = "/organisation/bodies/621126100-jw/place/"
    shown = text(county.get(address))
    assert f'value="{tiers["township"]}"' in shown and f'value="{tiers["lead"]}"' not in shown
    assert county.post(address, {"tier": tiers["lead"], "parent": ""}).status_code == 422
    assert county.post(address, {"tier": tiers["township"], "parent": "621126-office"}).status_code == 302
    own = "/organisation/bodies/621126-office/place/"
    assert county.post(own, {"tier": "", "parent": ""}).status_code == 422
    assert Body.objects.get(pk="621126-office").tier.kind == "area"


def test_a_unit_has_something_above_it_and_no_tier(lead, world, ranks):
    address = "/organisation/bodies/621126-market/place/"
    shown = text(lead.get(address))
    assert 'name="tier"' not in shown and 'value="6211-wjw"' in shown and 'name="what"' not in shown
    assert lead.post(address, {"parent": "6211-wjw"}).status_code == 302
    assert "演示岷县超市" in text(lead.get("/organisation/bodies/6211-wjw/"))


def test_a_body_registered_twice_is_merged(county, world, ranks):
    place = Division.objects.get(pk="621126100")
    twice = bodies.add_body(
        code="621126-gov2", name="岷阳镇政府", kind="government", division=place, by=None, at=world.at
    )
    site = world.minxian.office.sites[0]
    Site.objects.filter(pk=site.pk).update(body=twice)
    address = "/organisation/bodies/621126-gov2/merge/"
    assert "岷阳镇人民政府" in text(county.get(address))  # called alike
    shown = text(county.get(address, {"into": "621126-gov"}))
    assert "名录里的 1 个点位改由" in shown and "不能撤销" in shown
    answer = county.post(address)
    assert answer.status_code == 422 and "请先查找" in text(answer)
    assert county.post(address, {"into": "621126-office"}).status_code == 422
    assert county.post(address, {"into": "621125-gov"}).status_code == 422  # not one's own to keep
    assert county.post(address, {"into": "621126-gov"}).url == "/organisation/bodies/621126-gov/"
    site.refresh_from_db()
    assert site.body_id == "621126-gov"
    assert "并入的重复登记" in text(county.get("/organisation/bodies/621126-gov/"))
    assert "已并入“岷阳镇人民政府”" in text(county.get("/organisation/bodies/621126-gov2/"))
    assert county.get(address).status_code == 404


def test_bodies_of_two_counties_are_merged_only_by_who_says_that_they_are_one(lead, world):
    place = Division.objects.get(pk="621126")
    bodies.add_body(code="621126-gov2", name="演示镇政府", kind="government", division=place, by=None, at=world.at)
    address = "/organisation/bodies/621126-gov2/merge/"
    shown = text(lead.get(address, {"into": "621125-gov"}))
    assert "一个在岷县，一个在漳县" in shown and 'name="apart"' in shown
    assert "不在同一个地方" not in text(lead.get(address, {"into": "621126-gov"}))
    answer = lead.post(address, {"into": "621125-gov"})
    assert answer.status_code == 422 and "勾选确认" in text(answer) and "请先查找" not in text(answer)
    assert lead.post(address, {"into": "621125-gov", "apart": "1"}).status_code == 302


def test_a_site_registered_twice_is_merged_and_stays_off(county, world, ranks):
    one, other = (site for site in world.minxian.office.sites[:2])
    address = f"/sites/{one.code}/merge/"
    assert f'/sites/{one.code}/merge/"' in text(county.get(f"/sites/{one.code}/edit/"))
    answer = county.post(address, {"into": other.code})
    assert answer.status_code == 422 and "种类不同" in text(answer)
    Site.objects.filter(pk=other.pk).update(type=one.type)
    assert other.name in text(county.get(address, {"q": other.code}))
    assert "算作" in text(county.get(address, {"into": other.code}))
    assert county.post(address, {"into": other.code}).url == f"/sites/{other.code}/edit/"
    shown = text(county.get(f"/sites/{one.code}/edit/"))
    assert "已并入" in shown and "登记重复，并入另一个" not in shown
    sent = {
        "name": "改名",
        "type": "t0",
        "division": "621126100",
        "address": "",
        "body": "岷阳镇人民政府",
        "active": "on",
    }
    answer = county.post(f"/sites/{one.code}/edit/", sent)
    assert answer.status_code == 409 and "已经并入别处" in text(answer)
    assert county.get(address).status_code == 404
    assert sign_in(county, world.neighbour).get(f"/sites/{other.code}/merge/").status_code == 404


def test_a_post_in_a_merged_body_counts_for_the_survivor(lead, world, ranks):
    place = Division.objects.get(pk="621126100")
    twice = bodies.add_body(
        code="jw-2", name="岷阳镇纪检组织", kind="township_office", division=place, by=None, at=world.at
    )
    Post.objects.create(person=ranks.neighbour_township, body=twice, role="township", since=world.at.date())
    merges.merge_bodies(twice, into=ranks.township_body, by=None, at=world.at)
    held = lead.get(ADDRESS).context["ranks"]
    township = next(rank for rank in held if rank.tier.kind == "township")
    assert township.sum.bodies == 1 and township.sum.able == 2
    assert "演示邻县镇纪检干部" in text(lead.get("/organisation/bodies/621126100-jw/"))


def a_whole_city(world):
    """Put thirty groups, a hundred and twenty townships and five hundred villages on record, one person each."""
    tiers = {tier.kind: tier for tier in Tier.objects.all()}
    city = Division.objects.get(pk="6211")
    townships = [
        Division(code=f"621126{n + 300}", name=f"乡{n}", level="township", parent_code="621126") for n in range(120)
    ]
    villages = [
        Division(code=f"{place.code}{n}", name=f"村{n}", level="village", parent_code=place.code)
        for place in townships[:50]
        for n in range(201, 211)
    ]
    Division.objects.bulk_create([*townships, *villages])
    made = [
        Body(code=f"g{n}", name=f"组{n}", kind="resident_group", division=city, tier=tiers["group"]) for n in range(30)
    ]
    made += [
        Body(code=f"t{d.code}", name=d.name, kind="township_office", division=d, tier=tiers["township"])
        for d in townships
    ]
    made += [
        Body(code=f"v{d.code}", name=d.name, kind="village_supervisors", division=d, tier=tiers["village"])
        for d in villages
    ]
    Body.objects.bulk_create(made)
    people = [Person(username=f"p{n}", name=f"人{n}", created_at=world.at) for n in range(len(made))]
    Person.objects.bulk_create(people)
    role = {"resident_group": "group", "township_office": "township", "village_supervisors": "village"}
    posts = [
        Post(person=p, body=b, role=role[b.kind], since=world.at.date()) for p, b in zip(people, made, strict=True)
    ]
    Post.objects.bulk_create(posts)


def test_a_whole_city_costs_no_more_reads_than_a_small_one(lead, world, ranks):
    with CaptureQueriesContext(connection) as small:
        assert lead.get(ADDRESS).status_code == 200
    a_whole_city(world)
    with CaptureQueriesContext(connection) as large:
        answer = lead.get(ADDRESS)
    assert len(large) <= len(small) <= 24
    shown = text(answer)
    held = {rank.tier.kind: rank for rank in answer.context["ranks"]}
    assert held["group"].sum.bodies == 31 and held["township"].sum.able == 121
    assert held["village"].sum.bodies == 501 and held["village"].sum.staffed == 501
    assert not held["village"].counties[0].lines and "查看岷县的 501 个单位" in shown
    with CaptureQueriesContext(connection) as narrowed:
        assert lead.get(ADDRESS, {"tier": held["village"].tier.pk, "place": "621126"}).status_code == 200
    assert len(narrowed) <= 24
