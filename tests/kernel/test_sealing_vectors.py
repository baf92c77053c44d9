"""The suite gives the answers it always gave, those of the standards, and those of other libraries."""

import hashlib
import hmac
import json
from pathlib import Path

import pytest
from argon2 import low_level
from nacl import bindings, public, secret, signing

from mingcha.kernel import sealing
from mingcha.kernel.sealing import marks

VECTORS = json.loads((Path(__file__).parent / "vectors" / "mcx1.json").read_text("utf-8"))
PUBLISHED, OURS = VECTORS["published"], VECTORS["ours"]
KEY, PLAIN, ABOUT = bytes.fromhex(OURS["key"]), bytes.fromhex(OURS["plain"]), OURS["about"]
FIRST, SECOND = (sealing.new_pair(entropy=bytes.fromhex(OURS["pairs"][name])) for name in ("first", "second"))


def blob(name):
    return bytes.fromhex(OURS[name])


@pytest.mark.proof(13)
def test_the_standards_own_answers_come_out():
    hkdf = {name: bytes.fromhex(text) for name, text in PUBLISHED["hkdf"].items() if name != "source"}
    assert marks.expand(hkdf["prk"], info=hkdf["info"], length=42) == hkdf["okm"]
    assert sealing.derive(hkdf["secret"], salt=b"", label="", length=42) == hkdf["okm_without_salt"]
    assert sealing.public_of(bytes.fromhex(PUBLISHED["x25519"]["private"])).hex() == PUBLISHED["x25519"]["public"]
    signer = sealing.new_signer(entropy=bytes.fromhex(PUBLISHED["ed25519"]["private"]))
    assert signer.public.hex() == PUBLISHED["ed25519"]["public"]
    cipher = {name: bytes.fromhex(text) for name, text in PUBLISHED["xchacha20poly1305"].items() if name != "source"}
    sealed = bindings.crypto_aead_xchacha20poly1305_ietf_encrypt(
        cipher["plain"], cipher["aad"], cipher["nonce"], cipher["key"]
    )
    assert sealed == cipher["sealed"]


@pytest.mark.proof(13)
def test_what_was_sealed_once_opens_for_ever():
    assert sealing.open_sealed(blob("seal"), key=KEY, about=ABOUT) == PLAIN
    assert sealing.open_padded(blob("seal_padded"), key=KEY, about=ABOUT) == PLAIN
    assert sealing.unwrap(blob("wrap"), private=FIRST.private, about=ABOUT) == KEY
    assert sealing.open_from(blob("seal_to"), private=FIRST.private, about=ABOUT) == PLAIN
    halves = {"first_private": FIRST.private, "second_private": SECOND.private}
    assert sealing.open_nested(blob("nested"), **halves, about=ABOUT) == KEY
    signer = {name: bytes.fromhex(half) for name, half in OURS["signer"].items()}
    sealing.check_signature(PLAIN, blob("sign"), public=signer["public"])
    # What holds no randomness is made again, byte for byte.
    assert sealing.sign(PLAIN, key=signer["private"]) == blob("sign")
    assert sealing.derive(KEY, salt=PLAIN, label="lookup") == blob("derive")
    assert sealing.mark(PLAIN, key=KEY, about=ABOUT) == blob("mark")


@pytest.mark.proof(13)
def test_a_file_is_sealed_as_ever():
    file = OURS["file"]
    head, clear = bytes.fromhex(file["head"]), (bytes(range(251)) * 280)[:70000]
    sealer = sealing.FileSealer(KEY, about=file["about"])
    # Both sides begin alike from the head, so the reader's beginning replays the writer's.
    bindings.crypto_secretstream_xchacha20poly1305_init_pull(sealer._state, head, KEY)
    sealer._out = sealing.SUITE + head
    sealed = sealer.push(clear[:3]) + sealer.push(clear[3:], last=True)
    assert hashlib.sha256(sealed).hexdigest() == file["sha256_of_sealed"]
    assert b"".join(sealing.opened_parts([sealed], key=KEY, about=file["about"])) == clear


def test_a_passphrase_is_stretched_as_another_library_does():
    known = OURS["stretch"]
    salt = bytes.fromhex(known["salt"])
    plain = known["passphrase"].replace("Ａ", "A").encode()
    assert "Ａ" in known["passphrase"]
    assert sealing.stretch(known["passphrase"], salt=salt).hex() == known["full"]
    assert low_level.hash_secret_raw(plain, salt, 3, 65536, 1, 32, low_level.Type.ID).hex() == known["full"]
    assert sealing.stretch(known["passphrase"], salt=salt, strength="light").hex() == known["light"]
    assert low_level.hash_secret_raw(plain, salt, 1, 8, 1, 32, low_level.Type.ID).hex() == known["light"]


def test_the_blobs_are_what_the_documentation_says():
    """Opened by hand, from the description alone."""
    suite, about = b"MCX1:", ABOUT.encode()
    box = public.SealedBox(public.PrivateKey(FIRST.private))
    assert box.decrypt(blob("wrap")[5:]) == KEY + hashlib.sha256(suite + about).digest()
    whole = blob("seal_to")
    content_key = box.decrypt(whole[5:117])[:32]
    assert whole[:5] == whole[117:122] == suite
    padded = secret.Aead(content_key).decrypt(whole[146:], suite + b"padded:" + about, whole[122:146])
    assert padded == PLAIN + b"\x80" + bytes(-(len(PLAIN) + 1) % 64)
    place = len(about).to_bytes(4, "big") + about
    assert blob("mark") == hmac.digest(KEY, suite + place + PLAIN, "sha256")
    verify = signing.VerifyKey(bytes.fromhex(OURS["signer"]["public"]))
    assert verify.verify(suite + PLAIN, blob("sign")[5:]) == suite + PLAIN
