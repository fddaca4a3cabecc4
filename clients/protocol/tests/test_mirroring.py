"""A copy is completed, continued and never made worse; the first false file stops it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Lock

import pytest

from relay_protocol import tiles
from relay_protocol.errors import AuditError, LogMissingError, LogReadError, NoteError
from relay_protocol.mirroring import (
    IN_FLIGHT,
    MAX_ENTRIES,
    PENDING_PATH,
    ForkError,
    Mirrored,
    mirror,
)
from relay_protocol.note import COSIGNATURE, Checkpoint, open_checkpoint, sign_note
from relay_protocol.served_tree import edge_tiles
from tests.story.plain_log import PlainLog, named_key

SIZES = [1, 255, 256, 257, 600, 65_536, 65_537, 70_000]


@dataclass
class Shelf:
    """Keeps a copy in memory (a mirroring.Keeper)."""

    kept: PlainLog = field(default_factory=PlainLog)
    written: list[str] = field(default_factory=list)
    breaks_at: int = -1

    @property
    def reader(self) -> PlainLog:
        return self.kept

    def read(self, path: str) -> bytes | None:
        return self.kept.files.get(path)

    def write(self, path: str, raw: bytes) -> None:
        if len(self.written) == self.breaks_at:
            raise OSError("no space left")
        self.written.append(path)
        self.kept.files[path] = raw

    def remove(self, path: str) -> None:
        self.kept.files.pop(path, None)

    def prune(self, path: str) -> None:
        for partial in [one for one in self.kept.files if one.startswith(f"{path}.p/")]:
            del self.kept.files[partial]


def opener(log: PlainLog) -> Callable[[bytes], Checkpoint]:
    return lambda raw: open_checkpoint(raw, log.key.verifier)[0]


def copy(log: PlainLog, shelf: Shelf, *, with_entries: bool = True) -> Mirrored:
    return mirror(log, shelf, opener(log), with_entries=with_entries)


@pytest.mark.parametrize("size", SIZES)
def test_a_copy_has_the_very_files_of_the_log(size: int) -> None:
    log, shelf = PlainLog.of(size), Shelf()
    done = copy(log, shelf)
    assert shelf.kept.files == log.files
    assert (done.checkpoint.size, done.before, done.files) == (size, 0, len(log.files) - 1)
    assert done.note == log.note()


def test_an_empty_log_has_a_checkpoint_only() -> None:
    log, shelf = PlainLog.of(0), Shelf()
    copy(log, shelf)
    assert shelf.kept.files.keys() == {"checkpoint"}


def test_a_copy_of_hashes_needs_no_entries() -> None:
    log, shelf = PlainLog.of(600), Shelf()
    for path in [one for one in log.files if "entries" in one]:
        del log.files[path]
    copy(log, shelf, with_entries=False)
    assert shelf.kept.files == log.files
    with pytest.raises(LogMissingError):
        copy(log, shelf)


def test_the_checkpoint_is_written_last() -> None:
    log, shelf = PlainLog.of(600), Shelf()
    copy(log, shelf)
    assert shelf.written[-1] == "checkpoint"


@pytest.mark.parametrize(
    ("before", "after"),
    [(1, 2), (100, 256), (255, 257), (256, 256), (300, 65_537), (65_536, 65_536)],
)
def test_a_copy_goes_on_where_it_was(before: int, after: int) -> None:
    log, shelf = PlainLog.of(before), Shelf()
    copy(log, shelf)
    log.grow(after)
    log.asked.clear()
    done = copy(log, shelf)
    assert (done.before, done.checkpoint.size) == (before, after)
    newest = PlainLog.of(after)
    assert newest.files.items() <= shelf.kept.files.items()
    # What did not change is not asked for again.
    full = before // 256
    assert not [one for one in log.asked if one in {f"tile/entries/{n:03}" for n in range(full)}]


def test_partial_files_go_once_the_full_one_is_there() -> None:
    log, shelf = PlainLog.of(100), Shelf()
    copy(log, shelf)
    log.grow(200)
    copy(log, shelf)
    # A reader of the older checkpoint may still come for its own.
    assert {"tile/0/000.p/100", "tile/0/000.p/200"} <= shelf.kept.files.keys()
    log.grow(300)
    copy(log, shelf)
    assert not [one for one in shelf.kept.files if "000.p/" in one and "/1/" not in one]
    assert {"tile/0/000", "tile/entries/000"} <= shelf.kept.files.keys()


def test_entries_are_added_to_a_copy_that_had_none() -> None:
    log, shelf = PlainLog.of(600), Shelf()
    copy(log, shelf, with_entries=False)
    done = copy(log, shelf)
    assert shelf.kept.files == log.files
    assert done.files == 3


@pytest.mark.parametrize("breaks_at", range(1, 9))
def test_a_copy_that_was_cut_short_goes_on(breaks_at: int) -> None:
    log, shelf = PlainLog.of(300), Shelf()
    copy(log, shelf)
    log.grow(900)
    good = shelf.kept.files["checkpoint"]
    shelf.written.clear()
    shelf.breaks_at = breaks_at
    with pytest.raises(OSError, match="no space"):
        copy(log, shelf)
    assert shelf.kept.files["checkpoint"] == good
    there = set(shelf.written) - {PENDING_PATH}
    shelf.breaks_at = -1
    log.asked.clear()
    copy(log, shelf)
    assert PlainLog.of(900).files.items() <= shelf.kept.files.items()
    # That the tree goes on from the copy is proved anew, by the tile where the copy ended.
    full = {one for one in there if ".p/" not in one} - {"tile/0/001"}
    assert not full & set(log.asked)


def test_a_file_that_was_damaged_while_the_copy_was_made_is_fetched_again() -> None:
    log, shelf = PlainLog.of(600), Shelf(breaks_at=6)
    with pytest.raises(OSError, match="no space"):
        copy(log, shelf)
    damaged = shelf.written[2]
    shelf.kept.files[damaged] = bytes(len(shelf.kept.files[damaged]))
    shelf.breaks_at = -1
    copy(log, shelf)
    assert shelf.kept.files == log.files


# What a copy is never replaced by.


def refusal(log: PlainLog, shelf: Shelf) -> AuditError:
    """Return the refusal of what a log serves; the copy stays as it was."""
    before = dict(shelf.kept.files)
    with pytest.raises(AuditError) as refused:
        copy(log, shelf)
    assert before.items() <= shelf.kept.files.items()
    assert before.get("checkpoint") == shelf.kept.files.get("checkpoint")
    return refused.value


def test_a_log_that_shrank_is_refused() -> None:
    log, shelf = PlainLog.of(600), Shelf()
    copy(log, shelf)
    refused = refusal(PlainLog.of(599), shelf)
    assert isinstance(refused, ForkError)
    assert (refused.part, refused.code) == (2, "ledger-shrank")
    assert (refused.kept, refused.other) == (log.note(), PlainLog.of(599).note())


def test_two_roots_of_one_size_are_refused() -> None:
    log, shelf = PlainLog.of(600), Shelf()
    copy(log, shelf)
    other = PlainLog.of(600, "other")
    refused = refusal(other, shelf)
    assert isinstance(refused, ForkError)
    assert refused.code == "two-histories"
    assert (refused.kept, refused.other) == (log.note(), other.note())


@pytest.mark.parametrize("size", [601, 65_537])
@pytest.mark.parametrize("changed", [0, 300, 599])
def test_a_rewritten_history_is_refused_however_long(size: int, changed: int) -> None:
    log, shelf = PlainLog.of(600), Shelf()
    copy(log, shelf)
    log.grow(size)
    log.entries[changed] = b"another one"
    log.publish()
    assert refusal(log, shelf).code == "history-rewritten"
    assert PENDING_PATH not in shelf.kept.files


def test_a_copy_that_was_begun_binds_the_log_as_well() -> None:
    log, shelf = PlainLog.of(600), Shelf(breaks_at=3)
    with pytest.raises(OSError, match="no space"):
        copy(log, shelf)
    shelf.breaks_at = -1
    assert refusal(PlainLog.of(700, "other"), shelf).code == "history-rewritten"
    assert refusal(PlainLog.of(500), shelf).code == "ledger-shrank"


def test_more_cosignatures_of_the_same_checkpoint_are_taken() -> None:
    log, shelf = PlainLog.of(600), Shelf()
    copy(log, shelf)
    log.time_s += 60
    log.witnesses = [named_key("witness.example", COSIGNATURE)]
    log.publish()
    assert copy(log, shelf).files == 0
    assert shelf.kept.files["checkpoint"] == log.note()


# What a hostile source serves.


@pytest.mark.parametrize("path", ["tile/0/001", "tile/1/000.p/2", "tile/0/002.p/88"])
def test_the_first_false_tile_stops_the_copy(path: str) -> None:
    log, shelf = PlainLog.of(600), Shelf()
    log.files[path] = bytes(len(log.files[path]))
    refused = refusal(log, shelf)
    assert (refused.part, refused.code) == (4, "tile-changed")
    assert path not in shelf.kept.files
    assert "tile/entries/000" not in log.asked


def test_garbage_without_end_stops_at_its_first_tile() -> None:
    log = PlainLog.of(1)
    checkpoint = Checkpoint(origin=log.name, size=MAX_ENTRIES, root=bytes(32))
    log.files["checkpoint"] = sign_note(checkpoint.text(), log.key)
    for tile in edge_tiles(MAX_ENTRIES):
        log.files[tile.path] = bytes(tile.width * 32)
    assert refusal(log, Shelf()).code == "tile-changed"
    assert len(log.asked) <= 1 + len(list(edge_tiles(MAX_ENTRIES)))


@pytest.mark.parametrize(
    ("bend", "code", "seq"),
    [
        (lambda raw: raw[:-1], "bundle-cut", 511),
        (lambda raw: raw + b"more", "bytes-beyond", 512),
        (lambda raw: raw[:2] + b"E" + raw[3:], "entry-changed", 256),
        (lambda _raw: b"\xff", "bundle-cut", 256),
    ],
)
def test_a_false_bundle_stops_the_copy(bend: Callable[[bytes], bytes], code: str, seq: int) -> None:
    log, shelf = PlainLog.of(600), Shelf()
    log.files["tile/entries/001"] = bend(log.files["tile/entries/001"])
    refused = refusal(log, shelf)
    assert (refused.code, refused.seq) == (code, seq)
    assert "tile/entries/001" not in shelf.kept.files


def test_a_log_beyond_the_limit_is_not_begun() -> None:
    log, shelf = PlainLog.of(257), Shelf()
    with pytest.raises(LogReadError, match="more than the 256 allowed"):
        mirror(log, shelf, opener(log), max_entries=256)
    assert (shelf.kept.files, log.asked) == ({}, ["checkpoint"])
    assert mirror(log, shelf, opener(log), max_entries=257).checkpoint.size == 257


def test_a_checkpoint_that_the_log_has_not_signed_is_refused() -> None:
    log, shelf = PlainLog.of(257), Shelf()
    with pytest.raises(NoteError):
        mirror(log, shelf, opener(PlainLog(name="log.example/third")))
    assert shelf.kept.files == {}


def test_two_files_are_fetched_at_once_and_no_more() -> None:
    log, shelf, lock = PlainLog.of(4_000), Shelf(), Lock()
    under_way, most = [0], [0]
    read = log.tile

    def counted(level: int, index: int, width: int) -> bytes:
        with lock:
            under_way[0] += 1
            most[0] = max(most[0], under_way[0])
        raw = read(level, index, width)
        with lock:
            under_way[0] -= 1
        return raw

    log.tile = counted  # type: ignore[method-assign]
    with ThreadPoolExecutor(max_workers=8) as hands:
        mirror(log, shelf, opener(log), hands=hands)
    assert shelf.kept.files == log.files
    assert 1 <= most[0] <= IN_FLIGHT


def test_what_has_failed_with_many_hands_fails_as_with_one() -> None:
    log, shelf = PlainLog.of(4_000), Shelf()
    log.files["tile/0/007"] = bytes(256 * 32)
    with ThreadPoolExecutor(max_workers=2) as hands, pytest.raises(AuditError) as refused:
        mirror(log, shelf, opener(log), hands=hands)
    assert refused.value.seq == 7 * 256


def test_progress_ends_where_all_is_there() -> None:
    told: list[tuple[int, int]] = []
    log = PlainLog.of(600)
    mirror(log, Shelf(), opener(log), progress=lambda done, total: told.append((done, total)))
    assert told == [(number, 7) for number in range(1, 8)]
    assert tiles.CHECKPOINT_PATH in log.files
