"""The file that one act's proof travels in: C2SP `.tlog-proof`, entry and reveal in its extra."""

import re
import struct
from dataclasses import dataclass

from relay_protocol.encoding import b64_decode, b64_encode
from relay_protocol.entry import Entry, Reveal
from relay_protocol.errors import CanonicalError, ProofError, ProtocolError
from relay_protocol.merkle import HASH_BYTES
from relay_protocol.note import MAX_BYTES as MAX_NOTE_BYTES
from relay_protocol.proof import Proof

SUFFIX = ".tlog-proof"
MEDIA_TYPE = "text/plain; charset=utf-8"
MAX_PATH = 63
"""A path is never longer than a tree of the greatest size is high."""
MAX_EXTRA_BYTES = 2 + 65_535 + 32 + 65_535
MAX_BYTES = MAX_NOTE_BYTES + 4 * (MAX_EXTRA_BYTES // 3 + 1) + 48 * MAX_PATH + 100

_VERSION = "c2sp.org/tlog-proof@v1"
_EXTRA, _INDEX = "extra ", "index "
_DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)
_LENGTH = struct.Struct(">H")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofText:
    """A `.tlog-proof` of any log, taken apart and not checked (C2SP tlog-proof@v1).

    Attributes:
        extra: what the log's users put beside the proof; vouched for by nobody.
        index: the place of the entry, from 0.
        path: hashes from the leaf's sibling up to the root's child, 32 bytes each.
        checkpoint: the signed note with every signature line.
    """

    extra: bytes = b""
    index: int
    path: tuple[bytes, ...]
    checkpoint: bytes

    def encode(self) -> bytes:
        """Return the file's bytes."""
        lines = [_VERSION]
        if self.extra:
            lines.append(_EXTRA + b64_encode(self.extra))
        lines.append(f"{_INDEX}{self.index}")
        lines += map(b64_encode, self.path)
        return "\n".join(lines).encode() + b"\n\n" + self.checkpoint

    @classmethod
    def decode(cls, raw: bytes) -> "ProofText":
        """Return the parts of a file; encode() gives these very bytes again.

        Raises:
            ProofError: the bytes are too many, or are no proof in its one form.
        """
        if len(raw) > MAX_BYTES:
            raise ProofError("the file is longer than any proof")
        head, blank, checkpoint = raw.partition(b"\n\n")
        if not blank or not head.isascii():
            raise ProofError("not a tlog-proof: the checkpoint is missing")
        version, *lines = head.decode("ascii").split("\n")
        if version != _VERSION:
            raise ProofError("not a tlog-proof of version 1")
        extra = b""
        if lines and lines[0].startswith(_EXTRA):
            extra = _octets(lines.pop(0).removeprefix(_EXTRA))
        if not lines or not _DECIMAL.fullmatch(lines[0].removeprefix(_INDEX)):
            raise ProofError("a tlog-proof's index is a plain decimal number")
        if not lines[0].startswith(_INDEX) or len(lines) > 1 + MAX_PATH:
            raise ProofError("a tlog-proof has one index and at most 63 hashes")
        path = tuple(map(_octets, lines[1:]))
        if any(len(step) != HASH_BYTES for step in path) or len(extra) > MAX_EXTRA_BYTES:
            raise ProofError("a tlog-proof holds a hash or an extra of another length")
        index = int(lines[0].removeprefix(_INDEX))
        return cls(extra=extra, index=index, path=path, checkpoint=checkpoint)


def encode_proof(proof: Proof) -> bytes:
    """Return the `.tlog-proof` of an act: what anybody can check who has the log's key.

    Raises:
        EntryError: the proof holds no entry.
    """
    reveal = b"" if proof.reveal is None else proof.reveal.encode()
    return ProofText(
        extra=_LENGTH.pack(len(proof.entry)) + proof.entry + reveal,
        index=Entry.decode(proof.entry).seq,
        path=proof.path,
        checkpoint=proof.checkpoint,
    ).encode()


def decode_proof(raw: bytes) -> Proof:
    """Return the proof that a file holds; Proof.check() decides whether it proves anything.

    Raises:
        ProofError: the file is no `.tlog-proof` of this ledger's entries, its index is not its
            entry's place, or anything follows where nothing may.
    """
    text = ProofText.decode(raw)
    if len(text.extra) < _LENGTH.size:
        raise ProofError("the proof carries no entry")
    end = _LENGTH.size + int(_LENGTH.unpack_from(text.extra)[0])
    entry, rest = text.extra[_LENGTH.size : end], text.extra[end:]
    if len(text.extra) < end:
        raise ProofError("the proof's entry is cut off")
    try:
        decoded = Entry.decode(entry)
        reveal = Reveal.decode(rest) if rest else None
    except ProtocolError as error:
        raise ProofError(f"the proof's extra is no entry with its reveal: {error}") from error
    if decoded.seq != text.index:
        raise ProofError("the proof's index is not the place of its entry")
    if (decoded.commitment is None) != (reveal is None):
        raise ProofError("a reveal belongs to a committed entry, and to no other")
    return Proof(entry=entry, reveal=reveal, path=text.path, checkpoint=text.checkpoint)


def _octets(text: str) -> bytes:
    """Return the bytes of canonical base64, at least one."""
    try:
        raw = b64_decode(text)
    except CanonicalError as error:
        raise ProofError("a tlog-proof's base64 is malformed") from error
    if not raw:
        raise ProofError("a tlog-proof has an empty line where none may be")
    return raw
