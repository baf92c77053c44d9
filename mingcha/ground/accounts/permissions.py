"""Everything that a post may allow. One list, so that a reader sees the whole."""

from enum import StrEnum


class Permission(StrEnum):
    CAMPAIGN_OPEN = "campaign.open"
    CAMPAIGN_SEE = "campaign.see"
    TEAM_FORM = "team.form"
    FIGURES_ANSWER_FOR = "figures.answer_for"
    SITE_SEE = "site.see"
    SITE_KEEP = "site.keep"
    RULEBOOK_SEE = "rulebook.see"
    RULEBOOK_KEEP = "rulebook.keep"
    ROUND_SEE = "round.see"
    ROUND_HOLD = "round.hold"
    LIST_OPEN = "list.open"
    VISIT_MAKE = "visit.make"
    LEDGER_SEE = "ledger.see"
    LEDGER_EXPORT = "ledger.export"
    ORDER_SEE = "order.see"
    ORDER_ANSWER = "order.answer"
    ORDER_VERIFY = "order.verify"
    BRIEF_SEE = "brief.see"
    BRIEF_DRAW = "brief.draw"
    AUDIT_SEE = "audit.see"
