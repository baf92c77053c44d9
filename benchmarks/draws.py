"""
How near the realised chances of a draw are to the published ones, and whom the watch accuses.

    .venv/bin/python benchmarks/draws.py [--draws 400000] [--series 100] [--out benchmarks/results/draws.txt]

Frames are made by the kernel: chances from 22 (40, 396) sites with a risk, logistic tilt, floor .1, cap .5. Each is drawn from
400,000 times by four designs over the same tickets: the comb of the lot; a lottery that ignores the chances; Pareto sampling;
sequential Poisson sampling. `max |q - pi|` is the worst site of a frame, `noise` what a design that is exactly right shows
after as many draws (95 % of binomial simulations lie under it); `rms z` is 1 for independent draws of exactly these chances.

The draws run on arrays. That they are the kernel's is checked first: the same tickets, hashed as the kernel hashes them,
give bit for bit the kernel's drawn sites. In the frame marked SHA-256 all tickets are the kernel's own hashes; elsewhere they
are of numpy's generator.
"""

import argparse
import hashlib
import platform
import random
import sys
import time
from collections import Counter
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from mingcha.kernel import lots
from mingcha.kernel.lots import tickets, watching

MILLION = 1_000_000
BLOCK = 4000
LIMIT = 0.003
CHECKED = 150
FRAMES = (
    (22, 1, 1, False),
    (22, 3, 1, False),
    (22, 3, 1, True),
    (22, 5, 1, False),
    (40, 8, 1, False),
    (396, 60, 18, False),
)
DESIGNS = ("comb", "lottery", "Pareto", "seq. Poisson")


def frame(size: int, n: int, strata: int, *, seed: int = 7) -> list[lots.Candidate]:
    """Return a frame with chances of the kernel, strata of equal size."""
    luck = random.Random(seed)
    weighed = [lots.Weighed(f"S{at:03}", f"H{at * strata // size:02}", luck.betavariate(1, 4)) for at in range(size)]
    chances = lots.chances(weighed, n=n, setting=lots.Setting(tilt="logistic", tau=0.5))
    return [lots.Candidate(one.site, one.stratum, chances[one.site]) for one in weighed]


def whole(candidates: list[lots.Candidate]) -> np.ndarray:
    """Return the chances in millionths."""
    parts = [one.chance * MILLION for one in candidates]
    assert all(part == int(part) for part in parts)
    return np.array([int(part) for part in parts], dtype=np.int64)


