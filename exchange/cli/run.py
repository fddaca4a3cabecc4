"""Commands that run the hub: the web server."""

from urllib.parse import urlsplit

import click
from granian.constants import Interfaces
from granian.server import Server

from exchange.cli.opening import refusals
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
    """
    settings = Settings.from_environment()
    with refusals():
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
