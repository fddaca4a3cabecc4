"""What an organization must be told about a candidate, and its word that it has acted on it."""

from collections.abc import Mapping
from typing import Final

from marshmallow import fields

from exchange.services import tellings as cases
from exchange.store.outbox import TellingRow
from exchange.web.http.door import Answer, Call, Door
from exchange.web.http.paging import listed, page
from exchange.web.http.shapes import ListQuery, Shape, page_of
from exchange.web.http.wiring import cursors

LISTING: Final = "tellings"

tellings = Door("tellings", "For everybody: withdrawals and erasures to act on.")


class TellingShape(Shape):
    """Something that the organization must act on."""

    number = fields.Integer(required=True, metadata={"description": "By which it is acknowledged."})
    about = fields.String(
        required=True,
        metadata={"description": "withdrawn: stop. erased: delete what you hold. corrected: look."},
    )
    reference = fields.String(
        required=True,
        metadata={"description": "The referral, to its origin; the claim, to its agency."},
    )


class AcknowledgedShape(Shape):
    """A telling that was acted on."""

    number = fields.Integer(required=True, metadata={"description": "Which one."})


@tellings.read("/v1/tellings", query=ListQuery, answers=page_of(TellingShape))
def waiting(call: Call, query: Mapping[str, object]) -> Answer:
    """Return what the organization has yet to act on, oldest first."""
    limit = int(str(query["limit"]))
    cursor, reader = str(query["cursor"]), call.actor.slug
    after = cursors().open(cursor, listing=LISTING, reader=reader)[0] if cursor else 0
    rows = cases.waiting(call.work, call.actor, after=int(after), limit=limit + 1)
    items, last = page(rows, limit)
    following = (
        None if last is None else cursors().issue((last.position,), listing=LISTING, reader=reader)
    )
    return listed([_telling(row) for row in items], following)


@tellings.write(
    "/v1/tellings/<int(max=9007199254740991):number>/acknowledgement", answers=AcknowledgedShape
)
def acknowledge(call: Call, number: int) -> Answer:
    """Say that the organization has acted on what it was told."""
    cases.acknowledge(call.work, call.actor, number)
    return {"number": number}


def _telling(row: TellingRow) -> Answer:
    return {"number": row.position, "about": row.about, "reference": row.reference}
