"""
Proof of work: a moment of the sender's machine, so that nobody sends ten thousand reports.

1. The challenge is stateless: bits asked for, time of issue, a nonce and a mark over them. Nothing is kept of it.
2. The answer is a number n for which sha256("challenge:n") begins with that many zero bits.
3. A challenge serves once: the caller keeps `digest` in a unique column, in the transaction of what it pays for.

Whoever cannot work (no scripts) waits instead: `age` tells how long the challenge has been out. Challenge and number
fit one block of SHA-256 together (55 bytes), which keeps old phones fast.
"""

import base64
import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from mingcha.kernel import sealing
from mingcha.kernel.refusals import Refusal

FORM = re.compile(r"([0-9]{1,2})\.([0-9a-f]{8})\.([0-9A-Za-z_-]{12})\.([0-9A-Za-z_-]{16})", re.ASCII)
ANSWER = re.compile(r"[0-9]{1,15}", re.ASCII)
MOST_BITS = 32
LASTS = timedelta(hours=6)  # a report may take its time; the challenge is issued with its first page
AHEAD = timedelta(minutes=1)  # between the clocks of two processes


class EffortMissing(Refusal):
    """No answer, or one that does not solve the challenge."""

    message = "提交前的安全校验未完成，请稍候片刻后重新提交，已填写的内容不会丢失。"
    status = 422


class EffortStale(Refusal):
    """The challenge is too old, or not one of ours; the page gives a new one."""

    message = "页面停留时间过长，安全校验已失效，请重新提交一次，已填写的内容不会丢失。"
    status = 422


@dataclass(frozen=True)
class Challenge:
    """What a challenge says, once its mark was found right."""

    bits: int
    issued: datetime


def challenge(*, key: bytes, at: datetime, bits: int, about: str = "report") -> str:
    """
    Return a challenge of 2^`bits` tries on average, in letters, digits, `.`, `-` and `_`.

    `about` names what it pays for; it must be the same when the answer is checked.
    """
    if not 0 <= bits <= MOST_BITS:
        raise ValueError(f"from 0 to {MOST_BITS} bits, not {bits}")
    body = f"{bits}.{int(at.timestamp()):08x}.{_text(secrets.token_bytes(9))}"
    return f"{body}.{_marked(body, key, about)}"


def read(challenge: str, *, key: bytes, at: datetime, about: str = "report", lasts: timedelta = LASTS) -> Challenge:
    """Return what a challenge says. Raises EffortStale unless it is one of ours, for this, and no older than `lasts`."""
    form = FORM.fullmatch(challenge)
    if form is None:
        raise EffortStale
    body = challenge.rpartition(".")[0]
    if not secrets.compare_digest(_marked(body, key, about), form[4]):
        raise EffortStale
    issued = datetime.fromtimestamp(int(form[2], 16), UTC)
    if not -AHEAD <= at - issued <= lasts:
        raise EffortStale
    return Challenge(int(form[1]), issued)


def check(
    challenge: str, answer: str, *, key: bytes, at: datetime, about: str = "report", lasts: timedelta = LASTS
) -> None:
    """
    Raise EffortStale for a challenge that does not count, EffortMissing for an answer that does not solve it.

    That it was not handed in before is for the caller to hold, by `digest`.
    """
    asked = read(challenge, key=key, at=at, about=about, lasts=lasts)
    if not ANSWER.fullmatch(answer) or not solves(challenge, answer, bits=asked.bits):
        raise EffortMissing


def age(challenge: str, *, key: bytes, at: datetime, about: str = "report", lasts: timedelta = LASTS) -> timedelta:
    """Return how long ago a challenge was issued, never less than nothing. Raises EffortStale as `read` does."""
    return max(at - read(challenge, key=key, at=at, about=about, lasts=lasts).issued, timedelta())


def digest(challenge: str) -> bytes:
    """Return the 32 bytes by which a spent challenge is known again."""
    return hashlib.sha256(b"spent:" + challenge.encode()).digest()


def solves(challenge: str, answer: str, *, bits: int) -> bool:
    """Whether the number does the work asked for."""
    return int.from_bytes(hashlib.sha256(f"{challenge}:{answer}".encode()).digest(), "big") >> (256 - bits) == 0


def solve(challenge: str) -> str:
    """Return the first number that solves a challenge, trying each as a browser does; the bits are read from its head."""
    bits, number = int(challenge.partition(".")[0]), 0
    while not solves(challenge, str(number), bits=bits):
        number += 1
    return str(number)


def _marked(body: str, key: bytes, about: str) -> str:
    return _text(sealing.mark(body.encode(), key=key, about=f"effort:{about}")[:12])


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode()
