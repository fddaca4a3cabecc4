"""Which entries of a ledger an auditor looks at by hand: drawn so that nobody can have chosen them.

The draw is settled by a seed of 32 bytes, by default the root of the ledger at the size that is
drawn from. Any other tool draws the same:

1. Each kind of entry is a stratum; its entries stand in the order of the ledger. Where there are
   as many places as kinds, or more, each kind gets one; the rest goes to the kinds in proportion
   to the entries that each has left, by largest remainder, ties by name. Where there are fewer
   places than kinds, all entries are one stratum whose name is empty.
2. In a stratum of N entries the numbers are, for i = 0, 1, 2, …, the first 8 bytes, big-endian,
   of SHA-256(seed ‖ "career-relay/sample/v1" ‖ 00 ‖ name ‖ 00 ‖ i as 8 bytes, big-endian).
   A number x of N·⌊2^64 / N⌋ or above is passed over; else the entry x mod N is drawn, unless it
   was drawn before.
"""

import hashlib
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from relay_protocol.conversion import apportion
from relay_protocol.entry import Entry

DOMAIN: Final = b"career-relay/sample/v1\x00"
SEED_BYTES: Final = 32
ALL: Final = ""
"""The name of the one stratum of a draw with fewer places than kinds."""

_RANGE: Final = 2**64


def strata(
    entries: Iterable[Entry], kinds: frozenset[str] = frozenset()
) -> dict[str, "array[int]"]:
    """Return the numbers of the entries of each kind, in the order of the ledger.

    Args:
        entries: those that are drawn from.
        kinds: the only ones to draw from; all where there is none.
    """
    found: dict[str, array[int]] = {}
    for entry in entries:
        if not kinds or entry.kind in kinds:
            found.setdefault(entry.kind, array("Q")).append(entry.seq)
    return found


def draw(population: Mapping[str, Sequence[int]], count: int, seed: bytes) -> dict[int, str]:
    """Return the entries that are drawn, in the order of the ledger, each with its stratum.

    Args:
        population: numbers of entries by kind, in order.
        count: how many to draw; all where there are no more.
        seed: 32 bytes.

    Raises:
        ValueError: the seed has another length.
    """
    if len(seed) != SEED_BYTES:
        raise ValueError(f"a seed has {SEED_BYTES} bytes")
    if count < 1 or not population:
        return {}
    parts: Mapping[str, Sequence[int]] = population
    if count < len(population):
        parts = {ALL: sorted(seq for seqs in population.values() for seq in seqs)}
    drawn: dict[int, str] = {}
    for name, places in quotas({name: len(seqs) for name, seqs in parts.items()}, count).items():
        for index in picks(name, len(parts[name]), places, seed):
            drawn[parts[name][index]] = name
    return dict(sorted(drawn.items()))


def quotas(sizes: Mapping[str, int], count: int) -> dict[str, int]:
    """Return how many entries of each stratum are drawn; no stratum is without one.

    Args:
        sizes: entries of each stratum, at least one.
        count: how many in all; at most as many as there are, at least one for each.
    """
    wanted = min(count, sum(sizes.values()))
    left = {name: size - 1 for name, size in sizes.items()}
    more = apportion(wanted - len(sizes), left) if wanted > len(sizes) else {}
    return {name: 1 + more.get(name, 0) for name in sorted(sizes)}


def picks(name: str, size: int, count: int, seed: bytes) -> Iterator[int]:
    """Yield different numbers below `size`, in the order in which they are drawn.

    Args:
        name: of the stratum.
        size: of the stratum, at least `count`.
        count: how many to draw.
        seed: 32 bytes.
    """
    head = hashlib.sha256(seed + DOMAIN + name.encode() + b"\x00")
    limit = _RANGE - _RANGE % size
    seen: set[int] = set()
    counter = 0
    while len(seen) < count:
        block = head.copy()
        block.update(counter.to_bytes(8))
        counter += 1
        number = int.from_bytes(block.digest()[:8])
        if number < limit and number % size not in seen:
            seen.add(number % size)
            yield number % size
