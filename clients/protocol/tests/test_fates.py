"""The fate of each entry is known, kept in chunks, and only ever changes from open to closed."""

import zlib

import pytest

from relay_protocol.errors import StateError
from relay_protocol.fates import CHUNK, CLEAR, CLOSED, FATES, OPEN, Fates
from relay_protocol.memory import PlainMemory, place


def fates(of: bytes, memory: PlainMemory | None = None) -> Fates:
    known = Fates(memory or PlainMemory(), 0)
    for one in of:
        known.add(bytes([one]))
    return known


def test_fates_are_counted_and_found() -> None:
    known = fates(CLEAR + OPEN + CLOSED + OPEN + CLOSED)
    assert len(known) == 5
    assert [known.count(fate) for fate in (CLEAR, OPEN, CLOSED)] == [1, 2, 2]
    assert (known.first(CLOSED), known.first(CLOSED, 3), known.first(CLOSED, 5)) == (2, 4, None)
    assert [known.nth(CLOSED, number) for number in range(3)] == [2, 4, None]
    assert known.of(1) == OPEN


def test_closing_tells_what_was_open() -> None:
    known = fates(CLEAR + OPEN * 2 + CLOSED + OPEN)
    assert known.close(1, 4) == [1, 2, 4]
    assert known.count(CLOSED) == 4
    assert known.close(1, 4) == []


def test_what_is_clear_cannot_be_closed() -> None:
    known = fates(OPEN + OPEN + CLEAR)
    with pytest.raises(ValueError, match=r"^2$"):
        known.close(0, 2)
    assert known.count(CLOSED) == 0


@pytest.mark.parametrize("size", [1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK + 5])
def test_what_is_kept_is_known_again(size: int) -> None:
    memory = PlainMemory()
    pattern = (CLEAR + OPEN + CLOSED) * (size // 3 + 1)
    fates(pattern[:size], memory).keep()
    again = Fates(memory, size)
    assert [again.of(seq) for seq in (0, size // 2, size - 1)] == [
        pattern[seq : seq + 1] for seq in (0, size // 2, size - 1)
    ]
    again.add(OPEN)
    again.keep()
    assert Fates(memory, size + 1).of(size) == OPEN


def test_a_closed_chunk_is_kept_although_others_are_not_new() -> None:
    memory = PlainMemory()
    fates(OPEN * (CHUNK + 2), memory).keep()
    again = Fates(memory, CHUNK + 2)
    again.close(CHUNK - 1, CHUNK)
    again.keep()
    last = Fates(memory, CHUNK + 2)
    assert last.count(CLOSED) == 2


@pytest.mark.parametrize("packed", [b"junk", zlib.compress(b"\x02"), b""])
def test_fates_that_are_not_all_there_are_refused(packed: bytes) -> None:
    memory = PlainMemory()
    memory.shelf(FATES)[place(0)] = packed
    with pytest.raises(StateError):
        Fates(memory, 5)


def test_fates_that_unpack_to_more_than_a_chunk_are_cut() -> None:
    memory = PlainMemory()
    memory.shelf(FATES)[place(0)] = zlib.compress(bytes(2**24))
    assert len(Fates(memory, 5)) == 5
