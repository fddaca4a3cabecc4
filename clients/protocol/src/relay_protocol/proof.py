"""What an organization or candidate holds against the hub: entry, reveal, path, checkpoint."""

from collections.abc import Mapping
from dataclasses import dataclass

from relay_protocol import merkle
from relay_protocol.attestation import SignedAttestation
from relay_protocol.canonical import Value
from relay_protocol.encoding import b64_decode, b64_encode, b64url_decode, b64url_encode
from relay_protocol.entry import Entry, Reveal, check_reveal
from relay_protocol.errors import CanonicalError, ProofError
from relay_protocol.note import Checkpoint, VerifierKey, open_checkpoint


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """Shows that one attestation stands at its place in a signed ledger.

    Attributes:
        entry: the entry's bytes.
        reveal: what opens its commitment; None for an entry that carries its attestation.
        path: hashes from the leaf up to the checkpoint's root, 32 bytes each.
        checkpoint: the signed note.
    """

    entry: bytes
    reveal: Reveal | None
    path: tuple[bytes, ...]
    checkpoint: bytes

    def check(self, log: VerifierKey) -> tuple[SignedAttestation, Checkpoint]:
        """Return the attestation and the checkpoint that this proof establishes.

        The attestation's own signature is not looked at here: that needs its maker's key.

        Raises:
            NoteError: the checkpoint is not signed by the log.
            ProofError: the path does not lead from the entry to the checkpoint's root.
            RevealError: the reveal does not open the entry.
            ProtocolError: entry or attestation are malformed.
        """
        checkpoint, _ = open_checkpoint(self.checkpoint, log)
        return self.within(checkpoint), checkpoint

    def within(self, checkpoint: Checkpoint) -> SignedAttestation:
        """Return the attestation that stands in a checkpoint whose signatures were checked.

        Args:
            checkpoint: what the proof's own note says, opened by whoever knows the log's keys.

        Raises:
            ProofError: the path does not lead from the entry to the checkpoint's root.
            RevealError: the reveal does not open the entry.
            ProtocolError: entry or attestation are malformed.
        """
        entry = Entry.decode(self.entry)
        merkle.check_inclusion(
            merkle.leaf_hash(self.entry), entry.seq, checkpoint.size, self.path, checkpoint.root
        )
        if self.reveal is not None:
            check_reveal(entry, self.reveal)
            return SignedAttestation(wire=self.reveal.signed)
        if entry.signed_bytes is None:
            raise ProofError("the proof of a committed entry needs its reveal")
        return SignedAttestation(wire=entry.signed_bytes)

    def document(self) -> dict[str, Value]:
        """Return the proof as JSON: base64url bytes, base64 hashes, the note as text."""
        return {
            "seq": Entry.decode(self.entry).seq,
            "entry": b64url_encode(self.entry),
            "reveal": "" if self.reveal is None else b64url_encode(self.reveal.encode()),
            "path": [b64_encode(step) for step in self.path],
            "checkpoint": self.checkpoint.decode(),
        }

    @classmethod
    def from_document(cls, document: Mapping[str, object]) -> "Proof":
        """Return the proof of its JSON.

        Raises:
            ProofError: the document is not one.
        """
        try:
            reveal, path = document["reveal"], document["path"]
            if not isinstance(path, list):
                raise ProofError("a proof's path is a list")
            return cls(
                entry=b64url_decode(str(document["entry"])),
                reveal=Reveal.decode(b64url_decode(str(reveal))) if reveal else None,
                path=tuple(b64_decode(str(step)) for step in path),
                checkpoint=str(document["checkpoint"]).encode(),
            )
        except (KeyError, CanonicalError) as error:
            raise ProofError("not the document of a proof") from error
