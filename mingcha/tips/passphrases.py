"""What may guard an officer's key: long, and not what everybody tries first. No rules on kinds of characters."""

import unicodedata
from collections.abc import Iterable
from functools import cache
from typing import ClassVar

from django.contrib.auth.password_validation import CommonPasswordValidator

from mingcha.ground.accounts.models import Person
from mingcha.kernel.refusals import Refusal

LEAST = 12
DISTINCT = 6
# How much must be left where one's own name, a well-known word or a row of keys is taken away.
BESIDE = 8
ROWS = (
    "01234567890123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm", "qazwsxedcrfvtgb",
    "1q2w3e4r5t6y7u8i9o0p", "一二三四五六七八九十", "password", "passw0rd", "mingcha", "明察", "举报", "口令", "密码",
)  # fmt: skip


class PassphraseShort(Refusal):
    message: ClassVar[str] = "举报箱口令至少 12 个字符。可以用一句只有自己记得的话，请重新设置。"
    status: ClassVar[int] = 422


class PassphraseWeak(Refusal):
    message: ClassVar[str] = (
        "这个口令容易被猜到（常见口令、连续或重复的字符、自己的姓名账号）。请换一句只有自己记得的话。"
    )
    status: ClassVar[int] = 422


def normal(passphrase: str) -> str:
    """Return a passphrase as it counts: whatever the keyboard's width, without spaces around it."""
    return unicodedata.normalize("NFKC", passphrase).strip()


def check(passphrase: str, *, of: Person) -> None:
    """Raise PassphraseShort or PassphraseWeak; neither says anything of the passphrase."""
    plain = normal(passphrase).lower()
    if len(plain) < LEAST:
        raise PassphraseShort
    if len(set(plain)) < DISTINCT or plain in _common() or _repeats(plain):
        raise PassphraseWeak
    if len(_without(plain, [of.username.lower(), of.name, of.pinyin.split(" ")[0].lower()])) < BESIDE:
        raise PassphraseWeak


@cache
def _common() -> frozenset[str]:
    return frozenset(CommonPasswordValidator().passwords)


def _repeats(plain: str) -> bool:
    """Whether it is one part over and over."""
    return plain in (plain + plain)[1:-1]


def _without(plain: str, own: Iterable[str]) -> str:
    """Return what is left without names of two characters and more, and without stretches of rows of four and more."""
    for name in own:
        if len(name) >= 2:
            plain = plain.replace(name, "")
    for row in (each for one in ROWS for each in (one, one[::-1])):
        for length in range(len(row), min(3, len(row) - 1), -1):
            for start in range(len(row) - length + 1):
                plain = plain.replace(row[start : start + length], "")
    return plain
