"""Table of contents of the pages."""

from server.views import accounts, exhibit, members, organizations

routes = [*accounts.routes, *organizations.routes, *members.routes, *exhibit.routes]
