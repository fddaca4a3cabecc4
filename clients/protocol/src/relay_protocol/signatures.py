"""Signatures that wait to be checked, a batch at a time and wherever there is time for it."""

from collections import deque
from collections.abc import Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from typing import Final

from relay_protocol.unchecked import Unchecked, check_signatures

BATCH: Final = 1_024
"""So many signatures are checked at once."""
UNDER_WAY: Final = 8
"""So many batches are under way at most."""


@dataclass(slots=True)
class Signatures:
    """All signatures of an audit, in the order of the ledger.

    Attributes:
        hands: other processes; None where there are none.
        first_false: the entry of the first false one found so far.
    """

    hands: Executor | None = None
    first_false: int | None = None
    _seqs: list[int] = field(default_factory=list)
    _batch: list[Unchecked] = field(default_factory=list)
    _under_way: deque[tuple[list[int], Future[list[int]]]] = field(default_factory=deque)

    def add(self, seq: int, unchecked: Unchecked) -> None:
        """Take up a signature of an entry."""
        self._seqs.append(seq)
        self._batch.append(unchecked)
        if len(self._batch) == BATCH:
            self._send()

    def settle(self) -> int | None:
        """Return the entry of the first false signature of all taken up so far, or None."""
        if self._batch:
            self._send()
        while self._under_way:
            self._receive()
        return self.first_false

    def _send(self) -> None:
        """Have a batch checked."""
        seqs, batch = self._seqs, self._batch
        self._seqs, self._batch = [], []
        if self.hands is None:
            self._note(seqs, check_signatures(batch))
            return
        self._under_way.append((seqs, self.hands.submit(check_signatures, batch)))
        if len(self._under_way) > UNDER_WAY:
            self._receive()

    def _receive(self) -> None:
        """Take the oldest batch back."""
        seqs, answer = self._under_way.popleft()
        self._note(seqs, answer.result())

    def _note(self, seqs: Sequence[int], false: Sequence[int]) -> None:
        """Remember the first false signature; batches are in the order of the ledger."""
        if false and self.first_false is None:
            self.first_false = seqs[false[0]]
