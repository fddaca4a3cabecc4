"""A connection is ended when a request takes too long, and only then."""

import socket
from collections.abc import Iterator
from threading import Event

import pytest

from career_relay.time_limit import TracedLimit


class Stream:
    """A connection as httpx tells of it."""

    def __init__(self, made: object) -> None:
        self.made = made

    def get_extra_info(self, info: str) -> object:
        return self.made if info == "socket" else None


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


def test_who_waits_on_a_connection_is_woken_when_the_time_is_over(
    pair: tuple[socket.socket, socket.socket],
) -> None:
    ours, _ = pair
    limit = TracedLimit(0.05)
    limit.trace("connection.connect_tcp.complete", {"return_value": Stream(ours)})
    with limit.running():
        assert ours.recv(1) == b""
    assert limit.is_over


def test_a_connection_that_is_made_after_the_time_is_over_is_ended_at_once(
    pair: tuple[socket.socket, socket.socket],
) -> None:
    ours, _ = pair
    limit = TracedLimit(0)
    with limit.running():
        while not limit.is_over:
            Event().wait(0.001)
        limit.trace("proxy.start_tls.complete", {"return_value": Stream(ours)})
        assert ours.recv(1) == b""


def test_a_connection_is_left_as_it_is_while_there_is_time_and_between_requests(
    pair: tuple[socket.socket, socket.socket],
) -> None:
    ours, theirs = pair
    limit = TracedLimit(60)
    limit.trace("connection.connect_tcp.started", {})
    limit.trace("connection.connect_tcp.complete", {"return_value": Stream(ours)})
    with limit.running():
        theirs.sendall(b"x")
        assert ours.recv(1) == b"x"
    theirs.sendall(b"y")
    assert ours.recv(1) == b"y"
    assert not limit.is_over


def test_a_connection_without_a_socket_is_nothing_to_end() -> None:
    limit = TracedLimit(0)
    limit.trace("connection.connect_tcp.complete", {"return_value": Stream(None)})
    with limit.running():
        while not limit.is_over:
            Event().wait(0.001)
