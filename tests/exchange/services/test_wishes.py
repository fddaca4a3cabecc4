"""Wishes: what can be claimed, by whom, for which vacancy and in which words."""

from datetime import timedelta

import pytest

from exchange.domain.errors import (
    BadInputError,
    ClaimLimitError,
    DeadlinePassedError,
    IdentityInProfileError,
    LicenceError,
    NotFoundError,
)
from exchange.hub import Hub
from exchange.services import claims, consents, matches
from exchange.services import scheme as scheme_cases
from exchange.services.wishes import Wish
from exchange.services.work import local_day
from exchange.store import organizations as organization_rows
from relay_protocol.rules import DEMO
from tests.story import relays
from tests.story.relays import Candidate
from tests.story.scheme import Consortium, Organization


@pytest.fixture
def agency(consortium: Consortium) -> Organization:
    return consortium.agencies[0]


@pytest.fixture
def rival(consortium: Consortium) -> Organization:
    return consortium.agencies[1]


@pytest.fixture
def candidate(consortium: Consortium) -> Candidate:
    return relays.enlist(consortium.hub, consortium.members[0])


@pytest.mark.usefixtures("candidate")
def test_given_a_neighbours_ids_then_they_look_absent(
    hub: Hub, agency: Organization, rival: Organization
) -> None:
    others = relays.wish(hub, rival)
    own = relays.wish(hub, agency)
    refusals = []
    for wish in (
        Wish(pairwise_id=others.pairwise_id, vacancy_id=own.vacancy_id, message="x"),
        Wish(pairwise_id="CR-2222-2222-22", vacancy_id=own.vacancy_id, message="x"),
    ):
        with hub.work() as work, pytest.raises(NotFoundError) as refused:
            claims.wished(work, agency.actor, wish, "clm_" + "0" * 26)
        refusals.append((refused.value.detail, refused.value.field))
    assert refusals[0] == refusals[1]
    strange = Wish(pairwise_id=own.pairwise_id, vacancy_id=others.vacancy_id, message="x")
    with hub.work() as work, pytest.raises(NotFoundError, match="vacancy"):
        claims.wished(work, agency.actor, strange, "clm_" + "0" * 26)


def test_given_a_withdrawn_profile_then_its_number_looks_absent(
    hub: Hub, agency: Organization, candidate: Candidate
) -> None:
    wish = relays.wish(hub, agency)
    with hub.work() as work:
        consents.withdraw(work, candidate.actor)
    with pytest.raises(NotFoundError, match="sees no such profile"):
        relays.claim(hub, agency, wish)


@pytest.mark.usefixtures("candidate")
def test_given_the_vacancys_last_day_then_a_claim_is_made_on_it_and_not_after(
    hub: Hub, agency: Organization, consortium: Consortium
) -> None:
    wish = relays.wish(hub, agency)
    relays.wait(hub, days=30)
    first = relays.claim(hub, agency, wish)
    assert first.state == "open"
    relays.enlist(hub, consortium.members[1])
    late = relays.wish(hub, agency)
    relays.wait(hub, days=31)
    with pytest.raises(DeadlinePassedError):
        relays.claim(hub, agency, late)


@pytest.mark.usefixtures("candidate")
def test_given_an_ended_licence_then_no_claim_is_made(hub: Hub, agency: Organization) -> None:
    wish = relays.wish(hub, agency)
    with hub.work() as work:
        row = organization_rows.organization(work.session, agency.slug)
        assert row is not None
        row.licence_until = local_day(work) - timedelta(days=1)
    with pytest.raises(LicenceError):
        relays.claim(hub, agency, wish)


def test_given_the_limit_of_open_claims_then_one_more_is_refused_until_one_is_answered(
    hub: Hub, agency: Organization, consortium: Consortium
) -> None:
    with hub.work() as work:
        scheme_cases.adopt_rules(
            work, {**DEMO, "version": "2026-12-X", "open_claims_per_agency": 1}, local_day(work)
        )
    first, _second = (relays.enlist(hub, member) for member in consortium.members[:2])
    offered = relays.describe(hub, agency)
    with hub.work() as work:
        found = matches.matches(work, agency.actor, offered.row.id)
    wishes = [
        Wish(pairwise_id=sight.match.pairwise_id, vacancy_id=offered.row.id, message="x")
        for sight in found.sights
    ]
    made = relays.claim(hub, agency, wishes[0])
    with pytest.raises(ClaimLimitError):
        relays.claim(hub, agency, wishes[1])
    asked = first if made.candidate_id == first.id else _second
    relays.decline(hub, asked, made.id)
    assert relays.claim(hub, agency, wishes[1]).state == "open"


@pytest.mark.usefixtures("candidate")
@pytest.mark.parametrize(
    ("message", "refusal"),
    [
        ("", BadInputError),
        ("   ", BadInputError),
        ("あ" * 601, BadInputError),
        ("090-0000-1234 にお電話ください", IdentityInProfileError),
        ("入社でお祝い金10万円を差し上げます", IdentityInProfileError),
    ],
)
def test_given_a_message_that_may_not_be_sent_then_the_claim_is_refused(
    hub: Hub, agency: Organization, message: str, refusal: type[Exception]
) -> None:
    wish = relays.wish(hub, agency, message=message)
    with pytest.raises(refusal):
        relays.claim(hub, agency, wish)


@pytest.mark.usefixtures("candidate")
def test_given_a_message_of_six_hundred_characters_then_it_is_sent(
    hub: Hub, agency: Organization
) -> None:
    assert relays.claim(hub, agency, relays.wish(hub, agency, message="あ" * 600)).state == "open"
