"""What was filled in, told as people read it: the form's own words for questions and choices, in the form's order."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from mingcha.kernel.checklists.trees import Node

_NUMBER = re.compile(r"\[\d+\]")
_UNTOLD = {"meta"}  # the instance's own number and the like


@dataclass(frozen=True, slots=True)
class Told:
    """
    One line: a question and its answer, or (`value` None) the heading of a group or of a row, `number` from 1.

    `kind` is the type of the node, or what its file holds (photo, signature, audio, video, file); `level` the depth.
    """

    path: str
    label: str
    value: str | None
    level: int
    kind: str = ""
    number: int = 0


def told(tree: Node, answers: dict[str, Any]) -> list[Told]:
    """Return what was answered, as `Reading.answers` of a form of this tree has it. What was left empty is left out."""
    return list(_group(tree, answers, f"/{tree['name']}", 0))


def label(tree: Node, path: str) -> str:
    """Return what a form calls the node at a path (as a `Breach` names it): its label, else its name."""
    steps = _NUMBER.sub("", path).strip("/").split("/")
    node: Node | None = tree
    for step in steps[1:]:
        node = next((child for child in (node or {}).get("inside", []) if child["name"] == step), None)
    return (node.get("label") if node else "") or steps[-1]


def _group(node: Node, answers: dict[str, Any], path: str, level: int) -> Iterator[Told]:
    known = [child["name"] for child in node["inside"]]
    for child in node["inside"]:
        if child["name"] not in _UNTOLD:
            yield from _node(child, answers.get(child["name"]), f"{path}/{child['name']}", level)
    for name, value in answers.items():
        if name not in known and name not in _UNTOLD:
            yield from _stranger(name, value, f"{path}/{name}", level)


def _node(node: Node, value: Any, path: str, level: int) -> Iterator[Told]:
    name = node.get("label") or node["name"]
    if isinstance(value, list) and node.get("repeat"):
        for number, row in enumerate(value, start=1):
            at = f"{path}[{number}]"
            inner = list(_group(node, row, at, level + 1)) if isinstance(row, dict) else []
            yield Told(at, name, None, level, number=number)
            yield from inner
    elif isinstance(value, dict) and "inside" in node:
        inner = list(_group(node, value, path, level + bool(node.get("label"))))
        if inner and node.get("label"):
            yield Told(path, name, None, level)
        yield from inner
    elif isinstance(value, str) and value:
        yield Told(path, name, _said(node, value), level, node.get("file") or node.get("type", ""))
    elif value:
        yield from _stranger(node["name"], value, path, level)


def _said(node: Node, value: str) -> str:
    choices = node.get("choices", {})
    if node.get("many"):
        return "、".join(choices.get(each) or each for each in value.split())
    return choices.get(value) or value


def _stranger(name: str, value: Any, path: str, level: int) -> Iterator[Told]:
    """Tell what the form does not know, under the name it was sent with."""
    if isinstance(value, dict):
        for inner, held in value.items():
            yield from _stranger(inner, held, f"{path}/{inner}", level)
    elif isinstance(value, list):
        for number, held in enumerate(value, start=1):
            yield from _stranger(name, held, f"{path}[{number}]", level)
    elif value:
        yield Told(path, name, str(value), level)
