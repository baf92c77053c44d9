"""
The call (紧急调配), played through: the lead says what is needed, one county spares somebody, one group nobody; the
county that receives forms a team of them, re-forms it in the field, and whose business it is not is told nothing.
"""

import re
from dataclasses import dataclass
from typing import Any

import pytest

from tests.journeys.visitor import Visitor

pytestmark = pytest.mark.browser

REASON = "演示：漳县的高速出口今晚起要加一个夜查组"
NO_ONE = "演示：两人已排夜查，一人留守驻地"
OVER = "2021-10-27T09:00"
ASKED = ("岷县纪委监委", "安定区纪委监委", "派驻市卫健委纪检监察组")
STRETCH = ("武阳镇", "三岔镇")
BASE, VEHICLE = "演示：漳县会议中心", "演示：监督检查31号车"


@dataclass
class Night:
    """What one chapter leaves to the next: addresses, and the people it is about."""

    call: str = ""
    lent: str = ""
    lent_page: str = ""
    busy: str = ""
    leader: str = ""
    reserve: str = ""
    team: str = ""


def test_the_call_and_the_team_it_makes(enter: Any, next_morning: Any) -> None:
    night = Night()
    lead, county, group = enter("lead"), enter("county", phone=True), enter("group")
    neighbour, other_hand = enter("neighbour"), enter("neighbour", phone=True)

    the_lead_calls(lead, night)
    the_county_answers_on_a_phone(county, night)
    the_group_can_spare_nobody(group)
    the_lead_sends_them(lead, night)
    the_county_that_receives_finds_them_sent(neighbour, night)
    the_team_is_formed_although_somebody_is_taken_meanwhile(neighbour, other_hand, night)
    the_team_is_re_formed_in_the_field(neighbour, enter("neighbour", server=next_morning), night)
    who_was_where_stays_readable(neighbour, county, night)
    whose_business_it_is_not_is_told_nothing(lead, county, neighbour, enter("township"), night)


def the_lead_calls(lead: Visitor, night: Night) -> None:
    lead.follow("任务", within=".nav")
    lead.follow("定西市2021年10月疫情防控监督检查")
    lead.follow("紧急调配")
    lead.sees("发起调配", "岷县纪委监委", "派驻市教育局纪检监察组")
    lead.shot("call-new")
    lead.write("事由", REASON)
    lead.write("到哪天", "2021-10-30")
    lead.write("答复时限", OVER)
    need = lead.page.locator(".need-row").first
    need.get_by_label("县区").select_option(label="漳县")
    need.get_by_label("人数").fill("1")
    boxes = lead.page.get_by_role("group", name="发给哪些单位").get_by_role("checkbox")
    for box in boxes.all():
        said = box.evaluate("box => box.closest('label').innerText")
        box.set_checked(any(name in said for name in ASKED))
    lead.press("发出并通知各单位")
    lead.sees("答复时限已经过去，请填一个将来的时间。")
    assert lead.page.get_by_label("事由").input_value() == REASON
    assert lead.page.get_by_label("答复时限").input_value().startswith(OVER)
    assert need.get_by_label("县区").locator("option:checked").inner_text() == "漳县"
    assert boxes.evaluate_all("boxes => boxes.filter(box => box.checked).length") == len(ASKED)
    lead.shot("call-in-the-past")
    lead.write("答复时限", "2021-10-27T21:00")
    lead.press("发出并通知各单位")
    lead.sees("调配已发出，通知了 3 个单位。", REASON, "还没有单位报人", *ASKED)
    night.call = lead.path
    lead.shot("call-board-empty")


