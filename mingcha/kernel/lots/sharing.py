"""Drawn sites, handed to teams by lot; and who of a team signs."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from mingcha.kernel.lots.tickets import pair_ticket, team_ticket

Pairs = Collection[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Shares:
    """Each team's sites (every team is named, also with none), and the sites that nobody may take."""

    by_team: dict[str, tuple[str, ...]]
    unplaced: tuple[str, ...]


def share(
    sites: Mapping[str, str],
    teams: Collection[str],
    *,
    seed: bytes,
    frame_hash: str,
    covers: Mapping[str, Collection[str]],
    barred: Pairs = (),
) -> Shares:
    """
    Hand every site to a team that may take it, as evenly as the stretches and recusals allow.

    `sites`: site → its township's division code. `covers`: team → the codes of its stretch; a code covers everything
    beneath it ("6211" covers "621126100"). `barred`: (team, site) pairs under recusal. Sites that nobody may take
    come back in `unplaced`. Within a share, sites stand in the order of their tickets.

    1. Sites come up in the order of their own team tickets; each goes to the least loaded team, ties by ticket.
    2. While a chain of swaps can move one site from a team to another with at least two fewer, it is made.
    """
    may = _permitted(sites, teams, covers, barred)
    luck = {(site, team): team_ticket(seed, frame_hash, site, team) for site in may for team in may[site]}
    turn = sorted(may, key=lambda site: (team_ticket(seed, frame_hash, site, ""), site))
    loads: dict[str, list[str]] = {team: [] for team in sorted(teams)}
    for site in turn:
        if may[site]:
            loads[min(may[site], key=lambda team: (len(loads[team]), luck[site, team]))].append(site)
    while _even_out(loads, may, luck):
        pass
    order = {site: place for place, site in enumerate(turn)}
    return Shares(
        by_team={team: tuple(sorted(own, key=order.__getitem__)) for team, own in loads.items()},
        unplaced=tuple(site for site in turn if not may[site]),
    )


def pair(
    people: Collection[str], *, seed: bytes, frame_hash: str, team: str, barred: Collection[str] = ()
) -> tuple[str, ...]:
    """
    Return the two of a team who carry out and sign its visits (the law asks for at least two), by the same seed.

    `barred`: who has to stay away. Fewer than two come back where no more are left; nobody is in it twice.
    """
    may = sorted(set(people) - set(barred), key=lambda person: (pair_ticket(seed, frame_hash, team, person), person))
    return tuple(may[:2])


def _permitted(
    sites: Mapping[str, str], teams: Collection[str], covers: Mapping[str, Collection[str]], barred: Pairs
) -> dict[str, tuple[str, ...]]:
    """Return site → the teams that may take it, sorted."""
    return {
        site: tuple(
            team
            for team in sorted(teams)
            if (team, site) not in barred and any(code and township.startswith(code) for code in covers.get(team, ()))
        )
        for site, township in sites.items()
    }


def _even_out(
    loads: dict[str, list[str]], may: Mapping[str, tuple[str, ...]], luck: Mapping[tuple[str, str], str]
) -> bool:
    """Make one improving chain of moves (breadth first, so the shortest) and return whether there was one."""
    for heavy in sorted(loads, key=lambda team: (-len(loads[team]), team)):
        came: dict[str, tuple[str, str]] = {}  # team reached → (team it was reached from, site that moves)
        frontier = [heavy]
        for here in frontier:
            moves = ((luck[site, there], site, there) for site in loads[here] for there in may[site])
            for _, site, there in sorted(moves):
                if there == heavy or there in came:
                    continue
                came[there] = (here, site)
                frontier.append(there)
                if len(loads[there]) <= len(loads[heavy]) - 2:
                    _move_along(loads, came, heavy, there)
                    return True
    return False


def _move_along(loads: dict[str, list[str]], came: Mapping[str, tuple[str, str]], heavy: str, light: str) -> None:
    """Walk the chain back from `light` to `heavy`, handing each site on."""
    there = light
    while there != heavy:
        here, site = came[there]
        loads[here].remove(site)
        loads[there].append(site)
        there = here
