"""A ledger as long as a test asks for: its entries follow one another, and say nothing more."""

import hashlib
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from relay_protocol import chain, merkle, note, tiles
from relay_protocol.entry import Entry
from relay_protocol.grown_tree import GrownTree
from relay_protocol.note import Checkpoint, SignerKey
from tests.story.hand_ledger import LOG, signing_key

KINDS = ("claim.made", "consent.given", "profile.listed", "points.moved", "identity.released")
AGENCIES = 40
LOG_KEY = SignerKey(name=LOG, kind=note.ED25519, private_key=signing_key("log"))


def entries(size: int, *, clear_every: int = 0) -> Iterator[bytes]:
    """Yield the bytes of as many entries.

    Args:
        size: how many.
        clear_every: how far apart those stand that carry their attestation; 0 for none.
    """
    prev = chain.FIRST_PREV
    for seq in range(size):
        is_clear = clear_every and seq % clear_every == 0
        raw = Entry(
            seq=seq,
            prev=prev,
            day=f"2026-{1 + seq // 56_000 % 12:02}-{1 + seq // 2_000 % 28:02}",
            kind="reveals.closed" if is_clear else KINDS[seq % len(KINDS)],
            orgs=() if is_clear else (f"agency-{seq % AGENCIES:02}", "mirai")[: seq % 3],
            rules="2026-12-A",
            signed={"jws": f"made.up.{seq}"} if is_clear else None,
            commitment=None if is_clear else hashlib.sha256(b"%d" % seq).digest(),
        ).encode()
        prev = chain.link(raw)
        yield raw


def write_out(folder: Path, written: Iterator[bytes]) -> GrownTree:
    """Write bundles and tiles of entries into a folder, sign for them, and return their tree."""
    tree = GrownTree()
    while bundle := list(islice(written, tiles.FULL_WIDTH)):
        index = tree.size // tiles.FULL_WIDTH
        for raw in bundle:
            tree.append(merkle.leaf_hash(raw))
        _write(folder / tiles.entries_path(index, len(bundle)), tiles.encode_bundle(bundle))
    for tile in tiles.new_tiles(0, tree.size):
        _write(folder / tile.path, tree.tile(tile))
    sign(folder, tree.size, tree.root(tree.size))
    return tree


def sign(folder: Path, size: int, root: bytes) -> None:
    """Put the checkpoint of a size and root into a folder, signed by the log."""
    _write(folder / tiles.CHECKPOINT_PATH, signed(size, root))


def signed(size: int, root: bytes) -> bytes:
    """Return the checkpoint of a size and root, signed by the log."""
    return note.sign_note(Checkpoint(origin=LOG, size=size, root=root).text(), LOG_KEY)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
