"""The API of vacancies, and of the profiles that match them."""

from collections.abc import Mapping
from typing import Final

from exchange.services import matches as match_cases
from exchange.services import vacancies as vacancy_cases
from exchange.services.matches import Sight
from exchange.services.vacancies import Offered
from exchange.store import claims as rows
from exchange.web.agencies import schemas
from exchange.web.agencies.telling import count_told, instant
from exchange.web.http.door import Answer, Call, Door
from exchange.web.http.listing import by_id
from exchange.web.http.shapes import ListQuery, page_of
from exchange.web.http.wiring import cursors, hub
from relay_protocol.encoding import b64url_encode

AGENCY: Final = ("agency",)

vacancies = Door("vacancies", "For agencies: jobs to fill, and the profiles that match them.")


@vacancies.write(
    "/v1/agency/vacancies",
    takes=schemas.NewVacancyShape,
    answers=schemas.VacancyShape,
    status=201,
    roles=AGENCY,
)
def describe(call: Call, body: Mapping[str, object]) -> Answer:
    """Describe a vacancy: what the job is, and what counts in it."""
    return _vacancy(vacancy_cases.describe(call.work, call.actor, body))


@vacancies.read(
    "/v1/agency/vacancies",
    query=ListQuery,
    answers=page_of(schemas.VacancyShape),
    roles=AGENCY,
)
def described(call: Call, query: Mapping[str, object]) -> Answer:
    """Return the agency's vacancies."""
    asked = by_id(query, listing="agency/vacancies", reader=call.actor.slug)
    found = rows.vacancies_after(call.work.session, call.actor.slug, asked.after, asked.fetch)
    return asked.answer(
        found,
        name=lambda row: row.id,
        show=lambda row: _vacancy(vacancy_cases.read(row)),
    )


@vacancies.read(
    "/v1/agency/vacancies/<relay_id:vacancy>/matches",
    query=ListQuery,
    answers=schemas.MatchesShape,
    roles=AGENCY,
)
def matches(call: Call, query: Mapping[str, object], vacancy: str) -> Answer:
    """Return the profiles that match a vacancy, best first, each with its reasons.

    The order is the published formula's (/portal/formula). That the agency saw these profiles
    is put on record for their candidates.
    """
    limit, cursor = int(str(query["limit"])), str(query["cursor"])
    listing = f"agency/matches/{vacancy}"
    reader = call.actor.slug
    start = int(cursors().open(cursor, listing=listing, reader=reader)[0]) if cursor else 0
    # The look is written, and reading alone is what this door opened.
    with hub().work() as work:
        found = match_cases.matches(work, call.actor, vacancy, start=start, limit=limit)
    end = start + limit
    following = (
        cursors().issue((end,), listing=listing, reader=reader) if end < found.total else None
    )
    return {
        "items": [_match(sight) for sight in found.sights],
        "next": following,
        "total": count_told(found.total, found.k),
        "complete": count_told(found.complete, found.k),
    }


def _vacancy(offered: Offered) -> Answer:
    return {
        **offered.vacancy.document(),
        "id": offered.row.id,
        "digest": b64url_encode(offered.row.digest),
        "created_at": instant(offered.row.created_at),
    }


def _match(sight: Sight) -> Answer:
    return {
        "pairwise": sight.match.pairwise_id,
        "standing": sight.standing,
        "claim": sight.claim_id or None,
        "listed_on": sight.listed_on.isoformat(),
        "profile": dict(sight.match.published),
        "reasons": [
            {
                "criterion": reason.criterion,
                "state": reason.state,
                "wanted": reason.wanted,
                "shown": reason.shown,
            }
            for reason in sight.match.reasons
        ],
    }
