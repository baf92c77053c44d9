"""Pairs, files, marks, signatures: what should open opens, and nothing else does, whatever the bytes."""

import itertools
import subprocess
import sys
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mingcha.kernel import sealing
from mingcha.kernel.sealing import passphrases
from mingcha.kernel.sealing.files import CLEAR, HEAD, SEALED

HERS, HIS, ANOTHER = (sealing.new_pair(entropy=bytes([number] * 32)) for number in (1, 2, 3))
KEY = bytes(range(32))
ABOUT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@given(st.binary(max_size=600), ABOUT, st.sampled_from([1, 16, 512, 4096]))
def test_what_is_sealed_to_someone_opens_for_her_alone(plain, about, step):
    sealed = sealing.seal_to(plain, to=HERS.public, about=about, pad=step)
    assert sealing.open_from(sealed, private=HERS.private, about=about) == plain
    assert (len(sealed) - 162) % step == 0
    wrapped = sealing.wrap(plain, to=HERS.public, about=about)
    assert sealing.unwrap(wrapped, private=HERS.private, about=about) == plain
    assert len(wrapped) == len(plain) + 85
    for private, place in ((HIS.private, about), (HERS.private, about + "1"), (b"short", about)):
        with pytest.raises(sealing.SealBroken):
            sealing.open_from(sealed, private=private, about=place)
        with pytest.raises(sealing.SealBroken):
            sealing.unwrap(wrapped, private=private, about=place)


@given(st.binary(max_size=2000), st.integers(1, 700))
def test_padding_hides_the_length_and_comes_off_again(plain, step):
    sealed = sealing.seal_padded(plain, key=KEY, about="a", pad=step)
    assert (len(sealed) - 45) % step == 0
    assert len(sealed) - 45 - len(plain) <= step
    assert sealing.open_padded(sealed, key=KEY, about="a") == plain
    # A padded envelope and a bare one are two things: neither passes for the other.
    with pytest.raises(sealing.SealBroken):
        sealing.open_sealed(sealed, key=KEY, about="a")
    with pytest.raises(sealing.SealBroken):
        sealing.open_padded(sealing.seal(plain, key=KEY, about="a"), key=KEY, about="a")


DECODERS = {
    "seal_to": (
        sealing.seal_to(b"x" * 100, to=HERS.public, about="a"),
        lambda blob: sealing.open_from(blob, private=HERS.private, about="a"),
    ),
    "wrap": (
        sealing.wrap(KEY, to=HERS.public, about="a"),
        lambda blob: sealing.unwrap(blob, private=HERS.private, about="a"),
    ),
    "seal_padded": (
        sealing.seal_padded(b"x", key=KEY, about="a"),
        lambda blob: sealing.open_padded(blob, key=KEY, about="a"),
    ),
    "nested": (
        sealing.nested(KEY, to_first=HERS.public, to_second=HIS.public, about="a"),
        lambda blob: sealing.open_nested(blob, first_private=HERS.private, second_private=HIS.private, about="a"),
    ),
    "file": (
        b"".join(sealing.sealed_parts([b"x" * 100], key=KEY)),
        lambda blob: b"".join(sealing.opened_parts([blob], key=KEY)),
    ),
}


