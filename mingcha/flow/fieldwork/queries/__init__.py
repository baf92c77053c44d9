"""Reading outings and visits, within a standing's reach or one's own teams."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet, Sum

from mingcha.flow.campaigns import queries as campaigns
from mingcha.flow.campaigns.models import Campaign, CampaignForm, Member, RecordingApproval, Team
from mingcha.flow.campaigns.states import State as CampaignState
from mingcha.flow.fieldwork import custody
from mingcha.flow.fieldwork.models import (
    Answer,
    Attachment,
    EmbeddedRecord,
    Inspection,
    Photo,
    Stop,
    Submission,
    Visit,
)
from mingcha.flow.fieldwork.states import SubmissionState, VisitState
from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts import ties
from mingcha.ground.accounts.models import Device
from mingcha.ground.accounts.permissions import Permission
from mingcha.ground.accounts.queries import OFFICE_TIME, NotFound, Standing
from mingcha.ground.rulebook import queries as rulebook
from mingcha.ground.rulebook.models import Checklist
from mingcha.ground.territory import queries as territory
from mingcha.ground.territory.models import Body, Site


def inspections(*, to: Standing, campaign: Campaign | None = None) -> QuerySet[Inspection]:
    """Return the outings of offices in one's area, and those of one's own teams, the latest first."""
    area = to.area(Permission.LEDGER_SEE, "office__division__code")
    mine = Q(team__in=campaigns.own_teams(to)) | Q(team__in=campaigns.joint_teams(to, Permission.CAMPAIGN_SEE))
    # What an old ledger tells of is no outing of anybody's here.
    found = Inspection.objects.filter(area | mine, team__imported=False)
    if campaign:
        found = found.filter(campaign=campaign)
    return (
        found.select_related("team", "office__division", "campaign")
        .annotate(
            planned=Count("stops", filter=Q(stops__out_at=None), distinct=True), visited=Count("visits", distinct=True)
        )
        .order_by("-departed_at", "-pk")
    )


def my_inspections(*, to: Standing) -> QuerySet[Inspection]:
    return inspections(to=to).filter(team__in=campaigns.own_teams(to))


def inspection(pk: int, *, to: Standing) -> Inspection:
    """Return an outing one may see. Raises NotFound."""
    found = inspections(to=to).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def my_inspection(pk: int, *, to: Standing) -> Inspection:
    """Return an outing of one's own team. Raises NotFound."""
    found = my_inspections(to=to).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def inspection_of_list(sealed_pk: int) -> Inspection | None:
    return Inspection.objects.filter(list_id=sealed_pk).first()


def stops(inspection: Inspection) -> QuerySet[Stop]:
    """Return the stops in order; a stop with a visit carries it as `visit_pk` and `visit_state`."""
    visit = Visit.objects.filter(inspection=OuterRef("inspection"), site=OuterRef("site"))
    found = inspection.stops.select_related("site__type", "site__division", "site__body", "replaces__site")
    return found.annotate(visit_pk=visit.values("pk")[:1], visit_state=visit.values("state")[:1]).order_by("position")


def unlisted(inspection: Inspection) -> QuerySet[Any]:
    """Return the visits that no lot drew, in order; each carries `visit_pk` and `visit_state` as a stop does."""
    found = inspection.visits.filter(drawn=False).select_related("site__type", "site__division", "site__body")
    return found.annotate(visit_pk=F("pk"), visit_state=F("state")).order_by("pk")


def under_way(inspection: Inspection) -> Visit | None:
    """Return the visit of an outing that has begun and not ended, the first if there are several."""
    return inspection.visits.filter(state=VisitState.BEGUN).select_related("site").order_by("pk").first()


def visits(*, to: Standing, campaign: Campaign | None = None) -> QuerySet[Visit]:
    """Return the visits at places in one's area, and those of one's own teams."""
    area = to.area(Permission.LEDGER_SEE, "site__division__code")
    joint = campaigns.joint_teams(to, Permission.CAMPAIGN_SEE)
    mine = Q(inspection__team__in=campaigns.own_teams(to)) | Q(inspection__team__in=joint)
    found = Visit.objects.filter(area | mine)
    if campaign:
        found = found.filter(inspection__campaign=campaign)
    related = ("site__type", "site__division", "site__body", "inspection__team", "inspection__campaign", "begun_by")
    return found.select_related(*related).order_by("-begun_at", "-pk")


