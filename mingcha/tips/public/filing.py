"""
Sealing a report and handing it in: one statement, the same whether the public's role or the office's own runs it.

1. The proof of work counts, the draft is whole, an office may receive it: settled before anything is sealed.
2. Everything is sealed in memory, files excepted, which already lie sealed; these are put in their place.
3. tips_file writes all rows or none. The same receipt a second time writes nothing; what is new then is added.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, ClassVar

from django.conf import settings

from mingcha.kernel import effort as efforts
from mingcha.kernel import receipts, sealing
from mingcha.kernel.refusals import Refusal
from mingcha.tips import boxes, directory, prints, vault
from mingcha.tips.clocks import day_of
from mingcha.tips.models import LikenessWaiting, OfficeKey, Record, Tip, Wrap
from mingcha.tips.public import asking, knowing, opened, shown
from mingcha.tips.public.drafts import Draft, Effort
from mingcha.tips.routing import Route
from mingcha.tips.states import Author, Due, Purpose, RecordKind, State
from mingcha.tips.vault import Enclosed, Uploaded

# Without a script nobody can work; who waits so long has at least not come by the thousand.
WAIT = timedelta(seconds=20)


class OutOfService(Refusal):
    message: ClassVar[str] = "举报平台暂时不能接收，内容没有保存。请稍后再送一次，或者拨打12388。"
    status: ClassVar[int] = 503


class EffortSpent(Refusal):
    message: ClassVar[str] = "这一页已经提交过一次。请重新打开页面再提交，已填写的内容不会丢失。"
    status: ClassVar[int] = 409


@dataclass(frozen=True)
class Filed:
    """
    A report that lies sealed. `again`: it had arrived before under this receipt; what was new in it was added to it.

    The receipt is not here: whoever sent it in has it.
    """

    office: str
    office_name: str
    again: bool = False


@dataclass(frozen=True)
class Sealed:
    """A report ready to be written, unsaved."""

    tip: Tip
    wraps: list[Wrap]
    records: list[Record]
    print: LikenessWaiting
    enclosed: Enclosed
    keys: Collection[OfficeKey]

    def payload(self) -> dict[str, Any]:
        """Return it as tips_put takes it."""
        return {
            "tip": asking.tip_of(self.tip), "wraps": asking.wraps_of(self.wraps),
            "records": asking.records_of([*self.records, *self.enclosed.records]),
            "files": asking.files_of(self.enclosed.files), "prints": asking.prints_of([self.print]),
            "keys": [{"id": each.pk, "public": asking.b64(each.public)} for each in self.keys],
        }  # fmt: skip


def new_effort(*, at: datetime) -> str:
    """
    Return a challenge for the browser, by the time as it runs.

    It answers with a number n such that sha256(challenge + ":" + n) begins with its zero bits.
    """
    return efforts.challenge(key=effort_key(settings.MINGCHA_TIPS_PEPPER), at=at, bits=knowing.bits())


@lru_cache(maxsize=4)
def effort_key(pepper: bytes) -> bytes:
    """Return what challenges are marked with: the same in every process that knows the pepper."""
    return sealing.derive(pepper, salt=b"mingcha tips", label="effort")


def spend(effort: Effort, *, at: datetime) -> str:
    """Return the digest of a proof of work that counts, base64, to be written once. Raises EffortStale, EffortMissing."""
    key, when = effort_key(settings.MINGCHA_TIPS_PEPPER), effort.at or at
    if effort.answer:
        efforts.check(effort.challenge, effort.answer, key=key, at=when)
    elif efforts.age(effort.challenge, key=key, at=when) < WAIT:
        raise efforts.EffortMissing
    return asking.b64(efforts.digest(effort.challenge))


def file_tip(draft: Draft, *, receipt: str, effort: Effort, files: Sequence[Uploaded] = (), at: datetime) -> Filed:
    """
    Seal a report with its files and hand it in; sent again under the same receipt, nothing is lost and nothing doubled.

    `receipt` as kernel.receipts.new() gave it to the page before. Raises DraftIncomplete, NobodyAbove, ReceiptUnreadable,
    EffortStale, EffortMissing, EffortSpent, TooManyFiles, NoKeyForOffice, KeyReplaced, OutOfService.
    """
    spent = spend(effort, at=at)
    draft.check()
    found = shown.route(draft, at=at)
    sealed = seal(draft, route=found, receipt=receipt, files=files, at=at)
    act = asking.act_of("tips.send", sealed.tip, day=sealed.tip.received_on)
    if write(sealed, "tips_file", effort=spent, act=act):
        return Filed(found.office.code, found.office.name)
    return again(draft, receipt=receipt, files=files, at=at)


def write(sealed: Sealed, function: str, **more: str) -> bool:
    """
    Write a sealed report by a function of the database; return False where its receipt was there before.

    Raises EffortSpent, KeyReplaced.
    """
    sealed.enclosed.keep()
    done = ""
    try:
        done = asking.ask(function, asking.packed({**sealed.payload(), **more}))
    finally:
        if done != "filed":
            sealed.enclosed.unkeep()
    if done == "spent":
        raise EffortSpent
    if done == "replaced":
        knowing.forget()
        raise directory.KeyReplaced
    return bool(done == "filed")


def seal(draft: Draft, *, route: Route, receipt: str, files: Sequence[Uploaded], at: datetime) -> Sealed:
    """Return a draft sealed to the office of its route, to its citizen, and to nobody else."""
    keys = receipts.keys(receipt, pepper=settings.MINGCHA_TIPS_PEPPER)
    office, day = knowing.keys(route.office.code), day_of(at)
    tip = Tip(
        kind=draft.kind, channel=draft.channel, category=draft.category, county=draft.county, received_on=day,
        office_id=route.office.code, state=State.RECEIVED, due=Due.FORWARD,
        due_at=knowing.forward_due(route.office.code, day), lookup=keys.lookup,
    )  # fmt: skip
    pairs = boxes.begin(tip)
    said = report_of(draft)
    who = asdict(draft.identity) | concern_of(said)
    records = [
        boxes.seal_record(tip, kind=RecordKind.REPORT, author=Author.CITIZEN, content=said, at=at),
        boxes.seal_record(tip, kind=RecordKind.IDENTITY, author=Author.CITIZEN, content=who, at=at, identity=True),
    ]
    index = office[Purpose.INDEX]
    found = prints.waiting(prints.of_report(tip, said), to=index, public=bytes(index.public))
    wraps = boxes.first_wraps(tip, pairs, office=office, citizen=keys.citizen.public)
    return Sealed(tip, wraps, records, found, vault.enclosed(tip, files, at=at), office.values())


def report_of(draft: Draft) -> dict[str, Any]:
    """Return what the record of a report holds."""
    return {
        "text": draft.text.strip(), "happened": draft.happened, "place": draft.place,
        "division": draft.division or draft.county, "body": draft.body, "body_name": draft.body_name,
        "site": draft.site, "leaders": draft.leaders, "category": draft.category,
    }  # fmt: skip


def concern_of(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return whom a report is about, by codes, as it is sealed with who spoke: a keeper of identities may be tied to it."""
    return {"concern": {name: said[name] for name in ("division", "body", "site")}}


