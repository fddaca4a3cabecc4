"""Every refusal of the protocol, so that a caller can tell one from all other faults."""


class ProtocolError(Exception):
    """What was given does not follow the protocol."""


class CanonicalError(ProtocolError):
    """A value has no canonical form, or bytes are not in it."""


class DirectoryError(ProtocolError):
    """An entry of the register of organizations and keys contradicts those before it."""


class LogKeyError(DirectoryError):
    """A checkpoint is signed by no key of the log that stood at its size."""

    def __init__(self, detail: str, *, revoked: int | None = None) -> None:
        # The entry that revoked the key which has signed; None where none of the log's keys has.
        super().__init__(detail)
        self.revoked = revoked


class ProofError(ProtocolError):
    """A Merkle proof or root does not show what it is meant to show."""


class NoteError(ProtocolError):
    """A signed note, checkpoint or note key is malformed, or nobody trusted has signed it."""


class PolicyError(ProtocolError):
    """A policy of logs and witnesses is malformed; says in which line, and what to do about it."""

    def __init__(self, detail: str, *, mend: str = "", line: int = 0) -> None:
        super().__init__(f"line {line}: {detail}. {mend}" if line else f"{detail}. {mend}")
        self.detail = detail
        self.mend = mend
        self.line = line


class EvidenceError(ProtocolError):
    """A file of evidence is malformed, or proves no contradiction of this log."""


class WitnessRefusal(ProtocolError):  # noqa: N818 (what the witness protocol calls it)
    """A witness does not cosign a checkpoint; `status` is that of its HTTP answer."""

    status = 400


class MalformedRequestError(WitnessRefusal):
    """A request to a witness has another form than the witness protocol gives it."""


class UntrustedCheckpointError(WitnessRefusal):
    """No key that the witness trusts for this log has signed the checkpoint."""

    status = 403


class UnknownLogError(WitnessRefusal):
    """The checkpoint is that of a log that the witness does not watch."""

    status = 404


class StaleSizeError(WitnessRefusal):
    """The request does not begin at the size that the witness cosigned last."""

    status = 409

    def __init__(self, size: int) -> None:
        super().__init__(f"the checkpoint cosigned last is of size {size}")
        self.size = size


class InconsistentCheckpointError(WitnessRefusal):
    """The checkpoint is not shown to continue the one that the witness cosigned last."""

    status = 422


class UnsignedError(NoteError):
    """None of the keys that are known has signed a note."""


class TileError(ProtocolError):
    """A tile, an entry bundle or the path of one is malformed, or lies outside the tree."""


class EntryError(ProtocolError):
    """Bytes or values are not an entry of the ledger."""


class ChainError(ProtocolError):
    """An entry does not follow the one before it."""


class AttestationError(ProtocolError):
    """An attestation is malformed, or says what its kind does not permit."""


class SignatureError(AttestationError):
    """The signature of an attestation is missing, false, or made by a key not valid for it."""


class RevealError(ProtocolError):
    """A reveal is malformed, or does not open the commitment it belongs to."""


class RulesError(ProtocolError):
    """The rules of the scheme are malformed, or no version of them was in force."""


class StepError(ProtocolError):
    """A step does not follow from the state that it was taken in."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


class ConsentError(ProtocolError):
    """A consent is malformed, or does not permit what was done."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


class ProfileError(ProtocolError):
    """A field of a profile is none that there is, or holds what it cannot hold."""

    def __init__(self, field: str, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.field = field
        self.reason = reason


class EnvelopeError(ProtocolError):
    """An envelope or an identity is malformed, or the envelope does not open with this key."""


class PointsError(ProtocolError):
    """A transfer does not balance, or takes an account below its floor."""


class ReplayError(ProtocolError):
    """Entries and reveals cannot be folded into one state: an act broke a rule of the scheme."""

    def __init__(self, code: str, seq: int, detail: str = "") -> None:
        super().__init__(f"entry {seq}: {code}{detail and f' ({detail})'}")
        self.code = code
        self.seq = seq
        self.detail = detail


class PackError(ProtocolError):
    """A pack of reveals is malformed, is another auditor's, or does not open with this key."""


class StateError(ProtocolError):
    """What an auditor remembers of earlier audits cannot be read, or does not fit this one."""


class LogReadError(ProtocolError):
    """A part of the ledger could not be read from where it is served."""


class LogDeniedError(LogReadError):
    """The hub does not show a part of the log to whoever asks: nobody it knows, or too late."""


class LogMissingError(LogReadError):
    """The place that serves the ledger answers that it does not hold this part."""


class AuditError(ProtocolError):
    """A check of the audit's plan failed, at the first entry where it concerns one."""

    def __init__(self, part: int, code: str, *, seq: int | None = None, detail: str = "") -> None:
        place = "" if seq is None else f"entry {seq}: "
        super().__init__(f"part {part}: {place}{code}{detail and f' ({detail})'}")
        self.part = part
        self.code = code
        self.seq = seq
        self.detail = detail
