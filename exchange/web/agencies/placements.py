"""The API of introductions, and of the hires that come of them."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from exchange.domain.errors import BadInputError
from exchange.services import hires, introductions, ledger
from exchange.services.work import Work
from exchange.store import claims as claim_rows
from exchange.store import hires as rows
from exchange.store.hires import HireRow, IntroductionRow
from exchange.web.agencies import schemas
from exchange.web.agencies.telling import day_or_none
from exchange.web.http.door import Answer, Call, Door
from exchange.web.http.listing import by_id
from exchange.web.http.shapes import ListQuery, page_of

AGENCY: Final = ("agency",)

placements = Door("placements", "For agencies: introductions to companies, and hires.")


@placements.write(
    "/v1/agency/introductions",
    takes=schemas.NewIntroductionShape,
    answers=schemas.IntroductionShape,
    status=201,
    roles=AGENCY,
)
def introduce(call: Call, body: Mapping[str, str]) -> Answer:
    """Introduce the candidate of a claim to a company."""
    row = introductions.introduce(
        call.work,
        call.actor,
        ledger.read_jws(body["attestation"]),
        body["claim"],
        hirer=body["hirer"],
        on=_day(body["on"]),
    )
    return _introduction(call.work, row)


@placements.read(
    "/v1/agency/introductions",
    query=ListQuery,
    answers=page_of(schemas.IntroductionShape),
    roles=AGENCY,
)
def introduced(call: Call, query: Mapping[str, object]) -> Answer:
    """Return the agency's introductions, and what came of them."""
    asked = by_id(query, listing="agency/introductions", reader=call.actor.slug)
    found = rows.introductions_after(call.work.session, call.actor.slug, asked.after, asked.fetch)
    return asked.answer(
        found, name=lambda row: row.id, show=lambda row: _introduction(call.work, row)
    )


@placements.write(
    "/v1/agency/introductions/<relay_id:introduction>/stages",
    takes=schemas.StageShape,
    answers=schemas.IntroductionShape,
    roles=AGENCY,
)
def advance(call: Call, body: Mapping[str, str], introduction: str) -> Answer:
    """Record that an introduction has reached a later stage."""
    row = introductions.advance(call.work, call.actor, introduction, body["stage"])
    return _introduction(call.work, row)


@placements.write(
    "/v1/agency/hires",
    takes=schemas.NewHireReportShape,
    answers=schemas.HireShape,
    status=201,
    roles=AGENCY,
)
def report(call: Call, body: Mapping[str, str]) -> Answer:
    """Report what came of an introduction: offer, start, end."""
    row = hires.report(
        call.work,
        call.actor,
        ledger.read_jws(body["attestation"]),
        body["introduction"],
        event=body["event"],
        on=_day(body["on"]),
    )
    return _hire(row)


def _introduction(work: Work, row: IntroductionRow) -> Answer:
    claim = claim_rows.claim(work.session, row.claim_id)
    hire = rows.hire_of_introduction(work.session, row.id)
    return {
        "id": row.id,
        "claim": row.claim_id,
        "pairwise": "" if claim is None else claim.pairwise_id,
        "hirer": row.hirer,
        "job_kind": row.job_kind,
        "on": row.introduced_on.isoformat(),
        "stage": row.stage,
        "hire": None if hire is None else _hire(hire),
    }


def _hire(row: HireRow) -> Answer:
    return {
        "id": row.id,
        "state": row.state,
        "accepted_on": day_or_none(row.accepted_on),
        "started_on": day_or_none(row.started_on),
        "left_on": day_or_none(row.left_on),
        "start": row.start_attestation,
        "confirmed_by": row.confirmed_by,
    }


def _day(text: str) -> date:
    """Return a day of the calendar.

    Raises:
        BadInputError: the calendar does not have it.
    """
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadInputError(
            "The calendar has no such day.", field="on", detail_ja="暦にない日付です。"
        ) from error
