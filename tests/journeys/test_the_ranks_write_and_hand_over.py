"""
Between the ranks: a note is sent, signed for, asked about and answered, one office late; a unit asks that an officer
stay away, and the office above rules; an officer leaves, and everything owed has a new hand.
"""

from typing import Any

import pytest

from tests.journeys import steps
from tests.journeys.visitor import Visitor

pytestmark = pytest.mark.browser

TITLE = "演示：今晚核对岷阳镇夜间值守"
TEXT = "演示：请于今晚核对岷阳镇重点点位的夜间值守，逐处登记，按时答复。"
QUESTION = "演示：村口卡点也要核对吗？"
ANSWER = "演示：只核对名录里的点位，村口由镇里安排。"
JUDGED = "演示：看过佐证，属实。"
RULED = "演示：经核实，关系属实，应当回避。"
REPLY = "演示：已核对五处，一处交接班没有签字，已当场补签。"


def test_a_note_from_the_lead_and_what_comes_back(enter: Any, next_morning: Any) -> None:
    lead, county, township = enter("lead"), enter("county", phone=True), enter("township", phone=True)

    address = the_lead_sends_a_note_by_link_and_by_tick(lead)
    the_county_signs_and_asks(county)
    the_lead_sees_who_has_not_read_it_and_answers(lead, address)
    another_recipient_reads_the_answer_and_not_who_asked(township)
    the_county_replies_late(enter("county", server=next_morning, phone=True), address)
    the_lead_sees_who_is_late(enter("lead", server=next_morning), address)
    assert enter("neighbour").status(address) == 404


def the_lead_sends_a_note_by_link_and_by_tick(lead: Visitor) -> str:
    lead.follow("工作提示", within=".nav")
    lead.shot("guidance")
    lead.follow("写一份")
    lead.tick("工作提示", within="main")
    lead.write("标题", TITLE)
    lead.write("内容", f"{TEXT}有事打{steps.MOBILE}。")
    lead.write("按联系关系发送", "岷阳镇")
    lead.press("查找")
    lead.shot("note-found-by-link")
    assert lead.page.get_by_label("岷阳镇（区划）").is_checked(), "of all that is called so, the one that is just this"
    lead.sees("联系“岷阳镇”的有 3 个单位", "岷县纪委监委（联系 岷阳镇）", "岷阳镇纪委（演示）（联系", "已在下面勾上")
    assert lead.page.get_by_label("标题").input_value() == TITLE
    lead.tick("安定区纪委监委")
    lead.write("答复时限", "2021-10-27T09:00")
    lead.press("发出", within="main")
    lead.sees("手机号")
    assert lead.page.get_by_label("内容").input_value().endswith(f"{steps.MOBILE}。")
    lead.write("内容", TEXT)
    lead.press("发出", within="main")
    lead.shot("note-in-the-past")
    lead.sees("答复时限")
    ticked = lead.page.locator("[name=bodies]:checked").evaluate_all("boxes => boxes.map(box => box.value)")
    assert sorted(ticked) == ["621102-jw", "621126-jw", "621126100-jw"]
    lead.write("答复时限", "2021-10-27T20:30")
    lead.press("发出", within="main")
    lead.sees("通知了 3 个单位", TITLE, "因联系", "请于 10月27日 20:30 前答复。")
    lead.shot("note-sent")
    return lead.path


def the_county_signs_and_asks(county: Visitor) -> None:
    county.shot("home")
    county.follow("工作提示待签收")
    county.shot("guidance")
    county.follow(TITLE)
    county.sees("岷县纪委监委等 3 个单位：", TEXT, "待签收")
    county.shot("note")
    assert "安定区" not in county.text("main"), "who else received it is not told"
    county.press("签收")
    county.sees("已签收。")
    county.page.locator("summary", has_text="提一个问题").click()
    county.page.locator("#questions").get_by_label("提问").fill(QUESTION)
    county.press("提问", within="#questions")
    county.sees("已提问，发出单位回答后您会收到消息。", QUESTION, "还没有回答")
    county.shot("note-asked")


def the_lead_sees_who_has_not_read_it_and_answers(lead: Visitor, address: str) -> None:
    lead.go("/")
    lead.sees("提问待回答")
    lead.go(address)
    lead.sees("3 个单位：签收 1，答复 0", "未签收")
    unread = lead.text("aside .note-unread")
    assert "安定区纪委监委" in unread and "岷阳镇纪委" in unread
    assert "赵丙（演示）" in unread and "杨丙（演示）" not in unread, "of 岷县 one has read it, the others have not"
    lead.shot("note-unread")
    lead.page.locator("#questions").get_by_label("回答").fill(ANSWER)
    lead.press("回答", within="#questions")
    lead.sees("已回答，收到这一份的单位都会收到消息。", ANSWER)