def visit(pk: int, *, to: Standing) -> Visit:
    """Return a visit one may see. Raises NotFound."""
    found = visits(to=to).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def my_visit(pk: int, *, to: Standing) -> Visit:
    """Return a visit of one's own team. Raises NotFound."""
    found = visits(to=to).filter(pk=pk, inspection__team__in=campaigns.own_teams(to)).first()
    if found is None:
        raise NotFound
    return found


def answers(visit: Visit) -> QuerySet[Answer]:
    return visit.answers.select_related("question").order_by("question__position")


def photos(visit: Visit) -> QuerySet[Photo]:
    return visit.photos.select_related("evidence__received_from", "evidence__rendering").order_by("pk")


def photo(pk: int, *, to: Standing) -> Photo:
    """Return a photo of a visit one may see, unless it is marked and one does not see what is. Raises NotFound."""
    seen = visits(to=to).values("pk")
    found = Photo.objects.filter(pk=pk, visit__in=seen).select_related(*OF_PHOTO).first()
    if found is None:
        raise NotFound
    custody.require(found.evidence, found.visit, to=to)
    return found


# What says whether somebody may see a photo, and take its original away.
OF_PHOTO = ("evidence", "visit__site", "visit__inspection__team")


def last_visit_of(site: Site, *, before: Visit) -> Visit | None:
    found = Visit.objects.filter(site__in=territory.site_family(site), pk__lt=before.pk)
    return found.filter(inspection__team__imported=False).order_by("-pk").first()


def owed(inspection: Inspection) -> QuerySet[Stop]:
    """Return the stops that have no visit yet and are not struck out, in order."""
    visited = Visit.objects.filter(inspection=OuterRef("inspection"), site=OuterRef("site"))
    return inspection.stops.filter(~Exists(visited), out_at=None).select_related("site").order_by("position")


def unvisited(inspection: Inspection) -> int:
    """Return how many stops have no visit yet."""
    return owed(inspection).count()


def embedded(*, to: Standing, campaign: Campaign | None = None) -> QuerySet[EmbeddedRecord]:
    """Return the embedded records of groups in one's area and of the group one serves, the latest first."""
    area = to.area(Permission.LEDGER_SEE, "group__division__code")
    own = Q(group__in=to.serves(Permission.EMBEDDED_KEEP))
    found = EmbeddedRecord.objects.filter(area | own)
    if campaign:
        found = found.filter(campaign=campaign)
    related = ("campaign", "group", "host", "recorded_by", "visit__site", "visit__inspection__team")
    return found.select_related(*related).order_by("-day", "-pk")


def embedded_sums(found: QuerySet[EmbeddedRecord]) -> dict[str, int]:
    """Return {"records", "checked", "amiss", "visits"} over embedded records: how many, what they counted, how many became a check."""
    sums = {"records": Count("pk"), "checked": Sum("checked"), "amiss": Sum("amiss"), "visits": Count("visit")}
    return {name: value or 0 for name, value in found.order_by().aggregate(**sums).items()}


def embedded_groups(*, to: Standing) -> QuerySet[Body]:
    """Return the groups whose embedded records one may see."""
    return Body.objects.filter(pk__in=embedded(to=to).order_by().values("group")).order_by("pinyin", "code")


def embedded_record(pk: int, *, to: Standing) -> EmbeddedRecord:
    """Return an embedded record one may see. Raises NotFound."""
    found = embedded(to=to).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def host_sites(record: EmbeddedRecord) -> QuerySet[Site]:
    """Return the sites on the register that the host department or its line answers for."""
    found = Site.objects.filter(active=True, body__in=territory.line_of(record.host_id))
    return found.select_related("type", "division", "body").order_by("division", "pinyin", "code")


