"""The ledger's bytes: whatever is changed, cut, added or taken back is refused where it is."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from relay_protocol import chain, merkle, note, tiles
from relay_protocol.errors import AuditError, LogReadError
from relay_protocol.findings import Telling
from relay_protocol.log_reader import FolderReader
from relay_protocol.note import Checkpoint, VerifierKey
from relay_protocol.structure import Copy, GrownTree, check_structure
from tests.story.hand_audit import codes, silent
from tests.story.hand_ledger import LOG, HandLedger

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


def check(folder: Path, key: VerifierKey | None, *earlier: Checkpoint) -> Copy:
    return check_structure(FolderReader(folder), key, earlier, Telling(silent))


def refused(folder: Path, key: VerifierKey, *earlier: Checkpoint) -> tuple[int, str, int | None]:
    with pytest.raises(AuditError) as refusal:
        check(folder, key, *earlier)
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
    assert (copy.log, copy.checkpoint.size, len(copy.entries)) == (key, SIZE, SIZE)
    assert copy.entries == tuple(ledger.entries)
    assert copy.note == (folder / "checkpoint").read_bytes()


def test_what_holds_is_told_and_what_cannot_be_told(folder: Path, key: VerifierKey) -> None:
    telling = Telling(silent)
    check_structure(FolderReader(folder), key, (), telling)
    assert codes(telling.findings, 1) == ["checkpoint-signed"]
    assert codes(telling.findings, 3) == ["entries-follow"]
    # 600 leaves stand in three tiles, the two full ones of which stand in one more.
    assert [f.figures for f in telling.findings if f.part == 4] == [{"tiles": 4}]
    assert codes(telling.findings, 9) == ["no-witnesses", "no-history"]


def test_progress_is_told_from_bundle_to_bundle(folder: Path, key: VerifierKey) -> None:
    told: list[tuple[int, int, int]] = []
    telling = Telling(lambda *step: told.append(step))
    check_structure(FolderReader(folder), key, (), telling)
    assert told == [(3, 0, SIZE), (3, 256, SIZE), (3, 512, SIZE)]


def test_without_a_key_entry_0_is_taken_at_its_word(folder: Path, key: VerifierKey) -> None:
    telling = Telling(silent)
    copy = check_structure(FolderReader(folder), None, (), telling)
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
    check_structure(FolderReader(folder), key, (earlier_of(ledger, size),), telling)
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


@pytest.mark.parametrize("raw", [b"", b"{}", b"\xff" * 40, b"[" * 60_000, b'{"v":1}' * 9_000])
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


def leaves() -> Iterator[bytes]:
    return (merkle.leaf_hash(bytes([number % 256])) for number in range(600))


@pytest.mark.parametrize("size", [0, 1, 2, 3, 255, 256, 257, 511, 512, 600])
def test_a_grown_tree_has_a_root_for_every_size(size: int) -> None:
    tree = GrownTree()
    for leaf in leaves():
        tree.append(leaf)
    assert tree.root(size) == merkle.root(list(leaves())[:size])


def test_a_grown_tree_has_the_tiles_that_growing_writes() -> None:
    tree = GrownTree()
    for leaf in leaves():
        tree.append(leaf)
    grown = tiles.grow(lambda *_: b"", 0, list(leaves()))
    assert {tile: tree.tile(tile) for tile in grown} == grown
