"""
Every change of an order, one file for each side of it; callers use this module: `rectifications.close(order, …)`.

noting     on the spot: finding and order together, and out when the visit ends
answering  the unit signs, plans, reports, answers
judging    another hand samples, sends back, closes; sampling: many like answers by a sample
asking     the unit asks, another hand rules; pauses
ladder     what follows a deadline nobody keeps
linking    one-time links for units without an account
recusing   who must stay away from judging
"""

from mingcha.flow.rectifications.actions.answering import (
    AfterMissing,
    BeforeMissing,
    DocumentMissing,
    MeasuresMissing,
    NotRunning,
    PlanMissing,
    ProgressEmpty,
    ProofMissing,
    TooManyMeasures,
    answer,
    finish_measure,
    plan,
    receive,
    report_progress,
)
from mingcha.flow.rectifications.actions.asking import (
    AlreadyAsked,
    AlreadyPaused,
    AlreadyRuled,
    AskedTooLate,
    GivenTimeNeeded,
    LaterTimeNeeded,
    NothingToAsk,
    NotPaused,
    RefusedOften,
    RulingMissing,
    WhyMissing,
    ask,
    pause,
    resume,
    rule,
)
from mingcha.flow.rectifications.actions.judging import (
    AnsweredAgain,
    DeadlineEarlier,
    RevisitMissing,
    VisitStillOpen,
    close,
    sample,
    send_back,
)
from mingcha.flow.rectifications.actions.linking import (
    LinkNotNeeded,
    LinkTaken,
    NameMissing,
    make_link,
    redeem,
    revoke_link,
)
from mingcha.flow.rectifications.actions.noting import FeedbackMissing, close_visit, note_finding, withdraw_finding
from mingcha.flow.rectifications.actions.recusing import ask_recusal, rule_recusal
from mingcha.flow.rectifications.moving import (
    AlreadyMoved,
    AnotherHandNeeded,
    DeadlineInThePast,
    DeadlineMissing,
    LinkNoLongerGood,
    ReasonMissing,
    Recused,
)

__all__ = [
    "AfterMissing", "AlreadyAsked", "AlreadyMoved", "AlreadyPaused", "AlreadyRuled", "AnotherHandNeeded",
    "AnsweredAgain", "AskedTooLate", "BeforeMissing", "DeadlineEarlier", "DeadlineInThePast", "DeadlineMissing", "DocumentMissing",
    "FeedbackMissing", "GivenTimeNeeded", "LaterTimeNeeded", "LinkNoLongerGood", "LinkNotNeeded", "LinkTaken",
    "MeasuresMissing", "NameMissing", "NotPaused", "NotRunning", "NothingToAsk", "PlanMissing", "ProgressEmpty",
    "ProofMissing", "ReasonMissing", "Recused", "RefusedOften", "RevisitMissing", "RulingMissing", "TooManyMeasures",
    "VisitStillOpen", "WhyMissing", "answer", "ask", "ask_recusal", "close", "close_visit", "finish_measure",
    "make_link", "note_finding", "pause", "plan", "receive", "redeem", "report_progress", "resume", "revoke_link",
    "rule", "rule_recusal", "sample", "send_back", "withdraw_finding",
]  # fmt: skip
