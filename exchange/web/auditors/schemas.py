"""The shapes of what auditors fetch and send."""

from marshmallow import fields

from exchange.web.http.shapes import Shape, attestation


class SealedPackShape(Shape):
    """A pack of reveals, sealed to the auditor's key; `relay-audit verify` opens it."""

    auditor = fields.String(required=True, metadata={"description": "Whom it is for."})
    kid = fields.String(required=True, metadata={"description": "The key that opens it."})
    log = fields.String(required=True, metadata={"description": "The ledger's name."})
    schema = fields.String(required=True, metadata={"description": "The form of what is inside."})
    sealed = fields.String(required=True, metadata={"description": "HPKE ciphertext, base64url."})
    until = fields.Date(required=True, metadata={"description": "Last day of its use."})


class SignedAuditShape(Shape):
    """What an auditor has signed of a settled month."""

    attestation = attestation("`period.audited`, signed: a compact JWS.")


class TakenAuditShape(Shape):
    """A signed audit that the exchange holds."""

    period = fields.String(required=True, metadata={"description": "The month, YYYY-MM."})
    verdict = fields.String(required=True, metadata={"description": "`sound` or `refused`."})
    attestation = fields.String(required=True, metadata={"description": "Id of the attestation."})
