"""
Instances of a county day, in the format of docs/route-instance.md: 60 by 50 km, 18 townships, 3 depots, 12 teams with
eight hours, 400 candidates of 30 to 45 minutes, windows at 30 % of them, 5 % of all pairs recused.

    .venv/bin/python benchmarks/routing_instances.py op 1 > op-1.json

*op* requires 60 sites and offers the other 340 for a prize; *req* requires 100 and offers none.
"""

import json
import random
import sys

SPEED, DETOUR, EXTRA = 40, 1.3, 120  # km/h, times the straight line, seconds a stop
WIDTH, HEIGHT = 60.0, 50.0


def instance(kind: str, seed: int, *, sites: int = 400, crews: int = 12) -> dict[str, object]:
    """Return one instance; the same for equal arguments."""
    rng = random.Random(f"{kind} {seed}")
    towns = [(rng.uniform(3, WIDTH - 3), rng.uniform(3, HEIGHT - 3)) for _ in range(18)]
    bases = [towns[0], towns[6], towns[12]]
    places = []
    for _ in range(sites):
        town = rng.choice(towns)
        places.append((
            min(max(rng.gauss(town[0], 2.0), 0), WIDTH), min(max(rng.gauss(town[1], 2.0), 0), HEIGHT),
        ))  # fmt: skip
    chosen = sites if kind == "op" else sites // 4
    required = sites * 3 // 20 if kind == "op" else chosen
    stops = [_stop(n, rng, required=n < required) for n in range(chosen)]
    return {
        "format": "mingcha-route-instance/1",
        "about": f"{kind} {seed}: {required} required, {chosen - required} optional, {crews} teams",
        "units": {"time": "minutes", "travel": "seconds"},
        "crews": [
            {
                "id": f"T{team + 1:02}", "base": team % 3, "start": "08:30", "end": "16:30",
                "barred": [stop["id"] for stop in stops if rng.random() < 0.05],
            }
            for team in range(crews)
        ],
        "stops": [stop | {"location": 3 + n} for n, stop in enumerate(stops)],
        "travel": {"seconds": _seconds([*bases, *places[:chosen]])},
    }  # fmt: skip


def _stop(n: int, rng: random.Random, *, required: bool) -> dict[str, object]:
    stop: dict[str, object] = {"id": f"S{n + 1:03}", "minutes": rng.choice([30, 35, 40, 45]), "rank": rng.random()}
    if not required:
        stop |= {"required": False, "prize": rng.randint(1200, 2400)}
    if rng.random() < 0.3:
        stop["windows"] = [rng.choice([["08:30", "11:30"], ["13:30", "16:30"], ["09:30", "12:00"], ["14:00", "16:00"]])]
    return stop


def _seconds(points: list[tuple[float, float]]) -> list[list[int]]:
    return [
        [
            0 if i == j else round(((a - c) ** 2 + (b - d) ** 2) ** 0.5 * DETOUR / SPEED * 3600) + EXTRA
            for j, (c, d) in enumerate(points)
        ]
        for i, (a, b) in enumerate(points)
    ]


if __name__ == "__main__":
    json.dump(instance(sys.argv[1], int(sys.argv[2])), sys.stdout)
