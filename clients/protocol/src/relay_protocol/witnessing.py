"""What a witness is asked and when it cosigns: the pure half of C2SP tlog-witness, both sides."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from relay_protocol import merkle
from relay_protocol.encoding import b64_decode, b64_encode
from relay_protocol.errors import (
    CanonicalError,
    InconsistentCheckpointError,
    MalformedRequestError,
    NoteError,
    ProofError,
    StaleSizeError,
    UnknownLogError,
    UntrustedCheckpointError,
)
from relay_protocol.note import (
    Checkpoint,
    Note,
    SignatureLine,
    SignerKey,
    VerifierKey,
    cosign,
    open_note,
)

ADD_CHECKPOINT = "add-checkpoint"
MAX_PATH_LINES = 63
MAX_REQUEST_BYTES = 65_536
SIZE_TYPE = "text/x.tlog.size"
"""Content type of a 409 that says which size the witness has; any other 409 is an alarm."""

_DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)
_OLD = "old "
_CHECKPOINT_LINES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class AddCheckpoint:
    """A request to cosign a checkpoint, with the proof that it continues the one of before.

    Attributes:
        old_size: size of the checkpoint that the witness cosigned last; 0 for none.
        path: the consistency path, hashes of 32 bytes each.
        note: the signed checkpoint.
    """

    old_size: int
    path: tuple[bytes, ...]
    note: bytes

    def encode(self) -> bytes:
        """Return the request's body."""
        lines = (f"{_OLD}{self.old_size}", *(b64_encode(step) for step in self.path), "", "")
        return "\n".join(lines).encode() + self.note

    @classmethod
    def decode(cls, raw: bytes) -> "AddCheckpoint":
        """Return the request of a body; its note is not looked at yet.

        Raises:
            MalformedRequestError: the body has another form, or is too long.
        """
        if len(raw) > MAX_REQUEST_BYTES:
            raise MalformedRequestError(f"the request has more than {MAX_REQUEST_BYTES} bytes")
        head, blank, note = raw.partition(b"\n\n")
        if not blank:
            raise MalformedRequestError("no empty line stands before the checkpoint")
        try:
            first, *steps = head.decode("ascii").split("\n")
            path = tuple(map(b64_decode, steps))
        except (UnicodeDecodeError, CanonicalError) as error:
            raise MalformedRequestError("a line of the proof is not base64") from error
        if len(path) > MAX_PATH_LINES:
            raise MalformedRequestError(f"the proof has more than {MAX_PATH_LINES} lines")
        if any(len(step) != merkle.HASH_BYTES for step in path):
            raise MalformedRequestError("a line of the proof is not a hash of 32 bytes")
        if not first.startswith(_OLD):
            raise MalformedRequestError("the request does not begin with the old size")
        size = _size(first.removeprefix(_OLD))
        return cls(old_size=size, path=path, note=note)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedCheckpoint:
    """A checkpoint that its log has signed, for certain.

    Attributes:
        checkpoint: its first three lines.
        extensions: the lines after these, with their newlines; our own logs have none.
        lines: the log's signatures, one of each key, verified; those of strangers are left out.
    """

    checkpoint: Checkpoint
    extensions: str
    lines: tuple[SignatureLine, ...]

    def cosigned(self, signers: Iterable[SignerKey], *, time_s: int) -> tuple[SignatureLine, ...]:
        """Return the cosignature of each of a witness's keys, at a time in Unix seconds."""
        return tuple(
            cosign(self.checkpoint, signer, time_s=time_s, extensions=self.extensions)
            for signer in signers
        )

    def note(self, cosignatures: Iterable[SignatureLine] = ()) -> bytes:
        """Return the note of the log's own signatures and further ones."""
        text = self.checkpoint.text() + self.extensions
        return Note(text=text, lines=(*self.lines, *cosignatures)).encode()


def read_checkpoint(text: str) -> tuple[Checkpoint, str]:
    """Return a note's text as a checkpoint and the extension lines that other logs may add.

    Raises:
        NoteError: the text is no checkpoint (C2SP tlog-checkpoint).
    """
    lines = text.split("\n")
    extensions = lines[_CHECKPOINT_LINES:-1]
    if not all(extensions):
        raise NoteError("a checkpoint has no empty line")
    checkpoint = Checkpoint.parse("\n".join((*lines[:_CHECKPOINT_LINES], "")))
    return checkpoint, "".join(f"{line}\n" for line in extensions)


