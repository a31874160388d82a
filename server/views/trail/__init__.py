"""The trail, for those who audit: the list, one entry, the checkpoint, taking it out, and what happens now."""

from starlette.routing import Route

from server.views.trail.entries import checkpoint, export, index, show
from server.views.trail.feed import feed

routes = [
    Route("/trail", index),
    Route("/trail/checkpoint", checkpoint),
    Route("/trail/export", export, methods=["POST"]),
    Route("/trail/feed", feed),
    Route("/trail/{id}", show),
]
