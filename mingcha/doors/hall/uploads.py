"""Files as they are handed in."""

from collections.abc import Iterable, Iterator

from django.core.files.uploadedfile import UploadedFile

from mingcha.ground.evidence import actions as evidence


def read(files: Iterable[UploadedFile]) -> Iterator[tuple[str, bytes]]:
    """Yield (name, bytes), one file at a time, and no more of it than shows that it is too large."""
    for file in files:
        yield file.name or "", file.read(evidence.LARGEST + 1)
