"""Bytes changed at random, in the ways in which files are damaged or tampered with."""

from collections.abc import Callable, Sequence
from random import Random
from typing import Final, TypeAlias

Way: TypeAlias = Callable[[Random, bytes], bytes]
"""Changes bytes, or by bad luck does not."""

HASH_BYTES: Final = 32


def mutated(chance: Random, raw: bytes, ways: Sequence[Way] = ()) -> bytes:
    """Return other bytes than those given, changed in one way.

    Args:
        chance: a seeded source.
        raw: at least one byte.
        ways: further ways beside those for any file.
    """
    while True:
        changed = chance.choice([*ANY_FILE, *ways])(chance, raw)
        if changed != raw:
            return changed


def _span(chance: Random, raw: bytes, most: int = 64) -> tuple[int, int]:
    """Return where some bytes begin and end; at least one of them if there is any."""
    start = chance.randrange(len(raw))
    return start, min(len(raw), start + chance.randint(1, most))


def flip_bit(chance: Random, raw: bytes) -> bytes:
    """Flip a bit."""
    at = chance.randrange(len(raw))
    return raw[:at] + bytes([raw[at] ^ 1 << chance.randrange(8)]) + raw[at + 1 :]


def set_byte(chance: Random, raw: bytes) -> bytes:
    """Put another byte in a byte's place, often one that means something."""
    at = chance.randrange(len(raw))
    byte = chance.choice([chance.randrange(256), *b'\x00\xff\n\r "+,-/019=A[]{}'])
    return raw[:at] + bytes([byte]) + raw[at + 1 :]


def cut_off(chance: Random, raw: bytes) -> bytes:
    """Cut bytes off at the end, or at the beginning."""
    at = chance.choice([chance.randrange(len(raw)), max(0, len(raw) - chance.randint(1, 4))])
    return raw[:at] if chance.random() < 0.75 else raw[at:]


def take_out(chance: Random, raw: bytes) -> bytes:
    """Take bytes out of the middle."""
    start, end = _span(chance, raw)
    return raw[:start] + raw[end:]


def put_in(chance: Random, raw: bytes) -> bytes:
    """Put new bytes in somewhere, or behind the end."""
    at = chance.choice([chance.randrange(len(raw) + 1), len(raw)])
    return raw[:at] + chance.randbytes(chance.choice([1, 1, 2, 32])) + raw[at:]


def say_twice(chance: Random, raw: bytes) -> bytes:
    """Repeat some bytes."""
    start, end = _span(chance, raw)
    return raw[:end] + raw[start:]


def exchange(chance: Random, raw: bytes) -> bytes:
    """Let two stretches of bytes change places."""
    (first, one), (start, other) = sorted((_span(chance, raw), _span(chance, raw)))
    if one > start:
        return raw
    return raw[:first] + raw[start:other] + raw[one:start] + raw[first:one] + raw[other:]


def blank(chance: Random, raw: bytes) -> bytes:
    """Put zero bytes in the place of some."""
    start, end = _span(chance, raw)
    return raw[:start] + bytes(end - start) + raw[end:]


ANY_FILE: Final[tuple[Way, ...]] = (
    flip_bit,
    flip_bit,
    set_byte,
    cut_off,
    take_out,
    put_in,
    say_twice,
    exchange,
    blank,
)


def _pieces(raw: bytes, size: int) -> list[bytes]:
    return [raw[at : at + size] for at in range(0, len(raw), size)]


def _rearranged(chance: Random, pieces: list[bytes]) -> bytes:
    """Swap, repeat or drop whole pieces."""
    at, other = chance.randrange(len(pieces)), chance.randrange(len(pieces))
    match chance.randrange(3):
        case 0:
            pieces[at], pieces[other] = pieces[other], pieces[at]
        case 1:
            pieces.insert(other, pieces[at])
        case _:
            del pieces[at]
    return b"".join(pieces)


def rearrange_hashes(chance: Random, raw: bytes) -> bytes:
    """Swap, repeat or drop whole hashes of a tile."""
    return _rearranged(chance, _pieces(raw, HASH_BYTES))


def rearrange_entries(chance: Random, raw: bytes) -> bytes:
    """Swap, repeat or drop whole entries of a bundle, their lengths before them."""
    frames, at = [], 0
    while at < len(raw):
        end = at + 2 + int.from_bytes(raw[at : at + 2])
        frames.append(raw[at:end])
        at = end
    return _rearranged(chance, frames)


def rearrange_lines(chance: Random, raw: bytes) -> bytes:
    """Swap, repeat or drop whole lines of a text."""
    return _rearranged(chance, raw.splitlines(keepends=True))


def rearrange_words(chance: Random, raw: bytes) -> bytes:
    """Swap, repeat or drop whole words of a text, or members of JSON."""
    for mark in chance.sample([b" ", b",", b'"', b"+", b"."], 5):
        words = raw.split(mark)
        if len(words) > 1:
            pieces = [word + mark for word in words[:-1]] + [words[-1]]
            return _rearranged(chance, pieces)
    return raw
