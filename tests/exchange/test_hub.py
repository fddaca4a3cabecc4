"""The hub opens as it is set up, or says what to do; its clock is the only one."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from exchange.config import Settings
from exchange.hub import Clock, Hub, HubError, open_hub
from exchange.services import key_rotation, own_keys
from exchange.store import migrate, transaction
from exchange.store.scheme import SchemeRow
from exchange.vault import keyring
from exchange.vault.keyring import KeyringError


def test_an_opened_scheme_is_found_again(hub: Hub) -> None:
    again = open_hub(hub.settings)
    assert again.scheme == hub.scheme
    assert again.keyring.master == hub.keyring.master
    again.close()


def test_a_database_without_a_schema_says_what_to_do(tmp_path: Path) -> None:
    settings = Settings.from_environment({"DATABASE_URL": f"sqlite:///{tmp_path}/x.db"})
    with pytest.raises(HubError, match="exchange init"):
        open_hub(settings)


def test_a_database_without_a_scheme_says_what_to_do(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/x.db"
    migrate.upgrade(url)
    with pytest.raises(HubError, match="exchange init"):
        open_hub(Settings.from_environment({"DATABASE_URL": url}))


def test_missing_keys_say_what_to_do(hub: Hub, tmp_path: Path) -> None:
    with pytest.raises(KeyringError, match="EXCHANGE_KEYS"):
        open_hub(replace(hub.settings, keys=tmp_path / "elsewhere"))


def test_the_clock_of_a_demo_moves_by_its_file(tmp_path: Path) -> None:
    clock = Clock(offset_file=tmp_path / "clock")
    assert clock.offset() == timedelta()
    (tmp_path / "clock").write_text("86400\n")
    assert clock.offset() == timedelta(days=1)
    assert clock.now() - datetime.now(UTC) > timedelta(hours=23)


@pytest.mark.parametrize("text", ["-1", "1.5", "tomorrow", "", "２"])
def test_a_clock_file_that_is_no_number_of_seconds_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "clock").write_text(text, encoding="utf-8")
    with pytest.raises(HubError, match="whole number"):
        Clock(offset_file=tmp_path / "clock").now()


def test_a_real_scheme_refuses_a_moved_clock(hub: Hub) -> None:
    with transaction.writing(hub.sessions) as session:
        row = session.get(SchemeRow, hub.scheme.origin)
        assert row is not None
        row.demo = False
    with pytest.raises(HubError, match="EXCHANGE_CLOCK"):
        open_hub(hub.settings)
    real = open_hub(replace(hub.settings, clock=None))
    assert real.clock.offset() == timedelta()
    real.close()


def test_work_wakes_the_sequencer_and_reading_does_not(hub: Hub) -> None:
    hub.written.clear()
    with hub.reading():
        pass
    assert not hub.written.is_set()
    with hub.work():
        pass
    assert hub.written.is_set()


def test_work_that_fails_does_not_wake_the_sequencer(hub: Hub) -> None:
    hub.written.clear()
    with pytest.raises(LookupError), hub.work():
        raise LookupError
    assert not hub.written.is_set()


def test_noting_wakes_nobody(hub: Hub) -> None:
    hub.written.clear()
    with hub.noting():
        pass
    assert not hub.written.is_set()


def test_a_policy_that_is_not_there_says_so(hub: Hub, tmp_path: Path) -> None:
    with pytest.raises(HubError, match=r"EXCHANGE_POLICY.*cannot be read"):
        open_hub(replace(hub.settings, policy=tmp_path / "none"))


def test_a_policy_that_cannot_be_meant_names_its_line(hub: Hub, tmp_path: Path) -> None:
    path = tmp_path / "policy"
    path.write_text(f"log {hub.scheme.ledger_vkey}\nquorum w1\n")
    with pytest.raises(HubError, match=r"EXCHANGE_POLICY.*2"):
        open_hub(replace(hub.settings, policy=path))


def test_a_policy_about_another_log_is_refused_with_the_line_that_it_lacks(
    hub: Hub, tmp_path: Path
) -> None:
    path = tmp_path / "policy"
    path.write_text("quorum none\n")
    with pytest.raises(HubError, match=r"lacks the line `log localhost:8400/ledger"):
        open_hub(replace(hub.settings, policy=path))
    path.write_text(f"log {hub.scheme.ledger_vkey}\nquorum none\n")
    opened = open_hub(replace(hub.settings, policy=path))
    assert opened.sequence() == 17
    opened.close()


def test_a_policy_may_name_the_key_that_follows_instead(hub: Hub, tmp_path: Path) -> None:
    with hub.work() as work:
        key_rotation.register(work, "log", keyring.draw(hub.settings.keys, "log")[1])
    size = hub.sequence()
    with hub.reading() as work:
        _, following = own_keys.vkeys(work)
    path = tmp_path / "policy"
    path.write_text(f"log {following}\nquorum none\n")
    opened = open_hub(replace(hub.settings, policy=path))
    assert opened.sequence() == size
    opened.close()
