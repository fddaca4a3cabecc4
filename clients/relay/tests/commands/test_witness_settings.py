"""Settings of a witness's commands: addresses to listen at, and logs from keys and policies."""

from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from career_relay.commands.witness_settings import (
    WitnessSettingError,
    listening,
    require_logs,
    settings_options,
)
from career_relay.witness.serving import WitnessSettings
from tests.story.plain_log import PlainLog

FIRST, SECOND = PlainLog(name="a.example").vkey, PlainLog(name="b.example").vkey


def settings_of(*arguments: str) -> WitnessSettings:
    """Return what a command gets of its options."""
    got: list[WitnessSettings] = []

    @click.command()
    @click.pass_context
    @settings_options
    def command(_: click.Context, settings: WitnessSettings) -> None:
        got.append(settings)

    CliRunner().invoke(command, arguments, catch_exceptions=False)
    (only,) = got
    return only


@pytest.mark.parametrize(
    ("listen", "place"),
    [
        ("127.0.0.1:8500", ("127.0.0.1", 8500)),
        ("0.0.0.0:1", ("0.0.0.0", 1)),  # noqa: S104 (an example of what may be asked for)
        ("witness.example:65535", ("witness.example", 65535)),
        ("[::1]:80", ("::1", 80)),
    ],
)
def test_a_place_to_listen_at_is_a_host_and_a_port(listen: str, place: tuple[str, int]) -> None:
    assert listening(listen) == place


@pytest.mark.parametrize("listen", ["", "8500", ":8500", "a:", "a:0", "a:65536", "a:-1", "a:８"])
def test_any_other_place_is_refused(listen: str) -> None:
    with pytest.raises(WitnessSettingError, match="no HOST:PORT"):
        listening(listen)


def test_logs_are_named_by_their_keys_in_a_policy_or_both_and_each_counts_once(
    tmp_path: Path,
) -> None:
    policy = tmp_path / "relay.policy"
    policy.write_text(f"log {FIRST} https://a.example/\nquorum none\n", encoding="utf-8")
    assert settings_of("--log", FIRST, "--log", SECOND).log_keys == (FIRST, SECOND)
    assert settings_of("--policy", str(policy)).log_keys == (FIRST,)
    both = settings_of("--policy", str(policy), "--log", SECOND, "--log", FIRST)
    assert both.log_keys == (FIRST, SECOND)


def test_a_witness_without_a_log_is_refused_and_with_one_it_is_not() -> None:
    require_logs(settings_of("--log", FIRST))
    with pytest.raises(WitnessSettingError, match="No log is named"):
        require_logs(settings_of())
