"""Pages about people: rosters, and one person."""

from server.views.members import persons, rosters

routes = [*rosters.routes, *persons.routes]
