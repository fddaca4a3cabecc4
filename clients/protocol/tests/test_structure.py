"""The ledger's bytes: whatever is changed, cut, added or taken back is refused where it is."""

import multiprocessing
import os
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, ProcessPoolExecutor
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from relay_protocol import chain, merkle, note, tiles
from relay_protocol.entry import Entry
from relay_protocol.errors import AuditError, LogMissingError, LogReadError
from relay_protocol.findings import Telling
from relay_protocol.grown_tree import GrownTree
from relay_protocol.ledger_copy import Copy, Frontier
from relay_protocol.log_reader import FolderReader
from relay_protocol.note import Checkpoint, VerifierKey
from relay_protocol.structure import check_structure
from relay_protocol.trust import Trust
from tests.story import long_ledger
from tests.story.hand_audit import codes, silent
from tests.story.hand_ledger import LOG, HandLedger
from tests.story.long_ledger import LOG_KEY

SIZE = 600
"""Two full bundles, one of 88, and a tile of level 1."""
LAST = "tile/entries/002.p/88"


@pytest.fixture(scope="module")
def ledger() -> HandLedger:
    written = HandLedger()
    written.open()
    while written.size < SIZE:
        written.count_closed(0)
    return written


@pytest.fixture(scope="module")
def pristine(ledger: HandLedger, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return ledger.write_out(tmp_path_factory.mktemp("pristine") / "ledger")


@pytest.fixture
def folder(pristine: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(pristine, tmp_path / "ledger"))


@pytest.fixture(scope="module")
def key(ledger: HandLedger) -> VerifierKey:
    return ledger.log_key.verifier


def check(
    folder: Path,
    key: VerifierKey | None,
    *earlier: Checkpoint,
    since: Frontier | None = None,
    hands: Executor | None = None,
) -> Copy:
    trust = Trust(logs=(key,) if key else ())
    telling = Telling(silent)
    return check_structure(FolderReader(folder), trust, earlier, telling, since=since, hands=hands)


def refused(
    folder: Path,
    key: VerifierKey,
    *earlier: Checkpoint,
    since: Frontier | None = None,
    hands: Executor | None = None,
) -> tuple[int, str, int | None]:
    with pytest.raises(AuditError) as refusal:
        check(folder, key, *earlier, since=since, hands=hands)
    return refusal.value.part, refusal.value.code, refusal.value.seq


def flip(path: Path, at: int) -> None:
    raw = bytearray(path.read_bytes())
    raw[at] ^= 1
    path.write_bytes(raw)


def start_of(path: Path, width: int, index: int) -> int:
    """Return where the bytes of an entry begin in its bundle, its length among them."""
    before = list(tiles.read_bundle(path.read_bytes(), width))[:index]
    return sum(2 + len(entry) for entry in before)


def test_a_whole_ledger_is_read(folder: Path, key: VerifierKey, ledger: HandLedger) -> None:
    copy = check(folder, key)
    assert (copy.log, copy.checkpoint.size) == (key, SIZE)
    assert list(copy.entries()) == ledger.entries
    assert copy.note == (folder / "checkpoint").read_bytes()


def test_what_holds_is_told_and_what_cannot_be_told(folder: Path, key: VerifierKey) -> None:
    telling = Telling(silent)
    check_structure(FolderReader(folder), Trust(logs=(key,)), (), telling)
    assert codes(telling.findings, 1) == ["checkpoint-signed"]
    assert codes(telling.findings, 3) == ["entries-follow"]
    # 600 leaves stand in three tiles, the two full ones of which stand in one more.
    assert [f.figures for f in telling.findings if f.part == 4] == [{"tiles": 4}]
    assert codes(telling.findings, 9) == ["no-witnesses", "no-history"]


def test_without_a_key_entry_0_is_taken_at_its_word(folder: Path, key: VerifierKey) -> None:
    telling = Telling(silent)
    copy = check_structure(FolderReader(folder), Trust(), (), telling)
    assert copy.log == key
    (unpinned,) = [one for one in telling.findings if one.code == "log-key-unpinned"]
    assert (unpinned.part, unpinned.figures["key"]) == (9, key.encode())


def test_another_key_has_not_signed_the_checkpoint(folder: Path) -> None:
    other = VerifierKey(name=LOG, kind=note.ED25519, public_key=bytes(31) + b"\x01")
    assert refused(folder, other) == (1, "checkpoint-invalid", None)


@pytest.mark.parametrize("at", [0, 20, 40, -3])
def test_a_changed_checkpoint_is_refused(folder: Path, key: VerifierKey, at: int) -> None:
    flip(folder / "checkpoint", at)
    assert refused(folder, key) == (1, "checkpoint-invalid", None)


def test_a_ledger_without_entries_is_refused(
    folder: Path, key: VerifierKey, ledger: HandLedger
) -> None:
    empty = Checkpoint(origin=LOG, size=0, root=merkle.EMPTY_ROOT)
    (folder / "checkpoint").write_bytes(note.sign_note(empty.text(), ledger.log_key))
    assert refused(folder, key) == (1, "ledger-empty", None)
    with pytest.raises(AuditError, match="ledger-empty"):
        check(folder, None)


def test_an_entry_0_that_names_no_key_leaves_the_ledger_unknown(folder: Path) -> None:
    flip(folder / "tile/entries/000", 3)
    with pytest.raises(AuditError, match="part 1: log-key-unknown"):
        check(folder, None)


def test_a_checkpoint_that_is_none_leaves_the_ledger_unknown(folder: Path) -> None:
    (folder / "checkpoint").write_bytes(b"nothing\n")
    with pytest.raises(AuditError, match="part 1: checkpoint-invalid"):
        check(folder, None)


def earlier_of(ledger: HandLedger, size: int) -> Checkpoint:
    return Checkpoint(origin=LOG, size=size, root=ledger.tree.root(size))


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 599, 600])
def test_a_ledger_continues_every_checkpoint_it_ever_had(
    folder: Path, key: VerifierKey, ledger: HandLedger, size: int
) -> None:
    telling = Telling(silent)
    check_structure(FolderReader(folder), Trust(logs=(key,)), (earlier_of(ledger, size),), telling)
    assert [f.figures for f in telling.findings if f.part == 2] == [
        {"checkpoints": 1, "size": size}
    ]
    assert codes(telling.findings, 9) == ["no-witnesses"]


