"""What was sent to the hub in our name, kept before it leaves, until a receipt says the same."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from career_relay.assets import receipts
from career_relay.assets.store import AssetStore
from career_relay.errors import HubRefusedError
from relay_protocol.attestation import SignedAttestation


class SentActs:
    """The acts that were sent, in our own store."""

    def __init__(self, store: AssetStore) -> None:
        """Take the store."""
        self._store = store

    @contextmanager
    def sending(
        self, acts: Sequence[SignedAttestation], now: Callable[[], datetime]
    ) -> Iterator[None]:
        """Keep acts while they are sent: what the hub refuses is dropped, all else stays.

        Where no answer comes, the hub may have taken them: they stay, and are asked for.

        Args:
            acts: what is sent.
            now: gives the instant.

        Raises:
            HubRefusedError: as whoever sends has met it.
        """
        with self._store.transaction() as rows:
            new = [act for act in acts if receipts.begin(rows, act, at=now())]
        try:
            yield
        except HubRefusedError:
            self.not_taken(new)
            raise
        with self._store.transaction() as rows:
            ids = [act.attestation.id for act in acts]
            receipts.accept(rows, ids, at=now())

    def not_taken(self, acts: Sequence[SignedAttestation]) -> None:
        """Drop acts that the hub has not taken, as its answer says of each."""
        with self._store.transaction() as rows:
            receipts.forget(rows, [act.attestation.id for act in acts])
