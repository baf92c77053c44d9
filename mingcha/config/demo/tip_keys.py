"""
The keys of the demo's tip line: officers' passphrases, the offices' keys, and the directory that a demo root signs.

In an office of flesh and blood the root is made offline by two people and never touches this machine (docs/tip-line-keys.md).
Here it lies beside what it signs, in a file that says so, because a demo has nobody to keep it.
"""

import json
from datetime import datetime
from pathlib import Path

from django.conf import settings

from mingcha.config import datafolder
from mingcha.config.demo.counties import MINXIAN
from mingcha.config.demo.stage import LEAD, Stage
from mingcha.kernel import custody, receipts, sealing
from mingcha.tips import directory
from mingcha.tips.actions import keys, unlocking
from mingcha.tips.clocks import day_of
from mingcha.tips.models import OfficeKey
from mingcha.tips.queries import keys as known
from mingcha.tips.states import Purpose
from mingcha.tips.unlocked import Unlocked

ROOT = "demo-root.json"
NOTE = "仅供演示：真正的根密钥和保管人密钥离线生成、分人保管，不放在这台机器上。"
CUSTODIANS = ("演示保管人甲", "演示保管人乙", "演示保管人丙")
# Who takes in reports at an office, and who keeps the identities apart from them.
OFFICES = {MINXIAN.office: ("intake", "county"), LEAD: ("cityintake", "lead")}
HOLDERS = tuple(name for pair in OFFICES.values() for name in pair)


def make(stage: Stage, at: datetime) -> dict[str, Unlocked]:
    """
    Begin everybody's pair and the offices' keys; return sign-in name → unlocked.

    1. The root and three custodians; a directory that names the custodians alone, so that recovery is possible.
    2. Each intake officer makes the office's keys; the root signs them, and they are taken into use.
    3. Identities go to another keeper, and the intake officer gives that key up; the keeper is vouched for.
    """
    root = _root()
    _install(root, at=at)
    held = {name: unlocking.begin(passphrase=stage.passphrases[name], by=stage.people[name], at=at) for name in HOLDERS}
    for office, (intake, _keeper) in OFFICES.items():
        keys.make_epoch(stage.office(office), key=held[intake], by=stage.people[intake], at=at)
    _install(root, at=at)
    for office, (intake, keeper) in OFFICES.items():
        body, by, to = stage.office(office), stage.people[intake], stage.people[keeper]
        keys.begin_epochs(body, by=by, at=at)
        seen = known.fingerprint(held[keeper].public)
        keys.grant(body, to=to, purposes=[Purpose.IDENTITY], seen=seen, key=held[intake], by=by, at=at)
        keys.withdraw(body, of=by, purposes=[Purpose.IDENTITY], by=by, at=at)
        keys.vouch_for(body, of=to, seen=seen, key=held[intake], by=by, at=at)
    return {name: Unlocked(one.person, one.private) for name, one in held.items()}


def new_receipt() -> str:
    """Return a receipt for one of the demo's citizens."""
    return receipts.new()


def _root() -> dict[str, bytes]:
    """Return name → private half of the demo's root and custodians, made by whoever loads first."""
    place = _folder() / ROOT

    def fresh() -> bytes:
        pairs = {"root": sealing.new_signer().private} | {name: sealing.new_pair().private for name in CUSTODIANS}
        said = {"note": NOTE} | {name: private.hex() for name, private in pairs.items()}
        return json.dumps(said, ensure_ascii=False, indent=1).encode()

    said = json.loads(datafolder.make_secret(place, fresh))
    return {name: bytes.fromhex(text) for name, text in said.items() if name != "note"}


def _install(root: dict[str, bytes], *, at: datetime) -> None:
    """Sign what stands in the database and put it in place; a number higher than any before, as after a load that failed."""
    signer = sealing.new_signer(entropy=root["root"])
    serial = directory.installed_serial(_folder()) + 1
    entries = tuple(
        custody.Entry(row.office_id, row.purpose, row.epoch, bytes(row.public), day_of(at))
        for row in OfficeKey.objects.order_by("pk")
    )
    custodians = {name: sealing.public_of(root[name]) for name in CUSTODIANS}
    text = custody.compose(custody.Directory(serial, entries, custodians))
    signed = custody.closed(text, {signer.public: sealing.sign(text, key=signer.private)})
    for name, content in (
        ("root.pub", f"{signer.public.hex()} 仅供演示\n".encode()), ("directory.json", signed),
        ("serial", str(serial).encode()),
    ):  # fmt: skip
        datafolder.write_privately(_folder() / name, content)


def _folder() -> Path:
    return Path(settings.MINGCHA_TIPS_DIR)
