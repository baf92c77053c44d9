"""What changes on the way: a member replaced in the field, somebody who leaves and hands over, who must stay away."""

from datetime import date, datetime

from mingcha.config.demo.agenda import moment, same_day
from mingcha.config.demo.counties import ANDING, LONGXI, MINXIAN, TONGWEI
from mingcha.config.demo.groups import SPECIAL
from mingcha.config.demo.local import officer
from mingcha.config.demo.people import REVIEWER, STAND_IN, UNIT_BODY
from mingcha.config.demo.stage import Stage, made_up
from mingcha.flow.campaigns.actions import campaigns, teams
from mingcha.flow.fieldwork.actions import outings
from mingcha.flow.rectifications import actions as rectifications
from mingcha.flow.rectifications import queries as orders
from mingcha.flow.rectifications.models import Rectification
from mingcha.flow.successions import actions as successions
from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts.actions import recusals
from mingcha.ground.accounts.models import Ground, Recusal
from mingcha.ground.territory.models import Body

# Whose officer the health centre of 十里镇 asks to stay away: the county rules, being the office above.
SHILI = "621126106"
GRANTED, REFUSED = "往来属实，应当回避", "往来已满五年，不影响公正，不予回避"


def put_down(stage: Stage) -> None:
    """Put all of it on the agenda."""
    agenda = stage.agenda
    agenda.put(moment(20, "09:30"), lambda at: _admit(stage, at))
    agenda.put(moment(20, "10:30"), lambda at: _declare(stage, at))
    agenda.put(moment(21, "10:22"), lambda at: _replace(stage, at))
    agenda.put(moment(21, "11:00"), lambda at: _note_for(stage, at))
    agenda.put(moment(23, "14:10"), lambda at: _ask(stage, REVIEWER, of=0, ruling=GRANTED, at=at))
    agenda.put(moment(24, "09:30"), lambda at: _leave(stage, at))
    agenda.put(moment(24, "16:10"), lambda at: _ask(stage, MINXIAN.second, of=1, ruling=REFUSED, at=at))
    agenda.put(moment(27, "15:20"), lambda at: _ask_for_the_cast(stage, at))
    agenda.put(moment(27, "16:10"), lambda at: _ask_of_township(stage, at))


def _admit(stage: Stage, at: datetime) -> None:
    """The lead lets the special group work in the campaign."""
    campaigns.admit_office(stage.campaign, body=stage.office(SPECIAL.code), by=stage.people["lead"], at=at)


def _replace(stage: Stage, at: datetime) -> None:
    """Between two stops of the second team of 安定, its inspector is relieved; both memberships stay on record."""
    team, by = stage.teams[ANDING.office][1], stage.people[ANDING.officer]
    tired, fresh = stage.inspectors[team.pk], stage.people[ANDING.reserve(1)]
    outings.join_team(team, person=fresh, by=by, at=at)
    teams.leave(team, person=tired, reason=made_up("连续值守，轮换休息"), by=by, at=at)
    stage.inspectors[team.pk] = fresh


def _leave(stage: Stage, at: datetime) -> None:
    """A member of the leadership of 通渭 leaves; the successor acts until the end of the year and takes over all of it."""
    person = stage.people[TONGWEI.leader(1)]
    posts = list(accounts.current_posts(date(2021, 10, 24)).filter(person=person).select_related("body"))
    successions.leave(
        person, posts=posts, successor=stage.people[STAND_IN], reason=made_up("调离"), last_day=date(2021, 10, 24),
        acting_until=date(2021, 12, 31), by=stage.people[TONGWEI.officer], at=at,
    )  # fmt: skip


def _declare(stage: Stage, at: datetime) -> None:
    """An inspector of 陇西 stays away from one of the departments: the next day's lot gives it to the other team."""
    body, person = Body.objects.get(name=made_up("陇西县丙局")), stage.people[LONGXI.inspector(1)]
    reason = made_up("近亲属在该局任职")
    recusals.declare(
        person, target=recusals.Target(body=body), ground=Ground.RELATIVE, reason=reason, by=person, at=at
    )  # fmt: skip


def _note_for(stage: Stage, at: datetime) -> None:
    """The county knows of a tie of its own inspector and puts it on record."""
    body = Body.objects.get(name=made_up("维新镇中心学校"))
    recusals.declare(
        stage.people[MINXIAN.inspector(3)], target=recusals.Target(body=body), ground=Ground.FORMER,
        reason=made_up("曾在该校工作"), by=stage.people[MINXIAN.officer], at=at,
    )  # fmt: skip


def _ask(stage: Stage, username: str, *, of: int, ruling: str, at: datetime) -> None:
    """A unit of 岷县 with an order in hand asks that an officer stay away; the lead rules on it the next morning."""
    asked = _request(stage, _order(of), username, Ground.INTEREST, "与本单位有过采购往来", at=at)
    granted, lead = ruling == GRANTED, stage.people["lead"]
    stage.agenda.put(
        same_day(at, "10:05", days=1),
        lambda at: rectifications.rule_recusal(asked, granted=granted, ruling=made_up(ruling), by=lead, at=at),
    )


def _ask_for_the_cast(stage: Stage, at: datetime) -> None:
    """The cast's unit asks, too; by the demo's hour nobody has ruled."""
    order = Rectification.objects.filter(body=UNIT_BODY, state="answered").order_by("pk")[0]
    _request(stage, order, MINXIAN.second, Ground.FORMER, "曾与本镇分管负责人共事", at=at)


def _ask_of_township(stage: Stage, at: datetime) -> None:
    """A health centre asks that the township's own supervisor stay away; the county has not ruled yet."""
    body = Body.objects.get(name=made_up("十里镇卫生院"))
    recusals.ask(
        stage.people[officer(SHILI)], unit=body, ground=Ground.RELATIVE, reason=made_up("与本院负责人有近亲属关系"),
        by=stage.contacts[body.code], at=at,
    )  # fmt: skip


def _order(of: int) -> Rectification:
    """Return an order that has gone out in 岷县: of the first township (0) or the next, other than the cast's."""
    found = Rectification.objects.filter(
        finding__office=MINXIAN.office, body__kind="government", state__in=orders.ISSUED
    )
    bodies = sorted(set(found.exclude(body=UNIT_BODY).values_list("body", flat=True)))
    return found.filter(body=bodies[of]).select_related("body", "finding").order_by("pk")[0]


def _request(
    stage: Stage, order: Rectification, username: str, ground: Ground, reason: str, *, at: datetime
) -> Recusal:
    return rectifications.ask_recusal(
        order, person=stage.people[username], ground=ground, reason=made_up(reason), by=stage.contacts[order.body_id],
        at=at,
    )  # fmt: skip
