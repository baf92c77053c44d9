"""
A sealed room that is really served, and a citizen who speaks to it by the pages alone: for proofs and journeys.

    place = furnish(folder)                        the small world with keys of every office; what only the room knows
    citizen = Citizen(url); receipt = citizen.tell(text="…")
    handle(folder, script)                         what officers do, in a process of its own

WORD stands in everything that is typed, so that one search finds whatever is kept in clear.
"""

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from tests.conftest import mingcha
from tests.plain_browser import Page, PlainBrowser

WORD = "惊蛰七三一"
PASSPHRASE = f"{WORD} 举报箱口令 zq"
PASSWORD = f"登录口令{WORD}"
FURNISH = """
import json, os, pathlib
from django.conf import settings
from mingcha.config.datafolder import DataFolder
from tests import sealed, world
sealed.PASSPHRASE, world.PASSWORD = os.environ["PASSPHRASE"], os.environ["PASSWORD"]
w = world.build(world.AT)
DataFolder(pathlib.Path(os.environ["MINGCHA_DATA"])).describe_instance(now=world.AT.isoformat())
room = sealed.Room(w, settings, settings.MINGCHA_TIPS_DIR)
room.publish()
offices = [work.office for work in (w.minxian, w.zhangxian, w.city)]
room.equip(*((office.body, office.intake) for office in offices))
for office in offices:
    room.vouch(office.body, office.officer, by=office.intake)
room.unlocked(w.second), room.vouch(w.minxian.office.body, w.second, by=w.intake)
from mingcha.tips.models import OfficeKey
private = [pair.private.hex() for pair in (*room.roots, *room.custodians.values())]
private += [key.private.hex() for key in room.keys.values()]
private += [
    room.unlocked(office.intake).held(row).hex()
    for office in offices for row in OfficeKey.objects.filter(office=office.body)
]
print("FURNISHED", json.dumps({"private": private, "pepper": settings.MINGCHA_TIPS_PEPPER.hex()}))
"""
HANDLE = """
import os
from datetime import timedelta
from django.conf import settings
from mingcha.ground.accounts.models import Person
from mingcha.ground.territory.models import Body
from mingcha.kernel import receipts
from mingcha.tips.actions import answering, handling, keys, likeness, linking, proposals, retention, transfers, unlocking
from mingcha.tips.models import Offer, Tip
from tests.world import AT
WORD = os.environ["WORD"]
lookups = [receipts.keys(one, pepper=settings.MINGCHA_TIPS_PEPPER).lookup for one in os.environ["RECEIPTS"].split()]
tips = [Tip.objects.get(lookup=lookup) for lookup in lookups]
unlocked = {}
def who(name):
    return Person.objects.get(username=name)
def key(name):
    if name not in unlocked:
        unlocked[name] = unlocking.unlock(passphrase=os.environ["PASSPHRASE"], by=who(name), at=AT)
    return unlocked[name]
def do(act, thing, by, at=AT, **more):
    return act(thing, key=key(by), by=who(by), at=at, **more)
"""


@dataclass(frozen=True)
class Place:
    """What a thief would want: `private` are private keys, of roots, custodians, officers and offices."""

    private: list[bytes]
    pepper: bytes


def furnish(folder: Path) -> Place:
    """Make the world and its sealed room in a data folder where an instance has begun."""
    done = mingcha("--data", str(folder), "shell", "-c", FURNISH, PASSPHRASE=PASSPHRASE, PASSWORD=PASSWORD)
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(done.stdout.split("FURNISHED", 1)[1])
    return Place([bytes.fromhex(one) for one in found["private"]], bytes.fromhex(found["pepper"]))


