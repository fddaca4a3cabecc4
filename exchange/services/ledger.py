"""The only writer of the ledger: takes attestations into the queue, and proves what it took."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC
from functools import lru_cache
from secrets import token_bytes
from typing import Final

from sqlalchemy.orm import Session

from exchange.services import own_keys, published
from exchange.services.intake import (
    REVEAL,
    Act,
    Fact,
    Intake,
    Recorded,
    kept,
    person_key,
    read_all,
    read_jws,
)
from exchange.services.work import Work
from exchange.store import ledger as rows
from relay_protocol import ids, merkle, tiles
from relay_protocol.attestation import Attestation, SignedAttestation, sign_jws
from relay_protocol.entry import Reveal
from relay_protocol.proof import Proof

__all__ = [
    "HUB",
    "Act",
    "Fact",
    "Intake",
    "Recorded",
    "attest",
    "attest_all_as_hub",
    "attest_as_hub",
    "attest_many",
    "hand_over",
    "new_attestation",
    "proof_of",
    "proofs_of",
    "read_jws",
    "reveal_of",
    "stored_tiles",
    "together",
]

HUB = "hub"
REMEMBERED: Final = 32
"""How many tiles a reader remembers, of 8 KiB each."""


@contextmanager
def together(work: Work, texts: Iterable[str] = ()) -> Iterator[Intake]:
    """Open an intake for the many attestations of one transaction; at the end they are kept.

    Args:
        texts: the compact JWS of the signed acts that may come, readable or not.
    """
    read = read_all(texts)
    intake = Intake(work, [signed.attestation.id for signed in read.values()], read)
    yield intake
    intake.keep()


def attest_many(work: Work, acts: Sequence[Act]) -> list[Recorded]:
    """Take signed acts into the queue in this order: all of them, or by a refusal none.

    Raises:
        ExchangeError: as attest(), of the first act that is refused.
    """
    intake = Intake(work, [act.signed.attestation.id for act in acts])
    recorded = [intake.take(act) for act in acts]
    intake.keep()
    return recorded


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
    act = Act(signed=signed, fact=fact, orgs=orgs, candidate_id=candidate_id)
    return attest_many(work, [act])[0]


def attest_as_hub(
    work: Work,
    fact: Fact,
    *,
    orgs: Sequence[str] = (),
    candidate_id: str | None = None,
) -> Recorded:
    """Attest a fact with the hub's own key, and take it into the queue."""
    key = own_keys.signing_key(work, own_keys.HUB)
    signed = sign_jws(new_attestation(work, fact, by=HUB), key)
    with together(work) as intake:
        return intake.take_as_hub(signed, orgs, candidate_id)


def attest_all_as_hub(work: Work, facts: Sequence[Fact]) -> list[Recorded]:
    """Attest facts that are under no person's key with the hub's own key, in this order."""
    key = own_keys.signing_key(work, own_keys.HUB)
    with together(work) as intake:
        return [
            intake.take_as_hub(sign_jws(new_attestation(work, fact, by=HUB), key), (), None)
            for fact in facts
        ]


def new_attestation(work: Work, fact: Fact, *, by: str) -> Attestation:
    """Return an attestation of this moment with a new id, ready to be signed."""
    at = work.now.astimezone(UTC).replace(microsecond=0)
    return Attestation(
        log=work.scheme.origin,
        id=ids.attestation_id_at(at, token_bytes(ids.DRAWN_BYTES)),
        kind=fact.kind,
        at=at,
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
    return Reveal.decode(person_key(work, row.candidate_id).open(row.reveal, REVEAL))


def hand_over(work: Work, attestation_id: str, candidate_id: str) -> None:
    """Put a kept reveal under a person's key, once it is known whom it is about."""
    row = rows.attestation(work.session, attestation_id)
    if row is None or row.reveal is None or row.candidate_id is not None:
        return
    reveal = Reveal.decode(row.reveal)
    row.candidate_id = candidate_id
    row.reveal = kept(work, reveal.encode(), candidate_id)
    work.session.flush()


def proof_of(work: Work, attestation_id: str) -> Proof | None:
    """Return entry, reveal and inclusion proof against the newest published checkpoint.

    Returns None while the attestation waits for its place or its checkpoint, or is not held.
    """
    return proofs_of(work, [attestation_id])[0]


def proofs_of(work: Work, attestation_ids: Sequence[str]) -> list[Proof | None]:
    """Return what proof_of() does of each, in three questions to the database for all of them."""
    checkpoint = published.newest(work.session)
    if checkpoint is None:
        return [None] * len(attestation_ids)
    size = checkpoint.size
    placed = rows.placed(work.session, attestation_ids)
    covered = {name: found for name, found in placed.items() if found[1] < size}
    node = _nodes(work.session, [seq for _, seq, _ in covered.values()], size)
    proofs = {
        name: Proof(
            entry=entry,
            reveal=reveal_of(work, row),
            path=tuple(merkle.inclusion_path(seq, size, node)),
            checkpoint=checkpoint.note,
        )
        for name, (row, seq, entry) in covered.items()
    }
    return [proofs.get(name) for name in attestation_ids]


def _nodes(session: Session, seqs: Iterable[int], size: int) -> merkle.NodeGetter:
    """Return what gives the nodes of entries' paths, their tiles asked for all at once."""
    wanted = {one for seq in seqs for one in tiles.tiles_of_path(seq, size)}
    found = rows.tiles_of(session, [(one.level, one.index, one.width) for one in sorted(wanted)])
    one_by_one = stored_tiles(session)

    def read(level: int, index: int, width: int) -> bytes:
        # A partial tile may have been pruned: then it is cut from the full one.
        return found.get((level, index, width)) or one_by_one(level, index, width)

    return tiles.nodes_of(read, size)


def stored_tiles(session: Session) -> tiles.TileReader:
    """Return a reader of the tiles that stand in the database, which remembers the last few.

    A proof between two sizes asks for some forty nodes of a few tiles.
    """

    @lru_cache(maxsize=REMEMBERED)
    def read(level: int, index: int, width: int) -> bytes:
        stored = rows.tile(session, level, index, width)
        if stored is None and width < tiles.FULL_WIDTH:
            # A partial tile may have been pruned once the full one stood.
            full = rows.tile(session, level, index, tiles.FULL_WIDTH)
            stored = None if full is None else full[: width * merkle.HASH_BYTES]
        return b"" if stored is None else stored

    return read
