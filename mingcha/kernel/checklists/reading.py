"""
A submission → what it says: answers, findings, files, and where it departs from its form.

1. The instance is walked beside the compiled form: every answer is kept, what does not fit is a `Breach`.
2. What was required and is missing, and simple rules, are judged at the end, when all answers are known.
3. What the house understands is picked out by name (`conventions`).

Nothing is thrown away, and nothing raises: an office rules on what is in breach.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from lxml import etree

from mingcha.kernel.checklists import values
from mingcha.kernel.checklists.compiled import Compiled, Group, Leaf
from mingcha.kernel.checklists.conditions import Scopes, answer
from mingcha.kernel.checklists.conventions import (
    FAIL,
    MODES,
    NOT_APPLICABLE,
    OUTCOMES,
    PASS,
    RESPONSIBILITIES,
    SEVERITIES,
    Understood,
)
from mingcha.kernel.checklists.instances import JR, Instance, local
from mingcha.kernel.checklists.trees import Keys
from mingcha.kernel.checklists.values import CHECKS
from mingcha.kernel.legible import legible

# What may be wrong with an answer. %(value)s is what was sent.
BREACHES: Final = {
    "unknown_node": "表单里没有这一题",
    "twice": "这一题交了两次，只取第一次：“%(value)s”",
    "bad_type": "填的“%(value)s”不合这一题的格式",
    "not_a_choice": "填的“%(value)s”不在选项里",
    "required_missing": "必填题没有填",
    "required_in_finding": "问题里的必填题没有填",
    "constraint": "填的“%(value)s”不合这一题的要求",
    "out_of_range": "填的数“%(value)s”超出范围，没有采用",
    "too_long": "文字太长，登记时截短；原文在填报内容里",
    "bad_file_name": "附件名“%(value)s”不合规定，附件收不下",
    "too_many": "问题超过 200 条，从这一条起没有登记；原文在填报内容里",
    "clock": "结束时间早于开始时间，请核对手机时钟",
}
MOST_FINDINGS = 200
MOST_BREACHES = 100  # what is wrong a hundred times over is not told better by more
LONGEST: Final = {
    "site_code": 120, "site_name": 120, "outcome_reason": 200, "feedback": 4_000, "feedback_to": 60, "item": 200,
    "clause": 200, "description": 4_000, "requirement": 2_000, "body": 120,
}  # fmt: skip
LONGEST_SAID = 4_000
LONGEST_DUE = 24 * 365  # hours
_TEMPLATE = f"{JR}template"
_VERDICTS = {PASS, FAIL, NOT_APPLICABLE}
_YES = {"yes", "true", "1"}


@dataclass(frozen=True, slots=True)
class Breach:
    """Where a submission departs from its form: a key of BREACHES, the path with numbers of rows, what was sent."""

    code: str
    path: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Slot:
    """A file that the submission speaks of: where, of which kind (see `trees.Node.file`), of which finding (0: none)."""

    path: str
    kind: str
    finding: int


@dataclass(frozen=True, slots=True)
class Found:
    """One row of findings. `item` and `body` are codes from the lists, `photos` names of files; "" for what is missing."""

    ordinal: int
    item: str
    clause: str
    responsibility: str
    severity: str
    description: str
    on_spot: bool
    due_hours: int | None
    due_at: datetime | None
    requirement: str
    body: str
    photos: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """
    What a submission says. `answers` are nested as the form is, every leaf a text, repeats as lists.

    `verdicts`, `counts` (reported, verified) and `said` go by the names of questions. A form that does not ask was
    filled in openly (`mode`) and the visit done (`outcome`). `unverified` counts the rules that mattered here and were too intricate to check.
    """

    answers: dict[str, Any]
    breaches: tuple[Breach, ...]
    findings: tuple[Found, ...]
    verdicts: dict[str, str]
    counts: dict[str, tuple[int | None, int | None]]
    said: dict[str, str]
    files: dict[str, Slot]
    site_code: str
    site_name: str
    mode: str
    outcome: str
    reason: str
    feedback: str
    feedback_to: str
    started: datetime | None
    ended: datetime | None
    position: tuple[float, float, float | None] | None
    score: int | None
    unverified: int

    @property
    def held(self) -> tuple[str, ...]:
        """Why no visit can be made of this by itself: "no_site" where it does not say which site it is about."""
        return () if self.site_code else ("no_site",)


def read(instance: Instance, compiled: Compiled) -> Reading:
    """Return what a submission of this form says."""
    walk = _Walk(instance.root, compiled.root)
    return _Pick(walk, compiled.known).reading()


class _Walk:
    """Steps 1 and 2. `scopes` are the answers of the form, then of each row stood in; `ordinal` is the finding's."""

    def __init__(self, element: etree._Element, root: Group) -> None:
        self.root = f"/{root.name}"
        self.answers: dict[str, Any] = {}
        self.breaches: list[Breach] = []
        self.files: dict[str, Slot] = {}
        self.findings: list[tuple[str, dict[str, Any]]] = []
        self.unverified = 0
        self.missing: list[tuple[Leaf, Scopes, str, int]] = []
        self.rules: list[tuple[Leaf, str, Scopes, str]] = []
        self._group(root, element, self.answers, (self.answers,), self.root, 0)
        self._judge()

    def breach(self, code: str, path: str, value: str = "") -> None:
        if len(self.breaches) < MOST_BREACHES:
            self.breaches.append(Breach(code, path[:300], value[:200]))

    def _group(
        self, group: Group, element: Iterable[etree._Element], answers: dict[str, Any], scopes: Scopes, place: str,
        ordinal: int,
    ) -> None:  # fmt: skip
        for child in element:
            name = child.tag if child.tag in group.inside else local(child.tag)
            known = group.inside.get(name)
            if known is None:
                if name != "meta" and group.name != "meta":  # clients note there what they like
                    self.breach("unknown_node", f"{place}/{name}", child.text or "")
            elif isinstance(known, Group):
                self._inner(known, child, answers, scopes, f"{place}/{name}", ordinal)
            elif name in answers:
                self.breach("twice", f"{place}/{name}", answers[name])
            else:
                text = child.text
                answers[name] = text = text.strip() if text else ""
                if text and (known.ruled or (known.choices is not None and text not in known.choices)):
                    self._checked(known, text, scopes, f"{place}/{name}", ordinal)
                if len(child):
                    self.breach("unknown_node", f"{place}/{name}/{local(child[0].tag)}", child[0].text or "")
        for leaf in group.musts:
            if not answers.get(leaf.name):
                self.missing.append((leaf, scopes, place, ordinal))
        for inner in group.groups:
            if inner.name not in answers:
                self._group(inner, (), {}, scopes, f"{place}/{inner.name}", ordinal)

    def _inner(
        self, group: Group, child: etree._Element, answers: dict[str, Any], scopes: Scopes, place: str, ordinal: int
    ) -> None:
        inner: dict[str, Any] = {}
        if not group.repeat:
            if group.name in answers:
                self.breach("twice", place)
                return
            answers[group.name] = inner
            self._group(group, child, inner, scopes, place, ordinal)
        elif child.get(_TEMPLATE) is None:
            rows = answers.setdefault(group.name, [])
            rows.append(inner)
            self._row(group, child, inner, scopes, f"{place}[{len(rows)}]", ordinal)

    def _row(
        self, group: Group, child: etree._Element, row: dict[str, Any], scopes: Scopes, place: str, ordinal: int
    ) -> None:
        owed = len(self.missing)
        number = len(self.findings) + 1 if group.findings else ordinal
        self._group(group, child, row, (*scopes, row), place, number)
        if _blank(row):  # opened and left: nothing was meant by it
            del self.missing[owed:]
        elif group.findings and number <= MOST_FINDINGS:
            self.findings.append((place, row))
        elif group.findings:
            self.breach("too_many", place)

    def _checked(self, leaf: Leaf, text: str, scopes: Scopes, path: str, ordinal: int) -> None:
        chosen = text.split() if leaf.many else (text,)
        if leaf.choices is not None and not leaf.choices.issuperset(chosen):
            self.breach("not_a_choice", path, text)
        if leaf.fits and not leaf.fits(text):
            self.breach("bad_file_name" if leaf.file else "bad_type", path, text)
        elif leaf.file:
            self.files.setdefault(text, Slot(path, leaf.file, ordinal))
        if leaf.rule or leaf.unruled:
            self.rules.append((leaf, text, scopes, path))

    def _judge(self) -> None:
        for leaf, scopes, place, ordinal in self.missing:
            if all(condition(scopes) for condition in leaf.when):
                if leaf.unless:
                    self.unverified += 1
                else:
                    self.breach("required_in_finding" if ordinal else "required_missing", f"{place}/{leaf.name}")
        for leaf, text, scopes, path in self.rules:
            self.unverified += leaf.unruled
            if leaf.rule and not leaf.rule(scopes):
                self.breach("constraint", path, text)


