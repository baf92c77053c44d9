"""A numbered paper with a copy and a signature, and what its constraints refuse: for tests/flow/test_constraints.py."""

from mingcha.flow.rectifications.actions import papers, sheets
from mingcha.flow.rectifications.models import Paper

# constraint → (table, what to write over the rows that stand under it)
WRONG = {
    "paper_withdrawn_with_reason": (Paper, lambda w: {"state": "withdrawn", "withdrawn_reason": ""}),
    "paper_reply_says_something": (Paper, lambda w: {"state": "replied", "reply": ""}),
}


def everything(w, ranks):
    """Issue a paper about 岷县's order with a copy to the township, and register a signature on it."""
    paper = papers.issue(
        [w.minxian.order], kind="hand_over", issuer=w.minxian.office.body, demands="演示：请立即整改。",
        copies=[ranks.township_body], by=w.county, at=w.at,
    )  # fmt: skip
    sheets.sign(paper, party="leader", signed_as="演示组长", by=w.county, at=w.at)
