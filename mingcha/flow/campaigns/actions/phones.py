"""What a campaign lets phones do: forms for any site, stops one by one, sound on covert visits."""

from datetime import datetime
from typing import ClassVar

from django.db import transaction

from mingcha.flow.campaigns import queries
from mingcha.flow.campaigns.actions.campaigns import require_open
from mingcha.flow.campaigns.models import Campaign, CampaignForm, RecordingApproval
from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts.models import Person
from mingcha.ground.accounts.permissions import Permission
from mingcha.ground.audit import actions as audit
from mingcha.ground.rulebook.actions import checklists
from mingcha.ground.rulebook.models import Checklist
from mingcha.ground.territory.actions import bodies
from mingcha.ground.territory.actions.paper_sites import UNTYPED, UNTYPED_NAME
from mingcha.ground.territory.models import Body, SiteType
from mingcha.kernel.refusals import Refusal


class BasisMissing(Refusal):
    message: ClassVar[str] = "请写明依据：哪一级、哪份文件或哪次批示批准暗访录音。"
    status: ClassVar[int] = 422


class EndsTooSoon(Refusal):
    message: ClassVar[str] = "有效期要晚于现在，请改正。"
    status: ClassVar[int] = 422


class AlreadyWithdrawn(Refusal):
    message: ClassVar[str] = "这项批准已经撤销。"


@transaction.atomic
def take_up(campaign: Campaign, *, checklist: Checklist, by: Person | None, at: datetime) -> None:
    """
    Let the phones of a campaign use a form that is for any site; safe to do twice. `by=None` is the operator.

    Raises NotAllowed, NotFound, CampaignOver.
    """
    if by is not None:
        accounts.require(by, Permission.CAMPAIGN_OPEN, at=at, division=campaign.division_id)
    require_open(campaign)
    if not SiteType.objects.filter(pk=UNTYPED).exists():
        bodies.add_site_type(code=UNTYPED, name=UNTYPED_NAME, position=900, by=by, at=at)
    _made, new = CampaignForm.objects.get_or_create(campaign=campaign, checklist=checklist)
    if new:
        detail: dict[str, object] = {"form": checklist.form_id, "version": checklist.form_version}
        _record("campaign.take_up_form", campaign, by=by, at=at, detail=detail)


@transaction.atomic
def publish(
    content: bytes, *, site_type: SiteType | None = None, keeper: Body | None, campaign: Campaign | None = None,
    by: Person | None, at: datetime,
) -> Checklist:  # fmt: skip
    """
    Publish a form from a file; one for any site is taken up by the campaign named, in the same breath.

    Raises what `checklists.publish` and `take_up` raise; then nothing of it is kept.
    """
    made = checklists.publish(content, site_type=site_type, keeper=keeper, by=by, at=at)
    if campaign is not None and made.site_type_id is None:
        take_up(campaign, checklist=made, by=by, at=at)
    return made


@transaction.atomic
def stop_by_stop(campaign: Campaign, *, on: bool, by: Person, at: datetime) -> None:
    """Let the next stop of a list open only when the last is closed, or all at once. Raises NotAllowed, CampaignOver."""
    accounts.require(by, Permission.CAMPAIGN_OPEN, at=at, division=campaign.division_id)
    require_open(campaign)
    if Campaign.objects.filter(pk=campaign.pk).exclude(stop_by_stop=on).update(stop_by_stop=on):
        _record("campaign.stop_by_stop", campaign, by=by, at=at, detail={"on": on})


@transaction.atomic
def approve_recording(
    campaign: Campaign, *, office: Body, basis: str, until: datetime, by: Person, at: datetime
) -> RecordingApproval:
    """
    Approve sound on the covert visits of an office's teams: on record with its basis, and only for a time.

    Raises BasisMissing, EndsTooSoon, NotAllowed, NotFound, CampaignOver.
    """
    accounts.require(by, Permission.CAMPAIGN_OPEN, at=at, division=office.division_id)
    require_open(campaign)
    if queries.office_of(campaign, office.pk) is None:
        raise accounts.NotFound
    if not basis.strip():
        raise BasisMissing
    if until <= at:
        raise EndsTooSoon
    made = RecordingApproval.objects.create(
        campaign=campaign, office=office, basis=basis.strip()[:200], until=until, approved_at=at, approved_by=by
    )
    detail: dict[str, object] = {"basis": made.basis, "until": until.isoformat(), "office": office.pk}
    _record("campaign.approve_recording", campaign, by=by, at=at, detail=detail)
    return made


@transaction.atomic
def withdraw_recording(approval: RecordingApproval, *, by: Person, at: datetime) -> None:
    """Withdraw an approval; what was recorded under it stays. Raises AlreadyWithdrawn, NotAllowed, NotFound."""
    accounts.require(by, Permission.CAMPAIGN_OPEN, at=at, division=approval.office.division_id)
    standing = RecordingApproval.objects.filter(pk=approval.pk, withdrawn_at=None)
    if not standing.update(withdrawn_at=at, withdrawn_by=by):
        raise AlreadyWithdrawn
    _record("campaign.withdraw_recording", approval.campaign, by=by, at=at, detail={"approval": approval.pk})


def _record(verb: str, campaign: Campaign, *, by: Person | None, at: datetime, detail: dict[str, object]) -> None:
    audit.record(
        verb, kind="campaign", key=campaign.slug, by=by, at=at, division=campaign.division_id, body=campaign.lead_id,
        detail=detail,
    )  # fmt: skip