def the_county_answers_on_a_phone(county: Visitor, night: Night) -> None:
    to_the_task(county, "21:00 前答复")
    county.sees("派得出谁", REASON, "漳县 1 人")
    county.press("报上所选的人")
    county.sees("请勾选派得出的人；一个也派不出，请用页面下方的“派不出人”。")
    county.page.locator("summary", has_text="在检查组里或已报的").click()
    county.sees("已在“第一组”", "连续外派将达")
    county.shot("call-answer")
    row = county.page.locator(".call-spare").first.locator("tbody tr", has_text="检查人员").first
    night.lent = row.locator("label").inner_text()
    row.get_by_role("checkbox").check()
    busy = county.page.locator(".call-spare").last.locator("tbody tr").first
    night.busy = busy.locator("label").inner_text()
    busy.get_by_role("checkbox").check()
    county.page.get_by_label(f"{night.lent}：到哪天").fill("2021-11-05")
    county.write("说明", "演示：自带车辆，一小时内能到")
    county.press_unchecked("报上所选的人")
    county.sees("日期要在这次调配的起止之内。")
    assert row.get_by_role("checkbox").is_checked() and busy.get_by_role("checkbox").is_checked()
    assert county.page.get_by_label("说明").input_value() == "演示：自带车辆，一小时内能到"
    county.shot("call-answer-days")
    county.page.get_by_label(f"{night.lent}：到哪天").fill("2021-10-29")
    county.press("报上所选的人")
    county.sees("已报 2 人。派往哪里，定了会通知本人。", night.lent, night.busy, "待派")
    county.shot("call-answered")


def the_group_can_spare_nobody(group: Visitor) -> None:
    to_the_task(group, "21:00 前答复")
    group.shot("call-answer")
    group.page.locator("summary", has_text=re.compile("^派不出人$")).click()
    group.press("答复派不出人")
    group.sees("请写明为什么派不出人。")
    group.write("派不出人的原因", NO_ONE)
    group.press("答复派不出人")
    group.sees("已答复：派不出人。")
    group.shot("call-answered")


def to_the_task(visitor: Visitor, words: str) -> None:
    """From the home page: follow the task whose note says this."""
    visitor.go("/")
    with visitor.page.expect_navigation():
        visitor.page.locator("main li", has_text=words).get_by_role("link").first.click()


def the_lead_sends_them(lead: Visitor, night: Night) -> None:
    lead.go("/")
    lead.follow("调配", within=".nav")
    lead.shot("calls")
    lead.follow("第 3 次")
    lead.sees("报 2 人", "派不出人", NO_ONE, "待答复")
    first, second = lead.page.locator("#offered tbody tr").all()
    assert night.lent in first.inner_text() and "已在" not in first.inner_text(), "who is free stands first"
    assert night.busy in second.inner_text() and "连续外派将达" in second.inner_text()
    assert "漳县 · 不限（缺 1）" in first.locator("option:checked").inner_text()
    lead.shot("call-board")
    lead.press("派往", within="#offered tbody tr:first-child")
    lead.sees(f"{night.lent}已派往漳县。", "还没编组")
    lead.shot("call-board-sent")


def the_county_that_receives_finds_them_sent(neighbour: Visitor, night: Night) -> None:
    neighbour.follow("调配", within=".nav")
    neighbour.follow("第 3 次")
    neighbour.sees("派到本地的人", night.lent)
    assert NO_ONE not in neighbour.text(), "what others answered is not for the county that receives"
    neighbour.shot("call-here")
    neighbour.follow("去编组")
    neighbour.sees("组成检查组", f"调配来的 · {ASKED[0]}")


