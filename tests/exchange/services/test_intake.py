"""Attestations of one transaction: each is asked for itself, and all are kept together."""

from dataclasses import replace

import pytest
from sqlalchemy import event

from exchange.domain.errors import (
    AttestationRefusedError,
    AttestationReusedError,
    BusyError,
    KeyRevokedError,
    KeyUnknownError,
    NotActiveError,
)
from exchange.hub import Hub
from exchange.services import intake, ledger
from exchange.services.ledger import Act, Fact
from exchange.store import ledger as rows
from exchange.store import organizations as organization_rows
from relay_protocol import ids
from relay_protocol.attestation import SignedAttestation, sign_jws
from tests.story.scheme import Consortium, Organization

MANY = 50


def invited(hub: Hub, member: Organization, number: int) -> Act:
    """Return a member's act."""
    fact = Fact(
        kind="referral.invited",
        refs={"referral": ids.new_id("ref", number.to_bytes(16, "big"))},
        body={"job_kind": "mid-career"},
    )
    return Act(signed=member.sign(hub, fact), fact=fact, orgs=(member.slug,))


def waiting(hub: Hub) -> int:
    """Return how many attestations wait for their place."""
    with hub.reading() as work:
        return rows.queue_length(work.session)


def statements(hub: Hub, acts: list[Act]) -> int:
    """Return how many statements it takes to take acts in."""
    seen: list[str] = []

    def note(*told: object) -> None:
        seen.append(str(told[2]))

    event.listen(hub.engine, "before_cursor_execute", note)
    with hub.work() as work:
        ledger.attest_many(work, acts)
    event.remove(hub.engine, "before_cursor_execute", note)
    return len(seen)


def test_many_are_taken_in_their_order(consortium: Consortium) -> None:
    hub, member = consortium.hub, consortium.members[0]
    acts = [invited(hub, member, number) for number in range(MANY)]
    start = hub.sequence()
    with hub.work() as work:
        taken = ledger.attest_many(work, acts)
    assert [one.id for one in taken] == [act.signed.attestation.id for act in acts]
    hub.sequence()
    with hub.reading() as work:
        seqs = [getattr(rows.attestation(work.session, one.id), "seq", None) for one in taken]
    assert seqs == list(range(start, start + MANY))


@pytest.mark.parametrize("engine", ["postgresql"])
def test_many_cost_no_more_statements_than_one(consortium: Consortium) -> None:
    hub, member = consortium.hub, consortium.members[0]
    one = statements(hub, [invited(hub, member, 1)])
    many = statements(hub, [invited(hub, member, number) for number in range(2, 2 + MANY)])
    assert many == one


def test_one_that_is_refused_lets_none_of_them_in(consortium: Consortium) -> None:
    hub, member = consortium.hub, consortium.members[0]
    acts = [invited(hub, member, number) for number in range(3)]
    acts[1] = replace(acts[1], fact=acts[0].fact)
    with pytest.raises(AttestationRefusedError, match="do not state this act"), hub.work() as work:
        ledger.attest_many(work, acts)
    assert waiting(hub) == 0


def test_nothing_stands_before_it_is_kept_and_everything_afterwards(
    consortium: Consortium,
) -> None:
    hub, member = consortium.hub, consortium.members[0]
    act = invited(hub, member, 1)
    with hub.work() as work:
        with ledger.together(work, []) as taking:
            taking.take(act)
            assert rows.attestation(work.session, act.signed.attestation.id) is None
        assert rows.attestation(work.session, act.signed.attestation.id) is not None
    assert waiting(hub) == 1


def test_an_attestation_twice_in_one_transaction_is_known_the_second_time(
    consortium: Consortium,
) -> None:
    hub, member = consortium.hub, consortium.members[0]
    act = invited(hub, member, 1)
    with hub.work() as work:
        taken = ledger.attest_many(work, [act, act])
    assert [one.known for one in taken] == [False, True]
    assert waiting(hub) == 1


def test_one_id_for_two_contents_in_one_transaction_is_refused(consortium: Consortium) -> None:
    hub, member = consortium.hub, consortium.members[0]
    first, other = invited(hub, member, 1), invited(hub, member, 2)
    same = replace(other.signed.attestation, id=first.signed.attestation.id)
    second = replace(other, signed=sign_jws(same, member.signing))
    with pytest.raises(AttestationReusedError), hub.work() as work:
        ledger.attest_many(work, [first, second])
    assert waiting(hub) == 0


@pytest.mark.parametrize(("count", "accepted"), [(3, True), (4, False)])
def test_the_queue_takes_as_many_as_it_has_room_for(
    consortium: Consortium, monkeypatch: pytest.MonkeyPatch, count: int, *, accepted: bool
) -> None:
    hub, member = consortium.hub, consortium.members[0]
    monkeypatch.setattr(intake, "QUEUE_LIMIT", 5)
    with hub.work() as work:
        ledger.attest_many(work, [invited(hub, member, number) for number in range(2)])
    acts = [invited(hub, member, 10 + number) for number in range(count)]
    if accepted:
        with hub.work() as work:
            ledger.attest_many(work, acts)
        assert waiting(hub) == 2 + count
    else:
        with pytest.raises(BusyError), hub.work() as work:
            ledger.attest_many(work, acts)
        assert waiting(hub) == 2


