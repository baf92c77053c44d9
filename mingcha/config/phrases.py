"""
Every phrase the program says in Chinese, gathered from where it stands and held against its English.

`python -m mingcha.config.phrases missing` prints what has no English yet; `refresh` rewrites the .po: what is new comes
in empty, what is no longer said goes out, and what stays keeps its English.
"""

import ast
import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

PACKAGE = Path(__file__).resolve().parent.parent
ENGLISH = PACKAGE / "config" / "locale" / "en" / "LC_MESSAGES" / "django.po"
HEADER = "# English of Mingcha; one term for one thing, as in GLOSSARY.md. mingcha.config.phrases keeps the list."
# What Babel would write anew each time, so that two people could never change the file at once.
NOISE = re.compile(
    rb'^"(Project-Id|Report-Msgid|POT-Creation|PO-Revision|Last-Translator|Language-Team|Generated).*\n', re.MULTILINE
)

CHINESE = re.compile(r"[\u3400-\u9fff]")
KEYWORDS = DEFAULT_KEYWORDS | {
    "gettext_lazy": None,
    "gettext_noop": None,  # kept in Chinese, translated where it is shown
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "say": None,  # of the command line, mingcha/config/words.py
}
PLAIN = {"_"} | {name for name, places in KEYWORDS.items() if places is None}
# Why a row of a sheet is bad, what will not flow from a form, what phones may refuse in a certificate; translated by
# whoever shows it: which argument of these calls says it.
REASONS = {"Doubt": 0, "bad": 1, "Problem": 3, "fault": 1, "Warning_": 0}
# Tables kept in plain Chinese where they stand, and translated by whoever shows them.
TABLES = {
    "answers.py": "REASONS",
    "cli.py": "COMMANDS",
    "people.py": "CAST",
    "brief.py": "HEADS",
    "cells.py": "UNCLEAR",
    "entries.py": "ONLY",
    "lacking.py": "LACKING",
    "ledger_rows.py": "FAULTS",
    "privacy.py": "LABELS",
    "prose.py": "WORDS",
    "reading.py": "BREACHES",
    "sayings.py": "SAYINGS",
    "ties.py": "LABELS",
    "visits.py": "STAGES",
}


def wanted() -> Catalog:
    """Return what the .po should hold: every phrase once, with the files that say it and no English."""
    catalogue = Catalog(locale="en", fuzzy=False)
    for path in sorted(PACKAGE.rglob("*")):
        # The style guide is for whoever writes pages; outside DEBUG it has no address.
        if "migrations" in path.parts or "styleguide" in path.as_posix() or path.suffix not in (".py", ".html"):
            continue
        source = path.read_text("utf-8")
        place = [(path.relative_to(PACKAGE).as_posix(), 0)]
        for text, context in _called(_as_calls(source) if path.suffix == ".html" else source):
            catalogue.add(text, locations=place, context=context)
        if path.suffix == ".py":
            for text in _kept(ast.parse(source), TABLES.get(path.name, "")):
                catalogue.add(text, locations=place)
    return catalogue


def english() -> Catalog:
    """Return the .po as it stands. An ill-formed file raises babel's PoFileError."""
    with ENGLISH.open("rb") as file:
        return read_po(file, locale="en", abort_invalid=True)


def missing() -> list[Message]:
    """Return the phrases without English, a plural form included."""
    held = english()
    return [phrase for phrase in wanted() if phrase.id and not _is_translated(held, phrase)]


def refresh() -> None:
    """Rewrite the .po, each phrase under the file that first says it."""
    catalogue = english()
    catalogue.update(wanted(), no_fuzzy_matching=True)
    write(catalogue)


def write(catalogue: Catalog) -> None:
    """Write the .po, sorted by file, without what is obsolete and without lines that change by themselves."""
    catalogue.header_comment = HEADER
    text = io.BytesIO()
    write_po(text, catalogue, width=118, sort_by_file=True, ignore_obsolete=True, include_lineno=False)
    ENGLISH.write_bytes(NOISE.sub(b"", text.getvalue()))


def _as_calls(template: str) -> str:
    """Return a template as lines that look like calls of gettext. Its indentation means nothing to Python."""
    return "\n".join(line.strip() for line in templatize(template).splitlines())


def _called(source: str) -> Iterator[tuple[str | tuple[str, ...], str | None]]:
    """Yield what stands in calls of the translating functions: the phrase, or phrase and plural; and its context."""
    for _, message, _, context in extract("python", io.BytesIO(source.encode()), keywords=KEYWORDS):
        yield message, context


def _kept(tree: ast.Module, table: str) -> Iterator[str]:
    """Yield what stays Chinese until it is shown: sentences of refusals, labels, reasons, and the table named."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            place = REASONS.get(getattr(node.func, "attr", getattr(node.func, "id", "")), len(node.args))
            yield from _chinese(ast.Tuple(node.args[place : place + 1]))
        if isinstance(node, ast.JoinedStr):  # babel does not look into an f-string
            for part in ast.walk(node):
                if isinstance(part, ast.Call) and getattr(part.func, "id", "") in PLAIN:
                    yield from _chinese(ast.Tuple(part.args[:1]))
        if isinstance(node, ast.ClassDef):
            is_choice = any("TextChoices" in (getattr(b, "attr", ""), getattr(b, "id", "")) for b in node.bases)
            for line in node.body:
                if isinstance(line, ast.Assign | ast.AnnAssign) and (is_choice or _name(line) == "message"):
                    yield from _chinese(line)
    for line in tree.body:
        if isinstance(line, ast.Assign | ast.AnnAssign) and table and _name(line) == table:
            yield from _chinese(line)


def _name(line: ast.Assign | ast.AnnAssign) -> str:
    target = line.targets[0] if isinstance(line, ast.Assign) else line.target
    return getattr(target, "id", "")


def _chinese(node: ast.AST) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str) and CHINESE.search(part.value):
            yield part.value


def _is_translated(held: Catalog, phrase: Message) -> bool:
    key = phrase.id[0] if isinstance(phrase.id, tuple) else phrase.id
    known = held.get(key, phrase.context)
    forms = known.string if known and isinstance(known.string, tuple) else (known.string if known else "",)
    return all(forms)


def _show_missing() -> int:
    lacking = missing()
    for phrase in lacking:
        print(f"{phrase.locations[0][0]}: {phrase.id}")
    return 1 if lacking else 0


if __name__ == "__main__":
    if sys.argv[1:] == ["refresh"]:
        refresh()
    sys.exit(_show_missing())
