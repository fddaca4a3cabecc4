"""Other processes that help with a long audit, and that end when it does."""

import contextlib
import gc
import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from multiprocessing import connection
from typing import Final

from relay_protocol import note
from relay_protocol.errors import NoteError
from relay_protocol.log_reader import LogReader
from relay_protocol.note import Checkpoint

HANDS: Final = 2
WORTH_IT: Final = 20_000
"""So many new entries take longer than to begin other processes."""
SELDOM: Final = (500_000, 20, 100)
"""When circles are looked for: an audit makes values by the million, and hardly a circle."""


def new_entries(source: LogReader, known: int) -> int:
    """Return how many entries a source states beyond those known; nobody has checked it.

    Raises:
        LogReadError: the source has no checkpoint.
    """
    try:
        return Checkpoint.parse(note.Note.parse(source.checkpoint()).text).size - known
    except NoteError:
        return 0


@contextlib.contextmanager
def seldom_collecting() -> Iterator[None]:
    """Spare a long audit a quarter of its time, which it would look for circles."""
    before = gc.get_threshold()
    gc.set_threshold(*SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*before)


@contextlib.contextmanager
def hands(entries: int) -> Iterator[Executor | None]:
    """Lend two other processes for an audit of so many entries; None where it is not worth it."""
    if entries < WORTH_IT or (os.cpu_count() or 1) < HANDS:
        yield None
        return
    ways = multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("forkserver" if "forkserver" in ways else "spawn")
    executor = ProcessPoolExecutor(HANDS, mp_context=context, initializer=_begin)
    try:
        yield executor
    finally:
        executor.shutdown(wait=False, cancel_futures=True)


def _begin() -> None:
    """Leave Ctrl-C to the audit itself, and end with it even if it is killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.set_threshold(*SELDOM)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    """End this process when another one has."""
    connection.wait([sentinel])
    os._exit(1)
