"""What an auditor gets beside the public files: reveals and statements, sealed to its own key."""

import hashlib
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Protocol

from cryptography.hazmat.primitives.asymmetric.ec import (
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
)

from relay_protocol import contents, sealed
from relay_protocol.contents import Reveals
from relay_protocol.errors import PackError
from relay_protocol.manifest import CloseDocuments, Listed, Manifest, Run
from relay_protocol.sealed import FIRST_LINE_BYTES, LINE_BYTES, Cover, SealedPart

MAX_BYTES: Final = 2**29
"""The longest pack that is handled whole, in memory."""


READ_AHEAD_BYTES: Final = 2**22
"""So much of a pack's file is best read at once: its lines are long."""


class Source(Protocol):
    """A file of bytes that is read line by line."""

    def readline(self, size: int, /) -> bytes:
        """Return the bytes up to the next line feed, at most so many; none at the end."""


class PackReader:
    """A sealed pack read from its first line to its last, one part in memory at a time.

    `manifest` is at hand at once; then come the parts with reveals, and then the documents of
    settled periods. What was read is not read again.
    """

    manifest: Manifest

    def __init__(self, source: Source, private_key: EllipticCurvePrivateKey) -> None:
        """Read and open the manifest.

        Raises:
            PackError: it is none, for another key, or says something else than its cover.
        """
        self._source = source
        self._key = private_key
        self._cover, self.manifest = _open_first(self._line(FIRST_LINE_BYTES), private_key)
        self._read = 0

    def parts(self, after: int = -1) -> Iterator[SealedPart]:
        """Yield the parts with reveals, in the order of the ledger and still sealed.

        Args:
            after: parts with reveals up to this entry alone are passed over.

        Raises:
            PackError: the file is cut.
        """
        while self._read < len(self.manifest.parts):
            part = self._part(self.manifest.parts[self._read])
            if part.listed is not None and part.listed.last > after:
                yield part

    def reveals(self, after: int = -1) -> Iterator[tuple[int, bytes]]:
        """Yield number and bytes of each reveal, in the order of the ledger.

        Args:
            after: the entry behind which they begin.

        Raises:
            PackError: the file is cut, or a part is not the one that is listed.
        """
        for part in self.parts(after):
            for seq, raw in open_reveals(part, self._key):
                if seq > after:
                    yield seq, raw

    def closes(self) -> Iterator[CloseDocuments]:
        """Yield the documents of each settled period, the oldest first, up to the file's end.

        Raises:
            PackError: the file is cut, goes on behind its last part, or a part is not the one
                that is listed.
        """
        for _ in self.parts(self.manifest.cut):
            pass
        yield from contents.decode_documents(self._documents())

    def _documents(self) -> Iterator[bytes]:
        """Yield the bytes of the parts with documents, and see that nothing follows."""
        while self._read < len(self.manifest.parts) + len(self.manifest.documents):
            yield sealed.open_line(self._part(None), self._key)
        if self._source.readline(1):
            raise PackError("the pack goes on behind its last part")

    def _part(self, listed: Listed | None) -> SealedPart:
        """Return the next line of the file."""
        place = self._read - len(self.manifest.parts)
        digest = self.manifest.documents[place] if listed is None else listed.digest
        self._read += 1
        return SealedPart(
            cover=self._cover,
            number=self._read,
            digest=digest,
            listed=listed,
            line=self._line(LINE_BYTES),
        )

    def _line(self, limit_bytes: int) -> bytes:
        """Return a line of the file with its line feed."""
        line = self._source.readline(limit_bytes + 1)
        if len(line) > limit_bytes:
            raise PackError(f"a line of the pack is longer than {limit_bytes} bytes")
        if not line.endswith(b"\n"):
            raise PackError("the pack is cut off")
        return line


def read_pack(source: Source, private_key: EllipticCurvePrivateKey) -> PackReader:
    """Return a sealed pack, its manifest read.

    Args:
        source: a file of bytes, at its beginning.
        private_key: the auditor's.

    Raises:
        PackError: it is no pack, or for another key.
    """
    return PackReader(source, private_key)


