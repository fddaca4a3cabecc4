"""Hires: reported in their order by the agency, confirmed by another party."""

from datetime import timedelta

import pytest

from exchange.domain.errors import (
    AttestationRefusedError,
    ConfirmationByReporterError,
    ConsentMissingError,
    NotFoundError,
    StepRefusedError,
)
from exchange.hub import Hub
from exchange.services import consents, hires, ledger, profiles
from exchange.services.ledger import Fact
from exchange.store import hires as rows
from exchange.store import ledger as ledger_rows
from exchange.store import organizations as organization_rows
from exchange.store.hires import HireRow, IntroductionRow
from relay_protocol.attestation import SignedAttestation
from tests.story import relays, scheme
from tests.story.relays import Candidate
from tests.story.scheme import Consortium, Organization

ELSEWHERE = scheme.corporate_number(700)
"""A company that is no member."""


@pytest.fixture
def agency(consortium: Consortium) -> Organization:
    return consortium.agencies[0]


@pytest.fixture
def hirer(consortium: Consortium) -> Organization:
    return consortium.members[1]


@pytest.fixture
def candidate(consortium: Consortium) -> Candidate:
    return relays.enlist(consortium.hub, consortium.members[0])


@pytest.fixture
def introduced(
    hub: Hub, agency: Organization, hirer: Organization, candidate: Candidate
) -> IntroductionRow:
    return relays.introduce(hub, agency, relays.reach(hub, candidate, agency), hirer.number)


def kept(hub: Hub, hire: HireRow) -> HireRow:
    with hub.reading() as work:
        return work.session.get_one(HireRow, hire.id)


def attested(hub: Hub, candidate: Candidate, kind: str) -> SignedAttestation:
    """Return the last attestation of a kind about a candidate."""
    with hub.reading() as work:
        about = ledger_rows.of_candidate(work.session, candidate.id)
        reveal = ledger.reveal_of(work, [row for row in about if row.kind == kind][-1])
    assert reveal is not None
    return SignedAttestation(wire=reveal.signed)


# Reporting


def test_given_an_introduction_then_offer_start_and_end_are_reported_in_order(
    hub: Hub, agency: Organization, introduced: IntroductionRow
) -> None:
    accepted = relays.report(hub, agency, introduced, "offer-accepted")
    assert (accepted.state, accepted.accepted_on) == ("accepted", relays.today(hub))
    ahead = relays.today(hub) + timedelta(days=60)
    started = relays.report(hub, agency, introduced, "started", ahead)
    assert (started.id, started.state, started.started_on) == (accepted.id, "started", ahead)
    assert started.start_attestation is not None
    left = relays.report(hub, agency, introduced, "left", ahead + timedelta(days=10))
    assert (left.state, left.left_on) == ("left", ahead + timedelta(days=10))


def test_given_no_introduction_then_a_hire_is_refused(hub: Hub, agency: Organization) -> None:
    fact = Fact(
        kind="hire.reported",
        refs={"hire": "hir_" + "0" * 26, "introduction": "int_" + "0" * 26},
        body={"event": "offer-accepted", "on": relays.today(hub).isoformat()},
    )
    signed = agency.sign(hub, fact)
    with hub.work() as work, pytest.raises(NotFoundError, match="no such introduction"):
        hires.report(
            work,
            agency.actor,
            signed,
            "int_" + "0" * 26,
            event="offer-accepted",
            on=relays.today(hub),
        )


def test_given_an_introduction_then_a_hire_before_its_day_is_refused(
    hub: Hub, agency: Organization, introduced: IntroductionRow
) -> None:
    yesterday = introduced.introduced_on - timedelta(days=1)
    with pytest.raises(StepRefusedError):
        relays.report(hub, agency, introduced, "offer-accepted", yesterday)
    hire = relays.report(hub, agency, introduced, "offer-accepted", introduced.introduced_on)
    assert hire.state == "accepted"


@pytest.mark.parametrize("event", ["started", "left"])
def test_given_no_accepted_offer_then_start_and_end_are_refused(
    hub: Hub, agency: Organization, introduced: IntroductionRow, event: str
) -> None:
    with pytest.raises(StepRefusedError) as refused:
        relays.report(hub, agency, introduced, event)
    assert refused.value.field == "event"


def test_given_eighteen_months_then_a_start_is_not_further_ahead(
    hub: Hub, agency: Organization, introduced: IntroductionRow
) -> None:
    accepted = relays.report(hub, agency, introduced, "offer-accepted").accepted_on
    assert accepted is not None
    # Eighteen months are at most 550 days and at least 546.
    with pytest.raises(StepRefusedError, match="too long"):
        relays.report(hub, agency, introduced, "started", accepted + timedelta(days=551))
    hire = relays.report(hub, agency, introduced, "started", accepted + timedelta(days=546))
    assert hire.state == "started"


