"""A receipt proves one act to those whose act it is, and to nobody else."""

import pytest
from sqlalchemy import select

from exchange.domain.errors import NotFoundError, ReceiptNotReadyError
from exchange.hub import Hub
from exchange.services import claims, consents, ledger, receipts, subject_requests
from exchange.services.receipts import Links
from exchange.store import ledger as rows
from relay_protocol.note import VerifierKey
from relay_protocol.proof_file import decode_proof
from tests.story import referrals, relays, scheme
from tests.story.scheme import Consortium, Organization
from tests.story.second_reader import check_receipt


def newest(hub: Hub, kind: str) -> str:
    """Return the id of the newest act of a kind."""
    with hub.reading() as work:
        by_age = select(rows.AttestationRow).where(rows.AttestationRow.kind == kind)
        return work.session.scalars(by_age.order_by(rows.AttestationRow.recorded_at)).all()[-1].id


def receipt(hub: Hub, organization: Organization, attestation_id: str) -> bytes:
    """Return an organization's receipt of an act."""
    with hub.reading() as work:
        return receipts.of_organization(work, organization.actor, attestation_id)


def refusal(hub: Hub, organization: Organization, attestation_id: str) -> str:
    """Return in which words an organization is told that there is no such receipt."""
    with pytest.raises(NotFoundError) as refused:
        receipt(hub, organization, attestation_id)
    return str(refused.value)


def test_a_receipt_comes_once_a_checkpoint_covers_the_act(consortium: Consortium) -> None:
    hub, agency = consortium.hub, consortium.agencies[0]
    relays.enlist(hub, consortium.members[0])
    relays.claim(hub, agency)
    made = newest(hub, "claim.made")
    with pytest.raises(ReceiptNotReadyError):
        receipt(hub, agency, made)
    hub.sequence()
    signed, checkpoint = decode_proof(receipt(hub, agency, made)).check(
        VerifierKey.parse(hub.scheme.ledger_vkey)
    )
    assert (signed.attestation.id, signed.attestation.by) == (made, agency.slug)
    with hub.reading() as work:
        assert checkpoint.size == receipts.published_size(work)


def test_another_reader_understands_it(consortium: Consortium) -> None:
    hub, agency = consortium.hub, consortium.agencies[0]
    relays.enlist(hub, consortium.members[0])
    relays.claim(hub, agency)
    hub.sequence()
    for kind in ("claim.made", "key.registered"):
        attestation_id = newest(hub, kind)
        maker = agency if kind == "claim.made" else consortium.agencies[1]
        said = check_receipt(receipt(hub, maker, attestation_id), hub.scheme.ledger_vkey)
        assert (said["id"], said["kind"]) == (attestation_id, kind)


def test_whoever_is_not_named_is_told_the_same_as_of_what_is_not_there(
    consortium: Consortium,
) -> None:
    hub = consortium.hub
    one, other = consortium.agencies
    relays.enlist(hub, consortium.members[0])
    relays.claim(hub, one)
    made = newest(hub, "claim.made")
    absent = refusal(hub, other, "A" * 22)
    assert refusal(hub, other, made) == absent
    hub.sequence()
    assert refusal(hub, other, made) == absent
    assert refusal(hub, consortium.members[0], made) == absent


def test_a_cosigner_gets_the_receipt_of_the_act_that_shows_another(
    consortium: Consortium,
) -> None:
    hub, auditor = consortium.hub, consortium.auditor
    cosigned = newest(hub, "org.cosigned")
    said = check_receipt(receipt(hub, auditor, cosigned), hub.scheme.ledger_vkey)
    assert said["by"] == auditor.slug
    with hub.reading() as work:
        entry = decode_proof(receipt(hub, auditor, cosigned)).entry
        assert auditor.slug.encode() not in entry.split(b'"orgs":')[1].split(b"]")[0]
        row = rows.attestation(work.session, cosigned)
        assert row is not None
        assert row.orgs != [auditor.slug]


def test_a_cosigner_is_known_while_the_act_still_waits(consortium: Consortium) -> None:
    hub, auditor, member = consortium.hub, consortium.auditor, consortium.members[0]
    relays.enlist(hub, member)
    late = Organization(slug="late", role="member", number=scheme.corporate_number(9))
    scheme.admit(hub, late, cosigner=auditor)
    with pytest.raises(ReceiptNotReadyError):
        receipt(hub, auditor, newest(hub, "org.cosigned"))
    refusal(hub, member, newest(hub, "org.cosigned"))


