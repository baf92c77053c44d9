"""The 97 findings of 岷县: how many at each visit, of which kind, and what becomes of each."""

import itertools
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from mingcha.config.demo import talk
from mingcha.config.demo.agenda import OFFICE_TIME
from mingcha.config.demo.fates import FATES, due_at, put_down
from mingcha.config.demo.outings import Plan
from mingcha.config.demo.people import UNIT_BODY
from mingcha.config.demo.stage import Stage, made_up
from mingcha.config.demo.trouble import AT, DEPARTMENT, TERRITORIAL, Trouble
from mingcha.flow.campaigns import queries as campaigns
from mingcha.flow.fieldwork.actions import outings as fieldwork
from mingcha.flow.fieldwork.models import Photo, Visit
from mingcha.flow.fieldwork.states import Mode, Outcome
from mingcha.flow.findings import queries as findings
from mingcha.flow.findings.models import Finding
from mingcha.flow.rectifications import actions as rectifications
from mingcha.ground.accounts.models import Person
from mingcha.ground.rulebook.models import Item
from mingcha.ground.territory.models import Body, Site

# The department that supervises a kind of site; others answer to their township.
DEPARTMENTS = {"乡镇政府": "621126-wjj", "卫生院": "621126-wjj", "学校": "621126-jyj"}
# What the newcomer finds under `unit`: one of each state.
UNIT_FATES = ("upheld", "closed", "returned", "answered", "ordered")


def spread(counts: dict[str, int]) -> Iterator[str]:
    """Yield every name as often as it counts, evenly mixed."""
    total = sum(counts.values())
    places = [((turn + 0.5) * total / count, name) for name, count in counts.items() for turn in range(count)]
    return iter([name for _, name in sorted(places)])


class Findings:
    """
    The script of one round. Which sites come up is settled by the lot; how many findings there are is settled here:

    `per_visit` is used up visit by visit and `fates` finding by finding, whichever sites were drawn. `failed`: kind of
    site → outcome and reason of the first visit to one of that kind. `at_unit`: the round certainly visits the cast's
    unit, and finds one of each state there.
    """

    def __init__(
        self, stage: Stage, *, per_visit: Iterable[int], fates: dict[str, int],
        failed: dict[str, tuple[str, str]] | None = None, at_unit: bool = False, recurs: bool = False,
        withdraws: bool = False,
    ) -> None:  # fmt: skip
        self.stage = stage
        self._per_visit, self._fates = iter(per_visit), spread(fates)
        self._failed, self._at_unit = dict(failed or {}), at_unit
        self._recurs, self._withdraws = recurs, withdraws
        self._made = itertools.count(1)
        self._decks = {kind: deque(troubles) for kind, troubles in AT.items()}
        self._noted: dict[int, list[tuple[Finding, str]]] = {}
        self._told = Counter[str]()

    def plan(self, site: Site) -> Plan:
        """Return what happens at the next site of the round."""
        mode = Mode.COVERT if next(self._made) % 3 else Mode.OVERT
        if site.type.name in self._failed:
            outcome, reason = self._failed.pop(site.type.name)
            return Plan(mode, outcome, reason)
        at_unit = self._at_unit and site.type.name == "乡镇政府" and site.body_id == UNIT_BODY
        return Plan(mode, Outcome.DONE, findings=len(UNIT_FATES) if at_unit else next(self._per_visit))

    def note(self, visit: Visit, plan: Plan, *, by: Person, at: datetime) -> None:
        """Note as many findings as planned, a few minutes apart."""
        at_unit = plan.findings == len(UNIT_FATES)
        noted = self._noted.setdefault(visit.pk, [])
        earlier = findings.earlier_at(visit).first() if self._recurs else None
        for number in range(plan.findings):
            fate = UNIT_FATES[number] if at_unit else next(self._fates)
            trouble = self._next(visit.site, at_unit=at_unit)
            seen_at = at + timedelta(minutes=4 * number)
            recurrence = earlier if number == 0 else None
            self._recurs = self._recurs and recurrence is None
            noted.append((self._write(visit, trouble, fate, recurrence, by=by, at=seen_at), fate))
        if self._withdraws and noted:
            self._withdraw(visit, by=by, at=at + timedelta(minutes=18))

    def follow_up(self, visit: Visit, *, at: datetime) -> None:
        """Put down what becomes of the visit's findings, now that they are confirmed."""
        for finding, fate in self._noted.pop(visit.pk, []):
            put_down(self.stage, finding, FATES[fate])

    def _next(self, site: Site, *, at_unit: bool) -> Trouble:
        """Return the next trouble of this kind of site. At the cast's unit only what the unit itself must mend."""
        deck = self._decks[site.type.name]
        while True:
            trouble = deck.popleft()
            deck.append(trouble)
            if not (at_unit and trouble.responsibility == DEPARTMENT):
                return trouble

    def _write(
        self, visit: Visit, trouble: Trouble, fate: str, earlier: Finding | None, *, by: Person, at: datetime
    ) -> Finding:
        clock = f"{at.astimezone(OFFICE_TIME):%H:%M}"
        seen = f"{clock}在{trouble.where}，{trouble.seen.format(n=self.stage.chance.choice('两三四五'))}"
        if earlier:
            # A recurrence is the same breach by the same body, so it cites the same item.
            seen = f"{clock}复查，前次问题（{earlier.number}）再次出现"
        due = due_at(FATES[fate], found=at)
        return rectifications.note_finding(
            visit, item=earlier.item if earlier and earlier.item else _item(self.stage, trouble),
            responsibility=earlier.responsibility if earlier else trouble.responsibility,
            body=earlier.body if earlier else _answerable(visit.site, trouble), severity=trouble.severity,
            description=made_up(seen), way="by_deadline" if due else "on_spot", due_at=due,
            requirement=made_up(trouble.asked), photos=self._photos(visit, by=by, at=at), recurrence_of=earlier,
            by=by, at=at,
        )  # fmt: skip

    def _photos(self, visit: Visit, *, by: Person, at: datetime) -> list[Photo]:
        """Take a photo for every third finding."""
        self._told["photo"] += 1
        if self._told["photo"] % 3 != 1:
            return []
        content = self.stage.next_picture()
        return [
            fieldwork.add_photo(
                visit, content=content, name="现场照片（演示）.png", caption=made_up("现场照片占位图"), by=by, at=at
            )
        ]

    def _withdraw(self, visit: Visit, *, by: Person, at: datetime) -> None:
        """Once in the round the inspector notes the same thing twice and takes one back."""
        self._withdraws = False
        twice = self._write(visit, AT[visit.site.type.name][0], "spot", None, by=by, at=at)
        rectifications.withdraw_finding(twice, reason=made_up(talk.WITHDRAWN), by=by, at=at + timedelta(minutes=2))


def _item(stage: Stage, trouble: Trouble) -> Item:
    code, position = trouble.item
    return campaigns.items(stage.campaign).get(edition__rulebook__code=code, position=position)


def _answerable(site: Site, trouble: Trouble) -> Body:
    """Return the body that must mend it: the township, the supervising department, or the site's own body."""
    if trouble.responsibility == TERRITORIAL:
        return Body.objects.get(pk=f"{site.division.township_code}-zf")
    if trouble.responsibility == DEPARTMENT and site.type.name in DEPARTMENTS:
        return Body.objects.get(pk=DEPARTMENTS[site.type.name])
    return site.body
