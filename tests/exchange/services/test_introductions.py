"""Introductions: once the envelope is opened, to companies that the candidate does not exclude."""

from datetime import timedelta

import pytest

from exchange.domain.errors import (
    AlreadyKnownError,
    AttestationRefusedError,
    BadInputError,
    ConsentMissingError,
    LicenceError,
    NotFoundError,
    StepRefusedError,
)
from exchange.hub import Hub
from exchange.services import consents, introductions
from exchange.services.ledger import Fact
from exchange.services.work import local_day
from exchange.store import organizations as organization_rows
from exchange.store.claims import ClaimRow
from exchange.store.hires import IntroductionRow
from tests.story import relays, scheme
from tests.story.relays import Candidate
from tests.story.scheme import Consortium, Organization

ELSEWHERE = scheme.corporate_number(700)
"""A company that is no member."""


@pytest.fixture
def agency(consortium: Consortium) -> Organization:
    return consortium.agencies[0]


@pytest.fixture
def candidate(consortium: Consortium) -> Candidate:
    return relays.enlist(
        consortium.hub, consortium.members[0], companies=(scheme.corporate_number(701),)
    )


@pytest.fixture
def reached(hub: Hub, agency: Organization, candidate: Candidate) -> ClaimRow:
    return relays.reach(hub, candidate, agency)


def advanced(
    hub: Hub, agency: Organization, introduced: IntroductionRow, stage: str
) -> IntroductionRow:
    with hub.work() as work:
        return introductions.advance(work, agency.actor, introduced.id, stage)


def test_given_an_opened_envelope_then_the_candidate_is_introduced(
    hub: Hub, agency: Organization, consortium: Consortium, reached: ClaimRow
) -> None:
    hirer = consortium.members[1]
    introduced = relays.introduce(hub, agency, reached, hirer.number)
    assert (introduced.hirer, introduced.stage, introduced.job_kind) == (
        hirer.number,
        "introduced",
        "mid-career",
    )
    assert introduced.introduced_on == relays.today(hub)
    with hub.reading() as work:
        assert introductions.own(work, agency.actor, introduced.id).claim_id == reached.id


def test_given_one_approval_then_it_covers_several_companies_but_each_once(
    hub: Hub, agency: Organization, consortium: Consortium, reached: ClaimRow
) -> None:
    relays.introduce(hub, agency, reached, consortium.members[1].number)
    relays.introduce(hub, agency, reached, consortium.members[2].number)
    with pytest.raises(StepRefusedError, match="before"):
        relays.introduce(hub, agency, reached, consortium.members[1].number)


def test_given_an_envelope_that_is_not_opened_then_nobody_is_introduced(
    hub: Hub, agency: Organization, candidate: Candidate
) -> None:
    made = relays.claim(hub, agency)
    with pytest.raises(StepRefusedError, match="not released"):
        relays.introduce(hub, agency, made, ELSEWHERE)
    approved = relays.approve(hub, candidate, made.id)
    relays.release(hub, candidate, agency, approved)
    with pytest.raises(StepRefusedError, match="not opened"):
        relays.introduce(hub, agency, made, ELSEWHERE)


def test_given_an_excluded_company_then_nobody_is_introduced_there(
    hub: Hub, agency: Organization, reached: ClaimRow
) -> None:
    with pytest.raises(ConsentMissingError) as refused:
        relays.introduce(hub, agency, reached, scheme.corporate_number(701))
    assert refused.value.field == "hirer"


def test_given_the_origin_itself_then_nobody_is_introduced_back_to_it(
    hub: Hub, agency: Organization, candidate: Candidate, reached: ClaimRow
) -> None:
    with pytest.raises(ConsentMissingError):
        relays.introduce(hub, agency, reached, candidate.origin.number)


def test_given_a_withdrawal_then_nobody_is_introduced_any_more(
    hub: Hub, agency: Organization, candidate: Candidate, reached: ClaimRow
) -> None:
    with hub.work() as work:
        consents.withdraw(work, candidate.actor)
    with pytest.raises(StepRefusedError, match="over"):
        relays.introduce(hub, agency, reached, ELSEWHERE)


@pytest.mark.parametrize("hirer", ["1234567890123", "700001205000", ""])
def test_given_no_corporate_number_then_it_is_named(
    hub: Hub, agency: Organization, reached: ClaimRow, hirer: str
) -> None:
    with hub.work() as work, pytest.raises(BadInputError) as refused:
        introductions.introducing(
            work,
            agency.actor,
            reached.id,
            hirer=hirer,
            on=local_day(work),
            introduction_id="int_" + "0" * 26,
        )
    assert refused.value.field == "hirer"


