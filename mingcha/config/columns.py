"""A table on a terminal, in columns that line up though a Chinese character is as wide as two letters."""

from collections.abc import Sequence


def print_table(lines: Sequence[Sequence[str]]) -> None:
    """Print lines of equally many cells, the heads first."""
    widths = [max(_width(line[place]) for line in lines) for place in range(len(lines[0]))]
    for line in lines:
        padded = (cell + " " * (wide - _width(cell)) for cell, wide in zip(line, widths, strict=True))
        print("  ".join(padded).rstrip())


def _width(text: str) -> int:
    return sum(2 if ord(character) > 0x2E7F else 1 for character in text)
