"""
What the house understands of a form, by the names of its nodes: where the site, the findings and the answers are found.

A form need not hold any of it. What is missing does not flow, and is named in a warning.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from mingcha.kernel.checklists.trees import Keys, Node, leaves, repeats
from mingcha.kernel.legible import legible

PASS, FAIL, NOT_APPLICABLE = "pass", "fail", "na"
MODES: Final = ("overt", "covert")
OUTCOMES: Final = ("done", "refused", "shut", "not_executable")
RESPONSIBILITIES: Final = {name: name for name in ("territorial", "department", "unit", "individual")}
SEVERITIES: Final = {
    "slight": "slight", "ordinary": "ordinary", "grave": "grave",
    "minor": "slight", "major": "ordinary", "critical": "grave",
}  # fmt: skip
REPORTED, VERIFIED = "（上报数）", "（核实数）"  # how the labels of a pair of counts end
LISTS: Final = ("items.csv", "sites.csv", "bodies.csv")  # what a phone is given, limited to its round

WHOLE: Final = {"int", "integer"}
LONGEST = 200  # characters of a question as it is shown in lists

# Nodes outside of repeats, and inside of findings; the type where it matters.
MARKS: Final = {
    "site_code": "", "site_name": "", "mode": "", "outcome": "", "outcome_reason": "", "feedback": "",
    "feedback_to": "", "location": "geopoint", "start": "dateTime", "end": "dateTime", "score": "",
}  # fmt: skip
FOUND: Final = {
    "item": "", "clause": "", "responsibility": "", "severity": "", "description": "", "on_spot": "", "due_hours": "",
    "due": "dateTime", "requirement": "", "body": "",
}  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """
    A question of a checklist. `name` is its node's (of a pair of counts, the part before _reported and _verified);
    `kind` is judge, count or ask.
    """

    name: str
    kind: str
    text: str
    help: str


@dataclass
class Understood:
    """Where things are found: keys from the form, or (`found`) from a row of findings."""

    marks: dict[str, Keys] = field(default_factory=dict)
    judges: list[tuple[str, Keys]] = field(default_factory=list)
    counts: list[tuple[str, Keys, Keys]] = field(default_factory=list)
    asks: list[tuple[str, Keys]] = field(default_factory=list)
    findings: Keys | None = None
    found: dict[str, Keys] = field(default_factory=dict)
    questions: list[Asked] = field(default_factory=list)


def understood(tree: Node) -> Understood:
    """Return what the house understands of a form, by its tree."""
    found = Understood(marks=_marked(tree, MARKS))
    for keys, leaf, _ in leaves(tree):
        if leaf.get("stamp") in {"start", "end"}:  # whatever such a node is called
            found.marks[leaf["stamp"]] = keys
    _questions(tree, found)
    for keys, repeat in repeats(tree):
        if repeat["name"] == "findings" and found.findings is None:
            found.findings, found.found = keys, _marked(repeat, FOUND)
    return found


def _marked(node: Node, wanted: Mapping[str, str]) -> dict[str, Keys]:
    marks: dict[str, Keys] = {}
    for keys, leaf, _ in leaves(node):
        name = leaf["name"]
        if name in wanted and wanted[name] in {"", leaf["type"]}:
            marks.setdefault(name, keys)
    return marks


def _questions(tree: Node, found: Understood) -> None:
    taken: set[str] = set()
    for keys, leaf, group in leaves(tree):
        name, choices = leaf["name"], leaf.get("choices", {})
        if {PASS, FAIL} <= choices.keys() <= {PASS, FAIL, NOT_APPLICABLE} and not leaf.get("many"):
            found.judges.append((_unlike(name, taken), keys))
            found.questions.append(_asked(found.judges[-1][0], "judge", leaf))
        elif name.endswith("_reported") and leaf["type"] in WHOLE:
            stem = name.removesuffix("_reported")
            pair = [other["name"] for other in group["inside"] if other.get("type") in WHOLE]
            if f"{stem}_verified" in pair:
                found.counts.append((_unlike(stem, taken), keys, (*keys[:-1], f"{stem}_verified")))
                other = next(child for child in group["inside"] if child["name"] == f"{stem}_verified")
                # What their labels share asks; else the group, where there is nothing but the pair in it.
                around = group["label"] if len(pair) == len(group["inside"]) == 2 else ""
                found.questions.append(_asked(found.counts[-1][0], "count", leaf, _shared(leaf, other) or around))
        elif name.startswith("ask_") and leaf["type"] == "text" and not choices and "listed" not in leaf:
            found.asks.append((_unlike(name, taken), keys))
            found.questions.append(_asked(found.asks[-1][0], "ask", leaf))


def _unlike(name: str, taken: set[str]) -> str:
    # A name is used once in its group, and may be used again in another.
    unlike, number = name, 1
    while unlike in taken:
        number += 1
        unlike = f"{name}.{number}"
    taken.add(unlike)
    return unlike


def _shared(reported: Node, verified: Node) -> str:
    one, other = reported["label"], verified["label"]
    if one.endswith(REPORTED):
        return one.removesuffix(REPORTED)
    alike = next((n for n, pair in enumerate(zip(one, other, strict=False)) if len(set(pair)) > 1), len(one))
    return one[:alike].rstrip(" （(【[：:—–、，,·-")


def _asked(name: str, kind: str, leaf: Node, text: str = "") -> Asked:
    said, help_ = legible(text or leaf["label"]) or name, legible(leaf.get("hint", ""))
    return Asked(name, kind, said[:LONGEST], help_[:LONGEST])
