"""A run that the scan proves is what the walk finds; all else it leaves to the walk."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay_protocol import chain, merkle, tiles
from relay_protocol.entry import Entry
from relay_protocol.errors import AuditError, LogMissingError
from relay_protocol.grown_tree import GrownTree
from relay_protocol.log_reader import FolderReader
from relay_protocol.note import Checkpoint
from relay_protocol.scan import RUN_ENTRIES, Run, bundles_of, root_of, scan
from relay_protocol.tiles import Bundle
from relay_protocol.walk import Walk
from tests.story import long_ledger

WRITTEN = list(long_ledger.entries(700, clear_every=300))
"""Entries 0, 300 and 600 carry their attestation: bundles 0, 1 and 2 hold one each."""
PLAIN = list(long_ledger.entries(700))


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """A source whose bundles and tiles are those of some entries, or others."""

    entries: list[bytes]
    leaves: list[bytes] | None = None
    trailing: bytes = b""

    def checkpoint(self) -> bytes:
        raise LogMissingError

    def tile(self, level: int, index: int, width: int) -> bytes:
        leaves = self.leaves or list(map(merkle.leaf_hash, self.entries))
        first = index * 256
        return b"".join(leaves[first : first + width]) if level == 0 else b""

    def entry_bundle(self, index: int, width: int) -> bytes:
        first = index * 256
        held = self.entries[first : first + width]
        return tiles.encode_bundle(held) + self.trailing

    def paths(self) -> list[str]:
        return []

    def file(self, path: str) -> bytes:
        raise LogMissingError(path)


def walked(source: Shelf, start: int = 0) -> Run:
    """Return what the walk finds, under a checkpoint that the entries make."""
    size = len(source.entries)
    tree = GrownTree()
    for one in source.entries:
        tree.append(merkle.leaf_hash(one))
    checkpoint = Checkpoint(origin="x", size=size, root=tree.root(size))
    walk = Walk(source, checkpoint)
    prev = chain.link(source.entries[start - 1]) if start else chain.FIRST_PREV
    run = walk.run(start, size, prev)
    if walk.tile_fault:
        raise walk.tile_fault
    return run


def scanned(source: Shelf, start: int = 0) -> Run | None:
    size = len(source.entries)
    return scan(source, size, start, size)


@pytest.mark.parametrize("written", [WRITTEN, PLAIN])
@pytest.mark.parametrize("start", [0, 1, 255, 256, 300, 512, 699])
def test_a_scan_finds_what_a_walk_finds(written: list[bytes], start: int) -> None:
    source = Shelf(entries=written)
    found = scanned(source, start)
    assert found == walked(source, start)
    assert found is not None
    assert found.last == written[-1]
    assert found.first_prev == (chain.link(written[start - 1]) if start else bytes(32))


def test_a_run_is_what_its_definition_says() -> None:
    found = scanned(Shelf(entries=PLAIN))
    leaves = list(map(merkle.leaf_hash, PLAIN))
    bundles = [tiles.encode_bundle(PLAIN[at : at + 256]) for at in (0, 256, 512)]
    assert found == Run(
        start=0,
        first_prev=bytes(32),
        last=PLAIN[-1],
        roots=merkle.root(leaves[:256]) + merkle.root(leaves[256:512]),
        edge=b"".join(leaves[512:]),
        digests=b"".join(hashlib.sha256(one).digest() for one in bundles),
    )


def test_a_run_of_full_bundles_has_no_edge() -> None:
    found = scan(Shelf(entries=PLAIN[:512]), 512, 256, 512)
    assert found is not None
    assert (found.edge, len(found.roots), len(found.digests)) == (b"", 32, 32)


def test_the_root_over_a_full_tile_is_that_of_the_tree() -> None:
    leaves = list(map(merkle.leaf_hash, PLAIN[:256]))
    assert root_of(leaves) == merkle.root(leaves)


def test_the_bundles_of_a_run_reach_from_its_first_entry_to_its_last() -> None:
    assert bundles_of(0, 700, 700) == [Bundle(index=0), Bundle(index=1), Bundle(index=2, width=188)]
    assert bundles_of(511, 512, 700) == [Bundle(index=1)]
    assert RUN_ENTRIES % 256 == 0


def with_entry(at: int, changed: Callable[[bytes], bytes]) -> list[bytes]:
    return [*PLAIN[:at], changed(PLAIN[at]), *PLAIN[at + 1 :]]


def substituted(pattern: bytes, text: bytes) -> Callable[[bytes], bytes]:
    def change(raw: bytes) -> bytes:
        changed = re.sub(pattern, text, raw, count=1)
        assert changed != raw
        return changed

    return change


@pytest.mark.parametrize("at", [0, 1, 255, 256, 300, 698])
@pytest.mark.parametrize(
    "change",
    [
        lambda raw: replace(Entry.decode(raw), day="2026-06-06").encode(),  # breaks the next link
        lambda raw: replace(Entry.decode(raw), prev=bytes(31) + b"\x01").encode(),
        lambda raw: replace(Entry.decode(raw), seq=Entry.decode(raw).seq + 1).encode(),
        substituted(rb'"seq":', b'"seq":0'),
        substituted(rb'"seq":', b'"seq": '),
        substituted(rb'"seq":', b'"seq":-'),
        substituted(rb'(?<="commitment":".{42}).', b"B"),
        substituted(rb'(?<="commitment":").', b"+"),
        substituted(rb'(?<="commitment":").', b"="),
        substituted(rb'(?<="commitment":").', b"\n"),
        substituted(rb'(?<="commitment":").', b'"'),
        substituted(rb'(?<="commitment":").', b""),
        substituted(rb'(?<="prev":".{42}).', b"B"),
        substituted(rb'"day":"2026-01-01"', b'"day":"2026-02-30"'),
        substituted(rb'"day":"2026-01-01"', b'"day":"2026-1--01"'),
        substituted(rb'"kind":"[a-z.]+"', b'"kind":"reveals.closed"'),
        substituted(rb'"kind":"[a-z.]+"', b'"kind":"claim.unknown"'),
        substituted(rb'"orgs":\[[^]]*', b'"orgs":["b1","a1"'),
        substituted(rb'"orgs":\[[^]]*', b'"orgs":["a1","a1"'),
        substituted(rb'"orgs":\[[^]]*', b'"orgs":["a1", "b1"'),
        substituted(rb'"orgs":\[[^]]*', b'"orgs":["a1","",'),
        substituted(rb'"orgs":\[[^]]*', b'"orgs":["1a"'),
        substituted(rb'"orgs":\[[^]]*', b'"orgs":[a1'),
        substituted(rb'"orgs":\[[^]]*', b'"orgs":[,'),
        substituted(rb'"orgs":\[[^]]*', b'"orgs":["'),
        substituted(rb'"rules":"', b'"rules":"-'),
        substituted(rb'"v":1', b'"v":2'),
        substituted(rb'"v":1', b'"v":1,"w":1'),
        lambda raw: raw + b" ",
        lambda raw: raw[:-1],
        lambda _raw: b"",
        lambda raw: raw + raw,
    ],
)
def test_what_a_walk_refuses_no_scan_proves(change: Callable[[bytes], bytes], at: int) -> None:
    source = Shelf(entries=with_entry(at, change))
    with pytest.raises(AuditError):
        walked(source)
    assert scanned(source) is None


@pytest.mark.parametrize(
    "change",
    [
        lambda raw: replace(Entry.decode(raw), rules="").encode(),
        lambda raw: replace(
            Entry.decode(raw), orgs=tuple(f"o-{n:029}" for n in range(40))
        ).encode(),
        lambda raw: replace(
            Entry.decode(raw), kind="pack.made", commitment=None, signed={"jws": "紹介"}
        ).encode(),
    ],
)
def test_a_last_entry_of_any_kind_is_proved(change: Callable[[bytes], bytes]) -> None:
    source = Shelf(entries=with_entry(699, change))
    assert scanned(source) == walked(source)


def test_bytes_that_trail_a_bundle_and_tiles_that_differ_are_left_to_the_walk() -> None:
    leaves = list(map(merkle.leaf_hash, PLAIN))
    for source in (
        Shelf(entries=PLAIN, trailing=b"\x00"),
        Shelf(entries=PLAIN, trailing=tiles.encode_bundle(PLAIN[:1])),
        Shelf(entries=PLAIN, leaves=[*leaves[:-1], bytes(32)]),
        Shelf(entries=PLAIN, leaves=[*leaves, bytes(32)][1:]),
        Shelf(entries=PLAIN, leaves=leaves[:-1]),
    ):
        assert scanned(source) is None
        with pytest.raises(AuditError):
            walked(source)


def test_what_cannot_be_read_is_left_to_the_walk(tmp_path: Path) -> None:
    assert scan(FolderReader(tmp_path), 10, 0, 10) is None


@given(st.data())
def test_of_changed_bytes_a_scan_proves_what_a_walk_lets_through(data: st.DataObject) -> None:
    """Change, add or drop a few bytes of one entry of few; its tile goes along."""
    entries = list(PLAIN[:5])
    at = data.draw(st.integers(0, 4))
    raw = entries[at]
    place = data.draw(st.integers(0, len(raw)))
    new = data.draw(
        st.binary(max_size=2) | st.text('0123456789",[]{}:-_Aaz \\', max_size=3).map(str.encode)
    )
    entries[at] = raw[:place] + new + raw[place + data.draw(st.integers(0, 3)) :]
    source = Shelf(entries=entries)
    try:
        expected: Run | None = walked(source)
    except AuditError:
        expected = None
    assert scanned(source) == expected


@given(st.binary(max_size=600) | st.lists(st.sampled_from(PLAIN[:3])).map(b"".join))
def test_any_bytes_are_a_run_or_left_to_the_walk(raw: bytes) -> None:
    source = Shelf(entries=[raw])
    assert scanned(source) is None or raw == PLAIN[0]


def test_a_bundle_made_to_take_long_does_not() -> None:
    """Beginnings of entries without an end, as many as a bundle can hold of them."""
    begun = b'{"commitment":"' + b"A" * 43 + b'","day":"2026-01-01","kind":"a","orgs":['
    entries = [begun + b"," * 60_000 for _ in range(200)]
    entries += [(begun * 500)[:65_000] for _ in range(56)]
    assert scanned(Shelf(entries=entries)) is None