def test_given_a_declined_offer_then_nothing_follows(
    hub: Hub, agency: Organization, introduced: IntroductionRow
) -> None:
    relays.report(hub, agency, introduced, "offer-accepted")
    assert relays.report(hub, agency, introduced, "offer-declined").state == "declined"
    with pytest.raises(StepRefusedError, match="over"):
        relays.report(hub, agency, introduced, "started")


def test_given_a_neighbours_introduction_then_a_report_finds_it_absent(
    hub: Hub, consortium: Consortium, introduced: IntroductionRow
) -> None:
    with pytest.raises(NotFoundError, match="no such introduction"):
        relays.report(hub, consortium.agencies[1], introduced, "offer-accepted")


def test_given_the_same_report_twice_then_it_is_one(
    hub: Hub, agency: Organization, introduced: IntroductionRow
) -> None:
    on = relays.today(hub)
    with hub.work() as work:
        fact = hires.reporting(
            work,
            agency.actor,
            introduced.id,
            event="offer-accepted",
            on=on,
            hire_id="hir_" + "0" * 26,
        )
    signed = agency.sign(hub, fact)
    for _ in range(2):
        with hub.work() as work:
            hire = hires.report(
                work, agency.actor, signed, introduced.id, event="offer-accepted", on=on
            )
        assert (hire.id, hire.state) == ("hir_" + "0" * 26, "accepted")


def test_given_a_report_of_another_event_then_the_attestation_is_refused(
    hub: Hub, agency: Organization, introduced: IntroductionRow
) -> None:
    on = relays.today(hub)
    fact = Fact(
        kind="hire.reported",
        refs={"hire": "hir_" + "0" * 26, "introduction": introduced.id},
        body={"event": "offer-declined", "on": on.isoformat()},
    )
    signed = agency.sign(hub, fact)
    with hub.work() as work, pytest.raises(AttestationRefusedError):
        hires.report(work, agency.actor, signed, introduced.id, event="offer-accepted", on=on)


def test_given_a_withdrawal_then_no_start_is_reported_any_more(
    hub: Hub, agency: Organization, candidate: Candidate, introduced: IntroductionRow
) -> None:
    relays.report(hub, agency, introduced, "offer-accepted")
    with hub.work() as work:
        consents.withdraw(work, candidate.actor)
    with pytest.raises(ConsentMissingError):
        relays.report(hub, agency, introduced, "started")
    assert relays.report(hub, agency, introduced, "offer-declined").state == "declined"


# Confirming


def test_given_a_start_then_the_hirer_confirms_it_and_the_profile_is_placed(
    hub: Hub,
    agency: Organization,
    hirer: Organization,
    candidate: Candidate,
    introduced: IntroductionRow,
) -> None:
    hire = relays.start(hub, agency, introduced)
    confirmed = relays.confirm(hub, hirer, hire)
    assert (confirmed.confirmed_by, confirmed.confirmed_at is not None) == (hirer.slug, True)
    signed = attested(hub, candidate, "hire.confirmed")
    assert signed.attestation.by == hirer.slug
    assert signed.attestation.refs == {"hire": hire.id, "report": hire.start_attestation}
    with hub.reading() as work:
        assert profiles.profile_of(work, candidate.id).state == "placed"
    last = attested(hub, candidate, "profile.unlisted")
    assert last.attestation.body == {"reason": "placed"}


def test_given_a_start_that_nobody_confirms_then_it_stays_unconfirmed(
    hub: Hub, agency: Organization, candidate: Candidate, introduced: IntroductionRow
) -> None:
    hire = relays.start(hub, agency, introduced)
    relays.wait(hub, days=120)
    assert (kept(hub, hire).confirmed_at, kept(hub, hire).confirmed_by) == (None, None)
    with hub.reading() as work:
        about = [row.kind for row in ledger_rows.of_candidate(work.session, candidate.id)]
    assert "hire.confirmed" not in about


def test_given_the_reporter_then_it_cannot_confirm_its_own_report(
    hub: Hub, agency: Organization, introduced: IntroductionRow
) -> None:
    hire = relays.start(hub, agency, introduced)
    with pytest.raises(ConfirmationByReporterError):
        relays.confirm(hub, agency, hire)
    assert kept(hub, hire).confirmed_by is None


def test_given_an_agency_that_hires_for_itself_then_it_cannot_confirm(
    hub: Hub, agency: Organization, candidate: Candidate
) -> None:
    claim = relays.reach(hub, candidate, agency)
    introduced = relays.introduce(hub, agency, claim, agency.number)
    hire = relays.start(hub, agency, introduced)
    with pytest.raises(ConfirmationByReporterError):
        relays.confirm(hub, agency, hire)


