"""Group commit: what many hand in at the same moment is written in one transaction."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from threading import Condition, Thread
from typing import Final, Generic, TypeVar

from exchange.domain.errors import BusyError, ExchangeError
from exchange.store.transaction import is_conflict

One = TypeVar("One")
Done = TypeVar("Done")

MOST: Final = 2_000
"""Most that one transaction takes in."""
GATHER_S: Final = 0.01
"""How long a group that is not full waits for more: a commit costs as much for one as for many."""
LIMIT: Final = 50_000
"""More than this many waiting hand-ins are answered with 503 and Retry-After."""


class Grouping(Generic[One, Done]):
    """Takes what concurrent writers hand in, and writes it in their order, many at a time.

    One that is refused is no other's affair: the transaction of its group is undone, and its
    halves are written each by itself, until the refused one stands alone with its refusal.
    """

    def __init__(
        self,
        write: Callable[[Sequence[One]], Sequence[Done]],
        *,
        most: int = MOST,
        limit: int = LIMIT,
    ) -> None:
        """Begin with nobody waiting; run() does the writing.

        Args:
            write: writes all of a group in one transaction and returns what became of each, or
                raises and has written nothing.
            most: how many are written together.
            limit: how many may wait.
        """
        self._write, self._most, self._limit = write, most, limit
        self._waiting: deque[tuple[One, Future[Done]]] = deque()
        self._changed = Condition()
        self._is_closing = False

    def submit(self, one: One) -> "Future[Done]":
        """Return what will hold the answer once it is committed, or the refusal.

        Raises:
            BusyError: too many wait already, or the writing has ended.
        """
        return self.submit_all((one,))[0]

    def submit_all(self, many: Sequence[One]) -> "list[Future[Done]]":
        """Hand several in, one after another; each is accepted or refused by itself.

        Raises:
            BusyError: there is no room for all of them, or the writing has ended.
        """
        with self._changed:
            if self._is_closing or len(self._waiting) + len(many) > self._limit:
                raise BusyError("Too many attestations are waiting to be taken in.")
            handed: list[tuple[One, Future[Done]]] = [(one, Future()) for one in many]
            was_empty = not self._waiting
            self._waiting.extend(handed)
            if was_empty or self._is_full():
                self._changed.notify()
        return [future for _, future in handed]

    @contextmanager
    def running(self) -> Iterator["Grouping[One, Done]"]:
        """Write in a thread until the end of the block, and then what still waits."""
        writer = Thread(target=self._run, name="grouping", daemon=True)
        writer.start()
        try:
            yield self
        finally:
            with self._changed:
                self._is_closing = True
                self._changed.notify()
            writer.join()

    def _run(self) -> None:
        """Write group after group, as large as they have grown meanwhile."""
        while group := self._next():
            self._settle(group)

    def _next(self) -> list[tuple[One, "Future[Done]"]]:
        """Return the next group, in order; an empty one at the end."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._is_closing)
            self._changed.wait_for(self._is_full, GATHER_S)
            count = min(self._most, len(self._waiting))
            return [self._waiting.popleft() for _ in range(count)]

    def _is_full(self) -> bool:
        """Return whether nothing is gained by waiting for more."""
        return self._is_closing or len(self._waiting) >= self._most

    def _settle(self, group: Sequence[tuple[One, "Future[Done]"]]) -> None:
        """Write a group, or each half of it by itself where something in it is refused."""
        try:
            done = self._write([one for one, _ in group])
        except Exception as error:  # noqa: BLE001 - it is handed to whom it belongs
            if len(group) == 1 or not _is_of_one(error):
                for _, future in group:
                    future.set_exception(error)
                return
            middle = len(group) // 2
            self._settle(group[:middle])
            self._settle(group[middle:])
            return
        for (_, future), answer in zip(group, done, strict=True):
            future.set_result(answer)


def _is_of_one(error: Exception) -> bool:
    """Return whether an error may be the fault of one hand-in, and not of the database."""
    return isinstance(error, ExchangeError) or is_conflict(error)
