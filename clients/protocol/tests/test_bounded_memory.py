"""An audit holds a run, a part and a batch at a time, however long the ledger is.

What is counted are bytes and objects that are held at once, not what a machine shows of them.
"""

import gc
import tracemalloc
from dataclasses import dataclass
from pathlib import Path

import pytest

from relay_protocol import contents, disclosure, sealed, signatures, structure, walkthrough
from relay_protocol.audit import Brought, verify
from relay_protocol.cli import state
from relay_protocol.cli.state import StateFile
from relay_protocol.disclosure import SealedPack
from relay_protocol.findings import Telling
from relay_protocol.log_reader import FolderReader
from relay_protocol.memory import Memory, PlainMemory
from relay_protocol.pack import PackReader, seal_pack
from relay_protocol.structure import check_structure
from relay_protocol.trust import Trust
from tests.story import long_ledger
from tests.story.hand_audit import silent
from tests.story.hand_books import HandBooks
from tests.story.hand_ledger import AUDITOR, HandLedger, sealing_key
from tests.story.hand_relay import HandRelay

SHORT, LONG = 8_192, 32_768
FEW, MANY = 80, 240
SLACK = 1.15


def bytes_held(folder: Path, size: int) -> int:
    """Return how many bytes parts 1 to 4 hold at most, of a ledger of so many entries."""
    long_ledger.write_out(folder, long_ledger.entries(size))
    trust = Trust(logs=(long_ledger.LOG_KEY.verifier,))
    tracemalloc.start()
    copy = check_structure(FolderReader(folder), trust, (), Telling(silent))
    for _ in copy.entries():
        pass
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def test_parts_1_to_4_hold_a_run_of_entries_however_many_there_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(structure, "RUN_ENTRIES", 1_024)
    short, long = (bytes_held(tmp_path / str(size), size) for size in (SHORT, LONG))
    # Of each bundle its digest, and of each tile its root: half a byte for an entry.
    assert long - short < LONG - SHORT


@dataclass(kw_only=True)
class Weighed:
    """The most objects of ours that came to be alive at once, whenever progress was told."""

    most: int = 0
    told: int = 0

    def __call__(self, part: int, done: int, total: int) -> None:
        """Count them, but for those that were there before."""
        del part, done, total
        self.told += 1
        alive = sum("relay_protocol" in str(type(one).__module__) for one in gc.get_objects())
        self.most = max(self.most, alive)


def objects_held(folder: Path, memory: Memory) -> int:
    """Return how many objects of ours an audit of a ledger and its pack holds at most."""
    weighed, own = Weighed(), sealing_key(AUDITOR)
    gc.collect()
    gc.freeze()
    with (folder / "pack").open("rb") as file:
        brought = Brought(
            trust=Trust(logs=(long_ledger.LOG_KEY.verifier,)),
            pack=SealedPack(PackReader(file, own), sealed.key_bytes(own)),
        )
        verify(FolderReader(folder / "ledger"), brought, Telling(weighed), memory=memory)
    gc.unfreeze()
    assert weighed.told > 3
    return weighed.most


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let parts, windows, batches and shelves be small, so that a short ledger has many."""
    monkeypatch.setattr(contents, "REVEALS_A_PART", 64)
    monkeypatch.setattr(disclosure, "WINDOW", 32)
    monkeypatch.setattr(walkthrough, "KEPT_EVERY", 64)
    monkeypatch.setattr(signatures, "BATCH", 32)
    monkeypatch.setattr(state, "HELD", 64)


def written(folder: Path, people: int) -> Path:
    """Write a ledger in which so many people were hired and a month settled, and its pack."""
    ledger = HandLedger()
    ledger.open()
    books = HandBooks(ledger=ledger)
    for _ in range(people):
        HandRelay(ledger=ledger).until_confirmed()
    ledger.wait(days=31)
    books.settle("2026-12")
    ledger.write_out(folder / "ledger")
    sealed_pack = seal_pack(ledger.pack(), sealing_key(AUDITOR).public_key())
    (folder / "pack").write_bytes(sealed_pack)
    return folder


def test_with_a_state_an_audit_holds_a_part_of_the_pack_and_some_of_what_it_remembers(
    tmp_path: Path, small: None
) -> None:
    held = []
    for people in (FEW, MANY):
        folder = written(tmp_path / str(people), people)
        with StateFile.open(tmp_path / f"{people}.state") as memory:
            held.append(objects_held(folder, memory))
    assert held[1] < SLACK * held[0]


def test_without_one_it_holds_all_that_people_did(tmp_path: Path, small: None) -> None:
    few, many = (
        objects_held(written(tmp_path / str(people), people), PlainMemory())
        for people in (FEW, MANY)
    )
    # What the other test counts would be seen.
    assert many > 2 * few