def test_a_proved_act_is_taken_in_and_so_is_one_that_was_not(consortium: Consortium) -> None:
    hub, member = consortium.hub, consortium.members[0]
    acts = [invited(hub, member, number) for number in range(2)]
    with hub.reading() as work:
        proved = intake.prove(work, acts[:1])
    assert proved[0].proved_by
    with hub.work() as work:
        ledger.attest_many(work, [*proved, acts[1]])
    assert waiting(hub) == 2


def test_a_false_signature_is_not_proved(consortium: Consortium) -> None:
    hub, member = consortium.hub, consortium.members[0]
    first, second = (invited(hub, member, number) for number in range(2))
    parts = [*first.signed.jws.split(".")[:2], second.signed.jws.split(".")[2]]
    false = replace(first, signed=ledger.read_jws(".".join(parts)))
    with pytest.raises(AttestationRefusedError, match="signature"), hub.reading() as work:
        intake.prove(work, [second, false])


def test_what_another_key_has_proved_is_proved_again(consortium: Consortium) -> None:
    hub, member = consortium.hub, consortium.members[0]
    first, second = (invited(hub, member, number) for number in range(2))
    parts = [*first.signed.jws.split(".")[:2], second.signed.jws.split(".")[2]]
    with hub.reading() as work:
        (of_other,) = intake.prove(work, [invited(hub, consortium.members[1], 3)])
    false = replace(first, signed=ledger.read_jws(".".join(parts)), proved_by=of_other.proved_by)
    with pytest.raises(AttestationRefusedError, match="signature"), hub.work() as work:
        ledger.attest_many(work, [false])


def test_the_key_of_another_organization_proves_nothing(consortium: Consortium) -> None:
    hub, (member, other, _) = consortium.hub, consortium.members
    act = invited(hub, member, 1)
    forged = replace(act, signed=sign_jws(act.signed.attestation, other.signing))
    with pytest.raises(KeyUnknownError), hub.reading() as work:
        intake.prove(work, [forged])
    # A key that was asked for its own organization's act before does not stand for another's.
    own = invited(hub, other, 2)
    with pytest.raises(KeyUnknownError), hub.work() as work:
        ledger.attest_many(work, [own, forged])


@pytest.mark.parametrize("ends", ["key", "organization"])
def test_what_was_proved_is_refused_once_its_key_or_organization_has_ended(
    consortium: Consortium, ends: str
) -> None:
    hub, member = consortium.hub, consortium.members[0]
    with hub.reading() as work:
        acts = intake.prove(work, [invited(hub, member, 1)])
    with hub.work() as work:
        key = organization_rows.key(work.session, member.kid)
        slug = organization_rows.locked(work.session, member.slug, for_change=True)
        assert key is not None
        assert slug is not None
        if ends == "key":
            key.revoked_at = work.now
        else:
            slug.state = "suspended"
    expected = KeyRevokedError if ends == "key" else NotActiveError
    with pytest.raises(expected), hub.work() as work:
        ledger.attest_many(work, acts)


def test_texts_that_are_none_are_left_out_and_refused_when_they_are_asked_for(
    consortium: Consortium,
) -> None:
    hub, member = consortium.hub, consortium.members[0]
    text = invited(hub, member, 1).signed.jws
    assert list(intake.read_all([text, "a.b.c", ""])) == [text]
    with hub.work() as work, ledger.together(work, [text, "a.b.c"]) as taking:
        assert taking.read(text).jws == text
        with pytest.raises(AttestationRefusedError, match="cannot be read"):
            taking.read("a.b.c")


def test_the_hub_s_own_facts_are_taken_in_their_order(hub: Hub) -> None:
    facts = [
        Fact(kind="claim.declined", refs={"claim": ids.new_id("clm", bytes([n]) * 16)})
        for n in range(4)
    ]
    start = hub.sequence()
    with hub.work() as work:
        taken = ledger.attest_all_as_hub(work, facts)
    hub.sequence()
    with hub.reading() as work:
        proofs = [ledger.proof_of(work, one.id) for one in taken]
        held = [rows.attestation(work.session, one.id) for one in taken]
    assert [row.seq for row in held if row] == list(range(start, start + 4))
    for proof, fact in zip(proofs, facts, strict=True):
        assert proof is not None
        assert proof.reveal is not None
        signed = SignedAttestation(wire=proof.reveal.signed)
        assert signed.attestation.refs == fact.refs
        signed.check_jws(hub.keyring.signing["hub"].public_key())
