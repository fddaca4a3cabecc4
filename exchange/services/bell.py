"""Waking those who wait for a checkpoint: a few at once, each for a bounded time."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore, Condition
from time import monotonic
from typing import Final

PLACES: Final = 3
"""How many may wait at once: of the web's eight threads, five always serve."""
LOOK_AGAIN_S: Final = 0.25
"""After this long a waiter looks by itself: another process may have published."""


class Bell:
    """Rung when a checkpoint is published; whoever waits looks again, holding nothing."""

    def __init__(self, places: int = PLACES) -> None:
        self._rung = Condition()
        self._rings = 0
        self._places = BoundedSemaphore(places)

    def ring(self) -> None:
        """Wake everybody who waits."""
        with self._rung:
            self._rings += 1
            self._rung.notify_all()

    @contextmanager
    def place(self) -> Iterator[bool]:
        """Lend a place to wait at; false where all are taken, and nobody should wait then."""
        taken = self._places.acquire(blocking=False)
        try:
            yield taken
        finally:
            if taken:
                self._places.release()

    def wait(self, is_there: Callable[[], bool], seconds: float) -> bool:
        """Return whether something is there, as soon as it is, or when the time is over.

        Args:
            is_there: looks; it must hold neither a transaction nor a lock between two looks.
            seconds: how long to wait at most.
        """
        ends_at = monotonic() + seconds
        while True:
            heard = self._rings
            if is_there():
                return True
            left = ends_at - monotonic()
            if left <= 0:
                return False
            with self._rung:
                # A ring since the look has been heard by nobody: then there is no waiting.
                if self._rings == heard:
                    self._rung.wait(min(left, LOOK_AGAIN_S))