# How long after an outing a phone may still bring what was seen on it.
LATEST = timedelta(days=30)


@dataclass(frozen=True)
class Outing:
    """An outing as the intake needs it; `stops` are the codes of the sites the lot sent the team to."""

    id: int
    team: int
    office: str
    division: str
    campaign: int
    emergency_until: datetime
    departed_at: datetime
    returned_at: datetime | None
    extra: bool
    stops: frozenset[str]

    def held(self, moment: datetime) -> bool:
        """Whether the team was out at that moment; without a list, whether it was out on that day."""
        if self.extra:
            return self.departed_at.astimezone(OFFICE_TIME).date() == moment.astimezone(OFFICE_TIME).date()
        return self.departed_at <= moment and (self.returned_at is None or moment <= self.returned_at)


@dataclass(frozen=True)
class Carrier:
    """
    A phone, its person, the outings they were on and what they must stay away from, read once.

    `team` is the one they go out with now, if its campaign is still open; `known` how many outings their teams had had,
    and changes of their stops, before any was read, so that a later one is noticed.
    """

    device: Device
    teams: tuple[int, ...]
    team: Team | None
    outings: tuple[Outing, ...]
    known: int
    ties: tuple[ties.Tie, ...]


def outing(row: Inspection) -> Outing:
    """Return an outing as the intake needs it."""
    return Outing(
        row.pk, row.team_id, row.office_id, row.office.division_id, row.campaign_id, row.campaign.emergency_until,
        row.departed_at, row.returned_at, row.extra, frozenset(stop.site.code for stop in row.stops.all()),
    )  # fmt: skip


def carrier(device: Device, *, at: datetime) -> Carrier:
    """Return what the intake must know of a phone. A membership counts for the outings that lay within it."""
    stays = list(Member.objects.filter(person=device.person_id).select_related("team__campaign", "team__office"))
    teams = tuple(sorted({stay.team_id for stay in stays}))
    # Counted first: an outing that begins between the two is read and not counted, which the statement notices.
    # Not by the highest id: of two that begin at once the lower may be committed last.
    known = Inspection.objects.filter(team__in=teams).aggregate(n=Sum(F("changes") + 1))["n"] or 0
    found = Inspection.objects.filter(team__in=[stay.team_id for stay in stays], departed_at__gte=at - LATEST)
    listed = found.select_related("campaign", "office").prefetch_related("stops__site").order_by("-departed_at", "-pk")
    outings = [
        outing(row)
        for row in listed
        if any(
            stay.team_id == row.team_id
            and (row.extra or row.returned_at is None or stay.since <= row.returned_at)
            and (stay.until is None or stay.until >= row.departed_at)
            for stay in stays
        )
    ]
    # Who lost the post that sent them brings what was seen before, and goes out no more.
    own = set(campaigns.own_teams(accounts.standing(device.person, at=at)))
    here = next((s.team for s in stays if s.team_id in own and s.team.campaign.state == CampaignState.OPEN), None)
    away = ties.ties([device.person_id], at=at).of(device.person_id)
    return Carrier(device, teams, here, tuple(outings), known, tuple(away))


def submissions(
    *, to: Standing, campaign: Campaign | None = None, state: str = "", flagged: bool = False, search: str = ""
) -> QuerySet[Submission]:
    """
    Return what phones have sent from outings of offices in one's area, the latest first.

    `search` matches the site named, who sent it, or the instance's number.
    """
    found = Submission.objects.filter(to.area(Permission.LEDGER_SEE, "inspection__office__division__code"))
    if campaign:
        found = found.filter(inspection__campaign=campaign)
    if state:
        found = found.filter(state=SubmissionState(state))
    if flagged:
        found = found.exclude(breaches=[])
    if search:
        named = Q(site_named__icontains=search) | Q(person__name__icontains=search)
        found = found.filter(named | Q(person__pinyin__icontains=search.lower()) | Q(instance_id__iexact=search))
    related = ("person", "device", "checklist", "inspection__team", "inspection__office", "inspection__campaign")
    found = found.select_related(*related).defer("xml", "answers", "checklist__compiled", *UNREAD)
    return found.order_by("-received_at", "-pk")


