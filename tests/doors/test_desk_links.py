"""Standing links: listed by holder and by letters, recorded in two steps without a script, ended with their record kept."""

import pytest

from mingcha.ground.accounts.models import Link
from tests.world import sign_in

ADDRESS = "/organisation/links/"
NEW = "/organisation/links/new/"


@pytest.fixture
def county(client, world):
    return sign_in(client, world.county)


def given(**changes):
    return {
        "holder": "621126-office", "what": "621126-food", "kind": "sponsor", "person": "", "since": "2021-10-20",
        "until": "", **changes,
    }  # fmt: skip


def text(answer):
    return answer.content.decode()


def test_the_links_of_ones_area_are_listed_and_found(county, world, ranks):
    assert county.post(NEW, given(person=world.inspector.pk)).status_code == 302
    shown = text(county.get(ADDRESS))
    assert "岷阳镇纪委" in shown and "瓦窑沟村民委员会" in shown and "演示岷县检查员" in shown
    for query, found in (
        ({"q": "瓦窑沟"}, True), ({"q": "myzjw"}, True), ({"kind": "liaison"}, True),
        ({"kind": "sponsor"}, False), ({"holder": "621126100-jw"}, True), ({"holder": "621126-office"}, False),
    ):  # fmt: skip
        assert ("瓦窑沟村民委员会" in text(county.get(ADDRESS, query))) == found, query
    neighbour = text(sign_in(county, world.neighbour).get(ADDRESS))
    assert "还没有登记联系关系" in neighbour and "瓦窑沟" not in neighbour


def test_the_holder_is_chosen_first(county, ranks):
    shown = text(county.get(NEW))
    assert "?holder=621126100-jw" in shown and "演示岷县超市" not in shown and "漳县" not in shown
    assert "岷县纪委监委" not in text(county.get(NEW, {"q": "瓦窑"})).split("<main")[1]
    shown = text(county.get(NEW, {"holder": "621126-office"}))
    assert "演示岷县检查员" in shown and "漳县" not in shown
    for code in ("621125-office", "621126-market", "none"):
        assert county.get(NEW, {"holder": code}).status_code == 404
    assert county.post(NEW).status_code == 422


def test_a_link_is_recorded_to_a_unit_a_place_or_a_site(county, world, ranks):
    site = world.minxian.office.sites[1]
    for what, column, key in (
        ("621126-food", "body_id", "621126-food"), ("621126101", "division_id", "621126101"), (site.code, "site_id", site.pk),
    ):  # fmt: skip
        answer = county.post(NEW, given(what=what))
        assert answer.status_code == 302 and answer.url == "/organisation/bodies/621126-office/"
        link = Link.objects.latest("pk")
        assert getattr(link, column) == key and link.holder_id == "621126-office" and link.kind == "sponsor"
    shown = text(county.get("/organisation/bodies/621126-office/"))
    assert site.name in shown and "包联" in shown
    assert "岷县纪委监委" in text(county.get("/organisation/bodies/621126-food/"))


def test_words_that_name_several_things_are_asked_about(county, ranks):
    before = Link.objects.count()
    shown = text(county.post(NEW, given(what="岷阳镇", find="1")))  # the place, its government, its sites
    assert 'value="division:621126100"' in shown and Link.objects.count() == before
    assert county.post(NEW, given(what="演示岷阳")).status_code == 422
    assert county.post(NEW, given(what="演示岷阳", chosen="site:621126-0")).status_code == 302
    assert Link.objects.latest("pk").site.code == "621126-0"


@pytest.mark.parametrize(
    "changes,sentence",
    [
        ({"what": "没有的单位"}, "没有找到“没有的单位”"),
        ({"what": "621125-food"}, "已登记"),  # a neighbour's unit may be pointed at by its whole code
        ({"until": "2021-10-01"}, "截止日期早于开始日期"),
        ({"since": "0021-10-01"}, "时间写得不对"),
        ({"person": "99999"}, "联系人"),
        ({"kind": "x"}, "方式"),
    ],
)
def test_wrong_input_keeps_what_was_typed(county, ranks, changes, sentence):
    answer = county.post(NEW, given(**changes), follow=True)
    assert sentence in text(answer)
    if sentence != "已登记":
        assert answer.status_code == 422 and f'value="{changes.get("what", "621126-food")}"' in text(answer)


def test_pressed_twice_it_is_one_link(county, ranks):
    assert county.post(NEW, given()).status_code == 302
    answer = county.post(NEW, given())
    assert answer.status_code == 409 and "已经登记了这一联系" in text(answer)
    assert Link.objects.filter(holder="621126-office", body="621126-food").count() == 1


def test_a_link_is_ended_and_its_record_stays(county, world, ranks):
    address = f"{ADDRESS}{ranks.link.pk}/end/"
    answer = county.post(address, {"last_day": "gestern"})
    assert answer.status_code == 422 and "请写明最后一天" in text(answer) and "瓦窑沟村民委员会" in text(answer)
    assert county.get(address).status_code == 405
    assert county.post(address, {"last_day": "2021-10-26"}).status_code == 302
    ranks.link.refresh_from_db()
    assert ranks.link.until is not None
    world_later = county.post(address, {"last_day": "2021-10-26"})
    assert world_later.status_code in (302, 404)


def test_who_may_not_keep_them_may_not(client, world, ranks):
    address = f"{ADDRESS}{ranks.link.pk}/end/"
    assert sign_in(client, world.neighbour).post(address, {"last_day": "2021-10-27"}).status_code == 404
    township = sign_in(client, ranks.township)
    shown = text(township.get(ADDRESS))
    assert "瓦窑沟村民委员会" in shown and "结束" not in shown and NEW not in shown
    assert township.get(NEW).status_code == 403
    assert township.post(address, {"last_day": "2021-10-27"}).status_code == 403
    assert sign_in(client, world.inspector).get(ADDRESS).status_code == 403
