"""
An order of an officer's own words: something is not done, or somebody's lawful rights are not protected, and no visit
found it.

What led to it, a call, a letter, what somebody said at the counter, is not asked and not kept: an order has no room for
whoever spoke, and nothing here leads back to them. From there on it is an order like any other, with the terms of the
rulebook and the ladder behind it. It stands on a closed visit of a team that never goes out, and so no coverage, rate,
lot or score counts it.
"""

import hashlib
from datetime import datetime
from typing import ClassVar

from django.db import transaction
from django.utils.translation import gettext_noop

from mingcha.flow.campaigns.actions import campaigns, teams
from mingcha.flow.campaigns.models import REGISTERED, Campaign
from mingcha.flow.fieldwork.actions import paper
from mingcha.flow.findings import actions as findings
from mingcha.flow.findings.models import Finding
from mingcha.flow.rectifications import dues, moving
from mingcha.flow.rectifications.models import Rectification
from mingcha.flow.rectifications.states import State, Way
from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts import ties
from mingcha.ground.accounts.models import Person
from mingcha.ground.accounts.permissions import Permission
from mingcha.ground.rulebook.models import Item
from mingcha.ground.territory import queries as territory
from mingcha.ground.territory.actions import paper_sites
from mingcha.ground.territory.models import Body, Division, Site
from mingcha.kernel.refusals import Refusal

LONGEST = 1000


class PlaceMissing(Refusal):
    message: ClassVar[str] = "请选择点位；点位库里没有的，请写明地点名称和所在乡镇。"
    status: ClassVar[int] = 422


@transaction.atomic
def order(
    campaign: Campaign, *, office: Body, body: Body, sentence: str, severity: str, responsibility: str,
    site: Site | None = None, place: str = "", division: Division | None = None, item: Item | None = None,
    requirement: str = "", due_at: datetime | None = None, by: Person, at: datetime,
) -> Rectification:  # fmt: skip
    """
    Issue an order to `body` for what `sentence` says of a site, or of a `place` in a `division` not on the register.

    By `due_at`, or without one by the office's rule for this item and severity. Whoever writes it is its finder: another
    hand judges the answer. Raises NotAllowed, NotFound, PlaceMissing, Recused, DeadlineInThePast, OfficeOutsideCampaign,
    CampaignOver, and what `findings.register` raises.
    """
    where = site.division_id if site else division.pk if division and place.strip() else ""
    if not where:
        raise PlaceMissing
    standing = accounts.require(by, Permission.ORDER_VERIFY, at=at, division=where)
    if office.pk not in standing.serves(Permission.ORDER_VERIFY):
        raise accounts.NotFound
    campaigns.require_open(campaign)  # locks it: of the same sentence sent twice, the second sees the first
    _keep_away(body, where, site, by=by, at=at)
    site = site or _place(place.strip(), division, body=body, by=by, at=at)
    told = paper.Told(site, at, covert=False)
    team = teams.stand_for_paper(campaign, office=office, name=REGISTERED, by=by, at=at)
    visit = paper.take_over(team, told=[told], by=by, at=at)[told.key]
    words = findings.Told(visit, item, "", responsibility, body, severity, sentence.strip()[:LONGEST])
    made = _ordered(findings.register(words, by=by, at=at), requirement=requirement, due_at=due_at, at=at)
    moving.record("rectification.order", made, by=by, at=at)
    moving.tell_unit(made, gettext_noop("收到整改交办"), at=at)
    return made


def _keep_away(body: Body, division: str, site: Site | None, *, by: Person, at: datetime) -> None:
    """Refuse who must stay away from the unit or the place, as they would be from judging it."""
    subject = ties.Subject(body.pk, division, site.pk if site else None)
    tie = ties.ties([by.pk], at=at).between(by.pk, subject)
    if tie is not None:
        raise moving.Recused(why=f"{tie.label}：{tie.name}")


def _place(name: str, division: Division | None, *, body: Body, by: Person, at: datetime) -> Site:
    """Return the site that stands for a place by its name: the one told of before, or a provisional one."""
    assert division is not None
    told = f"{division.pk}\n{name}"
    code = f"told-{hashlib.sha256(told.encode()).hexdigest()[:16]}"
    known = Site.objects.filter(code=code).first()
    if known is not None:
        return known.merged_into or known
    return paper_sites.meet([paper_sites.Place(code, name[:80], "", division, body)], by=by, at=at)[code]


def _ordered(finding: Finding, *, requirement: str, due_at: datetime | None, at: datetime) -> Rectification:
    due = dues.Due(moving.check_deadline(due_at, at=at), "", tentative=False) if due_at else dues.due(
        "rectify", start=at, emergency=finding.campaign.in_emergency(at), offices=territory.upward(finding.office_id),
        severity=finding.severity, item=finding.item_id,
    )  # fmt: skip
    return Rectification.objects.create(
        finding=finding, body=finding.body, way=Way.BY_DEADLINE, state=State.ORDERED, ordered_at=at,
        requirement=requirement.strip(), due_at=due.at, term=due.term, tentative=due.tentative,
    )  # fmt: skip
