"""The reported starts that a candidate is asked about."""

from datetime import timedelta

import pytest

from exchange.hub import Hub
from exchange.services import consents, hires, reported_starts
from exchange.services.reported_starts import ReportedStart
from tests.story import relays, scheme
from tests.story.relays import Candidate
from tests.story.scheme import Consortium

ELSEWHERE = scheme.corporate_number(700)
"""A company that is no member."""


@pytest.fixture
def person(consortium: Consortium) -> Candidate:
    """Return somebody of the first member, listed."""
    return relays.enlist(consortium.hub, consortium.members[0])


def asked(hub: Hub, person: Candidate) -> list[ReportedStart]:
    """Return what somebody is asked about now."""
    with hub.reading() as work:
        return list(reported_starts.of_candidate(work, person.actor))


def test_given_a_start_at_a_member_then_the_candidate_is_asked_by_its_name(
    consortium: Consortium, person: Candidate
) -> None:
    hub, agency, hirer = consortium.hub, consortium.agencies[0], consortium.members[1]
    claim = relays.reach(hub, person, agency)
    hire = relays.start(hub, agency, relays.introduce(hub, agency, claim, hirer.number))
    (start,) = asked(hub, person)
    assert (start.hire_id, start.agency.slug, start.on) == (
        hire.id,
        agency.slug,
        relays.today(hub),
    )
    assert start.hirer is not None
    assert (start.hirer.slug, start.number) == (hirer.slug, hirer.number)
    assert asked(hub, relays.enlist(hub, consortium.members[2])) == []


@pytest.mark.parametrize(("named", "name"), [(ELSEWHERE, "株式会社かなめ"), ("", "")])
def test_given_a_company_elsewhere_then_it_is_called_as_the_vacancy_calls_that_company(
    consortium: Consortium, person: Candidate, named: str, name: str
) -> None:
    hub, agency = consortium.hub, consortium.agencies[0]
    offered = relays.describe(hub, agency, hirer=named)
    wanted = relays.wish(
        hub,
        agency,
        vacancy_id=offered.row.id,
        pairwise_id=relays.sight_of(hub, agency, offered),
    )
    approved = relays.approve(hub, person, relays.claim(hub, agency, wanted).id)
    envelope = relays.release(hub, person, agency, approved)
    claim = relays.receive(hub, agency, envelope.id).claim
    relays.start(hub, agency, relays.introduce(hub, agency, claim, ELSEWHERE))
    (start,) = asked(hub, person)
    assert (start.hirer, start.number, start.name) == (None, ELSEWHERE, name)


def test_given_an_accepted_offer_then_there_is_nothing_to_ask(
    consortium: Consortium, person: Candidate
) -> None:
    hub, agency = consortium.hub, consortium.agencies[0]
    claim = relays.reach(hub, person, agency)
    introduced = relays.introduce(hub, agency, claim, ELSEWHERE)
    relays.report(hub, agency, introduced, "offer-accepted")
    assert asked(hub, person) == []


def test_given_a_start_ahead_then_the_candidate_is_asked_from_that_day_on(
    consortium: Consortium, person: Candidate
) -> None:
    hub, agency = consortium.hub, consortium.agencies[0]
    claim = relays.reach(hub, person, agency)
    introduced = relays.introduce(hub, agency, claim, ELSEWHERE)
    relays.report(hub, agency, introduced, "offer-accepted")
    ahead = relays.today(hub) + timedelta(days=2)
    relays.report(hub, agency, introduced, "started", ahead)
    relays.wait(hub, days=1)
    assert asked(hub, person) == []
    relays.wait(hub, days=1)
    assert [start.on for start in asked(hub, person)] == [ahead]


def test_given_a_consent_that_ran_out_then_the_candidate_is_still_asked(
    consortium: Consortium, person: Candidate
) -> None:
    hub, agency = consortium.hub, consortium.agencies[0]
    claim = relays.reach(hub, person, agency)
    hire = relays.start(hub, agency, relays.introduce(hub, agency, claim, ELSEWHERE))
    relays.wait(hub, days=190)
    with hub.work() as work:
        assert consents.expire_due(work) == 1
    assert [start.hire_id for start in asked(hub, person)] == [hire.id]
    with hub.work() as work:
        assert hires.confirm_by_candidate(work, person.actor, hire.id).confirmed_by == "hub"


@pytest.mark.parametrize("by", ["hirer", "candidate", "withdrawal"])
def test_given_a_confirmed_start_or_a_withdrawal_then_nobody_is_asked_any_more(
    consortium: Consortium, person: Candidate, by: str
) -> None:
    hub, agency, hirer = consortium.hub, consortium.agencies[0], consortium.members[1]
    claim = relays.reach(hub, person, agency)
    hire = relays.start(hub, agency, relays.introduce(hub, agency, claim, hirer.number))
    if by == "hirer":
        relays.confirm(hub, hirer, hire)
    with hub.work() as work:
        if by == "candidate":
            hires.confirm_by_candidate(work, person.actor, hire.id)
        if by == "withdrawal":
            consents.withdraw(work, person.actor)
    assert asked(hub, person) == []
