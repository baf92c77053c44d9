"""
The simple conditions of a form, which a server can check as a phone does: comparisons, selected(), and, or, not().

1. `parse` turns an XPath expression into a tree of lists that JSON can hold, or None where it is not simple.
2. `ready` turns such a tree into a function of the answers.

An answer is named by how many repeats stand around it and by its keys from the innermost of them. A condition sees the
form and the one row of each repeat that it stands in itself, never another row.
"""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

Tree = list[Any]
Scopes = Sequence[Mapping[str, Any]]  # the answers of the form, then of each row the condition stands in
Condition = Callable[[Scopes], bool]

_TOKEN = re.compile(
    r"\s*(?:(?P<text>'[^']*'|\"[^\"]*\")|(?P<number>\d+(?:\.\d+)?)(?![\w.])|(?P<sign>!=|<=|>=|[=<>(),])"
    r"|(?P<path>current\(\)/[./\w-]+|[./\w][\w./-]*))"
)
_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "=": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
}
_NUMBER = re.compile(r"\s*-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)\s*")
_DEEPEST = 20  # brackets; nobody writes so, and Python's own stack is not endless


@dataclass(frozen=True)
class Place:
    """Where a node stands: the paths of the repeats around it, and its keys from the innermost. A leaf is an answer."""

    repeats: tuple[str, ...]
    keys: tuple[str, ...]
    leaf: bool = False


class _NotSimple(Exception):
    pass


def parse(expression: str, *, at: str, places: Mapping[str, Place]) -> Tree | None:
    """Return the tree of an expression that stands at the path `at`; None where it is not simple. See `Place`."""
    try:
        return _Parser(expression, at, places).whole()
    except _NotSimple:
        return None


class _Parser:
    def __init__(self, expression: str, at: str, places: Mapping[str, Place]) -> None:
        self.at, self.places = at, places
        self.tokens: list[tuple[str, str]] = []
        self.next = end = 0
        expression = expression.rstrip()
        while end < len(expression):
            found = _TOKEN.match(expression, end)
            if not found or not found.lastgroup:
                raise _NotSimple
            self.tokens.append((found.lastgroup, found[found.lastgroup]))
            end = found.end()
        if max(accumulate((word == "(") - (word == ")") for _, word in self.tokens), default=0) > _DEEPEST:
            raise _NotSimple

    def whole(self) -> Tree:
        tree = self.either()
        if self.next < len(self.tokens):
            raise _NotSimple
        return tree

    def either(self) -> Tree:
        return self._joined("or", lambda: self._joined("and", self.comparison))

    def _joined(self, word: str, part: Callable[[], Tree]) -> Tree:
        parts = [part()]
        while self._take("path", word):
            parts.append(part())
        return parts[0] if len(parts) == 1 else [word, *parts]

    def comparison(self) -> Tree:
        if self._take("sign", "("):
            tree = self.either()
            self._expect(")")
            return tree
        word = self._peek()
        if word in {("path", "not"), ("path", "true"), ("path", "false"), ("path", "selected")}:
            return self._called(word[1])
        left = self.operand()
        sign = self._peek()[1]
        if sign not in _COMPARE:
            raise _NotSimple
        self.next += 1
        return [sign, left, self.operand()]

    def _called(self, word: str) -> Tree:
        self.next += 1
        self._expect("(")
        inside: list[Tree] = []
        if word == "not":
            self.next -= 1
            return ["not", self.comparison()]
        if word == "selected":
            inside.append(self.operand())
            self._expect(",")
            inside.append(self.operand())
        self._expect(")")
        return [word, *inside]

    def operand(self) -> Tree:
        kind, word = self._peek()
        self.next += 1
        if kind == "text":
            return ["text", word[1:-1]]
        if kind == "number":
            return ["number", float(word)]
        if (kind, word) == ("path", "string-length"):
            self._expect("(")
            inside = self.operand()
            self._expect(")")
            return ["length", inside]
        if kind != "path":
            raise _NotSimple
        return self._answer(word)

    def _answer(self, word: str) -> Tree:
        path = resolved(word, self.at)
        here, there = self.places[self.at], self.places.get(path)
        if there is None or not there.leaf or here.repeats[: len(there.repeats)] != there.repeats:
            raise _NotSimple
        return ["answer", len(there.repeats), list(there.keys)]

    def _peek(self) -> tuple[str, str]:
        return self.tokens[self.next] if self.next < len(self.tokens) else ("", "")

    def _take(self, kind: str, word: str) -> bool:
        taken = self._peek() == (kind, word)
        self.next += taken
        return taken

    def _expect(self, sign: str) -> None:
        if not self._take("sign", sign):
            raise _NotSimple


def resolved(word: str, at: str) -> str:
    """Return the absolute path that `word` means in an expression which stands at the path `at`."""
    word = word.removeprefix("current()/")
    if word.startswith("/"):
        return word
    steps = at.split("/")
    for step in word.split("/"):
        if step == "..":
            steps = steps[:-1]
        elif step != ".":
            steps.append(step)
    return "/".join(steps)


def ready(tree: Tree) -> Condition:
    """Return a function of the answers from what `parse` returned."""
    word, *rest = tree
    if word in {"and", "or"}:
        parts = [ready(part) for part in rest]
        joined = all if word == "and" else any
        return lambda scopes: joined(part(scopes) for part in parts)
    if word == "not":
        denied = ready(rest[0])
        return lambda scopes: not denied(scopes)
    if word in {"true", "false"}:
        return lambda scopes: word == "true"
    left, right = (_operand(part) for part in rest)
    if word == "selected":
        return lambda scopes: right(scopes) in left(scopes).split()
    compare = _COMPARE[word]
    if word in {"=", "!="} and "number" not in {rest[0][0], rest[1][0]} and "length" not in {rest[0][0], rest[1][0]}:
        return lambda scopes: (left(scopes) == right(scopes)) == (word == "=")
    return lambda scopes: compare(_number(left(scopes)), _number(right(scopes)))


def _operand(tree: Tree) -> Callable[[Scopes], str]:
    word = tree[0]
    if word == "answer":
        scope, keys = tree[1], tuple(tree[2])
        return lambda scopes: answer(scopes[scope], keys)
    if word == "length":
        inside = _operand(tree[1])
        return lambda scopes: str(len(inside(scopes)))
    constant = str(tree[1])
    return lambda scopes: constant


def answer(answers: Mapping[str, Any], keys: Sequence[str]) -> str:
    """Return the answer under `keys`, "" where there is none."""
    found: Any = answers
    for key in keys:
        found = found.get(key)
        if found is None:
            return ""
    return found if isinstance(found, str) else ""


def _number(text: str) -> float:
    return float(text) if _NUMBER.fullmatch(text) else math.nan
