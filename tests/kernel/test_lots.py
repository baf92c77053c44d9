"""The lot: replayable, fair, and nothing is lost."""

import hashlib
from collections import Counter
from fractions import Fraction
from math import ceil, floor, sqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mingcha.kernel import lots

SEED = bytes(range(32))
names = st.text(alphabet="abcXYZ019-_甘岷超市村·", min_size=1, max_size=6)
seeds = st.binary(min_size=32, max_size=32)


@st.composite
def frames(draw):
    """A frame of 1–40 sites in up to 6 strata, and an n that it can bear."""
    sites = draw(st.lists(names, min_size=1, max_size=40, unique=True))
    strata = draw(st.lists(names, min_size=1, max_size=6, unique=True))
    candidates = [lots.Candidate(site, draw(st.sampled_from(strata))) for site in sites]
    return candidates, draw(st.integers(1, len(candidates)))


@given(frames(), seeds, st.randoms(use_true_random=False))
def test_the_same_frame_and_seed_give_the_same_draw_bit_for_bit_in_any_order_of_input(case, seed, random):
    candidates, n = case
    first = lots.draw(candidates, n=n, seed=seed)
    random.shuffle(candidates)
    assert lots.draw(iter(candidates), n=n, seed=seed) == first


@given(frames(), seeds)
def test_no_site_is_lost_and_exactly_n_are_drawn(case, seed):
    candidates, n = case
    done = lots.draw(candidates, n=n, seed=seed)
    assert {(t.site, t.stratum) for t in done.tickets} == {(c.site, c.stratum) for c in candidates}
    assert len(done.tickets) == len(candidates)
    assert len(done.drawn) == n == sum(s.drawn for s in done.strata)
    assert done.probability == Fraction(n, len(candidates))


@given(frames(), seeds)
def test_every_stratum_gives_the_floor_or_the_ceiling_of_what_is_expected(case, seed):
    candidates, n = case
    for stratum in lots.draw(candidates, n=n, seed=seed).strata:
        assert stratum.expected == Fraction(n * stratum.size, len(candidates))
        assert stratum.drawn in {floor(stratum.expected), ceil(stratum.expected)}
        assert stratum.drawn <= stratum.size


@given(frames(), seeds)
def test_within_a_stratum_the_smallest_tickets_are_drawn(case, seed):
    candidates, n = case
    done = lots.draw(candidates, n=n, seed=seed)
    for stratum in done.strata:
        own = [t for t in done.tickets if t.stratum == stratum.name]
        assert [t.rank for t in own] == list(range(1, stratum.size + 1))
        assert [t.value for t in own] == sorted(t.value for t in own)
        assert [t.drawn for t in own] == [True] * stratum.drawn + [False] * (stratum.size - stratum.drawn)


def test_a_ticket_can_be_replayed_with_sha256sum_alone():
    text = f"mingcha ticket 1\n{SEED.hex()}\n{'ab' * 32}\nMX-001"
    assert lots.ticket(SEED, "ab" * 32, "MX-001") == hashlib.sha256(text.encode()).hexdigest()
    assert lots.commitment(SEED) == hashlib.sha256(f"mingcha commitment 1\n{SEED.hex()}".encode()).hexdigest()


def test_the_frame_is_plain_csv_with_one_spelling():
    candidates = [lots.Candidate("b", "村·北"), lots.Candidate("a", "超市·南")]
    assert lots.frame_bytes(candidates) == "site,stratum\na,超市·南\nb,村·北\n".encode()
    assert lots.frame_hash(candidates) == hashlib.sha256(lots.frame_bytes(candidates)).hexdigest()


@pytest.mark.parametrize(
    "name",
    ["", "a,b", "a\nb", "a\rb", 'a"b', " a", "a\u3000b", "a\u200bb", "a\ufeff", "e\u0301", "a\ud800", "a|b", "a\tb"],
)
def test_a_name_that_two_readers_could_read_differently_is_refused(name):
    with pytest.raises(lots.UnclearName):
        lots.frame_bytes([lots.Candidate(name, "村")])
    with pytest.raises(lots.UnclearName):
        lots.frame_bytes([lots.Candidate("a", name)])


def test_a_site_named_twice_is_refused_even_in_two_strata():
    with pytest.raises(lots.DuplicateSite, match="MX-1"):
        lots.frame_bytes([lots.Candidate("MX-1", "村"), lots.Candidate("MX-1", "超市")])


def test_a_draw_of_nothing_of_too_many_or_from_nothing_is_refused():
    one = [lots.Candidate("a", "村")]
    with pytest.raises(lots.TooFew):
        lots.draw(one, n=0, seed=SEED)
    with pytest.raises(lots.TooMany, match="只有 1 个"):
        lots.draw(one, n=2, seed=SEED)
    with pytest.raises(lots.EmptyFrame):
        lots.draw([], n=1, seed=SEED)
    with pytest.raises(lots.EmptyFrame):
        lots.allocate({}, 1, SEED, "00")
    with pytest.raises(ValueError, match="32 bytes"):
        lots.draw(one, n=1, seed=b"guessable")


