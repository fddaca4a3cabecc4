"""Where two histories of one log part, and the evidence of it for anybody else."""

from collections.abc import Iterable
from dataclasses import dataclass

from relay_protocol import merkle
from relay_protocol.errors import EvidenceError
from relay_protocol.evidence import Evidence, Inclusion, same_index, same_size
from relay_protocol.merkle import NodeGetter
from relay_protocol.note import Checkpoint, VerifierKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of two histories.

    Attributes:
        note: its checkpoint as the log has signed it.
        checkpoint: what that says.
        node: gives the hashes of its complete subtrees; not asked where sizes are the same.
    """

    note: bytes
    checkpoint: Checkpoint
    node: NodeGetter


def prove_fork(log_keys: Iterable[VerifierKey], first: Side, second: Side) -> Evidence:
    """Return the evidence that two signed checkpoints belong to two histories.

    Raises:
        EvidenceError: they may well belong to one, or the log has not signed both.
        AuditError: a side's tiles are not what was signed; nothing is proved by them.
        LogReadError: a side's tiles cannot be read.
        TileError: a side's tile is not as long as it should be.
    """
    keys = tuple(log_keys)
    if first.checkpoint.size == second.checkpoint.size:
        return same_size(keys, first.note, second.note)
    size = min(first.checkpoint.size, second.checkpoint.size)
    index = parting(first.node, second.node, size)
    if index is None:
        raise EvidenceError("the two checkpoints belong to one history")
    return same_index(
        keys,
        index,
        (first.note, _inclusion(first, index)),
        (second.note, _inclusion(second, index)),
    )


def parting(first: NodeGetter, second: NodeGetter, size: int) -> int | None:
    """Return the first leaf in which two trees differ, below a size; None where they do not."""
    start = 0
    while start < size:
        level = (size - start).bit_length() - 1
        index = start >> level
        if first(level, index) != second(level, index):
            return _descend(first, second, level, index)
        start += 1 << level
    return None


def _descend(first: NodeGetter, second: NodeGetter, level: int, index: int) -> int:
    """Return the first leaf that differs below two subtrees that do."""
    while level:
        level, index = level - 1, 2 * index
        if first(level, index) == second(level, index):
            index += 1
    return index


def _inclusion(side: Side, index: int) -> Inclusion:
    """Return what shows a leaf in the checkpoint of its side."""
    path = merkle.inclusion_path(index, side.checkpoint.size, side.node)
    return Inclusion(leaf=side.node(0, index), path=tuple(path))
