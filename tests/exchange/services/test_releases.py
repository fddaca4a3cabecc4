"""Releases: one sealed identity, from its origin to the agency that was approved, and no other."""

from collections.abc import Mapping
from datetime import timedelta

import pytest

from exchange.domain.errors import (
    AlreadyKnownError,
    AttestationRefusedError,
    BadInputError,
    ConsentMissingError,
    DeadlinePassedError,
    ForbiddenError,
    KeyUnknownError,
    NotFoundError,
    StepRefusedError,
)
from exchange.hub import Hub
from exchange.services import claims, consents, organizations, releases
from exchange.services.ledger import Fact
from exchange.services.releases import Waiting
from exchange.store import claims as rows
from exchange.store.claims import ClaimRow, EnvelopeRow
from relay_protocol import envelope as envelopes
from relay_protocol import jwk, note
from relay_protocol.canonical import Value
from tests.story import relays
from tests.story.relays import Candidate
from tests.story.scheme import Consortium, Organization


@pytest.fixture
def agency(consortium: Consortium) -> Organization:
    return consortium.agencies[0]


@pytest.fixture
def candidate(consortium: Consortium) -> Candidate:
    return relays.enlist(consortium.hub, consortium.members[0])


@pytest.fixture
def approved(hub: Hub, agency: Organization, candidate: Candidate) -> ClaimRow:
    return relays.approve(hub, candidate, relays.claim(hub, agency).id)


def waiting(hub: Hub, member: Organization) -> list[Waiting]:
    with hub.reading() as work:
        found, _ = releases.waiting(work, member.actor)
    return found


def accepted(
    hub: Hub,
    origin: Organization,
    approved: ClaimRow,
    envelope: Mapping[str, Value],
    fact: Fact | None = None,
) -> EnvelopeRow:
    signed = origin.sign(hub, fact or relays.release_fact(approved, envelope))
    with hub.work() as work:
        return releases.accept(work, origin.actor, signed, approved.id, envelope)


# What the origin waits for


def test_given_an_approval_then_the_origin_finds_it_with_proofs_and_keys(
    hub: Hub, agency: Organization, candidate: Candidate, approved: ClaimRow
) -> None:
    assert waiting(hub, candidate.origin) == []
    hub.sequence()
    (found,) = waiting(hub, candidate.origin)
    assert (found.claim.id, found.agency.slug) == (approved.id, agency.slug)
    assert [key.name for key in found.sealing_keys] == [jwk.kid_of(agency.sealing.public_key())]
    assert approved.answered_at is not None
    assert found.release_by == approved.answered_at + timedelta(hours=72)


def test_given_the_proofs_then_they_show_consent_claim_and_approval_in_the_ledger(
    hub: Hub, candidate: Candidate, approved: ClaimRow
) -> None:
    hub.sequence()
    (found,) = waiting(hub, candidate.origin)
    log = note.VerifierKey.parse(hub.scheme.ledger_vkey)
    consent, _ = found.consent_proof.check(log)
    bound, _ = found.bound_proof.check(log)
    approval, _ = found.approval_proof.check(log)
    assert consent.attestation.kind == "consent.given"
    assert consent.attestation.refs["referral"] == candidate.referral
    assert bound.attestation.refs == {"claim": approved.id, "referral": candidate.referral}
    assert approval.attestation.kind == "claim.approved"
    assert approval.attestation.refs == {"claim": approved.id}
    assert approval.attestation.id == approved.approval_attestation


def test_given_an_open_claim_then_its_origin_does_not_learn_of_it(
    hub: Hub, agency: Organization, candidate: Candidate
) -> None:
    relays.claim(hub, agency)
    hub.sequence()
    assert waiting(hub, candidate.origin) == []


@pytest.mark.usefixtures("approved")
def test_given_another_member_then_it_finds_nothing(hub: Hub, consortium: Consortium) -> None:
    hub.sequence()
    assert waiting(hub, consortium.members[1]) == []


@pytest.mark.usefixtures("approved")
def test_given_72_hours_then_the_claim_waits_no_longer(hub: Hub, candidate: Candidate) -> None:
    hub.sequence()
    relays.wait(hub, hours=72, seconds=-30)
    assert len(waiting(hub, candidate.origin)) == 1
    relays.wait(hub, seconds=40)
    assert waiting(hub, candidate.origin) == []


