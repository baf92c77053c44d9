"""The command line's language: Chinese, or English where the terminal asks for it. Needs no settings."""

import gettext
import os
from pathlib import Path

from mingcha.kernel.refusals import Refusal

LOCALE = Path(__file__).resolve().parent / "locale"


def language() -> str:
    """Return "en" where the terminal's own settings begin so, else "zh-hans"."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return "en" if value.startswith("en") else "zh-hans"
    return "zh-hans"


def say(text: str) -> str:
    """Return `text`, a Chinese sentence of the program, in the terminal's language."""
    return gettext.translation("django", LOCALE, languages=[language()], fallback=True).gettext(text)


def sentence(refusal: Refusal) -> str:
    """Return a refusal's one sentence in the terminal's language."""
    return refusal.sentence(say(refusal.message))
