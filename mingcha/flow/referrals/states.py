"""
The lives of all that a lead may become, as one table: thing × act → state, who may, and what must be there.

    lead         open ──► inquiry · verification · held ──► closed, or filed with a case
    disposal     proposed ──► approved · returned          (of a lead, by another hand)
    case         proposed ──► open ──► closed, or refused
    disposition  proposed ──► decided ──► changed · revoked by an appeal; or dropped
    track        proposed ──► decided · declined            (removal, inquiry: two records, two deciders)
    appeal       lodged ──► upheld · changed · revoked
    clearance    proposed ──► issued · returned
    false_report proposed ──► once ──► found; or rejected   (two approvers)
"""

from typing import NamedTuple

from django.db.models import TextChoices
from django.utils.translation import gettext_noop

from mingcha.ground.accounts.permissions import Permission as P


class Source(TextChoices):
    FINDING = "finding", "检查发现"
    RECURRENCE = "recurrence", "问题反弹"
    LADDER = "ladder", "督办升级"
    SENTENCE = "sentence", "干部登记"


class LeadKind(TextChoices):
    DUTY = "duty", "履行职责"
    CONDUCT = "conduct", "作风纪律"
    INTEGRITY = "integrity", "廉洁"
    RETALIATION = "retaliation", "打击报复"
    OTHER = "other", "其他"


class LeadState(TextChoices):
    OPEN = "open", "待处置"
    INQUIRY = "inquiry", "谈话函询"
    VERIFICATION = "verification", "初步核实"
    HELD = "held", "暂存待查"
    CLOSED = "closed", "予以了结"
    FILED = "filed", "已转案件"


class Way(TextChoices):
    """The four ways of disposing of a lead (问题线索处置四种方式); each value is the state that the lead is then in."""

    INQUIRY = "inquiry", "谈话函询"
    VERIFICATION = "verification", "初步核实"
    HELD = "held", "暂存待查"
    CLOSED = "closed", "予以了结"


class DisposalState(TextChoices):
    PROPOSED = "proposed", "待审批"
    APPROVED = "approved", "已批准"
    RETURNED = "returned", "已退回"


class CaseState(TextChoices):
    PROPOSED = "proposed", "待批准"
    OPEN = "open", "办理中"
    CLOSED = "closed", "已办结"
    REFUSED = "refused", "未批准"


class PartyKind(TextChoices):
    PERSON = "person", "个人"
    ORGANISATION = "organisation", "组织"


class Hearing(TextChoices):
    MADE = "made", "已作陈述申辩"
    DECLINED = "declined", "已给机会，本人放弃"


class Form(TextChoices):
    """The four forms of supervision and discipline (四种形态)."""

    FIRST = "first", "第一种形态"
    SECOND = "second", "第二种形态"
    THIRD = "third", "第三种形态"
    FOURTH = "fourth", "第四种形态"


class Kind(TextChoices):
    """
    What may be decided about a party; the part before the first dot is its family.

    Words as in circulars and in reference/domain.md §1.2; an organisation is never disciplined like a person.
    """

    CRITICISED = "talk.criticised", "批评教育"
    REMINDED = "talk.reminded", "提醒谈话"
    INTERVIEWED = "talk.interviewed", "约谈"
    REVIEWED = "talk.reviewed", "责令书面检查"
    ADMONISHED = "account.admonished", "诫勉"
    CIRCULATED = "account.circulated", "通报批评"
    REORGANISED = "account.reorganised", "改组"
    SUSPENDED = "post.suspended", "停职"
    TRANSFERRED = "post.transferred", "调整职务"
    REMOVED = "post.removed", "免职"
    PARTY_WARNED = "party.warned", "党内警告"
    PARTY_GRAVELY_WARNED = "party.gravely_warned", "党内严重警告"
    PARTY_POST_REVOKED = "party.post_revoked", "撤销党内职务"
    PARTY_PROBATION = "party.probation", "留党察看"
    PARTY_EXPELLED = "party.expelled", "开除党籍"
    STAFF_WARNED = "staff.warned", "政务警告"
    STAFF_DEMERIT = "staff.demerit", "政务记过"
    STAFF_GRAVE_DEMERIT = "staff.grave_demerit", "政务记大过"
    STAFF_DEMOTED = "staff.demoted", "政务降级"
    STAFF_DISMISSED = "staff.dismissed", "政务撤职"
    STAFF_EXPELLED = "staff.expelled", "政务开除"
    HANDED_OVER = "law.handed_over", "移送司法机关"


