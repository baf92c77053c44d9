"""Learning scores from what was found, freezing them under a version, and setting prior rates."""

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from django.db import transaction

from mingcha.flow.draws.models import PriorRate, Round, ScoreVersion, SiteScore
from mingcha.flow.draws.queries import weighing
from mingcha.flow.draws.queries.weighing import Material
from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts.models import Person
from mingcha.ground.accounts.permissions import Permission
from mingcha.ground.audit import actions as audit
from mingcha.ground.audit.actions import SYSTEM
from mingcha.ground.territory.models import Body, Site, SiteType
from mingcha.kernel.refusals import Refusal

if TYPE_CHECKING:
    from mingcha.kernel.risk import Scored


class RateOutOfRange(Refusal):
    message: ClassVar[str] = "先验问题率要大于 0、小于 1，例如 0.18，请改。"
    status: ClassVar[int] = 422


class BasisMissing(Refusal):
    message: ClassVar[str] = "请写明这个比率从哪里来，例如“2020 年专项检查，60 家中 11 家有问题”。"
    status: ClassVar[int] = 422


def learn(office: Body, *, by: Person | None, at: datetime) -> ScoreVersion:
    """
    Score an office's sites for the day after `at` and freeze the scores; `by=None` is the house by itself.

    Learning may take seconds and is done before any row is locked. Raises NotFound outside one's area.
    """
    if by is not None:
        accounts.require(by, Permission.ROUND_HOLD, at=at, division=office.division_id)
    given = weighing.material(office, at=at)
    return keep(office, scored(given), material=given, by=by, at=at)


def scored(material: Material) -> "Scored":
    """Return the scores that follow from the material, and from nothing else."""
    from mingcha.kernel import risk  # noqa: PLC0415 - may load numpy and scikit-learn: no page waits for that

    return risk.learn(
        material.past, material.subjects, on=material.on, priors=material.priors, reports=material.reports
    )  # fmt: skip


@transaction.atomic
def keep(office: Body, scored: "Scored", *, material: Material, by: Person | None, at: datetime) -> ScoreVersion:
    """
    Freeze scores under their version. The same version twice is one; of older ones those stay that a round names.

    Called with what `learn` computes, also where another process has computed it.
    """
    # Two that learn at once: the second finds the first's version.
    Body.objects.select_for_update(no_key=True).get(pk=office.pk)
    version, new = ScoreVersion.objects.get_or_create(
        office=office, version=scored.version,
        defaults={
            "method": scored.method, "visits": scored.visits, "problems": scored.problems, "day": material.on,
            "made_at": at, "made_by": by,
        },
    )  # fmt: skip
    if not new:
        return version
    sites = dict(Site.objects.filter(code__in=scored.by_site).values_list("code", "pk"))
    SiteScore.objects.bulk_create(
        [
            SiteScore(
                version=version, site_id=sites[code], chance=min(max(score.chance, 1e-6), 1 - 1e-6),
                reasons=[{"code": reason.code, "facts": dict(reason.facts)} for reason in score.reasons],
            )
            for code, score in scored.by_site.items()
            if code in sites
        ],
        batch_size=1000,
    )  # fmt: skip
    named = Round.objects.filter(office=office).exclude(scores="").values("scores")
    ScoreVersion.objects.filter(office=office, pk__lt=version.pk).exclude(version__in=named).delete()
    audit.record(
        "score.learn", kind="scores", key=office.pk, by=by or SYSTEM, at=at, division=office.division_id,
        body=office.pk, detail={
            "version": version.version, "method": version.method, "visits": version.visits, "sites": len(scored.by_site),
        },
    )  # fmt: skip
    return version


@transaction.atomic
def set_prior(office: Body, *, site_type: SiteType, rate: float, basis: str, by: Person, at: datetime) -> PriorRate:
    """
    Say how often a kind of site has problems, before there is history, and on what basis; `rate` is 0–1, exclusive.

    It weighs from the next scoring on. Raises NotFound, RateOutOfRange, BasisMissing.
    """
    accounts.require(by, Permission.ROUND_HOLD, at=at, division=office.division_id)
    if not 0 < rate < 1:
        raise RateOutOfRange
    if not basis.strip():
        raise BasisMissing
    given = {"rate": rate, "basis": basis.strip()[:200], "set_at": at, "set_by": by}
    prior, _new = PriorRate.objects.update_or_create(office=office, site_type=site_type, defaults=given)
    audit.record(
        "score.set_prior", kind="scores", key=office.pk, by=by, at=at, division=office.division_id, body=office.pk,
        detail={"site_type": site_type.name, "rate": rate, "basis": prior.basis},
    )  # fmt: skip
    return prior
