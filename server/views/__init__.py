"""Table of contents of the pages."""

from server.views import accounts, checklists, exhibit, members, organizations, today, trail

routes = [
    *today.routes,
    *accounts.routes,
    *organizations.routes,
    *members.routes,
    *checklists.routes,
    *exhibit.routes,
    *trail.routes,
]
