"""How fast the ledger takes attestations in, durably, until a signed checkpoint covers them.

make bench NAME=ledger_append
python tests/benchmarks/ledger_append.py [--entries N] [--seconds S] [--database NAME]

Each database begins empty, on the disk, as durable as the hub sets it up. First 256 writers in
this process hand acts in and go on as soon as there is room in their window; an act counts once
a published checkpoint covers it. Then the ledger grows to N entries (100,000 unless told), and
what an entry costs is told for each tenfold size. The signatures of what is handed in were
checked beforehand, as a door does; what that costs is told apart. One figure is one line of JSON.
"""

import argparse
import gc
import json
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from secrets import SystemRandom, token_bytes
from statistics import median, quantiles
from threading import Condition, Event, Thread

from sqlalchemy import select

from exchange.app import keep_sequencing
from exchange.hub import Hub
from exchange.services import intake, ledger
from exchange.services.grouping import Grouping
from exchange.services.ledger import Act, Fact, Recorded
from exchange.store import checkpoints, migrate
from exchange.store import ledger as rows
from relay_protocol import ids
from relay_protocol.attestation import sign_jws
from tests.benchmarks.relay import server
from tests.story import scheme
from tests.story.scheme import Organization

WRITERS = 256
WINDOW = 48
"""How many acts a writer has handed in that no checkpoint covers yet."""
SECONDS = 8.0
AIM_PER_S, AIM_P99_S = 10_000.0, 1.5
AIM_PROOF_MS = 5.0
PROOFS = 500
STRIDE = 10_000
ENTRIES = 100_000


def tell(name: str, value: float, unit: str, bound: float) -> None:
    """Print one figure beside its bound."""
    figure = {
        "name": name,
        "value": round(value, 3),
        "unit": unit,
        "bound": round(bound, 3),
        "ratio": float(f"{value / bound:.3g}"),
    }
    print(json.dumps(figure, ensure_ascii=False), flush=True)


def acts_of(hub: Hub, member: Organization, count: int) -> list[Act]:
    """Return so many acts of a member, of this moment, as they come in: nothing is checked yet."""
    acts = []
    with hub.reading() as work:
        for _ in range(count):
            fact = Fact(
                kind="referral.invited",
                refs={"referral": ids.new_id("ref", token_bytes(ids.ID_BYTES))},
                body={"job_kind": "mid-career"},
            )
            signed = sign_jws(ledger.new_attestation(work, fact, by=member.slug), member.signing)
            acts.append(Act(signed=signed, fact=fact, orgs=(member.slug,)))
    return acts


def proved(hub: Hub, acts: Sequence[Act]) -> tuple[list[Act], float]:
    """Return acts with their signatures checked as a door does it, and the seconds it took."""
    began = time.perf_counter()
    with hub.reading() as work:
        done = intake.prove(work, acts)
    return done, time.perf_counter() - began


class Window:
    """How many acts one writer may still hand in before a checkpoint covers earlier ones."""

    def __init__(self) -> None:
        self._room = WINDOW
        self._changed = Condition()

    def take(self) -> int:
        """Return all the room there is, as soon as there is any; it is used then."""
        with self._changed:
            self._changed.wait_for(lambda: self._room)
            room, self._room = self._room, 0
        return room

    def give(self, room: int) -> None:
        """Make room again."""
        with self._changed:
            self._room += room
            self._changed.notify()


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Collects what published checkpoints cover, and tells each writer of its own.

    Attributes:
        handed: when an act was handed in and by which writer, by the attestation's id.
        latencies: of every act that is covered, from hand-in to publication, in seconds.
        covered: how many acts were covered at which moment.
    """

    hub: Hub
    windows: Sequence[Window]
    handed: dict[str, tuple[float, int]] = field(default_factory=dict)
    latencies: list[float] = field(default_factory=list)
    covered: list[tuple[float, int]] = field(default_factory=list)
    closed: Event = field(default_factory=Event)

    def collect(self) -> None:
        """Look for a new checkpoint until the desk is closed."""
        size = self.published_size()
        while not self.closed.is_set():
            self.hub.bell.wait(partial(self.is_beyond, size), 0.5)
            before, size = size, self.published_size()
            if size > before:
                self.hand_out(before, size, time.perf_counter())

    def hand_out(self, before: int, size: int, now: float) -> None:
        """Note the acts between two published sizes, and give their writers room again."""
        query = select(rows.AttestationRow.id).where(
            rows.AttestationRow.seq >= before, rows.AttestationRow.seq < size
        )
        with self.hub.reading() as work:
            found = [self.handed.pop(name) for name in work.session.scalars(query)]
        self.latencies.extend(now - handed_at for handed_at, _ in found)
        self.covered.append((now, len(found)))
        for writer, room in Counter(writer for _, writer in found).items():
            self.windows[writer].give(room)

    def is_beyond(self, size: int) -> bool:
        """Return whether a later checkpoint than that of a size is published."""
        return self.published_size() > size

    def published_size(self) -> int:
        """Return how many entries the newest published checkpoint covers."""
        with self.hub.reading() as work:
            return checkpoints.published_size(work.session)


def concurrent(database: str, hub: Hub, member: Organization, seconds: float) -> None:
    """Measure 256 writers, each of which keeps its window full for some seconds."""
    acts, took_s = proved(hub, acts_of(hub, member, int(seconds * 2 * AIM_PER_S)))
    tell(f"signatures checked beforehand, {database}", len(acts) / took_s, "acts/s", AIM_PER_S)
    # What is handed in stands for requests from elsewhere: no garbage of the hub's to look through.
    gc.freeze()
    desk = Desk(hub=hub, windows=[Window() for _ in range(WRITERS)])
    stopped = keep_sequencing(hub)
    collecting = Thread(target=desk.collect)
    collecting.start()
    began, spent_s = time.perf_counter(), time.process_time()
    with hub.grouping().running() as group, ThreadPoolExecutor(WRITERS) as pool:
        writing = [
            pool.submit(write, group, desk, number, acts[number::WRITERS], began + seconds)
            for number in range(WRITERS)
        ]
    if any(future.result().known for writer in writing for future in writer.result()):
        raise RuntimeError("an act was taken for one that is known")
    while desk.handed:
        time.sleep(0.01)
    spent_s = time.process_time() - spent_s
    stopped.set()
    desk.closed.set()
    hub.written.set()
    collecting.join()
    # What is still to be covered when the writers end is not counted, nor is that time.
    last = max(at for at, _ in desk.covered if at <= began + seconds)
    rate = sum(count for at, count in desk.covered if at <= last) / (last - began)
    name = f"{WRITERS} writers, {database}"
    tell(f"sequenced and covered, {name}", rate, "entries/s", AIM_PER_S)
    cost_us = spent_s / len(desk.latencies) * 1e6
    tell(f"this process's processor time an entry, {name}", cost_us, "µs", 1e6 / AIM_PER_S)
    p99_s = quantiles(desk.latencies, n=100)[98]
    tell(f"p99 from hand-in to receipt, {name}", p99_s, "s", AIM_P99_S)


def write(
    group: Grouping[Act, Recorded], desk: Desk, number: int, acts: Sequence[Act], ends_at: float
) -> list[Future[Recorded]]:
    """Hand one writer's acts in as its window has room; return what holds the answers."""
    futures: list[Future[Recorded]] = []
    while time.perf_counter() < ends_at and len(futures) < len(acts):
        some = acts[len(futures) : len(futures) + desk.windows[number].take()]
        handed_at = time.perf_counter()
        for act in some:
            desk.handed[act.signed.attestation.id] = (handed_at, number)
        futures += group.submit_all(some)
    return futures


