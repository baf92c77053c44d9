"""
A file without what it tells of its writer: the copy that those who handle a report get to read.

1. What a file is, its first bytes say; its name and its declared type are not believed.
2. Pictures are painted anew, Office papers packed anew without names, dates and properties, PDFs written anew from
   their pages. Plain text stays as it is: it holds no more than what it says.
3. Whatever is not certain to be clean (sound, film, old Office files, archives, macros, encrypted files, files too
   large once unpacked) gives no copy at all, so that nobody takes an original for one.

What is visible in a file, the marks of a scanner or a printer, and the way a person writes stay.
"""

from dataclasses import dataclass

MOST = 32 * 1024 * 1024  # bytes in; a caller's own limit is lower


@dataclass(frozen=True)
class Stripped:
    """`kind` is a media type that was found, not claimed; the format is the original's."""

    data: bytes
    kind: str


PDF_KIND = "application/pdf"


def stripped(data: bytes, *, name: str) -> Stripped | None:
    """
    Return a copy that keeps what a reader sees and drops what the file tells of its writer; None where none can be made.

    `name` only tells a table (.csv) from other plain text. Never raises for what a file holds: hostile ones give None.
    Unpacks at most some 100 million bytes or 80 million pixels, in seconds.
    """
    if not data or len(data) > MOST:
        return None
    try:
        return _cleaned(data, name)
    except Exception:  # noqa: BLE001 - the readers fail in dozens of ways, none of which is worth telling apart here
        return None


def _cleaned(data: bytes, name: str) -> Stripped | None:
    # Each reader is loaded for its own files only: most reports carry none, and the largest takes a quarter second.
    if data.startswith(b"PK\x03\x04"):
        from mingcha.kernel.stripping import papers  # noqa: PLC0415 - loads lxml

        kind, clean = papers.cleaned(data)
        return Stripped(clean, kind)
    if data.startswith(b"%PDF-"):
        from mingcha.kernel.stripping import pdf  # noqa: PLC0415 - loads pypdf

        return Stripped(pdf.cleaned(data), PDF_KIND)
    if is_text(data):
        return Stripped(data, "text/csv" if name.lower().endswith(".csv") else "text/plain")
    from mingcha.kernel.stripping import images  # noqa: PLC0415 - loads pillow

    kind, clean = images.repainted(data)
    return Stripped(clean, kind)


def is_text(data: bytes) -> bool:
    """Whether these are characters and nothing else: no control signs, and no markup, which can hide as much as a paper."""
    for encoding in ("utf-8-sig", "gb18030", "utf-16") if data[:2] not in (b"\xff\xfe", b"\xfe\xff") else ("utf-16",):
        if encoding == "utf-16" and data[:2] not in (b"\xff\xfe", b"\xfe\xff"):
            return False
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        hidden = any(sign < " " and sign not in "\t\r\n\f" for sign in text) or "\x7f" in text
        return not hidden and not text.lstrip().startswith(("<", "{\\rtf"))
    return False
