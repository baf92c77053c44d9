"""
A whole round of the lot, held as two bodies hold it: begun, frozen, two secrets, dice read by both, drawn.

    round = held(campaign, office=body, by=officer, teams=[team], n=3, departs_at=…, at=…)

The other body is `witness()`'s: one of the province, which sees nothing of the cities but the rounds it witnesses.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from mingcha.flow.campaigns import queries as campaigns
from mingcha.flow.campaigns.models import Campaign, Team
from mingcha.flow.draws import actions as draws
from mingcha.flow.draws.models import Round
from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts.actions import people, posts
from mingcha.ground.accounts.models import Person
from mingcha.ground.accounts.permissions import Permission
from mingcha.ground.territory.actions import bodies
from mingcha.ground.territory.models import Body, Division, Site

DICE = "3 1 4 1 5 2 6 5 3 5 2 6"
OFFICE_TIME = ZoneInfo("Asia/Shanghai")


def witness() -> Person:
    """Return the officer of the province who witnesses rounds."""
    return Person.objects.get(username="witness")


def enrol_witness(*, at: datetime, password: str, province: str = "62") -> Person:
    """Put the witnessing body and its officer on record."""
    where = Division.objects.get(pk=province)
    body = bodies.add_body(
        code="62-witness", name="演示省级见证单位", kind="department", division=where, by=None, at=at
    )
    found = people.enrol(
        username="witness", name="演示见证人", title="演示职务", password=password, by=None, at=at
    )  # fmt: skip
    posts.appoint(found, body=body, role="group", since=(at - timedelta(days=1)).date(), by=None, at=at)
    return found


def begun(
    campaign: Campaign, *, office: Body, by: Person, at: datetime, body: str = "62-witness", **more: object
) -> Round:
    """Begin a round witnessed by the province, or by another body; its public value is dice."""
    return draws.begin(campaign, office=office, witness=Body.objects.get(pk=body), by=by, at=at, **more)


def planned(*, teams: Sequence[Team], departs_at: datetime, n: int, **more: object) -> draws.Plan:
    """Return a plan for that day; an even lottery unless told otherwise."""
    day = departs_at.astimezone(OFFICE_TIME).date()
    return draws.Plan(**({"n": n, "day": day, "departs_at": departs_at, "teams": teams, "sharing": "lot"} | more))


def drawn(round: Round, *, by: Person, at: datetime, other: Person | None = None) -> Round:
    """Take a frozen round through its ceremony: two secrets, dice read twice, the draw."""
    other = other or witness()
    # A group's round is held by the lead; its own secret is put in by one of the group who stays at home.
    able = accounts.able(round.office_id, Permission.ROUND_WITNESS, at=at)
    going = {member.person.pk for fixed in round.teams.all() for member in campaigns.present(fixed.team)}
    own = by if by in able else able.exclude(pk__in=going).first() or able.first()
    draws.deposit(round, by=own, at=at)
    draws.deposit(round, words="演示", by=other, at=at)
    round.refresh_from_db()
    draws.announce(round, value=DICE, by=other, at=at)
    draws.agree(round, value=DICE, by=own, at=at)
    round.refresh_from_db()
    return round


def held(
    campaign: Campaign, *, office: Body, by: Person, teams: Sequence[Team], departs_at: datetime, at: datetime,
    n: int | None = None, **more: object,
) -> Round:  # fmt: skip
    """Hold a whole round; without `n` every site on the register is drawn."""
    round = begun(campaign, office=office, by=by, at=at)
    size = n or _size(office, more.get("site_types") or ())
    draws.freeze(round, plan=planned(teams=teams, departs_at=departs_at, n=size, **more), by=by, at=at)
    return drawn(round, by=by, at=at)


def _size(office: Body, site_types: Sequence[str]) -> int:
    found = Site.objects.filter(division__code__startswith=office.division_id, active=True)
    return (found.filter(type__in=site_types) if site_types else found).count()
