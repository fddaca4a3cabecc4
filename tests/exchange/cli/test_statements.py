"""The office writes out a month's statements: the original to the byte, and a text to read."""

import hashlib
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from exchange.cli import main
from exchange.hub import Hub
from tests.story import books


@pytest.fixture
def engine() -> str:
    """Ask one engine only: what is written out does not depend on it."""
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


def typed(*words: str | Path) -> Result:
    return CliRunner().invoke(main, list(map(str, words)))


def test_given_a_settled_month_then_each_company_gets_original_and_text(
    office: Hub, tmp_path: Path
) -> None:
    books.next_month(office)
    books.settle(office)
    told = books.statement(office, "mirai")
    out = tmp_path / "statements"

    result = typed("statements", "--out", out)

    assert result.exit_code == 0, result.output
    names = {path.name for path in out.iterdir()}
    assert names == {
        f"{told.period}-{slug}.{form}"
        for slug in ("aozora", "kaname", "mirai")
        for form in ("json", "txt")
    } | {f"{told.period}-netting.json"}
    owed = json.loads((out / f"{told.period}-netting.json").read_bytes())
    assert (owed["period"], owed["nets"], owed["obligations"]) == (told.period, [], [])
    original = (out / f"{told.period}-mirai.json").read_bytes()
    assert original == told.encode()
    text = (out / f"{told.period}-mirai.txt").read_text(encoding="utf-8")
    assert hashlib.sha256(original).hexdigest() in text


def test_given_two_months_then_one_is_chosen_or_the_last_is_taken(
    office: Hub, tmp_path: Path
) -> None:
    first = books.this_month(office)
    books.next_month(office, 2)
    books.settle(office)

    assert typed("statements", "--out", tmp_path / "one", "--period", first).exit_code == 0
    assert typed("statements", "--out", tmp_path / "last").exit_code == 0

    assert (tmp_path / "one" / f"{first}-mirai.json").exists()
    assert not (tmp_path / "last" / f"{first}-mirai.json").exists()


def test_given_no_settled_month_then_it_says_what_to_do(office: Hub, tmp_path: Path) -> None:
    result = typed("statements", "--out", tmp_path / "none")

    assert result.exit_code == 1
    assert "exchange worker --once" in result.output
    assert not (tmp_path / "none").exists()


def test_given_another_month_then_nothing_is_written(office: Hub, tmp_path: Path) -> None:
    books.next_month(office)
    books.settle(office)

    result = typed("statements", "--out", tmp_path / "none", "--period", "1999-01")

    assert result.exit_code == 1
    assert not (tmp_path / "none").exists()
