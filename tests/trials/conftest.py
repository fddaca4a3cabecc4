"""A demo scheme at an address of this machine, whose hub runs as a process of its own."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from exchange.app import create_app
from exchange.hub import Hub, open_hub
from hatch_build import compile_catalogues
from tests.story import api, scheme
from tests.story.api import Caller
from tests.story.auditing import Desk, Said
from tests.story.machine import Machine, free_port
from tests.story.scheme import Consortium, Organization

CHECKOUT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A scheme, the machine of its hub, and a way to ask it over the network.

    Attributes:
        folder: where keys, log and copies stand.
    """

    consortium: Consortium
    machine: Machine
    http: httpx.Client
    folder: Path

    @property
    def hub(self) -> Hub:
        """The same hub as this process opens it: to prepare a trial, and to look afterwards."""
        return self.consortium.hub

    def client_of(self, organization: Organization) -> Caller:
        """Return an organization's own system."""
        return Caller(organization=organization, hub=self.hub, http=self.http)

    @contextmanager
    def started_again(self) -> Iterator[httpx.Client]:
        """Lend a way to ask the hub, opened anew from what its machine has kept."""
        hub = open_hub(self.hub.settings)
        with api.visitor(create_app(hub)) as visitor:
            yield visitor
        hub.close()

    def audit(self) -> Said:
        """Let the auditor verify a copy of the whole ledger with a new pack; it must be sound."""
        desk = Desk.of(self.consortium, self.folder / "kansa")
        desk.receive()
        said = desk.offline()
        assert said.code == 0, (said.report, said.errors)
        return said


@pytest.fixture(scope="session")
def translated() -> None:
    """Compile the words of the pages."""
    for _ in compile_catalogues(CHECKOUT, "exchange/web/translations/*/LC_MESSAGES/*.po"):
        pass


@pytest.fixture
def make_scene(translated: None, tmp_path: Path) -> Iterator[Callable[[str], Scene]]:
    """Return what opens a scheme in a database; everything is closed at the end."""
    opened: list[Scene] = []

    def make(database_url: str) -> Scene:
        url = f"http://localhost:{free_port()}"
        consortium = scheme.consortium(database_url, tmp_path, url=url)
        scene = Scene(
            consortium=consortium,
            machine=Machine(settings=consortium.hub.settings, log=tmp_path / "hub.log"),
            http=httpx.Client(base_url=url, headers={"Accept-Language": "en"}, timeout=60),
            folder=tmp_path,
        )
        opened.append(scene)
        return scene

    yield make
    for scene in opened:
        scene.http.close()
        scene.hub.close()


@pytest.fixture
def scene(database_url: str, make_scene: Callable[[str], Scene]) -> Scene:
    """Return a scheme on each of the databases."""
    return make_scene(database_url)
