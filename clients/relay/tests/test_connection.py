"""What an online command begins with: key, clock, store, hub and ledger, or one refusal."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from career_relay.assets.schema import StoreError
from career_relay.clock import ClockError
from career_relay.config import RelayConfig
from career_relay.connection import connect, unwatched
from career_relay.errors import HubUnreachableError, KeyFileError
from career_relay.keys import keep
from career_relay.transport import Patience
from career_relay.words import Words
from tests.story.local_hub import LocalHub
from tests.story.shown_ledger import LOG, ShownLedger

ONCE = Patience(attempts=1)


@pytest.fixture
def config(shown: ShownLedger, local_hub: LocalHub, tmp_path: Path) -> RelayConfig:
    keep(shown.signing["mirai"], tmp_path / "sign.pem")
    return RelayConfig(
        hub=local_hub.url,
        slug="mirai",
        role="member",
        store=tmp_path / "assets.db",
        letters=tmp_path / "letters",
        signing_key=tmp_path / "sign.pem",
    )


def test_a_connection_signs_for_the_ledger_that_the_hub_shows(config: RelayConfig) -> None:
    with connect(config, language="en", patience=ONCE) as connection:
        assert connection.attester.log == LOG
        assert connection.attester.slug == "mirai"
        assert connection.pins.log.name == LOG


def test_the_day_is_japans(config: RelayConfig, tmp_path: Path) -> None:
    with connect(config, language="en", patience=ONCE) as connection:
        connection.transport.now = lambda: datetime(2026, 12, 1, 15, tzinfo=UTC)
        assert connection.today() == date(2026, 12, 2)


def test_a_demonstrations_clock_moves_the_connections(config: RelayConfig, tmp_path: Path) -> None:
    (tmp_path / "clock").write_text("86400", encoding="ascii")
    moved = replace(config, clock=tmp_path / "clock")
    with connect(moved, language="en", patience=ONCE) as connection:
        ahead = connection.now() - datetime.now(UTC)
    assert timedelta(hours=23, minutes=59) < ahead <= timedelta(hours=24)


def test_a_second_run_asks_the_hub_nothing_to_begin_with(
    config: RelayConfig, local_hub: LocalHub
) -> None:
    for _ in range(2):
        with connect(config, language="en", patience=ONCE):
            pass
    assert len(local_hub.requests) == 1


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        (lambda config, _: replace(config, signing_key=None), KeyFileError),
        (lambda config, folder: replace(config, clock=folder / "none"), ClockError),
        (lambda config, folder: replace(config, store=folder), StoreError),
        (lambda config, _: replace(config, hub="http://127.0.0.1:1"), HubUnreachableError),
    ],
)
def test_what_is_missing_is_named_before_anything_is_sent(
    config: RelayConfig,
    local_hub: LocalHub,
    tmp_path: Path,
    change: Callable[[RelayConfig, Path], RelayConfig],
    refusal: type[Exception],
) -> None:
    changed = change(config, tmp_path)
    with pytest.raises(refusal), connect(changed, language="en", patience=ONCE):
        pass
    assert local_hub.requests == []


def test_unwatched_work_is_done_all_the_same() -> None:
    assert list(unwatched([1, 2, 3], Words(en="Counting", ja="数えています"))) == [1, 2, 3]
