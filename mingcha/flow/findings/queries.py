"""Reading findings: the ledger's rows, within a standing's reach or of one's own teams."""

from django.db.models import Q, QuerySet

from mingcha.flow.campaigns import queries as campaigns
from mingcha.flow.fieldwork import custody
from mingcha.flow.fieldwork import queries as fieldwork
from mingcha.flow.fieldwork.models import Photo, Visit
from mingcha.flow.findings.models import Finding, FindingPhoto
from mingcha.flow.findings.states import State
from mingcha.ground.accounts.permissions import Permission
from mingcha.ground.accounts.queries import NotFound, Standing
from mingcha.ground.territory import queries as territory

RELATED = (
    "campaign", "office__division", "site__type", "site__division", "item__edition__rulebook", "body", "noted_by",
    "visit__inspection__team", "recurrence_of",
)  # fmt: skip


def visible(*, to: Standing) -> QuerySet[Finding]:
    """
    Return the findings at places in one's area, and those of one's own and one's joint teams.

    Whoever only follows what is put right, in a township or inside a host department, sees what is confirmed: a visit
    still under way, perhaps a covert one, is nobody's news.
    """
    area = to.area(Permission.LEDGER_SEE, "division")
    joint = campaigns.joint_teams(to, Permission.CAMPAIGN_SEE)
    mine = Q(visit__inspection__team__in=campaigns.own_teams(to)) | Q(visit__inspection__team__in=joint)
    followed = to.area(Permission.ORDER_SEE, "division") | Q(body__in=to.hosts(Permission.ORDER_SEE))
    confirmed = Q(state=State.CONFIRMED) & followed
    return Finding.objects.filter(area | mine | confirmed).select_related(*RELATED).order_by("-pk")


def finding(pk: int, *, to: Standing) -> Finding:
    """Return a finding one may see. Raises NotFound."""
    found = visible(to=to).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def of_visit(visit: Visit) -> QuerySet[Finding]:
    """Return a visit's findings that were not withdrawn, in the order noted."""
    return Finding.objects.filter(visit=visit).exclude(state=State.WITHDRAWN).select_related(*RELATED).order_by("pk")


def earlier_alike(finding: Finding) -> QuerySet[Finding]:
    """Return earlier confirmed findings of the same catalogue item at the same site: candidates for a recurrence."""
    alike = Finding.objects.filter(
        site__in=territory.site_family(finding.site), state=State.CONFIRMED, pk__lt=finding.pk
    )
    if finding.item is None:
        return alike.none()
    same_item = Q(item__number=finding.item.number, item__text=finding.item.text)
    return alike.filter(same_item, item__edition__rulebook=finding.item.edition.rulebook_id).order_by("-pk")


def recurrences(finding: Finding) -> QuerySet[Finding]:
    """Return the later findings that name this one as what came back."""
    again = Finding.objects.filter(recurrence_of=finding).exclude(state=State.WITHDRAWN)
    return again.select_related("visit").order_by("pk")


def photos(finding: Finding) -> QuerySet[Photo]:
    found = Photo.objects.filter(pk__in=finding.photos.values("photo"))
    return found.select_related("evidence__rendering").order_by("pk")


def photo(pk: int, *, to: Standing) -> Photo:
    """Return a photo attached to a finding one may see, unless it is marked. Raises NotFound."""
    shown = FindingPhoto.objects.filter(photo=pk, finding__in=visible(to=to).order_by().values("pk"))
    found = Photo.objects.filter(pk__in=shown.values("photo")).select_related(*fieldwork.OF_PHOTO).first()
    if found is None:
        raise NotFound
    custody.require(found.evidence, found.visit, to=to)
    return found


def earlier_at(visit: Visit) -> QuerySet[Finding]:
    """Return what was confirmed at the site before this visit, newest first: what a recurrence may name."""
    found = Finding.objects.filter(site__in=territory.site_family(visit.site), state=State.CONFIRMED).exclude(
        visit=visit
    )
    return found.select_related("item__edition__rulebook").order_by("-pk")