# Large, or nobody's to read, where a submission is looked at.
UNREAD = ("device__token_hash", "checklist__xform", "checklist__workbook")


def submission(pk: int, *, to: Standing) -> Submission:
    """Return one of them. Raises NotFound."""
    found = submissions(to=to).filter(pk=pk).defer(None).defer(*UNREAD).first()
    if found is None:
        raise NotFound
    return found


def attachments(submission: Submission) -> QuerySet[Attachment]:
    related = ("evidence", "submission__inspection__team", "submission__inspection__office")
    return submission.attachments.select_related(*related).order_by("name")


def attachment(pk: int, *, to: Standing) -> Attachment:
    """Return a file that came with a submission one may read, or of a visit one may see. Raises NotFound."""
    read = Q(submission__in=submissions(to=to).order_by().values("pk"))
    seen = Q(submission__in=visits(to=to).order_by().values("submission"))
    related = ("evidence", "submission__inspection__team", "submission__inspection__office")
    found = Attachment.objects.filter(read | seen, pk=pk).select_related(*related).first()
    if found is None:
        raise NotFound
    custody.require_attachment(found, visit_of(found.submission), to=to)
    return found


def last_received(devices: Iterable[Device]) -> dict[int, datetime]:
    """Return device id → when the last submission from it came in; a phone that has sent none is left out."""
    found = Submission.objects.filter(device__in=[device.pk for device in devices]).values_list("device")
    return dict(found.annotate(last=Max("received_at")).order_by())


def visit_of(submission: Submission) -> Visit | None:
    return Visit.objects.filter(submission=submission).select_related("site").first()


def visit_there(submission: Submission, site: Site) -> Visit | None:
    """Return the visit that the same outing has made to a site already, other than on its own account; None for none."""
    return Visit.objects.filter(inspection=submission.inspection_id, site=site, extra=False).first()


def visits_met(site: Site, *, to: Standing) -> QuerySet[Visit]:
    """Return the visits to a site that one may see, the latest first."""
    return visits(to=to).filter(site=site)


def forms(campaign: Campaign) -> QuerySet[Checklist]:
    """Return the forms for any site that a campaign has taken up."""
    taken = CampaignForm.objects.filter(campaign=campaign).values("checklist")
    return Checklist.objects.filter(pk__in=taken).order_by("form_id", "-pk")


def takes_up(campaign: int, checklist: int) -> bool:
    """Return whether a campaign has taken up a form; both by id."""
    return CampaignForm.objects.filter(campaign=campaign, checklist=checklist).exists()


def taken_up_by(checklist: Checklist, *, to: Standing) -> QuerySet[Campaign]:
    """Return the campaigns one may see that have taken up a form for any site."""
    return campaigns.visible(to).filter(pk__in=CampaignForm.objects.filter(checklist=checklist).values("campaign"))


def open_forms(campaign: Campaign, *, to: Standing) -> QuerySet[Checklist]:
    """Return the forms for any site that one may read and the campaign has not taken up."""
    found = rulebook.all_checklists(to=to).filter(site_type=None).exclude(xform="")
    return found.exclude(pk__in=forms(campaign).order_by().values("pk"))


def recording_approvals(*, to: Standing, campaign: Campaign | None = None) -> QuerySet[RecordingApproval]:
    """Return the approvals of sound on covert visits for offices in one's area, the latest first."""
    found = RecordingApproval.objects.filter(to.area(Permission.CAMPAIGN_SEE, "office__division__code"))
    if campaign:
        found = found.filter(campaign=campaign)
    return found.select_related("campaign", "office", "approved_by", "withdrawn_by").order_by("-pk")


def recording_approval(campaign: int, office: str, *, at: datetime) -> RecordingApproval | None:
    """Return the approval under which an office's teams may record sound covertly at that time, or None."""
    found = RecordingApproval.objects.filter(campaign=campaign, office=office, withdrawn_at=None, until__gt=at)
    return found.order_by("-until").first()
