"""What an organization or a candidate holds against the hub: one act, proven, as a file."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from exchange.domain.errors import NotFoundError, ReceiptNotReadyError
from exchange.domain.organizations import Actor
from exchange.services import ledger
from exchange.services.work import Work
from exchange.store import checkpoints as checkpoint_rows
from exchange.store import ledger as rows
from exchange.store import shown as shown_rows
from exchange.store.ledger import AttestationRow
from relay_protocol.attestation import SignedAttestation
from relay_protocol.entry import Entry
from relay_protocol.proof import Proof
from relay_protocol.proof_file import encode_proof

VEILED: Final = (
    "referral.invited",
    "consent.given",
    "consent.changed",
    "consent.withdrawn",
    "profile.added",
)
"""Acts that the origin's pages tell in totals only; its own system keeps their receipts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One act with its receipt.

    Attributes:
        seq: its place in the ledger.
        file: the `.tlog-proof`.
    """

    attestation_id: str
    kind: str
    seq: int
    file: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One act in a list, whose receipt can be asked for."""

    attestation_id: str
    kind: str
    seq: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """Where the receipts of one write will be.

    Attributes:
        attestation_ids: of the caller's acts, in order; none where there are too many.
        after: then the place in the ledger after which all of them come, -1 for the first.
        count: how many they are.
    """

    attestation_ids: tuple[str, ...] = ()
    after: int = -1
    count: int = 0


def of_organization(work: Work, actor: Actor, attestation_id: str) -> bytes:
    """Return the receipt of an act that an organization made, or that its entry shows it.

    Raises:
        NotFoundError: there is no such act, or it is none of this organization's.
        ReceiptNotReadyError: no published checkpoint covers it yet.
    """
    row = rows.attestation(work.session, attestation_id)
    if row is None or not _concerns(work, row, actor.slug):
        raise _no_such_receipt()
    return _file(ledger.proof_of(work, row.id))


def of_candidate(work: Work, actor: Actor, attestation_id: str) -> bytes:
    """Return the receipt of an act that is about a candidate, to that candidate.

    Raises:
        NotFoundError: there is no such act, or it is about somebody else.
        ReceiptNotReadyError: no published checkpoint covers it yet.
    """
    row = rows.attestation(work.session, attestation_id)
    if row is None or row.candidate_id is None or row.candidate_id != actor.candidate_id:
        raise _no_such_receipt()
    return _file(ledger.proof_of(work, row.id))


def all_of_candidate(work: Work, actor: Actor) -> Mapping[str, str]:
    """Return every receipt that a candidate could fetch at this moment, by the act's id."""
    ids = [row.id for row in rows.of_candidate(work.session, actor.candidate_id)]
    proofs = zip(ids, ledger.proofs_of(work, ids), strict=True)
    return {name: encode_proof(proof).decode() for name, proof in proofs if proof is not None}


def shown_to(work: Work, actor: Actor, *, after: int, limit: int) -> Sequence[Kept]:
    """Return the receipts of the acts whose entries name an organization, in the ledger's order.

    Args:
        after: only entries with a greater number.
        limit: how many at most.
    """
    found = shown_rows.attestations_of(
        work.session, actor.slug, after=after, before=published_size(work), limit=limit
    )
    proofs = ledger.proofs_of(work, [row.id for row in found])
    return [
        Kept(attestation_id=row.id, kind=row.kind, seq=row.seq or 0, file=_file(proof))
        for row, proof in zip(found, proofs, strict=True)
    ]


def newest(work: Work, actor: Actor, *, limit: int, before: int | None = None) -> Sequence[Act]:
    """Return the newest acts of the ledger that a page may list for an organization.

    The page that shows only veiled totals of its referrals must not count them by receipts.

    Args:
        limit: how many at most.
        before: only entries with a smaller number; None for all.
    """
    end = published_size(work)
    found = shown_rows.newest_of(
        work.session,
        actor.slug,
        without=VEILED,
        before=end if before is None else min(before, end),
        limit=limit,
    )
    return [
        Act(attestation_id=row.id, kind=row.kind, seq=row.seq or 0, at=row.recorded_at)
        for row in found
    ]


def of_write(work: Work, actor: Actor, *, most: int) -> Links:
    """Return where the receipts will be of what this unit of work has attested for its caller.

    Args:
        most: how many are named one by one; of more, only the first entry's number is told.
    """
    own = [told.attestation_id for told in work.told if actor.slug in told.parties]
    if not own:
        return Links()
    if len(own) > most:
        return Links(after=rows.size(work.session) - 1, count=len(own))
    # A part of a batch that was refused has been undone, and its attestation with it.
    held = [one for one in dict.fromkeys(own) if rows.attestation(work.session, one) is not None]
    return Links(attestation_ids=tuple(held), count=len(held))


def are_ready(work: Work, attestation_ids: Collection[str]) -> bool:
    """Return whether a published checkpoint covers all of these, as far as they are held."""
    size = published_size(work)
    found = (rows.attestation(work.session, one) for one in attestation_ids)
    return all(row is None or (row.seq is not None and row.seq < size) for row in found)


def published_size(work: Work) -> int:
    """Return how many entries the newest published checkpoint covers."""
    return checkpoint_rows.published_size(work.session)


def _file(proof: Proof | None) -> bytes:
    """Return the receipt of an attestation that is held, from what proves it."""
    if proof is None:
        raise ReceiptNotReadyError(
            "No published checkpoint covers this act yet.",
            detail_ja="まだ監査台帳の公開済みの要約署名に含まれていません。",
        )
    return encode_proof(proof)


def _concerns(work: Work, row: AttestationRow, slug: str) -> bool:
    """Return whether an organization has made an act, or its entry shows it."""
    shown = row.orgs if isinstance(row.orgs, list) else []
    return slug in shown or _maker(work, row) == slug


def _maker(work: Work, row: AttestationRow) -> str:
    """Return who made an act: by its reveal; a clear one by its entry, written or waiting."""
    reveal = ledger.reveal_of(work, row)
    if reveal is not None:
        wire = reveal.signed
    elif row.seq is None:
        queued = rows.waiting(work.session, row.id)
        wire = (None if queued is None else queued.signed) or b""
    else:
        entry = rows.entry(work.session, row.seq)
        wire = (None if entry is None else Entry.decode(entry.entry).signed_bytes) or b""
    return SignedAttestation(wire=wire).attestation.by


def _no_such_receipt() -> NotFoundError:
    return NotFoundError("There is no such receipt.", detail_ja="この控えはありません。")
