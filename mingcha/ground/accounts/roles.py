"""
Roles as readable classes: a name, what it is for, how far it reaches, what it allows.

Reach: `area` — every place under the post's division code; `team` — the outings of one's own teams;
`body` — what one's own body answers for.
"""

from typing import ClassVar

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
            P.CAMPAIGN_OPEN, P.CAMPAIGN_SEE, P.TEAM_FORM, P.FIGURES_ANSWER_FOR, P.SITE_SEE, P.SITE_KEEP,
            P.RULEBOOK_SEE, P.RULEBOOK_KEEP, P.ROUND_SEE, P.ROUND_HOLD, P.LEDGER_SEE, P.LEDGER_EXPORT,
            P.ORDER_SEE, P.ORDER_VERIFY, P.BRIEF_SEE, P.BRIEF_DRAW, P.AUDIT_SEE,
        }
    )  # fmt: skip


class CountyOfficer(Role):
    name = "county"
    label = _("县区机关干部")
    description = _("县区纪委监委：维护点位、组成检查组、抽签、交办、核验。")
    reach = "area"
    permissions = frozenset(
        {
            P.CAMPAIGN_SEE, P.TEAM_FORM, P.FIGURES_ANSWER_FOR, P.SITE_SEE, P.SITE_KEEP, P.RULEBOOK_SEE,
            P.RULEBOOK_KEEP, P.ROUND_SEE, P.ROUND_HOLD, P.LEDGER_SEE, P.LEDGER_EXPORT, P.ORDER_SEE,
            P.ORDER_VERIFY, P.BRIEF_SEE, P.BRIEF_DRAW, P.AUDIT_SEE,
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


ROLES: dict[str, type[Role]] = {r.name: r for r in (LeadOfficer, CountyOfficer, TeamLeader, Inspector, UnitOfficer)}
