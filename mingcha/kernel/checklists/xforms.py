"""
An XForm, taken apart: the tree of its nodes, and what binds, controls, texts and lists say of each.

What a phone could not open is refused with the line it stands on.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree

from mingcha.kernel.checklists.instances import local
from mingcha.kernel.sheets import Problem

MOST_NODES = 5_000
LONGEST_NAME = 64
XHTML = "{http://www.w3.org/1999/xhtml}"
CONTROLS = {"input", "select", "select1", "upload", "range", "rank", "trigger", "secret"}
EXPRESSIONS = {"relevant": "relevant", "required": "required", "constraint": "constraint", "calculate": "calculation"}
_LITERAL = re.compile(r"'[^']*'|\"[^\"]*\"")
_CHINESE = re.compile(r"中文|汉语|chinese|\bzh\b", re.IGNORECASE)


@dataclass
class XForm:
    """
    `primary` is the empty instance; the maps go by path: `binds` and `controls` to their elements, `repeats` as a set.

    `lists` are the choices of each secondary instance by its id, name to label; None where a file holds them, named in
    `files`. `problems` is what a phone could not open.
    """

    title: str
    primary: etree._Element
    binds: dict[str, etree._Element] = field(default_factory=dict)
    controls: dict[str, etree._Element] = field(default_factory=dict)
    repeats: set[str] = field(default_factory=set)
    texts: dict[str, str] = field(default_factory=dict)
    lists: dict[str, dict[str, str] | None] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def fault(self, element: etree._Element, template: str, *, column: str, value: str = "") -> None:
        """Note what is wrong at an element; see `Problem`."""
        line = element.sourceline
        self.problems.append(Problem(line if isinstance(line, int) else 0, column, value[:200], template))

    def bind(self, path: str, name: str) -> str:
        """Return an attribute of a node's bind, "" where there is none."""
        bind = self.binds.get(path)
        return bind.get(name, "").strip() if bind is not None else ""

    def label(self, path: str, kind: str = "label") -> str:
        """Return the label (or hint) of a control or group in Chinese, else in the form's default language."""
        control = self.controls.get(path)
        for child in control if control is not None else ():
            if local(child.tag) == kind:
                return self.said(child)
        return ""

    def said(self, element: etree._Element) -> str:
        """Return the text of a label: looked up where it refers to one, without line breaks."""
        found = re.fullmatch(r"jr:itext\(\s*'(.+)'\s*\)", element.get("ref", ""))
        return self.texts.get(found[1], "") if found else _words(element)


def taken_apart(root: etree._Element) -> XForm | None:
    """Return the form whose root element this is; None where it is no XForm."""
    # By their places: a node of the form may be called body, too.
    model, body = root.find(f"{XHTML}head/{{*}}model"), root.find(f"{XHTML}body")
    if model is None or body is None:
        return None
    primary = next((instance[0] for instance in model.iterfind("{*}instance") if len(instance)), None)
    if primary is None:
        return None
    title = root.findtext(f"{XHTML}head/{XHTML}title") or ""
    form = XForm(" ".join(title.split()), primary, texts=_texts(model))
    form.lists = _lists(model, form.texts)
    form.files = _files(model)
    known = set(paths(primary))
    names = _bound(form, model, known)
    _controlled(form, body, names, known)
    for recording in model.iter("{*}recordaudio"):  # a voice recorded unasked has no control
        form.controls.setdefault(recording.get("ref", ""), recording)
    if len(known) > MOST_NODES:
        form.fault(primary, "题目太多：请把表单拆成几份。", column="instance")
    for path in sorted(known):
        if len(path.rpartition("/")[2]) > LONGEST_NAME:
            form.fault(primary, "题名太长，请写短一些。", column="instance", value=path)
    if any(element.get("base64RsaPublicKey") for element in model.iter("{*}submission")):
        form.fault(model, "表单设了加密，交上来也读不出。请去掉加密设置（public_key）。", column="submission")
    return form


