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


@pytest.fixture(scope="session")
def founded() -> dict[str, Consortium]:
    """Return the demo schemes founded so far, by engine; each test gets a copy of one."""
    return {}


@pytest.fixture
def consortium(
    request: pytest.FixtureRequest,
    engine: str,
    founded: dict[str, Consortium],
    tmp_path_factory: pytest.TempPathFactory,
    tmp_path: Path,
) -> Iterator[Consortium]:
    """Yield a demo scheme with one auditor, three members and two agencies, all active."""
    databases = request.getfixturevalue(f"{engine}_engine")
    if engine not in founded:
        founded[engine] = scheme.consortium(databases.fresh(), tmp_path_factory.mktemp("founded"))
        founded[engine].hub.close()
        founded[engine].hub.scrub()
        founded[engine].hub.close()
    copied = scheme.copy_of(founded[engine], databases.copy, tmp_path)
    yield copied
    copied.hub.close()
    databases.drop(copied.hub.settings.database_url)


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