@pytest.mark.parametrize("size", [1, 256, 599])
def test_a_rewritten_past_is_refused(folder: Path, key: VerifierKey, size: int) -> None:
    seen = Checkpoint(origin=LOG, size=size, root=bytes(32))
    assert refused(folder, key, seen) == (2, "history-rewritten", None)


def test_a_second_ledger_of_the_same_length_is_refused(folder: Path, key: VerifierKey) -> None:
    seen = Checkpoint(origin=LOG, size=SIZE, root=bytes(32))
    assert refused(folder, key, seen) == (2, "two-histories", None)


def test_a_ledger_that_shrank_is_refused(folder: Path, key: VerifierKey) -> None:
    seen = Checkpoint(origin=LOG, size=SIZE + 1, root=bytes(32))
    assert refused(folder, key, seen) == (2, "ledger-shrank", SIZE)


@pytest.mark.parametrize("index", [0, 1, 100, 255])
@pytest.mark.parametrize("offset", [0, 1, 2, 90])
def test_one_flipped_bit_is_refused_at_its_entry(
    folder: Path, key: VerifierKey, index: int, offset: int
) -> None:
    bundle = folder / "tile/entries/001"
    flip(bundle, start_of(bundle, 256, index) + offset)
    part, code, seq = refused(folder, key)
    # A changed length may lead beyond the bundle's end.
    assert (part, seq) == (3, 256 + index)
    beyond = index == 255 and offset < 2
    assert code == ("bundle-cut" if beyond else "entry-changed")


def test_a_bundle_cut_short_is_refused_where_it_ends(folder: Path, key: VerifierKey) -> None:
    bundle = folder / LAST
    bundle.write_bytes(bundle.read_bytes()[: start_of(bundle, 88, 40) + 5])
    assert refused(folder, key) == (3, "bundle-cut", 512 + 40)


def test_two_entries_in_each_others_place_are_refused(folder: Path, key: VerifierKey) -> None:
    bundle = folder / LAST
    entries = list(tiles.read_bundle(bundle.read_bytes(), 88))
    entries[3], entries[4] = entries[4], entries[3]
    bundle.write_bytes(tiles.encode_bundle(entries))
    assert refused(folder, key) == (3, "entry-changed", 515)


