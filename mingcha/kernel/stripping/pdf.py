"""
PDFs (ISO 32000): written anew from their pages alone.

What is not reached from a page stays behind: properties, XMP, attachments, scripts, bookmarks, earlier versions that
editors leave in a file. What is reached is searched, dictionary by dictionary, for what only describes.
"""

import io

from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, PdfObject, StreamObject

from mingcha.kernel.stripping import images

MOST_OBJECTS, MOST_PAGES = 30_000, 600  # some seconds of one core
# Properties and private data of programs, dates, scripts, previews, who made a layer.
GONE = {
    "/Metadata", "/PieceInfo", "/LastModified", "/OpenAction", "/JavaScript", "/Thumb", "/OPI", "/Measure", "/Popup",
    "/StructParents", "/StructParent", "/CreatorInfo",
}  # fmt: skip
# Actions, attached files, article threads. A font or a glyph may be called so too, hence only where a dictionary says
# that it is something.
SHORT = {"/A", "/AA", "/PA", "/AF", "/EF", "/JS", "/B"}
SAYS = {"/Type", "/Subtype", "/Rect", "/FT", "/Kids"}
# Of a comment drawn on a page: who made it, when, and its number. Of a form's field /T is the field's own name.
COMMENT = {"/T", "/M", "/CreationDate", "/NM", "/RC", "/IRT", "/FS"}
UNSHOWN = {"/FileAttachment", "/Sound", "/Movie", "/Screen", "/RichMedia", "/3D", "/Popup"}


class NotClean(ValueError):
    """Encrypted, too large, or with something inside that is not known to be harmless."""


def cleaned(data: bytes) -> bytes:
    """Return the clean PDF. Raises NotClean, or whatever pypdf raises."""
    reader = PdfReader(io.BytesIO(data), strict=False)
    if reader.is_encrypted or _count(reader) > MOST_OBJECTS or len(reader.pages) > MOST_PAGES:
        raise NotClean("encrypted or too large")
    writer, seen = PdfWriter(), set[int]()
    for page in reader.pages:
        _clean_all(page, seen)
        writer.add_page(page)
    writer.metadata = None
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _count(reader: PdfReader) -> int:
    return sum(len(numbers) for numbers in reader.xref.values()) + len(reader.xref_objStm)


def _clean_all(page: PdfObject, seen: set[int]) -> None:
    """Clean all that a page leads to; each dictionary before what it leads to, so that what goes is not copied along."""
    waiting: list[PdfObject | None] = [page]
    while waiting:
        here = waiting.pop()
        if isinstance(here, IndirectObject):
            if here.idnum not in seen:
                seen.add(here.idnum)
                waiting.append(here.get_object())
        elif isinstance(here, DictionaryObject):
            _clean(here)
            # The tree of pages above a page is made anew; the fields above a form's field are not.
            waiting += [here.raw_get(key) for key in here if key != "/Parent" or here.get("/Type") != "/Page"]
        elif isinstance(here, ArrayObject):
            waiting += list.__iter__(here)


def _clean(dictionary: DictionaryObject) -> None:
    doomed = GONE | (SHORT if SAYS & dictionary.keys() else set())
    subtype = dictionary.get("/Subtype")
    if dictionary.get("/Type") == "/Annot" or "/Rect" in dictionary:
        doomed = doomed | (set(dictionary) if subtype in UNSHOWN else COMMENT if subtype != "/Widget" else {"/M"})
    for key in doomed & dictionary.keys():
        del dictionary[key]
    if isinstance(dictionary, StreamObject) and subtype == "/Image":
        _clean_image(dictionary)


def _clean_image(image: StreamObject) -> None:
    filters = image.get("/Filter")
    names = [str(name) for name in filters] if isinstance(filters, ArrayObject) else [str(filters)]
    if "/JPXDecode" in names:
        raise NotClean("JPEG 2000, which is not searched here")
    if names == ["/DCTDecode"]:
        image._data = images.bare(image._data)  # set_data would code it again
    elif "/DCTDecode" in names:
        raise NotClean("a JPEG within another code")
