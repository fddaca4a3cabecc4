"""Writing the ledger out as the static files that independent readers know (tlog-tiles)."""

from pathlib import Path

from exchange.domain.errors import NotFoundError
from exchange.services.ledger import stored_tiles
from exchange.services.work import Work
from exchange.store import ledger as rows
from relay_protocol import tiles


def write_out(work: Work, folder: Path, *, with_entries: bool) -> int:
    """Write the newest checkpoint and all that it covers; return its size.

    The checkpoint goes last, so that a reader never finds one whose tiles are missing.

    Args:
        with_entries: whether entry bundles are written too; they are for auditors only.

    Raises:
        NotFoundError: nothing has been signed yet.
    """
    checkpoint = rows.checkpoint(work.session)
    if checkpoint is None:
        raise NotFoundError("The ledger has no checkpoint yet.")
    read = stored_tiles(work.session)
    for tile in tiles.new_tiles(0, checkpoint.size):
        _write(folder / tile.path, read(tile.level, tile.index, tile.width))
    if with_entries:
        for bundle in tiles.new_bundles(0, checkpoint.size):
            start = bundle.index * tiles.FULL_WIDTH
            entries = rows.entries(work.session, start, start + bundle.width)
            _write(folder / bundle.path, tiles.encode_bundle(entries))
    _write(folder / tiles.CHECKPOINT_PATH, checkpoint.note)
    return checkpoint.size


def _write(path: Path, content: bytes) -> None:
    """Write one file, its folders made as needed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
