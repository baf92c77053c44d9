"""
The sealed room at work: an intake officer goes through the new reports by keyboard, a handler writes and lets a lead be
born, one report is handed over to the city and taken there, one goes straight up; then an officer leaves, the key is
replaced, and two of the three custodians bring a key back to whoever forgot the passphrase.
"""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from mingcha.kernel import sealing
from tests.conftest import DemoServer, command_environment
from tests.journeys.axed import complaints
from tests.journeys.visitor import Visitor

pytestmark = pytest.mark.browser

COUNTY = "621126-jw"
SAID = "一句只有保管人记得的长口令"
NEW = "骆驼 茶壶 七月 台阶 北风"
SECRET = "演示：只写在办理记录里的话"
SENTENCE = "演示：蒲麻镇一处卡点夜间值守空缺。"


def test_the_sealed_desk(enter: Any, own_demo: DemoServer, tmp_path: Path) -> None:
    said = json.loads((own_demo.data / "demo-passphrases.json").read_text("utf-8"))["passphrases"]
    intake = enter("intake")
    it_is_locked_until_the_passphrase(intake, said["intake"])
    new_reports_by_keyboard(intake)
    given_to = a_report_is_handed_to_a_colleague(intake)
    not_for_us(intake)
    county = enter("county")
    unlock(county, said["county"])
    the_handler_writes_and_a_lead_is_born(county, given_to)
    city = enter("cityintake", phone=True)
    unlock(city, said["cityintake"])
    the_city_takes_what_is_offered(intake, city)
    assert (enter("neighbour").status(given_to), enter("inspector").status(given_to)) == (404, 403)
    the_handler_leaves_and_the_key_is_replaced(intake, county, given_to, own_demo, tmp_path)
    forgotten_and_brought_back_by_two_of_three(intake, own_demo, tmp_path)
    intake.press("上锁")
    assert intake.go("tipline/keys/") == 423


def look(someone: Visitor, name: str) -> None:
    """Nothing sticks out, axe has nothing to say; a picture if asked for."""
    someone.shot(name)
    assert complaints(someone.page) == [], someone.page.url


def unlock(someone: Visitor, said: str) -> None:
    someone.go("tipline/unlock/")
    someone.write("举报箱口令", said)
    someone.press("解锁")


def it_is_locked_until_the_passphrase(intake: Visitor, said: str) -> None:
    intake.sees("举报待受理")
    intake.follow("举报待受理")
    intake.sees("密封", "举报箱已上锁")
    assert "伙食费" not in intake.text()
    intake.page.locator("[data-row] a").first.click()
    intake.sees("举报箱已上锁")
    look(intake, "tip-locked")
    intake.write("举报箱口令", "不是这一个口令吧")
    intake.press("解锁")
    intake.sees("口令不对")
    unlock(intake, said)
    assert intake.path == "tipline/"
    look(intake, "tips")


def keys(someone: Visitor, *pressed: str) -> None:
    for key in pressed:
        someone.page.keyboard.press(key)


def new_reports_by_keyboard(intake: Visitor) -> None:
    """j and k walk the list, x picks, o opens; on the page a accepts and goes on to the next."""
    intake.go("tipline/?tab=new")
    rows = intake.page.locator("[data-row]")
    waiting = rows.count()
    assert waiting >= 3
    keys(intake, "j", "x", "j", "k")
    assert rows.nth(0).locator("input").is_checked() and not rows.nth(1).locator("input").is_checked()
    second = rows.nth(1).locator("a").get_attribute("href")
    keys(intake, "x", "j")
    with intake.page.expect_navigation():
        keys(intake, "o")
    assert f"/{intake.path}" == second
    look(intake, "tip")
    with intake.page.expect_navigation():
        keys(intake, "a")
    intake.sees("已受理，编为举报〔2021〕", "反映的内容")
    assert f"/{intake.path}" != second, "on to the next"
    keys(intake, "c")
    assert intake.page.evaluate("document.activeElement.name") == "note-text"
    keys(intake, "a", "Escape", "n")  # typed into the note; then the way up is only pointed at
    assert intake.page.evaluate("document.activeElement.textContent").strip().startswith("不归我们")
    with intake.page.expect_navigation():
        keys(intake, "u")
    assert rows.count() == waiting - 1


def a_report_is_handed_to_a_colleague(intake: Visitor) -> str:
    intake.go("tipline/?tab=open")
    accepted = intake.page.locator("[data-row]").filter(has_text="已受理").first
    with intake.page.expect_navigation():
        accepted.locator("a").click()
    intake.choose("承办人", "杨")
    intake.press("交办")
    intake.sees("已交给", "收回")
    intake.page.locator("#alike [hx-get] > a").wait_for(state="detached")
    return re.sub(r"\?.*", "", intake.path)


def not_for_us(intake: Visitor) -> None:
    intake.go("tipline/?tab=new")
    before = intake.page.locator("[data-row]").count()
    intake.page.locator("[data-row] a").last.click()
    intake.press("不归我们")
    intake.sees("已径送定西市纪委监委", "密钥已全部销毁")
    intake.go("tipline/?tab=new")
    assert intake.page.locator("[data-row]").count() == before - 1


