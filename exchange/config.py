"""The hub's settings, read once from the environment; nothing below can see it."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from exchange.domain.errors import OfficeError
from relay_protocol import spoken

DEFAULT_DATABASE = "sqlite:///var/exchange.db"
DEFAULT_URL = "http://localhost:8400"
MOST_PROXIES = 9


class SettingError(OfficeError):
    """A setting of the environment cannot be meant; the text names it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Where the hub keeps what it has, and the address it answers at.

    Attributes:
        url: the address that people and tokens see.
        trusted_proxies: how many proxies of ours stand before the hub; only what they say of a
            visitor's address is believed.
        owner_url: the same database under the role that owns its tables (PostgreSQL); only
            `exchange init` and `exchange upgrade` use it.
        policy: the file of the ledger's witnesses and their quorum (C2SP tlog-policy).
    """

    database_url: str
    keys: Path
    state: Path
    url: str
    clock: Path | None
    trusted_proxies: int = 0
    owner_url: str | None = None
    policy: Path | None = None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> "Settings":
        """Return the settings of DATABASE_URL, DATABASE_OWNER_URL and EXCHANGE_*.

        Raises:
            SettingError: EXCHANGE_PROXIES is no number of proxies.
        """
        given = os.environ if environment is None else environment
        clock = given.get("EXCHANGE_CLOCK", "")
        policy = given.get("EXCHANGE_POLICY", "")
        proxies = given.get("EXCHANGE_PROXIES") or "0"
        if not proxies.isdecimal() or not proxies.isascii() or int(proxies) > MOST_PROXIES:
            raise SettingError(
                f"EXCHANGE_PROXIES must say how many proxies of yours stand before the hub, "
                f"0 to {MOST_PROXIES}, not {proxies!r}",
                detail_ja="EXCHANGE_PROXIES には、ハブの手前に置いたプロキシの数を "
                f"0〜{MOST_PROXIES} で指定します。{proxies!r} は使えません。",
            )
        return cls(
            database_url=given.get("DATABASE_URL") or DEFAULT_DATABASE,
            keys=Path(given.get("EXCHANGE_KEYS") or "keys"),
            state=Path(given.get("EXCHANGE_STATE") or "var"),
            url=(given.get("EXCHANGE_URL") or DEFAULT_URL).rstrip("/"),
            clock=Path(clock) if clock else None,
            trusted_proxies=int(proxies),
            owner_url=given.get("DATABASE_OWNER_URL") or None,
            policy=Path(policy) if policy else None,
        )


def language_of(line: Sequence[str]) -> Literal["ja", "en"]:
    """Return the language that a command line asks for, else the terminal's."""
    return spoken.language_of(line, os.environ)
