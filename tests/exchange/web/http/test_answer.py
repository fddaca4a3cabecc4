"""Answers of a WSGI application in pieces: what is made, when it is over, that it is closed."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from exchange.web.http.answer import PIECE_BYTES, Answer

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


class Chunks:
    """An iterable of chunks that counts how often it is closed, and may break at its end."""

    def __init__(self, *chunks: bytes, breaks: bool = False) -> None:
        self.closed = 0
        self._chunks = chunks
        self._breaks = breaks

    def __iter__(self) -> Iterator[bytes]:
        yield from self._chunks
        if self._breaks:
            raise RuntimeError

    def close(self) -> None:
        self.closed += 1


@pytest.fixture
def answer_of() -> Callable[[Chunks], Answer]:
    """Return a maker of the answer that consists of some chunks."""

    def make(chunks: Chunks) -> Answer:
        def app(_: "WSGIEnvironment", start_response: "StartResponse") -> Chunks:
            start_response("404 Not Found", [("X-Two", "a"), ("X-Two", "\u00e9")])
            return chunks

        return Answer(app, {})

    return make


def test_a_small_answer_is_one_piece(answer_of: Callable[[Chunks], Answer]) -> None:
    chunks = Chunks(b"one ", b"", b"two")
    answer = answer_of(chunks)

    assert answer.next_piece() == b"one two"
    assert (answer.is_over, chunks.closed) == (True, 1)
    assert answer.status == 404
    assert answer.headers == [(b"x-two", b"a"), (b"x-two", b"\xe9")]


def test_an_empty_answer_is_over_at_once(answer_of: Callable[[Chunks], Answer]) -> None:
    answer = answer_of(Chunks())

    assert (answer.next_piece(), answer.is_over) == (b"", True)


def test_a_piece_ends_when_it_is_full(answer_of: Callable[[Chunks], Answer]) -> None:
    chunks = Chunks(bytes(PIECE_BYTES - 1), b"x", b"rest")
    answer = answer_of(chunks)

    assert len(answer.next_piece()) == PIECE_BYTES
    assert (answer.is_over, chunks.closed) == (False, 0)
    assert answer.next_piece() == b"rest"
    assert (answer.is_over, chunks.closed) == (True, 1)


def test_one_byte_less_is_not_full(answer_of: Callable[[Chunks], Answer]) -> None:
    answer = answer_of(Chunks(bytes(PIECE_BYTES - 1)))

    assert len(answer.next_piece()) == PIECE_BYTES - 1
    assert answer.is_over


def test_what_nobody_takes_is_closed_in_the_middle(answer_of: Callable[[Chunks], Answer]) -> None:
    chunks = Chunks(bytes(PIECE_BYTES), b"rest")
    answer = answer_of(chunks)
    answer.next_piece()

    answer.close()

    assert (answer.is_over, chunks.closed) == (True, 1)


def test_what_breaks_is_closed_too(answer_of: Callable[[Chunks], Answer]) -> None:
    chunks = Chunks(b"one", breaks=True)
    answer = answer_of(chunks)

    with pytest.raises(RuntimeError):
        answer.next_piece()

    assert (answer.is_over, chunks.closed) == (True, 1)
