"""Commands that run the hub: the web server, and the worker with its timetable."""

import resource
from datetime import datetime
from urllib.parse import urlsplit

import click
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.server import Server

from exchange import jobs
from exchange.cli.opening import as_json, opened, refusals, say
from exchange.config import Settings
from exchange.hub import open_hub

# So many clients may be connected at once; what comes beyond waits in the backlog.
CONNECTIONS = 4_096
FILES_BESIDES = 256
HEAD_WITHIN_S = 30
LARGEST_HEAD_BYTES = 64 * 1024
# Whoever is still being answered when the server is told to stop has so long.
ENDS_WITHIN_S = 10


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
    port = port or urlsplit(settings.url).port or 8400
    serve_target("exchange.app:whole_from_environment", host, port)


def serve_target(target: str, host: str, port: int) -> None:
    """Serve an ASGI application from one worker process, until this process is told to stop.

    Args:
        target: "module:function" that makes the application in the worker process.
        host: the address to listen at.
        port: the port.
    """
    Server(
        target,
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        # One connection is one request at a time: their number bounds what is being received.
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(
            header_read_timeout=HEAD_WITHIN_S * 1000, max_buffer_size=LARGEST_HEAD_BYTES
        ),
        backpressure=connections_allowed(),
        workers_kill_timeout=ENDS_WITHIN_S,
        log_access=False,
        websockets=False,
    ).serve()


def connections_allowed() -> int:
    """Return how many clients may be connected at once, with a file for the body of each.

    Granian has raised the number of files that the process may open as far as it may.
    """
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if files == resource.RLIM_INFINITY:
        return CONNECTIONS
    return max(min(CONNECTIONS, (files - FILES_BESIDES) // 2), 1)


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
