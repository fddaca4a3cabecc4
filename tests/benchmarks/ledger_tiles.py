"""How fast one worker serves the ledger's tiles, beside a server that does nothing but answer.

make bench NAME=ledger_tiles
python tests/benchmarks/ledger_tiles.py [--entries N] [--rounds N]

`exchange serve` (one worker, eight threads) holds a ledger of 70,000 entries; 32 connections stay
open and ask for its full tiles. The bound is granian with a WSGI application of one line that
answers as many bytes from memory, and a thread for whatever begins to come in. Both run at once
and are asked in turn; each figure is the best of some rounds, one line of JSON: name, value, unit,
bound, and value / bound.
"""

import argparse
import asyncio
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from exchange.store import migrate
from relay_protocol import tiles
from tests.story import scheme
from tests.story.machine import CHECKOUT, PROGRAMS, Machine, free_port
from tests.story.stored_ledger import lengthen

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

CONNECTIONS = 32
REQUESTS = 20_000
AIM_PER_S = 3_000
BODY = bytes(tiles.FULL_WIDTH * 32)
HEAD_END = b"\r\n\r\n"


def nothing(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    """Answer as many bytes as a tile has."""
    del environ
    start_response("200 OK", [("Content-Length", str(len(BODY)))])
    return (BODY,)


class Asking(asyncio.Protocol):
    """One connection that asks for one path after the other, the next as soon as it has one."""

    def __init__(self, requests: Iterator[bytes], done: "asyncio.Future[None]") -> None:
        self._requests = requests
        self._done = done
        self._left = 0
        self._head = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask first."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._next()

    def data_received(self, data: bytes) -> None:
        """Read on, and ask again after the last byte of an answer."""
        if not self._left:
            self._head += data
            head, end, data = self._head.partition(HEAD_END)
            if not end:
                return
            if b" 200 " not in head.split(b"\r\n", 1)[0]:
                self._done.set_exception(RuntimeError(head.decode("latin-1")))
                return
            self._head = b""
            length = head.lower().partition(b"content-length:")[2]
            self._left = int(length.partition(b"\r\n")[0])
        self._left -= len(data)
        if not self._left:
            self._next()

    def _next(self) -> None:
        assert self._transport is not None
        request = next(self._requests, None)
        if request is None:
            self._transport.close()
            if not self._done.done():
                self._done.set_result(None)
            return
        self._transport.write(request)


async def per_second(port: int, paths: list[str]) -> float:
    """Return how many requests a second are answered over 32 kept connections."""
    requests = [f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode() for path in paths]
    queue = iter(requests[number % len(requests)] for number in range(REQUESTS))
    loop = asyncio.get_running_loop()
    began = time.perf_counter()
    connections = []
    for _ in range(CONNECTIONS):
        done = loop.create_future()
        connections.append(done)
        await loop.create_connection(partial(Asking, queue, done), "localhost", port)
    await asyncio.gather(*connections)
    return REQUESTS / (time.perf_counter() - began)


@contextmanager
def doing_nothing(port: int) -> Iterator[None]:
    """Run the server program with an application that does nothing."""
    words = ["--interface", "wsgi", "--port", str(port), "--blocking-threads", "8", "--no-ws"]
    server = subprocess.Popen(
        [PROGRAMS / "granian", *words, "tests.benchmarks.ledger_tiles:nothing"],
        cwd=CHECKOUT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(port)
        yield
    finally:
        server.terminate()
        server.wait(timeout=30)


def wait_for(port: int) -> None:
    """Return when somebody listens."""
    ends_at = time.monotonic() + 30
    while True:
        try:
            asyncio.run(per_second_once(port))
        except OSError:
            if time.monotonic() > ends_at:
                raise
            time.sleep(0.05)
        else:
            return


async def per_second_once(port: int) -> None:
    """Open one connection and close it."""
    _, writer = await asyncio.open_connection("localhost", port)
    writer.close()


def tell(name: str, value: float, bound: float, bound_name: str) -> None:
    """Write one figure."""
    line = {
        "name": name,
        "value": round(value),
        "unit": "1/s",
        "bound": round(bound),
        "bound_name": bound_name,
        "ratio": round(value / bound, 3),
    }
    sys.stdout.write(json.dumps(line) + "\n")


def best(measure: Callable[[], float], rounds: int) -> float:
    """Return the best of some rounds."""
    return max(measure() for _ in range(rounds))


def main(arguments: list[str]) -> int:
    """Measure tiles and the checkpoint, in a folder that is gone afterwards."""
    parser = argparse.ArgumentParser(description="Measure how tiles are served.")
    parser.add_argument("--entries", type=int, default=70_000)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args(arguments)
    folder = Path(tempfile.mkdtemp(prefix="relay-"))
    try:
        url = f"sqlite:///{folder}/exchange.db"
        migrate.upgrade(url)
        port, idle_port = free_port(), free_port()
        hub = scheme.open_demo(url, folder, url=f"http://localhost:{port}")
        lengthen(hub, asked.entries)
        hub.close()
        whole = [
            f"/ledger/{tile.path}"
            for tile in tiles.new_tiles(0, asked.entries)
            if tile.width == tiles.FULL_WIDTH
        ]
        machine = Machine(settings=hub.settings, log=folder / "log")
        with machine.serving(), doing_nothing(idle_port):
            bound = best(lambda: asyncio.run(per_second(idle_port, ["/"])), asked.rounds)
            served = best(lambda: asyncio.run(per_second(port, whole)), asked.rounds)
            newest = best(lambda: asyncio.run(per_second(port, ["/ledger/checkpoint"])), 1)
        tell("full tiles, one worker, 32 connections", served, bound, "the server doing nothing")
        tell("full tiles, one worker, 32 connections", served, AIM_PER_S, "aim")
        tell("checkpoint, one worker, 32 connections", newest, bound, "the server doing nothing")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
