"""How fast an audit goes through reveals: parts 5 to 7 apart, signatures apart, and increments.

python tests/benchmarks/ledger_replay.py [--entries N] [--more N] [--signatures N] [--folder DIR]

Each figure is one line of JSON: its name, value and unit, the bound that it stands beside, and
value / bound. The ledger is made up: people, one after the other, from invitation to hire; it
stays in the folder, if one is named, for the next run. Every figure is measured in a process of
its own, so that the memory of one is not that of another.
"""

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta, timezone
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from relay_protocol import audit, canonical, chain, contents, jwk, merkle, note, sealed, tiles
from relay_protocol.attestation import instant_text
from relay_protocol.audit import Brought
from relay_protocol.canonical import Value
from relay_protocol.cli.hands import WORTH_IT, hands, seldom_collecting
from relay_protocol.cli.state import StateFile
from relay_protocol.disclosure import SealedPack
from relay_protocol.encoding import b64url_encode
from relay_protocol.entry import commit
from relay_protocol.findings import Telling
from relay_protocol.grown_tree import GrownTree
from relay_protocol.log_reader import FolderReader
from relay_protocol.manifest import Manifest, closed_runs
from relay_protocol.memory import PlainMemory
from relay_protocol.note import Checkpoint
from relay_protocol.pack import READ_AHEAD_BYTES, PackReader
from relay_protocol.sealed import Cover
from relay_protocol.signatures import Signatures
from relay_protocol.structure import check_structure
from relay_protocol.trust import Trust
from relay_protocol.unchecked import Unchecked
from relay_protocol.walkthrough import Walkthrough
from relay_protocol.wire import JWS_TYPE
from tests.story.hand_ledger import AUDITOR, LOG, HandLedger, sealing_key, signing_key
from tests.story.hand_relay import HandRelay

AIM_S, AIM_ENTRY_US, AIM_GB, AIM_INCREMENT_S, AIM_RATE = 20.0, 6.0, 1.5, 0.3, 0.9
JAPAN = timezone(timedelta(hours=9))
NO_SIGNATURE = b64url_encode(bytes(64))


@dataclass(kw_only=True)
class LongLedger(HandLedger):
    """A ledger of any length: entries go to files at once, and only reveals are kept.

    Attributes:
        folder: where the files are.
        signs: whether keys sign; else 64 zero bytes stand where a signature would.
    """

    folder: Path
    signs: bool = False
    count: int = 0
    grown: GrownTree = field(default_factory=GrownTree)
    prev: bytes = chain.FIRST_PREV
    bundle: list[bytes] = field(default_factory=list)
    clear: list[int] = field(default_factory=list)
    heads: dict[str, str] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """How many entries there are."""
        return self.count or len(self.entries)

    def begin(self) -> None:
        """Open the scheme, and write it out."""
        self.open()
        for entry in self.entries:
            self.clear.append(entry.seq)
            self.append(entry.encode())

    def go_on(self, until: int) -> None:
        """Write people's ways until there are so many entries, or a few more."""
        while self.count < until:
            # Everybody starts on the day on which their start is confirmed.
            if (self.now + timedelta(minutes=20)).astimezone(JAPAN).day != (
                self.now.astimezone(JAPAN).day
            ):
                self.wait(minutes=20)
            HandRelay(ledger=self).until_confirmed()

    def state(
        self,
        kind: str,
        by: str,
        *orgs: str,
        refs: "dict[str, str] | None" = None,  # type: ignore[override]
        body: "dict[str, Value] | None" = None,  # type: ignore[override]
    ) -> str:
        """Sign and enter a fact; return the attestation's id."""
        if not self.count:
            return super().state(kind, by, *orgs, refs=refs, body=body)
        self.drawn += 1
        name = b64url_encode(self.drawn.to_bytes(16))
        said = canonical.encode(
            {
                "at": instant_text(self.now),
                "body": body or {},
                "by": by,
                "id": name,
                "kind": kind,
                "log": LOG,
                "refs": refs or {},
                "v": 1,
            }
        )
        signed = f"{self._head(by)}.{b64url_encode(said)}"
        made = b64url_encode(signing_key(by).sign(signed.encode())) if self.signs else NO_SIGNATURE
        wire = canonical.encode({"jws": f"{signed}.{made}"})
        salt = hashlib.sha256(name.encode()).digest()
        self.reveals[self.count] = salt + wire
        day = (self.now.timestamp() + 9 * 3600) // 86_400
        self.append(
            canonical.encode(
                {
                    "commitment": b64url_encode(commit(salt, wire)),
                    "day": time.strftime("%Y-%m-%d", time.gmtime(day * 86_400)),
                    "kind": kind,
                    "orgs": sorted(set(orgs)),
                    "prev": b64url_encode(self.prev),
                    "rules": self.rules,
                    "seq": self.count,
                    "v": 1,
                }
            )
        )
        return name

    def append(self, raw: bytes) -> None:
        """Write an entry."""
        self.grown.append(merkle.leaf_hash(raw))
        self.prev = chain.link(raw)
        self.bundle.append(raw)
        self.count += 1
        if len(self.bundle) == tiles.FULL_WIDTH:
            self._write_bundle()
            self.bundle.clear()

    def finish(self, first: int = 0) -> Path:
        """Write what is left of the ledger; return the file of a pack from a place on."""
        for tile in tiles.new_tiles(0, self.count):
            path = self.folder / tile.path
            if tile.width < tiles.FULL_WIDTH or not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(self.grown.tile(tile))
        if self.bundle:
            self._write_bundle()
        root = self.grown.root(self.count)
        stated = Checkpoint(origin=LOG, size=self.count, root=root)
        signed = note.sign_note(stated.text(), self.log_key)
        (self.folder / tiles.CHECKPOINT_PATH).write_bytes(signed)
        return self._write_pack(signed, first)

    def _head(self, by: str) -> str:
        if by not in self.heads:
            kid = jwk.kid_of(signing_key(by).public_key())
            head = canonical.encode({"alg": "EdDSA", "kid": kid, "typ": JWS_TYPE})
            self.heads[by] = b64url_encode(head)
        return self.heads[by]

    def _write_bundle(self) -> None:
        index = (self.count - 1) // tiles.FULL_WIDTH
        path = self.folder / tiles.Bundle(index=index, width=len(self.bundle)).path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(tiles.encode_bundle(self.bundle))

    def _write_pack(self, checkpoint: bytes, first: int) -> Path:
        gathered = list(contents.gather(one for one in self.reveals.items() if one[0] >= first))
        raw = [contents.encode_reveals(part) for part in gathered]
        manifest = Manifest(
            log=LOG,
            auditor=AUDITOR,
            first=first,
            cut=self.count,
            until="2030-12-31",
            checkpoint=checkpoint,
            closed=tuple(closed_runs(sorted({*self.clear, *self.reveals}), self.count)),
            parts=tuple(map(contents.list_reveals, gathered, raw)),
            documents=(),
        )
        key = sealing_key(AUDITOR).public_key()
        cover = Cover.of(key, log=LOG, auditor=AUDITOR, until=manifest.until)
        path = self.folder.with_name(f"{self.folder.name}.pack-{first}")
        with path.open("wb") as file:
            for number, part in enumerate((manifest.encode(), *raw)):
                file.write(sealed.seal(part, key, cover, number))
        return path


