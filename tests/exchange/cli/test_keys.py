"""The office's own keys at the terminal: listed, followed by others, retired."""

from pathlib import Path

import pytest

from exchange.config import Settings
from exchange.hub import open_hub
from exchange.services import key_rotation, own_keys
from exchange.vault import keyring
from tests.exchange.cli.conftest import Type, said


def listed(typed: Type, purpose: str) -> list[dict[str, str]]:
    """Return what is told of the keys of a purpose."""
    found = said(typed("keys", "list", "--json"))
    assert isinstance(found, list)
    return [one for one in found if one["purpose"] == purpose]


def an_hour_later(folder: Path, monkeypatch: pytest.MonkeyPatch, seconds: int = 3600) -> None:
    """Move the demo's clock."""
    (folder / "clock").write_text(str(seconds), encoding="ascii")
    monkeypatch.setenv("EXCHANGE_CLOCK", str(folder / "clock"))


def test_each_key_is_listed_with_its_file(scheme: Type, tmp_path: Path) -> None:
    (log,) = listed(scheme, "log")
    assert (log["state"], log["file"]) == ("stands", str(tmp_path / "keys" / "log.pem"))
    assert log["vkey"].startswith("localhost:8400/ledger+")
    assert [one["purpose"] for one in listed(scheme, "hub")] == ["hub"]
    assert log["name"] in scheme("keys", "list").output


def test_a_key_whose_file_is_missing_is_called_so(scheme: Type, tmp_path: Path) -> None:
    said(scheme("keys", "rotate", "hub", "--json"))
    (tmp_path / "keys" / "hub-2.pem").unlink()
    assert "NO FILE" in scheme("keys", "list").output


@pytest.mark.parametrize("purpose", ["log", "hub", "operator"])
def test_a_key_follows_another_and_the_older_one_is_retired(
    scheme: Type, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, purpose: str
) -> None:
    (first,) = listed(scheme, purpose)
    drawn = said(scheme("keys", "rotate", purpose, "--json"))
    assert isinstance(drawn, dict)
    assert drawn["file"] == str(tmp_path / "keys" / f"{purpose}-2.pem")
    assert [one["state"] for one in listed(scheme, purpose)] == ["stands", "stands"]
    an_hour_later(tmp_path, monkeypatch)
    ended = said(scheme("keys", "retire", purpose, "--json"))
    assert isinstance(ended, dict)
    assert (ended["revoked"], ended["stands"]) == (first["name"], drawn["name"])
    assert ended["short"] is True
    assert [one["state"] for one in listed(scheme, purpose)] == ["revoked", "stands"]


def test_the_office_is_told_what_to_publish_and_when_to_go_on(scheme: Type) -> None:
    told = scheme("keys", "rotate", "log").output
    assert listed(scheme, "log")[1]["vkey"] in told
    assert "In 7 days: exchange keys retire log" in told


def test_a_short_overlap_is_warned_of(
    scheme: Type, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scheme("keys", "rotate", "log")
    an_hour_later(tmp_path, monkeypatch)
    assert "Warning: both stood for 0 days only" in scheme("keys", "retire", "log").output


def test_after_seven_days_there_is_nothing_to_warn_of(
    scheme: Type, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scheme("keys", "rotate", "log")
    an_hour_later(tmp_path, monkeypatch, 7 * 86_400)
    ended = scheme("keys", "retire", "log")
    assert (ended.exit_code, "Warning" in ended.output) == (0, False)


def test_the_only_key_is_not_retired(scheme: Type) -> None:
    refused = scheme("keys", "retire", "log", "--now")
    assert refused.exit_code == 1
    assert "exchange keys rotate log" in refused.stderr


def test_a_rotation_that_was_interrupted_goes_on_with_the_key_it_had_drawn(
    scheme: Type, tmp_path: Path
) -> None:
    path, _ = keyring.draw(tmp_path / "keys", "log")
    again = said(scheme("keys", "rotate", "log", "--json"))
    assert isinstance(again, dict)
    assert again["file"] == str(path)
    assert not (tmp_path / "keys" / "log-3.pem").exists()


def test_a_rotation_that_was_interrupted_behind_the_registration_is_published_by_the_next(
    scheme: Type,
) -> None:
    hub = open_hub(Settings.from_environment())
    _, key = keyring.draw(hub.settings.keys, "log")
    with hub.work() as work:
        name = key_rotation.register(work, "log", key)
    hub.close()
    again = said(scheme("keys", "rotate", "log", "--json"))
    assert isinstance(again, dict)
    assert (again["name"], again["drawn"]) == (name, False)
    hub = open_hub(Settings.from_environment())
    with hub.reading() as work:
        vkeys = own_keys.vkeys(work)
    hub.close()
    assert vkeys[1] == again["vkey"]


def test_a_second_rotation_draws_nothing_while_two_stand(scheme: Type, tmp_path: Path) -> None:
    scheme("keys", "rotate", "log")
    again = scheme("keys", "rotate", "log")
    assert again.exit_code == 0
    assert "nothing was drawn" in again.output
    assert not (tmp_path / "keys" / "log-3.pem").exists()


@pytest.mark.parametrize("command", [(), ("list",), ("rotate",), ("retire",)])
def test_help_gives_an_example(typed: Type, command: tuple[str, ...]) -> None:
    shown = typed("keys", *command, "--help").output
    assert "exchange keys " in shown