@pytest.mark.parametrize(("days", "possible"), [(-1, False), (0, True), (3, True), (4, False)])
def test_given_a_day_then_it_lies_between_the_opening_and_today(
    hub: Hub, agency: Organization, reached: ClaimRow, days: int, *, possible: bool
) -> None:
    opened_on = relays.today(hub)
    relays.wait(hub, days=3)
    on = opened_on + timedelta(days=days)
    signed = agency.sign(hub, relays.introduction_fact(reached, ELSEWHERE, on))
    with hub.work() as work:
        if possible:
            made = introductions.introduce(
                work, agency.actor, signed, reached.id, hirer=ELSEWHERE, on=on
            )
            assert made.introduced_on == on
        else:
            with pytest.raises(BadInputError) as refused:
                introductions.introduce(
                    work, agency.actor, signed, reached.id, hirer=ELSEWHERE, on=on
                )
            assert refused.value.field == "on"


def test_given_a_neighbours_claim_then_it_looks_absent(
    hub: Hub, consortium: Consortium, reached: ClaimRow
) -> None:
    with pytest.raises(NotFoundError, match="no such claim"):
        relays.introduce(hub, consortium.agencies[1], reached, ELSEWHERE)


def test_given_an_ended_licence_then_nobody_is_introduced(
    hub: Hub, agency: Organization, reached: ClaimRow
) -> None:
    with hub.work() as work:
        row = organization_rows.organization(work.session, agency.slug)
        assert row is not None
        row.licence_until = local_day(work) - timedelta(days=1)
    with pytest.raises(LicenceError):
        relays.introduce(hub, agency, reached, ELSEWHERE)


def test_given_the_same_attestation_twice_then_there_is_one_introduction(
    hub: Hub, agency: Organization, reached: ClaimRow
) -> None:
    on = relays.today(hub)
    signed = agency.sign(hub, relays.introduction_fact(reached, ELSEWHERE, on))
    made = []
    for _ in range(2):
        with hub.work() as work:
            row = introductions.introduce(
                work, agency.actor, signed, reached.id, hirer=ELSEWHERE, on=on
            )
        made.append(row.id)
    assert made[0] == made[1]


def test_given_the_id_of_another_introduction_then_it_is_refused(
    hub: Hub, agency: Organization, reached: ClaimRow
) -> None:
    first = relays.introduce(hub, agency, reached, ELSEWHERE)
    hirer, on = scheme.corporate_number(702), relays.today(hub)
    fact = relays.introduction_fact(reached, hirer, on)
    taken = Fact(kind=fact.kind, refs={**fact.refs, "introduction": first.id}, body=fact.body)
    signed = agency.sign(hub, taken)
    with hub.work() as work, pytest.raises(AlreadyKnownError):
        introductions.introduce(work, agency.actor, signed, reached.id, hirer=hirer, on=on)


def test_given_an_attestation_of_another_hirer_then_it_is_refused(
    hub: Hub, agency: Organization, reached: ClaimRow
) -> None:
    on = relays.today(hub)
    signed = agency.sign(hub, relays.introduction_fact(reached, ELSEWHERE, on))
    other = scheme.corporate_number(702)
    with hub.work() as work, pytest.raises(AttestationRefusedError):
        introductions.introduce(work, agency.actor, signed, reached.id, hirer=other, on=on)


def test_given_stages_then_they_go_forward_only(
    hub: Hub, agency: Organization, reached: ClaimRow
) -> None:
    introduced = relays.introduce(hub, agency, reached, ELSEWHERE)
    assert advanced(hub, agency, introduced, "interview").stage == "interview"
    assert advanced(hub, agency, introduced, "interview").stage == "interview"
    assert advanced(hub, agency, introduced, "offer").stage == "offer"
    with pytest.raises(StepRefusedError, match="later stage"):
        advanced(hub, agency, introduced, "screening")
    with pytest.raises(BadInputError):
        advanced(hub, agency, introduced, "dream")


def test_given_a_neighbours_introduction_then_it_looks_absent(
    hub: Hub, agency: Organization, consortium: Consortium, reached: ClaimRow
) -> None:
    introduced = relays.introduce(hub, agency, reached, ELSEWHERE)
    rival = consortium.agencies[1]
    with pytest.raises(NotFoundError) as foreign:
        advanced(hub, rival, introduced, "offer")
    with hub.work() as work, pytest.raises(NotFoundError) as absent:
        introductions.advance(work, rival.actor, "int_" + "0" * 26, "offer")
    assert foreign.value.detail == absent.value.detail