def the_team_is_formed_although_somebody_is_taken_meanwhile(
    neighbour: Visitor, other_hand: Visitor, night: Night
) -> None:
    page = neighbour.page
    ours = page.locator("#people tbody tr", has=page.get_by_role("checkbox"))
    night.leader, night.reserve = (
        ours.filter(has_text=words).first.locator("th .strong").inner_text() for words in ("班子成员", "检查人员")
    )
    neighbour.write("驻地", BASE)
    neighbour.write("车辆", VEHICLE)
    page.get_by_label(f"{night.leader}：组长").check()
    page.get_by_label(f"{night.reserve}：联络员").check()
    page.get_by_label(f"{night.lent}：组员").check()
    neighbour.sees("借到 10月29日", within="#people")
    for township in STRETCH:
        neighbour.tick(township)
    neighbour.shot("team-new")

    other_hand.go("campaigns/demo/")
    other_hand.follow("第一组")
    other_hand.follow("加人")
    other_hand.page.get_by_label(f"{night.reserve}：选").check()
    other_hand.shot("team-join")
    other_hand.press("编入并通知本人")
    other_hand.sees(f"{night.reserve}已编入第一组，任组员。")
    other_hand.shot("team")

    neighbour.press("组成并通知组员")
    neighbour.sees("“第一组”")
    assert page.get_by_label("驻地").input_value() == BASE
    assert page.get_by_label("车辆").input_value() == VEHICLE
    assert page.get_by_label(f"{night.leader}：组长").is_checked()
    assert page.get_by_label(f"{night.reserve}：联络员").is_checked()
    assert page.get_by_label(f"{night.lent}：组员").is_checked()
    assert all(page.get_by_role("checkbox", name=name, exact=True).is_checked() for name in STRETCH)
    neighbour.shot("team-taken-meanwhile")
    neighbour.tick("不设联络员")
    neighbour.press("组成并通知组员")
    neighbour.sees("第二组已组成，并通知了组员。", BASE, VEHICLE, *STRETCH, night.leader, night.lent)
    night.team = neighbour.path
    neighbour.shot("team-formed")


def the_team_is_re_formed_in_the_field(neighbour: Visitor, in_the_morning: Visitor, night: Night) -> None:
    neighbour.go("campaigns/demo/")
    neighbour.follow("第一组")
    neighbour.choose("谁离组", night.reserve)
    neighbour.write("离组原因", "演示：派错组")
    neighbour.press("离组", within="main")
    neighbour.sees(f"{night.reserve}已离组，可以编入别的组。")
    neighbour.go(night.team)
    neighbour.follow("定联络员")
    neighbour.page.get_by_label(f"{night.reserve}：选").check()
    neighbour.press("编入并通知本人")
    neighbour.sees(f"{night.reserve}已编入第二组，任联络员。")
    neighbour.shot("team-with-a-liaison")
    in_the_morning.go(night.team)
    in_the_morning.choose("谁离组", night.lent)
    in_the_morning.press_unchecked("离组")
    in_the_morning.sees("请填写“离组原因”。")
    in_the_morning.write("离组原因", "演示：连日夜查，轮换休息")
    in_the_morning.press("离组", within="main")
    in_the_morning.sees(f"{night.lent}已离组")
    in_the_morning.shot("team-re-formed")


def who_was_where_stays_readable(neighbour: Visitor, county: Visitor, night: Night) -> None:
    neighbour.go(night.team)
    assert night.lent not in neighbour.text("#present")
    neighbour.sees(night.lent, "岷县纪委监委", "10月27日 18:00", "10月28日 09:00", "轮换休息", within="#past")
    neighbour.follow(night.reserve)
    neighbour.sees("第二组", "第一组", "演示：派错组", within="#teams")
    neighbour.shot("person-in-two-teams-one-after-the-other")
    county.go(night.call)
    county.sees("派往漳县")
    county.follow(night.lent)
    county.sees("漳县纪委监委", within="#teams")
    assert "第二组" not in county.text("#teams"), "where it went is told, not what another county called the team"
    county.shot("person-who-was-lent")
    night.lent_page = county.path


def whose_business_it_is_not_is_told_nothing(
    lead: Visitor, county: Visitor, neighbour: Visitor, township: Visitor, night: Night
) -> None:
    theirs = {visitor.name: [visitor.status(night.call), visitor.status(night.team), visitor.status(night.lent_page)]
              for visitor in (lead, county, neighbour, township)}  # fmt: skip
    assert theirs == {
        "lead": [200, 200, 200],
        "county": [200, 404, 200],
        "neighbour": [200, 200, 404],  # the person has gone home
        "township": [404, 404, 404],
    }
    ours = ("calls/2/", "calls/2/answer/", "teams/2/", "teams/2/join/", "people/inspector/", "people/inspector/leave/")
    assert {address: county.status(address) for address in ours} == dict.fromkeys(ours, 200)
    assert {address: neighbour.status(address) for address in ours} == dict.fromkeys(ours, 404)
