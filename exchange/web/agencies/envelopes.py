"""The API of the sealed identities that were sent to an agency."""

from collections.abc import Mapping
from typing import Final

from exchange.services import ledger, releases
from exchange.services.releases import Carried
from exchange.services.work import Work
from exchange.store import claims as rows
from exchange.web.agencies import schemas
from exchange.web.agencies.telling import instant, instant_or_none
from exchange.web.http.door import Answer, Call, Door
from exchange.web.http.listing import by_id
from exchange.web.http.shapes import ListQuery, page_of

AGENCY: Final = ("agency",)

envelopes = Door("envelopes", "For agencies: identities, sealed to the agency's own keys.")


@envelopes.read(
    "/v1/agency/envelopes",
    query=ListQuery,
    answers=page_of(schemas.EnvelopeShape),
    roles=AGENCY,
)
def sent(call: Call, query: Mapping[str, object]) -> Answer:
    """Return the envelopes that were sent to the agency, without their contents."""
    asked = by_id(query, listing="agency/envelopes", reader=call.actor.slug)
    found = rows.envelopes_after(call.work.session, call.actor.slug, asked.after, asked.fetch)
    return asked.answer(
        found,
        name=lambda row: row.id,
        show=lambda row: _carried(releases.read(call.work, row)),
    )


@envelopes.read(
    "/v1/agency/envelopes/<relay_id:envelope>",
    answers=schemas.SealedEnvelopeShape,
    roles=AGENCY,
)
def one(call: Call, envelope: str) -> Answer:
    """Return one envelope with the proofs of where it comes from.

    Its contents come along once the agency has confirmed the provenance with a receipt.
    """
    found = releases.carried(call.work, call.actor, envelope)
    return {
        **_carried(found),
        "envelope": releases.contents(call.work, found),
        "release_proof": _proof(call.work, found.claim.release_attestation),
        "approval_proof": _proof(call.work, found.claim.approval_attestation),
    }


@envelopes.write(
    "/v1/agency/envelopes/<relay_id:envelope>/receipt",
    takes=schemas.ReceiptShape,
    answers=schemas.EnvelopeShape,
    roles=AGENCY,
)
def receive(call: Call, body: Mapping[str, str], envelope: str) -> Answer:
    """Confirm where an envelope comes from; then its contents can be fetched and opened."""
    signed = ledger.read_jws(body["attestation"])
    return _carried(releases.receive(call.work, call.actor, signed, envelope))


def _carried(found: Carried) -> Answer:
    return {
        "id": found.envelope.id,
        "claim": found.claim.id,
        "pairwise": found.claim.pairwise_id,
        "origin": {
            "slug": found.origin.slug,
            "name": found.origin.name,
            "name_en": found.origin.name_en,
        },
        "release": found.claim.release_attestation,
        "released_at": instant(found.envelope.released_at),
        "opened_at": instant_or_none(found.envelope.opened_at),
        "kept_until": instant(found.kept_until),
    }


def _proof(work: Work, attestation_id: str | None) -> Answer | None:
    """Return the proof of an attestation, or None while it waits for a checkpoint."""
    found = ledger.proof_of(work, attestation_id or "")
    return None if found is None else found.document()
