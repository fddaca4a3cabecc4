"""The web application: the exchange behind its headers, languages, refusals, figures and doors."""

from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread
from time import monotonic
from typing import Final

import structlog
from flask import Flask
from flask_bootstrap import Bootstrap5
from werkzeug.middleware.proxy_fix import ProxyFix

from exchange import logs
from exchange.config import Settings
from exchange.faults import Turns
from exchange.hub import Hub, open_hub
from exchange.web import openapi
from exchange.web.auditors.ledger_files import serve_public_files
from exchange.web.http import (
    assets,
    headers,
    languages,
    limits,
    metrics,
    parsing,
    portal,
    problems,
    requests_log,
    wiring,
)
from exchange.web.http.gateway import WholeRequests

WEB: Final = Path(__file__).parent / "web"
LEDGER_PACE_S: Final = 1.0
LEDGER_STRIDE_S: Final = 0.2
LEDGER_IDLE_S: Final = 5.0


def create_app(hub: Hub) -> Flask:
    """Return the application of a hub, all doors open."""
    app = Flask(
        "exchange",
        template_folder=str(WEB / "templates"),
        static_folder=str(WEB / "static"),
        static_url_path="/static",
    )
    https = hub.scheme.web_origin.startswith("https://")
    app.config.update(
        BOOTSTRAP_SERVE_LOCAL=True,
    )
    if hub.settings.trusted_proxies:
        count = hub.settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count)  # type: ignore[method-assign]
    app.json.ensure_ascii = False  # type: ignore[attr-defined]  # of the default provider
    requests_log.keep_log(app)
    counted = metrics.measure(app)
    headers.guard(app, https=https)
    languages.speak(app)
    limits.bound(app)
    problems.refuse_in_words(app)
    parsing.refuse_nul(app)
    Bootstrap5(app)
    portal.furnish(app, secret=hub.keyring.derive("web/session"), https=https)
    wiring.wire(app, hub, counted)
    openapi.open_doors(app)
    assets.serve(app)
    serve_public_files(app, hub, counted, https=https)
    return app


def from_environment() -> Flask:
    """Return the application of the settings in the environment, its ledger being written."""
    logs.write_json_lines()
    hub = open_hub(Settings.from_environment())
    # Whoever was erased just before a crash is still readable in SQLite's log until now.
    hub.scrub()
    keep_sequencing(hub)
    return create_app(hub)


def whole_from_environment() -> WholeRequests:
    """Return the same for an ASGI server: threads meet requests that were received whole."""
    return WholeRequests(from_environment())


def keep_sequencing(hub: Hub) -> Event:
    """Put attestations into the ledger soon after they are taken, until the event is set.

    Where there are witnesses, they are asked and checkpoints are published in a second thread,
    so that a slow witness never keeps an attestation from its place.

    Returns:
        The event that ends it.
    """
    stopped = Event()
    does = hub.sequence if hub.witnesses is None else hub.sign
    _keep(stopped, "ledger", hub.written, does, pace_s=LEDGER_PACE_S, meanwhile=hub.drain)
    if hub.witnesses is not None:
        # It looks at the clock by itself too: for who was silent, and who is to be asked again.
        _keep(stopped, "publishing", hub.signed, hub.publish)
    return stopped


def _keep(
    stopped: Event,
    name: str,
    woken: Event,
    does: Callable[[], object],
    *,
    pace_s: float = 0,
    meanwhile: Callable[[], object] | None = None,
) -> None:
    """Do something in a thread whenever it is woken, and now and then unasked.

    Args:
        pace_s: how long from the beginning of one turn to the next, at least.
        meanwhile: what is done now and then between two turns if it was woken.
    """
    log = structlog.get_logger("exchange.ledger")
    turns, between = Turns(log.bind(turn=name)), Turns(log.bind(turn=f"{name}, between two"))

    def attempt(do: Callable[[], object], turns: Turns) -> None:
        try:
            do()
        except Exception as error:  # noqa: BLE001 - the next round tries again; the log tells
            turns.failed(error)
        else:
            turns.went_well()

    def turn() -> None:
        while not stopped.is_set():
            woken.wait(timeout=LEDGER_IDLE_S)
            woken.clear()
            next_at = monotonic() + pace_s
            attempt(does, turns)
            while (left := next_at - monotonic()) > 0:
                if stopped.wait(min(left, LEDGER_STRIDE_S)):
                    return
                if meanwhile is not None and woken.is_set():
                    attempt(meanwhile, between)

    Thread(target=turn, name=name, daemon=True).start()
