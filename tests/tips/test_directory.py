"""The signed directory: read from files, believed only with every root's signature, never gone back."""

import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingcha.kernel import custody, sealing
from mingcha.tips import directory
from mingcha.tips.states import Purpose


def rewrite(room, **changes):
    file = room.folder / "directory.json"
    said = json.loads(file.read_text("utf-8"))
    file.write_text(json.dumps({**said, **changes}), "utf-8")


def test_it_names_the_offices_that_can_receive(sealed_room, world):
    codes = {work.office.body.pk for work in (world.minxian, world.zhangxian, world.city, world.abroad)}
    assert directory.offices() == codes
    found = directory.entry(world.minxian.office.body.pk, Purpose.INTAKE)
    assert bytes(directory.receiving(found.office)["intake"].public) == found.public
    with pytest.raises(directory.NoKeyForOffice):
        directory.entry(world.unit.posts.get().body_id, Purpose.INTAKE)
    # An office of which the root signed only one key cannot receive: who spoke would have nowhere to be sealed.
    half = custody.Entry("half", "intake", 1, sealing.new_pair().public, date(2021, 10, 27))
    sealed_room.install(replace(sealed_room.directory, entries=(*sealed_room.directory.entries, half)))
    assert directory.offices() == codes


@pytest.mark.proof(5)
def test_each_root_must_have_signed_exactly_this(sealed_room):
    text = json.loads((sealed_room.folder / "directory.json").read_text("utf-8"))["text"]
    first, second = sealed_room.roots
    mallory = sealing.new_signer()
    for signatures in (
        {},
        {first.public: sealing.sign(text.encode(), key=first.private)},
        {
            first.public: sealing.sign(text.encode(), key=first.private),
            second.public: sealing.sign(b"other", key=second.private),
        },
        {root.public: sealing.sign(text.encode(), key=mallory.private) for root in sealed_room.roots},
        {mallory.public: sealing.sign(text.encode(), key=mallory.private)},
    ):
        rewrite(sealed_room, signatures={who.hex(): what.hex() for who, what in signatures.items()})
        with pytest.raises(custody.DirectoryUnsigned):
            directory.offices()


@pytest.mark.proof(5)
def test_a_public_half_exchanged_in_the_file_is_refused(sealed_room, world):
    found = directory.entry(world.minxian.office.body.pk, Purpose.INTAKE)
    text = json.loads((sealed_room.folder / "directory.json").read_text("utf-8"))["text"]
    rewrite(sealed_room, text=text.replace(found.public.hex(), sealing.new_pair().public.hex()))
    with pytest.raises(custody.DirectoryUnsigned):
        sealed_room.tip(world.minxian.office.body)


def test_an_older_directory_does_not_come_back(sealed_room):
    first = sealed_room.directory
    (sealed_room.folder / "serial").write_text(str(first.serial + 1))
    with pytest.raises(directory.DirectoryTooOld):
        directory.load()
    sealed_room.install(replace(first, serial=first.serial + 1))
    assert directory.load().serial == first.serial + 1


def test_without_a_directory_nobody_receives(settings, tmp_path):
    settings.MINGCHA_TIPS_DIR = tmp_path
    assert directory.offices() == frozenset()
    with pytest.raises(directory.DirectoryMissing):
        directory.load()
    (tmp_path / "directory.json").write_bytes(b"{}")
    (tmp_path / "root.pub").write_text("nothing of the kind")
    with pytest.raises(custody.DirectoryUnreadable):
        directory.offices()


@given(
    st.one_of(
        st.binary(max_size=200),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=20),
            lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(
                ["what", "serial", "entries", "custodians", "text", "signatures", "office", "purpose", "epoch", "public", "from"]
            ), inner, max_size=6),
            max_leaves=12,
        ).map(lambda said: json.dumps(said).encode()),
    )
)  # fmt: skip
def test_whatever_lies_in_the_file_is_refused_in_a_sentence(content):
    for reads in (lambda: custody.read(content, roots=(bytes(32),)), lambda: custody.parse(content)):
        with pytest.raises((custody.DirectoryUnreadable, custody.DirectoryUnsigned)):
            reads()


def test_the_same_directory_is_the_same_text():
    entries = tuple(
        custody.Entry(f"o{n}", purpose, 1, sealing.new_pair().public, date(2021, 1, 1))
        for n in range(2) for purpose in custody.PURPOSES
    )  # fmt: skip
    made = custody.Directory(3, entries, {"甲": sealing.new_pair().public, "b": sealing.new_pair().public})
    assert custody.compose(replace(made, entries=entries[::-1])) == custody.compose(made)
    parsed = custody.parse(custody.compose(made))
    assert (set(parsed.entries), parsed.custodians, parsed.serial) == (set(entries), made.custodians, 3)
    for wrong in (
        replace(made, entries=(*entries, entries[0])),
        replace(made, entries=(*entries, replace(entries[0], epoch=2))),
        replace(made, custodians={"甲": entries[0].public, "b": entries[0].public}),
        replace(made, custodians={"甲 乙": entries[0].public}),
        replace(made, entries=(replace(entries[0], purpose="other"),)),
        replace(made, entries=(replace(entries[0], epoch=0),)),
        replace(made, entries=(replace(entries[0], public=b"short"),)),
    ):
        with pytest.raises(custody.DirectoryUnreadable):
            custody.parse(custody.compose(wrong))


def test_a_fingerprint_is_read_however_it_is_spaced():
    public = bytes(range(32))
    shown = custody.fingerprint(public)
    assert len(shown.split()) == 6 and all(len(group) == 5 and group.isdigit() for group in shown.split())
    wide = "".join(chr(ord(digit) + 0xFEE0) if digit.isdigit() else "　" for digit in shown)
    assert custody.is_fingerprint(shown, public) and custody.is_fingerprint(wide, public)
    assert not custody.is_fingerprint("", public) and not custody.is_fingerprint(shown[:-1], public)
