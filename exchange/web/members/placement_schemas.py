"""Shapes of releases and hires, as members send and get them."""

from marshmallow import fields

from exchange.web.http.shapes import ProofShape, Shape, attestation, relay_id, slug


def said(description: str, *, none: bool = False) -> fields.String:
    """Return a field of an answer that holds a text; null where there is none."""
    return fields.String(required=True, allow_none=none, metadata={"description": description})


class SealKeyShape(Shape):
    """A key of the agency that an identity is sealed to."""

    kid = said("Thumbprint of the key.")
    jwk = fields.Dict(required=True, metadata={"description": "The P-256 key."})
    attestation = said("Id of key.registered; the entry is public.")


class ApprovedAgencyShape(Shape):
    """The agency that the candidate approved."""

    slug = slug("Its short name.")
    name = said("Its name.")
    name_en = said("Its name in English.")
    licence = said("Its licence number.")
    seal_keys = fields.List(fields.Nested(SealKeyShape), required=True)


class WaitingReleaseShape(Shape):
    """An approved claim that waits for the identity."""

    claim = relay_id("clm", "The claim.")
    referral = relay_id("ref", "The referral that it is on.")
    job_kind = said("The kind of job that was approved.")
    agency = fields.Nested(ApprovedAgencyShape, required=True)
    approved_until = said("Until when the identity may be released, UTC.")
    consent_proof = fields.Nested(ProofShape, required=True)
    bound_proof = fields.Nested(ProofShape, required=True)
    approval_proof = fields.Nested(ProofShape, required=True)


class ReleaseShape(Shape):
    """An identity, sealed to the approved agency."""

    claim = relay_id("clm", "The claim.")
    envelope = fields.Dict(
        required=True,
        keys=fields.String(),
        metadata={"description": "v, schema, claim, approval, agency, sealed."},
    )
    attestation = attestation("identity.released, signed: a compact JWS.")


class ReleasedShape(Shape):
    """An envelope on its way."""

    envelope = relay_id("env", "The envelope's id.")
    claim = relay_id("clm", "The claim.")


class HireAgencyShape(Shape):
    """The agency that reports a hire."""

    slug = slug("Its short name.")
    name = said("Its name.")
    name_en = said("Its name in English.")


class ReportedHireShape(Shape):
    """A hire at the member's own company, as an agency reports it."""

    id = relay_id("hir", "The hire's id.")
    agency = fields.Nested(HireAgencyShape, required=True)
    state = said("accepted, declined, started or left.")
    accepted_on = said("Day of the accepted offer, or null.", none=True)
    started_on = said("First day of work, or null.", none=True)
    left_on = said("Last day of work, or null.", none=True)
    report = said("Id of the report of the start, to be confirmed; or null.", none=True)
    confirmed_by = said("Who confirmed the start, or null.", none=True)


class ConfirmationShape(Shape):
    """The member's confirmation of a start."""

    attestation = attestation("hire.confirmed, signed: a compact JWS.")
