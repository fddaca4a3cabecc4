"""The shapes of requests and answers that every door uses, and the fields they are made of."""

from functools import cache
from typing import Final

from marshmallow import RAISE, Schema, fields, validate

from exchange.web.http.paging import DEFAULT_LIMIT, LARGEST_LIMIT

CROCKFORD: Final = "0-9a-hjkmnp-tv-z"
LONGEST_ATTESTATION: Final = 65_535


class Shape(Schema):
    """A closed object: what it does not name is refused."""

    class Meta:
        """How marshmallow treats every shape."""

        unknown = RAISE


class ListQuery(Shape):
    """Which page of a listing, and how long."""

    limit = fields.Integer(
        load_default=DEFAULT_LIMIT,
        validate=validate.Range(min=1, max=LARGEST_LIMIT),
        metadata={"description": "How many items at most."},
    )
    cursor = fields.String(
        load_default="",
        validate=validate.Length(max=2_000),
        metadata={"description": "`next` of the page before."},
    )


class FaultShape(Shape):
    """One value at fault."""

    field = fields.String(metadata={"description": "Path of the value, parts joined by /."})
    detail = fields.String(metadata={"description": "What is wrong with it."})


class ProblemShape(Shape):
    """A refusal (RFC 9457)."""

    type = fields.String(required=True, metadata={"description": "What /docs/problems tells of."})
    title = fields.String(required=True, metadata={"description": "The kind of refusal."})
    status = fields.Integer(required=True, metadata={"description": "The HTTP status."})
    detail = fields.String(required=True, metadata={"description": "What is refused, and why."})
    field = fields.String(metadata={"description": "Path of the value at fault."})
    mend = fields.String(metadata={"description": "What to do about it."})
    errors = fields.List(
        fields.Nested(FaultShape), metadata={"description": "Every value at fault."}
    )


class ProofShape(Shape):
    """What shows that an act stands in the ledger."""

    seq = fields.Integer(required=True, metadata={"description": "The entry's number."})
    entry = fields.String(required=True, metadata={"description": "The entry, base64url."})
    reveal = fields.String(
        required=True, metadata={"description": "What opens its commitment, base64url, or empty."}
    )
    path = fields.List(
        fields.String(), required=True, metadata={"description": "Inclusion path, base64."}
    )
    checkpoint = fields.String(required=True, metadata={"description": "The signed checkpoint."})


class Code(fields.String):
    """A short text of a fixed form."""

    def __init__(self, pattern: str, *, said: str, example: str, required: bool = True) -> None:
        super().__init__(
            required=required,
            # Alone, "$" would let a line end pass.
            validate=validate.Regexp(rf"^(?:{pattern})$(?!\n)"),
            metadata={"description": said, "example": example},
        )


def relay_id(prefix: str, said: str) -> Code:
    """Return a field for an id of one kind: "clm" and 26 letters."""
    return Code(
        f"{prefix}_[{CROCKFORD}]{{26}}", said=said, example=f"{prefix}_0123456789abcdefghjkmnpqrs"
    )


def slug(said: str) -> Code:
    """Return a field for an organization's short name."""
    return Code("[a-z][a-z0-9-]{1,30}", said=said, example="mirai-works")


def attestation(said: str = "The act, signed: a compact JWS.") -> fields.String:
    """Return a field for a signed attestation; what it says is checked where the act is done."""
    return fields.String(
        required=True,
        validate=validate.Length(min=1, max=LONGEST_ATTESTATION),
        metadata={"description": said},
    )


def whole(*, least: int, most: int, said: str, required: bool = True) -> fields.Integer:
    """Return a field for a whole number in a range; 2.0 and "2" are none."""
    return fields.Integer(
        required=required,
        strict=True,
        validate=validate.Range(min=least, max=most),
        metadata={"description": said},
    )


def name_of(kind: type[Schema] | Schema) -> str:
    """Return the name of a shape in the API's document."""
    named = kind if isinstance(kind, type) else type(kind)
    return named.__name__.removesuffix("Shape")


@cache
def page_of(kind: type[Schema]) -> type[Schema]:
    """Return the shape of a page of a listing: {"items": [...], "next": cursor or null}."""
    return Shape.from_dict(
        {
            "items": fields.List(fields.Nested(kind), required=True),
            "next": fields.String(
                required=True,
                allow_none=True,
                metadata={"description": "Cursor of the page after this, or null."},
            ),
        },
        name=f"{name_of(kind)}Page",
    )