def rewrite(ledger: HandLedger, folder: Path, *, sign: bool) -> None:
    """Write another past, with tiles to fit; sign it too, or leave the old checkpoint."""
    kept = (folder / "checkpoint").read_bytes()
    shutil.rmtree(folder)
    ledger.write_out(folder)
    if not sign:
        (folder / "checkpoint").write_bytes(kept)


@pytest.fixture
def rewritten() -> HandLedger:
    other = HandLedger()
    other.open()
    other.wait(minutes=1)
    while other.size < SIZE:
        other.count_closed(0)
    return other


def test_a_rewritten_ledger_under_the_old_checkpoint_is_refused(
    folder: Path, key: VerifierKey, rewritten: HandLedger
) -> None:
    rewrite(rewritten, folder, sign=False)
    assert refused(folder, key) == (3, "root-differs", None)


def test_a_rewritten_and_signed_ledger_is_refused_by_whoever_saw_the_old_one(
    folder: Path, key: VerifierKey, ledger: HandLedger, rewritten: HandLedger
) -> None:
    rewrite(rewritten, folder, sign=True)
    check(folder, key)
    assert refused(folder, key, earlier_of(ledger, 300)) == (2, "history-rewritten", None)


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"prev": chain.FIRST_PREV}, "chain-broken"), ({"seq": 30}, "entry-misplaced")],
)
def test_a_signed_ledger_whose_entries_do_not_follow_is_refused(
    tmp_path: Path, key: VerifierKey, changes: dict[str, bytes | int], code: str
) -> None:
    broken = HandLedger()
    broken.open()
    broken.entries[9] = replace(broken.entries[9], **changes)  # type: ignore[arg-type]
    assert refused(broken.write_out(tmp_path), key) == (3, code, 9)


def signed_bytes(folder: Path, ledger: HandLedger, entries: list[bytes]) -> None:
    """Sign whatever bytes as a ledger, tiles and all."""
    tree = GrownTree()
    for entry in entries:
        tree.append(merkle.leaf_hash(entry))
    stated = Checkpoint(origin=LOG, size=len(entries), root=tree.root(len(entries)))
    (folder / "tile/entries").mkdir(parents=True)
    (folder / "tile/0").mkdir(parents=True)
    for tile in tiles.new_tiles(0, len(entries)):
        path = folder / tile.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(tree.tile(tile))
        bundle = folder / tiles.entries_path(tile.index, tile.width)
        bundle.parent.mkdir(parents=True, exist_ok=True)
        bundle.write_bytes(tiles.encode_bundle(entries))
    (folder / "checkpoint").write_bytes(note.sign_note(stated.text(), ledger.log_key))


@pytest.mark.parametrize(
    "raw",
    [b"", b"{}", b"\xff" * 40, b"[" * 60_000, b'{"v":1}' * 9_000, b'{"v":NaN}', b'{"v":1,"v":1}'],
)
def test_signed_bytes_that_are_no_entry_are_refused(
    tmp_path: Path, key: VerifierKey, ledger: HandLedger, raw: bytes
) -> None:
    first = ledger.entries[0].encode()
    signed_bytes(tmp_path, ledger, [first, raw])
    assert refused(tmp_path, key) == (3, "entry-malformed", 1)


@pytest.mark.parametrize(
    ("path", "at", "seq"),
    [
        ("tile/0/000", 0, 0),
        ("tile/0/001", 32 * 7 + 3, 256 + 7),
        ("tile/0/002.p/88", 32 * 87, 599),
        ("tile/1/000.p/2", 0, 0),
        ("tile/1/000.p/2", 32, 256),
    ],
)
def test_a_changed_tile_is_refused_at_the_first_entry_below_it(
    folder: Path, key: VerifierKey, path: str, at: int, seq: int
) -> None:
    flip(folder / path, at)
    assert refused(folder, key) == (4, "tile-changed", seq)


@pytest.mark.parametrize(
    ("path", "cut"), [("tile/0/001", 31), ("tile/0/002.p/88", 32), ("tile/1/000.p/2", 1)]
)
def test_a_tile_cut_short_is_refused(folder: Path, key: VerifierKey, path: str, cut: int) -> None:
    file = folder / path
    file.write_bytes(file.read_bytes()[:-cut])
    part, code, _ = refused(folder, key)
    assert (part, code) == (4, "tile-changed")


