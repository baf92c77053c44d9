"""
Who may see what was photographed or recorded, where reading the visit is not enough.

A place is the division where it was taken: the site's, or the office's while nobody has said which site it was.
"""

from dataclasses import dataclass

from mingcha.flow.campaigns import queries as campaigns
from mingcha.flow.campaigns.models import Team
from mingcha.flow.fieldwork.models import Attachment, Submission, Visit
from mingcha.flow.fieldwork.states import FileKind
from mingcha.ground.accounts.permissions import Permission
from mingcha.ground.accounts.queries import NotFound, Standing
from mingcha.ground.evidence.models import Evidence


@dataclass(frozen=True)
class Rights:
    """
    What somebody may do with the files of a place and a team, besides looking at plain photos.

    `marked`: see what shows somebody who is inspected by nobody; the offices that judge what was found there, and the
    team that was there, but no unit, township, village or group. `originals`: take them away, with all that the camera
    wrote into them; the offices and the team.
    """

    marked: bool
    originals: bool

    def opens(self, attachment: Attachment) -> bool:
        """Whether a file that came with a submission is theirs: a recording tells as much as a marked photo."""
        plain = attachment.kind in (FileKind.PHOTO, FileKind.SIGNATURE) and not attachment.evidence.personal
        return plain or self.marked


def rights(place: str, team: Team, *, to: Standing) -> Rights:
    """Return what one may do with the files of a place and a team."""
    own = campaigns.goes_out_with(team, to=to)
    return Rights(
        own or to.covers(Permission.ORDER_VERIFY, place), own or to.covers(Permission.LEDGER_SEE, place)
    )  # fmt: skip


def of_visit(visit: Visit, *, to: Standing) -> Rights:
    """Return what one may do with the files of a visit."""
    return rights(visit.site.division_id, visit.inspection.team, to=to)


def place_of(submission: Submission, visit: Visit | None) -> str:
    """Return the division where what came with a submission was taken; it has become a visit or not."""
    return visit.site.division_id if visit else submission.inspection.office.division_id


def require(evidence: Evidence, visit: Visit, *, to: Standing) -> None:
    """Raise NotFound where a visit's file is marked and one does not see what is."""
    if evidence.personal and not of_visit(visit, to=to).marked:
        raise NotFound


def require_attachment(attachment: Attachment, visit: Visit | None, *, to: Standing) -> None:
    """Raise NotFound where a file that came with a submission is not one's own to open."""
    sent = attachment.submission
    if not rights(place_of(sent, visit), sent.inspection.team, to=to).opens(attachment):
        raise NotFound
