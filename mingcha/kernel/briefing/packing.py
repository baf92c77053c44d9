"""The same brief gives the same bytes, so that a hash on record can be compared."""

import io
import zipfile
from datetime import date, datetime

from docx.document import Document

from mingcha.kernel.briefing.content import typeset

EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time a zip can tell


def describe(document: Document, *, title: str, subject: str, author: str, day: date, demo: bool) -> None:
    """Set every core property from the content itself; the library would write the time of day and its own name."""
    properties = document.core_properties
    properties.title = typeset(title.replace("\n", ""))
    properties.subject = typeset(subject)
    properties.author = properties.last_modified_by = typeset(author)
    properties.keywords = "演示" if demo else ""
    properties.comments = properties.category = properties.content_status = ""
    properties.language = "zh-CN"
    properties.revision = 1
    properties.created = properties.modified = datetime(day.year, day.month, day.day)  # noqa: DTZ001


def packed(document: Document) -> bytes:
    """Return the document as bytes: parts sorted, times fixed, no trace of the machine."""
    loose = io.BytesIO()
    document.save(loose)
    firm = io.BytesIO()
    with zipfile.ZipFile(loose) as source, zipfile.ZipFile(firm, "w") as target:
        for name in sorted(source.namelist()):
            part = zipfile.ZipInfo(name, date_time=EPOCH)
            part.compress_type = zipfile.ZIP_DEFLATED
            part.create_system = 0
            target.writestr(part, source.read(name))
    return firm.getvalue()
