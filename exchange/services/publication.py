"""Writing the ledger out as the static files that independent readers know (tlog-tiles)."""

import os
from pathlib import Path

from exchange.domain.errors import NotFoundError
from exchange.services import published
from exchange.services.checkpoints import OlderDatabaseError, flush_folder, replace_durably
from exchange.services.ledger import stored_tiles
from exchange.services.work import Work
from exchange.store import ledger as rows
from relay_protocol import merkle, note, tiles
from relay_protocol.errors import NoteError
from relay_protocol.note import Checkpoint


def write_out(work: Work, folder: Path, *, with_entries: bool) -> int:
    """Write the newest published checkpoint and what it covers; return its size.

    Only what the folder does not hold yet is written. Each file appears whole or not at all, and
    the checkpoint goes last, so that a reader never finds one whose tiles are missing, whenever
    the power goes. Partial tiles stay for the sizes published there until their full tile stands.

    Args:
        with_entries: whether entry bundles are written too; they are for auditors only.

    Raises:
        NotFoundError: nothing has been published yet.
        OlderDatabaseError: the folder holds a checkpoint that this database does not contain.
    """
    checkpoint = published.newest(work.session)
    if checkpoint is None:
        raise NotFoundError(
            "The ledger has no checkpoint yet.", detail_ja="台帳には、まだ要約署名がありません。"
        )
    before = _written(work, folder, checkpoint.size)
    read = stored_tiles(work.session)
    written = set()
    for tile in tiles.new_tiles(before, checkpoint.size):
        written.add(_write(folder / tile.path, read(tile.level, tile.index, tile.width)))
    if with_entries:
        for bundle in tiles.new_bundles(0, checkpoint.size):
            # The folder may have been written without entries in between.
            if (folder / bundle.path).is_file():
                continue
            start = bundle.index * tiles.FULL_WIDTH
            entries = rows.entries(work.session, start, start + bundle.width)
            written.add(_write(folder / bundle.path, tiles.encode_bundle(entries)))
    _make_durable(folder, written)
    path = folder / tiles.CHECKPOINT_PATH
    if not path.exists() or path.read_bytes() != checkpoint.note:
        replace_durably(path, checkpoint.note)
    _prune(folder)
    return checkpoint.size


def _written(work: Work, folder: Path, size: int) -> int:
    """Return the size of the checkpoint that a folder holds: all of it is there; 0 without one.

    Raises:
        OlderDatabaseError: this ledger does not contain it.
    """
    path = folder / tiles.CHECKPOINT_PATH
    try:
        seen = Checkpoint.parse(note.Note.parse(path.read_bytes()).text)
    except FileNotFoundError:
        return 0
    except NoteError:
        # Scratched by somebody; everything is written anew.
        return 0
    node = tiles.nodes_of(stored_tiles(work.session), size)
    if (
        seen.origin != work.scheme.origin
        or seen.size > size
        or merkle.tree_root(seen.size, node) != seen.root
    ):
        raise OlderDatabaseError(
            f"{folder} holds a checkpoint of {seen.origin} with {seen.size} entries, which this "
            f"database does not contain: write into an empty folder, or restore the database",
            detail_ja=f"{folder} には {seen.origin} の要約署名({seen.size} 件)がありますが、"
            "このデータベースの台帳には含まれません。空のフォルダに書き出すか、"
            "データベースを復元してください。",
        )
    return seen.size


def _write(path: Path, content: bytes) -> Path:
    """Put one file into its place whole, its bytes durable; return its folder.

    The folder's own entry is made durable afterwards, once for all of its files.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.new")
    with beside.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    return path.parent


def _make_durable(root: Path, folders: set[Path]) -> None:
    """Make the names in folders durable, and those of the folders above them up to the root."""
    above = {parent for folder in folders for parent in folder.parents if root in parent.parents}
    for folder in sorted(folders | above | ({root} if folders else set())):
        flush_folder(folder)


def _prune(folder: Path) -> None:
    """Take away the parts of every tile that stands whole, also those that a crash has left."""
    for parts in (folder / "tile").rglob("*.p"):
        if parts.with_name(parts.name.removesuffix(".p")).is_file():
            for part in parts.iterdir():
                part.unlink()
            parts.rmdir()
