"""One question to one witness: its few answers, and the bounds on all others."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterator
from threading import Event, Thread
from time import monotonic
from typing import TypeVar

import httpx
import pytest

from exchange.network import witness
from exchange.network.witness import WitnessAlarmError, WitnessElsewhereError, WitnessSilentError
from relay_protocol.witnessing import AddCheckpoint
from tests.story.local_hub import LocalHub, Told
from tests.story.witnesses import SIZE, TEXT

Got = TypeVar("Got")
REQUEST = AddCheckpoint(
    old_size=3, path=(bytes(32),), note=b"log\n4\nroot\n\n\xe2\x80\x94 log AAAAAAE=\n"
)


@pytest.fixture
def server() -> Iterator[LocalHub]:
    """Yield a server that answers as a test says."""
    running = LocalHub()
    yield running
    running.close()


def run(does: Callable[[httpx.AsyncClient], Awaitable[Got]]) -> Got:
    """Do something with a client of its own."""

    async def within() -> Got:
        async with witness.new_client() as client:
            return await does(client)

    return asyncio.run(within())


def ask(url: str) -> bytes:
    """Ask the witness at an address."""
    return run(lambda client: witness.add_checkpoint(client, url, REQUEST))


def test_the_request_is_that_of_the_specification(server: LocalHub) -> None:
    server.tell("POST", "/w/add-checkpoint", Told(body=b"lines", headers=TEXT))
    assert ask(f"{server.url}/w/") == b"lines"
    (asked,) = server.requests
    assert asked.body == b"old 3\n" + b"A" * 43 + b"=\n\n" + REQUEST.note
    assert asked.headers["Accept-Encoding"] == "identity"


def test_a_witness_that_stands_elsewhere_says_where(server: LocalHub) -> None:
    server.tell("POST", "/add-checkpoint", Told(status=409, body=b"17\n", headers=SIZE))
    with pytest.raises(WitnessElsewhereError) as told:
        ask(server.url)
    assert told.value.size == 17


@pytest.mark.parametrize(("status", "headers"), [(422, TEXT), (422, SIZE), (409, TEXT), (409, {})])
def test_a_refused_proof_is_an_alarm(
    server: LocalHub, status: int, headers: dict[str, str]
) -> None:
    server.tell("POST", "/add-checkpoint", Told(status=status, body=b"17\n", headers=headers))
    with pytest.raises(WitnessAlarmError) as told:
        ask(server.url)
    assert told.value.status == status


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_nobody_is_sent_elsewhere(server: LocalHub, status: int) -> None:
    elsewhere = {"Location": f"{server.url}/elsewhere"}
    server.tell("POST", "/add-checkpoint", Told(status=status, body=b"", headers=elsewhere))
    with pytest.raises(WitnessSilentError, match=f"status-{status}"):
        ask(server.url)
    assert len(server.requests) == 1


def test_an_answer_may_be_as_long_as_64_kib_and_no_longer(server: LocalHub) -> None:
    for length in (65_536, 65_537):
        server.tell("POST", "/add-checkpoint", Told(body=b"x" * length, headers=TEXT))
        if length == 65_536:
            assert len(ask(server.url)) == length
        else:
            with pytest.raises(WitnessSilentError, match="too-long"):
                ask(server.url)


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "http://witness.invalid", "ftp://w", "x"])
def test_an_address_where_nobody_is_counts_as_silence(url: str) -> None:
    with pytest.raises(WitnessSilentError):
        ask(url)


def test_a_head_that_drips_in_is_given_up_in_time() -> None:
    # Each byte comes soon enough for a clock that begins anew with each.
    listening = socket.create_server(("127.0.0.1", 0))

    def drip() -> None:
        connection, _ = listening.accept()
        with connection:
            try:
                for byte in b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 1_000:
                    connection.sendall(bytes([byte]))
                    ended.wait(0.1)
            except OSError:
                return

    ended = Event()
    dripping = Thread(target=drip, daemon=True)
    dripping.start()
    began = monotonic()
    with pytest.raises(WitnessSilentError, match="late"):
        ask(f"http://127.0.0.1:{listening.getsockname()[1]}")
    assert 4 < monotonic() - began < 60
    dripping.join(5)
    listening.close()


def test_what_a_witness_shows_stands_under_the_hash_of_the_origin(server: LocalHub) -> None:
    # SHA-256 of "abc", the first example of FIPS 180-2.
    known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    server.tell("GET", f"/{known}/checkpoint", Told(body=b"note", headers=TEXT))
    url = server.url
    assert run(lambda client: witness.shown_checkpoint(client, url, "abc")) == b"note"
    with pytest.raises(WitnessSilentError, match="status-404"):
        run(lambda client: witness.shown_checkpoint(client, url, "other"))
