"""What is published after a round, and how a stranger checks it. `docs/verify_lot.py` does the same on its own."""

import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from mingcha.kernel.lots import tickets
from mingcha.kernel.lots.drawing import Draw, Ticket, draw
from mingcha.kernel.lots.frame import Candidate, frame_bytes, frame_hash, read_frame
from mingcha.kernel.refusals import Refusal

FORMAT = "mingcha-lot/2"
ABOUT_THE_PUBLIC_VALUE = ("at", "named", "value")


class Tampered(Refusal):
    """A bundle or a proof that does not replay. `place` names the first place where it breaks."""

    message = "抽签公开包核验不通过，“%(place)s”与重新计算的结果不符，请以登记的原件为准并查明改动。"
    status = 422

    def __init__(self, *, place: str) -> None:
        self.place = place
        super().__init__(place=place)


def bundle(
    done: Draw, candidates: Iterable[Candidate], *,
    secrets: Collection[bytes], public: Mapping[str, str], rule: Mapping[str, Any], about: Mapping[str, Any],
) -> dict[str, Any]:  # fmt: skip
    """
    Return all that a stranger needs to replay a draw, as plain JSON values.

    `public`: "named" (which value, named in advance), "at" (when it was to come out), "value" (what came out).
    `rule`: how chances were made and what else was fixed with the frame; `about`: which round. Both any JSON.
    Keys: format, about, rule, public, terms_hash, frame (the canonical CSV), frame_hash, secrets (hex, sorted),
    commitments (in the order of the secrets), seed (hex), n, strata (a list of name, size, expected as "3/2", drawn),
    tickets (a list of site, stratum, chance, value, rank, drawn), drawn (sites in order), root.
    ValueError where the draw did not come from these candidates, these secrets and these terms.
    """
    frozen = tuple(candidates)
    terms = tickets.terms_hash(rule=rule, about=about, named=public["named"], at=public["at"])
    in_order = sorted(secrets)
    seed = tickets.seed(frame_hash=frame_hash(frozen), terms_hash=terms, public_value=public["value"], secrets=in_order)
    if done != draw(frozen, seed=seed):
        raise ValueError("the draw does not belong to these candidates, secrets and terms")
    return {
        "format": FORMAT,
        "about": dict(about),
        "rule": dict(rule),
        "public": {key: public[key] for key in ABOUT_THE_PUBLIC_VALUE},
        "terms_hash": terms,
        "frame": frame_bytes(frozen).decode(),
        "frame_hash": done.frame_hash,
        "secrets": [secret.hex() for secret in in_order],
        "commitments": [tickets.commitment(secret) for secret in in_order],
        "seed": seed.hex(),
        "n": done.n,
        "strata": [
            {"stratum": s.name, "size": s.size, "expected": str(s.expected), "drawn": s.drawn} for s in done.strata
        ],
        "tickets": [shown(ticket) for ticket in done.tickets],
        "drawn": list(done.drawn),
        "root": done.root,
    }


def shown(ticket: Ticket) -> dict[str, Any]:
    """Return a ticket as JSON values."""
    return {
        "site": ticket.site, "stratum": ticket.stratum, "chance": str(ticket.chance), "value": ticket.value,
        "rank": ticket.rank, "drawn": ticket.drawn,
    }  # fmt: skip


def verify(bundled: Mapping[str, Any], *, published: Mapping[str, Any] | None = None) -> None:
    """
    Replay a bundle; return nothing, or raise Tampered naming the first place where it breaks.

    `published`: what was on record before, any keys of the bundle (frame_hash, terms_hash, commitments, root, n,
    public …; of `public` any part). Without it only the inner agreement is proved: whoever may rewrite a whole bundle
    may also draw anew.
    """
    if not isinstance(bundled, Mapping):
        raise Tampered(place="格式 format")
    candidates = _frame_of(bundled)
    secrets = _secrets_of(bundled)
    terms = _terms_of(bundled)
    for key, before in (published or {}).items():
        _compare(f"事先公布的 {key}", *_as_published(key, bundled.get(key), before))
    try:
        value = bundled["public"]["value"]
        seed = tickets.seed(frame_hash=bundled["frame_hash"], terms_hash=terms, public_value=value, secrets=secrets)
    except (TypeError, ValueError, AttributeError, Refusal):
        raise Tampered(place="公开数值 public") from None
    _compare("种子 seed（公开数值 public 或 seed）", bundled.get("seed"), seed.hex())
    done = draw(candidates, seed=seed)
    truth = bundle(
        done, candidates, secrets=secrets, public=bundled["public"], rule=bundled["rule"], about=bundled["about"]
    )
    _compare("数量 n", bundled.get("n"), truth["n"])
    _compare_strata(bundled.get("strata"), truth["strata"])
    _compare_tickets(bundled.get("tickets"), truth["tickets"])
    _compare_drawn(bundled.get("drawn"), truth["drawn"])
    _compare("树根 root", bundled.get("root"), truth["root"])
    _compare("项目", sorted(map(str, bundled)), sorted(truth))


