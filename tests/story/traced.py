"""The hub's own steps that leave something behind, found while it works, and deadly if wished.

python -m tests.story.traced

Reads one trial a line from standard input, as JSON, and answers each with how it ended. A trial
runs in a process of its own, forked so that nothing is imported again. It takes attestations in,
sequences, publishes and keeps a witness's word, twice over; every statement and commit and every
operation on a file is a step. It writes a line to its log before each, and before the step whose
number it was given it kills itself with SIGKILL, as if the machine had lost its power.
"""

import io
import json
import os
import posix
import signal
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import FrameType

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Engine, event

from exchange.config import Settings
from exchange.hub import Hub, open_hub
from exchange.services import ledger, witnesses
from exchange.services.ledger import Fact
from exchange.store import ledger as rows
from relay_protocol import ids, note
from relay_protocol.policy import WitnessLine

STEP, TAKEN, SHOWN, COSIGNED = "step", "taken", "shown", "cosigned"
"""What a line of the log is about."""
ROUNDS = (3, 2)
"""How many attestations each round takes in."""
NAMED = "kansa"
"""Whom the first of each round names."""
WITNESS = note.SignerKey(
    name="witness.example",
    kind=note.COSIGNATURE,
    private_key=Ed25519PrivateKey.from_private_bytes(b"\x07" * 32),
)
FILE_EVENTS = frozenset({"open", "os.link", "os.mkdir", "os.remove", "os.rename", "os.rmdir"})
FILE_CALLS = frozenset({"write", "writelines", "flush", "truncate", "close", "__exit__"})
POSIX_CALLS = frozenset({"write", "pwrite", "fsync", "fdatasync", "truncate", "ftruncate"})
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
STANDARD = 2
"""The highest of the three standard file numbers."""


@dataclass(kw_only=True)
class Tracer:
    """Counts this process's steps and writes them down; before the last one it dies.

    Attributes:
        last: the number of the step that is not done any more, from 1; 0 for none.
        log: file number of the log.
    """

    last: int
    log: int
    count: int = 0
    is_writing: bool = False

    def tell(self, about: str, what: str) -> None:
        """Write one line down, at once, which is no step itself."""
        self.is_writing = True
        os.write(self.log, f"{about} {what}\n".encode())
        self.is_writing = False

    def step(self, what: str) -> None:
        """Note that something is about to be left behind."""
        if self.is_writing:
            return
        self.count += 1
        self.tell(STEP, what)
        if self.count == self.last:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(self, engine: Engine) -> None:
        """Count every statement, every commit and every operation on a file from now on."""
        event.listen(engine, "before_cursor_execute", self._statement)
        event.listen(engine, "commit", lambda _: self.step("commit"))
        sys.addaudithook(self._audited)
        threading.setprofile(self._called)
        sys.setprofile(self._called)

    def _statement(self, *told: object) -> None:
        words = str(told[2]).split()
        # Reading a table leaves nothing behind; calling a function may.
        if words[0] != "SELECT" or "FROM" not in words:
            self.step(" ".join(words[:3]))

    def _audited(self, name: str, about: tuple[object, ...]) -> None:
        """Take what the interpreter tells before it opens, renames or removes a file."""
        if name not in FILE_EVENTS:
            return
        if name == "open" and not (isinstance(about[2], int) and about[2] & WRITES):
            return
        self.step(f"{name} {Path(str(about[0])).name}")

    def _called(self, frame: FrameType, what: str, function: object) -> None:
        """Take what is about to be called of functions written in C: writing and flushing."""
        del frame
        if what != "c_call":
            return
        name, owner = getattr(function, "__name__", ""), getattr(function, "__self__", None)
        if owner is posix and name in POSIX_CALLS:
            self.step(name)
        elif name in FILE_CALLS and isinstance(owner, io.IOBase) and _is_written(owner):
            self.step(f"file {name}")


def live(settings: Settings, last: int, log: int) -> None:
    """Open the hub and let it do its work, twice over; in a trial it does not come to the end."""
    hub = open_hub(settings)
    tracer = Tracer(last=last, log=log)
    tracer.watch(hub.engine)
    for number, count in enumerate(ROUNDS):
        take(hub, tracer, number, count)
        size = hub.sequence()
        tracer.tell(SHOWN, str(size))
        cosign(hub, tracer, size)
    os._exit(0)


def take(hub: Hub, tracer: Tracer, number: int, count: int) -> None:
    """Let the hub take attestations in, and tell of them once it has said that it did."""
    facts = [declined(number, one) for one in range(count)]
    with hub.work() as work:
        naming = ledger.attest_as_hub(work, facts[0], orgs=(NAMED,))
        taken = [naming, *ledger.attest_all_as_hub(work, facts[1:])]
    for one in taken:
        tracer.tell(TAKEN, one.id)


def declined(number: int, one: int) -> Fact:
    """Return a fact of the hub's own, another one for each pair of small numbers."""
    claim = ids.new_id("clm", bytes([number, one]).ljust(ids.ID_BYTES))
    return Fact(kind="claim.declined", refs={"claim": claim})


def cosign(hub: Hub, tracer: Tracer, size: int) -> None:
    """Let the hub keep what a witness says of its newest checkpoint."""
    with hub.reading() as work:
        stored = rows.checkpoint(work.session)
    if stored is None:
        raise LookupError("nothing was signed")
    checkpoint = note.Checkpoint(origin=hub.scheme.origin, size=size, root=stored.root)
    line = note.cosign(checkpoint, WITNESS, time_s=int(hub.clock.now().timestamp()))
    of_policy = WitnessLine(name=WITNESS.name, vkey=WITNESS.verifier)
    with hub.noting() as work:
        witnesses.keep(work, of_policy, size, (line,))
    tracer.tell(COSIGNED, str(size))


def in_own_process(work: Callable[[], None]) -> int:
    """Return how a forked process ended that did some work: its exit code, -9 where killed."""
    child = os.fork()
    if child == 0:
        try:
            work()
        finally:
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def main() -> None:
    """Do each trial that is asked for, until nothing more is asked."""
    for asked in sys.stdin:
        trial = json.loads(asked)
        settings = Settings(
            database_url=trial["database_url"],
            keys=Path(trial["keys"]),
            state=Path(trial["state"]),
            url=trial["url"],
            clock=Path(trial["clock"]),
        )
        log = os.open(trial["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        ended = in_own_process(partial(live, settings, trial["last"], log))
        os.close(log)
        print(ended, flush=True)


def _is_written(file: io.IOBase) -> bool:
    """Return whether a file is open to be written, and none of the standard ones."""
    return not file.closed and file.writable() and file.fileno() > STANDARD


if __name__ == "__main__":
    main()
