"""Orders on a clock in the small world, and a row in each of the clock's tables; made through actions only."""

from datetime import timedelta

from django.db.models import F

from mingcha.flow.rectifications import actions, queries
from mingcha.flow.rectifications.actions import ladder, papers, sampling, sheets
from mingcha.flow.rectifications.models import (
    Measure,
    Paper,
    Pause,
    Progress,
    Rectification,
    Reply,
    Request,
    Review,
    Sampling,
    Step,
    UnitLink,
)
from mingcha.ground.evidence.models import Evidence
from mingcha.kernel.refusals import Refusal
from tests.world import PNG, note

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def now(order) -> Rectification:
    """Return the order as its row stands, the way a page has just loaded it."""
    return queries.of(order.pk)


def asked(order, kind, *, by, at, **more) -> Request:
    """Ask something for a unit, in made-up words."""
    return actions.ask(now(order), kind=kind, reason="演示：停电检修。", by=by, at=at, **more)


def extension(order, *, by, at, days=5) -> Request:
    """Ask for so many days more."""
    return asked(order, "extension", until=now(order).due_at + days * DAY, by=by, at=at)


def ruled(request, granted, *, by, at, **more) -> None:
    actions.rule(request, granted=granted, ruling="演示：裁定。", by=by, at=at, **more)


def answered(order, *, by, at) -> Reply:
    """Answer an order with one picture."""
    return actions.answer(now(order), measures="演示：已整改。", proofs=[("后.png", PNG)], by=by, at=at)


def sent_back(order, *, by, at, **more) -> None:
    actions.send_back(now(order), reason="演示：看不清。", by=by, at=at, **more)


def like(world, count) -> list[Rectification]:
    """Issue so many orders of one rule to the unit of 岷县 at once, at most eight, and answer them an hour later."""
    visit = world.minxian.open
    found = [note(visit, world.edition, world.minxian.office, way="by_deadline", at=world.at) for _ in range(count)]
    actions.close_visit(visit, outcome="done", by=world.leader, at=world.at)
    orders = [queries.of_finding(finding) for finding in found]
    for order in orders:
        answered(order, by=world.unit, at=world.at + HOUR)
    return [now(order) for order in orders]


def taken(order) -> list[str]:
    """Return the acts of the steps taken, oldest first."""
    return [step.act for step in order.steps.order_by("taken_at", "pk")]


def tried(act) -> bool:
    """Whether an act was taken rather than refused."""
    try:
        act()
    except Refusal:
        return False
    return True


def everything(world) -> None:
    """Put a row into each table of the clock: orders of two offices, at different points."""
    order, beside, neighbours = world.minxian.order, world.beside.order, world.zhangxian.order
    token = actions.make_link(order, by=world.county, at=world.at)
    actions.redeem(token, signed_as="演示店长", at=world.at)
    actions.make_link(neighbours, by=world.neighbour, at=world.at)
    actions.plan(order, measures=[("演示：排班", world.at.date())], today=world.at.date(), by=world.unit, at=world.at)
    actions.report_progress(order, text="演示：已排班。", by=world.unit, at=world.at)
    extension(order, by=world.unit, at=world.at)
    asked(order, "objection", by=world.unit, at=world.at)
    actions.pause(beside, reason="演示：封控", by=world.county, at=world.at)
    actions.pause(neighbours, reason="演示：封控", by=world.neighbour, at=world.at)
    ladder.climb(at=order.due_at)
    orders = like(world, 6)
    drawn = sampling.begin(orders, office=world.minxian.office.body, size=3, by=world.county, at=world.at + DAY)
    for row in drawn.orders.filter(chosen=True):
        actions.close(now(row.rectification), sampling=drawn, by=world.county, at=world.at + DAY)
    sampling.settle(drawn, by=world.county, at=world.at + DAY)
    office = world.minxian.office.body
    paper = papers.issue(
        [order], kind="hand_over", issuer=office, demands="演示：请补齐值守。", prefix="演示",
        copies=[world.city.office.body], by=world.county, at=world.at,
    )  # fmt: skip
    sheets.sign(paper, party="manager", signed_as="演示店长", by=world.county, at=world.at)


# constraint → (table, what to write over the rows that stand under it)
WRONG = {
    "evidence_from_someone": (Evidence, lambda w: {"received_from": None}),
    "redeemed_by_someone": (UnitLink, lambda w: {"redeemed_at": None, "signed_as": "演示"}),
    "one_live_link_an_order": (UnitLink, lambda w: {"rectification": w.minxian.order}),
    "reply_said_by_one": (Reply, lambda w: {"by": None}),
    "measure_said_by_one": (Measure, lambda w: {"by": None}),
    "progress_said_by_one": (Progress, lambda w: {"by": None}),
    "request_said_by_one": (Request, lambda w: {"by": None}),
    "one_request_pending": (Request, lambda w: {"kind": "objection", "until": None}),
    "request_ruled_by_someone": (Request, lambda w: {"state": "granted"}),
    "ruled_by_another_hand": (
        Request,
        lambda w: {"state": "refused", "ruled_by": F("by"), "ruled_at": w.at},
    ),
    "extension_names_a_time": (Request, lambda w: {"until": w.at, "kind": "cannot_do"}),
    "one_pause_at_a_time": (Pause, lambda w: {"rectification": w.minxian.order}),
    "pause_in_order": (Pause, lambda w: {"until": w.at - 99 * DAY}),
    "step_never_early": (Step, lambda w: {"taken_at": F("due_at") - HOUR}),
    "sampling_settled_with_result": (Sampling, lambda w: {"settled_at": w.at, "passed": None}),
    "review_names_what_was_looked_at": (Review, lambda w: {"how": "revisit", "visit": None}),
    "paper_withdrawn_with_reason": (Paper, lambda w: {"state": "withdrawn", "withdrawn_reason": ""}),
    "paper_reply_says_something": (Paper, lambda w: {"state": "replied", "reply": ""}),
}
