"""Tables of the room, one file for each question: what is owed, what moves its clock, which papers went out, who judged."""

from mingcha.flow.rectifications.models.clock import Pause, Request
from mingcha.flow.rectifications.models.imported import ImportedRow, LedgerImport, LedgerMapping
from mingcha.flow.rectifications.models.judged import Review, Sampled, Sampling, Step, Verdict
from mingcha.flow.rectifications.models.orders import (
    Measure,
    Progress,
    ProgressFile,
    Proof,
    Rectification,
    Reply,
    Said,
    UnitLink,
)
from mingcha.flow.rectifications.models.papers import Paper, PaperCopy, PaperOrder, PaperSignature

__all__ = [
    "ImportedRow",
    "LedgerImport",
    "LedgerMapping",
    "Measure",
    "Paper",
    "PaperCopy",
    "PaperOrder",
    "PaperSignature",
    "Pause",
    "Progress",
    "ProgressFile",
    "Proof",
    "Rectification",
    "Reply",
    "Request",
    "Review",
    "Said",
    "Sampled",
    "Sampling",
    "Step",
    "UnitLink",
    "Verdict",
]
