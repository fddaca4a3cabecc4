"""The shapes of what auditors fetch and send."""

from marshmallow import fields

from exchange.web.http.shapes import Shape, attestation


class SignedAuditShape(Shape):
    """What an auditor has signed of a settled month."""

    attestation = attestation("`period.audited`, signed: a compact JWS.")


class TakenAuditShape(Shape):
    """A signed audit that the exchange holds."""

    period = fields.String(required=True, metadata={"description": "The month, YYYY-MM."})
    verdict = fields.String(required=True, metadata={"description": "`sound` or `refused`."})
    attestation = fields.String(required=True, metadata={"description": "Id of the attestation."})
