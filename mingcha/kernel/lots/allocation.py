"""How many from each stratum: ticketed systematic rounding, in exact fractions."""

from collections.abc import Mapping
from fractions import Fraction
from math import ceil

from mingcha.kernel.lots.frame import EmptyFrame
from mingcha.kernel.lots.tickets import digest, seed_hex
from mingcha.kernel.refusals import Refusal


class TooFew(Refusal):
    """A draw of nothing."""

    message = "至少要抽 1 个点位，请重新填写数量。"
    status = 422


class TooMany(Refusal):
    """More wanted than there are."""

    message = "名录里只有 %(size)s 个点位，抽不出 %(n)s 个，请改小数量。"
    status = 422


def expected(sizes: Mapping[str, int], n: int) -> dict[str, Fraction]:
    """Return n·N_h/N for each stratum, exactly, in sorted order of the strata. Raises EmptyFrame, TooFew, TooMany."""
    total = sum(sizes.values())
    if total < 1 or min(sizes.values()) < 1:
        raise EmptyFrame
    if n < 1:
        raise TooFew
    if n > total:
        raise TooMany(n=n, size=total)
    return {stratum: Fraction(n * sizes[stratum], total) for stratum in sorted(sizes)}


def allocate(sizes: Mapping[str, int], n: int, seed: bytes, frame_hash: str) -> dict[str, int]:
    """
    Return how many sites each stratum gives: n_h with sum n, each the floor or the ceiling of n·N_h/N.

    1. Lay the expected counts end to end, strata in sorted order: a line of length n.
    2. Draw one uniform u in [0, 1) from the seed (a multiple of 2⁻²⁵⁶).
    3. A stratum gets one site for every mark u, u+1, … u+n-1 that falls on its piece.

    So the expectation of n_h is n·N_h/N (to within 2⁻²⁵⁶), every site's chance is n/N and known beforehand; given
    the allocation it is n_h/N_h. Neighbours in the order share fairly: no run of strata is off by one or more.
    """
    expectations = expected(sizes, n)
    u = Fraction(int(digest("allocation", seed_hex(seed), frame_hash), 16), 2**256)
    counts = {}
    end = Fraction(0)
    for stratum, expectation in expectations.items():
        start, end = end, end + expectation
        counts[stratum] = ceil(end - u) - ceil(start - u)
    return counts
