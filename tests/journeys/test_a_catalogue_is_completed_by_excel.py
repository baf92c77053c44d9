"""
A catalogue that the sources give only in part is completed by its keeper, in Excel; what cited it stays as it was.

The text filled in here is made up for the test and says so.
"""

import io
import re
from typing import Any

import pytest
from openpyxl import load_workbook

from tests.journeys import steps
from tests.journeys.visitor import Visitor

pytestmark = pytest.mark.browser

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
OLD = "严禁在疫情防控工作中临阵退缩"
NEW = "演示条文2，不是官方文本"


def test_a_catalogue_is_completed_by_excel(enter: Any) -> None:
    lead, county, inspector = enter("lead"), enter("county"), enter("inspector", phone=True)

    cited = an_older_finding_prints_the_old_text(lead)
    the_keeper_completes(lead, "十三个坚决禁止", declared=13)
    the_keeper_completes(lead, "八个严禁", declared=8)
    the_campaign_takes_them_up(lead)
    the_old_edition_stays_on_record(lead, cited)
    new = an_inspector_cites_the_new_one(county, lead, inspector)

    lead.go(f"campaigns/demo/ledger/?search={new}")
    lead.follow(new)
    lead.sees(NEW, "引自第 2 版")
    lead.shot("finding-of-the-new-edition")
    lead.go(cited)
    lead.sees(OLD, "引自第 1 版")
    lead.shot("finding-of-the-old-edition")


def an_older_finding_prints_the_old_text(lead: Visitor) -> str:
    lead.go(f"campaigns/demo/ledger/?search={OLD}")
    lead.page.locator("tbody a.row-link__a").last.click()
    lead.page.wait_for_load_state()
    lead.sees(OLD, "引自第 1 版")
    return lead.path


def the_keeper_completes(lead: Visitor, name: str, *, declared: int) -> None:
    lead.follow("清单", within=".nav")
    lead.follow(name)
    lead.sees("第 1 版" if "第 1 版" in lead.text() else name, "未收录")
    sheet = lead.download("下载成 Excel")
    lead.follow("补全条文")
    lead.attach("Excel 文件", f"{name}.xlsx", b"PK\x03\x04" + bytes(200), XLSX)
    lead.press("上传并发布新版本")
    lead.sees("文件打不开")
    lead.attach("Excel 文件", f"{name}.xlsx", completed(sheet, rows=declared), XLSX)
    lead.shot("rulebook-import")
    lead.press("上传并发布新版本")
    lead.sees("已发布", "第 2 版", f"{declared} 条，收录完整", NEW)
    lead.shot("rulebook-complete")
    lead.page.get_by_role("link", name="第 1 版", exact=True).click()
    lead.sees("这是旧版本", "未收录")


def completed(sheet: bytes, *, rows: int) -> bytes:
    """Fill in every rule of the sheet, as the keeper would with the official document beside it."""
    book = load_workbook(io.BytesIO(sheet))
    page = book.worksheets[0]
    heads = [cell.value for cell in page[1]]
    text, source = heads.index("条文") + 1, heads.index("出处") + 1
    assert page.max_row == rows + 1, "the sheet has a row for what is not on record yet"
    for number in range(1, rows + 1):
        page.cell(number + 1, text).value = f"演示条文{number}，不是官方文本"
        page.cell(number + 1, source).value = "演示：测试用的文本"
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def the_campaign_takes_them_up(lead: Visitor) -> None:
    lead.follow("任务", within=".nav")
    lead.follow("定西市2021年10月疫情防控监督检查")
    lead.shot("campaign-newer-editions")
    for name in ("八个严禁", "十三个坚决禁止"):
        lead.press("换用第 2 版", within=f"#rulebooks li:has-text('{name}')")
        lead.sees("已换用", "之前的问题仍引用原来的版本")
    assert not lead.page.get_by_role("button", name="换用").count()
    lead.sees("8 条，收录完整", "13 条，收录完整", within="#rulebooks")


def the_old_edition_stays_on_record(lead: Visitor, cited: str) -> None:
    lead.go(cited)
    lead.sees(OLD, "引自第 1 版")
    assert NEW not in lead.text()
    lead.follow("八个严禁")
    lead.sees(OLD)


def an_inspector_cites_the_new_one(county: Visitor, lead: Visitor, inspector: Visitor) -> str:
    steps.draw(county, lead, n=1)
    steps.open_the_list(inspector)
    steps.begin_openly(inspector)
    inspector.press("登记问题")
    offered = inspector.page.get_by_label("违反哪一条").inner_text()
    assert "演示条文13，不是官方文本" in offered and OLD not in offered
    steps.note(inspector, seen="演示：预检台没有人", item=NEW, way="立行立改")
    inspector.press("登记问题")
    inspector.press("去结束检查")
    inspector.write("现场反馈", "演示：当场指出，当场补上")
    inspector.press("结束检查")
    inspector.sees("检查小结")
    (number,) = re.findall(r"621126-\d{6}", inspector.text())
    return str(number)
