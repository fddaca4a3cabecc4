"""What an audit keeps while it works, and an auditor from one audit to the next: named shelves."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from relay_protocol.documents import Form

V = TypeVar("V")
PLACE_DIGITS = 16


@dataclass(frozen=True, kw_only=True)  # typing writes to it: no slots
class Kind(Generic[V]):
    """What lies on one shelf.

    Attributes:
        name: of the shelf.
        form: how its values are written.
        born: the entry that a value began with, by which it is found when nobody may know it
            any more; None where no person is behind it.
    """

    name: str
    form: Form[V]
    born: Callable[[V], int] | None = None


class Shelf(Protocol[V]):
    """Values by name. One that was changed in place since get() need not be set again."""

    def get(self, name: str, /) -> V | None:
        """Return the value of a name, or None."""

    def __contains__(self, name: object, /) -> bool:
        """Return whether there is a value of a name."""

    def __setitem__(self, name: str, value: V, /) -> None:
        """Keep a value under a name."""

    def drop(self, name: str) -> V | None:
        """Keep it no longer; return what it was."""

    def between(self, first: str, end: str) -> Iterator[tuple[str, V]]:
        """Yield names from the first up to, not including, the end, in their order."""

    def born_at(self, seqs: Iterable[int]) -> list[str]:
        """Return the names of the values that began with one of some entries."""


class Memory(Protocol):
    """All shelves, which are kept together."""

    @property
    def lasts(self) -> bool:
        """Whether anything is kept beyond this audit."""

    def shelf(self, kind: Kind[V]) -> Shelf[V]:
        """Return the shelf of a kind; the same one each time."""

    def commit(self) -> None:
        """Keep all that was put on any shelf, all of it or, after a crash, none."""


class PlainShelf(dict[str, V]):
    """A shelf that is gone when the audit is over."""

    def __init__(self, kind: Kind[V]) -> None:
        super().__init__()
        self._born = kind.born

    def drop(self, name: str) -> V | None:
        """Keep it no longer; return what it was."""
        return self.pop(name, None)

    def between(self, first: str, end: str) -> Iterator[tuple[str, V]]:
        """Yield names from the first up to, not including, the end, in their order."""
        names = sorted(self)
        for name in names[bisect_left(names, first) : bisect_left(names, end)]:
            yield name, self[name]

    def born_at(self, seqs: Iterable[int]) -> list[str]:
        """Return the names of the values that began with one of some entries."""
        born, asked = self._born, frozenset(seqs)
        if born is None:
            return []
        return [name for name, value in self.items() if born(value) in asked]


class PlainMemory:
    """A memory that is gone with the process: that of one audit alone, unless it shall last."""

    def __init__(self, *, lasts: bool = False) -> None:
        self.lasts = lasts
        self._shelves: dict[str, object] = {}

    def shelf(self, kind: Kind[V]) -> Shelf[V]:
        """Return the shelf of a kind; the same one each time."""
        found = self._shelves.setdefault(kind.name, PlainShelf(kind))
        if not isinstance(found, PlainShelf):
            raise TypeError(kind.name)
        return found

    def commit(self) -> None:
        """Keep all for as long as this memory lasts."""


def place(seq: int) -> str:
    """Return the name of an entry's place; names are in the order of the places."""
    return f"{seq:0{PLACE_DIGITS}d}"