FAMILIES = {
    "talk": gettext_noop("批评教育"),
    "account": gettext_noop("问责"),
    "post": gettext_noop("组织处理"),
    "party": gettext_noop("党纪处分"),
    "staff": gettext_noop("政务处分"),
    "law": gettext_noop("移送"),
}
# An organisation is held to account as a whole; posts, party membership and rank belong to persons.
OF_ORGANISATIONS = (Kind.CRITICISED, Kind.INTERVIEWED, Kind.REVIEWED, Kind.CIRCULATED, Kind.REORGANISED)


class DispositionState(TextChoices):
    PROPOSED = "proposed", "拟给予"
    DECIDED = "decided", "已决定"
    DROPPED = "dropped", "不予给予"
    CHANGED = "changed", "申诉后变更"
    REVOKED = "revoked", "申诉后撤销"


class TrackKind(TextChoices):
    """先免职再查处: the party committee may remove from a post; the discipline office inquires. Neither does both."""

    REMOVAL = "removal", "先行免职"
    INQUIRY = "inquiry", "审查调查"


class TrackState(TextChoices):
    PROPOSED = "proposed", "已建议"
    DECIDED = "decided", "已决定"
    DECLINED = "declined", "决定不予"


class AppealState(TextChoices):
    LODGED = "lodged", "申诉中"
    UPHELD = "upheld", "维持原决定"
    CHANGED = "changed", "变更原决定"
    REVOKED = "revoked", "撤销原决定"


class ClearanceState(TextChoices):
    PROPOSED = "proposed", "待审批"
    ISSUED = "issued", "已澄清正名"
    RETURNED = "returned", "已退回"


class FalseReportState(TextChoices):
    PROPOSED = "proposed", "待第一人审批"
    ONCE = "once", "待第二人审批"
    FOUND = "found", "已认定"
    REJECTED = "rejected", "不予认定"


class Move(NamedTuple):
    """One line of the table; `starts` is empty where the act makes the thing. `proof` is what must be there, in words."""

    thing: str
    act: str
    starts: tuple[str, ...]
    end: str
    who: P
    proof: str


