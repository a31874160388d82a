"""Table of contents of the pages."""

from starlette.routing import BaseRoute

from server.views import (
    accounts,
    checklists,
    csrf,
    evidence,
    exhibit,
    grants,
    members,
    oidc,
    organizations,
    records,
    seals,
    sessions,
    today,
    tokens,
    trail,
)

features: list[BaseRoute] = [
    *today.routes,
    *sessions.routes,
    *oidc.routes,
    *accounts.routes,
    *grants.routes,
    *tokens.routes,
    *organizations.routes,
    *members.routes,
    *checklists.routes,
    *records.routes,
    *evidence.routes,
    *exhibit.routes,
    *seals.routes,
    *trail.routes,
]

routes = [csrf.guarded(route) for route in features]