class Unasked(Signatures):
    """Signatures that nobody checks: what is left of the audit is what it takes without them."""

    def add(self, seq: int, unchecked: Unchecked) -> None:
        """Let a signature go."""


def silent(_part: int, _done: int, _total: int) -> None:
    """Tell nobody how far an audit is."""


@contextmanager
def pack_of(path: Path) -> Iterator[SealedPack]:
    """Open a pack."""
    key = sealing_key(AUDITOR)
    with path.open("rb", buffering=READ_AHEAD_BYTES) as file:
        yield SealedPack(PackReader(file, key), sealed.key_bytes(key))


def tell(name: str, value: float, unit: str, bound: float) -> None:
    """Print one figure."""
    told = {"name": name, "value": round(value, 4), "unit": unit, "bound": round(bound, 4)}
    sys.stdout.write(json.dumps({**told, "ratio": round(value / bound, 3)}) + "\n")
    sys.stdout.flush()


def trust() -> Trust:
    """Return whom the auditor believes."""
    return Trust(logs=(HandLedger().log_key.verifier,))


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A ledger and a pack of it, as files."""

    ledger: Path
    pack: Path

    @classmethod
    def at(cls, folder: Path, first: int = 0) -> "Made":
        """Return what lies in a folder."""
        return cls(ledger=folder, pack=folder.with_name(f"{folder.name}.pack-{first}"))


def walk(made: Made, hands: Executor | None, signatures: Signatures) -> tuple[float, Walkthrough]:
    """Return how long parts 5 to 7 take, in seconds, and the way that was gone."""
    telling = Telling(silent)
    copy = check_structure(FolderReader(made.ledger), trust(), [], telling, hands=hands)
    with pack_of(made.pack) as disclosed:
        begun = time.perf_counter()
        way = Walkthrough(copy, disclosed, PlainMemory(), telling)
        way.go(hands, signatures)
        way.conclude()
        way.conclude_replay()
        return time.perf_counter() - begun, way


def peak_bytes() -> int:
    """Return the most memory that this process had, without what it was forked from."""
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    (peak,) = (line for line in lines if line.startswith("VmHWM:"))
    return int(peak.split()[1]) * 1024


def whole(folder: Path) -> None:
    """Measure parts 5 to 7 of a whole ledger, without its signatures."""
    with hands(WORTH_IT) as both:
        taken, way = walk(Made.at(folder / "ledger"), both, Unasked())
    tell("replay-whole", taken, "s", AIM_S * way.position / 1_000_000)
    tell("replay-memory", peak_bytes() / 1e9, "GB", AIM_GB)


def follow(folder: Path) -> None:
    """Measure the replay alone, once everything is opened and checked."""
    made, telling = Made.at(folder / "ledger"), Telling(silent)
    copy = check_structure(FolderReader(made.ledger), trust(), [], telling)
    with pack_of(made.pack) as disclosed:
        way = Walkthrough(copy, disclosed, PlainMemory(), telling)
        taken, count = 0.0, 0
        for window in disclosed.windows(copy, 0, None):
            said = {one.seq: one.said for one in window.opened}
            for entry in window.entries:
                clear = way.replay.charter.take(entry)
                if clear is not None:
                    said[entry.seq] = clear.attestation
            begun = time.perf_counter()
            for entry in window.entries:
                way.replay.follow(entry, said[entry.seq])
            taken += time.perf_counter() - begun
            count += len(window.entries)
    tell("replay-entry", taken / count * 1e6, "us", AIM_ENTRY_US)


def increment(folder: Path) -> None:
    """Measure an audit with a state: of everything but signatures, and of a few more entries."""
    first = int((folder / "entries").read_text())
    for name, made in (
        ("state-whole", Made.at(folder / "ledger")),
        ("state-increment", Made.at(folder / "longer", first)),
    ):
        state = folder / "state"
        # What a state holds does not depend on it, and a million of them take minutes.
        vars(audit)["Signatures"] = Signatures if name == "state-increment" else Unasked
        begun = time.perf_counter()
        with StateFile.open(state) as memory, pack_of(made.pack) as disclosed:
            brought = Brought(trust=trust(), pack=disclosed)
            audit.verify(FolderReader(made.ledger), brought, Telling(silent), memory=memory)
        tell(name, time.perf_counter() - begun, "s", AIM_INCREMENT_S)


def signatures(folder: Path) -> None:
    """Measure how many signatures an audit checks in a second, beside the library's own rate."""
    made = Made.at(folder / "signed")
    gathered: list[Unchecked] = []

    class Gathering(Unasked):
        def add(self, seq: int, unchecked: Unchecked) -> None:
            del seq
            gathered.append(unchecked)

    walk(made, None, Gathering())
    keys = {one.key: Ed25519PublicKey.from_public_bytes(one.key) for one in gathered}
    for name, lent in (("signatures-alone", 0), ("signatures-hands", WORTH_IT)):
        with hands(lent) as both:
            if both is not None:
                list(both.map(time.sleep, (0.3, 0.3)))
            rounds = [(_library_s(gathered, keys), _audit_s(gathered, both)) for _ in range(3)]
        library, own = (len(gathered) / min(times) for times in zip(*rounds, strict=True))
        tell(name, own, "/s", library * AIM_RATE)


