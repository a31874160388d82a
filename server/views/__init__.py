"""Table of contents of the pages."""

from starlette.routing import BaseRoute

from server.views import (
    accounts,
    checklists,
    csrf,
    cycles,
    evidence,
    exhibit,
    grants,
    members,
    oidc,
    organizations,
    records,
    seals,
    sessions,
    templates,
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
    *templates.routes,
    *checklists.routes,
    *cycles.routes,
    *records.routes,
    *evidence.routes,
    *exhibit.routes,
    *seals.routes,
    *trail.routes,
]

routes = [csrf.guarded(route) for route in features]
