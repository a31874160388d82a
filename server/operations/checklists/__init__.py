"""What is done with checklists: filled in, reviewed, reopened, extended, accepted."""

from server.operations.checklists.drafts import Accept, Declare, Extend, Fill, Reopen, Review, Together, Withdraw
from server.operations.checklists.items import declare, reopen, save, submit, withdraw
from server.operations.checklists.reviews import approve_together, review
from server.operations.checklists.whole import accept, extend

__all__ = [
    "Accept",
    "Declare",
    "Extend",
    "Fill",
    "Reopen",
    "Review",
    "Together",
    "Withdraw",
    "accept",
    "approve_together",
    "declare",
    "extend",
    "reopen",
    "review",
    "save",
    "submit",
    "withdraw",
]
