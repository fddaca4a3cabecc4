"""The API of approved claims: what an origin checks, and the envelopes that it sends."""

from collections.abc import Mapping
from typing import Final, cast

from exchange.services import ledger, releases
from exchange.services.releases import Waiting
from exchange.web.http.door import Answer, Call, Door
from exchange.web.http.paging import listed
from exchange.web.http.shapes import ListQuery, page_of
from exchange.web.http.wiring import cursors
from exchange.web.members import placement_schemas as schemas
from relay_protocol.attestation import instant_text
from relay_protocol.canonical import Value

MEMBER: Final = ("member",)
LISTING: Final = "member/releases"

release_door = Door("releases", "For members: identities to seal for approved agencies.")


@release_door.read(
    "/v1/member/releases",
    query=ListQuery,
    answers=page_of(schemas.WaitingReleaseShape),
    roles=MEMBER,
)
def waiting(call: Call, query: Mapping[str, object]) -> Answer:
    """Return the approved claims on the member's referrals, with proofs and the agencies' keys."""
    limit, cursor, reader = int(str(query["limit"])), str(query["cursor"]), call.actor.slug
    after = cursors().open(cursor, listing=LISTING, reader=reader)[0] if cursor else ""
    found, end = releases.waiting(call.work, call.actor, after=str(after), limit=limit)
    following = None if end is None else cursors().issue((end,), listing=LISTING, reader=reader)
    return listed([_waiting(one) for one in found], following)


@release_door.write(
    "/v1/member/releases",
    takes=schemas.ReleaseShape,
    answers=schemas.ReleasedShape,
    status=201,
    roles=MEMBER,
)
def release(call: Call, body: Mapping[str, object]) -> Answer:
    """Send the envelope with an identity, sealed to the approved agency's keys."""
    signed = ledger.read_jws(str(body["attestation"]))
    envelope = cast("Mapping[str, Value]", body["envelope"])
    row = releases.accept(call.work, call.actor, signed, str(body["claim"]), envelope)
    return {"envelope": row.id, "claim": row.claim_id}


def _waiting(one: Waiting) -> Answer:
    return {
        "claim": one.claim.id,
        "referral": one.claim.referral_id,
        "job_kind": one.claim.job_kind,
        "agency": {
            "slug": one.agency.slug,
            "name": one.agency.name,
            "name_en": one.agency.name_en,
            "licence": one.agency.licence,
            "seal_keys": [
                {"kid": key.name, "jwk": key.jwk, "attestation": key.attestation_id}
                for key in one.sealing_keys
            ],
        },
        "approved_until": instant_text(one.release_by.replace(microsecond=0)),
        "consent_proof": one.consent_proof.document(),
        "bound_proof": one.bound_proof.document(),
        "approval_proof": one.approval_proof.document(),
    }
