"""The trail, for those who audit: the list, one entry, the checkpoint, taking it out, and what happens now."""

from starlette.routing import Route

from server.views.trail import feed
from server.views.trail.entries import checkpoint, export, index, show

routes = [
    Route("/trail", index),
    Route("/trail/checkpoint", checkpoint),
    Route("/trail/export", export, methods=["POST"]),
    Route("/trail/feed", feed.stream),
    Route("/trail/{id}", show),
]

__all__ = ["feed", "routes"]
