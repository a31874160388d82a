"""Templates: the list, one in its versions, what two versions differ in, and the acts."""

from starlette.routing import Route

from server.views.templates import acts, editing, reading

FORM = ["GET", "POST"]

routes = [
    Route("/templates", reading.index),
    Route("/templates/new", acts.draft, methods=FORM),
    Route("/templates/{id}", reading.show),
    Route("/templates/{id}/revise", acts.revise, methods=FORM),
    Route("/template-versions/{id}/edit", editing.edit, methods=FORM),
    Route("/template-versions/{id}/publish", acts.publish, methods=FORM),
    Route("/template-versions/{id}/retire", acts.retire, methods=FORM),
    Route("/template-versions/{id}/diff", reading.diff),
]
