"""Shapes of what agencies owe each other."""

from marshmallow import fields

from exchange.web.http.shapes import Shape, slug


def _count(description: str) -> fields.Integer:
    return fields.Integer(required=True, metadata={"description": description})


class DutyShape(Shape):
    """Free placements between two agencies, or what they settle for them."""

    agency = slug("The other agency.")
    slots = _count("How many placements.")
    value_yen = _count("Their value at the reference fee, for information.")


class DuesShape(Shape):
    """How the agency stood at a month's end."""

    period = fields.String(required=True, metadata={"description": "The month, YYYY-MM."})
    net = _count("Slots; below 0 the agency owes free placements, above it is owed.")
    open = _count("What of the net has no counterpart among agencies, and stands.")
    reference_fee_yen = _count("What one placement is reckoned at, for information.")
    owes = fields.List(fields.Nested(DutyShape), required=True)
    is_owed = fields.List(fields.Nested(DutyShape), required=True)
