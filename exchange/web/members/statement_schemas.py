"""Shapes of statements, as members get them."""

from marshmallow import fields, validate

from exchange.web.http.shapes import ListQuery, Shape

MONTH = r"^(?:|[0-9]{4}-(?:0[1-9]|1[0-2]))$(?!\n)"


class StatementQuery(ListQuery):
    """Which page of the statements, or which month alone."""

    period = fields.String(
        load_default="",
        validate=validate.Regexp(MONTH),
        metadata={"description": "One month alone, YYYY-MM.", "example": "2027-01"},
    )


class StatementShape(Shape):
    """One month's statement."""

    period = fields.String(required=True, metadata={"description": "The month, YYYY-MM."})
    statement = fields.Dict(
        required=True,
        metadata={
            "description": "company, period, points, prev, rules, salt, slots, v; its canonical "
            "bytes (RFC 8785) are the original."
        },
    )
    original = fields.String(
        required=True, metadata={"description": "The original's bytes, base64url."}
    )
    digest = fields.String(
        required=True,
        metadata={"description": "SHA-256 of the original, base64url; the next one names it."},
    )
    settled = fields.String(
        required=True, metadata={"description": "Id of the attestation period.settled."}
    )
