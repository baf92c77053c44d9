"""
The draw of a round by two officers in two windows, and what goes wrong on the way.

A plan that cannot be, a number half typed when the other is faster, two readings that differ; and afterwards a witness who
does nothing more, whose secret opens all the same, for anybody to replay the draw.
"""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT
from tests.journeys.visitor import Visitor

pytestmark = pytest.mark.browser

DICE, WRONG = "31415265351", "31415265352"
TURN = 10_000  # milliseconds in which a window that asks every two seconds has turned over


def test_the_ceremony(enter: Any, next_morning: Any, tmp_path: Path) -> None:
    county, lead = enter("county"), enter("lead")
    the_county_looks_at_what_a_plan_means(county)
    the_county_freezes_it(county)
    round = re.sub(r"ceremony/$", "", county.path)
    both_put_in_a_secret(county, lead)
    two_readings_differ(county, lead)
    the_draw_is_on_both_screens(county, lead)
    the_list_is_sealed(county, round)
    morning = enter("county", server=next_morning)
    nobody_is_needed_to_reveal_it(morning, round, tmp_path)
    anybody_sees_it(enter, round, next_morning)


def the_county_looks_at_what_a_plan_means(county: Visitor) -> None:
    county.follow("冻结名录")
    county.page.get_by_text("预计查到问题").wait_for(timeout=TURN)
    county.sees("内行猜中率", "每组一天在外", "历史" if "历史检查" in county.text("#preview") else "先验率")
    before = county.text("#preview .kpis")
    county.tick("均等抽签")
    county.page.wait_for_function("was => document.querySelector('#preview .kpis').innerText !== was", arg=before)
    county.sees("均等抽签不看评分", within="#preview")
    county.tick("按风险加权")
    county.page.get_by_label("抽取多少个点位").fill("900")
    county.page.locator("#preview .notice, #preview .refusal").first.wait_for(timeout=TURN)
    county.sees("只有", within="#preview")
    county.shot("round-plan")


def the_county_freezes_it(county: Visitor) -> None:
    county.write("抽取多少个点位", "12")
    county.write("检查日期", "2021-10-27")
    county.write("最早出发时间", "08:00")
    county.press("冻结名录", within="main")
    county.sees("出发时间已经过去")
    assert county.page.get_by_label("抽取多少个点位").input_value() == "12"
    county.write("最早出发时间", "18:30")
    county.press("冻结名录", within="main")
    county.sees("名录已冻结", "投入本单位的秘密", "您代表：岷县纪委监委")


def both_put_in_a_secret(county: Visitor, lead: Visitor) -> None:
    county.press("投入秘密")
    county.sees("本单位已投入，等另一家")
    lead.go("/")
    lead.follow("请投入秘密")
    lead.write("您自己加几个字", "随便敲几下")
    lead.shot("ceremony-deposit")
    lead.press("投入秘密")
    for window in (county, lead):
        window.page.get_by_role("heading", name="录入公开数值").wait_for(timeout=TURN)


def two_readings_differ(county: Visitor, lead: Visitor) -> None:
    lead.write("读数", WRONG[:5])
    county.write("读数", " ".join(DICE))
    county.press("录入")
    county.sees("您已录入，等另一家复核", DICE)
    lead.page.get_by_role("heading", name="复核公开数值").wait_for(timeout=TURN)
    assert lead.page.get_by_label("读数").input_value() == WRONG[:5]  # what was half typed has stayed
    assert DICE not in lead.text()
    lead.write("读数", WRONG)
    lead.press("复核并抽签")
    lead.sees("两家录的读数不一样，两个都没有采用，也没有抽签")
    lead.shot("ceremony-differ")
    county.sees("您已录入，等另一家复核")


def the_draw_is_on_both_screens(county: Visitor, lead: Visitor) -> None:
    lead.write("读数", DICE)
    lead.press("复核并抽签")
    for window in (lead, county):
        window.page.get_by_role("heading", name="已抽签，清单已密封").wait_for(timeout=TURN)
        window.sees("复核一致，已抽签", within="#progress")
    lead.shot("ceremony-drawn")


def the_list_is_sealed(county: Visitor, round: str) -> None:
    county.go(round)
    county.sees("已抽签，清单密封中", "所以您不能启封", "各层抽中几个也密封着")
    assert "（演示）" not in county.text(".round-lists")
    assert county.status(f"{round}bundle.json") == 404


def nobody_is_needed_to_reveal_it(county: Visitor, round: str, tmp_path: Path) -> None:
    """The day is over and no list was opened. The witness does nothing: its secret lies in the box it was put into."""
    county.go(round)
    county.press("公开这一轮")
    county.sees("这一轮已公开，任何人都可以重算")
    kept = tmp_path / "bundle.json"
    kept.write_bytes(county.download("下载验证包"))
    assert len(json.loads(kept.read_text("utf-8"))["secrets"]) == 2
    command = [sys.executable, str(ROOT / "docs" / "verify_lot.py"), str(kept)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0 and done.stdout.startswith("OK"), done.stdout + done.stderr


def anybody_sees_it(enter: Any, round: str, morning: Any) -> None:
    neighbour = enter("neighbour", server=morning)
    assert neighbour.status(round) == 404
    neighbour.go(f"public/lots/{round.rstrip('/').rsplit('/', 1)[1]}/")
    neighbour.sees("岷县纪委监委", "定西市纪委监委")
