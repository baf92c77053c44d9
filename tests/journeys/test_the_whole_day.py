"""
The day the product is made for, on the round that the demo leaves unplayed.

Drawn and sealed, opened and walked, put right under another hand's eye, told in a brief; and kept from the neighbour.
"""

import io
import json
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from openpyxl import load_workbook

from tests.conftest import ROOT, mingcha
from tests.journeys import steps
from tests.journeys.visitor import Visitor

pytestmark = pytest.mark.browser

SEEN_ON_SPOT = "演示：19时登记台无人值守，登记簿摊开在桌上"
SEEN_BY_DEADLINE = "演示：应设两个测温点，实到一个，第二个没有设"


@dataclass
class Day:
    """What one chapter leaves to the next: the addresses of what came to be."""

    round: str = ""
    published: list[str] = field(default_factory=list)
    drawn: list[str] = field(default_factory=list)
    visit: str = ""
    photo: str = ""
    order: str = ""
    proof: str = ""
    finding: str = ""
    numbers: dict[str, str] = field(default_factory=dict)


def test_the_whole_day(enter: Any, own_demo: Any, tmp_path: Path) -> None:
    day = Day()
    before = figures_of_minxian(own_demo.data)
    county, inspector = enter("county"), enter("inspector", phone=True)
    unit, lead, neighbour = enter("unit"), enter("lead"), enter("neighbour")

    the_county_draws_and_sees_an_envelope(county, lead, day)
    the_inspector_opens_it_and_sets_out(inspector, day)
    the_inspector_looks_closely(inspector, day)
    the_inspector_notes_two_findings(inspector, day)
    the_inspector_feeds_back_and_goes_on(inspector, day)
    the_unit_answers(unit, day, "演示：已增设第二个测温点，今晚18时前到位。")
    the_county_sends_it_back(county, day)
    the_unit_answers(unit, day, "演示：补充了第二个测温点的照片和排班表。")
    the_county_closes_it_and_samples_the_other(county, day)
    the_team_comes_back(inspector)
    the_lead_reads_the_ledger(lead, day)
    the_lead_exports_it(lead, day)
    the_lead_draws_the_brief(lead)
    the_county_reveals_the_round(county, day, tmp_path)

    after = figures_of_minxian(own_demo.data)
    assert (before["problems_found"], after["problems_found"]) == (97, 99)
    assert (before["inspections"], after["inspections"]) == (21, 22)
    said = mingcha("--data", str(own_demo.data), "audit", "verify")
    assert said.returncode == 0, said.stdout + said.stderr
    the_neighbour_sees_nothing(neighbour, county, day)


def the_county_draws_and_sees_an_envelope(county: Visitor, lead: Visitor, day: Day) -> None:
    county.shot("home")
    steps.freeze(county, n=3)
    county.shot("ceremony")
    steps.hold_the_ceremony(county, lead)
    county.follow("看这一轮")
    day.round = county.path
    day.published = re.findall("[0-9a-f]{64}", county.text())
    assert len(day.published) > 3, "the frame, both secrets and the tickets are tied down before any list is opened"
    county.sees("清单密封中", "第一组", "3 个点位")
    county.shot("round-sealed")
    assert not re.search(r"\d号(超市|市场|汽车站|火车站)", county.text()), "a sealed list names no site"
    assert county.status(f"{day.round}bundle.json") == 404


def the_inspector_opens_it_and_sets_out(inspector: Visitor, day: Day) -> None:
    inspector.go("/")
    inspector.shot("home")
    inspector.follow("第一组")
    inspector.sees("密封清单", "3 个点位")
    inspector.shot("envelope")
    day.drawn = steps.open_the_list(inspector)
    inspector.sees("已启封，记录在案", "四不两直")
    assert len(day.drawn) == 3
    inspector.shot("stops")
    steps.begin_openly(inspector)
    day.visit = inspector.path.removeprefix("field/")


def the_inspector_looks_closely(inspector: Visitor, day: Day) -> None:
    inspector.shot("checklist-empty")
    steps.judge_everything(inspector)
    page = inspector.page
    page.locator(".question textarea").first.fill(f"演示：值班人员说有事打 {steps.MOBILE}")
    inspector.press("保存")
    inspector.sees("居民个人信息", "手机号")
    assert steps.MOBILE in page.locator(".question textarea").first.input_value(), "what was typed is kept"
    assert page.get_by_label("上报数").first.input_value() == "30"
    inspector.shot("checklist-warned", whole=False)
    page.locator(".question textarea").first.fill("演示：值班人员说发现情况先报镇上值班室")
    inspector.press("保存")
    inspector.sees("已保存", "核实比上报少 21")
    inspector.shot("checklist-filled")
    inspector.press("拍照")
    inspector.attach("从相册选", "登记台（演示）.png", steps.picture("#7a8fa6"), "image/png")
    inspector.write("照片说明", "演示：登记台无人值守")
    inspector.press("存下照片")
    inspector.sees("已存下 1 张照片")
    day.photo = str(page.locator(".photos img").first.get_attribute("src"))
    inspector.shot("photos")


