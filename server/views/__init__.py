"""Table of contents of the pages."""

from starlette.routing import BaseRoute

from server.views import accounts, checklists, csrf, exhibit, members, organizations, sessions, today

features: list[BaseRoute] = [
    *today.routes,
    *sessions.routes,
    *accounts.routes,
    *organizations.routes,
    *members.routes,
    *checklists.routes,
    *exhibit.routes,
]

routes = [csrf.guarded(route) for route in features]
