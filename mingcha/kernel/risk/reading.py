"""
A history of visits from a file: CSV as it comes out of any system, or Parquet. Only the columns asked for are kept.

CSV: comma, semicolon, tab or bar; UTF-8 with or without a mark, UTF-16, GB 18030 or Latin-1; `.gz` as well.
"""

import csv
import gzip
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from mingcha.kernel.refusals import Refusal

DELIMITERS = ",;\t|"
LONGEST_CELL = 1 << 24
SHOWN = 40  # column names in a refusal

Texts = list[str | None]


class NotAHistory(Refusal):
    """The file is neither a CSV nor a Parquet file, or holds nothing."""

    message = "读不懂这个文件：须是有表头和记录的 CSV 或 Parquet 文件，请检查后重试。"
    status = 422


class NoSuchColumn(Refusal):
    """A column was asked for that the file does not have."""

    message = "文件里没有“%(column)s”这一列；有的列是：%(columns)s。请改列名。"
    status = 422


def read(path: Path, wanted: Sequence[str]) -> dict[str, Texts]:
    """
    Return column name as asked for → one text for each row, None where empty.

    Names are matched as they are, else without regard to case and outer blanks. Raises NotAHistory, NoSuchColumn, OSError.
    """
    with path.open("rb") as file:
        head = file.read(4096)
    if head.startswith(b"PAR1"):
        return _parquet(path, wanted)
    packed = head.startswith(b"\x1f\x8b")
    raw = gzip.decompress(path.read_bytes()) if packed else path.read_bytes()
    return _csv(_decoded(raw), wanted)


def _parquet(path: Path, wanted: Sequence[str]) -> dict[str, Texts]:
    import duckdb  # noqa: PLC0415 - loads a large library, and a CSV needs none

    try:
        with duckdb.connect() as base:
            base.execute("SET threads = 1")
            source = base.read_parquet(str(path))
            names = source.columns
            found = [_named(name, names) for name in wanted]
            quoted = ", ".join('CAST("' + names[at].replace('"', '""') + '" AS VARCHAR)' for at in found)
            rows = source.project(quoted).fetchall()
    except duckdb.Error as error:
        raise NotAHistory from error
    if not rows:
        raise NotAHistory
    return {name: [row[at] or None for row in rows] for at, name in enumerate(wanted)}


def _csv(text: str, wanted: Sequence[str]) -> dict[str, Texts]:
    csv.field_size_limit(LONGEST_CELL)
    first = next((line for line in text.splitlines()[:50] if line.strip()), "")
    delimiter = max(DELIMITERS, key=first.count)
    try:
        rows = _rows(text, delimiter)
        names = [name.strip() for name in next(rows, [])]
        if not names:
            raise NotAHistory
        places = [_named(name, names) for name in wanted]
        columns: list[Texts] = [[] for _ in places]
        for row in rows:
            for column, place in zip(columns, places, strict=True):
                column.append((row[place].strip() or None) if place < len(row) else None)
    except csv.Error as error:
        raise NotAHistory from error
    if not columns or not columns[0]:
        raise NotAHistory
    return dict(zip(wanted, columns, strict=True))


def _rows(text: str, delimiter: str) -> Iterator[list[str]]:
    return (row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if any(row))


def _decoded(raw: bytes) -> str:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif b"\x00" in raw[:4096]:
        raise NotAHistory
    else:
        encodings = ["utf-8-sig", "gb18030", "latin-1"]
    for encoding in encodings:
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise NotAHistory


def _named(name: str, names: Sequence[str]) -> int:
    if name in names:
        return names.index(name)
    alike = [at for at, other in enumerate(names) if other.strip().casefold() == name.strip().casefold()]
    if len(alike) != 1:
        raise NoSuchColumn(column=name, columns="、".join(names[:SHOWN]))
    return alike[0]
