"""Places that teams met and no register knew: told to the office, confirmed with who answers, or merged into a known one."""

import pytest

from mingcha.flow.findings.models import Finding
from mingcha.flow.rectifications import queries as rectifications
from mingcha.ground.accounts import queries as accounts
from mingcha.ground.audit.models import Event
from mingcha.ground.rulebook.models import Checklist
from mingcha.ground.territory.actions import merges, sites
from mingcha.ground.territory.models import Body, Site
from mingcha.kernel import sheets
from tests.sent import send
from tests.world import sign_in

GAP = {"description": "演示：无人值守", "responsibility": "unit", "severity": "ordinary", "on_spot": "no",
       "due_hours": "24", "requirement": "演示：补齐"}  # fmt: skip
WHERE = {"site_code": "MET-1", "site_name": "演示路边店"}


@pytest.fixture
def county(client, world):
    return sign_in(client, world.county)


@pytest.fixture
def met(world):
    """A stall that the team came past, with something found there."""
    form = Checklist.objects.get(site_type=world.minxian.waiting.type)
    send(world.inspector, form, WHERE, findings=[GAP], at=world.at)
    return Site.objects.get(code="MET-1")


def given(**changes):
    return {
        "code": "MX-900", "name": "演示路边小吃店", "type": "t2", "division": "621126100", "address": "演示桥头",
        "body": "演示路边店", **changes,
    }  # fmt: skip


def test_the_office_is_told(county, met):
    assert (met.provisional, met.active) == (True, False)
    assert "新点位待核实" in county.get("/").content.decode()
    assert "检查组遇到 1 个名录里没有的点位" in county.get("/sites/").content.decode()
    listed = county.get("/sites/?standing=provisional").content.decode()
    assert "演示路边店" in listed and "待核实</span>" in listed and "演示岷阳镇村" not in listed
    assert "演示路边店" not in county.get("/sites/?standing=off").content.decode()
    assert county.get("/sites/MET-1/edit/").url == "/sites/MET-1/confirm/"
    assert "谁遇到的" in county.get("/sites/MET-1/confirm/").content.decode()


def test_it_is_confirmed_as_one_that_answers_for_itself(county, world, met):
    assert county.post("/sites/MET-1/confirm/", given()).status_code == 302
    met.refresh_from_db()
    assert (met.code, met.active, met.provisional, met.type_id) == ("MX-900", True, False, "t2")
    assert (met.body.name, met.body.merged_into) == ("演示路边小吃店", None)
    assert met in sites.Site.objects.filter(active=True)
    assert Event.objects.get(verb="territory.confirm_site").detail["was"] == "MET-1"
    assert "检查组遇到" not in county.get("/sites/").content.decode()


def test_what_was_ordered_reaches_whoever_is_said_to_answer(county, world, met):
    unit = accounts.standing(world.unit, at=world.at)
    finding = Finding.objects.get(site=met)
    assert not rectifications.issued(to=unit).filter(finding=finding).exists()
    assert county.post("/sites/MET-1/confirm/", given(body=world.minxian.office.answering.name)).status_code == 302
    assert Body.objects.get(pk="phone-MET-1").merged_into == world.minxian.office.answering
    unit = accounts.standing(world.unit, at=world.at)
    assert rectifications.issued(to=unit).filter(finding=finding).exists()


@pytest.mark.parametrize(
    "changes,sentence",
    [
        ({"code": "621126-0"}, "已经在册"),
        ({"code": "a,b"}, "不能有空格和逗号"),
        ({"body": "没登记的单位"}, "没有登记“没登记的单位”"),
        ({"division": "621125100"}, "所在乡镇、村"),
        ({"type": ""}, "类型"),
    ],
)
def test_wrong_input_keeps_what_was_typed(county, met, changes, sentence):
    answer = county.post("/sites/MET-1/confirm/", given(**changes))
    shown = answer.content.decode()
    assert answer.status_code == 422 and sentence in shown and "演示桥头" in shown
    met.refresh_from_db()
    assert met.provisional


def test_it_is_not_changed_before_it_is_confirmed_nor_confirmed_twice(county, met):
    answer = county.post("/sites/MET-1/edit/", given(active="on"))
    assert answer.status_code == 409 and "还没有核实" in answer.content.decode()
    assert county.post("/sites/MET-1/confirm/", given()).status_code == 302
    again = county.post("/sites/MX-900/confirm/", given(code="MX-901", body="演示路边小吃店"))
    assert again.status_code == 409 and "已由别人核实" in again.content.decode()
    assert county.get("/sites/MX-900/confirm/").url == "/sites/MX-900/edit/"


def test_it_is_merged_into_a_known_one_of_any_type(county, world, met):
    known = next(site for site in world.minxian.office.sites if site.body == world.minxian.office.answering)
    found = county.get("/sites/MET-1/merge/", {"q": known.code}).content.decode()
    assert known.name in found
    assert county.post("/sites/MET-1/merge/", {"into": known.code}).status_code == 302
    met.refresh_from_db()
    assert (met.merged_into, met.provisional, met.active) == (known, False, False)
    assert Body.objects.get(pk="phone-MET-1").merged_into == known.body
    unit = accounts.standing(world.unit, at=world.at)
    assert rectifications.issued(to=unit).filter(finding__site=met).exists()


def test_nothing_is_merged_into_what_nobody_has_confirmed(county, world, met):
    known = world.minxian.office.sites[0]
    found = county.get(f"/sites/{known.code}/merge/", {"q": "演示路边店"}).content.decode()
    assert "没有找到" in found
    with pytest.raises(merges.StillProvisional):
        merges.merge_sites(known, into=met, by=world.county, at=world.at)


def test_a_sheet_that_names_it_confirms_it(county, world, met):
    row = ["MET-1", "演示路边店", "饭店", "621126100", "演示桥头", world.minxian.office.answering.name]
    content = sheets.write(sites.COLUMNS, [row], title="点位")
    sites.import_sites(content, prefixes=["621126"], by=world.county, at=world.at)
    met.refresh_from_db()
    assert (met.active, met.provisional, met.body) == (True, False, world.minxian.office.answering)
    assert Body.objects.get(pk="phone-MET-1").merged_into == met.body


def test_the_neighbour_sees_nothing_of_it(client, world, met):
    neighbour = sign_in(client, world.neighbour)
    assert "演示路边店" not in neighbour.get("/sites/?standing=all").content.decode()
    assert "新点位待核实" not in neighbour.get("/").content.decode()
    assert neighbour.get("/sites/MET-1/confirm/").status_code == 404
    assert neighbour.post("/sites/MET-1/confirm/", given()).status_code == 404
