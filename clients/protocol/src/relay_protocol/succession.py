"""Which key of a log follows a known one: proved by what the known key itself has signed."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from relay_protocol import merkle
from relay_protocol.directory import Directory
from relay_protocol.entry import Entry
from relay_protocol.errors import LogKeyError, ProofError
from relay_protocol.note import VerifierKey
from relay_protocol.served_tree import ServedTree


@dataclass(frozen=True, slots=True, kw_only=True)
class Successor:
    """A key of a log that nobody had named to the reader, and why it is genuine.

    Attributes:
        vkey: the key.
        seq: the entry, signed by the operator, that registers it.
        size: of the checkpoint, signed by a known key, that covers the entry.
    """

    vkey: VerifierKey
    seq: int
    size: int

    @property
    def line(self) -> str:
        """Its line of a policy, without address."""
        return f"log {self.vkey.encode()}"


def successors(
    entries: Iterable[bytes], tree: ServedTree, signers: Collection[VerifierKey]
) -> tuple[Successor, ...]:
    """Return the keys that follow those which have signed a checkpoint, oldest first.

    Whoever can make somebody believe a false one holds a key of the log that they believe already.

    Args:
        entries: the public ones in order, from entry 0 on; those beyond the checkpoint are not
            looked at.
        tree: of the checkpoint.
        signers: the known keys that have signed it, each verified.

    Raises:
        ProofError: an entry does not stand at its place.
        LogKeyError: by these entries none of the signers stands for a checkpoint of that size.
        ProtocolError: a tile or an entry does not hold, or contradicts those before it.
    """
    size, directory = tree.checkpoint.size, Directory()
    for raw in entries:
        entry = Entry.decode(raw)
        if entry.seq >= size:
            break
        if tree.node(0, entry.seq) != merkle.leaf_hash(raw):
            raise ProofError(f"entry {entry.seq} is not the one that was signed for")
        directory.take(entry)
    known = directory.log_keys()
    if not any(key in known and known[key].stood_before(size) for key in signers):
        raise LogKeyError("no key that signed the checkpoint stands by these entries")
    return tuple(
        Successor(vkey=vkey, seq=key.seq, size=size)
        for vkey, key in known.items()
        if vkey not in signers and key.stood_before(size)
    )
