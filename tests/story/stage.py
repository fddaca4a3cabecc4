"""Where the demo plays: its folder, its environment, its hub, and the commands that it runs."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import TypeVar

import httpx

One = TypeVar("One")
Done = TypeVar("Done")

CHECKOUT = Path(__file__).resolve().parents[2]
PROGRAMS = Path(sys.executable).parent
START_S = 90
JAPAN = timezone(timedelta(hours=9))


class DemoError(Exception):
    """A step of the demo did not go as it must; the text says which command, and what it said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """The folder var/demo and what every command of the demo finds in its environment."""

    folder: Path
    url: str
    database_url: str
    clock: Path = field(init=False)

    def __post_init__(self) -> None:
        """Name the clock's file."""
        object.__setattr__(self, "clock", self.folder / "clock")

    @property
    def policy(self) -> Path:
        """The scheme's witnesses and their quorum."""
        return self.folder / "policy.txt"

    @property
    def settings(self) -> dict[str, str]:
        """The hub's own settings."""
        return {
            "EXCHANGE_POLICY": str(self.policy) if self.policy.exists() else "",
            "DATABASE_URL": self.database_url,
            "EXCHANGE_KEYS": str(self.folder / "keys" / "hub"),
            "EXCHANGE_STATE": str(self.folder / "state"),
            "EXCHANGE_URL": self.url,
            "EXCHANGE_CLOCK": str(self.clock),
        }

    @property
    def environment(self) -> dict[str, str]:
        """What the hub's commands read."""
        return {**os.environ, **self.settings, "LC_ALL": "C.UTF-8"}

    def keep(self, name: str, document: dict[str, object]) -> None:
        """Write a small JSON file into the demo's folder."""
        text = json.dumps(document, ensure_ascii=False, indent=2)
        (self.folder / name).write_text(text + "\n", encoding="utf-8")

    def run(self, *words: str | Path, ends: int = 0, typed: str | None = None) -> str:
        """Run a command of ours as a user would, and return what it printed.

        Args:
            words: the program and its arguments.
            ends: the exit code that it must have.
            typed: what is typed at its questions.

        Raises:
            DemoError: it ended otherwise.
        """
        program, *arguments = map(str, words)
        done = subprocess.run(
            [PROGRAMS / program, *arguments],
            env=self.environment,
            cwd=CHECKOUT,
            input=typed,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        if done.returncode != ends:
            message = (
                f"{program} {' '.join(arguments)}\nended with {done.returncode}, not {ends}:\n"
                f"{done.stdout}{done.stderr}"
            )
            raise DemoError(message)
        return done.stdout

    def ask(self, *words: str | Path, ends: int = 0, typed: str | None = None) -> dict[str, object]:
        """Run a command with --json and return the object that it printed."""
        answer = json.loads(self.run(*words, "--json", ends=ends, typed=typed))
        return answer if isinstance(answer, dict) else {"items": answer}

    def relay(self, slug: str, *words: str | Path, typed: str | None = None) -> dict[str, object]:
        """Run `relay` on an organization's own machine."""
        config = self.folder / "organizations" / slug / "relay.toml"
        said = json.loads(self.run("relay", "--config", config, "--json", *words, typed=typed))
        return said if isinstance(said, dict) else {"items": said}

    def each(self, do: Callable[[One], Done], over: Iterable[One]) -> list[Done]:
        """Do one thing for each of several organizations, side by side; return what came of it."""
        with ThreadPoolExecutor(max_workers=max(2, os.cpu_count() or 1)) as side_by_side:
            return list(side_by_side.map(do, over))

    def refused(self, slug: str, *words: str | Path) -> str:
        """Run `relay` on an organization's machine, and return the sentence that refuses it."""
        config = self.folder / "organizations" / slug / "relay.toml"
        said = json.loads(self.run("relay", "--config", config, "--json", *words, ends=1))
        return str(said["error"]["said"])

    def ask_relay(self, *words: str | Path) -> dict[str, object]:
        """Run `relay` without any configuration, as a newcomer does."""
        said = json.loads(self.run("relay", "--json", *words))
        return said if isinstance(said, dict) else {"items": said}

    def catch_up(self) -> None:
        """Let the ledger cover all that was done so far, as it does by itself within seconds."""
        self.ask("exchange", "ledger", "publish", self.folder / "public")
        self.until_witnessed()

    def until_witnessed(self) -> None:
        """Return when the quorum has cosigned the newest checkpoint: the hub asks until it has.

        Raises:
            DemoError: the witnesses do not answer.
        """
        until = time.monotonic() + START_S
        while time.monotonic() < until:
            answer = httpx.get(f"{self.url}/healthz", timeout=START_S)
            if answer.json()["ledger"]["quorum"] != "missed":
                return
            time.sleep(0.1)
        message = f"the witnesses do not cosign; see {self.folder / 'hub.log'}"
        raise DemoError(message)

    def now(self) -> datetime:
        """Return the demo's moment, in Japan."""
        ahead = timedelta(seconds=int(self.clock.read_text(encoding="ascii")))
        return datetime.now(JAPAN) + ahead

    def today(self) -> date:
        """Return the demo's day."""
        return self.now().date()

    def forward_to(self, day: date) -> None:
        """Move the demo's clock forward to the morning of a day; it never goes back."""
        morning = datetime(day.year, day.month, day.day, 9, tzinfo=JAPAN)
        ahead = int((morning - datetime.now(JAPAN)).total_seconds()) + 1
        before = int(self.clock.read_text(encoding="ascii"))
        self.clock.write_text(str(max(before, ahead)), encoding="ascii")

    @contextmanager
    def serving(self) -> Iterator[subprocess.Popen[bytes]]:
        """Run the hub, from its first answer until the end of the block."""
        log = (self.folder / "hub.log").open("ab")
        server = subprocess.Popen(
            [PROGRAMS / "exchange", "serve"],
            env=self.environment,
            cwd=CHECKOUT,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            self._wait_for(server)
            yield server
        finally:
            server.terminate()
            server.wait(timeout=START_S)
            log.close()

    @contextmanager
    def visiting(self) -> Iterator[httpx.Client]:
        """Open a browser that keeps nothing, reading English."""
        with httpx.Client(
            base_url=self.url, headers={"Accept-Language": "en"}, timeout=START_S
        ) as http:
            yield http

    def _wait_for(self, server: subprocess.Popen[bytes]) -> None:
        """Return when the hub answers."""
        until = time.monotonic() + START_S
        while time.monotonic() < until:
            if server.poll() is not None:
                break
            try:
                if httpx.get(f"{self.url}/healthz", timeout=2).is_success:
                    return
            except httpx.TransportError:
                time.sleep(0.1)
        message = f"the hub did not start; see {self.folder / 'hub.log'}"
        raise DemoError(message)


def set_stage(environment: Mapping[str, str]) -> Stage:
    """Return an empty stage in var/demo (or DEMO_FOLDER), its clock at the machine's time.

    Raises:
        DemoError: DATABASE_URL names a database that holds a scheme already.
    """
    folder = demo_folder(environment)
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "keys").mkdir(parents=True)
    stage = Stage(
        folder=folder,
        url=f"http://localhost:{_free_port()}",
        database_url=environment.get("DATABASE_URL") or f"sqlite:///{folder}/exchange.db",
    )
    stage.clock.write_text("0", encoding="ascii")
    return stage


def demo_folder(environment: Mapping[str, str]) -> Path:
    """Return var/demo, or what DEMO_FOLDER names."""
    return Path(environment.get("DEMO_FOLDER") or CHECKOUT / "var" / "demo").resolve()


def _free_port() -> int:
    """Return 8400, or another port where that one is taken."""
    for port in (8400, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    message = "no port is free"
    raise DemoError(message)
