"""What the ledger takes in, what it refuses, and what it proves afterwards."""

from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import event, select

from exchange.domain.errors import (
    AttestationRefusedError,
    AttestationReusedError,
    AttestationStaleError,
    BusyError,
    KeyRevokedError,
    KeyUnknownError,
)
from exchange.hub import Hub
from exchange.services import intake, ledger
from exchange.services.ledger import Fact, Recorded
from exchange.store import candidates as candidate_rows
from exchange.store import ledger as rows
from exchange.store import organizations as organization_rows
from exchange.vault import person_keys
from relay_protocol import ids, merkle
from relay_protocol.attestation import Attestation, SignedAttestation, sign_jws
from relay_protocol.entry import Entry
from relay_protocol.errors import ProofError
from relay_protocol.note import VerifierKey
from tests.story.scheme import Consortium, Organization

CANDIDATE = "per_00000000000000000000000001"


def invited(number: int) -> Fact:
    """Return the fact that a referral was invited."""
    referral = ids.new_id("ref", number.to_bytes(16, "big"))
    return Fact(
        kind="referral.invited", refs={"referral": referral}, body={"job_kind": "mid-career"}
    )


def take(hub: Hub, signed: SignedAttestation, fact: Fact, slug: str) -> Recorded:
    """Let the hub take an attestation in, in a transaction of its own."""
    with hub.work() as work:
        return ledger.attest(work, signed, fact, orgs=(slug,))


def take_and_fail(hub: Hub, signed: SignedAttestation, slug: str) -> None:
    """Let the hub take an attestation in, and then refuse what came with it."""
    with hub.work() as work:
        ledger.attest(work, signed, invited(1), orgs=(slug,))
        raise LookupError


def changed(
    hub: Hub, organization: Organization, signed: SignedAttestation, **to: object
) -> SignedAttestation:
    """Return the same attestation with some members changed, signed again."""
    del hub
    old = signed.attestation
    members = {
        name: getattr(old, name) for name in ("log", "id", "kind", "at", "by", "refs", "body")
    }
    return sign_jws(Attestation(**{**members, **to}), organization.signing)


def test_a_signed_act_waits_in_the_queue_and_then_stands_in_the_ledger(
    consortium: Consortium,
) -> None:
    hub, member = consortium.hub, consortium.members[0]
    before = hub.sequence()
    recorded = take(hub, member.sign(hub, invited(1)), invited(1), member.slug)
    assert not recorded.known
    with hub.reading() as work:
        assert rows.queue_length(work.session) == 1
        assert ledger.proof_of(work, recorded.id) is None
    assert hub.sequence() == before + 1
    with hub.reading() as work:
        assert rows.queue_length(work.session) == 0
        row = rows.attestation(work.session, recorded.id)
        assert row is not None
        assert row.seq == before


def test_its_proof_establishes_exactly_what_was_signed(consortium: Consortium) -> None:
    hub, member = consortium.hub, consortium.members[0]
    signed = member.sign(hub, invited(1))
    recorded = take(hub, signed, invited(1), member.slug)
    hub.sequence()
    with hub.reading() as work:
        proof = ledger.proof_of(work, recorded.id)
    assert proof is not None
    shown, checkpoint = proof.check(VerifierKey.parse(hub.scheme.ledger_vkey))
    assert shown.wire == signed.wire
    assert checkpoint.origin == hub.scheme.origin
    entry = Entry.decode(proof.entry)
    assert (entry.kind, entry.orgs, entry.rules) == ("referral.invited", (member.slug,), "demo-1")


def test_the_entry_of_a_committed_act_does_not_show_what_it_is_about(
    consortium: Consortium,
) -> None:
    hub, member = consortium.hub, consortium.members[0]
    recorded = take(hub, member.sign(hub, invited(1)), invited(1), member.slug)
    hub.sequence()
    with hub.reading() as work:
        proof = ledger.proof_of(work, recorded.id)
    assert proof is not None
    for secret in (invited(1).refs["referral"], recorded.id):
        assert secret.encode() not in proof.entry


def test_the_same_attestation_again_gets_the_first_answer_at_any_age(
    consortium: Consortium,
) -> None:
    hub, member = consortium.hub, consortium.members[0]
    signed = member.sign(hub, invited(1))
    first = take(hub, signed, invited(1), member.slug)
    size = hub.sequence()
    clock = hub.settings.clock
    assert clock is not None
    clock.write_text(str(40 * 86_400))
    again = take(hub, signed, invited(1), member.slug)
    assert (again.id, again.known) == (first.id, True)
    assert hub.sequence() == size


def test_a_known_id_with_other_contents_is_refused(consortium: Consortium) -> None:
    hub, member = consortium.hub, consortium.members[0]
    signed = member.sign(hub, invited(1))
    take(hub, signed, invited(1), member.slug)
    other = changed(hub, member, signed, refs=invited(2).refs)
    with pytest.raises(AttestationReusedError):
        take(hub, other, invited(2), member.slug)


