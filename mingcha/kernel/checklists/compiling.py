"""An XForm → the tree of nodes that a submission is checked against; see `trees.Node`."""

import re

from lxml import etree

from mingcha.kernel.checklists import conditions
from mingcha.kernel.checklists.conditions import Place, Tree
from mingcha.kernel.checklists.instances import JR, local
from mingcha.kernel.checklists.trees import TYPES, Node
from mingcha.kernel.checklists.xforms import XForm

_MEDIA = {"image": "photo", "audio": "audio", "video": "video"}
_LIST = re.compile(r"instance\(\s*['\"]([^'\"]+)['\"]\s*\)")


def tree_of(form: XForm) -> Node:
    """Return the tree of a form's nodes, see `trees.Node`."""
    return _Compiler(form).group(form.primary, f"/{local(form.primary.tag)}", [])


class _Compiler:
    def __init__(self, form: XForm) -> None:
        self.form = form
        self.places: dict[str, Place] = {}
        self._place(form.primary, f"/{local(form.primary.tag)}", Place((), ()))

    def _place(self, element: etree._Element, path: str, inside: Place) -> None:
        for child in element:
            name = local(child.tag)
            at = f"{path}/{name}"
            repeats = at in self.form.repeats
            self.places[at] = Place(inside.repeats, (*inside.keys, name), leaf=not (len(child) or repeats))
            self._place(child, at, Place((*inside.repeats, at), ()) if repeats else self.places[at])

    def group(self, element: etree._Element, path: str, around: list[Tree | None]) -> Node:
        group: Node = {"name": local(element.tag), "label": self.form.label(path), "inside": []}
        if path in self.form.repeats:
            group["repeat"] = True
        around = [*around, *self._conditions(path, "relevant")]
        seen: set[str] = set()
        for child in element:
            name = local(child.tag)
            at = f"{path}/{name}"
            if name not in seen:  # the template of a repeat and its first row are one
                inner = len(child) or at in self.form.repeats
                group["inside"].append(self.group(child, at, around) if inner else self._leaf(name, at, around))
            seen.add(name)
        return group

    def _leaf(self, name: str, path: str, around: list[Tree | None]) -> Node:
        kind = self.form.bind(path, "type").rpartition(":")[2]
        leaf: Node = {"name": name, "label": self.form.label(path), "type": kind if kind in TYPES else "text"}
        hint, control = self.form.label(path, "hint"), self.form.controls.get(path)
        if hint:
            leaf["hint"] = hint
        if control is not None:
            leaf |= self._asked(control)
        if kind == "binary":
            leaf.setdefault("file", "file")
        if self.form.bind(path, f"{JR}preload") == "timestamp":
            leaf["stamp"] = self.form.bind(path, f"{JR}preloadParams")
        required = self._conditions(path, "required")
        if required and required != [["false"]]:
            when = [*around, *self._conditions(path, "relevant"), *required]
            leaf |= {"must": True, "when": [tree for tree in when if tree not in (None, ["true"])]}
            if None in when:
                leaf["unless"] = True
        for rule in self._conditions(path, "constraint"):
            leaf |= {"rule": rule} if rule else {"unruled": True}
        return leaf

    def _asked(self, control: etree._Element) -> Node:
        tag, look = local(control.tag), control.get("appearance", "")
        asked: Node = {}
        if tag in {"select", "select1", "rank"}:
            choices = self._choices(control)
            asked |= {"choices": choices} if choices is not None else {"listed": True}
            asked |= {"many": True} if tag != "select1" else {}
        elif tag == "upload":
            kind = _MEDIA.get(control.get("mediatype", "").partition("/")[0], "file")
            asked["file"] = "signature" if kind == "photo" and "signature" in look.split() else kind
        elif tag == "recordaudio":
            asked["file"] = "audio"
        elif tag == "input" and control.get("query"):
            asked["listed"] = True
        return asked

    def _choices(self, control: etree._Element) -> dict[str, str] | None:
        """Return what may be chosen; None where the form itself does not hold it."""
        items = control.findall("{*}item")
        if items:
            return {
                (item.findtext("{*}value") or "").strip(): self.form.said(label)
                for item in items
                if (label := item.find("{*}label")) is not None
            }
        itemset = control.find("{*}itemset")
        # search() fills the choices from a file of the phone's own.
        if itemset is None or "search(" in control.get("appearance", ""):
            return None
        value, named = itemset.find("{*}value"), _LIST.search(itemset.get("nodeset", ""))
        known = named and value is not None and value.get("ref") == "name"
        return self.form.lists.get(named[1]) if named and known else None

    def _conditions(self, path: str, name: str) -> list[Tree | None]:
        """Return the condition of a node as a list of one, or of none; None stands for one that is not simple."""
        expression = self.form.bind(path, name)
        if not expression:
            return []
        return [conditions.parse(expression, at=path, places=self.places)]
