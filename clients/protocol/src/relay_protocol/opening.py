"""The parts of a pack opened and read at once, in whichever process there is time for it."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import repeat
from typing import Final, NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from relay_protocol import contents, sealed
from relay_protocol.attestation import (
    Attestation,
    Members,
    SignedAttestation,
    check_method,
    proven_kind,
)
from relay_protocol.entry import HASH_BYTES, SALT_BYTES, Reveal, commit
from relay_protocol.errors import AttestationError, PackError, RevealError
from relay_protocol.jwk import PublicKey
from relay_protocol.sealed import SealedPart
from relay_protocol.unchecked import Unchecked
from relay_protocol.wire import Signature, take_apart

TOGETHER: Final = 256
"""So many attestations are read together: what they say fits near the processor."""
NO_COMMITMENT: Final = bytes(HASH_BYTES)
"""What stands where an entry commits to nothing: no known text has this digest."""


class Refusal(NamedTuple):
    """What is wrong with a reveal, in the words of the audit's plan."""

    seq: int
    code: str
    detail: str


class Opened(NamedTuple):
    """One opened entry: its commitment holds, and its attestation is of its kind's form.

    Attributes:
        seq: the entry.
        said: the attestation.
        signature: how it is signed; that the key has made it is not checked.
    """

    seq: int
    said: Attestation
    signature: Signature

    def unchecked(self, key: PublicKey, *, web_origin: str, rp_id: str) -> Unchecked:
        """Return what is left to check if a key is said to have signed.

        Args:
            key: of an organization or the hub, or of a passkey.
            web_origin: the origin of the scheme's pages.
            rp_id: the relying party's id.

        Raises:
            SignatureError: it names another key or is signed in another way, or a passkey was
                asked elsewhere, for something else, or without the person.
        """
        if isinstance(key, Ed25519PublicKey):
            return self.signature.unchecked_jws(key)
        return self.signature.unchecked_assertion(key, web_origin=web_origin, rp_id=rp_id)


@dataclass(slots=True, kw_only=True)
class OpenedPart:
    """The opened entries of a part, up to the first that cannot stand.

    It is made of long texts and lists of plain values, so that it passes quickly from one process
    to another; iterating over it yields what they mean.

    Attributes:
        number: the part's place in the pack.
        refusal: what is wrong with the first that cannot stand, or None.
    """

    number: int
    refusal: Refusal | None = None
    _seqs: list[int] = field(default_factory=list)
    _said: list[bytearray] = field(default_factory=list)
    _kids: list[str] = field(default_factory=list)
    _signed: list[bytes] = field(default_factory=list)
    _signatures: list[bytes] = field(default_factory=list)
    _answers: dict[int, tuple[bytes, bytes]] = field(default_factory=dict)

    def __len__(self) -> int:
        """Return how many entries were opened."""
        return len(self._seqs)

    def __iter__(self) -> Iterator[Opened]:
        """Yield the opened entries, in the order of the ledger."""
        # As Opened._make() does it, without a call of Python's own for each of a million.
        of_fields = partial(tuple.__new__, Opened)
        ways = self._ways()
        for number, text in enumerate(self._said):
            members: list[Members] = json.loads(b"[" + text[:-1] + b"]")
            said = Attestation.all_proven(members)
            some = slice(number * TOGETHER, (number + 1) * TOGETHER)
            yield from map(of_fields, zip(self._seqs[some], said, ways[some], strict=True))

    def _ways(self) -> list[Signature]:
        """Return how each opened entry is signed."""
        parts = zip(
            repeat("jws"), self._kids, self._signed, self._signatures, repeat(b""), repeat(b"")
        )
        ways = list(map(partial(tuple.__new__, Signature), parts))
        for at, seq in enumerate(self._seqs) if self._answers else ():
            if seq in self._answers:
                _, kid, signed, signature, *_ = ways[at]
                ways[at] = Signature("assertion", kid, signed, signature, *self._answers[seq])
        return ways

    def add(self, seq: int, said: bytes, how: Signature) -> None:
        """Add the next opened entry.

        Args:
            seq: the entry.
            said: bytes that are an attestation's.
            how: how it is signed.
        """
        if len(self._seqs) % TOGETHER == 0:
            self._said.append(bytearray())
        self._seqs.append(seq)
        self._said[-1] += said
        self._said[-1] += b","
        self._kids.append(how.kid)
        self._signed.append(how.signed)
        self._signatures.append(how.signature)
        if how.method == "assertion":
            self._answers[seq] = (how.challenge, how.client_data)


def open_part(part: SealedPart, key: bytes, commitments: bytes) -> OpenedPart:
    """Return the entries that a part of a pack opens.

    It may be run in another process.

    Args:
        part: a part with reveals.
        key: sealed.key_bytes() of the auditor's private key.
        commitments: of every entry from the part's first to its last, 32 bytes each;
            NO_COMMITMENT of a clear one.

    Raises:
        PackError: the part is not the one that the manifest lists.
    """
    if part.listed is None:
        raise PackError("a part with documents holds no reveals")
    raw = sealed.open_line(part, sealed.key_of(key))
    reveals = contents.decode_reveals(raw, part.listed)
    return open_reveals(reveals, part.listed.first, commitments, number=part.number)


def open_reveals(
    reveals: Iterable[tuple[int, bytes]], first: int, commitments: bytes, *, number: int = 0
) -> OpenedPart:
    """Return the entries that reveals open, as open_part() does where they are sealed.

    Args:
        reveals: number and bytes of each, in the order of the ledger.
        first: the entry that the commitments begin with.
        commitments: as for open_part().
        number: the part's place in its pack.
    """
    opened = OpenedPart(number=number)
    for seq, reveal in reveals:
        at = HASH_BYTES * (seq - first)
        opened.refusal = _take(opened, seq, reveal, commitments[at : at + HASH_BYTES])
        if opened.refusal is not None:
            break
    return opened


def _take(opened: OpenedPart, seq: int, reveal: bytes, commitment: bytes) -> Refusal | None:
    """Add what a reveal opens; return why it cannot stand, if it cannot."""
    if commitment == NO_COMMITMENT:
        return Refusal(seq, "reveal-of-clear-entry", "")
    wire = reveal[SALT_BYTES:]
    try:
        differs = commit(reveal[:SALT_BYTES], wire) != commitment
        if differs:
            Reveal.decode(reveal)
            return Refusal(seq, "reveal-differs", f"the reveal does not open entry {seq}")
        said, how = take_apart(wire)
        kind = proven_kind(said)
        if kind is None:
            kind = Attestation.decode(said).kind
        check_method(kind, how.method)
    except RevealError as error:
        return Refusal(seq, "reveal-differs", str(error))
    except AttestationError:
        return _malformed(seq, reveal)
    opened.add(seq, said, how)
    return None


def _malformed(seq: int, reveal: bytes) -> Refusal:
    """Return why a reveal cannot stand that opens its entry: one without canonical bytes first."""
    try:
        SignedAttestation(wire=Reveal.decode(reveal).signed)
    except RevealError as error:
        return Refusal(seq, "reveal-differs", str(error))
    except AttestationError as error:
        return Refusal(seq, "attestation-malformed", str(error))
    message = "an attestation is refused in one way of reading it, and taken in another"
    raise PackError(message)
