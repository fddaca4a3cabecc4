"""What became of each entry of a ledger: clear, open, or closed for good; one byte for each."""

import zlib
from typing import Final

from relay_protocol.documents import Form
from relay_protocol.errors import StateError
from relay_protocol.memory import Kind, Memory, place

CLEAR, OPEN, CLOSED = b"\x01", b"\x02", b"\x03"
CHUNK: Final = 65_536
"""So many entries are kept together."""

FATES: Final = Kind[bytes](name="fates", form=Form[bytes](bytes))


class Fates:
    """The fates of the first entries, none left out."""

    def __init__(self, memory: Memory, size: int) -> None:
        """Take up what is known of the first entries.

        Raises:
            StateError: it is not known of so many.
        """
        self._shelf = memory.shelf(FATES)
        self._changed: set[int] = set()
        self._size_kept = size
        self._held = bytearray()
        for first in range(0, size, CHUNK):
            packed = self._shelf.get(place(first)) or b""
            self._held += _unpack(packed)[: size - first]
        if len(self._held) != size:
            raise StateError(f"the fates of {size} entries are not all there")

    def __len__(self) -> int:
        """Return of how many entries they are known."""
        return len(self._held)

    def add(self, fate: bytes) -> None:
        """Add that of the next entry."""
        self._held += fate

    def count(self, fate: bytes) -> int:
        """Return how many entries have a fate."""
        return self._held.count(fate)

    def of(self, seq: int) -> bytes:
        """Return the fate of an entry."""
        return bytes(self._held[seq : seq + 1])

    def first(self, fate: bytes, after: int = 0) -> int | None:
        """Return the first entry of a fate from a place on, or None."""
        found = self._held.find(fate, after)
        return None if found < 0 else found

    def nth(self, fate: bytes, number: int) -> int | None:
        """Return the entry of a fate before which there are so many others of it, or None."""
        found = self.first(fate)
        for _ in range(number):
            found = None if found is None else self.first(fate, found + 1)
        return found

    def close(self, first: int, last: int) -> list[int]:
        """Close a run of entries; return those that were open so far.

        Raises:
            ValueError: one of them is clear; it is named.
        """
        run = self._held[first : last + 1]
        if run.count(CLOSED) == len(run):
            return []
        clear = run.find(CLEAR)
        if clear >= 0:
            raise ValueError(first + clear)
        opened = [first + at for at, fate in enumerate(run) if fate == OPEN[0]]
        self._held[first : first + len(run)] = CLOSED * len(run)
        self._changed |= set(range(first // CHUNK, (first + len(run) - 1) // CHUNK + 1))
        return opened

    def keep(self) -> None:
        """Put what has changed where it is remembered."""
        size = len(self._held)
        self._changed |= set(range(self._size_kept // CHUNK, -(-size // CHUNK)))
        self._size_kept = size
        for chunk in sorted(self._changed):
            first = chunk * CHUNK
            self._shelf[place(first)] = zlib.compress(bytes(self._held[first : first + CHUNK]), 1)
        self._changed.clear()


def _unpack(packed: bytes) -> bytes:
    """Return the fates of one chunk."""
    unpacking = zlib.decompressobj()
    try:
        return unpacking.decompress(packed, CHUNK) if packed else b""
    except zlib.error as error:
        raise StateError("the fates of entries cannot be read") from error
