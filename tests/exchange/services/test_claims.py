"""Claims: one at a time, answered by the candidate, over when their time is."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest

from exchange.domain.errors import (
    AttestationRefusedError,
    AttestationReusedError,
    AttestationStaleError,
    BadInputError,
    ClaimTakenError,
    ConsentMissingError,
    DeadlinePassedError,
    KeyUnknownError,
    NotFoundError,
    StepRefusedError,
)
from exchange.hub import Hub
from exchange.services import claims, consents, ledger, listing, profiles, sealing
from exchange.services import scheme as scheme_cases
from exchange.services.ledger import Fact
from exchange.services.wishes import Wish
from exchange.services.work import local_day
from exchange.store import claims as rows
from exchange.store import ledger as ledger_rows
from exchange.store.claims import ClaimRow
from relay_protocol.attestation import SignedAttestation
from relay_protocol.rules import DEMO
from tests.story import relays
from tests.story.relays import Candidate
from tests.story.scheme import Consortium, Organization


def said(hub: Hub, attestation_id: str) -> SignedAttestation:
    """Return a kept attestation, its reveal opened."""
    with hub.reading() as work:
        row = ledger_rows.attestation(work.session, attestation_id)
        assert row is not None
        reveal = ledger.reveal_of(work, row)
    assert reveal is not None
    return SignedAttestation(wire=reveal.signed)


def row_of(hub: Hub, claim_id: str) -> ClaimRow:
    with hub.reading() as work:
        row = rows.claim(work.session, claim_id)
    assert row is not None
    return row


def profile_state(hub: Hub, candidate: Candidate) -> str:
    with hub.reading() as work:
        return profiles.profile_of(work, candidate.id).state


def kinds_about(hub: Hub, candidate: Candidate) -> list[str]:
    with hub.reading() as work:
        return [row.kind for row in ledger_rows.of_candidate(work.session, candidate.id)]


@pytest.fixture
def agency(consortium: Consortium) -> Organization:
    return consortium.agencies[0]


@pytest.fixture
def rival(consortium: Consortium) -> Organization:
    return consortium.agencies[1]


@pytest.fixture
def candidate(consortium: Consortium) -> Candidate:
    return relays.enlist(consortium.hub, consortium.members[0])


# Making


def test_given_a_listed_profile_then_the_claim_is_open_and_signed_by_the_agency(
    hub: Hub, agency: Organization, candidate: Candidate
) -> None:
    wish = relays.wish(hub, agency)
    made = relays.claim(hub, agency, wish)
    assert (made.state, made.agency, made.candidate_id) == ("open", agency.slug, candidate.id)
    attested = said(hub, made.claim_attestation)
    assert attested.attestation.by == agency.slug
    assert attested.attestation.body["pairwise"] == wish.pairwise_id
    assert attested.attestation.refs == {"claim": made.id}
    assert profile_state(hub, candidate) == "claimed"


def test_given_a_claim_then_the_hub_binds_it_to_the_referral_which_the_agency_is_not_told(
    hub: Hub, agency: Organization, candidate: Candidate
) -> None:
    made = relays.claim(hub, agency)
    bound = said(hub, made.bound_attestation).attestation
    assert (bound.by, bound.refs) == ("hub", {"claim": made.id, "referral": candidate.referral})
    with hub.reading() as work:
        row = ledger_rows.attestation(work.session, made.bound_attestation)
    assert row is not None
    assert row.orgs == []


def test_given_a_message_then_it_is_kept_under_the_candidates_key_alone(
    hub: Hub, agency: Organization, candidate: Candidate
) -> None:
    made = relays.claim(hub, agency)
    kept = made.sealed_message
    assert kept is not None
    assert "お話し".encode() not in kept
    with hub.reading() as work:
        words = sealing.key_of(work, candidate.id).open(kept, sealing.MESSAGE).decode()
    assert words == "ご経験を拝見し、この求人についてお話ししたいです。"


def test_given_a_claim_then_a_second_agencys_claim_is_refused(
    hub: Hub, agency: Organization, rival: Organization, candidate: Candidate
) -> None:
    others = relays.wish(hub, rival)
    relays.claim(hub, agency)
    with pytest.raises(ClaimTakenError, match="Another agency"):
        relays.claim(hub, rival, others)
    assert kinds_about(hub, candidate).count("claim.made") == 1


def test_given_its_own_claim_then_the_agencys_second_one_is_refused(
    hub: Hub, agency: Organization, candidate: Candidate
) -> None:
    wish = relays.wish(hub, agency)
    relays.claim(hub, agency, wish)
    with pytest.raises(ClaimTakenError, match="own claim"):
        relays.claim(hub, agency, wish)
    assert profile_state(hub, candidate) == "claimed"


@pytest.mark.usefixtures("candidate")
def test_given_two_agencies_at_the_same_time_then_exactly_one_wins(
    hub: Hub, agency: Organization, rival: Organization
) -> None:
    wishes = [(one, relays.wish(hub, one)) for one in (agency, rival)]
    together = Barrier(2)

    def try_to_claim(one: Organization, wish: Wish) -> str:
        signed = one.sign(hub, relays.claim_fact(hub, one, wish))
        together.wait()
        try:
            with hub.work() as work:
                return claims.make(work, one.actor, signed, wish).agency
        except ClaimTakenError:
            return "taken"

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(lambda pair: try_to_claim(*pair), wishes))
    assert outcomes.count("taken") == 1
    assert {agency.slug, rival.slug} & set(outcomes)


@pytest.mark.usefixtures("candidate")
def test_given_the_same_attestation_twice_then_the_first_answer_comes_again(
    hub: Hub, agency: Organization
) -> None:
    wish = relays.wish(hub, agency)
    signed = agency.sign(hub, relays.claim_fact(hub, agency, wish))
    with hub.work() as work:
        first = claims.make(work, agency.actor, signed, wish)
    relays.wait(hub, days=3)
    with hub.work() as work:
        again = claims.make(work, agency.actor, signed, wish)
    assert again.id == first.id
    assert again.claimed_at == first.claimed_at


@pytest.mark.usefixtures("candidate")
def test_given_a_known_id_with_other_bytes_then_it_is_refused(
    hub: Hub, agency: Organization
) -> None:
    wish = relays.wish(hub, agency)
    fact = relays.claim_fact(hub, agency, wish)
    first = agency.sign(hub, fact)
    other = relays.signed(hub, agency, fact, name=first.attestation.id, seconds=1)
    with hub.work() as work:
        claims.make(work, agency.actor, first, wish)
    with hub.work() as work, pytest.raises(AttestationReusedError):
        claims.make(work, agency.actor, other, wish)


@pytest.mark.usefixtures("candidate")
def test_given_an_attestation_of_another_act_then_it_makes_no_claim(
    hub: Hub, agency: Organization
) -> None:
    made = relays.claim(hub, agency)
    signed = agency.sign(hub, claims.ending(made.id, "filled"))
    with hub.work() as work:
        claims.end(work, agency.actor, signed, made.id, "filled")
    wish = relays.wish(hub, agency)
    with hub.work() as work, pytest.raises(AttestationReusedError):
        claims.make(work, agency.actor, signed, wish)


@pytest.mark.usefixtures("candidate")
@pytest.mark.parametrize(("minutes", "stale"), [(5, False), (6, True)])
def test_given_an_attestation_then_it_is_taken_within_five_minutes(
    hub: Hub, agency: Organization, minutes: int, *, stale: bool
) -> None:
    wish = relays.wish(hub, agency)
    fact = relays.claim_fact(hub, agency, wish)
    signed = relays.signed(hub, agency, fact, seconds=-60 * minutes + 5)
    with hub.work() as work:
        if stale:
            with pytest.raises(AttestationStaleError):
                claims.make(work, agency.actor, signed, wish)
        else:
            assert claims.make(work, agency.actor, signed, wish).state == "open"


@pytest.mark.usefixtures("candidate")
def test_given_anothers_signature_then_the_claim_is_refused(
    hub: Hub, agency: Organization, rival: Organization
) -> None:
    wish = relays.wish(hub, agency)
    fact = relays.claim_fact(hub, agency, wish)
    with hub.work() as work, pytest.raises(AttestationRefusedError, match="own"):
        claims.make(work, agency.actor, rival.sign(hub, fact), wish)
    borrowed = Organization(
        slug=agency.slug, role="agency", number=agency.number, signing=rival.signing
    )
    with hub.work() as work, pytest.raises(KeyUnknownError):
        claims.make(work, agency.actor, borrowed.sign(hub, fact), wish)


@pytest.mark.usefixtures("candidate")
@pytest.mark.parametrize(
    "change", [{"pairwise": "CR-2222-2222-22"}, {"vacancy": "A" * 43}, {"job_kind": "part-time"}]
)
def test_given_an_attestation_that_says_something_else_then_it_is_refused(
    hub: Hub, agency: Organization, change: dict[str, str]
) -> None:
    wish = relays.wish(hub, agency)
    fact = relays.claim_fact(hub, agency, wish)
    other = Fact(kind=fact.kind, refs=fact.refs, body={**fact.body, **change})
    with hub.work() as work, pytest.raises(AttestationRefusedError):
        claims.make(work, agency.actor, agency.sign(hub, other), wish)


# Answering


def test_given_an_open_claim_then_the_candidate_approves_it_once(
    hub: Hub, agency: Organization, candidate: Candidate
) -> None:
    made = relays.claim(hub, agency)
    approved = relays.approve(hub, candidate, made.id)
    again = relays.approve(hub, candidate, made.id)
    assert (approved.state, again.approval_attestation) == (
        "approved",
        approved.approval_attestation,
    )
    attested = said(hub, approved.approval_attestation or "").attestation
    assert (attested.by, attested.kind, attested.body) == (
        "hub",
        "claim.approved",
        {"job_kind": "mid-career"},
    )


def test_given_an_open_claim_then_declining_it_frees_the_profile_for_others(
    hub: Hub, agency: Organization, rival: Organization, candidate: Candidate
) -> None:
    others = relays.wish(hub, rival)
    made = relays.claim(hub, agency)
    assert relays.decline(hub, candidate, made.id).state == "declined"
    assert relays.decline(hub, candidate, made.id).state == "declined"
    assert profile_state(hub, candidate) == "listed"
    assert kinds_about(hub, candidate).count("claim.declined") == 1
    assert relays.claim(hub, rival, others).state == "open"


@pytest.mark.parametrize("answer", [relays.approve, relays.decline])
def test_given_anothers_claim_then_the_candidate_answers_nothing(
    hub: Hub,
    agency: Organization,
    consortium: Consortium,
    candidate: Candidate,
    answer: object,
) -> None:
    made = relays.claim(hub, agency)
    stranger = relays.enlist(hub, consortium.members[1])
    assert callable(answer)
    for claim_id in (made.id, "clm_" + "0" * 26):
        with pytest.raises(NotFoundError, match="no such claim"):
            answer(hub, stranger, claim_id)
    assert row_of(hub, made.id).state == "open"
    assert candidate.id != stranger.id


def test_given_seven_days_then_the_last_second_approves_and_the_next_does_not(
    hub: Hub, agency: Organization, consortium: Consortium, candidate: Candidate
) -> None:
    made = relays.claim(hub, agency)
    relays.wait(hub, days=7, seconds=-30)
    assert relays.approve(hub, candidate, made.id).state == "approved"
    other = relays.enlist(hub, consortium.members[1])
    late = relays.claim(hub, agency)
    relays.wait(hub, days=7, seconds=1)
    with pytest.raises(DeadlinePassedError):
        relays.approve(hub, other, late.id)
    assert row_of(hub, late.id).state == "open"


def test_given_a_withdrawn_consent_then_the_claim_is_over_and_cannot_be_approved(
    hub: Hub, agency: Organization, candidate: Candidate
) -> None:
    made = relays.claim(hub, agency)
    with hub.work() as work:
        consents.withdraw(work, candidate.actor)
    ended = row_of(hub, made.id)
    assert (ended.state, ended.reason) == ("ended", "withdrawn")
    with pytest.raises(StepRefusedError, match="over"):
        relays.approve(hub, candidate, made.id)


def test_given_a_consent_that_ran_out_then_an_open_claim_cannot_be_approved(
    hub: Hub, agency: Organization, consortium: Consortium
) -> None:
    with hub.work() as work:
        document = {**DEMO, "version": "2026-12-X", "approval_days": 90}
        scheme_cases.adopt_rules(work, document, local_day(work))
    candidate = relays.enlist(hub, consortium.members[0])
    relays.wait(hub, days=150)
    made = relays.claim(hub, agency)
    # The consent was given for six months, 181 to 184 days.
    relays.wait(hub, days=40)
    with pytest.raises(ConsentMissingError):
        relays.approve(hub, candidate, made.id)


# Ending


def ended(hub: Hub, agency: Organization, claim_id: str, reason: str) -> ClaimRow:
    signed = agency.sign(hub, claims.ending(claim_id, reason))
    with hub.work() as work:
        return claims.end(work, agency.actor, signed, claim_id, reason)


@pytest.mark.parametrize("reason", ["by-agency", "filled", "not-genuine"])
def test_given_an_agencys_reason_then_its_claim_ends_and_the_profile_is_free(
    hub: Hub, agency: Organization, candidate: Candidate, reason: str
) -> None:
    made = relays.claim(hub, agency)
    over = ended(hub, agency, made.id, reason)
    assert (over.state, over.reason) == ("ended", reason)
    assert profile_state(hub, candidate) == "listed"
    assert relays.claim(hub, agency).state == "open"


@pytest.mark.usefixtures("candidate")
def test_given_a_reason_that_is_the_hubs_then_the_agency_cannot_give_it(
    hub: Hub, agency: Organization
) -> None:
    made = relays.claim(hub, agency)
    with pytest.raises(BadInputError) as refused:
        ended(hub, agency, made.id, "withdrawn")
    assert refused.value.field == "reason"
    assert row_of(hub, made.id).state == "open"


@pytest.mark.usefixtures("candidate")
def test_given_an_ended_claim_then_the_same_attestation_ends_nothing_more(
    hub: Hub, agency: Organization
) -> None:
    made = relays.claim(hub, agency)
    signed = agency.sign(hub, claims.ending(made.id, "filled"))
    for _ in range(2):
        with hub.work() as work:
            over = claims.end(work, agency.actor, signed, made.id, "filled")
        assert over.reason == "filled"
    with pytest.raises(StepRefusedError):
        ended(hub, agency, made.id, "filled")


@pytest.mark.usefixtures("candidate")
def test_given_a_neighbours_claim_then_ending_it_looks_like_absent(
    hub: Hub, agency: Organization, rival: Organization
) -> None:
    made = relays.claim(hub, agency)
    for claim_id in (made.id, "clm_" + "0" * 26):
        with pytest.raises(NotFoundError, match="no such claim"):
            ended(hub, rival, claim_id, "filled")
    assert row_of(hub, made.id).state == "open"


def test_given_no_answer_then_the_claim_expires_after_seven_days_and_not_before(
    hub: Hub, agency: Organization, candidate: Candidate
) -> None:
    made = relays.claim(hub, agency)
    relays.wait(hub, days=7, seconds=-30)
    with hub.work() as work:
        assert claims.expire_due(work) == 0
    relays.wait(hub, seconds=40)
    with hub.work() as work:
        assert claims.expire_due(work) == 1
    over = row_of(hub, made.id)
    assert (over.state, over.reason) == ("expired", "approval-overdue")
    assert profile_state(hub, candidate) == "listed"
    assert kinds_about(hub, candidate)[-1] == "claim.ended"
    with hub.work() as work:
        assert claims.expire_due(work) == 0
    with pytest.raises(StepRefusedError):
        relays.approve(hub, candidate, made.id)


def test_given_no_release_then_the_claim_ends_after_72_hours_without_anyones_fault(
    hub: Hub, agency: Organization, candidate: Candidate
) -> None:
    made = relays.claim(hub, agency)
    relays.approve(hub, candidate, made.id)
    relays.wait(hub, hours=72, seconds=-30)
    with hub.work() as work:
        assert claims.expire_due(work) == 0
    relays.wait(hub, seconds=40)
    with hub.work() as work:
        assert claims.expire_due(work) == 1
    over = row_of(hub, made.id)
    assert (over.state, over.reason) == ("ended", "release-overdue")
    assert profile_state(hub, candidate) == "listed"


def test_given_each_state_then_the_next_deadline_is_its_own(
    hub: Hub, agency: Organization, candidate: Candidate
) -> None:
    made = relays.claim(hub, agency)
    with hub.reading() as work:
        assert claims.due_at(work, made) == made.claimed_at + timedelta(days=7)
    approved = relays.approve(hub, candidate, made.id)
    assert approved.answered_at is not None
    with hub.reading() as work:
        assert claims.due_at(work, approved) == approved.answered_at + timedelta(hours=72)
    envelope = relays.release(hub, candidate, agency, approved)
    with hub.reading() as work:
        assert claims.due_at(work, row_of(hub, made.id)) is None
    received = relays.receive(hub, agency, envelope.id)
    opened_at = received.envelope.opened_at
    assert opened_at is not None
    with hub.reading() as work:
        assert claims.due_at(work, row_of(hub, made.id)) == opened_at + timedelta(hours=72)
    over = ended(hub, agency, made.id, "filled")
    with hub.reading() as work:
        assert claims.due_at(work, over) is None


def test_given_a_class_that_broke_meanwhile_then_a_freed_profile_is_held(
    hub: Hub, agency: Organization, consortium: Consortium
) -> None:
    alike = [relays.enlist(hub, member, modules=()) for member in consortium.members]
    with hub.work() as work:
        assert listing.list_due(work) == 3
    made = relays.claim(hub, agency)
    asked = next(one for one in alike if one.id == made.candidate_id)
    gone = next(one for one in alike if one.id != made.candidate_id)
    with hub.work() as work:
        consents.withdraw(work, gone.actor)
    assert profile_state(hub, asked) == "claimed"
    relays.decline(hub, asked, made.id)
    assert profile_state(hub, asked) == "held"
