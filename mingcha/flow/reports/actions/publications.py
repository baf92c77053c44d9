"""Drafting what is told to the public, proposing it, approving it by another hand, taking it down."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from django.db import connection, transaction
from django.db.models import F, Max
from django.utils.translation import gettext_noop

from mingcha.flow.referrals import queries as referrals
from mingcha.flow.referrals.models import Case
from mingcha.flow.reports.models import Named, Publication, ToldCase
from mingcha.flow.reports.queries import publications as queries
from mingcha.flow.reports.states import ACTS, Kind, State
from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts.models import Person
from mingcha.ground.accounts.permissions import Permission
from mingcha.ground.audit import actions as audit
from mingcha.ground.notices import actions as notices
from mingcha.ground.territory.models import Body
from mingcha.kernel import masking
from mingcha.kernel.refusals import Refusal

SLUG = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that is misread when typed from paper


class NothingWritten(Refusal):
    message: ClassVar[str] = "请写明标题和正文。"
    status: ClassVar[int] = 422


class NameTooShort(Refusal):
    message: ClassVar[str] = "“%(name)s”不是完整的姓名：请每行写一个人，姓名至少两个字，后面写单位和职务。"
    status: ClassVar[int] = 422


class DateMissing(Refusal):
    message: ClassVar[str] = "请填公示到哪一天：过了这一天，点了名的也重新隐去。"
    status: ClassVar[int] = 422


class DateOver(Refusal):
    message: ClassVar[str] = "公示到的日期已经过去，请填今天或以后的日期。"
    status: ClassVar[int] = 422


class ReasonMissing(Refusal):
    message: ClassVar[str] = "请写明理由。"
    status: ClassVar[int] = 422


class AlreadyMoved(Refusal):
    message: ClassVar[str] = "这一篇刚刚已被别人办理，当前状态是“%(state)s”。您填的内容没有丢，请核对后再办。"


class WrittenAnew(Refusal):
    message: ClassVar[str] = "您看过之后这一篇又改过，请看过新稿再办。"


class AnotherHandNeeded(Refusal):
    message: ClassVar[str] = "起草和送审的人不能审批自己的稿子，请由其他人办理。"
    status: ClassVar[int] = 403


@dataclass(frozen=True)
class Official:
    """Somebody a publication speaks of: `post` is body and post, as it reads in the text."""

    name: str
    post: str = ""


@dataclass(frozen=True)
class Text:
    """What is written. Every name in `others` is masked before anything is kept; officials keep a place."""

    title: str
    text: str
    officials: Sequence[Official] = ()
    others: Sequence[str] = ()
    expires_on: date | None = None


@transaction.atomic
def draft(office: Body, *, kind: str, text: Text, cases: Sequence[Case] = (), by: Person, at: datetime) -> Publication:
    """
    Begin a publication of an office one serves; nobody outside sees it. `cases`: what a circular was drafted from.

    Raises NotFound, also for a case one may not see, NothingWritten, NameTooShort.
    """
    standing = accounts.require(by, Permission.PUBLISH_PROPOSE, at=at, division=office.division_id)
    if office.pk not in standing.serves(Permission.PUBLISH_PROPOSE):
        raise accounts.NotFound
    seen = set(referrals.cases(to=standing).values_list("pk", flat=True)) if cases else set()
    if {case.pk for case in cases} - seen:
        raise accounts.NotFound
    _check(text)
    slug = "".join(secrets.choice(SLUG) for _ in range(10))
    made = Publication.objects.create(
        office=office, kind=Kind(kind), slug=slug, expires_on=text.expires_on, written_at=at, written_by=by
    )
    ToldCase.objects.bulk_create(ToldCase(publication=made, case=case) for case in cases)
    _write(made, text)
    _record("publication.draft", made, by=by, at=at, detail={"kind": made.kind, "cases": len(cases)})
    return made


@transaction.atomic
def rewrite(publication: Publication, *, text: Text, revision: int, by: Person, at: datetime) -> None:
    """
    Replace what a draft says; `revision` is the one that was read.

    Raises NotFound, NothingWritten, NameTooShort, AlreadyMoved, WrittenAnew.
    """
    _require(publication, Permission.PUBLISH_PROPOSE, by=by, at=at)
    _check(text)
    changed = Publication.objects.filter(pk=publication.pk, state=State.DRAFT, revision=revision).update(
        revision=F("revision") + 1, expires_on=text.expires_on, written_at=at, written_by=by
    )
    if not changed:
        raise _overtaken(publication, (State.DRAFT,))
    publication.refresh_from_db()
    _write(publication, text)
    _record("publication.rewrite", publication, by=by, at=at, detail={"version": publication.revision})


@transaction.atomic
def propose(publication: Publication, *, by: Person, at: datetime) -> None:
    """Ask for approval; whoever may approve is told. Raises NotFound, DateMissing, DateOver, AlreadyMoved."""
    _require(publication, Permission.PUBLISH_PROPOSE, by=by, at=at)
    _check_date(publication.expires_on, at=at)
    _move(publication, "propose", proposed_at=at, proposed_by=by, sent_back="")
    _record("publication.propose", publication, by=by, at=at, detail={"version": publication.revision})
    people = queries.approvers(publication, at=at)
    _tell(publication, people, gettext_noop("发布待审批"), at=at)


@transaction.atomic
def send_back(publication: Publication, *, reason: str, by: Person, at: datetime) -> None:
    """Return a proposal to be written anew, by whoever may approve, or take it back oneself. Raises ReasonMissing, AlreadyMoved."""
    _require(publication, Permission.PUBLISH_PROPOSE, by=by, at=at)
    if not reason.strip():
        raise ReasonMissing
    _move(publication, "send_back", sent_back=reason.strip(), revision=F("revision") + 1)
    _record("publication.send_back", publication, by=by, at=at, detail={"reason": reason.strip()})
    _tell(publication, _hands(publication, but=by), gettext_noop("发布稿被退回"), at=at)


@transaction.atomic
def publish(publication: Publication, *, revision: int, by: Person, at: datetime) -> None:
    """
    Approve a proposal: from now on the public reads it. By another hand than wrote or proposed it.

    It is numbered by office, kind and year, without a gap. `revision` is the text that was read. Raises AnotherHandNeeded, DateMissing, DateOver, AlreadyMoved, WrittenAnew.
    """
    _require(publication, Permission.PUBLISH_APPROVE, by=by, at=at)
    publication.refresh_from_db()
    if publication.state == State.PROPOSED and publication.revision != revision:
        raise WrittenAnew
    _require_other_hand(publication, by=by)
    _check_date(publication.expires_on, at=at)
    year, number = _next_number(publication, at=at)
    _move(publication, "publish", revision=revision, published_at=at, approved_by=by, year=year, number=number)
    _record(
        "publication.publish", publication, by=by, at=at, detail={"version": revision, "until": _until(publication)}
    )
    _tell(publication, _hands(publication, but=by), gettext_noop("已发布"), at=at)


@transaction.atomic
def take_down(publication: Publication, *, reason: str, by: Person, at: datetime) -> None:
    """
    Withdraw what was published; its address says so from then on. One hand is enough: it must be quick.

    Raises ReasonMissing, AlreadyMoved.
    """
    _require(publication, Permission.PUBLISH_PROPOSE, by=by, at=at)
    if not reason.strip():
        raise ReasonMissing
    _move(publication, "take_down", taken_down_at=at, taken_down_by=by, taken_down_reason=reason.strip())
    _record("publication.take_down", publication, by=by, at=at, detail={"reason": reason.strip()})
    _tell(publication, _hands(publication, but=by), gettext_noop("发布内容已撤下"), at=at)


@transaction.atomic
def extend(publication: Publication, *, until: date, reason: str, by: Person, at: datetime) -> None:
    """
    Move the last day back while it has not passed; names stay as long. By another hand than wrote or proposed it.

    What has expired stays so: naming anybody again takes a new publication. Raises ReasonMissing, DateOver,
    AnotherHandNeeded, AlreadyMoved.
    """
    _require(publication, Permission.PUBLISH_APPROVE, by=by, at=at)
    _require_other_hand(publication, by=by)
    if not reason.strip():
        raise ReasonMissing
    publication.refresh_from_db()
    before = publication.expires_on
    if queries.expired(publication, at=at) or before is None or until <= before:
        raise DateOver
    open_ = Publication.objects.filter(pk=publication.pk, state=State.PUBLISHED, expires_on=before)
    if not open_.update(expires_on=until):
        raise _overtaken(publication, (State.PUBLISHED,))
    publication.refresh_from_db()
    detail: dict[str, object] = {"was": before.isoformat(), "until": _until(publication), "reason": reason.strip()}
    _record("publication.extend", publication, by=by, at=at, detail=detail)


def _next_number(publication: Publication, *, at: datetime) -> tuple[int, int]:
    year, office, kind = queries.today(at).year, publication.office_id, publication.kind
    with connection.cursor() as cursor:
        # Two of one series at once: the second waits, so that numbers neither clash nor leave a gap.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"publication/{office}/{kind}/{year}"])
    last = Publication.objects.filter(office=office, kind=kind, year=year).aggregate(last=Max("number"))["last"]
    return year, (last or 0) + 1


def _check(text: Text) -> None:
    if not text.title.strip() or not text.text.strip():
        raise NothingWritten
    for name in [*(official.name for official in text.officials), *text.others]:
        if len(name.strip()) < masking.SHORTEST:
            raise NameTooShort(name=name)


def _check_date(expires_on: date | None, *, at: datetime) -> None:
    if expires_on is None:
        raise DateMissing
    if expires_on < queries.today(at):
        raise DateOver


def _write(publication: Publication, text: Text) -> None:
    """Give each official a place, keeping the one they had, and store the text with places instead of names."""
    had = {one.name: one for one in publication.named.all()}
    officials = {official.name.strip(): official.post.strip()[:120] for official in text.officials}
    free = max((one.position for one in had.values()), default=0)
    for name, post in officials.items():
        if name in had:
            Named.objects.filter(pk=had[name].pk).update(post=post)
        else:
            free += 1
            had[name] = Named.objects.create(publication=publication, position=free, name=name[:40], post=post)
    # Whoever was asked about stays on record; the others go, and what still names them is masked for good.
    gone = [one for name, one in had.items() if name not in officials]
    others = [*(name.strip() for name in text.others), *(one.name for one in gone)]
    Named.objects.filter(pk__in=[one.pk for one in gone], requests=None).delete()
    places = {name: one.position for name, one in had.items() if name in officials}
    hidden = [masking.hidden(part, officials=places, others=others) for part in (text.title.strip(), text.text)]
    Publication.objects.filter(pk=publication.pk).update(title=hidden[0][:160], blocks=queries.blocks(hidden[1]))
    publication.refresh_from_db()


def _require(publication: Publication, permission: Permission, *, by: Person, at: datetime) -> None:
    accounts.require(by, permission, at=at, division=publication.office.division_id)


def _require_other_hand(publication: Publication, *, by: Person) -> None:
    if by.pk in (publication.written_by_id, publication.proposed_by_id):
        raise AnotherHandNeeded


def _move(publication: Publication, act: str, *, revision: object = None, **columns: object) -> None:
    # Two people at once: the second finds no row in the state they both saw; nor the text, where it was written anew.
    start, end = ACTS[act]
    open_ = Publication.objects.filter(pk=publication.pk, state__in=start)
    if isinstance(revision, int):
        open_ = open_.filter(revision=revision)
    elif revision is not None:
        columns["revision"] = revision
    if not open_.update(state=end, **columns):
        raise _overtaken(publication, start)
    publication.refresh_from_db()


def _overtaken(publication: Publication, start: Sequence[str]) -> Refusal:
    publication.refresh_from_db()
    moved = publication.state not in start
    return AlreadyMoved(state=State(publication.state).label) if moved else WrittenAnew()


def _hands(publication: Publication, *, but: Person) -> list[Person]:
    people = {publication.written_by, publication.proposed_by} - {None, but}
    return [person for person in people if person is not None]


def _until(publication: Publication) -> str:
    return publication.expires_on.isoformat() if publication.expires_on else ""


def _tell(publication: Publication, people: Sequence[Person], subject: str, *, at: datetime) -> None:
    link = f"/publications/{publication.pk}/"
    notices.send(to=people, subject=f"{subject}：{queries.title(publication)}", link=link, at=at)


def _record(
    verb: str, publication: Publication, *, by: Person, at: datetime, detail: dict[str, object] | None = None
) -> None:
    office = publication.office
    audit.record(verb, kind="publication", key=publication.pk, by=by, at=at, division=office.division_id,
                 body=office.pk, detail=detail)  # fmt: skip
