"""What goes into a score and what comes out of it: plain values."""

from dataclasses import dataclass, field
from datetime import date

MAY_TELL = 5  # reports: an area × category with fewer says who reported, and is not counted


@dataclass(frozen=True)
class Past:
    """
    One finished visit. `score` is graded, any scale, where the visit gave one. `inspector` is any label of who judged.

    `place` is a division's code: the code of the division above is its beginning. `body` is who answers for the site.
    """

    site: str
    day: date
    problem: bool
    score: float | None = None
    inspector: str = ""
    kind: str = ""
    place: str = ""
    body: str = ""


@dataclass(frozen=True)
class Subject:
    """A site to be scored."""

    site: str
    kind: str = ""
    place: str = ""
    body: str = ""
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True)
class Reason:
    """
    One plain fact behind a chance, as a code and its figures; doors phrase it.

    own_problems {found, visits} · never_visited {} · long_ago {days} · low_score {score, mean} ·
    kind_rate {rate, visits, kind} · place_rate {rate, visits, place} · body_rate {rate, visits, body} · prior {rate}.
    Rates and chances are 0..1. Every reason but `prior` also has `effect`: by how much it moves the chance, signed.
    """

    code: str
    facts: dict[str, float | int | str] = field(default_factory=dict)


@dataclass(frozen=True)
class SiteScore:
    """`chance`: the probability that the next visit finds a problem, strictly between 0 and 1."""

    chance: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Scored:
    """
    Scores of one day. `method`: "model", or "priors" where history is too short for one.

    `version` is a SHA-256 over all that went in and over the code's own version: same version, same scores.
    """

    version: str
    method: str
    visits: int
    problems: int
    by_site: dict[str, SiteScore]
