"""What an auditor remembers from one audit to the next, so that a ledger cannot change its past."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from relay_protocol import canonical
from relay_protocol.canonical import Value
from relay_protocol.encoding import b64_decode, b64_encode
from relay_protocol.errors import CanonicalError, NotebookError, NoteError
from relay_protocol.note import Checkpoint, VerifierKey

VERSION: Final = 1
MAX_BYTES: Final = 2**26


@dataclass(frozen=True, slots=True, kw_only=True)
class Notebook:
    """One ledger as an auditor has seen it so far.

    Attributes:
        log: the verifier key that its checkpoints are signed with.
        checkpoints: every one that an audit found sound, oldest first.
        opened: numbers of the entries whose reveals the latest pack held.
    """

    log: str
    checkpoints: tuple[Checkpoint, ...] = ()
    opened: frozenset[int] = frozenset()

    def key(self) -> VerifierKey:
        """Return the log's key.

        Raises:
            NotebookError: the text is none.
        """
        try:
            return VerifierKey.parse(self.log)
        except NoteError as error:
            raise NotebookError("the notebook's key is none of a log") from error

    def seen(self, checkpoint: Checkpoint, opened: Iterable[int] | None) -> "Notebook":
        """Return the notebook after an audit that found a ledger sound.

        Args:
            checkpoint: that of the ledger.
            opened: numbers of the entries that a pack opened; None where there was no pack.
        """
        checkpoints = self.checkpoints
        if checkpoint not in checkpoints:
            checkpoints = (*checkpoints, checkpoint)
        return replace(
            self,
            checkpoints=checkpoints,
            opened=self.opened if opened is None else frozenset(opened),
        )

    def encode(self) -> bytes:
        """Return the notebook's canonical bytes."""
        return canonical.encode(
            {
                "checkpoints": [
                    {"root": b64_encode(one.root), "size": one.size} for one in self.checkpoints
                ],
                "log": self.log,
                "opened": [[first, last] for first, last in _ranges(self.opened)],
                "v": VERSION,
            },
            limit_bytes=MAX_BYTES,
        )

    @classmethod
    def decode(cls, raw: bytes) -> "Notebook":
        """Return the notebook of its bytes.

        Raises:
            NotebookError: the bytes are none.
        """
        try:
            match canonical.decode(raw, limit_bytes=MAX_BYTES):
                case {
                    "checkpoints": [*checkpoints],
                    "log": str(log),
                    "opened": [*opened],
                    "v": 1,
                }:
                    origin = VerifierKey.parse(log).name
                    notebook = cls(
                        log=log,
                        checkpoints=tuple(_checkpoint(one, origin) for one in checkpoints),
                        opened=frozenset(seq for one in opened for seq in _range(one)),
                    )
                case _:
                    raise NotebookError("a notebook that lacks a part")
        except (CanonicalError, NoteError) as error:
            raise NotebookError(f"not a notebook: {error}") from error
        if notebook.encode() != raw:
            raise NotebookError("a notebook written in another way")
        return notebook


def _checkpoint(value: Value, origin: str) -> Checkpoint:
    """Return a checkpoint that was seen."""
    if isinstance(value, Mapping):
        size, root = value.get("size"), value.get("root")
        if type(size) is int and isinstance(root, str):
            return Checkpoint(origin=origin, size=size, root=b64_decode(root))
    raise NotebookError("a checkpoint of the notebook has a size and a root")


def _ranges(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """Return numbers as runs, each with its first and last."""
    runs: list[tuple[int, int]] = []
    for number in sorted(numbers):
        if runs and runs[-1][1] == number - 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return runs


def _range(value: Value) -> range:
    """Return the numbers of a run."""
    match value:
        case [int(first), int(last)] if 0 <= first <= last < MAX_BYTES:
            return range(first, last + 1)
    raise NotebookError("a run of the notebook has a first and a last number")
