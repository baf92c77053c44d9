"""What every part of the story needs at hand, and how made-up things are named."""

import random
from dataclasses import dataclass, field

from mingcha.config.demo import pictures
from mingcha.config.demo.agenda import Agenda
from mingcha.flow.campaigns.models import Campaign, Team
from mingcha.ground.accounts.models import Person
from mingcha.ground.territory.models import Body, Tier

MARK = "（演示）"
SURNAMES = "王李张刘陈杨赵黄周吴徐孙马朱胡郭"
STEMS = "甲乙丙丁戊己庚辛壬癸"
LEAD = "6211-jw"


def made_up(name: str) -> str:
    """Return a made-up name with the mark that nobody can overlook. Everything fictitious goes through here."""
    return f"{name}{MARK}"


@dataclass
class Stage:
    """
    `passphrases` of the tip line by sign-in name; `receipts` of its reports by the report's name. `people` by sign-in name; `contacts`: body code → who answers for it; `voices`: code of a supervising body → who
    speaks for it; `tiers` by kind; `teams`: office code → its teams; `leaders` and `inspectors`: team id → who leads it
    and who writes for it now; `lent`: (office code, team number) → who was sent to it by the call.
    """

    passwords: dict[str, str]
    passphrases: dict[str, str] = field(default_factory=dict)
    receipts: dict[str, str] = field(default_factory=dict)
    agenda: Agenda = field(default_factory=Agenda)
    people: dict[str, Person] = field(default_factory=dict)
    contacts: dict[str, Person] = field(default_factory=dict)
    voices: dict[str, Person] = field(default_factory=dict)
    tiers: dict[str, Tier] = field(default_factory=dict)
    teams: dict[str, list[Team]] = field(default_factory=dict)
    leaders: dict[int, Person] = field(default_factory=dict)
    inspectors: dict[int, Person] = field(default_factory=dict)
    lent: dict[tuple[str, int], list[Person]] = field(default_factory=dict)
    # Only the texture of answers hangs on it; who is visited is settled by real draws.
    chance: random.Random = field(default_factory=lambda: random.Random("演示"))
    _campaign: Campaign | None = None
    _pictures: int = 0

    @property
    def campaign(self) -> Campaign:
        """The campaign, once it is opened."""
        assert self._campaign is not None
        return self._campaign

    @campaign.setter
    def campaign(self, opened: Campaign) -> None:
        self._campaign = opened

    def office(self, code: str) -> Body:
        """Return a supervision office by its code."""
        return Body.objects.select_related("division").get(pk=code)

    def next_name(self) -> str:
        """Return the next made-up name: 王甲, 李甲, 张甲 … 郭癸, and then 王甲甲, 李甲甲 …"""
        turn, surname = divmod(len(self.people), len(SURNAMES))
        tens, ones = divmod(turn, len(STEMS))
        return made_up(SURNAMES[surname] + (STEMS[tens - 1] if tens else "") + STEMS[ones])

    def next_picture(self) -> bytes:
        """Return the next placeholder; the same ones at every load, so that an interrupted one leaves no strays."""
        self._pictures += 1
        return pictures.placeholder(self._pictures)