def test_any_edit_of_the_frame_changes_every_ticket():
    before = lots.draw([lots.Candidate(f"s{i}", "村") for i in range(9)], n=3, seed=SEED)
    after = lots.draw([lots.Candidate(f"s{i}", "村") for i in range(10)], n=3, seed=SEED)
    assert not {t.value for t in before.tickets} & {t.value for t in after.tickets}


def test_realised_frequencies_match_the_published_chance():
    """4,000 draws of 7 from 40 in strata of 22, 11, 5, 2; |z| of each site ≤ 4.2 (all 40 together err once in 1,000)."""
    sizes = {"村·北": 22, "超市·北": 11, "学校·南": 5, "卡点·南": 2}
    candidates = [lots.Candidate(f"{name}-{i}", name) for name, size in sizes.items() for i in range(size)]
    runs, n = 4000, 7
    hits: Counter[str] = Counter()
    totals: Counter[str] = Counter()
    for run in range(runs):
        done = lots.draw(candidates, n=n, seed=hashlib.sha256(b"%d" % run).digest())
        hits.update(done.drawn)
        totals.update({s.name: s.drawn for s in done.strata})
    chance = n / len(candidates)
    spread = sqrt(runs * chance * (1 - chance))
    worst = max(abs(hits[c.site] - runs * chance) / spread for c in candidates)
    assert worst <= 4.2
    for name, size in sizes.items():
        part = Fraction(n * size, len(candidates)) % 1
        assert abs(totals[name] - runs * n * size / len(candidates)) <= 4.2 * sqrt(runs * float(part * (1 - part)))


# Sharing


@st.composite
def outings(draw):
    """Up to 14 sites in 4 townships, up to 5 teams with stretches, and recusals."""
    townships = ["621126100", "621126101", "621126200", "621102100"]
    sites = {f"s{i}": draw(st.sampled_from(townships)) for i in range(draw(st.integers(0, 14)))}
    teams = [f"t{i}" for i in range(draw(st.integers(0, 5)))]
    codes = st.sets(st.sampled_from([*townships, "621126", "6211261"]), max_size=3)
    covers = {team: draw(codes) for team in teams}
    pairs = [(team, site) for team in teams for site in sites]
    barred = draw(st.sets(st.sampled_from(pairs), max_size=8)) if pairs else set()
    return sites, teams, covers, barred


def _may(sites, team, site, covers, barred):
    return (team, site) not in barred and any(sites[site].startswith(code) for code in covers[team])


def _can_carry(sites, teams, covers, barred, most):
    """Whether every placeable site finds a team when none takes more than `most` (augmenting paths, written apart)."""
    slots = {team: [] for team in teams}

    def place(site, tried):
        for team in teams:
            if _may(sites, team, site, covers, barred) and team not in tried:
                tried.add(team)
                if len(slots[team]) < most:
                    slots[team].append(site)
                    return True
                for other in list(slots[team]):
                    if place(other, tried):
                        slots[team][slots[team].index(other)] = site
                        return True
        return False

    return all(place(site, set()) for site in sites if any(_may(sites, t, site, covers, barred) for t in teams))


@settings(max_examples=200)
@given(outings(), seeds)
def test_shares_lose_no_site_keep_stretches_and_recusals_and_are_as_even_as_can_be(outing, seed):
    sites, teams, covers, barred = outing
    shares = lots.share(sites, teams, seed=seed, frame_hash="f", covers=covers, barred=barred)
    placed = [site for own in shares.by_team.values() for site in own]
    assert sorted([*placed, *shares.unplaced]) == sorted(sites)
    assert set(shares.by_team) == set(teams)
    for team, own in shares.by_team.items():
        assert all(_may(sites, team, site, covers, barred) for site in own)
    assert all(not _may(sites, team, site, covers, barred) for site in shares.unplaced for team in teams)
    most = max((len(own) for own in shares.by_team.values()), default=0)
    assert most == 0 or not _can_carry(sites, teams, covers, barred, most - 1)
    again = lots.share(
        dict(reversed(sites.items())), teams[::-1], seed=seed, frame_hash="f", covers=covers, barred=barred
    )
    assert again == shares


def test_another_seed_shares_otherwise():
    sites = {f"s{i}": "621126100" for i in range(12)}
    covers = {"甲": ["621126"], "乙": ["621126"], "丙": ["621102"]}
    found = {
        lots.share(sites, covers, seed=bytes([i]) * 32, frame_hash="f", covers=covers).by_team["甲"] for i in range(5)
    }
    assert len(found) == 5
    assert all(len(own) == 6 for own in found)
