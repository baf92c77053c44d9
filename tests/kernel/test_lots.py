"""The lot: replayable, exact in every chance, and nothing is lost."""

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
    """A frame of 1–30 sites in up to 6 strata, with the chances of a random setting."""
    sites = draw(st.lists(names, min_size=1, max_size=30, unique=True))
    strata = draw(st.lists(names, min_size=1, max_size=6, unique=True))
    weighed = [
        lots.Weighed(site, draw(st.sampled_from(strata)), draw(st.sampled_from([0.0, 0.01, 0.2, 0.5, 0.97])))
        for site in sites
    ]
    setting = lots.Setting(tilt=draw(st.sampled_from(["lottery", "logistic", "minmax"])), cap=1.0)
    chances = lots.chances(weighed, n=draw(st.integers(1, len(sites))), setting=setting)
    return [lots.Candidate(one.site, one.stratum, chances[one.site]) for one in weighed]


def even(sites, n):
    """Sites of one stratum with equal chances."""
    return [lots.Candidate(site, "村", Fraction(n, len(sites))) for site in sites]


@given(frames(), seeds, st.randoms(use_true_random=False))
def test_the_same_frame_and_seed_give_the_same_draw_bit_for_bit_in_any_order_of_input(candidates, seed, random):
    first = lots.draw(candidates, seed=seed)
    random.shuffle(candidates)
    assert lots.draw(iter(candidates), seed=seed) == first
    assert lots.read_frame(lots.frame_bytes(candidates).decode()) == tuple(sorted(candidates, key=lambda c: c.site))


@given(frames(), seeds)
def test_no_site_is_lost_and_as_many_are_drawn_as_the_chances_sum_to(candidates, seed):
    done = lots.draw(candidates, seed=seed)
    assert {(t.site, t.stratum, t.chance) for t in done.tickets} == {(c.site, c.stratum, c.chance) for c in candidates}
    assert len(done.tickets) == len(candidates)
    assert len(done.drawn) == done.n == sum(s.drawn for s in done.strata) == sum(c.chance for c in candidates)
    assert {c.site for c in candidates if c.chance == 1} <= set(done.drawn)
    assert all(done.ticket(c.site).site == c.site for c in candidates)


@given(frames(), seeds)
def test_every_stratum_and_every_run_of_strata_gives_the_floor_or_the_ceiling_of_what_is_expected(candidates, seed):
    strata = lots.draw(candidates, seed=seed).strata
    for start in range(len(strata)):
        for end in range(start + 1, len(strata) + 1):
            wanted = sum(s.expected for s in strata[start:end])
            assert sum(s.drawn for s in strata[start:end]) in {floor(wanted), ceil(wanted)}
    for stratum in strata:
        assert stratum.expected == sum(c.chance for c in candidates if c.stratum == stratum.name)


@given(frames(), seeds)
def test_the_drawn_come_first_by_ticket_and_reserves_follow_in_pareto_order(candidates, seed):
    done = lots.draw(candidates, seed=seed)
    for stratum in done.strata:
        own = [t for t in done.tickets if t.stratum == stratum.name]
        assert [t.rank for t in own] == list(range(1, stratum.size + 1))
        assert [t.drawn for t in own] == [True] * stratum.drawn + [False] * (stratum.size - stratum.drawn)
        taken, spare = own[: stratum.drawn], own[stratum.drawn :]
        assert [t.value for t in taken] == sorted(t.value for t in taken)
        u = {t.site: Fraction(int(t.value, 16), 2**256) for t in spare}
        q = [u[t.site] / (1 - u[t.site]) * (1 - t.chance) / t.chance for t in spare]
        assert q == sorted(q)


def test_a_ticket_can_be_replayed_with_sha256sum_alone():
    text = f"mingcha ticket 2\n{SEED.hex()}\n{'ab' * 32}\nMX-001"
    assert lots.ticket(SEED, "ab" * 32, "MX-001") == hashlib.sha256(text.encode()).hexdigest()
    assert lots.commitment(SEED) == hashlib.sha256(f"mingcha commitment 2\n{SEED.hex()}".encode()).hexdigest()


def test_the_frame_is_plain_csv_with_one_spelling():
    candidates = [lots.Candidate("b", "村·北", Fraction(6, 8)), lots.Candidate("a", "超市·南", Fraction(1, 4))]
    assert lots.frame_bytes(candidates) == "site,stratum,chance\na,超市·南,1/4\nb,村·北,3/4\n".encode()
    assert lots.frame_hash(candidates) == hashlib.sha256(lots.frame_bytes(candidates)).hexdigest()


@pytest.mark.parametrize(
    "name",
    ["", "a,b", "a\nb", "a\rb", 'a"b', " a", "a\u3000b", "a\u200bb", "a\ufeff", "e\u0301", "a\ud800", "a|b", "a\tb"],
)
def test_a_name_that_two_readers_could_read_differently_is_refused(name):
    with pytest.raises(lots.UnclearName):
        lots.frame_bytes([lots.Candidate(name, "村", Fraction(1))])
    with pytest.raises(lots.UnclearName):
        lots.frame_bytes([lots.Candidate("a", name, Fraction(1))])


@pytest.mark.parametrize(
    "chances", [(0, 1), ("3/2", "1/2"), ("1/2", "1/3"), ("1/10000000000", "9999999999/10000000000"), (-1, 1)]
)
def test_chances_that_are_none_or_sum_to_no_whole_number_are_no_frame(chances):
    with pytest.raises(ValueError, match="chance"):
        lots.draw([lots.Candidate(f"s{i}", "村", Fraction(c)) for i, c in enumerate(chances)], seed=SEED)


