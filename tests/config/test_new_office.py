"""A city that starts from nothing: divisions, people with their offices, sites and a catalogue, by four commands."""

import json
import re
from pathlib import Path

from mingcha.kernel import sheets
from tests.conftest import ROOT, mingcha

DIVISIONS = """code,name,level,parent_code
99,示例省,province,
9901,示例市,city,99
990101,示例县,county,9901
990101100,示例镇,township,990101
"""
PEOPLE = ("账号", "姓名", "职务", "单位代码", "角色", "任职日期", "单位名称", "单位种类", "单位区划")
SITES = ("点位编号", "名称", "类型", "区划代码", "地址", "责任单位")
RULES = ("清单代码", "条号", "类别", "条文", "印发日期", "出处", "应有条数", "清单名称", "发布机关", "维护单位代码")


def sheet(folder: Path, name: str, header: tuple[str, ...], *rows: list[str]) -> str:
    path = folder / f"{name}.xlsx"
    path.write_bytes(sheets.write(header, rows, title=name))
    return str(path)


def test_an_office_elsewhere_sets_itself_up_by_four_imports(public_folder: Path, tmp_path: Path):
    """Another province needs no line of code: its own files are enough, and a bad one changes nothing."""
    divisions = tmp_path / "divisions.csv"
    divisions.write_text(DIVISIONS, encoding="utf-8")
    person = ["zhang", "张甲", "干部", "990101-jw", "county", "2026-01-01", "示例县纪委监委", "纪检监察机关", "990101"]
    people = sheet(tmp_path, "people", PEOPLE, person)
    unknown = sheet(tmp_path, "unknown", PEOPLE, [*person[:3], "nowhere", *person[4:6], "", "", ""])
    sites = sheet(tmp_path, "sites", SITES, ["S-1", "示例超市", "超市", "990101100", "", "示例市场公司"])
    rules = sheet(tmp_path, "rules", RULES, [
        "shili", "一", "", "示例条文", "2026年1月", "示例文件", "1", "示例清单", "示例县纪委监委", "990101-jw",
    ])  # fmt: skip

    def run(*arguments: str) -> str:
        done = mingcha("--data", str(public_folder), *arguments, LANG="zh_CN.UTF-8")
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    assert "4" in run("import", "divisions", str(divisions))
    refused = mingcha("--data", str(public_folder), "import", "people", unknown)
    assert refused.returncode == 1 and "单位" in refused.stderr and "Traceback" not in refused.stderr
    taken = run("import", "people", people)
    assert re.search(r"zhang\s+\w{4}-\w{4}-\w{4}", taken), "a new account's first password is shown, once"
    assert not re.search(r"\w{4}-\w{4}-\w{4}", run("import", "people", people)), "and never again"
    run("import", "sites", sites)
    run("import", "rulebook", rules)
    assert run("audit", "verify")


def test_the_shipped_divisions_are_those_of_the_city():
    """7 counties, 122 townships, 1,987 villages (statistical codes, 2023)."""
    lines = (ROOT / "mingcha/config/demo/dingxi_divisions.csv").read_text("utf-8").splitlines()[1:]
    levels = [line.split(",")[2] for line in lines]
    assert json.dumps({level: levels.count(level) for level in ("county", "township", "village")}) == (
        '{"county": 7, "township": 122, "village": 1987}'
    )
