"""The ledger as static files: what a reader without our hub finds."""

from pathlib import Path

import pytest

from exchange.domain.errors import NotFoundError
from exchange.hub import Hub
from exchange.services import publication
from relay_protocol import merkle, tiles
from relay_protocol.log_reader import FolderReader
from relay_protocol.note import VerifierKey, open_checkpoint


def test_the_written_tiles_have_the_checkpoint_s_root(hub: Hub, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    with hub.reading() as work:
        size = publication.write_out(work, folder, with_entries=True)
    reader = FolderReader(folder)
    checkpoint, _ = open_checkpoint(reader.checkpoint(), VerifierKey.parse(hub.scheme.ledger_vkey))
    assert checkpoint.size == size == 17
    assert merkle.tree_root(size, tiles.nodes_of(reader.tile, size)) == checkpoint.root
    entries = tiles.decode_bundle(reader.entry_bundle(0, size), size)
    assert merkle.root(map(merkle.leaf_hash, entries)) == checkpoint.root


def test_entries_are_written_for_auditors_only(hub: Hub, tmp_path: Path) -> None:
    with hub.reading() as work:
        publication.write_out(work, tmp_path / "out", with_entries=False)
    assert not (tmp_path / "out" / "tile" / "entries").exists()
    assert (tmp_path / "out" / "tile" / "0").exists()


def test_nothing_is_written_before_the_first_checkpoint(empty_hub: Hub, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError), empty_hub.reading() as work:
        publication.write_out(work, tmp_path / "out", with_entries=True)
    assert not (tmp_path / "out").exists()