def test_given_another_company_then_the_hire_looks_absent(
    hub: Hub, agency: Organization, consortium: Consortium, introduced: IntroductionRow
) -> None:
    hire = relays.start(hub, agency, introduced)
    stranger = consortium.members[2]
    with pytest.raises(NotFoundError) as foreign:
        relays.confirm(hub, stranger, hire)
    signed = stranger.sign(hub, hires.confirming(hire))
    with hub.work() as work, pytest.raises(NotFoundError) as absent:
        hires.confirm(work, stranger.actor, signed, "hir_" + "0" * 26)
    assert foreign.value.detail == absent.value.detail
    with hub.reading() as work:
        assert hires.at_hirer(work, stranger.actor) == []


def test_given_an_accepted_offer_then_there_is_nothing_to_confirm_yet(
    hub: Hub, agency: Organization, introduced: IntroductionRow
) -> None:
    hire = relays.report(hub, agency, introduced, "offer-accepted")
    with pytest.raises(StepRefusedError, match="not started"):
        hires.confirming(hire)


def test_given_a_confirmed_start_then_the_same_attestation_changes_nothing(
    hub: Hub, agency: Organization, hirer: Organization, introduced: IntroductionRow
) -> None:
    hire = relays.start(hub, agency, introduced)
    signed = hirer.sign(hub, hires.confirming(hire))
    moments = []
    for _ in range(2):
        with hub.work() as work:
            moments.append(hires.confirm(work, hirer.actor, signed, hire.id).confirmed_at)
        relays.wait(hub, seconds=60)
    assert moments[0] == moments[1]
    with pytest.raises(StepRefusedError, match="confirmed already"):
        relays.confirm(hub, hirer, hire)


def test_given_another_day_then_the_confirmation_is_refused(
    hub: Hub, agency: Organization, hirer: Organization, introduced: IntroductionRow
) -> None:
    hire = relays.start(hub, agency, introduced)
    due = hires.confirming(hire)
    other = Fact(kind=due.kind, refs=due.refs, body={"on": "2020-01-01"})
    with hub.work() as work, pytest.raises(AttestationRefusedError):
        hires.confirm(work, hirer.actor, hirer.sign(hub, other), hire.id)


def test_given_a_company_that_is_no_member_then_the_candidate_confirms(
    hub: Hub, agency: Organization, candidate: Candidate
) -> None:
    claim = relays.reach(hub, candidate, agency)
    hire = relays.start(hub, agency, relays.introduce(hub, agency, claim, ELSEWHERE))
    for _ in range(2):
        with hub.work() as work:
            confirmed = hires.confirm_by_candidate(work, candidate.actor, hire.id)
        assert confirmed.confirmed_by == "hub"
    signed = attested(hub, candidate, "hire.confirmed")
    assert (signed.attestation.by, signed.attestation.refs["hire"]) == ("hub", hire.id)


def test_given_anothers_hire_then_the_candidate_confirms_nothing(
    hub: Hub, agency: Organization, consortium: Consortium, introduced: IntroductionRow
) -> None:
    hire = relays.start(hub, agency, introduced)
    stranger = relays.enlist(hub, consortium.members[2])
    with hub.work() as work, pytest.raises(NotFoundError, match="no such hire"):
        hires.confirm_by_candidate(work, stranger.actor, hire.id)


@pytest.mark.parametrize("moment", ["offer", "the day before", "withdrawn", "hirer confirmed"])
def test_given_no_start_to_confirm_then_the_candidate_confirms_nothing(
    hub: Hub,
    agency: Organization,
    hirer: Organization,
    candidate: Candidate,
    introduced: IntroductionRow,
    moment: str,
) -> None:
    hire = relays.report(hub, agency, introduced, "offer-accepted")
    if moment != "offer":
        ahead = relays.today(hub) + timedelta(days=moment == "the day before")
        hire = relays.report(hub, agency, introduced, "started", ahead)
    if moment == "hirer confirmed":
        relays.confirm(hub, hirer, hire)
    if moment == "withdrawn":
        with hub.work() as work:
            consents.withdraw(work, candidate.actor)
    refusal = ConsentMissingError if moment == "withdrawn" else StepRefusedError
    with hub.work() as work, pytest.raises(refusal):
        hires.confirm_by_candidate(work, candidate.actor, hire.id)
    assert kept(hub, hire).confirmed_by == (hirer.slug if moment == "hirer confirmed" else None)
    if moment == "the day before":
        relays.wait(hub, days=1)
        with hub.work() as work:
            assert hires.confirm_by_candidate(work, candidate.actor, hire.id).confirmed_at


def test_given_a_hire_then_its_hirer_finds_it_by_its_own_number(
    hub: Hub, agency: Organization, hirer: Organization, introduced: IntroductionRow
) -> None:
    hire = relays.start(hub, agency, introduced)
    with hub.reading() as work:
        assert [row.id for row in hires.at_hirer(work, hirer.actor)] == [hire.id]
        number = organization_rows.organization(work.session, hirer.slug)
        assert number is not None
        assert [row.id for row in rows.hires_at(work.session, number.corporate_number)] == [hire.id]
