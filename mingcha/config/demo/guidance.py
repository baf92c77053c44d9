"""Guidance as it went (工作指导、工作提示): sent, opened, signed, replied to, asked about."""

from datetime import datetime, timedelta
from functools import partial

from mingcha.config.demo.letters import LETTERS, Letter, Said
from mingcha.config.demo.stage import Stage, made_up
from mingcha.flow.guidance import actions as guidance
from mingcha.flow.guidance import queries
from mingcha.flow.guidance.models import Note
from mingcha.ground.accounts import queries as accounts
from mingcha.ground.territory.models import Body

FIRST, NEXT = timedelta(minutes=6), timedelta(minutes=3)


def put_down(stage: Stage) -> None:
    """Put every note on the agenda."""
    for letter in LETTERS:
        stage.agenda.put(letter.at, partial(_send, stage, letter))


def _send(stage: Stage, letter: Letter, at: datetime) -> None:
    """Send it, and put down what each recipient does about it."""
    by, issuer = stage.voices[letter.issuer], Body.objects.get(pk=letter.issuer)
    via = _holders(stage, letter, issuer, at) if letter.by_link else {}
    codes = list(letter.to or via)
    known = Body.objects.in_bulk(codes)
    about = Note.objects.get(title=made_up(letter.about)) if letter.about else None
    note = guidance.send(
        stage.campaign, issuer=issuer, kind=letter.kind, title=made_up(letter.title), text=made_up(letter.text),
        bodies=[known[code] for code in codes], via=via, reply_by=letter.reply_by, about=about, by=by, at=at,
    )  # fmt: skip
    for place, code in enumerate(code for code in codes if code not in letter.unread):
        open_ = _read if code in letter.unsigned else _sign
        stage.agenda.put(at + FIRST + place * NEXT, partial(open_, stage, note, code))
    for said in letter.replies:
        stage.agenda.put(said.at, partial(_reply, stage, note, said))
    for said in letter.questions:
        stage.agenda.put(said.at, partial(_ask, stage, note, said))


def _holders(stage: Stage, letter: Letter, issuer: Body, at: datetime) -> dict[str, str]:
    """Return code → what it is linked to, for the supervising bodies whose links lead to the place."""
    to = accounts.standing(stage.voices[letter.issuer], at=at)
    allowed = set(queries.addressees(issuer, letter.kind, to=to).values_list("pk", flat=True))
    linked = queries.by_link(at=at, division=letter.by_link)
    return {code: "、".join(names) for code, names in linked.items() if code in allowed}


def _read(stage: Stage, note: Note, code: str, at: datetime) -> None:
    guidance.read(note, by=stage.voices[code], at=at)


def _sign(stage: Stage, note: Note, code: str, at: datetime) -> None:
    guidance.receive(note, by=stage.voices[code], at=at)


def _reply(stage: Stage, note: Note, said: Said, at: datetime) -> None:
    guidance.reply(note, text=made_up(said.text), by=stage.voices[said.body], at=at)


def _ask(stage: Stage, note: Note, said: Said, at: datetime) -> None:
    asked = guidance.ask(note, text=made_up(said.text), by=stage.voices[said.body], at=at)
    if said.answered_at is not None:
        by, answer = stage.voices[note.issuer_id], made_up(said.answer)
        stage.agenda.put(said.answered_at, lambda at: guidance.answer(asked, text=answer, by=by, at=at))