def another_recipient_reads_the_answer_and_not_who_asked(township: Visitor) -> None:
    township.go("guidance/")
    township.follow(TITLE)
    township.sees("另一个收到的单位", QUESTION, ANSWER)
    assert "杨丙" not in township.text("#questions")
    township.shot("note")


def the_county_replies_late(county: Visitor, address: str) -> None:
    county.follow("工作提示待答复")
    county.sees("逾期")
    county.shot("guidance-late")
    county.follow(TITLE)
    county.sees("逾期", ANSWER)
    county.page.locator("#reply").get_by_label("答复内容").fill(f"{REPLY}值守人电话{steps.MOBILE}。")
    county.press("答复", within="#reply")
    county.sees("手机号")
    assert steps.MOBILE in county.page.locator("#reply").get_by_label("答复内容").input_value()
    county.shot("note-reply-warned")
    county.page.locator("#reply").get_by_label("答复内容").fill(REPLY)
    county.press("答复", within="#reply")
    county.sees("已答复，对方会收到消息。", REPLY)
    county.shot("note-replied")


def the_lead_sees_who_is_late(lead: Visitor, address: str) -> None:
    lead.go("guidance/?tab=sent")
    lead.sees("10月27日 20:30 到期，已逾期", "1 / 3 个单位")
    lead.shot("guidance-sent-late")
    lead.follow(TITLE)
    lead.sees("3 个单位：签收 1，答复 1", REPLY)
    rows = {
        row.locator("th").inner_text().split("\n")[0]: row.inner_text() for row in lead.page.locator("tbody tr").all()
    }
    assert "10月28日 09:00" in rows["岷县纪委监委"] and "逾期" in rows["岷县纪委监委"]
    assert "逾期" in rows["安定区纪委监委"]
    lead.shot("note-late")


def test_a_unit_asks_for_a_recusal_and_the_office_above_rules(enter: Any) -> None:
    unit, county, lead, neighbour = enter("unit"), enter("county"), enter("lead"), enter("neighbour")

    order = the_unit_asks_on_its_order(unit)
    county.go(order)
    county.page.locator("#close").get_by_label("核验意见").fill(JUDGED)
    ruling = the_office_above_rules(lead)
    the_officer_reads_why_they_cannot_judge(county, order)
    unit.go(order)
    unit.sees("杨丙（演示）", RULED, within="#recusal")
    unit.shot("order-recusal-granted")
    assert [neighbour.status(address) for address in (order, ruling)] == [404, 404]
    neighbour.go("recusals/")
    assert "杨丙" not in neighbour.text("main")


def the_unit_asks_on_its_order(unit: Visitor) -> str:
    unit.page.locator("section", has_text="已答复，等核验").locator(".list__title").first.click()
    unit.page.wait_for_url("**/orders/*/")
    order = unit.path
    unit.follow("申请回避")
    unit.shot("order-recusal")
    unit.tick("杨丙（演示）")
    unit.write("理由", f"演示：{steps.MOBILE}是其亲属的电话")
    unit.press_unchecked("提交申请")
    unit.sees("情形", "手机号")
    assert unit.page.get_by_label("杨丙（演示）").is_checked()
    assert steps.MOBILE in unit.page.get_by_label("理由").input_value()
    unit.shot("order-recusal-warned")
    unit.tick("近亲属关系")
    unit.write("理由", "演示：与本镇分管负责人是近亲属")
    unit.press("提交申请")
    unit.sees("已提交回避申请，由定西市纪委监委裁定。结果会发消息给您。", "等定西市纪委监委裁定")
    unit.shot("order-recusal-asked")
    return order


def the_office_above_rules(lead: Visitor) -> str:
    lead.follow("回避申请待裁定")
    lead.sees("有 2 件申请等您裁定。")
    lead.shot("recusals")
    row = lead.page.locator("tbody tr", has_text="杨丙（演示）")
    with lead.page.expect_navigation():
        row.get_by_role("link", name="裁定").click()
    lead.tick("同意，应当回避")
    lead.press_unchecked("作出裁定")
    lead.sees("请填写“裁定意见”。")
    assert lead.page.get_by_label("同意，应当回避").is_checked()
    lead.shot("recusal-rule")
    ruling = lead.path
    lead.write("裁定意见", RULED)
    lead.press("作出裁定")
    lead.sees("已裁定：杨丙（演示）应当回避。", "有 1 件申请等您裁定。")
    return ruling


