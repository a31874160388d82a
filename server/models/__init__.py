"""Table of contents of the database."""

TABLES = [
    "server.models.organizations",
    "server.models.members",
    "server.models.templates",
    "server.models.cycles",
    "server.models.checklists",
    "server.models.records",
    "server.models.evidence",
    "server.models.accounts",
    "server.models.grants",
    "server.models.sessions",
    "server.models.tokens",
    "server.models.seals",
    "server.models.trail",
    "server.models.notices",
]
