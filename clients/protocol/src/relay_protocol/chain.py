"""The hash chain: each entry names the bytes of the one before it."""

import hashlib
from collections.abc import Iterable

from relay_protocol.errors import ChainError

FIRST_PREV = bytes(32)
"""What the first entry names as the one before it."""


def link(entry: bytes) -> bytes:
    """Return the hash by which the next entry names these entry bytes (SHA-256)."""
    return hashlib.sha256(entry).digest()


def check_links(
    entries: Iterable[tuple[bytes, bytes]], *, prev: bytes = FIRST_PREV, first_seq: int = 0
) -> bytes:
    """Return the link of the last entry, once every entry is seen to follow the one before.

    Args:
        entries: of each entry in turn, the `prev` that it names, and its own bytes.
        prev: the link of the entry before the first given.
        first_seq: the number of the first given, for the message of a refusal.

    Raises:
        ChainError: an entry names another one; the first such is told.
    """
    for seq, (named, entry) in enumerate(entries, start=first_seq):
        if named != prev:
            raise ChainError(f"entry {seq} does not follow the entry before it")
        prev = link(entry)
    return prev
