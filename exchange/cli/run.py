"""Commands that run the hub: the web server, and the worker with its timetable."""

from datetime import datetime
from urllib.parse import urlsplit

import click
from granian.constants import Interfaces
from granian.server import Server

from exchange import jobs
from exchange.cli.opening import as_json, opened, refusals, say
from exchange.config import Settings
from exchange.hub import open_hub

THREADS = 8


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at.")
@click.option("--port", type=int, default=None, help="Port; that of EXCHANGE_URL unless given.")
def serve(host: str, port: int | None) -> None:
    """Serve the pages, the API and the ledger until it is stopped.

    Behind a proxy, set EXCHANGE_URL to the address that people see: tokens and passkeys are
    made for it.

    \b
    Example, behind a proxy:
      EXCHANGE_URL=https://hub.example.jp exchange serve --port 8400
    """
    with refusals():
        settings = Settings.from_environment()
        open_hub(settings).close()
    Server(
        "exchange.app:from_environment",
        address=host,
        port=port or urlsplit(settings.url).port or 8400,
        interface=Interfaces.WSGI,
        factory=True,
        blocking_threads=THREADS,
        log_access=False,
        websockets=False,
    ).serve()


@click.command()
@click.option("--once", is_flag=True, help="Do one round of all that is due, and end.")
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    help="With --once: settle only months that were over by this day.",
)
@as_json
def worker(*, once: bool, as_of: datetime | None, as_json: bool) -> None:
    """Do what comes due: end claims and consents, list profiles, settle months.

    Run it as one process of its own beside `exchange serve`. Every round asks the database what
    is due, so that a missed round heals by itself and one too many does nothing.

    \b
    Examples, for trials and after a failure:
      exchange worker --once
      exchange worker --once --as-of 2027-01-31
    """
    if as_of is not None and not once:
        message = "--as-of goes with --once"
        raise click.UsageError(message)
    with opened() as hub:
        if not once:
            jobs.run_for_ever(hub)
            return
        done = jobs.run_once(hub, None if as_of is None else as_of.date())
    lines = [f"{count:>6}  {name}" for name, count in done.items()]
    say("\n".join(lines), done, as_json=as_json)
