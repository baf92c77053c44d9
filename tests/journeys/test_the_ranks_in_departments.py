"""
A department gets a further contact by Excel, and its resident group supervises it from within: a duty roster checked,
a check begun there, one finding noted on a phone, answered by the newcomer, closed by the lead.
"""

import io
import re
from typing import Any

import pytest
from openpyxl import load_workbook

from tests.conftest import DemoServer
from tests.journeys import steps
from tests.journeys.visitor import Visitor

pytestmark = pytest.mark.browser

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NEWCOMER, NAME = "demo-wjw-contact2", "郭新（演示）"
TITLE = "第一监督检查室主任（演示改任）"
NEW = (NEWCOMER, NAME, "疫情防控联系人", "6211-wjw", "unit", "2021-10-27")
BAD = ("demo-lost", "马新（演示）", "检查人员", "6211-没有", "inspector", "昨天")
SEEN = "演示：夜间值守表排了两人，实到一人，无交接签字"


def test_a_register_goes_out_and_comes_back_and_a_department_is_supervised_from_within(
    enter: Any, own_demo: DemoServer
) -> None:
    lead, group = enter("lead"), enter("group")
    own_demo.passwords[NEWCOMER] = the_lead_keeps_the_people_in_excel(lead)
    contact = enter(NEWCOMER)
    contact.sees("没有要办的整改")

    record = the_group_writes_down_a_roster_check(group)
    number = the_group_checks_the_department_on_a_phone(enter("group", phone=True))
    order = the_department_answers(contact, number)
    the_lead_closes_it(lead, order, record)
    group.go(record)
    group.sees("看检查小结", SEEN, number)
    group.shot("embedded-record-checked")
    group.follow(SEEN)
    group.sees(number, "核验通过，销号")
    group.shot("finding-of-the-department")
    for outsider in (enter("neighbour"), enter("county")):
        assert [outsider.status(address) for address in (record, order)] == [404, 404], outsider.name


def the_lead_keeps_the_people_in_excel(lead: Visitor) -> str:
    """Return the newcomer's first password."""
    lead.follow("组织", within=".nav")
    lead.shot("organisation")
    book = load_workbook(io.BytesIO(lead.download("导出", within="dt:has-text('人员') + dd")))
    sheet = book.worksheets[0]
    heads = {cell.value: cell.column for cell in sheet[1]}
    (row,) = [row for row in sheet.iter_rows(min_row=2) if row[0].value == "demo-lead-room1"]
    row[heads["职务"] - 1].value = TITLE
    last = sheet.max_row
    lead.follow("导入", within="dt:has-text('人员') + dd")
    lead.shot("register")
    sheet.append(NEW)
    sheet.append(BAD)
    upload(lead, book)
    lead.sees("处要改，什么都没有写入", "6211-没有", "昨天")
    rows = {row.inner_text() for row in lead.page.locator("main table").first.locator("tbody tr th").all()}
    assert rows == {str(last + 2)}, "numbered as in Excel"
    lead.shot("register-refused")
    assert lead.status(f"people/{NEWCOMER}/") == 404
    assert TITLE not in lead.source("people/demo-lead-room1/")

    sheet.delete_rows(last + 2)
    upload(lead, book)
    lead.sees("1 个新账号的初始密码", "更新 1 人", "只显示这一次", NAME)
    password = lead.page.locator("tbody code").last.inner_text()
    lead.shot("register-passwords")
    lead.follow("已经记下，继续")
    assert password not in lead.text()
    upload(lead, book)
    lead.sees("新开账号 0 个，更新 0 人，新增任职 0 项。")
    lead.go("people/demo-lead-room1/")
    lead.sees(TITLE)
    return password


def upload(visitor: Visitor, book: Any) -> None:
    """Upload the workbook as it is now."""
    kept = io.BytesIO()
    book.save(kept)
    visitor.attach("Excel 文件", "人员.xlsx", kept.getvalue(), XLSX)
    visitor.press("上传并导入")


def the_group_writes_down_a_roster_check(group: Visitor) -> str:
    group.follow("嵌入式监督", within=".nav")
    group.shot("embedded")
    group.follow("记一条")
    group.shot("embedded-new")
    group.tick("检查值班")
    group.write("事项", "演示：夜间抽查机关值班")
    group.write("看到的情况", "演示：抽查五个岗，带班领导在岗，一个岗交接没有签字。")
    group.write("检查数", "5")
    group.write("发现异常数", "9")
    group.press("保存记录")
    assert group.page.get_by_label("检查数").input_value() == "5"
    assert group.page.get_by_label("发现异常数").input_value() == "9"
    assert group.page.get_by_label("检查值班").is_checked()
    group.shot("embedded-new-counts")
    group.write("发现异常数", "1")
    group.press("保存记录")
    group.sees("已记录。发现问题的，可以接着检查登记。", "演示：夜间抽查机关值班", "市卫健委（演示）")
    record = group.path
    group.shot("embedded-record")
    group.choose("检查哪个点位", "市卫健委机关（演示）（部门）")
    group.press("开始检查")
    group.sees("检查已开始，按部门的检查表填写，发现问题就地登记。", "部门检查表")
    return record


def the_group_checks_the_department_on_a_phone(group: Visitor) -> str:
    """Return the finding's number."""
    group.shot("home")
    group.follow("驻卫健检查组")
    group.shot("outing")
    group.page.locator("a", has_text="市卫健委机关").or_(group.page.get_by_role("link", name="继续检查")).first.click()
    group.page.wait_for_url("**/visits/*/")
    group.sees("部门检查表")
    steps.judge_everything(group)
    group.shot("checklist")
    group.press("登记问题")
    steps.note(group, seen=SEEN, item="第2条", way="限期整改")
    group.tick("部门监督责任")
    group.choose("责任单位", "市卫健委（演示）")
    group.tick("24 小时")
    group.write("整改要求", "演示：当晚补岗，交接签字")
    group.shot("finding")
    group.press("登记问题")
    group.sees(SEEN, "10月28日 18:00 前改好")
    group.press("去结束检查")
    group.write("现场反馈", "演示：当场向值班负责人指出，对方表示今晚补岗。")
    group.press("结束检查")
    group.sees("检查小结", "确认问题 1 个")
    group.shot("summary")
    (number,) = re.findall(r"\d{6}-\d{6}", group.text())
    return str(number)


def the_department_answers(contact: Visitor, number: str) -> str:
    contact.go("/")
    contact.sees(SEEN, number, "待签收")
    contact.shot("home")
    contact.follow(SEEN)
    contact.write("整改措施与结果", "演示：已补岗一人，交接签字已补齐。")
    contact.attach("佐证材料", "排班表（演示）.png", steps.picture("#8fa67a"), "image/png")
    contact.press("提交答复")
    contact.sees("已答复，等待核验")
    contact.shot("order-answered")
    return contact.path


def the_lead_closes_it(lead: Visitor, order: str, record: str) -> None:
    lead.go("/")
    lead.follow("嵌入式监督", within=".nav")
    lead.shot("embedded")
    lead.follow("演示：夜间抽查机关值班")
    lead.sees("驻卫健检查组", SEEN)
    lead.shot("embedded-record")
    lead.go(order)
    lead.page.locator("#close").get_by_label("核验意见").fill("演示：看了排班表和交接签字，属实。")
    lead.press("核验通过，销号")
    lead.sees("已核验销号")
    lead.shot("order-closed")
