"""
The story, told once.

1. The ground: divisions, bodies, people, catalogues and checklists.
2. The lead office opens the campaign; the counties hand in their registers and form their teams.
3. Everything further is put on the agenda, and carried out in the order of its time until the demo's hour.
"""

from mingcha.config import shipped
from mingcha.config.demo import anding, campaign, catalogues, longxi, minxian, others, people, places, weiyuan
from mingcha.config.demo.agenda import moment
from mingcha.config.demo.stage import Stage

NOW = moment(27, "18:00")


def tell(passwords: dict[str, str]) -> None:
    """Tell it into an empty database, through the rooms' actions alone. `passwords`: of the cast, by sign-in name."""
    stage = Stage(passwords)
    places.lay_ground(stage, moment(19, "07:30"))
    minxian.register(stage, moment(19, "07:40"))
    people.staff_offices(stage, moment(19, "07:50"))
    people.name_contacts(stage, moment(19, "08:00"))
    shipped.publish_site_types(by=stage.people["lead"], at=moment(19, "08:20"))
    editions = catalogues.publish_rulebooks(stage, moment(19, "08:40"))
    campaign.open_campaign(stage, editions, moment(19, "09:00"))
    for minutes, county in enumerate((minxian, anding, weiyuan, longxi, others)):
        county.form(stage, moment(19, f"1{minutes}:00"))
    for county in (minxian, anding, weiyuan, longxi):
        county.inspect(stage)
    for county in (minxian, anding, weiyuan, longxi, others):
        county.report(stage)
    stage.agenda.carry_out(until=NOW)
