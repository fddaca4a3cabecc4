"""An address is one server's own, and a server ends with whoever started it."""

import multiprocessing
import os
import signal
import socket
from collections.abc import Iterator
from multiprocessing.connection import Connection

import pytest

from relay_protocol import listening

PATIENCE_S = 60


@pytest.fixture
def taken() -> Iterator[int]:
    """Yield a port at which somebody listens who would share it."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_an_address_at_which_somebody_listens_is_refused(taken: int, host: str) -> None:
    with pytest.raises(OSError, match="in use"):
        listening.require_own(host, taken)


def test_an_address_at_which_nobody_listens_may_be_had_twice() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]

    listening.require_own("127.0.0.1", port)
    listening.require_own("127.0.0.1", port)


def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(OSError, match="assign"):
        listening.require_own("192.0.2.1", 8400)


def test_a_port_that_there_is_not_is_refused() -> None:
    with pytest.raises(OverflowError):
        listening.require_own("127.0.0.1", 65_536)


def test_a_process_ends_as_if_told_to_when_its_parent_is_killed() -> None:
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe(duplex=False)
    parent = context.Process(target=_have_a_child, args=(there,))
    parent.start()
    there.close()
    assert here.poll(PATIENCE_S)
    assert here.recv() == "ready"
    assert parent.pid is not None

    os.kill(parent.pid, signal.SIGKILL)

    assert here.poll(PATIENCE_S)
    assert here.recv() == "told to end"
    parent.join(PATIENCE_S)


def test_a_process_that_nobody_started_as_a_child_is_left_alone() -> None:
    listening.end_with_parent()

    assert multiprocessing.parent_process() is None


def _have_a_child(there: Connection) -> None:
    """Start a process that tells when it is told to end, and wait for it."""
    child = multiprocessing.get_context("fork").Process(target=_wait, args=(there,))
    child.start()
    child.join()


def _wait(there: Connection) -> None:
    """Wait for the signal of whoever tells a server to end."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    listening.end_with_parent()
    there.send("ready")
    signal.sigwait({signal.SIGTERM})
    there.send("told to end")
