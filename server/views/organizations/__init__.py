"""The tree, one organization, and the acts on it."""

from starlette.routing import Route

from server.views.organizations import acts, one, tree

FORM = ["GET", "POST"]

routes = [
    Route("/organizations", tree.index),
    Route("/organizations/new", acts.establish, methods=FORM),
    Route("/organizations/{code}", one.show),
    Route("/organizations/{code}/below", tree.below),
    Route("/organizations/{code}/rename", acts.rename, methods=FORM),
    Route("/organizations/{code}/move", acts.move, methods=FORM),
    Route("/organizations/{code}/dissolve", acts.dissolve, methods=FORM),
    Route("/organizations/{code}/budget", acts.budget, methods=FORM),
]
