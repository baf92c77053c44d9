"""
Who may see what was photographed or recorded, where reading the visit is not enough.

`place` is the division where it was taken: the site's, or the office's while nobody has said which site it was.
"""

from mingcha.flow.campaigns import queries as campaigns
from mingcha.flow.campaigns.models import Team
from mingcha.flow.fieldwork.models import Attachment, Visit
from mingcha.flow.fieldwork.states import FileKind
from mingcha.ground.accounts.permissions import Permission
from mingcha.ground.accounts.queries import NotFound, Standing
from mingcha.ground.evidence.models import Evidence


def sees_personal(place: str, team: Team, *, to: Standing) -> bool:
    """
    Return whether one sees what is marked as showing somebody who is inspected by nobody.

    The offices that judge what was found there, and the team that was there: no unit, township, village or group.
    """
    return to.covers(Permission.ORDER_VERIFY, place) or campaigns.goes_out_with(team, to=to)


def holds_originals(place: str, team: Team, *, to: Standing) -> bool:
    """Return whether one may take originals away, with all that the camera wrote into them: offices and the own team."""
    return to.covers(Permission.LEDGER_SEE, place) or campaigns.goes_out_with(team, to=to)


def require(evidence: Evidence, visit: Visit, *, to: Standing) -> None:
    """Raise NotFound where a visit's file is marked and one does not see what is."""
    if evidence.personal and not sees_personal(visit.site.division_id, visit.inspection.team, to=to):
        raise NotFound


def place_of(attachment: Attachment, visit: Visit | None) -> str:
    """Return the division where a file that came with a submission was taken."""
    return visit.site.division_id if visit else attachment.submission.inspection.office.division_id


def require_attachment(attachment: Attachment, visit: Visit | None, *, to: Standing) -> None:
    """Raise NotFound where a file is marked, or neither picture nor signature, and one does not see such: a recording tells all."""
    told = attachment.kind not in (FileKind.PHOTO, FileKind.SIGNATURE)
    team = attachment.submission.inspection.team
    if (told or attachment.evidence.personal) and not sees_personal(place_of(attachment, visit), team, to=to):
        raise NotFound