def test_given_pages_then_each_waiting_claim_is_on_one(
    hub: Hub, agency: Organization, consortium: Consortium
) -> None:
    origin = consortium.members[0]
    for _ in range(3):
        candidate = relays.enlist(hub, origin)
        relays.approve(hub, candidate, relays.claim(hub, agency).id)
    hub.sequence()
    with hub.reading() as work:
        first, following = releases.waiting(work, origin.actor, limit=2)
        assert following is not None
        second, end = releases.waiting(work, origin.actor, after=following, limit=2)
    assert (len(first), len(second), end) == (2, 1, None)
    assert len({one.claim.id for one in (*first, *second)}) == 3


# Releasing


def test_given_an_approval_then_the_sealed_identity_goes_to_that_agency(
    hub: Hub, agency: Organization, candidate: Candidate, approved: ClaimRow
) -> None:
    envelope = relays.sealed(agency, approved, name="架空 花子")
    carried = accepted(hub, candidate.origin, approved, envelope)
    assert (carried.agency, carried.claim_id, carried.opened_at) == (
        agency.slug,
        approved.id,
        None,
    )
    assert carried.document == envelope
    assert "架空" not in str(carried.document)
    with hub.reading() as work:
        row = rows.claim(work.session, approved.id)
    assert row is not None
    assert (row.state, row.release_attestation is not None) == ("released", True)


def test_given_the_same_release_twice_then_the_first_envelope_stands(
    hub: Hub, agency: Organization, candidate: Candidate, approved: ClaimRow
) -> None:
    envelope = relays.sealed(agency, approved)
    signed = candidate.origin.sign(hub, relays.release_fact(approved, envelope))
    ids = []
    for _ in range(2):
        with hub.work() as work:
            row = releases.accept(work, candidate.origin.actor, signed, approved.id, envelope)
        ids.append(row.id)
    assert ids[0] == ids[1]
    with pytest.raises(StepRefusedError, match="released already"):
        accepted(hub, candidate.origin, approved, relays.sealed(agency, approved))


def test_given_another_origin_or_no_approval_then_the_claim_looks_absent(
    hub: Hub, agency: Organization, consortium: Consortium, candidate: Candidate
) -> None:
    made = relays.claim(hub, agency)
    stranger = consortium.members[1]
    with pytest.raises(NotFoundError) as unasked:
        accepted(hub, candidate.origin, made, _sealed_for(agency, made.id, "A" * 22))
    approved = relays.approve(hub, candidate, made.id)
    with pytest.raises(NotFoundError) as foreign:
        accepted(hub, stranger, approved, relays.sealed(agency, approved))
    assert unasked.value.detail == foreign.value.detail


def _sealed_for(agency: Organization, claim_id: str, approval: str) -> dict[str, Value]:
    key = agency.sealing.public_key()
    return envelopes.seal_envelope(
        {"name": "架空 花子"},
        {jwk.kid_of(key): key},
        claim=claim_id,
        approval=approval,
        agency=agency.slug,
    )


def test_given_an_envelope_for_something_else_then_its_member_is_named(
    hub: Hub, agency: Organization, candidate: Candidate, approved: ClaimRow
) -> None:
    others: dict[str, dict[str, Value]] = {
        "envelope/claim": _sealed_for(
            agency, "clm_" + "0" * 26, approved.approval_attestation or ""
        ),
        "envelope/approval": _sealed_for(agency, approved.id, "A" * 22),
        "envelope": {"v": 1},
    }
    for field, envelope in others.items():
        fact = relays.release_fact(approved, relays.sealed(agency, approved))
        with pytest.raises(BadInputError) as refused:
            accepted(hub, candidate.origin, approved, envelope, fact)
        assert refused.value.field == field


def test_given_an_envelope_for_another_agency_then_it_is_refused(
    hub: Hub, consortium: Consortium, candidate: Candidate, approved: ClaimRow
) -> None:
    rival = consortium.agencies[1]
    with pytest.raises(BadInputError) as refused:
        accepted(hub, candidate.origin, approved, relays.sealed(rival, approved))
    assert refused.value.field == "envelope/agency"