def the_inspector_notes_two_findings(inspector: Visitor, day: Day) -> None:
    inspector.follow("登记问题", within="body")
    steps.note(inspector, seen=f"{SEEN_ON_SPOT}，可拨 {steps.MOBILE}", item="第2条", way="立行立改")
    inspector.press("登记问题")
    inspector.sees("手机号")
    assert steps.MOBILE in inspector.page.get_by_label("看到了什么").input_value()
    inspector.shot("finding-warned", whole=False)
    inspector.write("看到了什么", SEEN_ON_SPOT)
    inspector.press("登记问题")
    inspector.sees(SEEN_ON_SPOT, "问题 1")
    inspector.press("登记问题")
    steps.note(inspector, seen=SEEN_BY_DEADLINE, item="第2条", way="限期整改")
    inspector.choose("责任单位", steps.UNIT)
    inspector.tick("24 小时")
    inspector.write("整改要求", "演示：测温点按方案设齐")
    inspector.shot("finding")
    inspector.press("登记问题")
    inspector.sees(SEEN_BY_DEADLINE, "问题 2", "10月28日 18:00 前改好")


def the_inspector_feeds_back_and_goes_on(inspector: Visitor, day: Day) -> None:
    inspector.press("去结束检查")
    inspector.sees("将确认问题 2 个")
    inspector.press("结束检查")
    inspector.sees("明察发现了问题，要当场反馈")
    assert "可不填" not in inspector.text("label:has-text('现场反馈')")
    inspector.write("现场反馈", "演示：当场向值班负责人指出两个问题，对方表示今晚改好。")
    inspector.write("反馈对象职务", "值班负责人")
    inspector.shot("close")
    inspector.press("结束检查")
    inspector.sees("检查小结", "检查已结束，确认问题 2 个")
    inspector.shot("summary")
    for card in inspector.page.locator(".finding-card").all_inner_texts():
        (number,) = re.findall(r"621126-\d{6}", card)
        day.numbers["spot" if SEEN_ON_SPOT in card else "deadline"] = number
    inspector.follow("去下一站", within="body")
    inspector.sees("已结束 1 站，共 3 站")


def the_unit_answers(unit: Visitor, day: Day, measures: str) -> None:
    unit.go("/")
    if not day.order:
        unit.shot("home")
        unit.follow(SEEN_BY_DEADLINE)
        day.order = unit.path
        unit.press("签收")
        unit.sees("已签收")
    else:
        unit.go("notices/")
        unit.shot("notices")
        unit.go(day.order)
        unit.sees("演示：照片里只看到一个测温点")
    unit.write("整改措施与结果", measures)
    unit.attach("佐证材料", "第二个测温点（演示）.png", steps.picture("#8fa67a"), "image/png")
    unit.shot("order")
    unit.press("提交答复")
    unit.sees("已答复，等待核验", measures)
    day.proof = str(unit.page.locator(".photos a[href^='/proofs/']").first.get_attribute("href"))


def the_county_sends_it_back(county: Visitor, day: Day) -> None:
    county.go("orders/?tab=verifying")
    county.shot("orders")
    county.follow(day.numbers["deadline"])
    county.shot("order-answered")
    county.page.locator("#send-back").get_by_label("退回理由").fill("演示：照片里只看到一个测温点，请补第二个。")
    county.press("退回", within="#send-back")
    county.sees("已退回")


def the_county_closes_it_and_samples_the_other(county: Visitor, day: Day) -> None:
    county.go(day.order)
    county.page.locator("#close").get_by_label("核验意见").fill("演示：看了两张照片和排班表，属实。")
    county.press("核验通过，销号")
    county.sees("已核验销号")
    county.shot("order-closed")
    county.go(f"campaigns/demo/ledger/?search={day.numbers['spot']}")
    county.follow(day.numbers["spot"])
    day.finding = county.path
    county.follow("抽核")
    county.tick("属实")
    county.write("抽核意见", "演示：当晚电话抽查，登记台有人。")
    county.shot("sample")
    county.press("提交结论")
    county.sees("已记为抽核属实")


def the_team_comes_back(inspector: Visitor) -> None:
    inspector.page.locator("summary", has_text="收队").click()
    inspector.press("确定收队")
    inspector.sees("还有 2 个抽中的点位没有去，请写明原因再收队。")
    inspector.write("没有去的原因", "演示：两处当晚关门，改日补查")
    inspector.press("确定收队")
    inspector.sees("已收队", "有 2 站没有去")
    inspector.shot("returned")


