"""Compiles the translations (.po) that are newer than what was compiled (.mo). Bare Debian has no gettext; Babel does it."""

import os
from pathlib import Path

LOCALE = Path(__file__).resolve().parent / "locale"


def compile_stale() -> list[Path]:
    """Compile what has changed and return it; nothing is imported where nothing has."""
    stale = [source for source in sorted(LOCALE.glob("*/LC_MESSAGES/django.po")) if _is_stale(source)]
    for source in stale:
        _compile(source)
    return stale


def _is_stale(source: Path) -> bool:
    compiled = source.with_suffix(".mo")
    return not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime


def _compile(source: Path) -> None:
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    with source.open("rb") as file:
        catalogue = read_po(file, locale=source.parents[1].name, abort_invalid=True)
    # Renamed into place: another process may be reading the old one at this moment.
    fresh = source.with_suffix(f".mo.{os.getpid()}")
    with fresh.open("wb") as file:
        write_mo(file, catalogue)
    fresh.replace(source.with_suffix(".mo"))


if __name__ == "__main__":
    compile_stale()
