"""
Revealed rounds with many visits, written as rows: what rates are computed from, without a day's work for each.

    lot = revealed(world.minxian, world.campaign, frame={"s1": Fraction(1, 2), …}, drawn=["s1", …], found={"s1"})
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from fractions import Fraction

from mingcha.flow.campaigns.models import Campaign
from mingcha.flow.draws.models import FrameSite, Round, SealedList
from mingcha.flow.draws.states import ListState, State
from mingcha.flow.fieldwork.models import Inspection, Visit
from mingcha.flow.fieldwork.states import Outcome
from mingcha.flow.findings.models import Finding
from mingcha.ground.territory.models import Site
from mingcha.kernel import lots
from tests.world import Work


def more_sites(work: Work, n: int, *, prefix: str = "m") -> list[str]:
    """Put `n` more sites into the first of an office's townships, of its types in turn; return their codes."""
    like = work.office.sites
    made = Site.objects.bulk_create(
        Site(
            code=f"{prefix}{i:03}", name=f"演示点位{prefix}{i}", pinyin=f"yanshi{prefix}{i}", type=like[i % 2].type,
            division=work.office.townships[0], address="演示路1号", body=like[0].body,
        )
        for i in range(n)
    )  # fmt: skip
    return [site.code for site in made]


def revealed(
    work: Work, campaign: Campaign, *, frame: Mapping[str, Fraction], drawn: Sequence[str], found: Collection[str] = (),
    unseen: Collection[str] = (), instead: Mapping[str, str] | None = None, item: int = 1,
) -> Round:  # fmt: skip
    """
    Return a revealed round of the office's, all drawn sites visited but the `unseen`, with one finding at each `found`.

    `instead`: site not visited → the one that took its place.
    """
    at, officer = work.round.drawn_at + timedelta(hours=1), work.office.officer
    number = Round.objects.filter(office=work.office.body).count() + 10
    candidates = [lots.Candidate(code, "层", chance) for code, chance in frame.items()]
    bundle = {"format": lots.FORMAT, "frame": _csv(candidates), "drawn": list(drawn)}
    lot = Round.objects.create(
        campaign=campaign, office=work.office.body, number=number, state=State.REVEALED, begun_at=at, begun_by=officer,
        public_kind="dice", public_named="骰子", n=len(drawn), drawn_at=at, drawn_by=officer, revealed_at=at, bundle=bundle,
    )  # fmt: skip
    sites = {site.code: site for site in Site.objects.filter(code__in=frame)}
    FrameSite.objects.bulk_create(FrameSite(round=lot, site=site, stratum="层") for site in sites.values())
    sealed = SealedList.objects.create(
        round=lot, team=work.team, day=at.date(), departs_at=at, count=len(drawn), box=b"", state=ListState.OPENED,
        opened_at=at, opened_by=work.office.leader,
    )  # fmt: skip
    inspection = Inspection.objects.create(
        campaign=campaign, office=work.office.body, team=work.team, list=sealed, day=at.date(), departed_at=at,
        departed_by=work.office.leader,
    )  # fmt: skip
    for out, into in (instead or {}).items():
        lot.lists.get().replacements.create(
            round=lot, out=sites[out], into=sites[into], reason="演示：道路中断", made_at=at, made_by=work.office.leader
        )  # fmt: skip
    for code in (*drawn, *(instead or {}).values()):
        outcome = Outcome.SHUT if code in unseen else Outcome.DONE
        visit = _visit(work, inspection, sites[code], outcome, drawn=code in drawn)
        if code in found:
            _finding(work, visit, item)
    return lot


def _csv(candidates: list[lots.Candidate]) -> str:
    """The canonical frame, without the rule that its chances sum to a whole number: rates do not ask."""
    rows = sorted(f"{one.site},{one.stratum},{one.chance}" for one in candidates)
    return "\n".join(["site,stratum,chance", *rows]) + "\n"


def _visit(work: Work, inspection: Inspection, site: Site, outcome: str, *, drawn: bool) -> Visit:
    at = inspection.departed_at
    return Visit.objects.create(
        inspection=inspection, site=site, checklist=work.closed.checklist, mode="overt", state="closed", outcome=outcome,
        drawn=drawn, begun_at=at, begun_by=work.office.inspector, closed_at=at, closed_by=work.office.inspector,
    )  # fmt: skip


def _finding(work: Work, visit: Visit, item: int) -> Finding:
    like = Finding.objects.get(pk=work.by_deadline.pk)
    edition = like.item.edition
    like.pk, like.visit, like.site, like.division = None, visit, visit.site, visit.site.division_id
    like.item = edition.items.get(position=item)
    like.noted_at = like.confirmed_at = visit.closed_at
    like.save(force_insert=True)
    return like