def again(draft: Draft, *, receipt: str, files: Sequence[Uploaded], at: datetime) -> Filed:
    """Answer a report that had arrived: add the words and the files that were not in it."""
    held = opened.opened(receipt)
    texts = {str(each.content["text"]) for each in held.of(RecordKind.REPORT, RecordKind.ADDITION)}
    known = {(each.content["name"], each.content["size"]) for each in held.of(RecordKind.FILE)}
    text = draft.text.strip()
    new = [each for each in files if (each.name, each.size) not in known]
    if new or text not in texts:
        hand_in(held, what="add", kind=RecordKind.ADDITION, text="" if text in texts else text, files=new, at=at)
    return Filed(held.tip.office_id, held.office_name, again=True)


def hand_in(
    held: opened.Opened, *, what: str, kind: str, text: str, files: Sequence[Uploaded] = (), spent: str = "",
    more: dict[str, Any] | None = None, at: datetime,
) -> str:  # fmt: skip
    """Seal words and files to a tip and write them by tips_add; return its word (added, spent, no)."""
    tip, day = held.tip, day_of(at)
    records = []
    if text.strip():
        content = {"text": text.strip()}
        records.append(boxes.seal_record(tip, kind=kind, author=Author.CITIZEN, content=content, at=at))
    before = sum(each.record.identity for each in held.of(RecordKind.FILE))
    enclosed = vault.enclosed(tip, files, at=at, first=before + 1)
    payload = {
        "what": what, "day": day.isoformat(), "records": asking.records_of([*records, *enclosed.records]),
        "files": asking.files_of(enclosed.files), "act": asking.act_of(f"tips.{what}", tip, day=day), **(more or {}),
    }  # fmt: skip
    enclosed.keep()
    try:
        done = str(
            asking.ask("tips_add", bytes(tip.lookup), asking.packed(payload | ({"effort": spent} if spent else {})))
        )
    except BaseException:
        enclosed.unkeep()
        raise
    if done != "added":
        enclosed.unkeep()
    return done
