"""What an unlocked officer reads: a tip with its story, the first lines of a list, whom it is about and who must stay away."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts import ties
from mingcha.ground.accounts.models import Person
from mingcha.ground.accounts.permissions import Permission
from mingcha.ground.territory import queries as territory
from mingcha.ground.territory.models import SUPERVISING, Body
from mingcha.kernel.refusals import Refusal
from mingcha.tips import boxes
from mingcha.tips.models import Offer, Proposal, RatingGiven, Record, Tip
from mingcha.tips.queries import handlers, offers_of, proposals_of, ratings_of
from mingcha.tips.states import RecordKind
from mingcha.tips.unlocked import Unlocked

FIRST_LINE = 60  # characters
OWN_OFFICE = "反映的是本机关或者上级机关，请按“径送上级”办理"
UNKNOWN = "举报内容打不开，无法核对谁应当回避，请按“径送上级”办理"


@dataclass(frozen=True)
class Entry:
    """
    One record. `kind`: states.RecordKind, LINK for a note that seals one; `content` as in `boxes`; `said_at` when exactly.

    `broken`: it does not open, or the house did not write it; `content` is then empty.
    """

    pk: UUID
    kind: str
    author: str
    day: date
    said_at: datetime | None
    content: Mapping[str, Any] = field(repr=False)
    fresh: bool = False
    broken: bool = False

    @property
    def text(self) -> str:
        return str(self.content.get("text") or "")

    @property
    def by(self) -> str:
        """The name of the officer who wrote it; "" for what the citizen or the house wrote."""
        return str(self.content.get("by_name") or "")


@dataclass(frozen=True)
class About:
    """
    Whom and what a tip is about: the accused body if it is a known one, the place's code, the site's id or None.

    `known`: all that would say so opens; where not, everybody must stay away, for anybody might be tied.
    """

    body: Body | None
    body_name: str
    division: str
    site: int | None
    known: bool = True

    @property
    def subject(self) -> ties.Subject:
        division = self.body.division_id if self.body else self.division
        return ties.Subject(self.body.pk if self.body else "", division, self.site)


@dataclass(frozen=True)
class Story:
    """A tip as its handler reads it. `entries` oldest first, the report apart; `identity`: the reader may open it."""

    tip: Tip
    report: Mapping[str, Any] = field(repr=False)
    about: About = field(repr=False)
    entries: tuple[Entry, ...] = field(repr=False)
    handlers: tuple[Person, ...] = ()
    offers: tuple[Offer, ...] = ()
    proposals: tuple[Proposal, ...] = ()
    ratings: tuple[RatingGiven, ...] = ()
    identity: bool = False

    def opinion_of(self, proposal: Proposal) -> Entry | None:
        """Return the sealed opinion of a proposal."""
        return next((entry for entry in self.entries if entry.pk == proposal.opinion_id), None)

    def reason_of(self, offer: Offer) -> Entry | None:
        """Return the sealed reason of a hand-over."""
        return next((entry for entry in self.entries if entry.pk == offer.reason_id), None)


@dataclass(frozen=True)
class Line:
    """A tip in an unlocked list. `away`: why the reader must stay away; then nothing of it is here."""

    first: str = field(default="", repr=False)
    body_name: str = field(default="", repr=False)
    division: str = field(default="", repr=False)
    leaders: bool = False
    away: str = ""


class Away:
    """What keeps one person away from tips, read once for a list."""

    def __init__(self, person: Person, *, at: datetime) -> None:
        self._person, self._at = person, at
        self._ties = ties.ties([person.pk], at=at)
        self._served = set(accounts.standing(person, at=at).serves(Permission.TIP_HANDLE))

    def why(self, about: About, *, office: str) -> str:
        """Return what keeps the person away from a tip kept by an office, "" for nothing."""
        if not about.known:
            return UNKNOWN
        tie = self._ties.between(self._person.pk, about.subject)
        if tie is not None:
            return f"{tie.label}：{tie.name}"
        body = about.body
        if body is not None and body.kind in SUPERVISING:
            over = set(territory.upward(office)) | self._served
            if territory.family([body.pk]).keys() & over:
                return OWN_OFFICE
        return ""


def story(tip: Tip, *, private: bytes, key: Unlocked) -> Story:
    """Return a tip with all that was sealed to it; what was sealed apart (who spoke) stays out."""
    entries = _entries(tip, private=private)
    said = _report(entries)
    return Story(
        tip=tip,
        report=said,
        about=_about(said, entries),
        entries=tuple(each for each in entries if each.kind != RecordKind.REPORT),
        handlers=tuple(handlers(tip)),
        offers=tuple(offers_of(tip)),
        proposals=tuple(proposals_of(tip)),
        ratings=tuple(ratings_of(tip)),
        identity=bool(key.tip_keys([tip], identity=True)),
    )


def entry(record: Record, *, private: bytes) -> Entry:
    """Return what a record holds; one that does not open is told, not raised."""
    try:
        content = boxes.open_record(record, private=private)
        said_at = datetime.fromisoformat(str(content["at"])).astimezone(accounts.OFFICE_TIME)
        int(str(content.get("after", 0)))  # orders what was said at one moment
    except (Refusal, ValueError, TypeError, KeyError, OverflowError):
        # Also what a public's process taken over has sealed: it must not close a list with many others in it.
        return Entry(record.pk, record.kind, record.author, record.day, None, {}, record.unread, broken=True)
    kind = RecordKind.LINK if content.get("what") == "link" else record.kind
    return Entry(record.pk, str(kind), record.author, record.day, said_at, content, record.unread)


def about(tip: Tip, *, private: bytes) -> About:
    """Return whom a tip is about: what the report says, or what an officer has put right since."""
    entries = _entries(tip, private=private, kinds=[RecordKind.REPORT, RecordKind.NOTE])
    return _about(_report(entries), entries)


def report(tip: Tip, *, private: bytes) -> Mapping[str, Any]:
    """Return what the citizen reported, as in `boxes`; empty where it does not open."""
    return _report(_entries(tip, private=private, kinds=[RecordKind.REPORT]))


def identity(tip: Tip, *, private: bytes) -> list[Entry]:
    """Return who spoke and how they were contacted, oldest first; `private`: of the identity."""
    records = Record.objects.filter(tip=tip, identity=True).exclude(kind=RecordKind.NOTE)
    return sorted((entry(record, private=private) for record in records), key=_order)


def about_identity(tip: Tip, *, private: bytes) -> About:
    """Return whom a tip is about, as it is sealed with who spoke and put right since; `private`: of the identity."""
    records = Record.objects.filter(tip=tip, identity=True, kind__in=[RecordKind.IDENTITY, RecordKind.NOTE])
    entries = sorted((entry(record, private=private) for record in records), key=_order)
    found = [each.content.get("concern") for each in entries if each.kind == RecordKind.IDENTITY]
    # There is one of them. A second, or a broken one, could bend whom it is about.
    said = found[0] if len(found) == 1 else None
    return _about(said if isinstance(said, dict) else {}, entries)


def _entries(tip: Tip, *, private: bytes, kinds: Collection[str] = tuple(RecordKind)) -> list[Entry]:
    records = Record.objects.filter(tip=tip, identity=False, kind__in=kinds)
    return sorted((entry(record, private=private) for record in records), key=_order)


def _report(entries: Iterable[Entry]) -> Mapping[str, Any]:
    return next((each.content for each in entries if each.kind == RecordKind.REPORT), {})


def lines(tips: Iterable[Tip], *, key: Unlocked, at: datetime) -> dict[UUID, Line]:
    """Return tip id → its first line, of those that the reader can open; whoever must stay away is told only that."""
    wanted = {tip.pk: tip for tip in tips}
    held = key.tip_keys(wanted.values())
    found: dict[UUID, list[Entry]] = {}
    kinds = [RecordKind.REPORT, RecordKind.NOTE]
    for record in Record.objects.filter(tip__in=held, identity=False, kind__in=kinds).order_by("day"):
        found.setdefault(record.tip_id, []).append(entry(record, private=held[record.tip_id]))
    away = Away(key.person, at=at)
    said = {}
    for pk, entries in found.items():
        said_first = _report(entries)
        said[pk] = _line(said_first, _about(said_first, sorted(entries, key=_order)), away, wanted[pk].office_id)
    return said


def _line(report: Mapping[str, Any], about: About, away: Away, office: str) -> Line:
    why = away.why(about, office=office)
    if why:
        return Line(away=why)
    text = " ".join(str(report.get("text") or "").split())
    first = text if len(text) <= FIRST_LINE else text[: FIRST_LINE - 1] + "…"
    return Line(first, about.body_name, about.division, bool(report.get("leaders")))


def _about(report: Mapping[str, Any], entries: Iterable[Entry]) -> About:
    concern: Mapping[str, Any] = report
    # A broken note may be the one that put right whom it is about.
    known = bool(report)
    for each in entries:
        known = known and not (each.broken and each.kind in (RecordKind.REPORT, RecordKind.NOTE))
        if each.kind == RecordKind.NOTE and each.content.get("what") == "concern":
            concern = each.content
    code, name = str(concern.get("body") or ""), str(concern.get("body_name") or "")
    found = Body.objects.select_related("division").filter(pk=code).first() if code else None
    site = report.get("site")
    return About(
        found, found.name if found else name, str(report.get("division") or ""),
        site if isinstance(site, int) else None, known,
    )  # fmt: skip


def _order(entry: Entry) -> tuple[datetime, bool, int, str]:
    # Within a day the exact time decides; it is sealed with the words, as is what came before at the same moment.
    said_at = entry.said_at or datetime.combine(entry.day, time.max, accounts.OFFICE_TIME)
    begins = entry.kind in (RecordKind.REPORT, RecordKind.IDENTITY)
    return (said_at, not begins, int(entry.content.get("after", 0)), str(entry.pk))
