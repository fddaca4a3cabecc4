"""The client `relay` of an organization, its own folder and keys, its requests led to an app."""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click.testing
import httpx
import structlog
from flask import Flask

from career_relay import keys
from career_relay.application import Application
from career_relay.assets import applications, receptions, referrals, releases
from career_relay.assets.receptions import Reception
from career_relay.assets.referrals import Referral
from career_relay.assets.releases import Release
from career_relay.assets.store import open_store
from career_relay.cli import main
from career_relay.clock import read_clock
from career_relay.config import RelayConfig, read_config
from career_relay.imports.verdicts import Row
from exchange.hub import Hub
from relay_protocol import jwk
from tests.story.scheme import Organization


class Wire(httpx.BaseTransport):
    """Carries requests to an app in this process, or else over the network; keeps every byte."""

    def __init__(self, app: Flask | None, *, is_patient: bool = False) -> None:
        self.requests: list[httpx.Request] = []
        self.is_patient = is_patient
        self._carrier: httpx.BaseTransport = (
            httpx.HTTPTransport() if app is None else httpx.WSGITransport(app=app)
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Carry one request; what the app logs does not soil what the client says."""
        request.read()
        self.requests.append(request)
        if not self.is_patient:
            # Nobody sequences meanwhile: the hub would wait in vain.
            request.headers.pop("Prefer", None)
        with structlog.testing.capture_logs():
            return self._carrier.handle_request(request)

    def close(self) -> None:
        """Give connections back; the next request opens new ones."""
        self._carrier.close()

    def bytes_sent(self) -> bytes:
        """Return what went over the wire: request lines, headers and bodies."""
        parts = []
        for request in self.requests:
            parts += [request.method.encode(), str(request.url).encode()]
            parts += [name + b": " + value for name, value in request.headers.raw]
            parts.append(request.content)
        return b"\n".join(parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a command has said, and how it ended."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, object]:
        """The JSON object that --json gave."""
        document = json.loads(self.out)
        assert isinstance(document, dict)
        return document


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """An organization's folder with relay.toml and keys, and the wire to its hub."""

    folder: Path
    wire: Wire

    @property
    def config(self) -> RelayConfig:
        """What its relay.toml says."""
        return read_config(self.folder / "relay.toml")

    def run(self, *arguments: str, answer: str = "") -> Said:
        """Run `relay` with arguments, in this folder; `answer` is what is typed."""
        result = click.testing.CliRunner().invoke(
            main,
            ["--config", str(self.folder / "relay.toml"), *arguments],
            obj=self.wire,
            input=answer,
        )
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Said(code=result.exit_code, out=result.stdout, err=result.stderr)

    def json(self, *arguments: str) -> dict[str, object]:
        """Run `relay` with --json, which must go well, and return what it gives."""
        said = self.run("--json", *arguments)
        assert said.code == 0, said.err + said.out
        return said.document

    def fingerprint(self) -> str:
        """Return the `kid` of the signing key that it uses."""
        return jwk.kid_of(keys.load_signing_key(self.config.signing_key).public_key())

    def referral(self, referral: str) -> Referral:
        """Return a referral as its store holds it."""
        with self._rows() as rows:
            found = referrals.find(rows, referral)
        assert found is not None
        return found

    def releases(self) -> list[Release]:
        """Return its records of provision."""
        with self._rows() as rows:
            return list(releases.every(rows))

    def receptions(self) -> list[Reception]:
        """Return its records of receipt."""
        with self._rows() as rows:
            return list(receptions.every(rows))

    @contextmanager
    def _rows(self) -> Iterator[sqlite3.Connection]:
        with open_store(self.config.store) as store, store.reading() as rows:
            yield rows

    def keep(self, *people: Application) -> None:
        """Put applications into the asset store, as an import does."""
        config = self.config
        rows = [Row(row=number, application=one) for number, one in enumerate(people, start=2)]
        with open_store(config.store) as store, store.transaction() as connection:
            applications.keep(connection, "people.csv", rows, at=read_clock(config.clock))


def the_one(document: Mapping[str, object], name: str) -> dict[str, object]:
    """Return the only item of a list in a document."""
    items = document[name]
    assert isinstance(items, list)
    (item,) = items
    assert isinstance(item, dict)
    return item


def client_of(hub: Hub, app: Flask | None, organization: Organization, folder: Path) -> Client:
    """Return the client of an organization that is admitted, its keys and settings in a folder.

    Args:
        app: the app in this process that it asks; the hub at its own address where there is none.
    """
    folder.mkdir(parents=True)
    keys.keep(organization.signing, folder / "sign.pem")
    keys.keep(organization.sealing, folder / "seal.pem")
    clock = hub.settings.clock
    assert clock is not None
    if not clock.exists():
        clock.write_text("0", encoding="ascii")
    settings = {
        "hub": hub.scheme.web_origin,
        "slug": organization.slug,
        "role": organization.role,
        "signing_key": "sign.pem",
        "sealing_key": "seal.pem",
        "store": "assets.db",
        "letters": "letters",
        "clock": str(clock),
    }
    company = {
        "name": f"株式会社{organization.slug}",
        "name_en": f"{organization.slug} Inc.",
        "contact": f"saiyo@{organization.slug}.example.jp",
        "sender": f"saiyo@{organization.slug}.example.jp",
    }
    (folder / "relay.toml").write_text(
        "\n".join([*_lines(settings), "[company]", *_lines(company), ""]), encoding="utf-8"
    )
    return Client(folder=folder, wire=Wire(app))


def _lines(settings: Mapping[str, str]) -> list[str]:
    # A JSON string is also a basic string of TOML.
    return [f"{name} = {json.dumps(text)}" for name, text in settings.items()]