def paths(primary: etree._Element) -> Iterator[str]:
    """Yield the path of every node once, without namespaces, as binds write it."""
    seen: set[str] = set()
    waiting = [(primary, f"/{local(primary.tag)}")]
    while waiting:
        element, path = waiting.pop()
        if path not in seen:
            seen.add(path)
            yield path
        waiting += [(child, f"{path}/{local(child.tag)}") for child in element]


def _texts(model: etree._Element) -> dict[str, str]:
    languages = list(model.iterfind("{*}itext/{*}translation"))
    # The later ones win: any language, then the form's own, then Chinese.
    languages.sort(key=lambda t: 2 if _CHINESE.search(t.get("lang", "")) else 1 if t.get("default") else 0)
    texts: dict[str, str] = {}
    for translation in languages:
        for text in translation.iterfind("{*}text"):
            for value in text.iterfind("{*}value"):
                said = _words(value)
                if not value.get("form") and said not in {"", "-"}:  # "-" stands where a translation is missing
                    texts[text.get("id", "")] = said
    return texts


def _words(element: etree._Element) -> str:
    return " ".join("".join(str(part) for part in element.itertext()).split())


def _lists(model: etree._Element, texts: Mapping[str, str]) -> dict[str, dict[str, str] | None]:
    return {
        instance.get("id", ""): None if instance.get("src") else _choices(instance.iter("{*}item"), texts)
        for instance in model.iterfind("{*}instance")
    }


def _files(model: etree._Element) -> list[str]:
    named = [instance.get("src", "") for instance in model.iterfind("{*}instance")]
    named += [value.text or "" for value in model.iterfind("{*}itext/{*}translation/{*}text/{*}value[@form]")]
    # jr://instance/last-saved is no file: the phone makes it itself.
    return [name.rpartition("/")[2] for name in named if re.match(r"jr://(?!instance/)", name)]


def _choices(items: Iterator[etree._Element], texts: Mapping[str, str]) -> dict[str, str]:
    choices: dict[str, str] = {}
    for item in items:
        cells = {local(child.tag): (child.text or "").strip() for child in item}
        name = cells.get("name", "")
        choices[name] = texts.get(cells.get("itextId", ""), "") or cells.get("label", "") or name
    return choices


def _bound(form: XForm, model: etree._Element, known: set[str]) -> dict[str, str]:
    names: dict[str, str] = {}
    for bind in model.iterfind("{*}bind"):
        path = bind.get("nodeset", "")
        if path not in known:
            form.fault(bind, "bind 指向的节点不存在，请检查 nodeset。", column="nodeset", value=path)
        form.binds[path] = bind
        names[bind.get("id", "")] = path
        for name, column in EXPRESSIONS.items():
            expression = bind.get(name)
            if expression is not None and not readable(expression):
                form.fault(
                    bind, "算式写得不完整，手机打不开：请检查括号、引号和运算符。",
                    column=f"{path} / {column}", value=expression,
                )  # fmt: skip
    return names


def readable(expression: str) -> bool:
    """Whether an expression is whole XPath. What it calls and refers to is not looked at."""
    bare = _LITERAL.sub("", expression)
    try:
        etree.XPath(expression)
    except etree.XPathSyntaxError:
        return False
    return bare.count("(") == bare.count(")") and bare.count("[") == bare.count("]")


def _controlled(form: XForm, body: etree._Element, names: Mapping[str, str], known: set[str]) -> None:
    for element in body.iter("{*}*"):
        tag = local(element.tag)
        path = element.get("nodeset" if tag == "repeat" else "ref") or names.get(element.get("bind", ""), "")
        if tag not in CONTROLS | {"repeat", "group"} or not path:
            continue
        if path not in known:
            form.fault(element, "题目指向的节点不存在，请检查 ref。", column="ref", value=path)
        elif tag == "repeat":
            form.repeats.add(path)
        else:
            form.controls[path] = element