def test_an_organization_pages_through_what_names_it(consortium: Consortium) -> None:
    hub, agency = consortium.hub, consortium.agencies[0]
    relays.enlist(hub, consortium.members[0])
    relays.claim(hub, agency)
    hub.sequence()
    with hub.reading() as work:
        found = receipts.shown_to(work, agency.actor, after=-1, limit=100)
        first = receipts.shown_to(work, agency.actor, after=-1, limit=1)
        rest = receipts.shown_to(work, agency.actor, after=first[0].seq, limit=100)
    assert [one.kind for one in found] == [
        "org.admitted",
        "org.cosigned",
        "key.registered",
        "claim.made",
    ]
    assert [*first, *rest] == list(found)
    assert check_receipt(found[-1].file, hub.scheme.ledger_vkey)["id"] == found[-1].attestation_id


def test_a_candidate_gets_the_receipts_of_what_is_about_them_alone(
    consortium: Consortium,
) -> None:
    hub = consortium.hub
    person, other = (referrals.consent(hub, member) for member in consortium.members[:2])
    hub.sequence()
    with hub.reading() as work:
        given = [
            row.id
            for row in rows.of_candidate(work.session, person.actor.candidate_id)
            if row.kind == "consent.given"
        ]
        file = receipts.of_candidate(work, person.actor, given[0])
        assert check_receipt(file, hub.scheme.ledger_vkey)["refs"]["referral"] == person.referral  # type: ignore[index]
        for asked in (given[0], "A" * 22, newest(hub, "org.cosigned")):
            with pytest.raises(NotFoundError):
                receipts.of_candidate(work, other.actor, asked)


def test_receipts_die_with_erasure_and_the_file_taken_before_stays_valid(
    consortium: Consortium,
) -> None:
    hub, member = consortium.hub, consortium.members[0]
    person = referrals.consent(hub, member)
    given = newest(hub, "consent.given")
    hub.sequence()
    with hub.reading() as work:
        taken = receipts.of_candidate(work, person.actor, given)
    assert receipt(hub, member, given) == taken
    with hub.work() as work:
        consents.withdraw(work, person.actor)
    with hub.work() as work:
        subject_requests.erase(work, person.actor)
    hub.sequence()
    refusal(hub, member, given)
    with hub.reading() as work, pytest.raises(NotFoundError):
        receipts.of_candidate(work, person.actor, given)
    assert check_receipt(taken, hub.scheme.ledger_vkey)["kind"] == "consent.given"


def test_a_unit_of_work_tells_whose_receipts_there_will_be(consortium: Consortium) -> None:
    hub, agency = consortium.hub, consortium.agencies[0]
    relays.enlist(hub, consortium.members[0])
    wanted = relays.wish(hub, agency)
    signed = agency.sign(hub, relays.claim_fact(hub, agency, wanted))
    with hub.work() as work:
        assert receipts.of_write(work, agency.actor, most=20) == Links()
        claims.make(work, agency.actor, signed, wanted)
        # The hub's own claim.bound, in the same unit, is nobody's but the auditors'.
        assert len(work.told) == 2
        own = receipts.of_write(work, agency.actor, most=20)
        assert own == Links(attestation_ids=(signed.attestation.id,), count=1)
        assert receipts.of_write(work, consortium.agencies[1].actor, most=20) == Links()
        assert not receipts.are_ready(work, own.attestation_ids)
    hub.sequence()
    with hub.reading() as work:
        assert receipts.are_ready(work, own.attestation_ids)
        assert receipts.are_ready(work, ("A" * 22,))


def test_many_acts_are_named_by_the_place_that_they_come_after(consortium: Consortium) -> None:
    hub, member = consortium.hub, consortium.members[0]

    with hub.work() as work:
        before = rows.size(work.session)
        ids = [
            ledger.attest_as_hub(
                work,
                ledger.Fact(
                    kind="claim.declined",
                    refs={"claim": f"clm_{'0' * 25}{n}"},
                ),
                orgs=(member.slug,),
            ).id
            for n in range(3)
        ]
        links = receipts.of_write(work, member.actor, most=2)
        assert links == Links(after=before - 1, count=3)
        assert receipts.of_write(work, member.actor, most=3).attestation_ids == tuple(ids)
    hub.sequence()
    with hub.reading() as work:
        found = receipts.shown_to(work, member.actor, after=links.after, limit=10)
    assert [one.attestation_id for one in found] == ids


def test_an_act_that_was_undone_has_no_receipt(consortium: Consortium) -> None:
    hub, member = consortium.hub, consortium.members[0]
    fact = ledger.Fact(kind="claim.declined", refs={"claim": f"clm_{'0' * 26}"})
    with hub.work() as work:
        savepoint = work.session.begin_nested()
        ledger.attest_as_hub(work, fact, orgs=(member.slug,))
        savepoint.rollback()
        kept = ledger.attest_as_hub(work, fact, orgs=(member.slug,))
        assert receipts.of_write(work, member.actor, most=20).attestation_ids == (kept.id,)
