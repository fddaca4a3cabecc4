"""A machine that runs the hub's real programs, one process each, and may lose its power."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from exchange.config import Settings

CHECKOUT = Path(__file__).resolve().parents[2]
PROGRAMS = Path(sys.executable).parent
START_S = 90
KILLED = -9
_HELD: list[socket.socket] = []


class MachineError(Exception):
    """A program did not start, or ended otherwise than it should."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the power fails: at a function, called or about to return, for the n-th time."""

    module: str
    function: str
    when: str = "before"
    times: int = 1

    def __str__(self) -> str:
        """Return how tests.story.doomed names it."""
        return f"{self.module}:{self.function}:{self.when}:{self.times}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """Runs the hub of some settings; what it says goes to one log file.

    Attributes:
        log: standard output and error of every program.
    """

    settings: Settings
    log: Path

    @property
    def port(self) -> int:
        """Where the hub listens, as its own address says."""
        return int(self.settings.url.rpartition(":")[2])

    @contextmanager
    def serving(self, fails_at: Place | None = None) -> Iterator[subprocess.Popen[bytes]]:
        """Serve the hub until the end of the block, or until the power fails."""
        words = (
            [str(PROGRAMS / "exchange"), "serve"]
            if fails_at is None
            else [*_doomed(fails_at), "serve", str(self.port)]
        )
        with self.log.open("ab") as log:
            server = subprocess.Popen(
                words, env=self._environment, cwd=CHECKOUT, stdout=log, stderr=log
            )
            try:
                self._wait_for(server)
                yield server
            finally:
                server.terminate()
                server.wait(timeout=START_S)

    def run(self, *words: str, fails_at: Place | None = None) -> int:
        """Run `exchange` with words, and return how it ended."""
        program = [str(PROGRAMS / "exchange")] if fails_at is None else _doomed(fails_at)
        with self.log.open("ab") as log:
            return subprocess.run(
                [*program, *([] if fails_at is None else ["exchange"]), *words],
                env=self._environment,
                cwd=CHECKOUT,
                stdout=log,
                stderr=log,
                check=False,
                timeout=START_S,
            ).returncode

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        """Start `exchange` with words, to run beside whatever else runs."""
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [str(PROGRAMS / "exchange"), *words],
                env=self._environment,
                cwd=CHECKOUT,
                stdout=log,
                stderr=log,
            )

    @property
    def _environment(self) -> dict[str, str]:
        settings = self.settings
        return {
            **os.environ,
            "DATABASE_URL": settings.database_url,
            "EXCHANGE_KEYS": str(settings.keys),
            "EXCHANGE_STATE": str(settings.state),
            "EXCHANGE_URL": settings.url,
            "EXCHANGE_CLOCK": str(settings.clock or ""),
        }

    def _wait_for(self, server: subprocess.Popen[bytes]) -> None:
        """Return when the hub listens."""
        until = time.monotonic() + START_S
        while time.monotonic() < until and server.poll() is None:
            try:
                socket.create_connection(("localhost", self.port), timeout=1).close()
            except OSError:
                time.sleep(0.05)
            else:
                return
        server.kill()
        raise MachineError(f"the hub did not start: {self.log.read_text(encoding='utf-8')}")


def free_port() -> int:
    """Return a port of this machine that nobody listens at, and that nobody else is given.

    Until this process ends it stays bound, though nobody answers there: whoever names it may listen
    at it, and no connection and no other test gets it by chance before.
    """
    held = socket.socket()
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    held.bind(("localhost", 0))
    port = int(held.getsockname()[1])
    if sys.platform == "linux":
        _HELD.append(held)
    else:  # which lets nobody listen at a port that is bound
        held.close()
    return port


def _doomed(place: Place) -> list[str]:
    """Return how a program is run that dies at a place."""
    return [sys.executable, "-m", "tests.story.doomed", str(place)]
