"""
Roles as readable classes: a name, what it is for, how far it reaches, what it allows.

Reach: `area` — every place under the post's division code; `team` — the outings of one's own teams;
`body` — what one's own body answers for; `host` — the department a resident group sits in, with its own line.
"""

from functools import cache
from typing import ClassVar

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mingcha.ground.accounts.permissions import Permission as P


class Role:
    name: ClassVar[str]
    label: ClassVar[str | Promise]
    description: ClassVar[str | Promise]
    reach: ClassVar[str]
    permissions: ClassVar[frozenset[P]]


class LeadOfficer(Role):
    name = "lead"
    label = _("牵头机关干部")
    description = _("市纪委监委党风政风室：立项、汇总、核验、编发简报。")
    reach = "area"
    permissions = frozenset(
        {
            P.ORGANISATION_SEE, P.ORGANISATION_KEEP, P.MECHANISM_KEEP, P.RECUSAL_KEEP, P.RECUSAL_RULE, P.CALL_MAKE,
            P.CALL_ANSWER, P.GUIDANCE_SEE, P.GUIDANCE_SEND,
            P.CAMPAIGN_OPEN, P.CAMPAIGN_SEE, P.TEAM_FORM, P.FIGURES_ANSWER_FOR, P.SITE_SEE, P.SITE_KEEP,
            P.RULEBOOK_SEE, P.RULEBOOK_KEEP, P.ROUND_SEE, P.ROUND_HOLD, P.ROUND_WITNESS, P.ROUND_DIRECT,
            P.LEDGER_SEE, P.LEDGER_EXPORT, P.LEDGER_IMPORT,
            P.ORDER_SEE, P.ORDER_VERIFY, P.BRIEF_SEE, P.BRIEF_DRAW, P.PUBLISH_PROPOSE, P.PUBLISH_APPROVE,
            P.CHANNEL_KEEP, P.AUDIT_SEE, P.TIP_HANDLE, P.TIP_APPROVE, P.TIP_CALL, P.TIP_FIGURES,
            P.LEAD_SEE, P.LEAD_KEEP, P.LEAD_APPROVE, P.CASE_SEE, P.CASE_KEEP, P.CASE_APPROVE,
        }
    )  # fmt: skip


class CountyOfficer(Role):
    name = "county"
    label = _("县区机关干部")
    description = _("县区纪委监委：维护点位、组成检查组、抽签、交办、核验。")
    reach = "area"
    permissions = frozenset(
        {
            P.ORGANISATION_SEE, P.ORGANISATION_KEEP, P.RECUSAL_KEEP, P.RECUSAL_RULE, P.CALL_ANSWER, P.GUIDANCE_SEE,
            P.GUIDANCE_SEND,
            P.CAMPAIGN_SEE, P.TEAM_FORM, P.FIGURES_ANSWER_FOR, P.SITE_SEE, P.SITE_KEEP, P.RULEBOOK_SEE,
            P.RULEBOOK_KEEP, P.ROUND_SEE, P.ROUND_HOLD, P.ROUND_WITNESS, P.LEDGER_SEE, P.LEDGER_EXPORT, P.LEDGER_IMPORT,
            P.ORDER_SEE,
            P.ORDER_VERIFY, P.BRIEF_SEE, P.BRIEF_DRAW, P.PUBLISH_PROPOSE, P.PUBLISH_APPROVE,
            P.CHANNEL_KEEP, P.AUDIT_SEE, P.TIP_HANDLE, P.TIP_APPROVE, P.TIP_CALL, P.TIP_FIGURES,
            P.LEAD_SEE, P.LEAD_KEEP, P.LEAD_APPROVE, P.CASE_SEE, P.CASE_KEEP, P.CASE_APPROVE,
        }
    )  # fmt: skip


class TeamLeader(Role):
    name = "leader"
    label = _("检查组组长")
    description = _("班子成员带队：启封清单、带队检查、现场反馈。")
    reach = "team"
    permissions = frozenset({P.LIST_OPEN, P.VISIT_MAKE, P.RULEBOOK_SEE})


class Inspector(Role):
    name = "inspector"
    label = _("检查人员")
    description = _("启封清单、填写检查表、登记问题、现场反馈。")
    reach = "team"
    permissions = frozenset({P.LIST_OPEN, P.VISIT_MAKE, P.RULEBOOK_SEE})


class UnitOfficer(Role):
    name = "unit"
    label = _("责任单位联系人")
    description = _("签收交办、整改、上传佐证、答复。")
    reach = "body"
    permissions = frozenset({P.ORDER_SEE, P.ORDER_ANSWER})


class GroupOfficer(Role):
    name = "group"
    label = _("派驻（专项）组干部")
    description = _("派驻机构、专项组：嵌入式监督驻在部门、参加联动检查、答复调配和工作提示。")
    reach = "host"
    permissions = frozenset(
        {
            P.ORGANISATION_SEE, P.CALL_ANSWER, P.GUIDANCE_SEE, P.GUIDANCE_SEND, P.EMBEDDED_KEEP, P.CAMPAIGN_SEE,
            P.ORDER_SEE, P.LIST_OPEN, P.VISIT_MAKE, P.RULEBOOK_SEE, P.ROUND_WITNESS,
        }
    )  # fmt: skip


class TownshipSupervisor(Role):
    name = "township"
    label = _("乡镇纪检干部")
    description = _("乡镇一级监督力量：跟踪本乡镇的问题和整改，参加检查组，答复调配和工作提示。")
    reach = "area"
    permissions = frozenset(
        {
            P.ORGANISATION_SEE, P.CALL_ANSWER, P.GUIDANCE_SEE, P.GUIDANCE_SEND, P.CAMPAIGN_SEE, P.SITE_SEE,
            P.ORDER_SEE, P.LIST_OPEN, P.VISIT_MAKE, P.RULEBOOK_SEE, P.ROUND_WITNESS,
        }
    )  # fmt: skip


class VillageSupervisor(Role):
    name = "village"
    label = _("村级监督员")
    description = _("村一级监督力量：跟踪本村的整改，接收工作提示、提出问题。")
    reach = "area"
    permissions = frozenset({P.GUIDANCE_SEE, P.SITE_SEE, P.ORDER_SEE, P.RULEBOOK_SEE})


class IntakeOfficer(Role):
    name = "intake"
    label = _("信访举报干部")
    description = _("信访举报部门：受理、登记、分办、移送和答复群众反映，保管举报密钥。")
    reach = "area"
    permissions = frozenset({P.TIP_HANDLE, P.TIP_INTAKE, P.TIP_CALL, P.TIP_FIGURES})


ROLES: dict[str, type[Role]] = {
    role.name: role
    for role in (
        LeadOfficer, CountyOfficer, TeamLeader, Inspector, UnitOfficer, GroupOfficer, TownshipSupervisor,
        VillageSupervisor, IntakeOfficer,
    )
}  # fmt: skip


@cache
def typed() -> dict[str, str]:
    """Return the word a sheet gives for each role, by code: its Chinese label, in whatever language the page is read."""
    with translation.override("zh-hans"):
        return {name: str(role.label) for name, role in ROLES.items()}


def by_word(text: str) -> str:
    """Return the code of the role that a word in a sheet means, its label or the code itself; "" for none."""
    return text if text in ROLES else next((name for name, label in typed().items() if label == text), "")
