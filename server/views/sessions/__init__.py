"""The door, and what people do with their own account."""

from server.views.sessions import account, door

routes = [*door.routes, *account.routes]
