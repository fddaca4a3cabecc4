"""The office runs a round of all that is due, and picks the months that it settles."""

import json
import resource
import shutil
import socket
import subprocess
import sys

import pytest
from click.testing import CliRunner, Result

from exchange.cli import main
from exchange.hub import Hub
from relay_protocol.rules import last_day, next_period
from tests.story import books


@pytest.fixture
def engine() -> str:
    """Ask one engine only: how commands are read does not depend on it."""
    return "sqlite"


@pytest.fixture
def office(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> Hub:
    """Return the hub that commands open."""
    settings = hub.settings
    monkeypatch.setenv("DATABASE_URL", settings.database_url)
    monkeypatch.setenv("EXCHANGE_KEYS", str(settings.keys))
    monkeypatch.setenv("EXCHANGE_STATE", str(settings.state))
    monkeypatch.setenv("EXCHANGE_URL", settings.url)
    monkeypatch.setenv("EXCHANGE_CLOCK", str(settings.clock))
    return hub


def worker(*words: str) -> Result:
    return CliRunner().invoke(main, ["worker", *words])


def settled(result: Result) -> int:
    """Return how many months a round has settled."""
    assert result.exit_code == 0, result.output
    return int(json.loads(result.output)["months are settled"])


def test_one_round_settles_what_is_over_and_the_next_nothing(office: Hub) -> None:
    books.next_month(office, 2)

    assert settled(worker("--once", "--json")) == 2
    assert settled(worker("--once", "--json")) == 0


def test_a_round_is_told_in_lines(office: Hub) -> None:
    books.next_month(office)

    assert "     1  months are settled" in worker("--once").output


def test_as_of_settles_the_months_that_were_over_by_then(office: Hub) -> None:
    month = books.this_month(office)
    books.next_month(office, 2)
    first_after = f"{next_period(month)}-01"

    assert settled(worker("--once", "--json", "--as-of", last_day(month).isoformat())) == 0
    assert settled(worker("--once", "--json", "--as-of", first_after)) == 1


def test_as_of_goes_with_once_only(office: Hub) -> None:
    result = worker("--as-of", books.this_month(office) + "-01")

    assert result.exit_code == 2
    assert "--once" in result.output


def test_what_is_no_day_is_refused(office: Hub) -> None:
    assert office.clock.offset().days == 0
    assert worker("--once", "--as-of", "soon").exit_code == 2


@pytest.mark.parametrize(
    ("soft", "files", "connections"),
    [
        # Two files for each of 4,096 clients, and 256 besides, are 8,448.
        (1_024, 8_448, 4_096),
        (1_024, 8_447, 4_095),
        (8_449, 8_449, 4_096),
        (1_024, 1_024, 384),
        (200, 200, 1),
    ],
)
def test_so_many_clients_are_let_in_as_there_may_be_files_for(
    soft: int, files: int, connections: int
) -> None:
    if resource.getrlimit(resource.RLIMIT_NOFILE)[1] < files:
        pytest.skip("this machine allows fewer files")
    program = f"""
import resource
resource.setrlimit(resource.RLIMIT_NOFILE, ({soft}, {files}))
from exchange.cli.run import connections_allowed
print(connections_allowed())
"""
    said = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )

    assert said.stdout == f"{connections}\n"


def test_a_second_hub_at_the_same_address_is_refused(office: Hub) -> None:
    assert office.settings.url
    with socket.socket() as listener:
        # As the web server does, which would share the address with anybody.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = str(listener.getsockname()[1])
        result = CliRunner().invoke(main, ["serve", "--port", port])

    assert result.exit_code == 1
    assert f"127.0.0.1:{port} cannot be listened at" in result.output


def test_a_port_that_there_is_not_is_refused(office: Hub) -> None:
    assert office.settings.url
    result = CliRunner().invoke(main, ["serve", "--port", "65536"])

    assert result.exit_code == 1
    assert "127.0.0.1:65536 cannot be listened at" in result.output


def test_a_hub_whose_database_lacks_what_was_published_is_not_served(office: Hub) -> None:
    office.sequence()
    shutil.copy(office.published, office.published.with_name("newer"))
    office.published.write_bytes(b"damaged")
    lost = CliRunner().invoke(main, ["serve", "--port", "65536"])
    shutil.copy(office.published.with_name("newer"), office.published)
    found = CliRunner().invoke(main, ["serve", "--port", "65536"])

    assert (lost.exit_code, found.exit_code) == (1, 1)
    assert "put it back from the backup" in lost.output
    # This far it comes only with its database in order.
    assert "cannot be listened at" in found.output
