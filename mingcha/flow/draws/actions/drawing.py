"""The draw itself, once everything is fixed and the seed exists: sites, teams, sealed lists."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.utils.translation import gettext_noop

from mingcha.flow.campaigns import queries as campaigns
from mingcha.flow.campaigns.models import Team
from mingcha.flow.draws import boxes, moving, queries
from mingcha.flow.draws.models import Round, SealedList
from mingcha.flow.draws.queries import framing
from mingcha.flow.draws.states import Routing, Sharing
from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts import ties
from mingcha.ground.accounts.models import Person
from mingcha.ground.notices import actions as notices
from mingcha.kernel import lots


def draw(round: Round, *, by: Person, at: datetime) -> None:
    """
    Draw the sites of a committed round and seal each team's list until its departure. Inside the caller's transaction.

    1. The seed follows from the frame's hash, both secrets and the public value; the sites from the seed.
    2. Drawn sites are shared among the teams whose stretch covers them, by tickets of the same seed; a team is barred
       where a member is tied to the site (回避: `accounts.ties`). Where no stretch covers a township, any may be sent.
       Routes may share them anew before departure (`routing`).
    3. Who signs for each team, and when within the window it departs, is drawn from the same seed.
    4. Each list goes into a box under a key kept outside the database. Nothing else of the result is stored: it follows
       from the seed. Not even the count of a stratum: where a stratum is one site, its count is the site.

    Raises RoundMoved; NotFound where every team has been disbanded since.
    """
    fixed = [row.team_id for row in round.teams.order_by("pk")]
    # Locked until commit: whoever joins meanwhile waits, and is then held against the lists that exist.
    locked = Team.objects.select_for_update(no_key=True).filter(pk__in=fixed).order_by("pk")
    teams = [team for team in locked if team.disbanded_at is None]
    if not teams:
        raise accounts.NotFound
    seed = queries.seed(round)
    drawn = lots.draw(queries.candidates(round), seed=seed)
    taken = {ticket.site for ticket in drawn.tickets if ticket.drawn}
    barred = queries.barred(round, teams, at=at)
    shares = _share(round, taken, teams, barred, seed=seed)
    routing = Routing.WAITING if framing.routable(teams, shares.by_team) else Routing.OFF
    moving.move(
        round, "draw", drawn_at=at, drawn_by=by, unassigned=len(shares.unplaced), root=drawn.root, routing=routing
    )  # fmt: skip
    for team in teams:
        _seal_list(
            round, team, shares.by_team.get(str(team.pk), ()), seed=seed, reach=_reach(round, team, teams),
            barred=sorted(barred[team.pk]), at=at,
        )  # fmt: skip
    moving.record("round.draw", round, by=by, at=at, detail={
        "n": round.n, "teams": len(teams), "unassigned": len(shares.unplaced), "root": drawn.root,
    })  # fmt: skip


def _share(
    round: Round, taken: set[str], teams: Sequence[Team], barred: Mapping[int, set[str]], *, seed: bytes
) -> lots.Shares:
    sites = round.frame.filter(site__code__in=taken).select_related("site__division")
    where = {frozen.site.code: frozen.lies_in for frozen in sites}
    covers = {str(team.pk): [s.township_id for s in team.stretch.all()] for team in teams}
    reached = {township for townships in covers.values() for township in townships}
    for township in set(where.values()) - reached:
        for townships in covers.values():
            townships.append(township)
    away = {(str(team), site) for team, sites in barred.items() for site in sites if site in taken}
    return lots.share(where, list(covers), seed=seed, frame_hash=round.frame_hash, covers=covers, barred=away)


def _reach(round: Round, team: Team, teams: Sequence[Team]) -> list[str]:
    """
    Return the townships a team could be sent to: its stretch, and what lies in nobody's stretch.

    Where routes share the sites, that is still so: they keep to the stretches.
    """
    covered = {stretch.township_id for each in teams for stretch in each.stretch.all()}
    whole = {frozen.lies_in for frozen in round.frame.select_related("site__division")}
    return sorted({stretch.township_id for stretch in team.stretch.all()} | (whole - covered))


def _seal_list(
    round: Round, team: Team, sites: Sequence[str], *, seed: bytes, reach: list[str], barred: list[str], at: datetime
) -> None:
    # Where routes are still to be planned, a team without a site by lot may be given one.
    if not sites and not (round.routing == Routing.WAITING and round.sharing == Sharing.ROUTE):
        return
    present = campaigns.present(team)
    assert round.day is not None  # fixed with the frame
    pair = pair_of(round, team, sites, seed=seed, at=at)
    listed = boxes.Listed(tuple(boxes.Stop(code) for code in sites), pair)
    sealed = SealedList.objects.create(
        round=round, team=team, day=round.day, departs_at=framing.departure(round, team, seed=seed), count=len(sites),
        box=boxes.seal_list(listed, round=round.pk, team=team.pk), reach=reach, barred=barred,
    )  # fmt: skip
    people = [member.person for member in present]
    notices.send(
        to=people, subject=f"{gettext_noop('密封清单')}：{team.name}", link=f"/field/lists/{sealed.pk}/", at=at
    )


def pair_of(round: Round, team: Team, sites: Sequence[str], *, seed: bytes, at: datetime) -> tuple[str, ...]:
    """Return the two of a team who sign, drawn from the seed among those with no tie to any of its sites."""
    people = {member.person.pk: member.person.username for member in campaigns.present(team)}
    found = ties.ties(people, at=at)
    frozen = round.frame.filter(site__code__in=list(sites)).select_related("site")
    subjects = [ties.subject_of(each.site) for each in frozen]
    barred = {name for pk, name in people.items() if any(found.any_between([pk], subject) for subject in subjects)}
    names = sorted(people.values())
    return tuple(lots.pair(names, seed=seed, frame_hash=round.frame_hash, team=str(team.pk), barred=barred))