def _library_s(gathered: list[Unchecked], keys: dict[bytes, Ed25519PublicKey]) -> float:
    """Return how long the library itself takes for signatures, in seconds."""
    begun = time.perf_counter()
    for one in gathered:
        keys[one.key].verify(one.signature, one.message)
    return time.perf_counter() - begun


def _audit_s(gathered: list[Unchecked], both: Executor | None) -> float:
    """Return how long an audit takes for signatures, in seconds."""
    begun = time.perf_counter()
    desk = Signatures(both)
    for seq, one in enumerate(gathered):
        desk.add(seq, one)
    if desk.settle() is not None:
        raise ValueError("a true signature is called false")
    return time.perf_counter() - begun


def build(folder: Path, entries: int, more: int, signed: int) -> None:
    """Make the ledgers, if they are not there yet."""
    if (folder / "entries").exists():
        return
    truly = LongLedger(folder=folder / "signed", signs=True)
    truly.begin()
    truly.go_on(signed)
    truly.finish()
    ledger = LongLedger(folder=folder / "ledger")
    ledger.begin()
    ledger.go_on(entries)
    ledger.finish()
    first = ledger.count
    shutil.copytree(folder / "ledger", folder / "longer", copy_function=os.link)
    (folder / "longer" / tiles.CHECKPOINT_PATH).unlink()
    ledger.folder, ledger.signs = folder / "longer", True
    ledger.go_on(first + more)
    ledger.finish(first)
    (folder / "entries").write_text(str(first))


MEASURES = {one.__name__: one for one in (whole, follow, increment, signatures)}


def main() -> None:
    """Measure everything, or the one thing that was asked for."""
    parser = argparse.ArgumentParser(description="How fast an audit goes through reveals.")
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--more", type=int, default=1_000)
    parser.add_argument("--signatures", type=int, default=20_000)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--measure", choices=MEASURES)
    given = parser.parse_args()
    if given.measure:
        with seldom_collecting():
            MEASURES[given.measure](given.folder)
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        build(folder, given.entries, given.more, given.signatures)
        for name in MEASURES:
            (folder / "state").unlink(missing_ok=True)
            command = [sys.executable, __file__, "--measure", name, "--folder", str(folder)]
            subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
