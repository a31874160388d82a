"""What is done with evidence: files, links and records are added to items, and taken off again for a reason."""

from server.operations.evidence.adding import cite, link
from server.operations.evidence.drafts import Attach, Cite, Link, Remove
from server.operations.evidence.files import MOST_FILES, Attached, Sent, attach
from server.operations.evidence.removing import remove

__all__ = ["MOST_FILES", "Attach", "Attached", "Cite", "Link", "Remove", "Sent", "attach", "cite", "link", "remove"]
