"""An officer's own key: begun with a passphrase, unlocked with it alone, slow for whoever guesses."""

from datetime import timedelta

import pytest

from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts.actions import people
from mingcha.ground.audit.models import Event
from mingcha.kernel import sealing
from mingcha.tips import passphrases
from mingcha.tips.actions import unlocking
from mingcha.tips.models import KeyHolder, OfficerKey
from mingcha.tips.unlocked import NoKey, about_officer
from tests.sealed import PASSPHRASE

WRONG = "另一个不对的口令-tests"


def unlock(person, passphrase, at):
    return unlocking.unlock(passphrase=passphrase, by=person, at=at, tried_at=at)


def test_the_passphrase_alone_opens_the_key(sealed_room, world):
    key = unlock(world.intake, PASSPHRASE, world.at)
    assert key.private == sealed_room.unlocked(world.intake).private
    assert unlock(world.intake, f"  {PASSPHRASE.replace('-', '－')} ", world.at).private == key.private
    row = OfficerKey.objects.get(person=world.intake)
    assert key.private not in bytes(row.box) and sealing.public_of(key.private) == bytes(row.public)
    # Moved to another's row, the box opens nothing.
    OfficerKey.objects.filter(person=world.neighbour_intake).update(box=row.box, salt=row.salt)
    with pytest.raises(unlocking.WrongPassphrase):
        unlock(world.neighbour_intake, PASSPHRASE, world.at)
    assert Event.objects.filter(verb="tips.unlock", key=world.intake.username).count() == 2


def test_a_stolen_database_alone_cannot_try_a_passphrase(sealed_room, world, settings):
    """The right passphrase opens nothing without the pepper, which lies in a file."""
    row = OfficerKey.objects.get(person=world.intake)
    bare = sealing.stretch(PASSPHRASE, salt=bytes(row.salt), strength=settings.MINGCHA_TIPS_ARGON)
    with pytest.raises(sealing.SealBroken):
        sealing.open_sealed(bytes(row.box), key=bare, about=about_officer(row.person_id))
    settings.MINGCHA_TIPS_PEPPER = bytes(32)
    with pytest.raises(unlocking.WrongPassphrase):
        unlock(world.intake, PASSPHRASE, world.at)


def test_a_reset_sign_in_gives_an_account_without_a_key(sealed_room, world):
    people.set_password(world.intake, password="another password of the tests", by=None, at=world.at)
    with pytest.raises(unlocking.WrongPassphrase):
        unlock(world.intake, "another password of the tests", world.at)
    with pytest.raises(accounts.NotAllowed):
        unlock(world.unit, PASSPHRASE, world.at)
    with pytest.raises(unlocking.NoPair):
        unlock(world.second, PASSPHRASE, world.at)


def test_guessing_is_slowed_and_on_record(sealed_room, world):
    """Five wrong ones close it for a quarter of an hour; each that follows, for twice as long."""
    at, person = world.at, world.intake
    for wait in (15, 30, 60):
        for _ in range(5 if wait == 15 else 1):
            with pytest.raises(unlocking.WrongPassphrase):
                unlock(person, WRONG, at)
        with pytest.raises(unlocking.Closed) as refused:
            unlock(person, PASSPHRASE, at + timedelta(minutes=wait) - timedelta(seconds=1))
        assert refused.value.facts["minutes"] == 1
        at += timedelta(minutes=wait)
    assert unlock(person, PASSPHRASE, at)
    assert OfficerKey.objects.get(person=person).failures == 0
    with pytest.raises(unlocking.WrongPassphrase):
        unlock(person, WRONG, at)
    assert unlock(person, PASSPHRASE, at)
    said = Event.objects.filter(verb="tips.wrong_passphrase")
    assert said.count() == 8 and not any(WRONG in text for text in said.values_list("text", flat=True))


def test_a_try_counts_before_it_is_made(sealed_room, world, monkeypatch):
    """Of many at once none slips past the brake: the fifth closes it while it is still being stretched."""
    seen = []

    def stretched(*_args):
        seen.append(OfficerKey.objects.get(person=world.intake))
        return bytes(32)

    monkeypatch.setattr(unlocking, "_stretched", stretched)
    for _ in range(5):
        with pytest.raises(unlocking.WrongPassphrase):
            unlock(world.intake, WRONG, world.at)
    assert [row.failures for row in seen] == [1, 2, 3, 4, 5]
    assert seen[3].closed_until is None and seen[4].closed_until == world.at + timedelta(minutes=15)


def test_a_changed_passphrase_keeps_the_pair_and_a_forgotten_one_does_not(sealed_room, world):
    tip, _ = sealed_room.tip(world.minxian.office.body)
    before = sealed_room.unlocked(world.intake)
    with pytest.raises(unlocking.PairExists):
        unlocking.begin(passphrase=WRONG, by=world.intake, at=world.at)
    with pytest.raises(unlocking.WrongPassphrase):
        unlocking.change_passphrase(old=WRONG, new="崭新的一句话只有我自己记得", by=world.intake, at=world.at)
    changed = unlocking.change_passphrase(
        old=PASSPHRASE, new="崭新的一句话只有我自己记得", by=world.intake, at=world.at
    )
    assert changed.private == before.private and changed.tip_key(tip)
    with pytest.raises(unlocking.WrongPassphrase):
        unlock(world.intake, PASSPHRASE, world.at)
    anew = unlocking.begin(passphrase=WRONG, by=world.intake, at=world.at, anew=True)
    assert anew.private != before.private and not KeyHolder.objects.filter(person=world.intake).exists()
    for key in (anew, before):
        with pytest.raises(NoKey):
            key.tip_key(tip)


@pytest.mark.parametrize(
    "weak", ["", "短短的一句话", "123456789012345", "aaaaaaaaaaaaaaaa", "qwertyuiop123456", "举报口令举报口令举报口令",
             "transformers", "intake-intake-intake", "演示岷县信访干部123456", "ａｂｃｄｅｆｇｈｉｊｋｌｍｎ"],
)  # fmt: skip
def test_what_everybody_tries_first_is_refused(weak, sealed_room, world):
    with pytest.raises((passphrases.PassphraseShort, passphrases.PassphraseWeak)) as refused:
        unlocking.begin(passphrase=weak, by=world.intake, at=world.at, anew=True)
    assert not weak or weak not in str(refused.value)


@pytest.mark.parametrize(
    "good", ["岷县山上的风吹了一整夜没停", "correct horse battery staple", "7 只羊过河，少了 2 只。谁牵走"]
)
def test_a_sentence_of_ones_own_is_taken(good, world):
    passphrases.check(good, of=world.intake)
