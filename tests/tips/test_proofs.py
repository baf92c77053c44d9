"""
The fourteen proofs of the sealed room, by number. Each stands with what it tests and carries the mark `proof(n)`; together
they run as `make prove-sealed`. Here is what each must show, and that none is missing.
"""

import re
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
PROOFS = {
    1: "no word, name, file, receipt, passphrase or private key is in a dump, on a disk, in a log or in a session",
    2: "the public's role reads no sealed row and changes none; its process holds no private key",
    3: "neither the session without the cookie nor the cookie without the session unlocks; idleness and signing out lock",
    4: "rows, fields and tips exchanged, records repeated, files cut or reordered are refused",
    5: "a key exchanged in the database is not sealed to",
    6: "who is no holder, was taken off, has left or administers the machine opens nothing, with any key they hold",
    7: "no office that is accused, below the accused or recused ever holds a wrap",
    8: "after rotation a former key opens nothing new; two of three custodians recover, one does not",
    9: "receipts have a hundred bits, are kept nowhere, read as typed, and an unknown one takes as long as a known one",
    10: "eight and thirty-two at once are all taken in, and numbers are unique",
    11: "an act removed, changed or moved in the record is noticed",
    12: "no clear byte of an upload reaches a disk",
    13: "decoders stand any bytes, the vectors hold, and a backup opens with an old epoch",
    14: "after the end of its keeping, no copy of a wrap leads to the content",
}


@pytest.mark.parametrize("number", PROOFS)
def test_each_proof_is_given_somewhere(number):
    marks = re.compile(rf"pytest\.mark\.proof\((?:\d+, )*{number}\b")
    given = [path.name for path in TESTS.rglob("test_*.py") if marks.search(path.read_text("utf-8"))]
    assert given, f"nothing proves that {PROOFS[number]}"
