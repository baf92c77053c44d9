"""A city that starts from nothing: divisions, its own ranks, bodies, people, sites and a catalogue, by commands alone."""

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
TIERS = ("城市代码", "机制名称", "层级", "类别", "数目不定", "连续外派最多天数")
BODIES = ("单位代码", "名称", "种类", "区划代码", "层级", "上级单位代码", "驻在部门代码")
POSTS = ("账号", "单位代码", "角色", "任职方式", "任职日期", "止任日期")
LINKS = ("联系单位代码", "联系人账号", "方式", "对象种类", "对象代码", "起", "止")
SITES = ("点位编号", "名称", "类型", "区划代码", "地址", "责任单位")
RULES = ("清单代码", "条号", "类别", "条文", "印发日期", "出处", "应有条数", "清单名称", "发布机关", "维护单位代码")


def sheet(folder: Path, name: str, header: tuple[str, ...], *rows: list[str]) -> str:
    path = folder / f"{name}.xlsx"
    path.write_bytes(sheets.write(header, rows, title=name))
    return str(path)


def test_an_office_elsewhere_sets_itself_up_by_four_imports(new_instance: Path, tmp_path: Path):
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
        done = mingcha("--data", str(new_instance), *arguments, LANG="zh_CN.UTF-8")
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    assert "4" in run("import", "divisions", str(divisions))
    refused = mingcha("--data", str(new_instance), "import", "people", unknown)
    assert refused.returncode == 1 and "单位" in refused.stderr and "Traceback" not in refused.stderr
    taken = run("import", "people", people)
    assert re.search(r"zhang\s+\w{4}-\w{4}-\w{4}", taken), "a new account's first password is shown, once"
    assert not re.search(r"\w{4}-\w{4}-\w{4}", run("import", "people", people)), "and never again"
    run("import", "sites", sites)
    run("import", "rulebook", rules)
    assert run("audit", "verify")


def test_a_city_of_another_kind_sets_up_its_ranks_by_files_alone(new_instance: Path, tmp_path: Path):
    """One office over two counties and no X, five days away at most: data, not code."""
    divisions = tmp_path / "divisions.csv"
    divisions.write_text(DIVISIONS + "990102,邻县,county,9901\n", encoding="utf-8")
    files = {
        "tiers": (TIERS, ["9901", "示例1+2", "市本级", "牵头机关", "", "5"], ["9901", "", "县", "属地机关", "否", ""]),
        "bodies": (
            BODIES,  # whoever stands above may stand below in the file
            ["990101-jw", "示例县纪委监委", "纪检监察机关", "990101", "县", "9901-jw", ""],
            ["990102-jw", "邻县纪委监委", "纪检监察机关", "990102", "县", "9901-jw", ""],
            ["9901-jw", "示例市纪委监委", "纪检监察机关", "9901", "市本级", "", ""],
        ),
        "people": (PEOPLE, ["zhang", "张甲", "干部", "990101-jw", "county", "2026-01-01", "", "", ""]),
        "posts": (POSTS, ["zhang", "9901-jw", "inspector", "代理", "2026-02-01", "2026-03-01"]),
        "links": (LINKS, ["990101-jw", "zhang", "包联", "区划", "990101100", "2026-01-01", ""]),
    }
    data = str(new_instance)
    assert mingcha("--data", data, "import", "divisions", str(divisions)).returncode == 0
    for kind, (header, *rows) in files.items():
        done = mingcha("--data", data, "import", kind, sheet(tmp_path, kind, header, *rows), LANG="zh_CN.UTF-8")
        assert done.returncode == 0, done.stdout + done.stderr
    ask = (
        "from mingcha.ground.territory import queries as q; m = q.mechanism('990101');"
        "print(q.formula(m), m.longest_run_days, q.body('990101-jw').parent_id)"
    )
    assert mingcha("--data", data, "shell", "-c", ask).stdout.split() == ["1+2", "5", "9901-jw"]
    bad = sheet(tmp_path, "bad", BODIES, ["x", "示例", "纪检监察机关", "990101", "镇", "", ""])
    refused = mingcha("--data", data, "import", "bodies", bad, LANG="zh_CN.UTF-8")
    assert refused.returncode == 1 and "第 2 行 层级「镇」" in refused.stderr and "市本级、县" in refused.stderr


def test_the_shipped_divisions_are_those_of_the_city():
    """7 counties, 122 townships, 1,987 villages (statistical codes, 2023)."""
    lines = (ROOT / "mingcha/config/demo/dingxi_divisions.csv").read_text("utf-8").splitlines()[1:]
    levels = [line.split(",")[2] for line in lines]
    assert json.dumps({level: levels.count(level) for level in ("county", "township", "village")}) == (
        '{"county": 7, "township": 122, "village": 1987}'
    )
