"""The compiled form: a tree of nodes made ready to read submissions quickly. Load it once, keep it, share it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mingcha.kernel.checklists import conditions, conventions
from mingcha.kernel.checklists.conditions import Condition
from mingcha.kernel.checklists.conventions import Understood
from mingcha.kernel.checklists.trees import Keys, Node
from mingcha.kernel.checklists.values import CHECKS, Check


@dataclass(slots=True, eq=False)
class Leaf:
    """What an answer must be; `ruled` where it is more than a text or a choice."""

    name: str
    choices: frozenset[str] | None
    many: bool
    ruled: bool
    fits: Check | None  # its type
    file: str
    rule: Condition | None
    unruled: bool  # a rule that cannot be checked here
    when: tuple[Condition, ...]  # required if all of these hold
    unless: bool  # and something that cannot be checked here


@dataclass(slots=True, eq=False)
class Group:
    """What may stand in a group, by name; `musts` are the required ones. `findings` is the repeat of that name."""

    name: str
    repeat: bool = False
    findings: bool = False
    inside: "dict[str, Leaf | Group]" = field(default_factory=dict)
    musts: list[Leaf] = field(default_factory=list)
    groups: "list[Group]" = field(default_factory=list)  # without repeats


@dataclass(frozen=True, slots=True)
class Compiled:
    """A form as `read` needs it: its nodes, and where the house finds what it understands."""

    root: Group
    known: Understood

    @classmethod
    def load(cls, compiled: Mapping[str, Any]) -> "Compiled":
        """Return what `Form.compiled` says, before or after it has been through JSON."""
        known = conventions.understood(compiled["tree"])
        return cls(_group(compiled["tree"], (), known.findings), known)


def _group(node: Node, keys: Keys, findings: Keys | None) -> Group:
    group = Group(node["name"], node.get("repeat", False), bool(keys) and keys == findings)
    for child in node["inside"]:
        if "inside" in child:
            # Below a repeat nothing is named by keys from the form.
            inner = _group(child, (*keys, child["name"]), None if group.repeat else findings)
            group.inside[child["name"]] = inner
            if not inner.repeat:
                group.groups.append(inner)
        else:
            leaf = group.inside[child["name"]] = _leaf(child)
            if child.get("must"):
                group.musts.append(leaf)
    return group


def _leaf(node: Node) -> Leaf:
    choices, rule = node.get("choices"), node.get("rule")
    fits, file = CHECKS.get(node["type"]), node.get("file", "")
    return Leaf(
        name=node["name"],
        choices=frozenset(choices) if choices is not None else None,
        many=node.get("many", False),
        ruled=bool(fits or file or rule or node.get("unruled")),
        fits=fits,
        file=file,
        rule=conditions.ready(rule) if rule else None,
        unruled=node.get("unruled", False),
        when=tuple(conditions.ready(tree) for tree in node.get("when", ())),
        unless=node.get("unless", False),
    )
