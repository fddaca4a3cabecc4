"""The only writer of the ledger: takes attestations into the queue, and proves what it took."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from secrets import token_bytes

from sqlalchemy.orm import Session

from exchange.domain.errors import (
    AttestationRefusedError,
    AttestationReusedError,
    AttestationStaleError,
    BusyError,
    KeyRevokedError,
    KeyUnknownError,
    NotActiveError,
)
from exchange.services.work import Work, local_day, version_now
from exchange.store import candidates as candidate_rows
from exchange.store import ledger as rows
from exchange.store import organizations as organization_rows
from exchange.vault import person_keys
from relay_protocol import ids, merkle, tiles
from relay_protocol.attestation import Attestation, SignedAttestation, from_jws, sign_jws
from relay_protocol.canonical import Value
from relay_protocol.entry import CLEAR_KINDS, Reveal
from relay_protocol.errors import AttestationError
from relay_protocol.jwk import to_p256_key, to_signing_key
from relay_protocol.proof import Proof

HUB = "hub"
FRESH_FOR = timedelta(minutes=5)
"""How far an unknown attestation's `at` may be from the hub's clock (ledger.md §1)."""
QUEUE_LIMIT = 100_000
"""More than this many waiting attestations are answered with 503 and Retry-After."""
REVEAL = "reveal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """What an act must be attested as: an attestation's kind, refs and body."""

    kind: str
    refs: dict[str, str] = field(default_factory=dict)
    body: dict[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """An attestation that the hub holds; `known` when it was there before."""

    id: str
    known: bool


def read_jws(text: str) -> SignedAttestation:
    """Return the signed attestation of a compact JWS that came in a request.

    Raises:
        AttestationRefusedError: it is none, or its kind does not have these refs and body.
    """
    try:
        return from_jws(text)
    except AttestationError as error:
        raise AttestationRefusedError(
            f"The attestation cannot be read: {error}.",
            field="attestation",
            mend="Sign the attestation of this act with a current client.",
        ) from error


def attest(
    work: Work,
    signed: SignedAttestation,
    fact: Fact,
    *,
    orgs: Sequence[str],
    candidate_id: str | None = None,
) -> Recorded:
    """Take an organization's or a person's own signed act into the queue.

    Args:
        fact: what the act is; the attestation must say exactly this.
        orgs: slugs that the entry will show.
        candidate_id: the person it is about, under whose key the reveal goes.

    Raises:
        AttestationRefusedError: it says something else, or its signature is false.
        AttestationReusedError: its id is known with other bytes.
        AttestationStaleError: it is unknown and not of these minutes: sign anew.
        KeyUnknownError: the key is none of the organization that states the act.
        KeyRevokedError: the key was revoked.
        NotActiveError: the organization is suspended.
        BusyError: too many attestations are waiting.
    """
    attestation = signed.attestation
    if attestation.log != work.scheme.origin:
        raise AttestationRefusedError(
            f"The attestation is for the ledger {attestation.log}.", field="attestation"
        )
    if known := _known(work.session, signed):
        return known
    _require_fresh(attestation.at, work.now)
    _require_fact(attestation, fact)
    _require_signature(work, signed)
    return _record(work, signed, orgs=orgs, candidate_id=candidate_id)


def attest_as_hub(
    work: Work,
    fact: Fact,
    *,
    orgs: Sequence[str] = (),
    candidate_id: str | None = None,
) -> Recorded:
    """Attest a fact with the hub's own key, and take it into the queue."""
    signed = sign_jws(new_attestation(work, fact, by=HUB), work.keyring.signing[HUB])
    return _record(work, signed, orgs=orgs, candidate_id=candidate_id)


def new_attestation(work: Work, fact: Fact, *, by: str) -> Attestation:
    """Return an attestation of this moment with a new id, ready to be signed."""
    return Attestation(
        log=work.scheme.origin,
        id=ids.attestation_id(token_bytes(ids.ID_BYTES)),
        kind=fact.kind,
        at=work.now.astimezone(UTC).replace(microsecond=0),
        by=by,
        refs=fact.refs,
        body=fact.body,
    )


def reveal_of(work: Work, row: rows.AttestationRow) -> Reveal | None:
    """Return what opens an attestation's entry, or None for a clear one."""
    if row.reveal is None:
        return None
    if row.candidate_id is None:
        return Reveal.decode(row.reveal)
    return Reveal.decode(_person_key(work, row.candidate_id).open(row.reveal, REVEAL))


def hand_over(work: Work, attestation_id: str, candidate_id: str) -> None:
    """Put a kept reveal under a person's key, once it is known whom it is about."""
    row = rows.attestation(work.session, attestation_id)
    if row is None or row.reveal is None or row.candidate_id is not None:
        return
    reveal = Reveal.decode(row.reveal)
    row.candidate_id = candidate_id
    row.reveal = _kept(work, reveal, candidate_id)
    work.session.flush()


def proof_of(work: Work, attestation_id: str) -> Proof | None:
    """Return entry, reveal and inclusion proof against the newest checkpoint.

    Returns None while the attestation waits for its place or its checkpoint, or is not held.
    """
    row = rows.attestation(work.session, attestation_id)
    checkpoint = rows.checkpoint(work.session)
    if row is None or row.seq is None or checkpoint is None or row.seq >= checkpoint.size:
        return None
    entry = rows.entry(work.session, row.seq)
    if entry is None:
        return None
    node = tiles.nodes_of(stored_tiles(work.session), checkpoint.size)
    return Proof(
        entry=entry.entry,
        reveal=reveal_of(work, row),
        path=tuple(merkle.inclusion_path(row.seq, checkpoint.size, node)),
        checkpoint=checkpoint.note,
    )


def stored_tiles(session: Session) -> tiles.TileReader:
    """Return a reader of the tiles that stand in the database."""

    def read(level: int, index: int, width: int) -> bytes:
        stored = rows.tile(session, level, index, width)
        if stored is None and width < tiles.FULL_WIDTH:
            # A partial tile may have been pruned once the full one stood.
            full = rows.tile(session, level, index, tiles.FULL_WIDTH)
            stored = None if full is None else full[: width * merkle.HASH_BYTES]
        return b"" if stored is None else stored

    return read


def _known(session: Session, signed: SignedAttestation) -> Recorded | None:
    """Return the first answer to a known id, refuse it with other bytes, None if unknown."""
    row = rows.attestation(session, signed.attestation.id)
    if row is None:
        return None
    if row.digest != _digest(signed):
        raise AttestationReusedError(
            "An attestation with this id is known with other contents.",
            field="attestation",
            mend="Draw a new id for a new attestation.",
        )
    return Recorded(id=row.id, known=True)


def _require_fresh(at: datetime, now: datetime) -> None:
    """Refuse an attestation that was not signed in these minutes."""
    if abs(now - at) > FRESH_FOR:
        raise AttestationStaleError(
            "The attestation was not signed within 5 minutes of the hub's clock.",
            field="attestation",
            mend="Check the clock of this machine and sign anew, with a new id.",
        )


def _require_fact(attestation: Attestation, fact: Fact) -> None:
    """Refuse an attestation that says anything but this act."""
    said = {"kind": attestation.kind, "refs": attestation.refs, "body": attestation.body}
    due = {"kind": fact.kind, "refs": fact.refs, "body": fact.body}
    for part, value in due.items():
        if said[part] != value:
            raise AttestationRefusedError(
                f"The attestation's {part} do not state this act.",
                field="attestation",
                mend=f"Sign {part} equal to the request.",
            )


def _require_signature(work: Work, signed: SignedAttestation) -> None:
    """Refuse a key that is not the organization's, or a signature that is not the key's."""
    by = organization_rows.locked(work.session, signed.attestation.by, for_change=False)
    if by is not None and by.state == "suspended":
        raise NotActiveError("The organization is suspended.", field="attestation")
    key = organization_rows.key_now(work.session, signed.kid)
    purpose = "passkey" if signed.method == "assertion" else "sign"
    if key is None or key.slug != signed.attestation.by or key.purpose != purpose:
        raise KeyUnknownError(
            "The attestation is not signed by a key of the organization that it names.",
            field="attestation",
        )
    if key.revoked_at is not None:
        raise KeyRevokedError("The attestation is signed by a revoked key.", field="attestation")
    try:
        if signed.method == "assertion":
            signed.check_assertion(
                to_p256_key(key.jwk), web_origin=work.scheme.web_origin, rp_id=work.scheme.rp_id
            )
        else:
            signed.check_jws(to_signing_key(key.jwk))
    except AttestationError as error:
        raise AttestationRefusedError(
            f"The attestation's signature does not check: {error}.", field="attestation"
        ) from error


def _record(
    work: Work, signed: SignedAttestation, *, orgs: Sequence[str], candidate_id: str | None
) -> Recorded:
    """Keep the attestation and put its entry-to-be into the queue, in this transaction."""
    if rows.queue_span(work.session) >= QUEUE_LIMIT:
        raise BusyError("Too many attestations are waiting for their place.")
    attestation = signed.attestation
    clear = attestation.kind in CLEAR_KINDS
    reveal = None if clear else Reveal(salt=token_bytes(32), signed=signed.wire)
    work.session.add(
        rows.AttestationRow(
            id=attestation.id,
            digest=_digest(signed),
            kind=attestation.kind,
            orgs=sorted(orgs),
            candidate_id=candidate_id,
            reveal=None if reveal is None else _kept(work, reveal, candidate_id),
            recorded_at=work.now,
        )
    )
    work.session.add(
        rows.QueueRow(
            attestation_id=attestation.id,
            kind=attestation.kind,
            orgs=sorted(orgs),
            rules=version_now(work),
            day=local_day(work),
            commitment=None if reveal is None else reveal.commitment,
            signed=signed.wire if clear else None,
            queued_at=work.now,
        )
    )
    work.session.flush()
    return Recorded(id=attestation.id, known=False)


def _kept(work: Work, reveal: Reveal, candidate_id: str | None) -> bytes:
    """Return a reveal as stored: a person's under that person's key."""
    if candidate_id is None:
        return reveal.encode()
    return _person_key(work, candidate_id).seal(reveal.encode(), REVEAL)


def _person_key(work: Work, candidate_id: str) -> person_keys.PersonKey:
    """Return a candidate's data key."""
    row = candidate_rows.candidate(work.session, candidate_id)
    if row is None:
        message = "the candidate of a reveal is gone, but the reveal is not"
        raise LookupError(message)
    return person_keys.unwrap(work.keyring, candidate_id, row.wrapped_key)


def _digest(signed: SignedAttestation) -> bytes:
    """Return what tells one signed attestation from another: SHA-256 of what was signed."""
    return hashlib.sha256(signed.attestation.encode()).digest()
