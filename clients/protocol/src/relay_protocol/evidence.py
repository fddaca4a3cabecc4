"""Proof, for a third person and offline, that a log has told two histories and signed both."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from relay_protocol import merkle
from relay_protocol.encoding import b64_decode, b64_encode
from relay_protocol.errors import (
    CanonicalError,
    EvidenceError,
    ProofError,
    WitnessRefusal,
)
from relay_protocol.note import Checkpoint, VerifierKey
from relay_protocol.witnessing import MAX_PATH_LINES, contradict, open_signed

Form = Literal["same-size", "same-index"]

HEADING = "career-relay/evidence@v1"
MAX_BYTES = 2_100_000

_SAME_SIZE: Form = "same-size"
_SAME_INDEX: Form = "same-index"
_COUNT = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inclusion:
    """A leaf_hash() and the path that leads from it to its checkpoint's root."""

    leaf: bytes
    path: tuple[bytes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contradiction:
    """What stands proven: a log signed two checkpoints that no one history can have.

    Attributes:
        origin: the log.
        form: `same-size`: one size has two roots; `same-index`: one place has two entries.
        first: one checkpoint.
        second: the other.
        index: the place of the two entries; None in the other form.
    """

    origin: str
    form: Form
    first: Checkpoint
    second: Checkpoint
    index: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Two checkpoints as their log signed them, with all their signatures, and what disproves them.

    Attributes:
        notes: the two signed checkpoints, whole.
        index: the place at which they hold two entries; None where their sizes are the same.
        inclusions: that place in the one and in the other; empty where index is None.
    """

    notes: tuple[bytes, bytes]
    index: int | None = None
    inclusions: tuple[Inclusion, ...] = ()

    def __post_init__(self) -> None:
        """Refuse an index without its two inclusions, and inclusions without an index."""
        if len(self.inclusions) != (0 if self.index is None else len(self.notes)):
            raise EvidenceError("an index comes with two inclusions")

    @property
    def form(self) -> Form:
        """Which of the two forms of contradiction this shows."""
        return _SAME_SIZE if self.index is None else _SAME_INDEX

    def encode(self) -> bytes:
        """Return the evidence file: lines of text, each part led by how many lines it has.

        Raises:
            EvidenceError: the file would be too large, or a note does not end its last line.
        """
        first = self.form if self.index is None else f"{self.form} {self.index}"
        parts = [f"{HEADING}\n{first}\n".encode()]
        for place, note in enumerate(self.notes):
            if not note.endswith(b"\n"):
                raise EvidenceError("a checkpoint does not end its last line")
            parts.append(f"checkpoint {note.count(bytes([10]))}\n".encode() + note)
            for inclusion in self.inclusions[place : place + 1]:
                steps = [f"{b64_encode(step)}\n" for step in inclusion.path]
                head = f"leaf {b64_encode(inclusion.leaf)}\npath {len(steps)}\n"
                parts.append((head + "".join(steps)).encode())
        raw = b"".join(parts)
        if len(raw) > MAX_BYTES:
            raise EvidenceError(f"evidence has at most {MAX_BYTES} bytes")
        return raw

    @classmethod
    def decode(cls, raw: bytes) -> "Evidence":
        """Return the evidence of a file; nothing in it is verified yet.

        Raises:
            EvidenceError: the file is too large or has another form.
        """
        if len(raw) > MAX_BYTES:
            raise EvidenceError(f"evidence has at most {MAX_BYTES} bytes")
        lines = _Lines(raw)
        if lines.next() != HEADING.encode():
            raise EvidenceError(f"the file does not begin with {HEADING}")
        form, _, place = lines.next().partition(b" ")
        notes, inclusions, index = [], [], None
        if form == _SAME_INDEX.encode():
            index = _count(place)
        elif form != _SAME_SIZE.encode() or place:
            raise EvidenceError("a form of evidence that is not known here")
        for _ in range(2):
            notes.append(lines.block(b"checkpoint"))
            if index is not None:
                leaf = _hash(lines.value(b"leaf"))
                path = lines.block(b"path", most=MAX_PATH_LINES).split(b"\n")[:-1]
                inclusions.append(Inclusion(leaf=leaf, path=tuple(map(_hash, path))))
        lines.end()
        return cls(notes=(notes[0], notes[1]), index=index, inclusions=tuple(inclusions))

    def check(self, *log_keys: VerifierKey) -> Contradiction:
        """Return what this proves of a log, given its key from elsewhere, or each of its keys.

        Raises:
            EvidenceError: the log has not signed both checkpoints, or they do not contradict
                each other.
        """
        first, second = (_signed(note, log_keys) for note in self.notes)
        if first.origin != second.origin:
            raise EvidenceError("the checkpoints are those of two logs")
        if self.index is None:
            if not contradict(first, second):
                raise EvidenceError("these are not two roots of one size")
        else:
            self._require_two_entries(first, second, self.index)
        return Contradiction(
            origin=first.origin, form=self.form, first=first, second=second, index=self.index
        )

    def _require_two_entries(self, first: Checkpoint, second: Checkpoint, index: int) -> None:
        """Refuse inclusions that do not put two different leaves at one place."""
        if first.size == second.size:
            raise EvidenceError("checkpoints of one size contradict each other by their roots")
        one, other = self.inclusions
        if one.leaf == other.leaf:
            raise EvidenceError(f"both checkpoints hold the same entry {index}")
        for checkpoint, inclusion in ((first, one), (second, other)):
            try:
                merkle.check_inclusion(
                    inclusion.leaf, index, checkpoint.size, inclusion.path, checkpoint.root
                )
            except ProofError as error:
                raise EvidenceError(f"an inclusion of entry {index} is false ({error})") from error


def same_size(log_keys: Iterable[VerifierKey], first: bytes, second: bytes) -> Evidence:
    """Return the evidence of two signed checkpoints of one size with different roots.

    Raises:
        EvidenceError: they are none, or the log has not signed both.
    """
    evidence = Evidence(notes=(first, second))
    evidence.check(*log_keys)
    return evidence


def same_index(
    log_keys: Iterable[VerifierKey],
    index: int,
    first: tuple[bytes, Inclusion],
    second: tuple[bytes, Inclusion],
) -> Evidence:
    """Return the evidence of two different entries at one place of two signed checkpoints.

    Args:
        log_keys: the log's keys.
        index: the place of both.
        first: a signed checkpoint and what shows the entry in it, as a receipt holds them.
        second: another one, of another size.

    Raises:
        EvidenceError: they are none, or the log has not signed both.
    """
    evidence = Evidence(notes=(first[0], second[0]), index=index, inclusions=(first[1], second[1]))
    evidence.check(*log_keys)
    return evidence


class _Lines:
    """The lines of a file, read once from the first to the last."""

    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        self._at = 0

    def next(self) -> bytes:
        """Return the next line without its newline."""
        end = self._raw.find(b"\n", self._at)
        if end < 0:
            raise EvidenceError("the file is cut off")
        line = self._raw[self._at : end]
        self._at = end + 1
        return line

    def value(self, name: bytes) -> bytes:
        """Return what stands behind a name that the next line begins with."""
        found, _, value = self.next().partition(b" ")
        if found != name:
            raise EvidenceError(f"a line does not begin with {name.decode()}")
        return value

    def block(self, name: bytes, *, most: int = MAX_BYTES) -> bytes:
        """Return the lines of a part, with their newlines, as many as its first line says."""
        count = _count(self.value(name))
        if count > most:
            raise EvidenceError(f"too many lines of {name.decode()}")
        start = self._at
        for _ in range(count):
            self.next()
        return self._raw[start : self._at]

    def end(self) -> None:
        """Refuse what follows the last line."""
        if self._at != len(self._raw):
            raise EvidenceError("something follows the evidence")


def _signed(note: bytes, log_keys: Iterable[VerifierKey]) -> Checkpoint:
    """Return the checkpoint of a note that one of a log's keys has signed."""
    try:
        return open_signed(note, log_keys).checkpoint
    except WitnessRefusal as error:
        raise EvidenceError(f"a checkpoint is not signed by this log ({error})") from error


def _count(text: bytes) -> int:
    """Return a decimal number in its one form."""
    digits = text.decode("ascii", "replace")
    if not _COUNT.fullmatch(digits) or int(digits) > merkle.MAX_SIZE:
        raise EvidenceError("a number is not a plain decimal one")
    return int(digits)


def _hash(text: bytes) -> bytes:
    """Return a hash from its base64."""
    try:
        raw = b64_decode(text.decode("ascii", "replace"))
    except CanonicalError as error:
        raise EvidenceError("a hash is not in base64") from error
    if len(raw) != merkle.HASH_BYTES:
        raise EvidenceError("a hash has 32 bytes")
    return raw