@pytest.mark.parametrize("path", ["tile/0/000", "tile/0/002.p/88", "tile/1/000.p/2"])
def test_bytes_that_trail_a_tile_are_refused(folder: Path, key: VerifierKey, path: str) -> None:
    with (folder / path).open("ab") as file:
        file.write(bytes(32))
    part, code, _ = refused(folder, key)
    assert (part, code) == (4, "tile-changed")


@pytest.mark.parametrize(
    ("path", "seq"), [("tile/entries/000", 256), ("tile/entries/001", 512), (LAST, SIZE)]
)
def test_an_entry_that_trails_a_bundle_is_refused(
    folder: Path, key: VerifierKey, ledger: HandLedger, path: str, seq: int
) -> None:
    smuggled = ledger.entries[5].encode()
    with (folder / path).open("ab") as file:
        file.write(len(smuggled).to_bytes(2) + smuggled)
    assert refused(folder, key) == (4, "bytes-beyond", seq)


def copy_of(name: str, to: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        place = folder / to
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes((folder / name).read_bytes())

    return change


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (copy_of(LAST, "tile/entries/003.p/88"), "file-beyond"),
        (copy_of(LAST, "tile/entries/002.p/89"), "file-beyond"),
        (copy_of("tile/0/000", "tile/0/002"), "file-beyond"),
        (copy_of("tile/1/000.p/2", "tile/2/000.p/1"), "file-beyond"),
        (copy_of(LAST, "tile/entries/2.p/88"), "file-unknown"),
        (copy_of(LAST, "tile/notes.txt"), "file-unknown"),
    ],
)
def test_a_file_that_is_no_part_of_the_ledger_is_refused(
    folder: Path, key: VerifierKey, change: Callable[[Path], None], code: str
) -> None:
    change(folder)
    assert refused(folder, key) == (4, code, None)


def older(folder: Path, width: int) -> tuple[Path, Path]:
    """Leave the partial tile and bundle of an earlier checkpoint, as a copied folder has them."""
    tile = folder / f"tile/0/002.p/{width}"
    tile.write_bytes((folder / "tile/0/002.p/88").read_bytes()[: 32 * width])
    bundle = folder / f"tile/entries/002.p/{width}"
    held = list(tiles.read_bundle((folder / LAST).read_bytes(), 88))[:width]
    bundle.write_bytes(tiles.encode_bundle(held))
    return tile, bundle


def test_partial_files_of_earlier_checkpoints_may_stay(folder: Path, key: VerifierKey) -> None:
    older(folder, 30)
    check(folder, key)


def test_a_partial_tile_of_an_earlier_checkpoint_must_be_the_same_ledgers(
    folder: Path, key: VerifierKey
) -> None:
    tile, _ = older(folder, 30)
    flip(tile, 32 * 9)
    assert refused(folder, key) == (4, "tile-changed", 521)


def test_a_partial_bundle_of_an_earlier_checkpoint_must_be_the_same_ledgers(
    folder: Path, key: VerifierKey
) -> None:
    _, bundle = older(folder, 30)
    flip(bundle, 40)
    assert refused(folder, key) == (4, "bundle-changed", 512)


def test_a_partial_bundle_of_an_earlier_checkpoint_ends_where_it_ends(
    folder: Path, key: VerifierKey
) -> None:
    _, bundle = older(folder, 30)
    bundle.write_bytes(bundle.read_bytes() + b"\x00")
    assert refused(folder, key) == (4, "bytes-beyond", None)


@pytest.mark.parametrize("path", ["checkpoint", LAST, "tile/0/001", "tile/1/000.p/2"])
def test_a_file_that_is_missing_cannot_be_read(folder: Path, key: VerifierKey, path: str) -> None:
    (folder / path).unlink()
    with pytest.raises(LogReadError):
        check(folder, key)


def test_the_name_of_a_smuggled_file_is_told_so_that_no_terminal_obeys_it(
    folder: Path, key: VerifierKey
) -> None:
    (folder / "tile/\x1b[2J\udcff").write_bytes(b"x")
    with pytest.raises(AuditError) as refusal:
        check(folder, key)
    assert refusal.value.detail == r"'tile/\x1b[2J\udcff'"


def test_an_empty_file_in_the_place_of_an_older_one_cannot_be_read(
    folder: Path, key: VerifierKey
) -> None:
    tile, _ = older(folder, 30)
    tile.write_bytes(b"")
    with pytest.raises(LogReadError):
        check(folder, key)


