"""
The clock at the desk: a unit plans, reports how far it is, asks for more time; another hand rules; the unit answers. The
office sees every step that is due, takes the one that is a person's, and the lead office sees the same.
"""

from typing import Any

import pytest

from tests.journeys.visitor import Visitor
from tests.world import PNG

pytestmark = pytest.mark.browser

PLAN = "演示：夜间加一名带班干部"
REPORT = "演示：带班表已经贴出。"
WHY = "演示：补登记要等学校周末返校。"
RULING = "演示：情况属实，准予延期。"
HELD = "演示：10月27日17时，约谈学校负责人（校长），要求当晚补齐值守。"


def test_a_unit_keeps_to_its_plan_and_another_hand_rules(enter: Any) -> None:
    unit, county = enter("unit", phone=True), enter("county")

    order = the_unit_plans_and_reports(unit)
    the_unit_asks_for_time_and_loses_nothing_when_it_is_wrong(unit)
    the_office_rules(county, order)
    the_unit_sees_the_new_time(unit, order)
    assert enter("neighbour").status(order) == 404


def test_nothing_happens_unseen(enter: Any) -> None:
    county, lead = enter("county"), enter("lead", phone=True)

    county.go("/ladder/")
    county.sees("到期步骤", "约谈", "整改时限")
    county.shot("ladder-due")
    county.page.get_by_role("link", name="记下已办").first.click()
    county.page.get_by_role("textbox").first.fill(HELD)
    county.shot("interview-held")
    county.page.locator("main form button.btn--primary").click()
    assert county.sees("约谈")
    lead.go("/ladder/")
    lead.sees("到期步骤")
    lead.shot("ladder-on-a-phone")
    assert enter("unit").status("/ladder/") in (403, 404)


def the_unit_plans_and_reports(unit: Visitor) -> str:
    unit.go("/orders/?tab=mending")
    # The second of the list: the first waits for a ruling already.
    unit.page.locator("main a[href^='/orders/']:not([href*='?'])").last.click()
    order = unit.path
    unit.page.get_by_text("写整改计划").or_(unit.page.get_by_text("再加几项措施")).click()
    unit.page.get_by_label("措施").first.fill(PLAN)
    unit.page.get_by_label("哪天做完").first.fill("2021-10-28")
    unit.press("报计划")
    unit.sees(PLAN)
    unit.page.get_by_text("报一次进展").click()
    unit.write("做到哪一步了", REPORT)
    unit.page.locator("#progress input[type=file]").last.set_input_files(
        {"name": "现在.png", "mimeType": "image/png", "buffer": PNG}
    )
    unit.press("报进展")
    unit.sees(REPORT)
    unit.shot("unit-planned")
    return order


def the_unit_asks_for_time_and_loses_nothing_when_it_is_wrong(unit: Visitor) -> None:
    unit.page.get_by_text("时间不够，申请延期").click()
    unit.write("想延到什么时候", "2021-10-27T19:00")
    unit.page.locator("form[action$='/extension/'] textarea").fill(WHY)
    unit.page.locator("form[action$='/extension/'] button.btn").last.click()
    unit.sees("要晚于现在的整改时限")
    assert unit.page.locator("form[action$='/extension/'] textarea").input_value() == WHY
    unit.write("想延到什么时候", "2021-11-05T18:00")
    unit.page.locator("form[action$='/extension/'] button.btn").last.click()
    unit.sees("待裁定", WHY)
    unit.shot("unit-asked")


def the_office_rules(county: Visitor, order: str) -> None:
    county.go(order)
    county.sees("申请延期", WHY, PLAN)
    county.page.get_by_label("同意", exact=True).check()
    county.write("裁定意见", RULING)
    county.press("作出裁定")
    county.sees(RULING)
    county.shot("office-ruled")


def the_unit_sees_the_new_time(unit: Visitor, order: str) -> None:
    unit.go(order)
    unit.sees(RULING, "11月5日 18:00")
