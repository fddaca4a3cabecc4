"""Signed notes, note keys, checkpoints and cosignatures (C2SP signed-note, tlog-checkpoint)."""

import hashlib
import re
import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from relay_protocol.encoding import b64_decode, b64_encode
from relay_protocol.errors import CanonicalError, NoteError, UnsignedError
from relay_protocol.merkle import HASH_BYTES, MAX_SIZE

ED25519 = 0x01
COSIGNATURE = 0x04
MAX_BYTES = 1_000_000
MAX_SIGNATURES = 100
MAX_TIME_S = 2**63 - 1

_KEY_ID_BYTES = 4
_KEY_BYTES = 32
_SIGNATURE_BYTES = 64
_MARK = "— "
_VERIFIER_KEY_PARTS = 3
_CHECKPOINT_LINES = 3
_HEX_ID = re.compile(r"[0-9a-f]{8}", re.ASCII)
_DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)
_TIME = struct.Struct(">Q")


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifierKey:
    """A public note key: Ed25519 over the text (kind 1) or over text and time (kind 4)."""

    name: str
    kind: int
    public_key: bytes

    def __post_init__(self) -> None:
        """Refuse a name, a kind or a key that no note can carry."""
        _require_name(self.name)
        if self.kind not in {ED25519, COSIGNATURE}:
            raise NoteError(f"unknown kind of key: {self.kind}")
        if len(self.public_key) != _KEY_BYTES:
            raise NoteError("an Ed25519 public key has 32 bytes")

    @classmethod
    def parse(cls, text: str) -> "VerifierKey":
        """Return the key of a text `name+hex8+base64`.

        Raises:
            NoteError: the text is malformed, or its key id is not that of its key.
        """
        parts = text.split("+", 2)
        if len(parts) != _VERIFIER_KEY_PARTS or not _HEX_ID.fullmatch(parts[1]):
            raise NoteError("not a verifier key")
        name, hex_id, encoded = parts
        kind_and_key = _base64(encoded)
        key = cls(name=name, kind=kind_and_key[0], public_key=kind_and_key[1:])
        if key.key_id.hex() != hex_id:
            raise NoteError("the verifier key's id is not that of its key")
        return key

    @property
    def key_id(self) -> bytes:
        """The four bytes by which a signature line names this key, together with its name."""
        return _key_id(self.name, self.kind, self.public_key)

    def encode(self) -> str:
        """Return the text `name+hex8+base64` of the key, as policies and settings hold it."""
        encoded = b64_encode(bytes([self.kind]) + self.public_key)
        return f"{self.name}+{self.key_id.hex()}+{encoded}"

    def verify(self, text: str, signature: bytes) -> int | None:
        """Return the time of a cosignature in Unix seconds, or None for a plain signature.

        Args:
            text: the note's text, with its final newline.
            signature: what follows the key id in the signature line.

        Raises:
            NoteError: the key did not sign this text.
        """
        time_s = None
        if self.kind == COSIGNATURE:
            if len(signature) != _TIME.size + _SIGNATURE_BYTES:
                raise NoteError(f"a cosignature of {self.name} is not 72 bytes long")
            time_s = int(_TIME.unpack_from(signature)[0])
            signature = signature[_TIME.size :]
            if time_s > MAX_TIME_S:
                raise NoteError(f"a cosignature of {self.name} has no possible time")
        try:
            key = Ed25519PublicKey.from_public_bytes(self.public_key)
            key.verify(signature, _message(text, time_s))
        except (InvalidSignature, ValueError) as error:
            raise NoteError(f"the signature of {self.name} is false") from error
        return time_s