def the_handler_writes_and_a_lead_is_born(county: Visitor, tip: str) -> None:
    county.go("tipline/?tab=mine")
    assert county.go(tip) == 200
    keys(county, "c")
    county.page.keyboard.insert_text(SECRET)
    county.press("保存")
    keys(county, "r")
    county.page.keyboard.insert_text("演示：已收到，正在核实。")
    county.press("送出")
    county.sees(SECRET, "对方未读")
    county.follow("写成线索")
    county.write("反映的问题", SENTENCE)
    county.press("登记线索")
    county.sees("编号密封在举报里", "线索〔2021〕")
    look(county, "tip-handled")
    county.follow("线索〔2021〕")
    county.sees(SENTENCE)
    assert SECRET not in county.text() and "tipline/" not in county.page.content().partition("<main")[2]


def the_city_takes_what_is_offered(intake: Visitor, city: Visitor) -> None:
    city.go("tipline/offers/")
    look(city, "tip-offers")
    city.page.locator("[data-row] a").first.click()
    city.sees("移送来的举报", "移送理由")
    look(city, "tip-offered")
    city.press("接收")
    city.sees("已接收", "受理")
    taken = city.path
    assert intake.status(taken) == 404, "every key of the sender's is gone"
    city.press("受理")
    city.sees("已受理，编为")


def the_handler_leaves_and_the_key_is_replaced(
    intake: Visitor, county: Visitor, tip: str, demo: DemoServer, folder: Path
) -> None:
    """What the leaver held is taken back; a new key is made, signed elsewhere, installed, and the reports moved to it."""
    intake.go(tip)
    intake.press("收回", within="aside.split__aside")
    assert county.go(tip) == 403, "unlocked still, and nothing to open"
    intake.go("tipline/keys/")
    look(intake, "tip-keys")
    intake.follow("更换密钥")
    intake.press("更换密钥", within="main")
    asked = folder / "request.json"
    asked.write_bytes(intake.download("下载申请文件"))
    root = key_file(demo, folder, "mingcha tips root", "root")
    signed, here = folder / "directory.json", demo.data / "tips"
    tips("sign", str(asked), "--key", str(root), "--directory", str(here / "directory.json"), "--root",
         str(here / "root.pub"), "--out", str(signed), "--yes", typed=SAID)  # fmt: skip
    tips("--data", str(demo.data), "install", str(signed))
    intake.go("tipline/keys/")
    intake.sees("第 2 期", "换到新密钥")
    intake.press("换到新密钥")
    intake.sees("已换")
    assert intake.go(tip) == 200


def forgotten_and_brought_back_by_two_of_three(intake: Visitor, demo: DemoServer, folder: Path) -> None:
    """A new passphrase is a new key that opens nothing; offline, two custodians give the office's key back to it."""
    intake.go("tipline/keys/")
    intake.press("上锁")
    intake.follow("忘了口令")
    intake.write("设定举报箱口令", NEW)
    intake.write("再输入一次", NEW)
    intake.press("重新设定")
    mine = intake.text(".tip-print")
    intake.go("tipline/?tab=open")
    assert "密封" in intake.text("[data-row]")
    envelopes, given = folder / "envelopes.json", folder / "recovered.json"
    tips("--data", str(demo.data), "envelopes", COUNTY, "--to", "intake", "--out", str(envelopes))
    held = [key_file(demo, folder, "mingcha tips custodian", name) for name in ("演示保管人甲", "演示保管人丙")]
    tips("recover", str(envelopes), *[part for file in held for part in ("--key", str(file))], "--fingerprint", mine,
         "--out", str(given), typed=f"{SAID}\n{SAID}")  # fmt: skip
    tips("--data", str(demo.data), "restore", str(given))
    intake.go("tipline/?tab=open")
    assert "密封" not in intake.text("[data-row]")


def key_file(demo: DemoServer, folder: Path, what: str, name: str) -> Path:
    """Put a key of the demo's, which nobody keeps, into a file as its keeper would have it offline."""
    private = bytes.fromhex(json.loads((demo.data / "tips" / "demo-root.json").read_text("utf-8"))[name])
    is_root = what.endswith("root")
    public = sealing.new_signer(entropy=private).public if is_root else sealing.public_of(private)
    salt = bytes(16)
    box = sealing.seal(private, key=sealing.stretch(SAID, salt=salt), about=f"{what} {name}")
    facts = {"what": what, "name": name, "public": public.hex(), "salt": salt.hex(), "box": box.hex()}
    file = folder / f"{name}.key"
    file.write_text(json.dumps(facts, ensure_ascii=False), "utf-8")
    return file


def tips(*arguments: str, typed: str = "") -> str:
    """Run `mingcha tips …` to its end, typing what it asks for."""
    data = list(arguments[:2]) if arguments[0] == "--data" else []
    done = subprocess.run(
        [sys.executable, "-m", "mingcha.config.cli", *data, "tips", *arguments[len(data) :]],
        env=command_environment(), input=typed + "\n", capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