def _blank(row: Mapping[str, Any]) -> bool:
    for held in row.values():
        if isinstance(held, str):
            if held:
                return False
        elif not all(_blank(inner) for inner in (held if isinstance(held, list) else [held])):
            return False
    return True


class _Pick:
    """Step 3."""

    def __init__(self, walk: _Walk, known: Understood) -> None:
        self.walk, self.known = walk, known
        self.photos: dict[int, tuple[str, ...]] = {}
        for name, slot in walk.files.items():
            if slot.finding and slot.kind == "photo":
                self.photos[slot.finding] = (*self.photos.get(slot.finding, ()), name)

    def reading(self) -> Reading:
        walk, known, answers = self.walk, self.known, self.walk.answers
        verdicts = {name: said for name, keys in known.judges if (said := answer(answers, keys)) in _VERDICTS}
        started, ended = self._moment("start"), self._moment("end")
        if started and ended and ended < started:
            walk.breach("clock", self._path(known.marks["end"]), self._marked("end"))
        counts = {name: (self._count(one), self._count(other)) for name, one, other in known.counts}
        return Reading(
            answers=answers,
            findings=tuple(self._finding(n, *found) for n, found in enumerate(walk.findings, start=1)),
            verdicts=verdicts,
            counts={name: pair for name, pair in counts.items() if pair != (None, None)},
            said={name: said for name, keys in known.asks if (said := self._text(keys, LONGEST_SAID))},
            files=walk.files,
            site_code=self._said("site_code"),
            site_name=self._said("site_name"),
            mode=self._one_of("mode", MODES),
            outcome=self._one_of("outcome", OUTCOMES),
            reason=self._said("outcome_reason"),
            feedback=self._said("feedback"),
            feedback_to=self._said("feedback_to"),
            started=started,
            ended=ended,
            position=values.position(self._marked("location")),
            score=self._score(verdicts),
            # Last: picking may have found more.
            breaches=tuple(walk.breaches),
            unverified=walk.unverified,
        )

    def _finding(self, ordinal: int, place: str, row: Mapping[str, Any]) -> Found:
        def picked(name: str) -> str:
            keys = self.known.found.get(name)
            return answer(row, keys) if keys else ""

        def said(name: str) -> str:
            return self._cut(picked(name), LONGEST[name], f"{place}/{name}")

        hours = values.count(picked("due_hours"))
        return Found(
            ordinal=ordinal,
            item=said("item"),
            clause=said("clause"),
            responsibility=RESPONSIBILITIES.get(picked("responsibility"), "unit"),
            severity=SEVERITIES.get(picked("severity"), "ordinary"),
            description=said("description"),
            on_spot=picked("on_spot") in _YES,
            due_hours=hours if hours and hours <= LONGEST_DUE else None,
            due_at=values.moment(picked("due")),
            requirement=said("requirement"),
            body=said("body"),
            photos=self.photos.get(ordinal, ()),
        )

    def _path(self, keys: Keys) -> str:
        return "/".join((self.walk.root, *keys))

    def _marked(self, name: str) -> str:
        keys = self.known.marks.get(name)
        return answer(self.walk.answers, keys) if keys else ""

    def _said(self, name: str) -> str:
        keys = self.known.marks.get(name)
        return self._text(keys, LONGEST[name]) if keys else ""

    def _text(self, keys: Keys, longest: int) -> str:
        text = answer(self.walk.answers, keys)
        return self._cut(text, longest, self._path(keys)) if text else ""

    def _cut(self, text: str, longest: int, path: str) -> str:
        text = legible(text).strip()
        if len(text) > longest:
            self.walk.breach("too_long", path)
        return text[:longest]

    def _one_of(self, name: str, known: tuple[str, ...]) -> str:
        chosen = self._marked(name)
        return chosen if chosen in known else known[0]

    def _moment(self, name: str) -> datetime | None:
        return values.moment(self._marked(name))

    def _count(self, keys: Keys) -> int | None:
        text = answer(self.walk.answers, keys)
        number = values.count(text)
        if text and number is None and CHECKS["int"](text):  # what is no number at all has been told already
            self.walk.breach("out_of_range", self._path(keys), text)
        return number

    def _score(self, verdicts: Mapping[str, str]) -> int | None:
        text = self._marked("score")
        score = values.percent(text)
        if score is None and text not in {"", "NaN"}:
            self.walk.breach("out_of_range", self._path(self.known.marks["score"]), text)
        passed, failed = (sum(said == verdict for said in verdicts.values()) for verdict in (PASS, FAIL))
        if score is None and passed + failed:
            return int(100 * passed / (passed + failed) + 0.5)
        return score
