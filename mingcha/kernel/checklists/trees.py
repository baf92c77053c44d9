"""The nodes of a form as plain dicts and lists, which JSON can hold: made once at publishing, read at each submission."""

from collections.abc import Iterator
from typing import Final, TypedDict

from mingcha.kernel.checklists.conditions import Tree

Keys = tuple[str, ...]

# Types that are checked; any other is text.
TYPES: Final = {
    "int", "integer", "decimal", "boolean", "date", "time", "dateTime", "geopoint", "geotrace", "geoshape", "binary",
}  # fmt: skip


class Node(TypedDict, total=False):
    """A group, which has an `inside`, or a leaf, which has a `type`. What does not apply is left out."""

    name: str
    label: str
    inside: "list[Node]"
    repeat: bool  # a group whose rows repeat

    type: str
    hint: str
    choices: dict[str, str]  # name to label
    listed: bool  # chosen from a list that the form does not hold
    many: bool  # several may be chosen
    file: str  # what an upload holds: photo, signature, audio, video or file
    stamp: str  # start or end: the phone sets it
    must: bool  # required
    when: list[Tree]  # only if all of these hold
    unless: bool  # some condition of `when` is not simple: it could not be checked
    rule: Tree  # a simple constraint
    unruled: bool  # a constraint that is not simple


def leaves(node: Node, keys: Keys = ()) -> Iterator[tuple[Keys, Node, Node]]:
    """Yield what is answered once, outside of repeats: its keys from `node`, the leaf, and the group it stands in."""
    for child in node["inside"]:
        inner = (*keys, child["name"])
        if "inside" not in child:
            yield inner, child, node
        elif not child.get("repeat"):
            yield from leaves(child, inner)


def repeats(node: Node, keys: Keys = ()) -> Iterator[tuple[Keys, Node]]:
    """Yield the outermost repeats, each with its keys from `node`."""
    for child in node["inside"]:
        inner = (*keys, child["name"])
        if child.get("repeat"):
            yield inner, child
        elif "inside" in child:
            yield from repeats(child, inner)


def everywhere(node: Node) -> Iterator[Node]:
    """Yield every leaf, in repeats or not."""
    for child in node["inside"]:
        if "inside" in child:
            yield from everywhere(child)
        else:
            yield child
