"""The API of the hires that agencies report against a member, and of their confirmation."""

from collections.abc import Mapping
from typing import Final

from exchange.services import hires, ledger
from exchange.services.work import Work
from exchange.store import organizations as organization_rows
from exchange.store.hires import HireRow
from exchange.web.http.door import Answer, Call, Door
from exchange.web.http.listing import by_id
from exchange.web.http.shapes import ListQuery, page_of
from exchange.web.members import placement_schemas as schemas

MEMBER: Final = ("member",)

hire_door = Door("hires", "For members: hires reported against their own 法人番号.")


@hire_door.read(
    "/v1/member/hires",
    query=ListQuery,
    answers=page_of(schemas.ReportedHireShape),
    roles=MEMBER,
)
def reported(call: Call, query: Mapping[str, object]) -> Answer:
    """Return the hires that agencies report against the member's 法人番号."""
    asked = by_id(query, listing="member/hires", reader=call.actor.slug)
    found = hires.at_hirer(call.work, call.actor, after=asked.after, limit=asked.fetch)
    return asked.answer(found, name=lambda row: row.id, show=lambda row: _hire(call.work, row))


@hire_door.write(
    "/v1/member/hires/<relay_id:hire>/confirmation",
    takes=schemas.ConfirmationShape,
    answers=schemas.ReportedHireShape,
    roles=MEMBER,
)
def confirm(call: Call, body: Mapping[str, str], hire: str) -> Answer:
    """Confirm that somebody has started work on the reported day."""
    signed = ledger.read_jws(body["attestation"])
    return _hire(call.work, hires.confirm(call.work, call.actor, signed, hire))


def _hire(work: Work, row: HireRow) -> Answer:
    agency = organization_rows.organization(work.session, row.agency)
    return {
        "id": row.id,
        "agency": {
            "slug": row.agency,
            "name": "" if agency is None else agency.name,
            "name_en": "" if agency is None else agency.name_en,
        },
        "state": row.state,
        "accepted_on": None if row.accepted_on is None else row.accepted_on.isoformat(),
        "started_on": None if row.started_on is None else row.started_on.isoformat(),
        "left_on": None if row.left_on is None else row.left_on.isoformat(),
        "report": row.start_attestation,
        "confirmed_by": row.confirmed_by,
    }
