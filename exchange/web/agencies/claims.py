"""The API of claims."""

from collections.abc import Mapping
from typing import Final

from exchange.services import claims as claim_cases
from exchange.services import ledger
from exchange.services.wishes import Wish
from exchange.services.work import Work
from exchange.store import claims as rows
from exchange.store.claims import ClaimRow
from exchange.web.agencies import schemas
from exchange.web.agencies.telling import instant, instant_or_none
from exchange.web.http.door import Answer, Call, Door
from exchange.web.http.listing import by_id
from exchange.web.http.shapes import ListQuery, page_of

AGENCY: Final = ("agency",)

claims = Door("claims", "For agencies: asking candidates for a talk about a job.")


@claims.write(
    "/v1/agency/claims",
    takes=schemas.NewClaimShape,
    answers=schemas.ClaimShape,
    status=201,
    roles=AGENCY,
)
def make(call: Call, body: Mapping[str, str]) -> Answer:
    """Claim a profile: exclusively, until its candidate or the clock has answered."""
    wish = Wish(pairwise_id=body["pairwise"], vacancy_id=body["vacancy"], message=body["message"])
    signed = ledger.read_jws(body["attestation"])
    return _claim(call.work, claim_cases.make(call.work, call.actor, signed, wish))


@claims.read(
    "/v1/agency/claims", query=ListQuery, answers=page_of(schemas.ClaimShape), roles=AGENCY
)
def made(call: Call, query: Mapping[str, object]) -> Answer:
    """Return the agency's claims with their states and deadlines."""
    asked = by_id(query, listing="agency/claims", reader=call.actor.slug)
    found = rows.claims_after(call.work.session, call.actor.slug, asked.after, asked.fetch)
    return asked.answer(found, name=lambda row: row.id, show=lambda row: _claim(call.work, row))


@claims.write(
    "/v1/agency/claims/<relay_id:claim>/end",
    takes=schemas.EndedClaimShape,
    answers=schemas.ClaimShape,
    roles=AGENCY,
)
def end(call: Call, body: Mapping[str, str], claim: str) -> Answer:
    """End a claim of the agency; others may ask from now on."""
    signed = ledger.read_jws(body["attestation"])
    ended = claim_cases.end(call.work, call.actor, signed, claim, body["reason"])
    return _claim(call.work, ended)


def _claim(work: Work, row: ClaimRow) -> Answer:
    envelope = rows.envelope_of_claim(work.session, row.id)
    return {
        "id": row.id,
        "pairwise": row.pairwise_id,
        "vacancy": row.vacancy_id,
        "job_kind": row.job_kind,
        "state": row.state,
        "reason": row.reason,
        "claimed_at": instant(row.claimed_at),
        "due_at": instant_or_none(claim_cases.due_at(work, row)),
        "envelope": None if envelope is None else envelope.id,
    }
