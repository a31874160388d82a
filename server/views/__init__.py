"""Table of contents of the pages."""

from server.views import accounts, checklists, exhibit, members, organizations, sessions, today

routes = [
    *today.routes,
    *sessions.routes,
    *accounts.routes,
    *organizations.routes,
    *members.routes,
    *checklists.routes,
    *exhibit.routes,
]
