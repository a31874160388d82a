"""Table of contents of the pages."""

from server.views import accounts, checklists, exhibit, grants, members, organizations, today, tokens

routes = [
    *today.routes,
    *accounts.routes,
    *grants.routes,
    *tokens.routes,
    *organizations.routes,
    *members.routes,
    *checklists.routes,
    *exhibit.routes,
]
