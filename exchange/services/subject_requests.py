"""What a candidate may ask at any time: everything that is held about them, or to be forgotten."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from exchange.domain.organizations import Actor
from exchange.services import candidate_links, receipts, sealing, stopping, tellings
from exchange.services.kept_facts import keep_facts
from exchange.services.work import Work
from exchange.store import audits as audit_rows
from exchange.store import claims as claim_rows
from exchange.store import organizations as organization_rows
from exchange.store import outbox as outbox_rows
from exchange.store import referrals as referral_rows
from exchange.store import scheme as scheme_rows
from exchange.store import subjects
from exchange.store.subjects import Held
from exchange.vault.person_keys import PersonKey
from relay_protocol import canonical
from relay_protocol.attestation import SignedAttestation, instant_text
from relay_protocol.encoding import b64url_encode
from relay_protocol.entry import Reveal

REVEAL = "reveal"
Document = dict[str, object]


def export(work: Work, actor: Actor) -> Document:
    """Return everything that is held about a candidate, as JSON, what is sealed opened.

    With it come the receipts of all acts: the hub can give none of them after an erasure.

    Raises:
        NotFoundError: there is no such candidate.
    """
    key = sealing.key_of(work, actor.candidate_id)
    held = {
        table: [_row(key, row) for row in found]
        for table, found in subjects.held_about(work.session, actor.candidate_id).items()
    }
    versions = {str(row.get("notice", "")) for row in held["consents"]}
    return {
        "exchange": work.scheme.name,
        "address": work.scheme.web_origin,
        "made_at": _plain(work.now),
        "held": held,
        "receipts": receipts.all_of_candidate(work, actor),
        "organizations": {
            row.slug: {"name": row.name, "name_en": row.name_en, "licence": row.licence}
            for row in organization_rows.organizations(work.session)
        },
        "notices": {
            row.version: {"ja": row.ja, "en": row.en}
            for row in (scheme_rows.notice(work.session, name) for name in sorted(versions))
            if row is not None
        },
    }


def erase(work: Work, actor: Actor) -> None:
    """Forget a candidate: key and rows go, recipients are told, closed entries alone stay.

    Raises:
        NotFoundError: there is no such candidate.
    """
    candidate_links.locked(work, actor)
    stopping.stop(work, actor.candidate_id, "erased")
    referral = referral_rows.of_candidate(work.session, actor.candidate_id)
    known_by = {} if referral is None else {referral.id: referral.origin}
    for claim in claim_rows.claims_of_candidate(work.session, actor.candidate_id):
        known_by[claim.id] = claim.agency
    outbox_rows.forget(work.session, known_by)
    for reference, slug in sorted(known_by.items()):
        tellings.tell(work, slug, "erased", reference)
    keep_facts(work, actor.candidate_id)
    # No pack that still holds what is forgotten is handed out any more.
    audit_rows.forget_packs(work.session)
    subjects.erase(work.session, actor.candidate_id)


def _row(key: PersonKey, row: Sequence[Held]) -> Document:
    """Return one row as the candidate reads it."""
    return {held.column: _value(key, held) for held in row}


def _value(key: PersonKey, held: Held) -> object:
    """Return one value as the candidate reads it, opened where it was sealed."""
    if not held.purpose or not isinstance(held.value, bytes):
        return _plain(held.value)
    opened = key.open(held.value, held.purpose)
    if held.purpose == REVEAL:
        return _reveal(opened)
    return opened.decode() if held.purpose == sealing.MESSAGE else canonical.decode(opened)


def _reveal(opened: bytes) -> Document:
    """Return what opens an entry of the ledger, and the fact that it opens."""
    reveal = Reveal.decode(opened)
    signed = SignedAttestation(wire=reveal.signed)
    return {
        "reveal": b64url_encode(opened),
        "attestation": canonical.decode(signed.attestation.encode()),
    }


def _plain(value: object) -> object:
    """Return a value as JSON writes it."""
    if isinstance(value, datetime):
        return instant_text(value.replace(microsecond=0))
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return b64url_encode(value)
    if isinstance(value, Mapping):
        return {str(name): _plain(inner) for name, inner in value.items()}
    return value
