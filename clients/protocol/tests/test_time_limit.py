"""A connection is ended when a request takes too long, and only then."""

import socket
from collections.abc import Iterator
from threading import Event

import pytest

from relay_protocol.time_limit import TimeLimit


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


def test_who_waits_on_a_connection_is_woken_when_the_time_is_over(
    pair: tuple[socket.socket, socket.socket],
) -> None:
    limit = TimeLimit(0.05)
    limit.hold(pair[0])
    with limit.running():
        assert pair[0].recv(1) == b""
    assert limit.is_over


def test_a_connection_that_is_made_after_the_time_is_over_is_ended_at_once(
    pair: tuple[socket.socket, socket.socket],
) -> None:
    limit = TimeLimit(0)
    with limit.running():
        while not limit.is_over:
            Event().wait(0.001)
        limit.hold(pair[0])
        assert pair[0].recv(1) == b""


def test_a_further_request_has_its_own_time(pair: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = pair
    limit = TimeLimit(60)
    limit.is_over = True
    with limit.running():
        limit.hold(ours)
        theirs.sendall(b"x")
        assert ours.recv(1) == b"x"
    assert not limit.is_over
