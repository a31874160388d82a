"""Cycles: the list, one with its branches, opening, joining."""

from starlette.routing import Route

from server.views.cycles import joining, opening, show

FORM = ["GET", "POST"]

routes = [
    Route("/cycles", show.index, name="cycles.index"),
    Route("/cycles/new", opening.new, methods=FORM, name="cycles.new"),
    Route("/cycles/{id}", show.show, name="cycles.show"),
    Route("/cycles/{id}/join", joining.join, methods=FORM, name="cycles.join"),
]
