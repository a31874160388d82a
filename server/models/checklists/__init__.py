"""Checklists: the branches', their items, and what moved those."""

from server.models.checklists.checklist import Checklist, Extension
from server.models.checklists.items import OWED, REASON_LENGTH, REMARK_LENGTH, SUMMARY_LENGTH, ChecklistItem
from server.models.checklists.rules import Coverage, coverage, fits, lacking
from server.models.checklists.transitions import Hand, Transition, approval_of, digest_of, digests_of

__all__ = [
    "OWED",
    "REASON_LENGTH",
    "REMARK_LENGTH",
    "SUMMARY_LENGTH",
    "Checklist",
    "ChecklistItem",
    "Coverage",
    "Extension",
    "Hand",
    "Transition",
    "approval_of",
    "coverage",
    "digest_of",
    "digests_of",
    "fits",
    "lacking",
]
