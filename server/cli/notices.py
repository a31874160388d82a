"""`qiangji notices …`: the daily mail, for whoever lets cron send it."""

import typer

from server.cli.running import explained, on_database
from server.settings import BadSettings, load

app = typer.Typer(no_args_is_help=True, help="The daily mail.")


@app.callback()
def notices() -> None:
    """The daily mail."""


@app.command("send")
def send_notices() -> None:
    """Send the daily mail that is due, as the server does each minute; never more than one a day to anybody."""
    from server.operations import notices as operations

    async def work() -> str:
        found = await operations.send_digests()
        return f"{found.sent} sent, {found.failed} failed, {found.quiet} with nothing to be told"

    with explained():
        if not load().sends_mail:
            raise BadSettings("QIANGJI_SMTP_URL: nothing is sent without it. Remedy: name the mail server.")
    on_database(work)
