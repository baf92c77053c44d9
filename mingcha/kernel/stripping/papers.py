"""
Office papers (ECMA-376): .docx, .xlsx and .pptx, packed anew.

1. Parts that only describe go: properties, custom XML, people, printer settings, thumbnails; with them every
   relationship and content type that names them.
2. In what stays, names of authors are emptied and dates and revision numbers of edits dropped; so are template paths.
3. Pictures inside lose what the camera wrote; a paper inside a paper is cleaned the same way.
4. Any part that is not known to be harmless (macros, OLE objects, sound, film) ends it: no copy.
"""

import io
import posixpath
import re
import zipfile

from lxml import etree

from mingcha.kernel.stripping import images

MOST_UNPACKED, MOST_PARTS, DEEPEST = 100_000_000, 3000, 2  # bytes of all parts; parts; papers within papers
BASE = "application/vnd.openxmlformats-officedocument."
KINDS = {
    "word/document.xml": BASE + "wordprocessingml.document",
    "xl/workbook.xml": BASE + "spreadsheetml.sheet",
    "ppt/presentation.xml": BASE + "presentationml.presentation",
}
TYPES = "[Content_Types].xml"
DROPPED = re.compile(
    r"docProps/|customXml/|.*/printerSettings/|word/people\.xml$|.*/thumbnail\.\w+$|xl/revisions/|_xmlsignatures/"
    r"|.*/(webextensions|userCustomization|attachedToolbars)/|customUI/|docMetadata/|xl/calcChain\.xml$"
)
XML = re.compile(r".*\.(xml|rels|vml)$")
DRAWN = re.compile(r".*\.(emf|wmf|odttf|fntdata|ttf)$")  # drawings and fonts, which name no writer
PICTURE = re.compile(r".*\.(jpe?g|png)$")
PAPER = re.compile(r".*\.(docx|xlsx|pptx)$")
EMPTIED = {"author", "initials", "displayName", "userId", "providerId", "userName", "lastModifiedBy", "lastEditedBy"}
# Of edits only: `dt` and `dT` of comments, `date` of tracked changes, `rsid…` of editing sessions, `absPath` of a folder.
EDITED = {"date", "dateUtc", "dt", "dT"}
GONE = {"rsids", "docVars", "attachedTemplate", "absPath", "fileSharing", "docId", "creationId", "modifyVerifier"}
NAMED = {"cmAuthor", "person"}


class NotClean(ValueError):
    """A part that is not known to be harmless, or too much of everything."""


def cleaned(data: bytes, *, depth: int = 1) -> tuple[str, bytes]:
    """Return media type and bytes of the clean paper. Raises NotClean, or whatever zipfile and lxml raise."""
    parts = _unpacked(data)
    kinds = [kind for part, kind in KINDS.items() if part in parts]
    if TYPES not in parts or len(kinds) != 1:
        raise NotClean("no Office paper")
    gone = {name for name in parts if DROPPED.match(name)}
    kept = {name: part for name, part in parts.items() if name not in gone and not _of_gone(name, gone)}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in sorted(kept, key=lambda name: (name != TYPES, name)):
            # ZipInfo's own date is 1980: when the paper was saved is not told either.
            packed.writestr(zipfile.ZipInfo(name), _clean(name, kept[name], gone, depth), zipfile.ZIP_DEFLATED)
    return kinds[0], out.getvalue()


def _unpacked(data: bytes) -> dict[str, bytes]:
    """Return the parts by name. The sizes that a zip claims are not believed: reading stops at the limit."""
    parts: dict[str, bytes] = {}
    left = MOST_UNPACKED
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        members = [member for member in packed.infolist() if not member.is_dir()]
        if len(members) > MOST_PARTS:
            raise NotClean("too many parts")
        for member in members:
            with packed.open(member) as file:
                part = file.read(left + 1)
            left -= len(part)
            if left < 0 or member.filename in parts:
                raise NotClean("too much, or one name twice")
            parts[member.filename] = part
    return parts


def _clean(name: str, part: bytes, gone: set[str], depth: int) -> bytes:
    if XML.match(name.lower()):
        return _clean_xml(name, part, gone)
    if PICTURE.match(name.lower()):
        return images.bare(part)
    if PAPER.match(name.lower()) and depth < DEEPEST:
        return cleaned(part, depth=depth + 1)[1]
    if DRAWN.match(name.lower()):
        return part
    raise NotClean(name)


def _clean_xml(name: str, part: bytes, gone: set[str]) -> bytes:
    # No DTD is read, no entity resolved; huge_tree=False bounds depth and text.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
    root = etree.fromstring(part, parser)
    if b"<!DOCTYPE" in part or root.getroottree().docinfo.internalDTD is not None:
        raise NotClean("a DTD")
    for element in list(root.iter(etree.Element)):
        local = etree.QName(element).localname
        parent = element.getparent()
        if parent is not None and (local in GONE or _points_to_gone(name, element, gone)):
            parent.remove(element)  # none of these has text behind it that a reader sees
            continue
        if local == "author" and not len(element):
            element.text = ""  # of the comments of a workbook
        _clean_attributes(element, named=local in NAMED)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _clean_attributes(element: etree._Element, *, named: bool) -> None:
    for key in list(element.attrib):
        local = etree.QName(key).localname
        if local in EMPTIED or (named and local == "name"):
            element.set(key, "")
        elif local.startswith("rsid") or local in EDITED:
            del element.attrib[key]


def _points_to_gone(name: str, element: etree._Element, gone: set[str]) -> bool:
    """Whether a relationship or content type names a part that is no longer there, or a file on the writer's machine."""
    if name == TYPES:
        return element.get("PartName", "").lstrip("/") in gone
    target = element.get("Target")
    if not name.endswith(".rels") or target is None:
        return False
    if element.get("TargetMode") == "External":
        # A link that a reader may follow stays; a template or a linked file gives away a folder with a name in it.
        return not target.lower().startswith(("http://", "https://", "mailto:"))
    folder = posixpath.dirname(posixpath.dirname(name))
    return posixpath.normpath(posixpath.join("/" + folder, target)).lstrip("/") in gone


def _of_gone(name: str, gone: set[str]) -> bool:
    """Whether these are the relationships of a part that is gone."""
    folder, file = posixpath.split(name)
    return folder.endswith("_rels") and posixpath.join(posixpath.dirname(folder), file.removesuffix(".rels")) in gone
