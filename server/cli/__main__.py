"""`python -m server.cli …`."""

from server.cli import app

app()
