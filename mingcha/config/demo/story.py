"""
The story, told once.

1. The ground: divisions, the mechanism and its ranks, bodies, people, links, catalogues and checklists.
2. The lead office opens the campaign and calls for people; offices answer; the counties hand in their registers and
   form their teams.
3. Everything further is put on the agenda, and carried out in the order of its time until the demo's hour.
"""

from mingcha.config import shipped
from mingcha.config.demo import (
    accountability,
    anding,
    calls,
    campaign,
    catalogues,
    changes,
    clock,
    embedded,
    groups,
    guidance,
    links,
    local,
    longxi,
    minxian,
    others,
    people,
    places,
    tips,
    weighing,
    weiyuan,
)
from mingcha.config.demo.agenda import moment
from mingcha.config.demo.stage import Stage

NOW = moment(27, "18:00")


def tell(passwords: dict[str, str], *, passphrases: dict[str, str], receipts: dict[str, str]) -> None:
    """Tell it into an empty database, through the rooms' actions alone. What Stage holds of secrets is handed in."""
    stage = Stage(passwords, passphrases, receipts)
    _lay_ground(stage)
    editions = catalogues.publish_rulebooks(stage, moment(19, "08:00"))
    campaign.open_campaign(stage, editions, moment(19, "08:20"))
    calls.mobilise(stage)
    embedded.form_team(stage, moment(19, "10:50"))
    for hour, county in enumerate((minxian, anding, weiyuan, longxi, others), start=11):
        county.form(stage, moment(19, f"{hour}:00"))
    links.record_sites(stage, moment(19, "15:10"))
    groups.register_seat(stage, moment(19, "15:20"))
    for county in (minxian, anding, weiyuan, longxi, others):
        county.inspect(stage)
    for events in (embedded, guidance, changes, clock, accountability, tips, weighing):
        events.put_down(stage)
    calls.call_for_the_night(stage)
    for county in (minxian, anding, weiyuan, longxi, others):
        county.report(stage)
    stage.agenda.carry_out(until=NOW)


def _lay_ground(stage: Stage) -> None:
    places.lay_ground(stage, moment(19, "06:40"))
    groups.register(stage, moment(19, "06:45"))
    local.register(stage, moment(19, "06:50"))
    minxian.register(stage, moment(19, "06:55"))
    people.staff_offices(stage, moment(19, "07:00"))
    people.name_contacts(stage, moment(19, "07:05"))
    people.reinforce_offices(stage, moment(19, "07:10"))
    groups.staff(stage, moment(19, "07:15"))
    local.staff(stage, moment(19, "07:20"))
    people.keep_back(stage, moment(19, "07:25"))
    tips.staff(stage, moment(19, "07:27"))
    links.record(stage, moment(19, "07:30"))
    shipped.publish_site_types(by=stage.people["lead"], at=moment(19, "07:45"))
