"""People to choose from, for a call or a team: where they are, what speaks against sending them, what keeps them away."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from mingcha.flow.campaigns import queries as campaigns
from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts import ties

if TYPE_CHECKING:
    from mingcha.flow.campaigns.models import Campaign, Offer, Team
    from mingcha.ground.accounts.models import Person
    from mingcha.ground.territory.models import Body


MOST_TOLD = 3  # ties in a line of a table


@dataclass
class Hand:
    """
    Somebody who may be sent.

    `team` is where they are now, and `out` says so where it stands in the way; `cautions` is the rest that an officer
    should weigh; `away` holds, for each place asked about, what they stay away from there.
    """

    person: "Person"
    team: "Team | None" = None
    out: str = ""
    cautions: list[str] = field(default_factory=list)
    away: dict[str, list[str]] = field(default_factory=dict)
    leads: bool = False
    duty: str = ""  # in the team at hand, where they are in it already
    until: date | None = None  # lent so long

    @property
    def away_anywhere(self) -> list[str]:
        """What they stay away from in the places asked about, each once; of many, the first and how many there are."""
        every = list(dict.fromkeys(said for places in self.away.values() for said in places))
        if len(every) <= MOST_TOLD:
            return every
        return [*every[: MOST_TOLD - 1], _("等 %(count)s 处") % {"count": len(every)}]


@dataclass(frozen=True)
class Group:
    """The people whom one body may send."""

    title: str
    hands: list[Hand]


def weigh(
    people: Sequence["Person"], *, first: date, last: date, division: str, places: Collection[str], at: datetime,
    team: "Team | None" = None, offers: Iterable["Offer"] = (),
) -> dict[int, Hand]:  # fmt: skip
    """
    Return person id → what is to be known before sending them out on these days to these places (division codes).

    `division` is where the limits are read; `team` and `offers` are what one asks for.
    """
    ids = [person.pk for person in people]
    out = campaigns.out_now(ids)
    told = campaigns.cautions(people, from_day=first, to_day=last, division=division, team=team, offers=offers)
    near = ties.near(ties.ties(ids, at=at), ids, places)
    return {
        person.pk: Hand(
            person,
            team=out.get(person.pk),
            out=next((_told(caution) for caution in told[person.pk] if "team" in caution.facts), ""),
            cautions=[_told(caution) for caution in told[person.pk] if "team" not in caution.facts],
            away={place: [_said(tie) for tie in near[person.pk, place]] for place in places},
        )
        for person in people
    }


def _told(caution: campaigns.Caution) -> str:
    return caution.said(_(caution.about))


def _said(tie: ties.Tie) -> str:
    return _("%(name)s（%(why)s）") % {"name": tie.name, "why": _(tie.label)}


def for_team(
    campaign: "Campaign", *, office: "Body", joint: Sequence["Body"], at: datetime, team: "Team | None" = None
) -> list[Group]:
    """Return who may go out with a team of the office: its own people, those of joint bodies, those lent by a call."""
    found: dict[int, tuple[str, Person, date | None]] = {}
    for body in (office, *joint):
        for person in accounts.team_people(body.code, at=at):
            found.setdefault(person.pk, (body.name, person, None))
    lent = list(campaigns.lent(campaign, office))
    for offer in lent:
        title = _("调配来的 · %(office)s") % {"office": offer.body.name}
        found.setdefault(offer.person_id, (title, offer.person, offer.to_day))
    today = at.astimezone(accounts.OFFICE_TIME).date()
    hands = weigh(
        [person for _title, person, _until in found.values()], first=today, last=today, division=office.division_id,
        places=[office.division_id], at=at, team=team, offers=lent,
    )  # fmt: skip
    leading = _leaders([office.code, *(body.code for body in joint), *(offer.body_id for offer in lent)], at=at)
    groups: dict[str, list[Hand]] = {}
    for title, person, until in found.values():
        hand = hands[person.pk]
        hand.leads, hand.until = person.pk in leading, until
        groups.setdefault(title, []).append(hand)
    return [Group(title, sorted(group, key=_free_first)) for title, group in groups.items()]


def _leaders(codes: Iterable[str], *, at: datetime) -> set[int]:
    """Return the ids of the leadership of these bodies."""
    return {person.pk for code in set(codes) for person in accounts.serving(code, at=at, role="leader")}


def _free_first(hand: Hand) -> tuple[bool, bool, str]:
    return (hand.team is not None, not hand.leads, hand.person.pinyin)


def listed(groups: Iterable[Group]) -> dict[int, Hand]:
    """Return person id → everybody in the groups."""
    return {hand.person.pk: hand for group in groups for hand in group.hands}
