"""
The sealed room of the tests' world: a root, custodians, a signed directory, and officers with keys of each office.

    room = sealed.room(world, settings=settings, folder=tmp_path)      or the fixture `sealed_room`
    room.unlocked(world.intake)                    what that officer opens
    room.tip(world.minxian.office.body, text="…")  (tip, receipt), as if a citizen had sent it
    room.hand(tip, world.county)                   a tip put into a handler's hands

Each office's intake officer holds its three keys and vouches for its officer of the lead or county post. Everybody's
passphrase is PASSPHRASE; it is stretched lightly.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from mingcha.ground.accounts.models import Person
from mingcha.ground.territory.models import Body
from mingcha.kernel import custody, receipts, sealing
from mingcha.tips import boxes, directory
from mingcha.tips.actions import keys, unlocking
from mingcha.tips.models import OfficeKey, Record, Tip, Wrap
from mingcha.tips.public import knowing
from mingcha.tips.states import Author, Category, Channel, Kind, Purpose, RecordKind
from mingcha.tips.unlocked import Unlocked
from tests.world import World

PASSPHRASE = "十二个字以上的口令-tests"
CUSTODIANS = ("bao", "fang", "guan")
BLANK = {"name": "", "phone": "", "unit": "", "address": "", "wants_contact": False}


@dataclass
class Room:
    """What the tests know that nobody else would: the root's keys, the custodians' keys, everybody's unlocked key."""

    world: World
    settings: Any
    folder: Path
    roots: list[sealing.SignerPair] = field(default_factory=lambda: [sealing.new_signer(), sealing.new_signer()])
    custodians: dict[str, sealing.Pair] = field(default_factory=lambda: {one: sealing.new_pair() for one in CUSTODIANS})
    keys: dict[int, Unlocked] = field(default_factory=dict)
    directory: custody.Directory = field(default_factory=lambda: custody.Directory(0, (), {}))

    def unlocked(self, person: Person) -> Unlocked:
        """Return a person's key as it is after unlocking; begun where they had none."""
        if person.pk not in self.keys:
            self.keys[person.pk] = unlocking.begin(passphrase=PASSPHRASE, by=person, at=self.world.at)
        return Unlocked(person, self.keys[person.pk].private)

    def fingerprint(self, person: Person) -> str:
        return custody.fingerprint(self.unlocked(person).public)

    def publish(self, *rows: OfficeKey) -> custody.Directory:
        """Sign the directory with these keys added, and install it."""
        added = tuple(
            custody.Entry(row.office_id, row.purpose, row.epoch, bytes(row.public), date(2021, 10, 27)) for row in rows
        )
        custodians = {name: pair.public for name, pair in self.custodians.items()}
        return self.install(
            replace(
                self.directory, serial=self.directory.serial + 1, entries=self.directory.entries + added,
                custodians=custodians,
            )
        )  # fmt: skip

    def install(self, found: custody.Directory) -> custody.Directory:
        """Write a directory signed by the roots to where the house reads it."""
        text = custody.compose(found)
        signatures = {one.public: sealing.sign(text, key=one.private) for one in self.roots}
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "root.pub").write_text("".join(f"{one.public.hex()}\n" for one in self.roots))
        (self.folder / "directory.json").write_bytes(custody.closed(text, signatures))
        self.directory = found
        return found

    def equip(self, *offices: tuple[Body, Person]) -> None:
        """Give offices their first keys, made by an intake officer of each, signed and begun."""
        made = [row for body, maker in offices for row in self.epoch(body, maker)]
        self.publish(*made)
        for body, maker in offices:
            keys.begin_epochs(body, by=maker, at=self.world.at)

    def epoch(self, body: Body, maker: Person) -> list[OfficeKey]:
        """Make an office's next epoch; it waits to be published."""
        return keys.make_epoch(body, key=self.unlocked(maker), by=maker, at=self.world.at)

    def rotate(self, body: Body, maker: Person) -> list[OfficeKey]:
        """Make, sign and begin an office's next epoch."""
        made = self.epoch(body, maker)
        self.publish(*made)
        keys.begin_epochs(body, by=maker, at=self.world.at)
        return made

    def grant(self, body: Body, to: Person, *, by: Person, purposes: tuple[str, ...] = tuple(Purpose)) -> None:
        """Let a holder hand the office's keys to a colleague."""
        seen, key = self.fingerprint(to), self.unlocked(by)
        keys.grant(body, to=to, purposes=purposes, seen=seen, key=key, by=by, at=self.world.at)

    def vouch(self, body: Body, of: Person, *, by: Person) -> None:
        """Let a holder vouch for a handler."""
        keys.vouch_for(body, of=of, seen=self.fingerprint(of), key=self.unlocked(by), by=by, at=self.world.at)

    def tip(
        self, office: Body, *, text: str = "演示：卡点无人值守。", named: Mapping[str, object] | None = None,
        at: datetime | None = None, accused: Body | None = None, **more: Any,
    ) -> tuple[Tip, str]:  # fmt: skip
        """Seal a citizen's report to an office, by the room's own tools; `more`: columns of the tip."""
        at = at or self.world.at
        receipt = receipts.new()
        citizen = receipts.keys(receipts.read(receipt), pepper=self.settings.MINGCHA_TIPS_PEPPER)
        columns = {
            "kind": Kind.MISCONDUCT, "channel": Channel.WEB, "category": Category.DISCIPLINE, "county": "621126",
            "received_on": at.date(), "due_at": at, **more,
        }  # fmt: skip
        tip = Tip(office=office, lookup=citizen.lookup, **columns)
        pairs = boxes.begin(tip)
        tip.save(force_insert=True)
        wraps = boxes.first_wraps(tip, pairs, office=directory.receiving(office.pk), citizen=citizen.citizen.public)
        Wrap.objects.bulk_create(wraps)
        report = {
            "text": text, "happened": "演示：昨天下午", "place": "演示路1号", "division": "621126100",
            "body": accused.pk if accused else "", "body_name": accused.name if accused else "", "site": "",
            "leaders": False, "category": str(tip.category),
        }  # fmt: skip
        self.record(tip, RecordKind.REPORT, report, at=at)
        concern = {"concern": {name: report[name] for name in ("division", "body", "site")}}
        self.record(tip, RecordKind.IDENTITY, {**BLANK, **(named or {}), **concern}, at=at, identity=True)
        return tip, receipt

    def record(
        self, tip: Tip, kind: str, content: Mapping[str, object], *, at: datetime | None = None, identity: bool = False,
        author: str = Author.CITIZEN,
    ) -> Record:  # fmt: skip
        """Seal one more record to a tip."""
        made = boxes.seal_record(
            tip, kind=kind, author=author, content=content, at=at or self.world.at, identity=identity
        )
        made.save(force_insert=True)
        return made

    def hand(self, tip: Tip, to: Person) -> None:
        """Wrap a tip's key to a handler, past all rules."""
        private = next(key for key in self.keys.values() if key.tip_keys([tip])).tip_key(tip)
        box = boxes.wrap_key(private, tip=tip, to=self.unlocked(to).public)
        Wrap.objects.create(tip=tip, person=to, box=box)


def room(world: World, *, settings: Any, folder: Path) -> Room:
    """Give each office of the world its keys, and its officer a pair that the intake officer vouches for."""
    settings.MINGCHA_TIPS_ARGON = "light"
    settings.MINGCHA_TIPS_DIR = folder
    knowing.forget()  # what another test's world was like
    made = Room(world, settings, folder)
    made.publish()
    offices = [work.office for work in (world.minxian, world.zhangxian, world.city, world.abroad)]
    made.equip(*((office.body, office.intake) for office in offices))
    for office in offices:
        made.vouch(office.body, office.officer, by=office.intake)
    return made
