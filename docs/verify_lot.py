"""Replay a published draw with nothing but Python: python3 verify_lot.py BUNDLE.json [HASH-PUBLISHED-BEFORE ...]"""

import hashlib, json, sys  # noqa: I001
from fractions import Fraction


def sha(*lines):
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def same(place, claimed, computed):
    json.dumps(claimed, sort_keys=True) == json.dumps(computed, sort_keys=True) or sys.exit(f"BROKEN at {place}")


b, keys = json.load(open(sys.argv[1], encoding="utf-8")), ("site", "stratum", "chance", "value", "rank", "drawn")  # noqa: SIM115
frame, secrets, said, end, strata, tickets = b["frame_hash"], b["secrets"], b["public"], Fraction(0), [], []
same("format", [b["format"], len(b), len(said), len(secrets) > 1], ["mingcha-lot/2", 15, 3, True])
rows = sorted({s: (s, h, Fraction(p)) for s, h, p in (r.split(",") for r in b["frame"].split("\n")[1:-1])}.values())
lines = ["site,stratum,chance", *(f"{s},{h},{p}" for s, h, p in rows if 0 < p <= 1), ""]
same("frame", [b["frame"], frame], ["\n".join(lines), sha(b["frame"])])
same("secrets", [secrets, b["commitments"]], [sorted({*secrets}), [sha("mingcha commitment 2", s) for s in secrets]])
terms = {"about": b["about"], "rule": b["rule"], "public": {"at": said["at"], "named": said["named"]}}
same("terms", b["terms_hash"], sha("mingcha terms 2", json.dumps(terms, sort_keys=True, separators=(",", ":"))))
same("published", [h for h in sys.argv[2:] if h not in [*b["commitments"], frame, b["terms_hash"], b["root"]]], [])
same("seed", b["seed"], seed := sha("mingcha seed 2", frame, b["terms_hash"], said["value"], *secrets))
u = Fraction(int(sha("mingcha comb 2", seed, frame), 16), 2**256)
for h in sorted({h for _, h, _ in rows}):
    own = []
    for v, s, p in sorted((sha("mingcha ticket 2", seed, frame, s), s, p) for s, of, p in rows if of == h):
        hit, end, t = (end + p - u) // -1 < (end - u) // -1, end + p, int(v, 16)
        own += [(not hit, t if hit else t * (1 - p) / ((2**256 - t) * p), s, p, v)]
    strata += [dict(stratum=h, size=len(own), expected=str(sum(o[3] for o in own)), drawn=sum(not o[0] for o in own))]  # noqa: C408
    tickets += [dict(zip(keys, (s, h, str(p), v, i, not x))) for i, (x, _, s, p, v) in enumerate(sorted(own), 1)]
same("strata or n", [b["strata"], b["n"], 1, len(rows)], [strata, int(end), end.denominator, len(b["tickets"])])
[same(f"ticket of {one['site']}, or the order", b["tickets"][i : i + 1], [one]) for i, one in enumerate(tickets)]
level = [sha("mingcha leaf 2", *map(str, one.values())) for one in sorted(tickets, key=lambda one: one["site"])]
while level[1:]:
    level = [sha("mingcha node 2", *level[i : i + 2]) if level[i + 1 :] else level[i] for i in range(0, len(level), 2)]
print(same("drawn or root", [b["drawn"], [b["root"]]], [[t["site"] for t in tickets if t["drawn"]], level]) or "OK")
