"""Replay a published draw with nothing but Python: python3 verify_lot.py BUNDLE.json [HASH-PUBLISHED-BEFORE ...]"""

# fmt: off
import hashlib, json, re, sys, unicodedata  # noqa: I001
from fractions import Fraction

def sha(*lines):
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
def same(place, claimed, computed):
    json.dumps(claimed, sort_keys=True) == json.dumps(computed, sort_keys=True) or sys.exit(f"BROKEN at {place}")

sys.excepthook = lambda kind, error, trace: print(f"BROKEN at format: {kind.__name__} {error}"[:200], file=sys.stderr)
b, keys = json.load(open(sys.argv[1], encoding="utf-8")), ("site", "stratum", "chance", "value", "rank", "drawn")  # noqa: SIM115
said, secrets, text, frame, own, strata, tickets = b["public"], b["secrets"], b["frame"], b["frame_hash"], {}, [], []
same("format", [b["format"], len(b), [*sorted(said)]], ["mingcha-lot/2", 15, ["at", "named", "value"]])
rows = sorted({r[0]: r for r in re.findall(r"([^,\n]+),([^,\n]+),(\d{1,9}(?:/\d{1,9})?)\n", text)}.values())
lines = ["site,stratum,chance", *(f"{s},{h},{Fraction(p)}" for s, h, p in rows if 0 < Fraction(p) <= 1), ""]
clear = ["".join(c for c in unicodedata.normalize("NFC", t) if c.isprintable() and c not in " ;|\"'\\") for t in lines]
same("frame", [text, lines, frame], ["\n".join(lines), clear, sha(text)])
same("secrets", [secrets, len(secrets) > 1], [re.findall("[0-9a-f]{64}", " ".join(sorted({*secrets}))), True])
same("commitments", b["commitments"], [sha("mingcha commitment 2", secret) for secret in secrets])
terms = {"about": {**b["about"]}, "rule": {**b["rule"]}, "public": {"at": "" + said["at"], "named": "" + said["named"]}}
same("terms", b["terms_hash"], sha("mingcha terms 2", json.dumps(terms, sort_keys=1, separators=(",", ":"), allow_nan=0)))
same("published", [h for h in sys.argv[2:] if h not in [*b["commitments"], frame, b["terms_hash"], b["root"]]], [])
value = " ".join("".join(filter(str.isprintable, unicodedata.normalize("NFKC", said["value"]))).split())[:200] or "-"
same("seed", [b["seed"], said["value"]], [seed := sha("mingcha seed 2", frame, b["terms_hash"], value, *secrets), value])
u, end = Fraction(int(sha("mingcha comb 2", seed, frame), 16), 2**256), Fraction(0)
for h, v, s, p in sorted((h, sha("mingcha ticket 2", seed, frame, s), s, Fraction(p)) for s, h, p in rows):
    hit, end, t = (end + p - u) // -1 < (end - u) // -1, end + p, int(v, 16)
    own.setdefault(h, []).append((not hit, t if hit else t * (1 - p) / ((2**256 - t) * p), s, p, v))
for h, o in own.items():
    tickets += [dict(zip(keys, (s, h, str(p), v, i, not x))) for i, (x, _, s, p, v) in enumerate(sorted(o), 1)]
    strata += [{"stratum": h, "size": len(o), "expected": str(sum(x[3] for x in o)), "drawn": sum(not x[0] for x in o)}]
[same(f"ticket of {one['site']}, or the order", b["tickets"][i : i + 1], [one]) for i, one in enumerate(tickets)]
same("strata or n", [b["strata"], b["n"], 1, len(b["tickets"])], [strata, int(end), end.denominator, len(rows)])
level = [sha("mingcha leaf 2", *map(str, one.values())) for one in sorted(tickets, key=lambda one: one["site"])]
while level[1:]:
    level = [sha("mingcha node 2", *level[i : i + 2]) if level[i + 1 :] else level[i] for i in range(0, len(level), 2)]
print(same("drawn or root", [b["drawn"], [b["root"]]], [[t["site"] for t in tickets if t["drawn"]], level]) or "OK")