@pytest.mark.parametrize("path", ["tile/0/000", "tile/0/001", "tile/1/000.p/2"])
def test_a_tile_of_another_tree_or_place_is_refused(
    folder: Path, key: VerifierKey, rewritten: HandLedger, tmp_path: Path, path: str
) -> None:
    other = rewritten.write_out(tmp_path / "other")
    (folder / path).write_bytes((other / path).read_bytes())
    part, code, _ = refused(folder, key)
    assert (part, code) == (4, "tile-changed")


class Shelf:
    """A ledger's files in memory."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = files

    def checkpoint(self) -> bytes:
        return self.file("checkpoint")

    def tile(self, level: int, index: int, width: int) -> bytes:
        return self.file(tiles.tile_path(level, index, width))

    def entry_bundle(self, index: int, width: int) -> bytes:
        return self.file(tiles.entries_path(index, width))

    def paths(self) -> list[str]:
        return sorted(path for path in self.files if path.startswith("tile/"))

    def file(self, path: str) -> bytes:
        if not self.files.get(path):
            raise LogMissingError(path)
        return self.files[path]


@pytest.fixture(scope="module")
def files(pristine: Path) -> dict[str, bytes]:
    return {
        file.relative_to(pristine).as_posix(): file.read_bytes()
        for file in sorted(pristine.rglob("*"))
        if file.is_file()
    }


@settings(max_examples=60)
@given(st.data())
def test_whatever_happens_to_a_file_is_refused(
    files: dict[str, bytes], key: VerifierKey, data: st.DataObject
) -> None:
    """Flip a bit, cut, drop, repeat, swap or lose something of any file."""
    path, other = (data.draw(st.sampled_from(sorted(files))) for _ in range(2))
    raw = files[path]
    at = data.draw(st.integers(0, len(raw) - 1))
    end = data.draw(st.integers(at + 1, min(len(raw), at + 600)))
    changed = {
        "flip": raw[:at] + bytes([raw[at] ^ 1 << data.draw(st.integers(0, 7))]) + raw[at + 1 :],
        "cut": raw[:at],
        "drop": raw[:at] + raw[end:],
        "repeat": raw[:end] + raw[at:],
        "swap": files[other],
        "lose": b"",
    }[data.draw(st.sampled_from(["flip", "cut", "drop", "repeat", "swap", "lose"]))]
    assume(changed != raw)
    trust = Trust(logs=(key,))
    with pytest.raises((AuditError, LogReadError)):
        check_structure(Shelf(files | {path: changed}), trust, (), Telling(silent))


def test_what_is_read_from_memory_is_sound_and_one_file_more_is_refused(
    files: dict[str, bytes], key: VerifierKey
) -> None:
    trust = Trust(logs=(key,))
    check_structure(Shelf(files), trust, (), Telling(silent))
    for path in files.keys() - {"checkpoint"}:
        beyond = Shelf({**files, f"{path}x": files[path]})
        with pytest.raises(AuditError, match="file-unknown"):
            check_structure(beyond, trust, (), Telling(silent))


# Sizes.


@pytest.fixture(scope="module")
def written() -> list[bytes]:
    return list(long_ledger.entries(70_000, clear_every=9_000))


@pytest.mark.parametrize("size", [1, 255, 256, 257, 65_535, 65_536, 70_000])
def test_a_ledger_of_any_size_is_read_and_has_a_root_for_every_size_below(
    tmp_path: Path, written: list[bytes], size: int
) -> None:
    tree = long_ledger.write_out(tmp_path, iter(written[:size]))
    copy = check(tmp_path, LOG_KEY.verifier)
    assert copy.checkpoint == Checkpoint(origin=LOG, size=size, root=tree.root(size))
    for smaller in {0, 1, size // 3, size - 1, size, *(n for n in (256, 65_536) if n < size)}:
        assert copy.root(smaller) == tree.root(smaller)
    for seq in {0, size // 2, size - 1}:
        assert copy.leaf(seq) == tree.node(0, seq)
        assert copy.entry(seq).seq == seq
    assert copy.frontier().root == copy.checkpoint.root


@pytest.mark.parametrize("size", [1, 255, 256, 257, 65_536])
def test_every_tile_of_every_level_is_compared(
    tmp_path: Path, written: list[bytes], size: int
) -> None:
    long_ledger.write_out(tmp_path, iter(written[:size]))
    last_of_levels = {tile.level: tile for tile in tiles.new_tiles(0, size)}
    assert len(last_of_levels) == (1 if size < 256 else 2 if size < 65_536 else 3)
    for tile in last_of_levels.values():
        file = tmp_path / tile.path
        flip(file, 32 * (tile.width - 1))
        seq = (tile.index * 256 + tile.width - 1) << (8 * tile.level)
        assert refused(tmp_path, LOG_KEY.verifier) == (4, "tile-changed", seq)
        flip(file, 32 * (tile.width - 1))
    check(tmp_path, LOG_KEY.verifier)


@pytest.mark.parametrize("size", [601, 70_000, 2**53, 2**63 - 1])
def test_a_size_far_beyond_what_is_there_is_no_work_without_end(
    folder: Path, key: VerifierKey, ledger: HandLedger, hands: Executor, size: int
) -> None:
    stated = Checkpoint(origin=LOG, size=size, root=bytes(32))
    (folder / "checkpoint").write_bytes(note.sign_note(stated.text(), ledger.log_key))
    for helpers in (None, hands):
        with pytest.raises(LogReadError):
            check(folder, key, hands=helpers)


# Side by side in processes.

LONG = 40_000
"""Three runs, the last of them not full."""


@pytest.fixture(scope="module")
def long_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("long") / "ledger"
    long_ledger.write_out(folder, long_ledger.entries(LONG, clear_every=5_000))
    return folder


@pytest.fixture(scope="module")
def hands() -> Iterator[Executor]:
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield pool


def test_progress_is_told_from_run_to_run(long_folder: Path, hands: Executor) -> None:
    for helpers in (None, hands):
        told: list[tuple[int, int, int]] = []
        telling = Telling(lambda *step, told=told: told.append(step))
        trust = Trust(logs=(LOG_KEY.verifier,))
        check_structure(FolderReader(long_folder), trust, (), telling, hands=helpers)
        assert told == [(3, 0, LONG), (3, 16_384, LONG), (3, 32_768, LONG)]


def test_with_other_processes_the_same_ledger_is_found(long_folder: Path, hands: Executor) -> None:
    alone = check(long_folder, LOG_KEY.verifier)
    helped = check(long_folder, LOG_KEY.verifier, hands=hands)
    assert helped.frontier() == alone.frontier()
    assert list(helped.entries(39_000)) == list(alone.entries(39_000))


def damage(folder: Path, at: int, how: str) -> None:
    """Do something to the entry at a place, with or without the tile of its leaf."""
    index, place = divmod(at, 256)
    width = tiles.tile_width(0, index, LONG)
    bundle = folder / tiles.entries_path(index, width)
    raw = bundle.read_bytes()
    held = tiles.decode_bundle(raw, width)
    if how == "cut":
        bundle.write_bytes(raw[: sum(2 + len(one) for one in held[:place]) + 1])
    elif how == "trail":
        bundle.write_bytes(raw + b"\x00")
    elif how == "tile":
        flip(folder / tiles.tile_path(0, index, width), 32 * place)
    else:
        other = {
            "seq": replace(Entry.decode(held[place]), seq=at + 1).encode(),
            "prev": replace(Entry.decode(held[place]), prev=bytes(32)).encode(),
            "day": replace(Entry.decode(held[place]), day="2031-01-01").encode(),
            "blank": held[place].replace(b",", b", ", 1),
            "base64": held[place].replace(b'"commitment":"', b'"commitment":"+', 1),
        }[how]
        held[place] = other
        bundle.write_bytes(tiles.encode_bundle(held))
        leaves = b"".join(map(merkle.leaf_hash, held))
        (folder / tiles.tile_path(0, index, width)).write_bytes(leaves)


@pytest.mark.parametrize("at", [1, 16_384, 39_999])
@pytest.mark.parametrize("how", ["cut", "trail", "tile", "seq", "prev", "day", "blank", "base64"])
def test_what_is_refused_and_where_does_not_depend_on_how_many_help(
    long_folder: Path, tmp_path: Path, hands: Executor, at: int, how: str
) -> None:
    folder = Path(shutil.copytree(long_folder, tmp_path / "ledger", copy_function=os.link))
    index = at // 256
    width = tiles.tile_width(0, index, LONG)
    for path in (tiles.entries_path(index, width), tiles.tile_path(0, index, width)):
        content = (folder / path).read_bytes()
        (folder / path).unlink()
        (folder / path).write_bytes(content)
    damage(folder, at, how)
    part, code, seq = refused(folder, LOG_KEY.verifier)
    assert (part, code, seq) == {
        "cut": (3, "bundle-cut", at),
        "trail": (4, "bytes-beyond", min(LONG, (index + 1) * 256)),
        "tile": (4, "tile-changed", at),
        "seq": (3, "entry-misplaced", at),
        "prev": (3, "chain-broken", at),
        "day": (3, "root-differs", None) if at == LONG - 1 else (3, "chain-broken", at + 1),
        "blank": (3, "entry-malformed", at),
        "base64": (3, "entry-malformed", at),
    }[how]
    assert refused(folder, LOG_KEY.verifier, hands=hands) == (part, code, seq)


def test_the_first_of_several_faults_is_told_wherever_they_are_found(
    long_folder: Path, tmp_path: Path, hands: Executor
) -> None:
    folder = Path(shutil.copytree(long_folder, tmp_path / "ledger"))
    for at in (39_000, 20_000, 17_000):
        damage(folder, at, "prev")
    damage(folder, 5, "tile")
    for helpers in (None, hands):
        assert refused(folder, LOG_KEY.verifier, hands=helpers) == (3, "chain-broken", 17_000)


def test_a_bundle_that_is_missing_cannot_be_read_whoever_helps(
    long_folder: Path, tmp_path: Path, hands: Executor
) -> None:
    folder = Path(shutil.copytree(long_folder, tmp_path / "ledger"))
    (folder / tiles.entries_path(100)).unlink()
    for helpers in (None, hands):
        with pytest.raises(LogReadError):
            check(folder, LOG_KEY.verifier, hands=helpers)


def test_a_helping_process_that_ends_is_told_and_not_waited_for(long_folder: Path) -> None:
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        with pytest.raises(BrokenExecutor):
            pool.submit(os._exit, 1).result()
        with pytest.raises(LogReadError, match="has ended"):
            check(long_folder, LOG_KEY.verifier, hands=pool)


# From an earlier audit on.


@pytest.mark.parametrize("begun", [1, 200, 256, 511, 512, 16_384, 39_999, LONG])
def test_an_audit_goes_on_where_an_earlier_one_ended(
    long_folder: Path, tmp_path: Path, begun: int
) -> None:
    whole = check(long_folder, LOG_KEY.verifier)
    long_ledger.write_out(tmp_path, islice(long_ledger.entries(LONG, clear_every=5_000), begun))
    since = check(tmp_path, LOG_KEY.verifier).frontier()
    assert since.size == begun
    source = Watched(FolderReader(long_folder))
    telling = Telling(silent)
    copy = check_structure(source, Trust(logs=(LOG_KEY.verifier,)), (), telling, since=since)
    assert copy.frontier() == whole.frontier()
    assert {index for index, _ in source.bundles} == set(range(begun // 256, 157)) - (
        {156} if begun == LONG else set()
    )
    (history,) = [one for one in telling.findings if one.part == 2]
    assert history.figures == {"checkpoints": 1, "size": begun}
    for size in (0, 1, begun // 2, begun, LONG - 1, LONG):
        assert copy.root(size) == whole.root(size)
    assert [one.seq for one in copy.entries()] == list(range(LONG))
    assert copy.leaf(begun - 1) == whole.leaf(begun - 1)


class Watched:
    """A reader that remembers which bundles were asked for."""

    def __init__(self, source: FolderReader) -> None:
        self.bundles: list[tuple[int, int]] = []
        self.shown = source
        self.checkpoint = source.checkpoint
        self.tile = source.tile
        self.paths = source.paths
        self.file = source.file

    def entry_bundle(self, index: int, width: int) -> bytes:
        self.bundles.append((index, width))
        return self.shown.entry_bundle(index, width)


@pytest.fixture
def since(long_folder: Path) -> Frontier:
    """Return where an audit of the first 30,100 entries ended."""
    copy = check(long_folder, LOG_KEY.verifier)
    edge = merkle.CompactRange.of_tree(30_100, copy.trunk.node).edge
    prev, day = copy.entry(30_100).prev, copy.entry(30_099).day
    return Frontier(size=30_100, edge=tuple(edge), prev=prev, day=day)


@pytest.mark.parametrize(
    "changes",
    [{"edge": (bytes(32),) * 8}, {"size": 30_101, "edge": (bytes(32),) * 9}],
)
def test_an_audit_goes_on_from_no_other_ledger(
    long_folder: Path, since: Frontier, changes: dict[str, int | tuple[bytes, ...]]
) -> None:
    other = replace(since, **changes)  # type: ignore[arg-type]
    found = refused(long_folder, LOG_KEY.verifier, since=other)
    assert found == (2, "history-rewritten", None)


def test_an_audit_that_goes_on_checks_the_first_new_link(
    long_folder: Path, since: Frontier
) -> None:
    check(long_folder, LOG_KEY.verifier, since=since)
    found = refused(long_folder, LOG_KEY.verifier, since=replace(since, prev=bytes(32)))
    assert found == (3, "chain-broken", 30_100)


def test_a_ledger_that_shrank_below_an_earlier_audit_is_refused(
    long_folder: Path, tmp_path: Path, since: Frontier
) -> None:
    long_ledger.write_out(tmp_path, islice(long_ledger.entries(LONG), 30_000))
    found = refused(tmp_path, LOG_KEY.verifier, since=since)
    assert found == (2, "ledger-shrank", 30_000)


@pytest.mark.parametrize(
    ("path", "at", "seq"),
    [
        ("tile/0/117", 0, 29_952),  # holds the last that were checked, and the first new ones
        ("tile/0/117", 32 * 255, 30_207),
        ("tile/1/000.p/156", 32 * 3, 0),  # of checked ones alone: the tile's first is told
        ("tile/1/000.p/156", 32 * 117, 29_952),
        ("tile/1/000.p/156", 32 * 155, 39_680),
    ],
)
def test_a_tile_across_the_frontier_is_compared_on_both_sides(
    long_folder: Path, tmp_path: Path, since: Frontier, path: str, at: int, seq: int
) -> None:
    folder = Path(shutil.copytree(long_folder, tmp_path / "ledger"))
    flip(folder / path, at)
    part, _, found = refused(folder, LOG_KEY.verifier)
    assert part == 4
    part, code, found = refused(folder, LOG_KEY.verifier, since=since)
    assert (part, code, found) in {(4, "tile-changed", seq), (2, "history-rewritten", None)}


def test_an_entry_before_the_frontier_in_its_bundle_is_still_the_same(
    long_folder: Path, tmp_path: Path, since: Frontier
) -> None:
    folder = Path(shutil.copytree(long_folder, tmp_path / "ledger"))
    bundle = folder / tiles.entries_path(117)
    flip(bundle, start_of(bundle, 256, 48) + 30)
    assert refused(folder, LOG_KEY.verifier, since=since) == (3, "entry-changed", 30_000)
    flip(bundle, start_of(bundle, 256, 48) + 30)
    damage(folder, 30_000, "day")  # and its tile
    assert refused(folder, LOG_KEY.verifier, since=since) == (2, "history-rewritten", None)


def test_a_source_that_shows_its_old_tiles_first_gains_nothing(
    long_folder: Path, tmp_path: Path, since: Frontier
) -> None:
    folder = Path(shutil.copytree(long_folder, tmp_path / "ledger"))
    damage(folder, 30_000, "day")
    source = Watched(FolderReader(folder))
    honest = FolderReader(long_folder)

    def tile(level: int, index: int, width: int) -> bytes:
        reader = source.shown if source.bundles else honest
        return reader.tile(level, index, width)

    source.tile = tile
    with pytest.raises(AuditError) as refusal:
        check_structure(source, Trust(logs=(LOG_KEY.verifier,)), (), Telling(silent), since=since)
    assert (refusal.value.part, refusal.value.code) == (3, "root-differs")


@pytest.mark.parametrize("at", [20, 30_000, 30_200, 39_999])
def test_bytes_that_change_after_the_check_are_refused_when_they_are_read_again(
    long_folder: Path, tmp_path: Path, since: Frontier, at: int
) -> None:
    folder = Path(shutil.copytree(long_folder, tmp_path / "ledger"))
    copy = check(folder, LOG_KEY.verifier, since=since)
    assert copy.entry(at).seq == at
    damage(folder, at, "day")
    with pytest.raises(AuditError) as refusal:
        copy.entry(at)
    assert (refusal.value.part, refusal.value.code) == (3, "source-changed")
    assert refusal.value.seq == at // 256 * 256