@pytest.mark.proof(13)
@settings(max_examples=150)
@given(st.sampled_from(sorted(DECODERS)), st.data())
def test_any_changed_bit_or_missing_or_added_byte_is_refused(name, data):
    blob, opened = DECODERS[name]
    assert opened(blob)
    at = data.draw(st.integers(0, len(blob) * 8 - 1))
    bits = bytearray(blob)
    bits[at // 8] ^= 1 << at % 8
    for torn in (bytes(bits), blob[: at // 8], blob + b"\0", blob[at // 8 + 1 :]):
        with pytest.raises(sealing.SealBroken):
            opened(torn)


@pytest.mark.proof(13)
@settings(max_examples=150)
@given(st.sampled_from(sorted(DECODERS)), st.binary(max_size=300), st.booleans())
def test_whatever_bytes_come_are_refused_by_name(name, junk, suited):
    with pytest.raises(sealing.SealBroken):
        DECODERS[name][1](sealing.SUITE + junk if suited else junk)


@pytest.mark.proof(4)
def test_one_sealed_thing_does_not_pass_for_another():
    for (name, (blob, _)), (other, (_, opened)) in itertools.permutations(DECODERS.items(), 2):
        with pytest.raises(sealing.SealBroken):
            opened(blob)
            pytest.fail(f"{name} opened as {other}")


def test_nothing_is_sealed_to_what_is_no_public_half():
    # Two of the points that every private half multiplies to zero (RFC 7748, 7).
    for wrong in (b"", b"short", bytes(31), bytes(32), b"\x01" + bytes(31)):
        with pytest.raises(ValueError, match="half"):
            sealing.wrap(KEY, to=wrong, about="a")
    with pytest.raises(ValueError, match="32 bytes"):
        sealing.new_pair(entropy=b"x")
    # A blob made by hand from such a point is refused like any other wrong one.
    with pytest.raises(sealing.SealBroken):
        sealing.unwrap(sealing.SUITE + bytes(32 + 16 + 64), private=HERS.private, about="a")


@pytest.mark.proof(8)
def test_two_of_three_open_and_one_alone_or_a_wrong_order_does_not():
    people = (HERS, HIS, ANOTHER)
    for first, second in itertools.combinations(people, 2):
        box = sealing.nested(KEY, to_first=first.public, to_second=second.public, about="a")
        for one, other in itertools.product(people, repeat=2):
            halves = {"first_private": one.private, "second_private": other.private}
            if (one, other) == (first, second):
                assert sealing.open_nested(box, **halves, about="a") == KEY
                continue
            with pytest.raises(sealing.SealBroken):
                sealing.open_nested(box, **halves, about="a")
    with pytest.raises(ValueError, match="two"):
        sealing.nested(KEY, to_first=HERS.public, to_second=HERS.public, about="a")


def pieces(whole, sizes):
    """The whole in pieces of these sizes, in turn."""
    place, turn = 0, itertools.cycle(sizes or [len(whole) or 1])
    while place < len(whole):
        size = next(turn)
        yield whole[place : place + size]
        place += size


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from([0, 1, CLEAR - 2, CLEAR - 1, CLEAR, CLEAR + 1, 2 * CLEAR - 1, 2 * CLEAR, 3 * CLEAR + 5]),
    st.lists(st.integers(1, 150_000), max_size=4),
    st.lists(st.integers(1, 150_000), max_size=4),
)
def test_a_file_comes_back_whatever_pieces_it_went_through(length, going, coming):
    sizes = [[size if size > 999 else size * 500 for size in way] for way in (going, coming)]
    clear = (b"0123456789abcdef" * (length // 16 + 1))[:length]
    sealed = b"".join(sealing.sealed_parts(pieces(clear, sizes[0]), key=KEY, about="附件1"))
    assert (len(sealed) - HEAD) % SEALED == 0
    assert (len(sealed) - HEAD) // SEALED == length // CLEAR + 1
    assert b"".join(sealing.opened_parts(pieces(sealed, sizes[1]), key=KEY, about="附件1")) == clear


@pytest.mark.proof(4)
def test_no_chunk_of_a_file_can_be_left_out_moved_doubled_or_taken_from_another():
    clear = [bytes([number]) * CLEAR for number in range(4)]
    whole, again = (b"".join(sealing.sealed_parts(clear, key=KEY)) for _ in range(2))
    head, *chunks = whole[:HEAD], *(whole[place : place + SEALED] for place in range(HEAD, len(whole), SEALED))
    assert len(chunks) == 5
    wrong = [
        chunks[:-1],
        chunks[1:],
        [],
        chunks[:2] + chunks[3:],
        [chunks[1], chunks[0], *chunks[2:]],
        [chunks[0], *chunks],
        [*chunks, chunks[-1]],
        [*chunks[:1], again[HEAD + SEALED : HEAD + 2 * SEALED], *chunks[2:]],
        [*chunks[:-1], chunks[-1][:-1]],
    ]
    for order in wrong:
        with pytest.raises(sealing.SealBroken):
            b"".join(sealing.opened_parts([head, *order], key=KEY))
    for key, about in ((bytes(32), "file"), (KEY, "another"), (b"short", "file")):
        with pytest.raises(sealing.SealBroken):
            b"".join(sealing.opened_parts([whole], key=key, about=about))
    sealer = sealing.FileSealer(KEY)
    sealer.push(b"", last=True)
    with pytest.raises(ValueError, match="ended"):
        sealer.push(b"x")
    with pytest.raises(ValueError, match="32 bytes"):
        sealing.FileSealer(b"short")


@pytest.mark.proof(4)
@given(st.binary(max_size=100), ABOUT)
def test_a_mark_is_for_one_blob_one_place_and_one_key(blob, about):
    mark = sealing.mark(blob, key=KEY, about=about)
    assert len(mark) == 32
    assert sealing.marked(blob, mark, key=KEY, about=about)
    for wrong in (
        {"blob": blob + b"x"},
        {"key": bytes(32)},
        {"about": about + "x"},
        {"mark": mark[:-1]},
        {"mark": b""},
    ):
        assert not sealing.marked(**({"blob": blob, "mark": mark, "key": KEY, "about": about} | wrong))
    # Where the place ends and the blob begins is marked too.
    assert not sealing.marked(b"b" + blob, sealing.mark(blob, key=KEY, about="ab"), key=KEY, about="a")


def test_labels_salts_and_lengths_give_other_keys():
    made = {
        sealing.derive(KEY, salt=salt, label=label)
        for salt, label in itertools.product((b"", b"a", b"b"), ("", "lookup", "citizen"))
    }
    assert len(made) == 9
    assert len(sealing.derive(KEY, salt=b"", label="", length=8160)) == 8160
    for length in (0, 8161):
        with pytest.raises(ValueError, match="8160"):
            sealing.derive(KEY, salt=b"", label="", length=length)


@given(st.binary(max_size=200), st.data())
def test_a_signature_is_for_one_text_and_one_signer(text, data):
    signer, other = sealing.new_signer(), sealing.new_signer()
    signature = sealing.sign(text, key=signer.private)
    sealing.check_signature(text, signature, public=signer.public)
    at = data.draw(st.integers(0, len(signature) - 1))
    torn = signature[:at] + bytes([signature[at] ^ 1]) + signature[at + 1 :]
    for wrong in (
        {"text": text + b"x"},
        {"signature": torn},
        {"signature": signature[:at]},
        {"signature": data.draw(st.binary(max_size=80))},
        {"public": other.public},
        {"public": b"short"},
        {"public": bytes(32)},
    ):
        with pytest.raises(sealing.SignatureWrong, match="签名"):
            check(**({"text": text, "signature": signature, "public": signer.public} | wrong))


def check(*, text, signature, public):
    sealing.check_signature(text, signature, public=public)


def test_a_passphrase_counts_as_it_is_meant_and_salt_and_strength_matter():
    salt = bytes(range(16))
    made = sealing.stretch("口令 Ａ1", salt=salt, strength="light")
    assert made == sealing.stretch(" 口令 A１ ", salt=salt, strength="light")
    assert made != sealing.stretch("口令 a1", salt=salt, strength="light")
    assert made != sealing.stretch("口令 A1", salt=bytes(16), strength="light")
    with pytest.raises(ValueError, match="16 bytes"):
        sealing.stretch("x", salt=b"short")
    with pytest.raises(KeyError):
        sealing.stretch("x", salt=salt, strength="none")


def test_no_more_than_two_are_stretched_at_once(monkeypatch):
    inside, most, lock = 0, 0, threading.Lock()
    together = threading.Event()

    def slow(*_):
        nonlocal inside, most
        with lock:
            inside += 1
            most = max(most, inside)
        together.wait(0.02)
        with lock:
            inside -= 1
        return b""

    monkeypatch.setattr(passphrases.bindings, "crypto_pwhash_alg", slow)
    threads = [threading.Thread(target=sealing.stretch, args=("x",), kwargs={"salt": bytes(16)}) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 2


def test_printing_a_pair_shows_its_public_half_only():
    for pair in (sealing.new_pair(), sealing.new_signer()):
        shown = repr(pair) + str(pair) + f"{[pair]}"
        assert repr(pair.public) in shown
        assert "private" not in shown
        assert repr(pair.private) not in shown
        assert pair.private.hex() not in shown


def test_the_package_loads_nothing_heavy():
    code = (
        "import sys; from mingcha.kernel import sealing, receipts, effort;"
        "assert not {'numpy', 'django', 'PIL', 'lxml', 'argon2'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
