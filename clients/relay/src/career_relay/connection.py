"""Everything that an online command needs, opened together and closed together."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Protocol, TypeVar

import httpx

from career_relay.assets.store import AssetStore, open_store
from career_relay.attest import Attester
from career_relay.clock import day_in_japan, read_clock
from career_relay.config import RelayConfig, read_policy
from career_relay.keys import load_signing_key
from career_relay.pins import Pins, pinned
from career_relay.sent import SentActs
from career_relay.transport import Patience, Signer, Transport
from career_relay.words import Language, Words

_Thing = TypeVar("_Thing")


class Watch(Protocol):
    """Shows how far long work has come."""

    def __call__(self, things: Sequence[_Thing], words: Words) -> Iterable[_Thing]:
        """Return the things one by one, while somebody may be watching."""


def unwatched(things: Sequence[_Thing], words: Words) -> Iterable[_Thing]:
    """Return the things one by one, where nobody is watching what `words` would tell."""
    del words
    return things


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """One organization's hub, key and store, with what was seen of the ledger before."""

    config: RelayConfig
    store: AssetStore
    transport: Transport
    attester: Attester
    pins: Pins
    watch: Watch

    def now(self) -> datetime:
        """Return the instant that counts as now."""
        return self.transport.now()

    def today(self) -> date:
        """Return the day that it is in Japan."""
        return day_in_japan(self.now())


@contextmanager
def connect(
    config: RelayConfig,
    *,
    language: Language,
    watch: Watch = unwatched,
    patience: Patience | None = None,
    over: httpx.BaseTransport | None = None,
) -> Iterator[Connection]:
    """Lend a connection to the hub of a configuration.

    Args:
        config: what relay.toml says.
        language: in which the hub words its refusals.
        watch: shows how far long work has come.
        patience: how long to wait for the hub.
        over: what carries the requests; the network unless given.

    Raises:
        KeyFileError: the signing key cannot be used.
        StoreError: the store cannot be opened.
        ClockError: the demonstration's clock cannot be read.
        ConfigError: the policy of relay.toml cannot be read.
        DistrustError: the ledger's key is another than it should be.
        HubRefusedError, HubUnreachableError, HubAnswerError: the hub does not answer well.
    """
    key = load_signing_key(config.signing_key)
    now = partial(read_clock, config.clock)
    now()
    with (
        open_store(config.store) as store,
        Transport(
            config.hub,
            now=now,
            signer=Signer(slug=config.slug, key=key),
            language=language,
            patience=patience,
            over=over,
        ) as transport,
    ):
        transport.sent = SentActs(store)
        pins = pinned(store, transport, config.ledger, read_policy(config.policy))
        yield Connection(
            config=config,
            store=store,
            transport=transport,
            attester=Attester(slug=config.slug, key=key, log=pins.log.name, now=now),
            pins=pins,
            watch=watch,
        )