def open_signed(raw: bytes, log_keys: Iterable[VerifierKey]) -> SignedCheckpoint:
    """Return a checkpoint that one of these keys signed; a key's name is its log's origin.

    Raises:
        MalformedRequestError: the bytes are no checkpoint.
        UnknownLogError: none of the keys is of its log.
        UntrustedCheckpointError: none of them has signed it, or with a false signature.
    """
    try:
        note = Note.parse(raw)
        checkpoint, extensions = read_checkpoint(note.text)
    except NoteError as error:
        raise MalformedRequestError(str(error)) from error
    keys = [key for key in log_keys if key.name == checkpoint.origin]
    if not keys:
        raise UnknownLogError("this witness does not watch a log of this origin")
    try:
        opened = open_note(raw, keys)
    except NoteError as error:
        raise UntrustedCheckpointError(str(error)) from error
    ids = {one.key.key_id for one in opened.signatures[checkpoint.origin]}
    # One line a key: a log that signs again and again must not fill the note of its witness.
    first_lines: dict[bytes, SignatureLine] = {}
    for line in note.lines:
        if line.name == checkpoint.origin and line.key_id in ids:
            first_lines.setdefault(line.key_id, line)
    lines = tuple(first_lines.values())
    return SignedCheckpoint(checkpoint=checkpoint, extensions=extensions, lines=lines)


def judge(
    request: AddCheckpoint, log_keys: Iterable[VerifierKey], seen: Checkpoint | None
) -> SignedCheckpoint:
    """Return the checkpoint of a request that a witness may cosign.

    Args:
        request: as it came.
        log_keys: those of all logs that the witness watches.
        seen: the checkpoint of this log that the witness cosigned last, or None.

    Raises:
        WitnessRefusal: it may not; the subclass says why.
    """
    signed = open_signed(request.note, log_keys)
    require_growth(request, signed.checkpoint, seen)
    return signed


def require_growth(request: AddCheckpoint, checkpoint: Checkpoint, seen: Checkpoint | None) -> None:
    """Return if a request proves that its checkpoint continues the one seen last.

    Raises:
        MalformedRequestError: the old size is above the checkpoint's own.
        StaleSizeError: the old size is not that of the checkpoint seen last.
        InconsistentCheckpointError: the proof is false, or one size has two roots.
    """
    if request.old_size > checkpoint.size:
        raise MalformedRequestError("the old size is above the checkpoint's")
    old_size, old_root = (seen.size, seen.root) if seen else (0, merkle.EMPTY_ROOT)
    if request.old_size != old_size:
        raise StaleSizeError(old_size)
    try:
        merkle.check_consistency(old_size, old_root, checkpoint.size, checkpoint.root, request.path)
    except ProofError as error:
        raise InconsistentCheckpointError(str(error)) from error


def contradict(one: Checkpoint, other: Checkpoint) -> bool:
    """Return whether two checkpoints of a log say of one size that it has two roots."""
    return (one.origin, one.size) == (other.origin, other.size) and one.root != other.root


# The side that asks.


def monitoring_path(origin: str) -> str:
    """Return where below its address a witness shows the checkpoint of a log cosigned last."""
    return f"{hashlib.sha256(origin.encode()).hexdigest()}/checkpoint"


def read_size(raw: bytes) -> int:
    """Return the size that a witness names in a 409 of the type SIZE_TYPE.

    Raises:
        MalformedRequestError: the body is not one decimal number and its newline.
    """
    text = raw.decode("ascii", "replace")
    if not text.endswith("\n"):
        raise MalformedRequestError("a witness's size does not end its line")
    return _size(text[:-1])


def read_cosignatures(raw: bytes, note: bytes, witness: VerifierKey) -> tuple[SignatureLine, ...]:
    """Return the lines of a witness's answer by which it cosigned a note, all verified.

    Args:
        raw: the body of its answer; lines of other keys in it are passed over.
        note: what it was asked to cosign.
        witness: its key.

    Raises:
        NoteError: the body is no list of signature lines, or the witness's own is false or
            missing.
    """
    text = Note.parse(note).text
    answered = Note.parse(text.encode() + b"\n" + raw)
    if answered.text != text:
        raise NoteError("the witness answers with more than signature lines")
    lines = tuple(
        line
        for line in dict.fromkeys(answered.lines)
        if (line.name, line.key_id) == (witness.name, witness.key_id)
    )
    if not lines:
        raise NoteError(f"the answer holds no cosignature of {witness.name}")
    for line in lines:
        if not witness.verify(text, line.signature):
            raise NoteError(f"a cosignature of {witness.name} has no time")
    return lines


def _size(text: str) -> int:
    """Return a size in its one decimal form, at most the largest that a tree can have."""
    if not _DECIMAL.fullmatch(text) or int(text) > merkle.MAX_SIZE:
        raise MalformedRequestError("a size is a plain decimal number below 2^63")
    return int(text)