def _compare(place: str, claimed: object, computed: object) -> None:
    """Raise Tampered unless both are the same JSON (1, 1.0 and true are three different values)."""
    try:
        same = json.dumps(claimed, sort_keys=True) == json.dumps(computed, sort_keys=True)
    except (TypeError, ValueError, RecursionError):
        same = False
    if not same:
        raise Tampered(place=place)


def _as_published(key: str, claimed: object, before: object) -> tuple[object, object]:
    """Commitments are published in any order; of the public value, its name and time before what came out."""
    if key == "commitments" and isinstance(claimed, list) and isinstance(before, list | tuple):
        return sorted(map(str, claimed)), sorted(map(str, before))
    if key == "public" and isinstance(claimed, Mapping) and isinstance(before, Mapping):
        return {part: claimed.get(part) for part in before}, dict(before)
    return claimed, before


def _frame_of(bundled: Mapping[str, Any]) -> tuple[Candidate, ...]:
    """Return the candidates, having checked format, frame and frame hash."""
    _compare("格式 format", bundled.get("format"), FORMAT)
    try:
        candidates = read_frame(bundled["frame"])
        canonical = frame_bytes(candidates).decode()
        computed = frame_hash(candidates)
    except (KeyError, AttributeError, TypeError, ValueError, Refusal):
        raise Tampered(place="名录 frame") from None
    _compare("名录 frame", bundled["frame"], canonical)
    _compare("名录哈希 frame_hash", bundled.get("frame_hash"), computed)
    return candidates


def _secrets_of(bundled: Mapping[str, Any]) -> list[bytes]:
    """Return the secrets, having checked their commitments, their order and that there are at least two."""
    try:
        secrets = [bytes.fromhex(secret) for secret in bundled["secrets"]]
        commitments = [tickets.commitment(secret) for secret in secrets]
    except (KeyError, TypeError, ValueError):
        raise Tampered(place="秘密 secrets") from None
    if len(secrets) < tickets.LEAST_SECRETS:
        raise Tampered(place="秘密 secrets")
    _compare("秘密 secrets", bundled["secrets"], [secret.hex() for secret in sorted(set(secrets))])
    _compare("承诺 commitments", bundled.get("commitments"), commitments)
    return secrets


def _terms_of(bundled: Mapping[str, Any]) -> str:
    """Return the hash of the terms, having checked it and the shape of what it binds."""
    for key, place in (("about", "轮次 about"), ("rule", "规则 rule"), ("public", "公开数值 public")):
        if not isinstance(bundled.get(key), dict):
            raise Tampered(place=place)
    public = bundled["public"]
    if sorted(public) != list(ABOUT_THE_PUBLIC_VALUE) or not all(isinstance(part, str) for part in public.values()):
        raise Tampered(place="公开数值 public")
    try:
        terms = tickets.terms_hash(rule=bundled["rule"], about=bundled["about"], named=public["named"], at=public["at"])
    except (TypeError, ValueError, RecursionError):
        raise Tampered(place="规则 rule") from None
    _compare("规则哈希 terms_hash（about、rule 或 public）", bundled.get("terms_hash"), terms)
    return terms


def _compare_strata(claimed: object, computed: list[dict[str, Any]]) -> None:
    if not isinstance(claimed, list) or len(claimed) != len(computed):
        raise Tampered(place="各层 strata")
    for one, other in zip(claimed, computed, strict=True):
        _compare(f"各层 strata {other['stratum']}", one, other)


def _compare_tickets(claimed: object, computed: list[dict[str, Any]]) -> None:
    if not isinstance(claimed, list) or not all(isinstance(one, dict) for one in claimed):
        raise Tampered(place="签号 ticket")
    by_site = {str(one.get("site")): one for one in claimed}
    for other in computed:
        _compare(f"签号 ticket {other['site']}", by_site.get(other["site"]), other)
    _compare("次序 order", claimed, computed)


def _compare_drawn(claimed: object, computed: list[str]) -> None:
    if not isinstance(claimed, list) or {json.dumps(one) for one in claimed} != {json.dumps(one) for one in computed}:
        raise Tampered(place="抽中名单 drawn")
    _compare("次序 order", claimed, computed)
