"""A scheme for every test that asks for one, on each database."""

from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from flask import Flask

from exchange.app import create_app
from exchange.hub import Hub
from hatch_build import compile_catalogues
from tests.story import api, scheme
from tests.story.api import Caller
from tests.story.scheme import Consortium, Organization

CHECKOUT = Path(__file__).resolve().parents[2]


@pytest.fixture
def consortium(database_url: str, tmp_path: Path) -> Iterator[Consortium]:
    """Yield a demo scheme with one auditor, three members and two agencies, all active."""
    opened = scheme.consortium(database_url, tmp_path)
    yield opened
    opened.hub.close()


@pytest.fixture
def hub(consortium: Consortium) -> Hub:
    """Return the hub of the demo scheme."""
    return consortium.hub


@pytest.fixture
def empty_hub(database_url: str, tmp_path: Path) -> Iterator[Hub]:
    """Yield the hub of a scheme that nobody but its office belongs to."""
    opened = scheme.open_demo(database_url, tmp_path)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def translated() -> None:
    """Compile the words of the pages, so that they say what their source says."""
    for _ in compile_catalogues(CHECKOUT, "exchange/web/translations/*/LC_MESSAGES/*.po"):
        pass


@pytest.fixture
def app(hub: Hub, translated: None) -> Flask:
    """Return the real application of the hub."""
    return create_app(hub)


@pytest.fixture
def visitor(app: Flask) -> Iterator[httpx.Client]:
    """Yield a client that reads English and has no rights."""
    with api.visitor(app) as client:
        yield client


@pytest.fixture
def client_of(app: Flask, hub: Hub) -> Callable[[Organization], Caller]:
    """Return what makes the API client of an organization."""

    def make(organization: Organization) -> Caller:
        return Caller(organization=organization, hub=hub, http=api.visitor(app))

    return make