def handle(folder: Path, script: str, *, receipts: Sequence[str]) -> str:
    """Run what officers do with the tips of these receipts (`tips`); return what it printed."""
    told = {"PASSPHRASE": PASSPHRASE, "WORD": WORD, "RECEIPTS": " ".join(receipts)}
    done = mingcha("--data", str(folder), "shell", "-c", HANDLE + script, **told)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def solve(challenge: str) -> str:
    """Return a number that pays for a challenge, as the page's worker finds it."""
    bits = int(challenge.partition(".")[0])
    begun = hashlib.sha256(f"{challenge}:".encode())
    for n in count():
        tried = begun.copy()
        tried.update(str(n).encode())
        if int.from_bytes(tried.digest()[:8], "big") >> (64 - bits) == 0:
            return str(n)
    raise AssertionError


STORY = {
    "kind": {"kind": "misconduct"},
    "category": {"category": "conduct"},
    "unit": {"county": "621126", "unit": f"{WORD}办事处", "leaders": "no"},
    "story": {"text": f"{WORD}：昨天下午卡点无人值守，有人乱收费。" * 40, "happened": f"{WORD}昨天", "place": f"{WORD}路口"},
    "who": {"named": "yes", "name": f"{WORD}某", "phone": f"139{WORD}", "workplace": f"{WORD}厂", "address": f"{WORD}街"},
}  # fmt: skip


@dataclass
class Citizen:
    """Somebody with an old telephone: a browser without script, whose work is done by hand."""

    url: str
    browser: PlainBrowser = field(init=False)

    def __post_init__(self) -> None:
        self.browser = PlainBrowser(self.url)

    def written(self, story: dict[str, dict[str, str]] = STORY) -> Page:
        """Fill in one page after another; return the last, before sending."""
        page = self.browser.open("report/new/")
        for step, given in story.items():
            form = page.form("challenge")
            while form.fields["at"] == [step]:
                page = self.browser.send(form, go="next", **given)
                assert page.status == 200, page.text
                form = page.form("challenge")
        assert page.form("challenge").fields["at"] == ["check"], page.text
        return page

    def tell(self, story: dict[str, dict[str, str]] = STORY, files: dict[str, tuple[str, bytes]] | None = None) -> str:
        """Send a report; return its receipt."""
        form = self.written(story).form("challenge")
        page = self.browser.send(form, files=files, go="send", effort=solve(form.fields["challenge"][0]))
        assert page.status == 200, page.text
        receipt = form.fields["receipt"][0]
        assert receipt in re.sub(r"\s|</?\w+[^>]*>", "", page.text), "the code is shown"
        return receipt

    def come_back(self, receipt: str) -> Page:
        """Type the code."""
        page = self.browser.open("report/back/")
        return self.browser.send(page.form("code"), code=receipt.lower().replace("-", " "))

    def act(self, page: Page, what: str, *, files: dict[str, tuple[str, bytes]] | None = None, **given: str) -> Page:
        """Add, object or rate on the page of one's report."""
        form = page.form(f"report/mine/{what}/")
        if "challenge" in form.fields:
            given["effort"] = solve(form.fields["challenge"][0])
        page = self.browser.send(form, files=files, **given)
        assert page.status == 200, page.text
        return page

    def leave(self) -> None:
        """Let the browser forget the code."""
        self.browser.send(self.browser.open("report/mine/").form("report/mine/leave/"))


@dataclass
class Officer:
    """Somebody at a desk, signed in; the browser keeps their half of the key while it is unlocked."""

    url: str
    username: str
    browser: PlainBrowser = field(init=False)

    def __post_init__(self) -> None:
        self.browser = PlainBrowser(self.url)
        form = self.browser.open("sign-in").form("password")
        self.browser.send(form, username=self.username, password=PASSWORD)

    def unlock(self, passphrase: str = PASSPHRASE) -> Page:
        """Type the passphrase; return the page it leads to."""
        return self.browser.send(self.browser.open("tipline/unlock/").form("passphrase"), passphrase=passphrase)

    def tips(self) -> list[str]:
        """Return the addresses of the reports on the list."""
        page = self.browser.open("tipline/").text
        return sorted(set(re.findall(r"/(tipline/[0-9a-f]{8}-[0-9a-f-]{27}/)[?\"]", page)))