@pytest.mark.parametrize(("seconds", "accepted"), [(-300, True), (-302, False), (302, False)])
def test_an_unknown_attestation_must_be_of_these_five_minutes(
    consortium: Consortium, seconds: int, *, accepted: bool
) -> None:
    hub, member = consortium.hub, consortium.members[0]
    signed = member.sign(hub, invited(1))
    with hub.reading() as work:
        at = work.now.replace(microsecond=0) + timedelta(seconds=seconds)
    moved = changed(hub, member, signed, at=at)
    with hub.work() as work:
        frozen = type(work)(
            session=work.session,
            keyring=work.keyring,
            scheme=work.scheme,
            now=at - timedelta(seconds=seconds),
        )
        if accepted:
            ledger.attest(frozen, moved, invited(1), orgs=(member.slug,))
        else:
            with pytest.raises(AttestationStaleError):
                ledger.attest(frozen, moved, invited(1), orgs=(member.slug,))


@pytest.mark.parametrize(
    "fact",
    [
        invited(2),
        Fact(
            kind="referral.invited",
            refs=invited(1).refs,
            body={"job_kind": "part-time"},
        ),
        Fact(kind="claim.declined", refs={"claim": ids.new_id("clm", bytes(16))}),
    ],
)
def test_an_attestation_of_another_act_is_refused(consortium: Consortium, fact: Fact) -> None:
    hub, member = consortium.hub, consortium.members[0]
    with pytest.raises(AttestationRefusedError, match="do not state this act"):
        take(hub, member.sign(hub, invited(1)), fact, member.slug)


def test_an_attestation_for_another_ledger_is_refused(consortium: Consortium) -> None:
    hub, member = consortium.hub, consortium.members[0]
    signed = changed(hub, member, member.sign(hub, invited(1)), log="other.example/ledger")
    with pytest.raises(AttestationRefusedError, match=r"other\.example"):
        take(hub, signed, invited(1), member.slug)


def test_a_key_that_nobody_registered_is_refused(consortium: Consortium) -> None:
    hub, member = consortium.hub, consortium.members[0]
    signed = member.sign(hub, invited(1))
    forged = sign_jws(signed.attestation, Ed25519PrivateKey.generate())
    with pytest.raises(KeyUnknownError):
        take(hub, forged, invited(1), member.slug)


def test_the_key_of_another_organization_is_refused(consortium: Consortium) -> None:
    hub, member, other = consortium.hub, consortium.members[0], consortium.members[1]
    forged = sign_jws(member.sign(hub, invited(1)).attestation, other.signing)
    with pytest.raises(KeyUnknownError):
        take(hub, forged, invited(1), member.slug)


def test_a_revoked_key_is_refused(consortium: Consortium) -> None:
    hub, member = consortium.hub, consortium.members[0]
    signed = member.sign(hub, invited(1))
    with hub.work() as work:
        key = organization_rows.key(work.session, member.kid)
        assert key is not None
        key.revoked_at = work.now
    with pytest.raises(KeyRevokedError):
        take(hub, signed, invited(1), member.slug)


def test_a_signature_that_does_not_check_is_refused(consortium: Consortium) -> None:
    hub, member = consortium.hub, consortium.members[0]
    first, second = (member.sign(hub, invited(number)).jws for number in (1, 2))
    mixed = ledger.read_jws(".".join([*first.split(".")[:2], second.split(".")[2]]))
    with pytest.raises(AttestationRefusedError, match="signature"):
        take(hub, mixed, invited(1), member.slug)


@pytest.mark.parametrize("text", ["", "a.b", "a.b.c", "é.b.c", "x" * 100_000])
def test_what_is_no_attestation_is_refused_in_one_way(text: str) -> None:
    with pytest.raises(AttestationRefusedError) as refusal:
        ledger.read_jws(text)
    assert refusal.value.field == "attestation"
    assert refusal.value.mend