def the_lead_reads_the_ledger(lead: Visitor, day: Day) -> None:
    lead.follow("台账", within=".nav")
    lead.shot("ledger", whole=False)
    on_spot, by_deadline, found = sums(lead)
    assert on_spot + by_deadline == found
    lead.write("搜索", day.numbers["deadline"])
    lead.choose("状态", "已销号")
    lead.press("筛选")
    lead.sees("发现 1")
    lead.shot("ledger-filtered", whole=False)
    lead.follow(day.numbers["deadline"])
    lead.sees("登记问题", "责任单位签收", "责任单位答复", "答复退回", "核验通过，销号", SEEN_BY_DEADLINE)
    lead.shot("story")
    lead.go("campaigns/demo/totals/")
    lead.shot("totals")
    rows = [
        [cell.inner_text() for cell in row.locator("td").all()]
        for row in lead.page.locator("table:has(tfoot) tbody tr").all()
    ]
    foot = [int(cell) for cell in lead.page.locator("tfoot td").all_inner_texts()]
    assert foot[:3] == [found, on_spot, by_deadline]
    assert [sum(int(row[column]) for row in rows) for column in range(6)] == foot, "the counties add up to the total"
    lead.go("campaigns/demo/gaps/")
    lead.sees(day.drawn[0], "30", "9", "-21", within="tbody tr")
    lead.shot("gaps", whole=False)
    lead.follow(day.drawn[0])
    lead.sees("检查记录", "30", "9", "第一组", "演示：值班人员说发现情况先报镇上值班室")
    lead.shot("visit")


def the_lead_exports_it(lead: Visitor, day: Day) -> None:
    lead.go("campaigns/demo/ledger/?place=621126")
    *_, found = sums(lead)
    assert found == 100  # with what the city registered of 岷县 at its own desk
    book = load_workbook(io.BytesIO(lead.download("导出")))
    cells = [[str(cell or "") for cell in row] for sheet in book for row in sheet.iter_rows(values_only=True)]
    numbers = {cell for row in cells for cell in row if re.fullmatch(r"621126-\d{6}", cell)}
    assert set(day.numbers.values()) <= numbers and len(numbers) >= 100
    row = next(row for row in cells if day.numbers["deadline"] in row)
    assert SEEN_BY_DEADLINE in row and any("已销号" in cell for cell in row)


def the_lead_draws_the_brief(lead: Visitor) -> None:
    lead.follow("简报", within=".nav")
    lead.follow("定西市2021年10月疫情防控监督检查")
    lead.shot("brief")
    lead.press("编号并编发")
    lead.sees("第 1 期已编好")
    lead.shot("briefs")
    document = Document(io.BytesIO(lead.download("下载 Word 文件")))
    told = "\n".join(paragraph.text for paragraph in document.paragraphs)
    told += "\n".join(cell.text for table in document.tables for row in table.rows for cell in row.cells)
    assert "演示" in told and "岷县纪委监委" in told and "未报" in told
    assert re.search(r"岷县纪委监委组成12个检查组.*发现各类问题99个", told), told


def the_county_reveals_the_round(county: Visitor, day: Day, folder: Path) -> None:
    county.go(day.round)
    county.press("公开这一轮")
    county.sees("已公开。任何人都可以用验证包重算这次抽签。")
    county.shot("round-revealed")
    bundle = folder / "lot.json"
    bundle.write_bytes(county.download("下载验证包"))
    told = json.loads(bundle.read_text("utf-8"))
    assert (len(told["drawn"]), len(told["tickets"])) == (3, 9)
    verifier = [sys.executable, str(ROOT / "docs" / "verify_lot.py"), str(bundle), *day.published]
    said = subprocess.run(verifier, capture_output=True, text=True, check=False)
    assert said.stdout == "OK\n", said.stdout + said.stderr


def the_neighbour_sees_nothing(neighbour: Visitor, county: Visitor, day: Day) -> None:
    photo = day.photo.replace("/field/", "/")
    addresses = (day.order, day.finding, day.visit, day.round, f"{day.round}bundle.json", day.proof, photo)
    assert {address: county.status(address) for address in addresses} == dict.fromkeys(addresses, 200)
    assert {address: neighbour.status(address) for address in addresses} == dict.fromkeys(addresses, 404)
    neighbour.go(f"campaigns/demo/ledger/?search={day.numbers['spot']}")
    assert SEEN_ON_SPOT not in neighbour.text()
    neighbour.shot("ledger-of-the-neighbour", whole=False)


def sums(visitor: Visitor) -> list[int]:
    """Return what the ledger's equation says: on the spot, by a deadline, found."""
    (found,) = re.findall(r"立行立改 (\d+) \+ 限期整改 (\d+) = 发现 (\d+)", visitor.text())
    return [int(number) for number in found]


def figures_of_minxian(data: Path) -> dict[str, Any]:
    """Return 岷县's line of `mingcha brief --json`."""
    said = mingcha("--data", str(data), "brief", "--campaign", "demo", "--json")
    assert said.returncode == 0, said.stderr
    return next(office for office in json.loads(said.stdout) if office["division"] == "621126")
