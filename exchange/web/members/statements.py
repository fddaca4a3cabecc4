"""The API of a member's statements: points and slots by month."""

from collections.abc import Mapping
from typing import Final

from exchange.services import statements
from exchange.services.statements import Told
from exchange.web.http.door import Answer, Call, Door
from exchange.web.http.listing import by_id
from exchange.web.http.shapes import page_of
from exchange.web.members import statement_schemas as schemas
from relay_protocol import canonical
from relay_protocol.encoding import b64url_encode

MEMBER: Final = ("member",)

statement_door = Door("statements", "For members: points and slots, month by month.")


@statement_door.read(
    "/v1/member/statements",
    query=schemas.StatementQuery,
    answers=page_of(schemas.StatementShape),
    roles=MEMBER,
)
def told(call: Call, query: Mapping[str, object]) -> Answer:
    """Return the member's own statements, newest first, or that of one month."""
    asked = by_id(query, listing="member/statements", reader=call.actor.slug)
    period = str(query["period"])
    if period:
        alone = statements.one(call.work, call.actor.slug, period)
        found = [] if alone is None else [alone]
    else:
        found = list(
            statements.told(call.work, call.actor.slug, before=asked.after, limit=asked.fetch)
        )
    return asked.answer(found, name=lambda one: one.period, show=_told)


def _told(one: Told) -> Answer:
    return {
        "period": one.period,
        "statement": canonical.decode(one.raw),
        "original": b64url_encode(one.raw),
        "digest": b64url_encode(one.digest),
        "settled": one.settled,
    }
