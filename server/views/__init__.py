"""Table of contents of the pages."""

from server.views import accounts, checklists, exhibit, members, organizations, seals, today, trail

routes = [
    *today.routes,
    *accounts.routes,
    *organizations.routes,
    *members.routes,
    *checklists.routes,
    *exhibit.routes,
    *seals.routes,
    *trail.routes,
]
