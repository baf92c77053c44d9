"""The seven counties, their offices, and who works in them. Office names are real; every person is made up."""

from dataclasses import dataclass


@dataclass(frozen=True)
class County:
    """
    A county's office. `short` begins the sign-in names; `teams`: as many leaders, inspectors and liaisons as it has
    teams; `reserves`: inspectors in no team of its own, whom it can spare or put in another's place.
    """

    code: str
    name: str
    short: str
    teams: int
    reserves: int = 1

    @property
    def office(self) -> str:
        """The code of its supervision office."""
        return f"{self.code}-jw"

    @property
    def officer(self) -> str:
        """The sign-in name of the officer who keeps the register, forms teams and draws."""
        return {"621126": "county", "621125": "neighbour"}.get(self.code, f"demo-{self.short}-officer")

    @property
    def second(self) -> str:
        """The sign-in name of the other officer, who verifies."""
        return f"demo-{self.short}-verifier"

    def leader(self, number: int) -> str:
        """The sign-in name of the member of the leadership who leads a team, counted from 1."""
        return "leader" if (self.code, number) == ("621126", 1) else f"demo-{self.short}-leader{number:02d}"

    def inspector(self, number: int) -> str:
        """The sign-in name of a team's inspector, counted from 1."""
        return "inspector" if (self.code, number) == ("621126", 1) else f"demo-{self.short}-inspector{number:02d}"

    def liaison(self, number: int) -> str:
        """The sign-in name of a team's liaison (联络员), counted from 1."""
        return f"demo-{self.short}-liaison{number:02d}"

    def reserve(self, number: int) -> str:
        """The sign-in name of an inspector in reserve, counted from 1."""
        return f"demo-{self.short}-reserve{number:02d}"


ANDING = County("621102", "安定区", "anding", 3, reserves=2)
TONGWEI = County("621121", "通渭县", "tongwei", 2)
LONGXI = County("621122", "陇西县", "longxi", 2, reserves=2)
WEIYUAN = County("621123", "渭源县", "weiyuan", 2)
LINTAO = County("621124", "临洮县", "lintao", 2, reserves=3)
ZHANGXIAN = County("621125", "漳县", "zhangxian", 1)
MINXIAN = County("621126", "岷县", "minxian", 12)
COUNTIES = (ANDING, TONGWEI, LONGXI, WEIYUAN, LINTAO, ZHANGXIAN, MINXIAN)
