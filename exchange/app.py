"""The web application: the exchange behind its headers, languages, refusals, figures and doors."""

from pathlib import Path
from threading import Event, Thread
from typing import Final

import structlog
from flask import Flask
from flask_bootstrap import Bootstrap5
from werkzeug.middleware.proxy_fix import ProxyFix

from exchange.config import Settings
from exchange.hub import Hub, open_hub
from exchange.web import openapi
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

WEB: Final = Path(__file__).parent / "web"
LEDGER_PACE_S: Final = 1.0
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
    return app


def from_environment() -> Flask:
    """Return the application of the settings in the environment, its ledger being written."""
    requests_log.write_json_lines()
    hub = open_hub(Settings.from_environment())
    # Whoever was erased just before a crash is still readable in SQLite's log until now.
    hub.scrub()
    keep_sequencing(hub)
    return create_app(hub)


def keep_sequencing(hub: Hub) -> Event:
    """Put attestations into the ledger soon after they are taken, until the event is set.

    Returns:
        The event that ends it.
    """
    stopped = Event()

    def sequence() -> None:
        log = structlog.get_logger("exchange.ledger")
        while not stopped.is_set():
            hub.written.wait(timeout=LEDGER_IDLE_S)
            hub.written.clear()
            try:
                hub.sequence()
            except Exception as error:  # noqa: BLE001 - the next round tries again; the log tells
                log.warning("sequencing failed", error=type(error).__qualname__)
            stopped.wait(LEDGER_PACE_S)

    Thread(target=sequence, name="ledger", daemon=True).start()
    return stopped