def the_officer_reads_why_they_cannot_judge(county: Visitor, order: str) -> None:
    county.press("核验通过，销号")
    county.shot("order-judged-too-late")
    assert county.page.get_by_label("您刚才填的内容").input_value() == JUDGED, "what was typed is kept"
    county.go(order)
    county.sees("这一件您应当回避", "岷阳镇人民政府（演示）", "请由本单位其他人核验。")
    assert not county.page.locator("#close, #send-back").count()
    county.shot("order-tie")


def test_who_leaves_hands_everything_over(enter: Any) -> None:
    county, leader = enter("county"), enter("leader", phone=True)
    inspector = enter("inspector", phone=True)

    the_leader_gets_a_second_post(county, leader)
    order = the_county_is_told_what_is_stuck(county)
    succession = everything_moves_to_the_successor(county)
    leader.go("/")
    leader.sees("您现在没有在任的岗位")
    assert not leader.page.locator(".list").count()
    leader.shot("home-of-who-left")
    assert leader.status(order) in (403, 404) and leader.status("field/") == 403
    the_successor_finds_it_all(inspector, succession, order)
    assert enter("neighbour").status(succession) == 404


def the_leader_gets_a_second_post(county: Visitor, leader: Visitor) -> None:
    leader.sees("去检查")
    leader.shot("home-of-who-will-leave")
    county.follow("组织", within=".nav")
    county.shot("organisation")
    county.write("搜索", "hb")
    county.press("查找", within="main")
    county.shot("organisation-searched")
    county.follow("黄丙（演示）")
    county.sees("组长", "维新镇", "中寨镇")
    county.shot("person")
    county.follow("任职")
    county.write("单位", "没有这个单位")
    county.press("查找", within="main")
    county.sees("没有找到。请写全称或代码")
    county.write("单位", "岷阳镇人民政府")
    county.press("查找", within="main")
    county.shot("appoint-found")
    county.tick("责任单位联系人")
    county.press("任职", within="main")
    county.sees("黄丙（演示）已任职：岷阳镇人民政府（演示） · 责任单位联系人。")
    leader.go("/")
    leader.sees("要您办的", "去检查")


def the_county_is_told_what_is_stuck(county: Visitor) -> str:
    county.follow("离任交接")
    county.sees("有 3 项没有别人能接办", "组长：第一组", "维新镇", "中寨镇", "还有杨庚（演示）")
    county.shot("leave")
    order = str(county.page.locator("#owed a[href*='/orders/']").first.get_attribute("href"))
    county.write("离任原因", "演示：调离")
    county.press_unchecked("办理交接")
    county.sees("请选择“接任人”。")
    assert county.page.get_by_label("离任原因").input_value() == "演示：调离"
    county.choose("接任人", "朱丙（演示）")
    county.press("办理交接")
    county.shot("leave-successor-is-out")
    county.sees("朱丙（演示）")
    assert county.page.get_by_label("离任原因").input_value() == "演示：调离"
    return order


def everything_moves_to_the_successor(county: Visitor) -> str:
    county.choose("接任人", "周丙（演示）")
    county.press("办理交接")
    county.sees("已办结交接。", "黄丙（演示）的工作交接", "由周丙（演示）接任")
    rows = [row.inner_text() for row in county.page.locator("tbody tr").all()]
    for what in ("第一组", "维新镇", "中寨镇", "621126-"):
        assert any(what in row and "周丙（演示）" in row for row in rows), what
    county.shot("succession")
    return county.path


def the_successor_finds_it_all(inspector: Visitor, succession: str, order: str) -> None:
    inspector.go("/")
    inspector.sees("要您办的", "去检查")
    inspector.shot("home-of-the-successor")
    inspector.go("notices/")
    inspector.shot("notices-of-the-successor")
    inspector.follow("工作交接：黄丙（演示）")
    assert inspector.path == succession
    inspector.shot("succession")
    inspector.follow("组长：第一组")
    leads = inspector.page.locator("#present tbody tr", has_text="周丙（演示）")
    assert "组长" in leads.inner_text()
    inspector.sees("黄丙（演示）", "演示：调离", within="#past")
    inspector.shot("team-of-the-successor")
    assert inspector.status(order) == 200
