"""The office at its terminal: an environment of its own, and the commands as they are typed."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from exchange.cli import main
from tests.story.scheme import corporate_number

Type = Callable[..., Result]

INIT = (
    "init",
    "--name",
    "リレー協議会",
    "--name-en",
    "Relay Consortium",
    "--operator",
    "office",
    "--corporate-number",
    corporate_number(1),
    "--contact",
    "office@example.jp",
    "--demo",
)


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    """Speak English, whatever the terminal that tests are run from is set to."""
    monkeypatch.setenv("LC_ALL", "C.UTF-8")


@pytest.fixture
def typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Type:
    """Return what types a command of the office in an environment that holds nothing yet."""
    environment = {
        "DATABASE_URL": f"sqlite:///{tmp_path}/var/exchange.db",
        "EXCHANGE_KEYS": str(tmp_path / "keys"),
        "EXCHANGE_STATE": str(tmp_path / "var"),
        "EXCHANGE_URL": "http://localhost:8400",
    }
    monkeypatch.delenv("EXCHANGE_CLOCK", raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    def run(*words: str | Path) -> Result:
        return CliRunner().invoke(main, list(map(str, words)))

    return run


@pytest.fixture
def scheme(typed: Type) -> Type:
    """Return the same with a scheme already open."""
    opened = typed(*INIT)
    assert opened.exit_code == 0, opened.output
    return typed


def said(result: Result) -> object:
    """Return the JSON that a command printed."""
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)
