"""The ceremony: two secrets of two bodies, a public value read by one and confirmed by the other, and the draw."""

import hashlib
import re
import secrets
from datetime import datetime
from typing import ClassVar

from django.db import transaction

from mingcha.flow.campaigns.actions import campaigns as campaign_actions
from mingcha.flow.draws import boxes, moving
from mingcha.flow.draws.actions import drawing
from mingcha.flow.draws.models import Round, RoundParty
from mingcha.flow.draws.moving import RoundMoved
from mingcha.flow.draws.states import PublicKind, State
from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts.models import Person
from mingcha.kernel import lots
from mingcha.kernel.refusals import Refusal

FEWEST_DICE = 10  # 6¹⁰ ways: enough beside two secrets, and thrown in a minute
BITS = 256


class AlreadyDeposited(Refusal):
    message: ClassVar[str] = "本单位已经投入秘密，请等另一家。"


class OnePersonForBoth(Refusal):
    message: ClassVar[str] = "两家单位的秘密不能由同一个人投入，请由另一家单位的人来办。"
    status: ClassVar[int] = 403


class DepositTooLate(Refusal):
    message: ClassVar[str] = "“%(named)s”已经产生，现在投入秘密不再可信。请作废这一轮，另开一轮并换一个以后的公开值。"


class ValueNotYet(Refusal):
    message: ClassVar[str] = "“%(named)s”要到 %(time)s 才产生，请那时再录入。"


class ValueUnclear(Refusal):
    message: ClassVar[str] = "掷骰要有至少 %(fewest)s 个 1 到 6 的点数，请照掷出的次序录入。"
    status: ClassVar[int] = 422


class OtherBodyNeeded(Refusal):
    message: ClassVar[str] = "录入和复核要由两家单位各一人办理，请由另一家单位的人复核。"
    status: ClassVar[int] = 403


class NothingAnnounced(Refusal):
    message: ClassVar[str] = "还没有录入公开值读数，请先由一家单位录入。"


class ValuesDiffer(Refusal):
    message: ClassVar[str] = (
        "两家录的读数不一样，两个都没有采用，也没有抽签。请对照原件：您录错了就再录一遍，前一家录错了请它重新录入。"
    )
    status: ClassVar[int] = 422


@transaction.atomic
def deposit(round: Round, *, words: str = "", by: Person, at: datetime) -> str:
    """
    Put one body's secret into the seed, and publish its commitment; return the commitment (64 hex digits).

    The secret is 256 bits of the system's randomness; an officer who does not trust it adds any `words`, which are
    hashed in and kept nowhere. With the last body's secret the round is committed.
    Raises NotFound, RoundMoved, AlreadyDeposited, OnePersonForBoth, DepositTooLate.
    """
    party = moving.require_party(round, by=by, at=at)
    campaign_actions.require_open(round.campaign)
    # Two bodies at the same moment: whoever comes second sees the first, and completes the round.
    held = Round.objects.select_for_update().get(pk=round.pk)
    if held.state != State.FROZEN:
        raise AlreadyDeposited if held.state == State.COMMITTED else RoundMoved
    if held.public_at is not None and at >= held.public_at:
        raise DepositTooLate(named=held.public_named)
    if RoundParty.objects.filter(round=round, deposited_by=by).exclude(pk=party.pk).exists():
        raise OnePersonForBoth
    secret = lots.mixed(secrets.token_bytes(BITS // 8), words)
    commitment = lots.commitment(secret)
    free = RoundParty.objects.filter(pk=party.pk, deposited_at=None)
    box = boxes.seal_secret(secret, party=party)
    if not free.update(commitment=commitment, box=box, deposited_at=at, deposited_by=by):
        raise AlreadyDeposited
    moving.record("round.deposit", round, by=by, at=at, detail={"body": party.body.name, "commitment": commitment})
    if not RoundParty.objects.filter(round=round, deposited_at=None).exists():
        moving.move(round, "commit")
    return commitment


@transaction.atomic
def announce(round: Round, *, value: str, by: Person, at: datetime) -> str:
    """
    Put down the public value as one body's officer reads it; return how it was understood.

    Until the other body has confirmed it, it may be put down anew, each time on record.
    Raises NotFound, RoundMoved, ValueNotYet, ValueUnclear.
    """
    party = moving.require_party(round, by=by, at=at)
    campaign_actions.require_open(round.campaign)
    if round.public_at is not None and at < round.public_at:
        local = round.public_at.astimezone(accounts.OFFICE_TIME)
        raise ValueNotYet(named=round.public_named, time=f"{local.month}月{local.day}日 {local:%H:%M}")
    read = canonical(value, kind=round.public_kind)
    put = {"public_value": read, "announced_at": at, "announced_by": by}
    if not Round.objects.filter(pk=round.pk, state=State.COMMITTED).update(**put):
        raise RoundMoved
    round.refresh_from_db()
    # Whoever must read it again may read the record as well: until then it binds the value and does not tell it.
    bound = lots.commitment(hashlib.sha256(f"{round.pk} {read}".encode()).digest())
    moving.record("round.announce", round, by=by, at=at, detail={"body": party.body.name, "commitment": bound})
    return read


@transaction.atomic
def agree(round: Round, *, value: str, by: Person, at: datetime) -> None:
    """
    Confirm the public value by reading it again, in another body's name; the draw follows at once.

    Value and draw are one act, so that nobody can try a value, look, and try another.
    Raises NotFound, RoundMoved, NothingAnnounced, OtherBodyNeeded, ValueUnclear, ValuesDiffer, and what
    `drawing.draw` raises.
    """
    party = moving.require_party(round, by=by, at=at)
    campaign_actions.require_open(round.campaign)
    held = Round.objects.select_for_update(of=["self"]).select_related("announced_by", "office").get(pk=round.pk)
    if held.state != State.COMMITTED:
        raise RoundMoved
    if held.announced_by is None or held.announced_at is None:
        raise NothingAnnounced
    # The body that one acts for now: an officer of both must leave one of the acts to somebody else.
    first = moving.require_party(held, by=held.announced_by, at=held.announced_at)
    if held.announced_by_id == by.pk or first.pk == party.pk:
        raise OtherBodyNeeded
    if canonical(value, kind=held.public_kind) != held.public_value:
        raise ValuesDiffer
    moving.record("round.agree", round, by=by, at=at, detail={"body": party.body.name, "value": held.public_value})
    drawing.draw(held, by=by, at=at)
    round.refresh_from_db()


def canonical(value: str, *, kind: str) -> str:
    """
    Return a public value as it goes into the seed: full-width digits made plain, blanks between dice left out.

    Two people who read the same thing write the same thing. Raises ValueUnclear, UnclearValue.
    """
    plain = lots.plain_value(value)
    if kind == PublicKind.DICE:
        plain = re.sub(r"[\s,;.、，。；\-]+", "", plain)
        if len(plain) < FEWEST_DICE or set(plain) - set("123456"):
            raise ValueUnclear(fewest=FEWEST_DICE)
    return plain