def grown(database: str, hub: Hub, member: Organization, entries: int) -> None:
    """Measure what an entry costs while the ledger grows tenfold, and tenfold again."""
    with hub.reading() as work:
        size = rows.size(work.session)
    first: tuple[float, float] | None = None
    decade = STRIDE
    costs: list[tuple[float, float]] = []
    while size < entries:
        acts, _ = proved(hub, acts_of(hub, member, STRIDE))
        costs.append(appended(hub, acts))
        size += len(acts)
        if size >= min(decade, entries):
            # The median of the strides: the machine does other things as well.
            wall_us, own_us = (median(one) / STRIDE * 1e6 for one in zip(*costs, strict=True))
            first = first or (wall_us, own_us)
            tell(f"an entry up to {size:,}, {database}", wall_us, "µs", first[0])
            tell(f"its processor time in this process, {database}", own_us, "µs", first[1])
            decade, costs = decade * 10, []


def proofs(database: str, hub: Hub) -> None:
    """Measure the proof of entries all over the ledger, each in a transaction of its own."""
    with hub.reading() as work:
        size = checkpoints.published_size(work.session)
        seqs = SystemRandom().sample(range(1, size), min(PROOFS, size - 1))
        query = select(rows.AttestationRow.id).where(rows.AttestationRow.seq.in_(seqs))
        wanted = list(work.session.scalars(query))
    took_ms = []
    for attestation_id in wanted:
        began = time.perf_counter()
        with hub.reading() as work:
            proof = ledger.proof_of(work, attestation_id)
        took_ms.append((time.perf_counter() - began) * 1e3)
        if proof is None:
            raise RuntimeError("an entry that is covered has no proof")
    p99_ms = quantiles(took_ms, n=100)[98]
    tell(f"a proof at {size:,} entries, median, {database}", median(took_ms), "ms", AIM_PROOF_MS)
    tell(f"a proof at {size:,} entries, p99, {database}", p99_ms, "ms", AIM_PROOF_MS)


def appended(hub: Hub, acts: Sequence[Act]) -> tuple[float, float]:
    """Append acts in groups under one checkpoint; return the seconds, and those of this process."""
    gc.freeze()
    began, own_s = time.perf_counter(), time.process_time()
    with hub.grouping().running() as group:
        futures = group.submit_all(acts)
        for future in futures:
            future.result()
    hub.sequence()
    gc.unfreeze()
    return time.perf_counter() - began, time.process_time() - own_s


def measure(database: str, url: str, folder: Path, asked: argparse.Namespace) -> None:
    """Measure one database, that is empty at the beginning."""
    migrate.upgrade(url)
    consortium = scheme.consortium(url, folder)
    hub, member = consortium.hub, consortium.members[0]
    grown(database, hub, member, asked.entries)
    proofs(database, hub)
    concurrent(database, hub, member, asked.seconds)
    hub.close()


def main(arguments: Sequence[str]) -> int:
    """Measure what was asked for, in a folder that is gone afterwards."""
    parser = argparse.ArgumentParser(description="Measure the ledger's intake.")
    parser.add_argument("--entries", type=int, default=ENTRIES)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--database", choices=("sqlite", "postgresql"))
    asked = parser.parse_args(arguments)
    # A short path: the one of a server's socket has room for some hundred bytes only.
    folder = Path(tempfile.mkdtemp(prefix="relay-"))
    for name in ("sqlite", "postgresql"):
        (folder / name).mkdir()
    try:
        if asked.database != "postgresql":
            measure("sqlite", f"sqlite:///{folder}/sqlite/exchange.db", folder / "sqlite", asked)
        if asked.database != "sqlite":
            with server(folder) as url:
                measure("postgresql", url, folder / "postgresql", asked)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
