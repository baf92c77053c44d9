"""Replay a published draw with nothing but Python: python3 verify_lot.py BUNDLE.json [COMMITMENT-PUBLISHED-BEFORE]"""

import hashlib
import json
import sys
from fractions import Fraction
from math import ceil


def sha(*lines):
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def same(place, claimed, computed):
    if json.dumps(claimed, sort_keys=True) != json.dumps(computed, sort_keys=True):
        sys.exit(f"BROKEN at {place}")


with open(sys.argv[1], encoding="utf-8") as file:
    bundle = json.load(file)
same("format", [bundle["format"], len(bundle)], ["mingcha-lot/1", 9])
frame, seed, n = bundle["frame"], bundle["seed"], bundle["n"]
rows = [line.split(",") for line in frame.split("\n")[1:-1]]
lines = ["site,stratum", *(f"{site},{stratum}" for site, stratum in sorted(dict(rows).items())), ""]
same("frame", [frame, bundle["frame_hash"]], ["\n".join(lines), sha(frame)])
same("commitment", [bundle["commitment"], *sys.argv[2:]], [sha("mingcha commitment 1", seed)] * len(sys.argv[1:]))
u, end, allocation, tickets = Fraction(int(sha("mingcha allocation 1", seed, sha(frame)), 16), 2**256), 0, [], []
for name in sorted({stratum for _, stratum in rows}):
    values = sorted((sha("mingcha ticket 1", seed, sha(frame), site), site) for site, own in rows if own == name)
    share = Fraction(n * len(values), len(rows))
    count, end = ceil(end + share - u) - ceil(end - u), end + share
    allocation += [{"stratum": name, "size": len(values), "expected": str(share), "drawn": count}]
    for rank, (value, site) in enumerate(values, 1):
        tickets += [{"site": site, "stratum": name, "value": value, "rank": rank, "drawn": rank <= count}]
same("allocation", [bundle["allocation"], n], [allocation, min(max(sum(s["drawn"] for s in allocation), 1), len(rows))])
for place, ticket in enumerate(tickets):
    same(f"ticket of {ticket['site']}, or the order", bundle["tickets"][place : place + 1], [ticket])
same("drawn or order", [bundle["tickets"], bundle["drawn"]], [tickets, [t["site"] for t in tickets if t["drawn"]]])
print(f"OK: {n} of {len(rows)} sites; each had the chance {Fraction(n, len(rows))}")
