"""What a pack discloses of a ledger: entries in their order, each beside what it says."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from itertools import islice
from typing import Final, NamedTuple, Protocol

from relay_protocol.entry import Entry
from relay_protocol.manifest import CloseDocuments, Manifest
from relay_protocol.opening import (
    NO_COMMITMENT,
    Opened,
    OpenedPart,
    Refusal,
    open_part,
    open_reveals,
)
from relay_protocol.pack import Pack, PackReader

WINDOW: Final = 4_096
"""So many entries are looked at together where no part of a pack says how many."""
AHEAD: Final = 4
"""So many parts are opened at once, or wait to be gone through."""


class Window(NamedTuple):
    """Entries one after the other, and those of them that could be opened.

    Attributes:
        entries: in order, with none left out.
        opened: in order; after a refusal nothing is opened any more.
        refusal: what is wrong with a reveal, or None.
    """

    entries: Sequence[Entry]
    opened: Iterable[Opened]
    refusal: Refusal | None


class Ledger(Protocol):
    """The entries of a copy, read as often as they are asked for."""

    def entries(self, start: int = 0) -> Iterator[Entry]:
        """Yield the entries from a place on."""


class Disclosure(Protocol):
    """What opens the entries of a ledger; it can be gone through once."""

    @property
    def manifest(self) -> Manifest:
        """What it opens and what it does not."""

    def windows(self, ledger: Ledger, start: int, hands: Executor | None) -> Iterator[Window]:
        """Yield all entries of a ledger, perhaps some before the start too.

        Raises:
            PackError: a part is not the one that the manifest lists.
        """

    def closes(self) -> Iterator[CloseDocuments]:
        """Yield the documents of settled periods, the oldest first, after all windows."""


@dataclass(frozen=True, slots=True)
class WholePack:
    """A pack that is in memory whole."""

    pack: Pack

    @property
    def manifest(self) -> Manifest:
        """What it opens and what it does not."""
        return self.pack.manifest()

    def windows(self, ledger: Ledger, start: int, hands: Executor | None) -> Iterator[Window]:
        """Yield all entries of a ledger from a place on; no other hands are needed."""
        del hands
        held = self.pack.reveals
        for entries in _batches(ledger.entries(start)):
            reveals = [(one.seq, held[one.seq]) for one in entries if one.seq in held]
            opened = open_reveals(reveals, entries[0].seq, _commitments(entries))
            yield Window(entries, opened, opened.refusal)

    def closes(self) -> Iterator[CloseDocuments]:
        """Yield the documents of settled periods."""
        return iter(self.pack.closes)


@dataclass(frozen=True, slots=True)
class SealedPack:
    """A pack that is read part by part.

    Attributes:
        reader: at its first part.
        key: sealed.key_bytes() of the auditor's private key.
    """

    reader: PackReader
    key: bytes

    @property
    def manifest(self) -> Manifest:
        """What it opens and what it does not."""
        return self.reader.manifest

    def windows(self, ledger: Ledger, start: int, hands: Executor | None) -> Iterator[Window]:
        """Yield all entries of a ledger, from the start of the part that a place lies in."""
        firsts = (one.first for one in self.manifest.parts if one.last >= start)
        entries = ledger.entries(min(start, next(firsts, start)))
        ahead: deque[tuple[Sequence[Entry], Future[OpenedPart]]] = deque()
        for part in self.reader.parts(start - 1):
            if part.listed is None:
                continue
            held = _up_to(entries, part.listed.last)
            inside = [one for one in held if one.seq >= part.listed.first]
            if hands is None:
                opened = open_part(part, self.key, _commitments(inside))
                yield Window(held, opened, opened.refusal)
                continue
            ahead.append((held, hands.submit(open_part, part, self.key, _commitments(inside))))
            if len(ahead) > AHEAD:
                yield _window(*ahead.popleft())
        while ahead:
            yield _window(*ahead.popleft())
        for batch in _batches(entries):
            yield Window(batch, (), None)

    def closes(self) -> Iterator[CloseDocuments]:
        """Yield the documents of settled periods."""
        return self.reader.closes()


def disclosure_of(pack: Pack | Disclosure) -> Disclosure:
    """Return what a pack discloses."""
    return WholePack(pack) if isinstance(pack, Pack) else pack


def _window(entries: Sequence[Entry], opening: Future[OpenedPart]) -> Window:
    """Return the window of a part that other hands have opened."""
    opened = opening.result()
    return Window(entries, opened, opened.refusal)


def _batches(entries: Iterator[Entry]) -> Iterator[list[Entry]]:
    """Yield entries so many at a time."""
    while batch := list(islice(entries, WINDOW)):
        yield batch


def _up_to(entries: Iterator[Entry], last: int) -> list[Entry]:
    """Return the next entries, up to one of them."""
    held: list[Entry] = []
    for entry in entries:
        held.append(entry)
        if entry.seq == last:
            break
    return held


def _commitments(entries: Iterable[Entry]) -> bytes:
    """Return what each entry commits to."""
    return b"".join(one.commitment or NO_COMMITMENT for one in entries)