def open_reveals(part: SealedPart, private_key: EllipticCurvePrivateKey) -> Reveals:
    """Return number and bytes of each reveal of a part.

    Raises:
        PackError: the part is not the one that is listed, or holds documents.
    """
    if part.listed is None:
        raise PackError("a part with documents holds no reveals")
    return contents.decode_reveals(sealed.open_line(part, private_key), part.listed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """A pack that is held whole.

    Attributes:
        log: the ledger's name.
        auditor: slug of who it is for.
        cut: how many entries it covers.
        until: the last day on which the auditor may use it, `YYYY-MM-DD`.
        checkpoint: a signed note of at least `cut` entries.
        reveals: the bytes that open an entry, by its number, in order.
        closes: of settled periods, the oldest first.
        first: the entry from which on it holds reveals.
        closed: every run of entries before the cut that nobody can open any more.
    """

    log: str
    auditor: str
    cut: int
    until: str
    checkpoint: bytes
    reveals: Mapping[int, bytes]
    closes: tuple[CloseDocuments, ...]
    first: int = 0
    closed: tuple[Run, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what no manifest could list."""
        seqs = list(self.reveals)
        if seqs != sorted(set(seqs)):
            raise PackError("a pack's reveals are not in the order of the ledger")
        self.manifest()

    def is_over(self, today: date) -> bool:
        """Return whether the day is past on which the pack may still be used."""
        return self.manifest().is_over(today)

    def manifest(self) -> Manifest:
        """Return what the pack holds, as the hub attests it."""
        parts, documents = self._parts(), self._documents()
        return Manifest(
            log=self.log,
            auditor=self.auditor,
            first=self.first,
            cut=self.cut,
            until=self.until,
            checkpoint=self.checkpoint,
            closed=self.closed,
            parts=tuple(
                contents.list_reveals(part, raw)
                for part, raw in zip(contents.gather(self.reveals.items()), parts, strict=True)
            ),
            documents=tuple(hashlib.sha256(raw).digest() for raw in documents),
        )

    def digest(self) -> bytes:
        """Return the SHA-256 of the manifest's bytes, which the hub attests (pack.made)."""
        return self.manifest().digest()

    def lines(self) -> Iterable[bytes]:
        """Return the bytes of manifest and parts, before they are sealed."""
        return (self.manifest().encode(), *self._parts(), *self._documents())

    def _parts(self) -> list[bytes]:
        """Return the bytes of the parts with reveals."""
        return list(map(contents.encode_reveals, contents.gather(self.reveals.items())))

    def _documents(self) -> list[bytes]:
        """Return the bytes of the parts with documents."""
        return list(contents.encode_documents(self.closes))


def seal_pack(pack: Pack, public_key: EllipticCurvePublicKey) -> bytes:
    """Return the file of a pack that only the owner of a key can open.

    Args:
        pack: what to seal.
        public_key: the auditor's newest key for reveals, on P-256.
    """
    cover = Cover.of(public_key, log=pack.log, auditor=pack.auditor, until=pack.until)
    return b"".join(
        sealed.seal(raw, public_key, cover, number) for number, raw in enumerate(pack.lines())
    )


def open_pack(raw: bytes, private_key: EllipticCurvePrivateKey) -> Pack:
    """Return the pack of a whole file that was sealed to a key.

    Raises:
        PackError: the bytes are no sealed pack, it was sealed to another key, was changed, or
            is too long to be held whole.
    """
    if len(raw) > MAX_BYTES:
        raise PackError(f"a pack of more than {MAX_BYTES} bytes is read part by part")
    reader = PackReader(io.BytesIO(raw), private_key)
    reveals = dict(reader.reveals())
    said = reader.manifest
    return Pack(
        log=said.log,
        auditor=said.auditor,
        cut=said.cut,
        until=said.until,
        checkpoint=said.checkpoint,
        reveals=reveals,
        closes=tuple(reader.closes()),
        first=said.first,
        closed=said.closed,
    )


def _open_first(line: bytes, private_key: EllipticCurvePrivateKey) -> tuple[Cover, Manifest]:
    """Return cover and manifest of a pack's first line."""
    cover, ciphertext = sealed.read_cover(line)
    manifest = Manifest.decode(sealed.unseal(ciphertext, private_key, cover, 0))
    if (manifest.log, manifest.auditor, manifest.until) != (cover.log, cover.auditor, cover.until):
        raise PackError("the sealed pack says something else than its cover")
    return cover, manifest
