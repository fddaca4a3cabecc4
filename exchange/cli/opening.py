"""How every command opens the hub, speaks, and fails in plain words."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import ParamSpec, TypeVar

import click

from exchange.config import SettingError, Settings
from exchange.domain.errors import ExchangeError
from exchange.hub import Hub, HubError, open_hub
from exchange.services.checkpoints import OlderDatabaseError
from exchange.store.columns import Json
from exchange.vault.keyring import KeyringError
from relay_protocol.errors import ProtocolError

Given = ParamSpec("Given")
Returned = TypeVar("Returned")

as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
"""The option that every command has for programs."""


@contextmanager
def opened() -> Iterator[Hub]:
    """Open the hub of the environment; whatever was attested is sequenced at the end."""
    with refusals():
        hub = open_hub(Settings.from_environment())
        try:
            yield hub
            hub.sequence()
        finally:
            hub.close()


@contextmanager
def refusals() -> Iterator[None]:
    """Turn a refusal into one sentence on standard error and exit code 1."""
    try:
        yield
    except ExchangeError as error:
        place = f"{error.field}: " if error.field else ""
        mend = f"\n  To mend it: {error.mend}" if error.mend else ""
        click.echo(f"Refused. {place}{error.detail}{mend}", err=True)
        sys.exit(1)
    except (HubError, KeyringError, OlderDatabaseError, ProtocolError, SettingError) as error:
        click.echo(f"Refused. {error}", err=True)
        sys.exit(1)


def say(text: str, document: Json, *, as_json: bool) -> None:
    """Print a sentence for people, or the same as one JSON object for programs."""
    click.echo(json.dumps(document, ensure_ascii=False, sort_keys=True) if as_json else text)