def test_a_full_queue_is_busy_and_takes_nothing(
    consortium: Consortium, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub, member = consortium.hub, consortium.members[0]
    monkeypatch.setattr(intake, "QUEUE_LIMIT", 0)
    with pytest.raises(BusyError):
        take(hub, member.sign(hub, invited(1)), invited(1), member.slug)
    with hub.reading() as work:
        assert rows.queue_length(work.session) == 0


def test_a_refusal_later_in_the_transaction_undoes_the_attestation(
    consortium: Consortium,
) -> None:
    hub, member = consortium.hub, consortium.members[0]
    signed = member.sign(hub, invited(1))
    with pytest.raises(LookupError):
        take_and_fail(hub, signed, member.slug)
    with hub.reading() as work:
        assert rows.attestation(work.session, signed.attestation.id) is None
        assert rows.queue_length(work.session) == 0


def test_the_hub_s_own_acts_are_signed_by_the_hub_s_key(hub: Hub) -> None:
    claim = ids.new_id("clm", bytes(16))
    with hub.work() as work:
        recorded = ledger.attest_as_hub(work, Fact(kind="claim.declined", refs={"claim": claim}))
    hub.sequence()
    with hub.reading() as work:
        proof = ledger.proof_of(work, recorded.id)
    assert proof is not None
    signed, _ = proof.check(VerifierKey.parse(hub.scheme.ledger_vkey))
    signed.check_jws(hub.keyring.signing["hub"].public_key())
    assert signed.attestation.by == "hub"


def test_a_person_s_reveal_is_unreadable_without_their_key(hub: Hub) -> None:
    claim = ids.new_id("clm", bytes(16))
    with hub.work() as work:
        work.session.add(
            candidate_rows.CandidateRow(
                id=CANDIDATE,
                link_digest=b"d" * 32,
                wrapped_key=person_keys.new_wrapped_key(work.keyring, CANDIDATE),
                locale="ja",
                created_at=work.now,
            )
        )
        work.session.flush()
        recorded = ledger.attest_as_hub(
            work, Fact(kind="claim.declined", refs={"claim": claim}), candidate_id=CANDIDATE
        )
    hub.sequence()
    with hub.reading() as work:
        row = rows.attestation(work.session, recorded.id)
        assert row is not None
        assert row.reveal is not None
        assert claim.encode() not in row.reveal
        proof = ledger.proof_of(work, recorded.id)
    assert proof is not None
    signed, _ = proof.check(VerifierKey.parse(hub.scheme.ledger_vkey))
    assert signed.attestation.refs == {"claim": claim}


def test_clear_entries_carry_their_attestation_and_need_no_reveal(hub: Hub) -> None:
    with hub.reading() as work:
        first = rows.entry(work.session, 0)
        assert first is not None
        entry = Entry.decode(first.entry)
    assert entry.kind == "scheme.opened"
    assert entry.signed_bytes is not None
    opened = SignedAttestation(wire=entry.signed_bytes)
    opened.check_jws(hub.keyring.signing["operator"].public_key())


def test_a_proof_of_an_unknown_attestation_is_none(hub: Hub) -> None:
    with hub.reading() as work:
        assert ledger.proof_of(work, "unknown") is None


def test_many_are_proved_as_each_alone_and_what_cannot_be_proved_yet_is_none(
    consortium: Consortium,
) -> None:
    hub, member = consortium.hub, consortium.members[0]
    taken = [take(hub, member.sign(hub, invited(n)), invited(n), member.slug) for n in range(3)]
    hub.sequence()
    late = take(hub, member.sign(hub, invited(3)), invited(3), member.slug)
    names = [taken[2].id, late.id, taken[0].id, "unknown", taken[1].id]
    with hub.reading() as work:
        alone = [ledger.proof_of(work, name) for name in names]
        assert ledger.proofs_of(work, names) == alone
    assert [proof is None for proof in alone] == [False, True, False, True, False]
    for name, proof in zip(names, alone, strict=True):
        if proof is not None:
            signed, _ = proof.check(VerifierKey.parse(hub.scheme.ledger_vkey))
            assert signed.attestation.id == name


def test_before_the_first_checkpoint_nothing_is_proved(empty_hub: Hub) -> None:
    with empty_hub.reading() as work:
        names = list(work.session.scalars(select(rows.AttestationRow.id)))
        assert names
        assert ledger.proofs_of(work, names) == [None] * len(names)


@pytest.mark.parametrize("count", [1, 3])
def test_however_many_are_proved_the_database_is_asked_three_times(
    consortium: Consortium, count: int
) -> None:
    hub, member = consortium.hub, consortium.members[0]
    taken = [take(hub, member.sign(hub, invited(n)), invited(n), member.slug) for n in range(3)]
    hub.sequence()
    asked: list[str] = []

    def note_down(*about: object) -> None:
        asked.append(str(about[2]))

    with hub.reading() as work:
        event.listen(hub.engine, "before_cursor_execute", note_down)
        proofs = ledger.proofs_of(work, [one.id for one in taken[:count]])
        event.remove(hub.engine, "before_cursor_execute", note_down)
    assert None not in proofs
    assert len(asked) == 3


def test_a_proof_with_another_path_is_refused(consortium: Consortium, tmp_path: Path) -> None:
    del tmp_path
    hub, member = consortium.hub, consortium.members[0]
    recorded = take(hub, member.sign(hub, invited(1)), invited(1), member.slug)
    hub.sequence()
    with hub.reading() as work:
        proof = ledger.proof_of(work, recorded.id)
    assert proof is not None
    forged = type(proof)(
        entry=proof.entry,
        reveal=proof.reveal,
        path=(*proof.path[:-1], merkle.EMPTY_ROOT),
        checkpoint=proof.checkpoint,
    )
    with pytest.raises(ProofError):
        forged.check(VerifierKey.parse(hub.scheme.ledger_vkey))