@pytest.mark.parametrize("chance", ["2/4", "1e9", "1/0", "01", "0.5", "+1", "１", "1 ", "9" * 40])
def test_a_chance_that_is_not_written_in_lowest_terms_is_not_read(chance):
    text = f"site,stratum,chance\na,村,{chance}\n"
    with pytest.raises(ValueError, match="not a chance"):
        lots.read_frame(text)


def test_a_site_named_twice_is_refused_even_in_two_strata():
    with pytest.raises(lots.DuplicateSite, match="MX-1"):
        lots.frame_bytes([lots.Candidate("MX-1", "村", Fraction(1)), lots.Candidate("MX-1", "超市", Fraction(1))])


def test_a_draw_from_nothing_or_with_a_seed_that_can_be_guessed_is_refused():
    with pytest.raises(lots.EmptyFrame):
        lots.draw([], seed=SEED)
    with pytest.raises(ValueError, match="32 bytes"):
        lots.draw(even("a", 1), seed=b"guessable")


def test_any_edit_of_the_frame_changes_every_ticket():
    before = lots.draw(even([f"s{i}" for i in range(9)], 3), seed=SEED)
    after = lots.draw(even([f"s{i}" for i in range(10)], 3), seed=SEED)
    assert not {t.value for t in before.tickets} & {t.value for t in after.tickets}


def test_realised_frequencies_match_chances_that_differ_also_in_strata_of_two_and_under_mixed_counts():
    """
    1,500 draws of 6 from 40 in strata of 22, 11, 5, 2 that expect no whole numbers; |z| of each site ≤ 4.2.

    Pareto sampling would be off by .07 in a stratum of two with chances .8 and .2: that is why the comb was taken.
    """
    sizes = {"村·北": 22, "超市·北": 11, "学校·南": 5, "卡点·南": 2}
    weighed = [
        lots.Weighed(f"{name}-{i}", name, (i + 1) / (size + 2)) for name, size in sizes.items() for i in range(size)
    ]
    chances = lots.chances(weighed, n=6, setting=lots.Setting(tilt="logistic", tau=0.5))
    candidates = [lots.Candidate(one.site, one.stratum, chances[one.site]) for one in weighed]
    runs = 1500
    hits: Counter[str] = Counter()
    for run in range(runs):
        hits.update(lots.draw(candidates, seed=hashlib.sha256(b"%d" % run).digest()).drawn)
    for one in candidates:
        chance = float(one.chance)
        assert abs(hits[one.site] - runs * chance) <= 4.2 * sqrt(runs * chance * (1 - chance)), one.site


# Seeds


@given(st.lists(seeds, min_size=2, max_size=4, unique=True), st.randoms(use_true_random=False))
def test_the_seed_hangs_on_every_secret_on_the_public_value_and_on_all_that_was_fixed(secrets, random):
    known = {"frame_hash": "ab" * 32, "terms_hash": "cd" * 32, "public_value": "03 11 17"}
    seed = lots.seed(**known, secrets=secrets)
    shuffled = random.sample(secrets, len(secrets))
    assert lots.seed(**known, secrets=shuffled) == seed
    others = [lots.seed(**{**known, key: "3"}, secrets=secrets) for key in known]
    others += [lots.seed(**known, secrets=[*secrets[:at], SEED, *secrets[at + 1 :]]) for at in range(len(secrets))]
    assert secrets.count(SEED) or seed not in others


def test_a_seed_of_one_officer_alone_is_none():
    known = {"frame_hash": "ab" * 32, "terms_hash": "cd" * 32, "public_value": "7"}
    for secrets in ([SEED], [SEED, SEED], []):
        with pytest.raises(ValueError, match="two secrets"):
            lots.seed(**known, secrets=secrets)
    with pytest.raises(ValueError, match="32 bytes"):
        lots.seed(**known, secrets=[SEED, b"short"])


def test_a_public_value_has_one_spelling():
    assert lots.plain_value("  ０３  11\u300017 ") == "03 11 17"
    for unclear in ("", "  ", "7\u200b", "7" * 201):
        with pytest.raises(lots.UnclearValue):
            lots.plain_value(unclear)
    with pytest.raises(lots.UnclearValue):
        lots.seed(frame_hash="a", terms_hash="b", public_value="７", secrets=[SEED, bytes(32)])


def test_an_officers_words_are_mixed_in_and_can_spoil_nothing():
    assert lots.mixed(SEED, "") != lots.mixed(SEED, "一\n二") != lots.mixed(bytes(32), "一\n二")
    assert len(lots.mixed(SEED, "")) == 32


# Pairs


@given(st.sets(names, max_size=6), st.sets(names, max_size=3), seeds)
def test_a_pair_is_two_of_the_team_that_may_go_in_any_order_of_asking(people, barred, seed):
    pair = lots.pair(people, seed=seed, frame_hash="f", team="甲", barred=barred)
    assert len(set(pair)) == len(pair) == min(2, len(people - barred))
    assert set(pair) <= people - barred
    assert lots.pair(sorted(people), seed=seed, frame_hash="f", team="甲", barred=barred) == pair


def test_everybody_signs_about_as_often_as_anybody():
    found = Counter(
        one
        for run in range(900)
        for one in lots.pair("abc", seed=bytes([run % 256, run // 256]) * 16, frame_hash="f", team="甲")
    )
    assert all(abs(count - 600) <= 4.2 * sqrt(900 * 2 / 9) for count in found.values())


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
