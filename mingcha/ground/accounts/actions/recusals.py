"""Declaring recusals (回避), asking for one, ruling on it, lifting it."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from django.db import transaction

from mingcha.ground.accounts import queries
from mingcha.ground.accounts.models import Ground, Person, Recusal, RecusalState
from mingcha.ground.accounts.permissions import Permission
from mingcha.ground.audit import actions as audit
from mingcha.ground.territory.models import Body, Division, Site
from mingcha.kernel.refusals import Refusal

# act: (from, to)
ACTS = {
    "grant": (RecusalState.ASKED, RecusalState.STANDING),
    "refuse": (RecusalState.ASKED, RecusalState.REFUSED),
    "lift": (RecusalState.STANDING, RecusalState.LIFTED),
}


class NoReason(Refusal):
    message: ClassVar[str] = "请写明回避的理由：什么关系、与哪个单位；不写亲属姓名。"
    status: ClassVar[int] = 422


class NoTarget(Refusal):
    message: ClassVar[str] = "请选择要回避的单位、区划或点位，只选一个。"
    status: ClassVar[int] = 422


class AlreadyAsked(Refusal):
    message: ClassVar[str] = "对 %(name)s 的回避申请已经提交，正在等上级机关裁定。"


class RulingMoved(Refusal):
    message: ClassVar[str] = "这一申请刚刚已有裁定，请刷新后再看。"


class OwnMatter(Refusal):
    message: ClassVar[str] = "自己的回避不能由自己裁定或解除，请由本机关其他人办理。"
    status: ClassVar[int] = 403


@dataclass(frozen=True)
class Target:
    """What to stay away from: exactly one of the three."""

    body: Body | None = None
    division: Division | None = None
    site: Site | None = None

    def columns(self) -> dict[str, object]:
        """Return the columns of a row. Raises NoTarget unless exactly one is named."""
        named = {"body": self.body, "division": self.division, "site": self.site}
        if sum(value is not None for value in named.values()) != 1:
            raise NoTarget
        return dict(named)


@transaction.atomic
def declare(person: Person, *, target: Target, ground: str, reason: str, by: Person, at: datetime) -> Recusal:
    """
    Put a recusal on record that holds at once: one's own, or one the office knows of.

    Raises NoReason, NoTarget, NotAllowed, NotFound for a person outside one's area.
    """
    if by.pk != person.pk:
        standing = queries.require(by, Permission.RECUSAL_KEEP, at=at)
        if not queries.people(to=standing, at=at).filter(pk=person.pk).exists():
            raise queries.NotFound
    made = _create(person, target, ground, reason, state=RecusalState.STANDING, by=by, at=at)
    _record("recusal.declare", made, by=by, at=at)
    return made


@transaction.atomic
def ask(person: Person, *, unit: Body, ground: str, reason: str, by: Person, at: datetime) -> Recusal:
    """
    Ask, as a unit, that an officer stay away from it; the office above the officer's rules.

    Raises NotFound to who does not answer for the unit, NoReason, AlreadyAsked.
    """
    standing = queries.require(by, Permission.ORDER_ANSWER, at=at)
    if unit.pk not in standing.bodies(Permission.ORDER_ANSWER):
        raise queries.NotFound
    Person.objects.select_for_update(no_key=True).get(pk=person.pk)  # two contacts of a unit at once: one request
    if Recusal.objects.filter(person=person, body=unit, state=RecusalState.ASKED).exists():
        raise AlreadyAsked(name=person.name)
    judge = queries.office_above(person, at=at)
    if judge is None:  # who serves nowhere any more judges nothing
        raise queries.NotFound
    made = _create(
        person, Target(body=unit), ground, reason, state=RecusalState.ASKED, asked_by=unit, ruled_in=judge, by=by,
        at=at,
    )  # fmt: skip
    _record("recusal.ask", made, by=by, at=at)
    return made


@transaction.atomic
def rule(recusal: Recusal, *, granted: bool, ruling: str, by: Person, at: datetime) -> None:
    """Rule on a unit's request, in the office it was put to. Raises NotFound, OwnMatter, NoReason, RulingMoved."""
    standing = queries.require(by, Permission.RECUSAL_RULE, at=at)
    if recusal.ruled_in_id not in standing.serves(Permission.RECUSAL_RULE):
        raise queries.NotFound
    if by.pk == recusal.person_id:
        raise OwnMatter
    if not ruling.strip():
        raise NoReason
    _move(recusal, "grant" if granted else "refuse", ruling=ruling.strip()[:200], ruled_at=at, ruled_by=by)
    _record("recusal.grant" if granted else "recusal.refuse", recusal, by=by, at=at)


@transaction.atomic
def lift(recusal: Recusal, *, reason: str, by: Person, at: datetime) -> None:
    """
    End a recusal that no longer holds; by another hand than the person's own. What the office above ruled, it ends.

    Raises NotAllowed, NotFound, OwnMatter, NoReason, RulingMoved.
    """
    standing = queries.require(by, Permission.RECUSAL_RULE, at=at)
    if not queries.liftable(to=standing, at=at).filter(pk=recusal.pk).exists():
        raise queries.NotFound
    if by.pk == recusal.person_id:
        raise OwnMatter
    if not reason.strip():
        raise NoReason
    _move(recusal, "lift", ruling=reason.strip()[:200], ruled_at=at, ruled_by=by)
    _record("recusal.lift", recusal, by=by, at=at)


def _create(
    person: Person, target: Target, ground: str, reason: str, *, state: RecusalState, by: Person, at: datetime,
    asked_by: Body | None = None, ruled_in: Body | None = None,
) -> Recusal:  # fmt: skip
    if not reason.strip():
        raise NoReason
    return Recusal.objects.create(
        person=person, **target.columns(), ground=Ground(ground), reason=reason.strip()[:200], state=state,
        recorded_at=at, recorded_by=by, asked_by=asked_by, ruled_in=ruled_in,
    )  # fmt: skip


def _move(recusal: Recusal, act: str, **columns: object) -> None:
    start, end = ACTS[act]
    if not Recusal.objects.filter(pk=recusal.pk, state=start).update(state=end, **columns):
        raise RulingMoved
    recusal.refresh_from_db()


def _record(verb: str, recusal: Recusal, *, by: Person, at: datetime) -> None:
    home = queries.home_of(recusal.person, at=at)
    target = recusal.body_id or recusal.division_id or (recusal.site.code if recusal.site else "")
    audit.record(
        verb, kind="person", key=recusal.person.username, by=by, at=at, division=home.division_id if home else "",
        body=home.pk if home else "", detail={"recusal": recusal.pk, "from": target, "ground": recusal.ground},
    )  # fmt: skip