L, D, C, S, T = LeadState, DisposalState, CaseState, DispositionState, TrackState
A, CL, F = AppealState, ClearanceState, FalseReportState
TABLE = (
    Move("lead", "register", (), L.OPEN, P.LEAD_KEEP, "一句话写明反映什么；来源"),
    Move("lead", "inquiry", (L.OPEN, L.HELD), L.INQUIRY, P.LEAD_APPROVE, "另一人批准的处置意见；集体研究；报告日期"),
    Move("lead", "verification", (L.OPEN, L.INQUIRY, L.HELD), L.VERIFICATION, P.LEAD_APPROVE, "另一人批准的处置意见；集体研究；报告日期"),
    Move("lead", "held", (L.OPEN, L.INQUIRY, L.VERIFICATION, L.HELD), L.HELD, P.LEAD_APPROVE, "另一人批准的处置意见；集体研究；复查日期"),
    Move("lead", "closed", (L.OPEN, L.INQUIRY, L.VERIFICATION, L.HELD), L.CLOSED, P.LEAD_APPROVE, "另一人批准的处置意见；集体研究"),
    Move("lead", "file", (L.INQUIRY, L.VERIFICATION), L.FILED, P.CASE_APPROVE, "另一人批准的案件"),
    Move("lead", "file_fast", (L.OPEN,), L.FILED, P.CASE_APPROVE, "另一人批准的案件；从速从严从重的理由"),
    Move("disposal", "propose", (), D.PROPOSED, P.LEAD_KEEP, "处置意见；集体研究情况"),
    Move("disposal", "approve", (D.PROPOSED,), D.APPROVED, P.LEAD_APPROVE, "不是提出的人"),
    Move("disposal", "return", (D.PROPOSED,), D.RETURNED, P.LEAD_APPROVE, "不是提出的人；理由"),
    Move("case", "propose", (), C.PROPOSED, P.CASE_KEEP, "理由；至少一个当事人或组织"),
    Move("case", "open", (C.PROPOSED,), C.OPEN, P.CASE_APPROVE, "不是提出的人；集体研究情况"),
    Move("case", "refuse", (C.PROPOSED,), C.REFUSED, P.CASE_APPROVE, "不是提出的人；理由"),
    Move("case", "close", (C.OPEN,), C.CLOSED, P.CASE_APPROVE, "不是提出的人；每个当事人都有结果；没有未了的事项"),
    Move("disposition", "propose", (), S.PROPOSED, P.CASE_KEEP, "依据的事实和理由"),
    Move("disposition", "decide", (S.PROPOSED,), S.DECIDED, P.CASE_KEEP, "不是提出的人；先有陈述申辩；决定机关、文号、日期；申诉途径"),
    Move("disposition", "drop", (S.PROPOSED,), S.DROPPED, P.CASE_KEEP, "不是提出的人；理由"),
    Move("disposition", "change", (S.DECIDED,), S.CHANGED, P.CASE_APPROVE, "申诉的决定"),
    Move("disposition", "revoke", (S.DECIDED,), S.REVOKED, P.CASE_APPROVE, "申诉的决定"),
    Move("track", "propose", (), T.PROPOSED, P.CASE_KEEP, "条目写明先免职再查处；理由"),
    Move("track", "decide", (T.PROPOSED,), T.DECIDED, P.CASE_KEEP, "先有陈述申辩；决定机关、文号、日期；与另一项不同的机关和经办人"),
    Move("track", "decline", (T.PROPOSED,), T.DECLINED, P.CASE_KEEP, "决定机关、文号、日期；与另一项不同的机关和经办人"),
    Move("appeal", "lodge", (), A.LODGED, P.CASE_KEEP, "申诉理由；日期"),
    Move("appeal", "uphold", (A.LODGED,), A.UPHELD, P.CASE_APPROVE, "不是登记申诉的人，也不是登记原决定的人；机关、文号、日期"),
    Move("appeal", "change", (A.LODGED,), A.CHANGED, P.CASE_APPROVE, "不是登记申诉的人，也不是登记原决定的人；机关、文号、日期"),
    Move("appeal", "revoke", (A.LODGED,), A.REVOKED, P.CASE_APPROVE, "不是登记申诉的人，也不是登记原决定的人；机关、文号、日期"),
    Move("clearance", "propose", (), CL.PROPOSED, P.CASE_KEEP, "查明的情况；澄清通知的文字；在什么范围澄清"),
    Move("clearance", "issue", (CL.PROPOSED,), CL.ISSUED, P.CASE_APPROVE, "不是提出的人"),
    Move("clearance", "return", (CL.PROPOSED,), CL.RETURNED, P.CASE_APPROVE, "不是提出的人；理由"),
    Move("false_report", "propose", (), F.PROPOSED, P.LEAD_KEEP, "查明的事实；不涉及举报人的身份"),
    Move("false_report", "approve", (F.PROPOSED,), F.ONCE, P.LEAD_APPROVE, "不是提出的人"),
    Move("false_report", "approve_again", (F.ONCE,), F.FOUND, P.LEAD_APPROVE, "不是提出的人，也不是第一个批准的人"),
    Move("false_report", "reject", (F.PROPOSED, F.ONCE), F.REJECTED, P.LEAD_APPROVE, "不是提出的人；理由"),
)  # fmt: skip
MOVES = {(move.thing, move.act): move for move in TABLE}
# A lead that still asks for something.
UNDER_WAY = (LeadState.OPEN, LeadState.INQUIRY, LeadState.VERIFICATION, LeadState.HELD)
# What once held, whatever became of it on appeal.
ONCE_DECIDED = (DispositionState.DECIDED, DispositionState.CHANGED, DispositionState.REVOKED)
