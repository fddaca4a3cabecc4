"""The hub's settings, read once from the environment; nothing below can see it."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

DEFAULT_DATABASE = "sqlite:///var/exchange.db"
DEFAULT_URL = "http://localhost:8400"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Where the hub keeps what it has, and the address it answers at."""

    database_url: str
    keys: Path
    state: Path
    url: str
    clock: Path | None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> "Settings":
        """Return the settings of DATABASE_URL, EXCHANGE_KEYS, _STATE, _URL and _CLOCK."""
        given = os.environ if environment is None else environment
        clock = given.get("EXCHANGE_CLOCK", "")
        return cls(
            database_url=given.get("DATABASE_URL") or DEFAULT_DATABASE,
            keys=Path(given.get("EXCHANGE_KEYS") or "keys"),
            state=Path(given.get("EXCHANGE_STATE") or "var"),
            url=(given.get("EXCHANGE_URL") or DEFAULT_URL).rstrip("/"),
            clock=Path(clock) if clock else None,
        )
