"""What a door finds in the app that it stands in: the exchange, its cursors, keys and figures."""

from dataclasses import dataclass
from typing import Final

from flask import Flask, current_app

from exchange.hub import Hub
from exchange.web.http.form_keys import FormKeys
from exchange.web.http.languages import language
from exchange.web.http.metrics import Metrics
from exchange.web.http.paging import Cursors

NAME: Final = "hub"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wiring:
    """What the app was made with, for the doors."""

    hub: Hub
    cursors: Cursors
    form_keys: FormKeys
    metrics: Metrics


def wire(app: Flask, hub: Hub, metrics: Metrics) -> None:
    """Hand the exchange to the doors of an app."""
    app.extensions[NAME] = Wiring(
        hub=hub,
        cursors=Cursors(secret=hub.keyring.derive("web/cursors")),
        form_keys=FormKeys(secret=hub.keyring.derive("web/forms")),
        metrics=metrics,
    )
    app.context_processor(lambda: {"scheme_name": scheme_name(hub)})


def scheme_name(hub: Hub) -> str:
    """Return what people call the scheme, in the reader's language."""
    return hub.scheme.name if language() == "ja" else hub.scheme.name_en


def wiring() -> Wiring:
    """Return what the app at hand was made with."""
    found: Wiring = current_app.extensions[NAME]
    return found


def hub() -> Hub:
    """Return the exchange behind the app at hand."""
    return wiring().hub


def cursors() -> Cursors:
    """Return what makes the cursors of listings."""
    return wiring().cursors


def form_keys() -> FormKeys:
    """Return what makes and checks the keys of forms without a cookie."""
    return wiring().form_keys