@dataclass(frozen=True, slots=True, kw_only=True)
class SignerKey:
    """A private note key; kind 1 signs notes, kind 4 cosigns checkpoints."""

    name: str
    kind: int
    private_key: Ed25519PrivateKey = field(repr=False)

    def __post_init__(self) -> None:
        """Refuse a name or a kind that no note can carry."""
        _ = self.verifier

    @property
    def verifier(self) -> VerifierKey:
        """The public half of the key."""
        public_key = self.private_key.public_key().public_bytes_raw()
        return VerifierKey(name=self.name, kind=self.kind, public_key=public_key)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureLine:
    """One signature of a note, not verified: whose it claims to be, and its bytes."""

    name: str
    key_id: bytes
    signature: bytes

    @classmethod
    def parse(cls, line: str) -> "SignatureLine":
        """Return the signature of a line `— name base64`, given without its newline.

        Raises:
            NoteError: the line has another form.
        """
        name, _, encoded = line.removeprefix(_MARK).partition(" ")
        if not line.startswith(_MARK):
            raise NoteError("a signature line does not begin with a dash")
        _require_name(name)
        raw = _base64(encoded)
        if len(raw) <= _KEY_ID_BYTES:
            raise NoteError("a signature line without a signature")
        return cls(name=name, key_id=raw[:_KEY_ID_BYTES], signature=raw[_KEY_ID_BYTES:])

    def encode(self) -> str:
        """Return the line `— name base64`, with its newline."""
        return f"{_MARK}{self.name} {b64_encode(self.key_id + self.signature)}\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A note taken apart: its text, and signature lines that nobody has verified."""

    text: str
    lines: tuple[SignatureLine, ...]

    @classmethod
    def parse(cls, raw: bytes) -> "Note":
        """Return the parts of a note; the text begins no trust before open_note().

        Raises:
            NoteError: the bytes are no note, or more than 1 MB or 100 signatures.
        """
        if len(raw) > MAX_BYTES:
            raise NoteError("the note is larger than 1 MB")
        try:
            content = raw.decode()
        except UnicodeDecodeError as error:
            raise NoteError("the note is not UTF-8") from error
        text, blank, tail = content.rpartition("\n\n")
        if not blank or not tail.endswith("\n"):
            raise NoteError("the note has no signatures, or is cut off")
        _require_text(text + "\n")
        _require_printable(tail)
        lines = tail[:-1].split("\n")
        if len(lines) > MAX_SIGNATURES:
            raise NoteError(f"the note has more than {MAX_SIGNATURES} signatures")
        return cls(text=text + "\n", lines=tuple(map(SignatureLine.parse, lines)))

    def encode(self) -> bytes:
        """Return the bytes of the note.

        Raises:
            NoteError: they are more than 1 MB or 100 signatures.
        """
        raw = (self.text + "\n" + "".join(line.encode() for line in self.lines)).encode()
        if len(raw) > MAX_BYTES or not 1 <= len(self.lines) <= MAX_SIGNATURES:
            raise NoteError("a note of this size or number of signatures may not be")
        return raw


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedSignature:
    """A signature that its key confirmed; time_s is a cosignature's, in Unix seconds."""

    key: VerifierKey
    time_s: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedNote:
    """A note's text with the signatures of known keys, all verified, at least one, by name."""

    text: str
    signatures: Mapping[str, tuple[VerifiedSignature, ...]]

    def signed_by(self, key: VerifierKey) -> bool:
        """Return whether this very key has signed."""
        return any(one.key == key for one in self.signatures.get(key.name, ()))

    def cosigned_at(self, name: str) -> int | None:
        """Return the latest cosignature of a name in Unix seconds, or None without one."""
        times = [one.time_s for one in self.signatures.get(name, ()) if one.time_s is not None]
        return max(times, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """What a log commits to: its origin, the number of its entries and their root."""

    origin: str
    size: int
    root: bytes

    def __post_init__(self) -> None:
        """Refuse an origin, a size or a root that no checkpoint can state."""
        if not self.origin or "\n" in self.origin:
            raise NoteError("a checkpoint's origin is one line that is not empty")
        _require_text(self.origin + "\n")
        if not 0 <= self.size <= MAX_SIZE:
            raise NoteError(f"a checkpoint cannot be of size {self.size}")
        if len(self.root) != HASH_BYTES:
            raise NoteError("a checkpoint's root has 32 bytes")

    def text(self) -> str:
        """Return the note text: origin, decimal size and base64 root, a line each."""
        return f"{self.origin}\n{self.size}\n{b64_encode(self.root)}\n"

    @classmethod
    def parse(cls, text: str) -> "Checkpoint":
        """Return the checkpoint that a note's text states.

        Raises:
            NoteError: the text has another form, or extension lines, which are not allowed.
        """
        lines = text.removesuffix("\n").split("\n")
        if not text.endswith("\n") or len(lines) != _CHECKPOINT_LINES:
            raise NoteError("a checkpoint's text has three lines")
        origin, size, encoded = lines
        if not _DECIMAL.fullmatch(size):
            raise NoteError("a checkpoint's size is a plain decimal number")
        return cls(origin=origin, size=int(size), root=_base64(encoded))


def sign_note(text: str, signer: SignerKey) -> bytes:
    """Return a note of this text with one plain signature (kind 1).

    Raises:
        NoteError: the text does not end in a newline or holds control characters, or the
            key is one for cosignatures.
    """
    if signer.kind != ED25519:
        raise NoteError("this key cosigns checkpoints; it does not sign notes")
    _require_text(text)
    return Note(text=text, lines=(_signature_line(text, signer, None),)).encode()


def cosign(
    checkpoint: Checkpoint, signer: SignerKey, *, time_s: int, extensions: str = ""
) -> SignatureLine:
    """Return a witness's cosignature of a checkpoint (kind 4, C2SP tlog-cosignature).

    Args:
        checkpoint: the largest consistent one that the witness has seen of its log.
        signer: the witness's key.
        time_s: the moment of signing in Unix seconds.
        extensions: further lines that another maker's log states in its checkpoint, each with
            its newline; the witness signs them along and says nothing about them.

    Raises:
        NoteError: the key is none for cosignatures, or the time is out of range.
    """
    if signer.kind != COSIGNATURE:
        raise NoteError("this key signs notes; it does not cosign checkpoints")
    if not 0 <= time_s <= MAX_TIME_S:
        raise NoteError("a cosignature's time is out of range")
    return _signature_line(checkpoint.text() + extensions, signer, time_s)


def add_signatures(raw: bytes, lines: Iterable[SignatureLine]) -> bytes:
    """Return a note with further signatures at its end; lines it has already stay single.

    Raises:
        NoteError: the bytes are no note, or it would grow beyond its limits.
    """
    note = Note.parse(raw)
    return Note(text=note.text, lines=tuple(dict.fromkeys((*note.lines, *lines)))).encode()


def open_note(raw: bytes, verifiers: Iterable[VerifierKey]) -> OpenedNote:
    """Return the text of a note that known keys have signed (C2SP signed-note).

    Signatures of unknown keys are passed over, also where a known key has the same name.

    Raises:
        NoteError: the bytes are no note, a known key's signature is false, or there is none.
    """
    known: dict[tuple[str, bytes], VerifierKey] = {}
    for key in verifiers:
        if known.setdefault((key.name, key.key_id), key) != key:
            raise NoteError(f"two keys of {key.name} share one id")
    note = Note.parse(raw)
    signatures: dict[str, tuple[VerifiedSignature, ...]] = {}
    for line in dict.fromkeys(note.lines):
        signing_key = known.get((line.name, line.key_id))
        if signing_key is not None:
            time_s = signing_key.verify(note.text, line.signature)
            verified = VerifiedSignature(key=signing_key, time_s=time_s)
            signatures[line.name] = (*signatures.get(line.name, ()), verified)
    if not signatures:
        raise UnsignedError("no known key has signed the note")
    return OpenedNote(text=note.text, signatures=signatures)


def open_checkpoint(
    raw: bytes, log: VerifierKey, witnesses: Sequence[VerifierKey] = ()
) -> tuple[Checkpoint, OpenedNote]:
    """Return a log's checkpoint, signed by the log itself, and the note with all signatures.

    Raises:
        NoteError: the note does not open, the log has not signed it, or its text is no
            checkpoint of the log's origin, which is the name of its key.
    """
    opened = open_note(raw, (log, *witnesses))
    if not opened.signed_by(log):
        raise NoteError("the log itself has not signed the checkpoint")
    checkpoint = Checkpoint.parse(opened.text)
    if checkpoint.origin != log.name:
        raise NoteError("the checkpoint is that of another log")
    return checkpoint, opened


def _signature_line(text: str, signer: SignerKey, time_s: int | None) -> SignatureLine:
    """Return a signature over a text, or over text and time, as a line of its note."""
    signature = signer.private_key.sign(_message(text, time_s))
    if time_s is not None:
        signature = _TIME.pack(time_s) + signature
    return SignatureLine(name=signer.name, key_id=signer.verifier.key_id, signature=signature)


def _message(text: str, time_s: int | None) -> bytes:
    """Return the bytes that are signed: the text, in a cosignature after its time."""
    heading = "" if time_s is None else f"cosignature/v1\ntime {time_s}\n"
    return (heading + text).encode()


def _key_id(name: str, kind: int, public_key: bytes) -> bytes:
    """Return the first four bytes of SHA-256 over name, newline, kind and public key."""
    digest = hashlib.sha256(name.encode() + b"\n" + bytes([kind]) + public_key).digest()
    return digest[:_KEY_ID_BYTES]


def _base64(text: str) -> bytes:
    """Return the bytes of a note's base64, at least one."""
    try:
        raw = b64_decode(text)
    except CanonicalError as error:
        raise NoteError("malformed base64 in a note or key") from error
    if not raw:
        raise NoteError("empty base64 in a note or key")
    return raw


def _require_name(name: str) -> None:
    """Refuse a key name that a signature line could not carry."""
    if not name or "+" in name or any(sign.isspace() for sign in name):
        raise NoteError("a key's name is not empty and has no space and no plus")
    _require_printable(name)


def _require_text(text: str) -> None:
    """Refuse a note text that does not end its last line."""
    if not text.endswith("\n"):
        raise NoteError("a note's text ends in a newline")
    _require_printable(text)


def _require_printable(text: str) -> None:
    """Refuse control characters other than newline, and what UTF-8 cannot say."""
    if any(sign < " " and sign != "\n" for sign in text):
        raise NoteError("a note holds no control characters")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise NoteError("a note holds half of a surrogate pair") from error