def test_given_a_key_that_is_none_of_the_agencys_then_the_release_is_refused(
    hub: Hub,
    agency: Organization,
    consortium: Consortium,
    candidate: Candidate,
    approved: ClaimRow,
) -> None:
    rival = consortium.agencies[1]
    borrowed = Organization(
        slug=agency.slug, role="agency", number=agency.number, sealing=rival.sealing
    )
    with pytest.raises(BadInputError, match="none of the agency") as refused:
        accepted(hub, candidate.origin, approved, relays.sealed(borrowed, approved))
    assert refused.value.field == "envelope/sealed/0"


def test_given_a_revoked_sealing_key_then_the_release_is_refused(
    hub: Hub, agency: Organization, candidate: Candidate, approved: ClaimRow
) -> None:
    kid = jwk.kid_of(agency.sealing.public_key())
    revocation = agency.sign(hub, Fact(kind="key.revoked", body={"kid": kid}))
    with hub.work() as work:
        organizations.revoke_key(work, agency.actor, revocation)
    with pytest.raises(BadInputError):
        accepted(hub, candidate.origin, approved, relays.sealed(agency, approved))


@pytest.mark.parametrize("change", [{"digest": "A" * 43}, {"keys": ["A" * 43]}])
def test_given_an_attestation_of_another_envelope_then_it_is_refused(
    hub: Hub,
    agency: Organization,
    candidate: Candidate,
    approved: ClaimRow,
    change: dict[str, Value],
) -> None:
    envelope = relays.sealed(agency, approved)
    fact = relays.release_fact(approved, envelope, **change)
    with pytest.raises(AttestationRefusedError):
        accepted(hub, candidate.origin, approved, envelope, fact)


def test_given_a_key_of_another_organization_then_the_release_is_refused(
    hub: Hub,
    agency: Organization,
    consortium: Consortium,
    candidate: Candidate,
    approved: ClaimRow,
) -> None:
    envelope = relays.sealed(agency, approved)
    borrowed = Organization(
        slug=candidate.origin.slug,
        role="member",
        number=candidate.origin.number,
        signing=consortium.members[1].signing,
    )
    with pytest.raises(KeyUnknownError):
        accepted(hub, borrowed, approved, envelope)


def test_given_72_hours_then_the_release_is_too_late(
    hub: Hub, agency: Organization, candidate: Candidate, approved: ClaimRow
) -> None:
    relays.wait(hub, hours=72, seconds=10)
    with pytest.raises(DeadlinePassedError):
        accepted(hub, candidate.origin, approved, relays.sealed(agency, approved))


def test_given_a_withdrawal_then_no_identity_is_released(
    hub: Hub, agency: Organization, candidate: Candidate, approved: ClaimRow
) -> None:
    with hub.work() as work:
        consents.withdraw(work, candidate.actor)
    with pytest.raises((StepRefusedError, ConsentMissingError)):
        accepted(hub, candidate.origin, approved, relays.sealed(agency, approved))


def test_given_the_id_of_another_envelope_then_the_release_is_refused(
    hub: Hub, agency: Organization, candidate: Candidate, approved: ClaimRow
) -> None:
    first = relays.release(hub, candidate, agency, approved)
    other = relays.enlist(hub, candidate.origin)
    next_claim = relays.approve(hub, other, relays.claim(hub, agency).id)
    envelope = relays.sealed(agency, next_claim)
    fact = relays.release_fact(next_claim, envelope)
    taken = Fact(kind=fact.kind, refs={**fact.refs, "envelope": first.id}, body=fact.body)
    with pytest.raises(AlreadyKnownError):
        accepted(hub, other.origin, next_claim, envelope, taken)


# Receiving


def test_given_an_envelope_then_it_can_be_read_once_its_provenance_is_confirmed(
    hub: Hub, agency: Organization, candidate: Candidate, approved: ClaimRow
) -> None:
    sent = relays.release(hub, candidate, agency, approved)
    with hub.reading() as work:
        found = releases.carried(work, agency.actor, sent.id)
        assert releases.contents(work, found) is None
        assert found.origin.slug == candidate.origin.slug
    relays.receive(hub, agency, sent.id)
    with hub.reading() as work:
        found = releases.carried(work, agency.actor, sent.id)
        document = releases.contents(work, found)
    assert isinstance(document, dict)
    identity = envelopes.open_envelope(
        document, agency.sealing, jwk.kid_of(agency.sealing.public_key())
    )
    assert identity == {"name": "架空 花子", "email": "hanako@example.jp"}
    assert found.envelope.opened_at is not None


