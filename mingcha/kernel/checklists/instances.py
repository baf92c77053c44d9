"""What a phone sent, parsed strictly: no DTD, no entities, nothing repaired. A mended half is a wrong report."""

import re
from dataclasses import dataclass
from typing import ClassVar

from lxml import etree

from mingcha.kernel.refusals import Refusal

JR = "{http://openrosa.org/javarosa}"
_ID = re.compile(r"[!-~]{1,100}")


class Malformed(Refusal):
    message: ClassVar[str] = "填报内容不完整或不是规范的 XML，没有收下。请在手机上重新提交；原件仍在手机里。"
    status: ClassVar[int] = 400


class NoInstanceId(Refusal):
    message: ClassVar[str] = "填报内容没有实例编号（instanceID），没有收下。请升级填报程序后重新提交。"
    status: ClassVar[int] = 400


@dataclass(frozen=True, slots=True)
class Instance:
    """One submission: its form, its own ID, the ID it replaces ("" for none), and its root element."""

    form_id: str
    version: str
    instance_id: str
    deprecated_id: str
    root: etree._Element


def parse(xml: bytes) -> Instance:
    """Return what was sent. Raises Malformed (also where it names no form), NoInstanceId."""
    try:
        text = xml.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Malformed from error
    if "\0" in text:  # another encoding, which only looks like this one
        raise Malformed
    root = parsed(xml)
    form_id = root.get("id") or etree.QName(root).namespace or ""
    if not form_id:
        raise Malformed
    ids = {"instanceID": "", "deprecatedID": ""}
    for meta in root.iterchildren("meta", "{*}meta"):
        for child in meta:
            name = local(child.tag)
            if name in ids:
                ids[name] = (child.text or "").strip()
    if not _ID.fullmatch(ids["instanceID"]):
        raise NoInstanceId
    return Instance(form_id, root.get("version", ""), ids["instanceID"], ids["deprecatedID"][:100], root)


def parsed(xml: bytes) -> etree._Element:
    """Return the root of a document, without comments and instructions. Raises Malformed."""
    # Before parsing, so that no definition is ever read; after it, for encodings in which the word looks otherwise.
    if b"<!DOCTYPE" in xml:
        raise Malformed
    parser = etree.XMLParser(  # a parser keeps state: each document has its own
        resolve_entities=False, no_network=True, load_dtd=False, recover=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(xml, parser)
    except (etree.LxmlError, ValueError) as error:
        raise Malformed from error
    if root.getroottree().docinfo.doctype:  # type: ignore[union-attr]
        raise Malformed
    return root


def local(tag: str) -> str:
    """Return a tag without its namespace: clients disagree on which they write."""
    return tag.rpartition("}")[2]
