"""A log of any bytes, as makers of other software serve it too: C2SP tiles, checkpoint, key."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from relay_protocol import merkle, note, tiles
from relay_protocol.errors import LogMissingError
from relay_protocol.note import Checkpoint, SignerKey
from relay_protocol.tiles import Bundle, Tile
from tests.story.local_hub import Asked, LocalHub, Told

NAME = "log.example/other"


def named_key(name: str, kind: int = note.ED25519, seed: str = "") -> SignerKey:
    """Return the key of a name, the same in every run."""
    private_key = Ed25519PrivateKey.from_private_bytes((seed or name).encode().ljust(32, b".")[:32])
    return SignerKey(name=name, kind=kind, private_key=private_key)


@dataclass(kw_only=True)
class PlainLog:
    """A log that anybody could have written; it is itself a LogReader of its newest files.

    Attributes:
        entries: its entries, any bytes.
        witnesses: keys that cosign each checkpoint.
        time_s: when they do, in Unix seconds.
        files: its files by path; a test may change any.
        asked: the paths that were read, in order.
    """

    entries: list[bytes] = field(default_factory=list)
    name: str = NAME
    witnesses: Sequence[SignerKey] = ()
    time_s: int = 1_796_000_000
    files: dict[str, bytes] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, size: int, mark: str = "entry", **others: object) -> "PlainLog":
        """Return a log of so many entries, published."""
        log = cls(**others)  # type: ignore[arg-type]
        log.grow(size, mark)
        return log

    @property
    def key(self) -> SignerKey:
        """The key that signs its checkpoints."""
        return named_key(self.name)

    @property
    def vkey(self) -> str:
        """The verifier key, as text."""
        return self.key.verifier.encode()

    def grow(self, size: int, mark: str = "entry") -> None:
        """Add entries up to a size, and publish."""
        first = len(self.entries)
        self.entries += [f"{mark} {number}".encode() for number in range(first, size)]
        self.publish()

    def root(self, size: int | None = None) -> bytes:
        """Return the root of the first entries, or of all."""
        covered = self.entries if size is None else self.entries[:size]
        return merkle.root(map(merkle.leaf_hash, covered))

    def note(self, size: int | None = None) -> bytes:
        """Return the signed checkpoint of the first entries, or of all."""
        covered = len(self.entries) if size is None else size
        checkpoint = Checkpoint(origin=self.name, size=covered, root=self.root(covered))
        lines = [note.cosign(checkpoint, key, time_s=self.time_s) for key in self.witnesses]
        return note.add_signatures(note.sign_note(checkpoint.text(), self.key), lines)

    def publish(self) -> None:
        """Put every file of the newest checkpoint in place."""
        leaves = list(map(merkle.leaf_hash, self.entries))
        grown = tiles.grow(lambda *_: b"", 0, leaves)
        self.files |= {tile.path: raw for tile, raw in grown.items()}
        for bundle in tiles.new_bundles(0, len(self.entries)):
            first = bundle.index * tiles.FULL_WIDTH
            held = self.entries[first : first + bundle.width]
            self.files[bundle.path] = tiles.encode_bundle(held)
        self.files[tiles.CHECKPOINT_PATH] = self.note()

    def write_out(self, folder: Path) -> Path:
        """Write the files into a folder, and return it."""
        for path, raw in self.files.items():
            place = folder / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(raw)
        return folder

    def serve(self, hub: LocalHub, prefix: str = "/log") -> str:
        """Let a server on this machine serve the files; return the log's address there."""

        def answer(asked: Asked) -> Told:
            path = asked.path.removeprefix(f"{prefix}/")
            self.asked.append(path)
            if path not in self.files:
                return Told.problem("not-found", 404, "There is no such file.")
            kind = "text/plain" if path == tiles.CHECKPOINT_PATH else "application/octet-stream"
            return Told(body=self.files[path], headers={"Content-Type": kind})

        hub.tell_else(answer)
        return f"{hub.url}{prefix}"

    def checkpoint(self) -> bytes:
        """Return the newest checkpoint, a signed note."""
        return self._file(tiles.CHECKPOINT_PATH)

    def tile(self, level: int, index: int, width: int) -> bytes:
        """Return the bytes of a tile."""
        return self._file(Tile(level=level, index=index, width=width).path)

    def entry_bundle(self, index: int, width: int) -> bytes:
        """Return the bytes of an entry bundle."""
        return self._file(Bundle(index=index, width=width).path)

    def paths(self) -> list[str]:
        """Return the path of every file below `tile/`."""
        return [path for path in self.files if path.startswith("tile/")]

    def file(self, path: str) -> bytes:
        """Return the bytes of a file."""
        return self._file(path)

    def _file(self, path: str) -> bytes:
        self.asked.append(path)
        if path not in self.files:
            raise LogMissingError(f"there is no {path}")
        return self.files[path]
