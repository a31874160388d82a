"""Templates at the places that the actor reaches, their versions, and what those amount to."""

from server.queries.templates.reckoning import (
    Reckoning,
    branches_of,
    budget_of,
    elsewhere,
    reckon,
    usual_sector,
)
from server.queries.templates.rows import (
    ORDER,
    all_of,
    find,
    find_by_code,
    find_model,
    find_version,
    matching,
    models_for,
    newest_of,
    versions_of,
    versions_of_all,
)
from server.queries.templates.wordings import Side, between, sides, wording, wordings

__all__ = [
    "ORDER",
    "Reckoning",
    "Side",
    "all_of",
    "between",
    "branches_of",
    "budget_of",
    "elsewhere",
    "find",
    "find_by_code",
    "find_model",
    "find_version",
    "matching",
    "models_for",
    "newest_of",
    "reckon",
    "sides",
    "usual_sector",
    "versions_of",
    "versions_of_all",
    "wording",
    "wordings",
]
