"""The settings of the environment, and what stands where nothing is set."""

from pathlib import Path

import pytest

from exchange.config import SettingError, Settings


def test_without_an_environment_the_hub_runs_on_the_embedded_database() -> None:
    settings = Settings.from_environment({})
    assert settings.database_url == "sqlite:///var/exchange.db"
    assert settings.keys == Path("keys")
    assert settings.state == Path("var")
    assert settings.url == "http://localhost:8400"
    assert settings.clock is None
    assert settings.trusted_proxies == 0
    assert settings.policy is None


def test_every_setting_has_its_variable() -> None:
    settings = Settings.from_environment(
        {
            "DATABASE_URL": "postgresql://db/exchange",
            "EXCHANGE_KEYS": "/secret/keys",
            "EXCHANGE_STATE": "/srv/state",
            "EXCHANGE_URL": "https://hub.example/",
            "EXCHANGE_CLOCK": "var/clock",
            "EXCHANGE_PROXIES": "1",
            "DATABASE_OWNER_URL": "postgresql://owner@db/exchange",
            "EXCHANGE_POLICY": "witnesses.policy",
        }
    )
    assert settings.database_url == "postgresql://db/exchange"
    assert settings.keys == Path("/secret/keys")
    assert settings.state == Path("/srv/state")
    assert settings.url == "https://hub.example"
    assert settings.clock == Path("var/clock")
    assert settings.trusted_proxies == 1
    assert settings.owner_url == "postgresql://owner@db/exchange"
    assert settings.policy == Path("witnesses.policy")


def test_the_process_s_environment_is_read_when_none_is_given(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("EXCHANGE_URL", "https://other.example")
    assert Settings.from_environment().url == "https://other.example"


@pytest.mark.parametrize("proxies", ["-1", "many", "1.5", "10", "１"])
def test_a_number_of_proxies_that_is_none_is_refused(proxies: str) -> None:
    with pytest.raises(SettingError, match="EXCHANGE_PROXIES"):
        Settings.from_environment({"EXCHANGE_PROXIES": proxies})