def comb(values: np.ndarray, place: np.ndarray, chances: np.ndarray, strata: int) -> np.ndarray:
    """Return what the comb hits, draws × sites, as bool. `values`: tickets as uint64; `place`: first tooth, 0 to 1."""
    draws, size = values.shape
    order = values.reshape(draws, strata, -1).argsort(axis=2)
    order = (order + np.arange(strata)[None, :, None] * (size // strata)).reshape(draws, size)
    ends = chances[order].cumsum(axis=1)
    teeth = np.ceil((ends - place[:, None] * MILLION) / MILLION)
    before = np.ceil(-place * MILLION / MILLION)[:, None]
    drawn = np.empty((draws, size), dtype=bool)
    np.put_along_axis(drawn, order, np.diff(teeth, axis=1, prepend=before) > 0, axis=1)
    return drawn


def smallest(keys: np.ndarray, n: int) -> np.ndarray:
    """Return the n smallest keys of each draw, as bool."""
    drawn = np.zeros(keys.shape, dtype=bool)
    np.put_along_axis(drawn, np.argpartition(keys, n - 1, axis=1)[:, :n], values=True, axis=1)
    return drawn


def hashed(draws: range, candidates: list[lots.Candidate]) -> tuple[np.ndarray, np.ndarray]:
    """Return the kernel's own tickets (their first 64 bits) and teeth for these draws."""
    bound = lots.frame_hash(candidates)
    values = np.empty((len(draws), len(candidates)), dtype=np.uint64)
    place = np.empty(len(draws))
    for row, draw in enumerate(draws):
        seed = seed_of(draw)
        place[row] = tickets.comb(seed, bound) / 2**256
        for at, one in enumerate(candidates):
            values[row, at] = int(tickets.ticket(seed, bound, one.site)[:16], 16)
    return values, place


def seed_of(draw: int) -> bytes:
    return hashlib.sha256(b"benchmark %d" % draw).digest()


def check(candidates: list[lots.Candidate], strata: int) -> None:
    """Fail unless the arrays draw what the kernel draws."""
    values, place = hashed(range(CHECKED), candidates)
    drawn = comb(values, place, whole(candidates), strata)
    for draw in range(CHECKED):
        ours = {one.site for one, hit in zip(candidates, drawn[draw], strict=True) if hit}
        assert ours == set(lots.draw(candidates, seed=seed_of(draw)).drawn), draw


def measure(candidates: list[lots.Candidate], n: int, strata: int, draws: int, *, own: bool) -> dict[str, np.ndarray]:
    """Return design → how often each site was drawn; the counts of strata are checked on the way."""
    chances = whole(candidates)
    share = chances / MILLION
    generator = np.random.default_rng(1)
    counts = {design: np.zeros(len(candidates), dtype=np.int64) for design in DESIGNS}
    owed = chances.reshape(strata, -1).sum(axis=1)
    for start in range(0, draws, BLOCK):
        size = min(BLOCK, draws - start)
        if own:
            values, place = hashed(range(start, start + size), candidates)
        else:
            values = generator.integers(0, 2**64, (size, len(candidates)), dtype=np.uint64)
            place = generator.random(size)
        drawn = comb(values, place, chances, strata)
        given = drawn.reshape(size, strata, -1).sum(axis=2)
        assert ((given >= owed // MILLION) & (given <= -(-owed // MILLION))).all() and (drawn.sum(axis=1) == n).all()
        u = (values.astype(np.float64) + 0.5) / 2.0**64
        counts["comb"] += drawn.sum(axis=0)
        counts["lottery"] += smallest(u, n).sum(axis=0)
        counts["Pareto"] += smallest(u * (1 - share) / ((1 - u) * share), n).sum(axis=0)
        counts["seq. Poisson"] += smallest(u / share, n).sum(axis=0)
    return counts


def noise(share: np.ndarray, draws: int) -> float:
    """Return under what the worst site of an exact design lies in 95 of 100 runs."""
    seen = np.random.default_rng(2).binomial(draws, share, (2000, len(share))) / draws
    return float(np.quantile(np.abs(seen - share).max(axis=1), 0.95))


def table(draws: int) -> tuple[list[str], bool]:
    """Draw from every frame and return the lines of the table, and whether the comb is within the limit everywhere."""
    lines = [
        f"{'sites':>5} {'n':>3} {'strata':>6} {'tickets':>8} {'design':<13} {'max |q-pi|':>10} {'rms z':>7} {'noise':>7}"
    ]
    sound = True
    for size, n, strata, own in FRAMES:
        candidates = frame(size, n, strata)
        check(candidates, strata)
        share = whole(candidates) / MILLION
        luck = noise(share, draws)
        for design, count in measure(candidates, n, strata, draws, own=own).items():
            seen = count / draws
            worst = float(np.abs(seen - share).max())
            z = float(np.sqrt(np.mean((seen - share) ** 2 / (share * (1 - share) / draws))))
            kind = "SHA-256" if own else "numpy"
            lines.append(f"{size:>5} {n:>3} {strata:>6} {kind:>8} {design:<13} {worst:>10.4f} {z:>7.2f} {luck:>7.4f}")
            sound &= design != "comb" or worst < LIMIT
        lines.append("")
        print("\n".join(lines[-5:]), flush=True)
    return lines, sound


def held(setting: lots.Setting, seed: int, rounds: int = 16) -> list[watching.Round]:
    """Return a series of honest rounds, 12 of 60 sites, on working days at irregular gaps."""
    weighed = [lots.Weighed(f"P{at:02}", f"H{at % 5}", 0.05 + 0.6 * (at * 37 % 60) / 60) for at in range(60)]
    chances = lots.chances(weighed, n=12, setting=setting)
    candidates = [lots.Candidate(one.site, one.stratum, chances[one.site]) for one in weighed]
    luck, day, series = random.Random(seed), date(2026, 3, 2), []
    while len(series) < rounds:
        if day.weekday() < 5:
            drawn = lots.draw(candidates, seed=luck.randbytes(32)).drawn
            order = luck.sample(drawn, len(drawn))
            trips = [[site[-1] for site in order[k::3]] for k in range(3)]
            series.append(watching.Round(str(len(series)), day, chances, drawn, drawn, routes=trips))
        day += timedelta(days=luck.randrange(1, 6))
    return series


def accused(series: int) -> list[str]:
    """Return how often honest series of every tilt are accused, and dishonest ones found out."""
    lines = []
    for tilt in ("lottery", "logistic", "minmax"):
        signs: Counter[str] = Counter()
        for seed in range(series):
            told = watching.watch(held(lots.Setting(tilt=tilt), seed)).signs
            signs.update({sign.code for sign in told} or {"none"})
        lines.append(f"honest, {tilt}: {series} series of 16 rounds: {dict(sorted(signs.items()))}")
    codes = [f"P{at:02}" for at in range(60)]
    even = dict.fromkeys(codes, Fraction(1, 5))
    for name, pick in (
        ("round robin", lambda k, luck: [codes[(k * 12 + i) % 60] for i in range(12)]),
        ("three sites spared", lambda k, luck: luck.sample(codes[3:], 12)),
    ):
        for rounds in (8, 16, 32, 60):
            found = 0
            for seed in range(series // 5):
                luck = random.Random(seed)
                days = [date(2026, 3, 2) + timedelta(days=3 * k) for k in range(rounds)]
                picks = [pick(k, luck) for k in range(rounds)]
                rows = [watching.Round(str(k), days[k], even, picks[k], picks[k]) for k in range(rounds)]
                found += any(sign.grave for sign in watching.watch(rows).signs)
            lines.append(f"{name}, called a lottery, after {rounds} rounds: found out in {found} of {series // 5}")
    return lines


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--draws", type=int, default=400_000)
    parser.add_argument("--series", type=int, default=100)
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    begun = time.monotonic()
    lines, sound = table(arguments.draws)
    county = frame(396, 60, 18)
    start = time.perf_counter()
    for draw in range(50):
        lots.draw(county, seed=seed_of(draw))
    lines.append(
        f"the kernel: {(time.perf_counter() - start) / 50 * 1000:.1f} ms for a draw of 60 from 396, with its tree"
    )
    lines.append(f"arrays checked bit for bit against the kernel on {CHECKED} draws of each frame")
    lines += accused(arguments.series)
    head = f"{arguments.draws} draws of each frame; {platform.machine()}, Python {platform.python_version()}, numpy {np.__version__}"
    lines = [head, "", *lines, f"{time.monotonic() - begun:.0f} s"]
    print("\n".join(lines))
    if arguments.out:
        arguments.out.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return 0 if sound else 1


if __name__ == "__main__":
    sys.exit(main())