def test_given_a_receipt_then_the_same_one_changes_nothing_and_another_is_refused(
    hub: Hub, agency: Organization, candidate: Candidate, approved: ClaimRow
) -> None:
    sent = relays.release(hub, candidate, agency, approved)
    with hub.reading() as work:
        fact = releases.receiving(releases.carried(work, agency.actor, sent.id))
    signed = agency.sign(hub, fact)
    opened = []
    for _ in range(2):
        with hub.work() as work:
            found = releases.receive(work, agency.actor, signed, sent.id)
        opened.append(found.envelope.opened_at)
    assert opened[0] == opened[1]
    with pytest.raises(StepRefusedError, match="received already"):
        relays.receive(hub, agency, sent.id)


def test_given_an_unconfirmed_provenance_then_nothing_is_opened(
    hub: Hub, agency: Organization, candidate: Candidate, approved: ClaimRow
) -> None:
    sent = relays.release(hub, candidate, agency, approved)
    with hub.reading() as work:
        fact = releases.receiving(releases.carried(work, agency.actor, sent.id))
    doubting = Fact(kind=fact.kind, refs=fact.refs, body={"provenance": False})
    signed = agency.sign(hub, doubting)
    with hub.work() as work, pytest.raises(ForbiddenError):
        releases.receive(work, agency.actor, signed, sent.id)
    with hub.reading() as work:
        assert releases.contents(work, releases.carried(work, agency.actor, sent.id)) is None


def test_given_a_neighbours_envelope_then_it_looks_absent(
    hub: Hub,
    agency: Organization,
    consortium: Consortium,
    candidate: Candidate,
    approved: ClaimRow,
) -> None:
    sent = relays.release(hub, candidate, agency, approved)
    rival = consortium.agencies[1]
    for envelope_id in (sent.id, "env_" + "0" * 26):
        with hub.reading() as work, pytest.raises(NotFoundError, match="No such envelope"):
            releases.carried(work, rival.actor, envelope_id)


def test_given_a_withdrawal_then_the_envelope_is_not_received_any_more(
    hub: Hub, agency: Organization, candidate: Candidate, approved: ClaimRow
) -> None:
    sent = relays.release(hub, candidate, agency, approved)
    with hub.work() as work:
        consents.withdraw(work, candidate.actor)
    with pytest.raises(StepRefusedError):
        relays.receive(hub, agency, sent.id)


def test_given_an_ended_claim_then_its_envelope_is_closed(
    hub: Hub, agency: Organization, candidate: Candidate, approved: ClaimRow
) -> None:
    sent = relays.release(hub, candidate, agency, approved)
    relays.receive(hub, agency, sent.id)
    signed = agency.sign(hub, claims.ending(approved.id, "filled"))
    with hub.work() as work:
        claims.end(work, agency.actor, signed, approved.id, "filled")
    with hub.reading() as work:
        found = releases.carried(work, agency.actor, sent.id)
        assert releases.contents(work, found) is None
        assert found.envelope.document is None


def test_given_seven_days_then_what_is_sealed_is_deleted_and_not_before(
    hub: Hub, agency: Organization, candidate: Candidate, approved: ClaimRow
) -> None:
    sent = relays.release(hub, candidate, agency, approved)
    relays.receive(hub, agency, sent.id)
    relays.wait(hub, days=7, seconds=-30)
    with hub.work() as work:
        assert releases.forget_due(work) == 0
    with hub.reading() as work:
        assert releases.contents(work, releases.carried(work, agency.actor, sent.id)) is not None
    relays.wait(hub, seconds=40)
    with hub.reading() as work:
        assert releases.contents(work, releases.carried(work, agency.actor, sent.id)) is None
    with hub.work() as work:
        assert releases.forget_due(work) == 1
    with hub.work() as work:
        assert releases.forget_due(work) == 0
