"""The API of what an agency owes and is owed, by month."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Final

from exchange.services import statements
from exchange.web.agencies import due_schemas as schemas
from exchange.web.http.door import Answer, Call, Door
from exchange.web.http.listing import by_id
from exchange.web.http.shapes import ListQuery, page_of

AGENCY: Final = ("agency",)

due_door = Door("dues", "For agencies: free placements owed and due, month by month.")


@due_door.read(
    "/v1/agency/dues",
    query=ListQuery,
    answers=page_of(schemas.DuesShape),
    roles=AGENCY,
)
def dues(call: Call, query: Mapping[str, object]) -> Answer:
    """Return how the agency stood at the end of each settled month, newest first."""
    asked = by_id(query, listing="agency/dues", reader=call.actor.slug)
    found = statements.dues(call.work, call.actor.slug, before=asked.after, limit=asked.fetch)
    return asked.answer(found, name=lambda one: one.period, show=asdict)
