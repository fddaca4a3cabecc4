"""Receipts from a hub that may lie: what holds is kept, what does not is told and kept apart."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from career_relay import receipts
from career_relay.agency import Agency
from career_relay.assets import receipts as rows_of
from career_relay.assets.receipts import Receipt
from career_relay.connection import Connection
from career_relay.receipts import AT_ONCE, LATE_AFTER, complete, state_of
from relay_protocol.attestation import SignedAttestation, from_jws, sign_jws
from relay_protocol.canonical import Value
from relay_protocol.note import (
    COSIGNATURE,
    Checkpoint,
    Note,
    SignerKey,
    VerifierKey,
    add_signatures,
    cosign,
)
from relay_protocol.policy import LogLine, Policy, WitnessLine
from relay_protocol.proof import Proof
from relay_protocol.proof_file import decode_proof, encode_proof
from tests.story.local_hub import LocalHub, Told
from tests.story.shown_ledger import AT, ShownLedger, signing_key

CLAIM = f"clm_{'0' * 26}"
END = f"/v1/agency/claims/{CLAIM}/end"
ENDED = {"id": CLAIM, "pairwise": "p", "vacancy": "v", "job_kind": "k", "state": "ended"}
APPROVED: dict[str, Value] = {"job_kind": "mid-career"}
TEXT = {"Content-Type": "text/plain; charset=utf-8"}
NOT_READY = Told.problem("receipt-not-ready", 404, "Not yet.")
NOTHING = Told.of({"items": [], "next": None})
WITNESS = SignerKey(name="witness.example/w1", kind=COSIGNATURE, private_key=signing_key(77))


@pytest.fixture
def hub(local_hub: LocalHub, shown: ShownLedger) -> LocalHub:
    """Return the hub, to which an agency has nothing to collect unless a test says so."""
    local_hub.tell("GET", "/v1/reveals", NOTHING)
    local_hub.tell("POST", END, Told.of(ENDED))
    return local_hub


@pytest.fixture
def act(sakura: Connection, hub: LocalHub) -> SignedAttestation:
    """Return an act that the agency has sent and the hub has taken."""
    Agency(sakura.transport, sakura.attester).end_claim(CLAIM, "filled")
    return from_jws(str(hub.to(END)[-1].document["attestation"]))


def give(hub: LocalHub, act: SignedAttestation, file: bytes) -> None:
    """Let the hub give a file as the receipt of an act."""
    hub.tell("GET", f"/v1/receipts/{act.attestation.id}", Told(body=file, headers=TEXT))


def receipt_of(shown: ShownLedger, seq: int) -> bytes:
    """Return the true receipt of an entry."""
    return encode_proof(Proof.from_document(shown.prove(seq)))


def kept(connection: Connection, act: SignedAttestation) -> Receipt:
    with connection.store.reading() as rows:
        found = rows_of.find(rows, act.attestation.id)
    assert found is not None
    return found


def later(connection: Connection, by: timedelta) -> None:
    connection.transport.now = lambda: AT + by


def test_a_true_receipt_is_checked_and_kept(
    sakura: Connection, hub: LocalHub, shown: ShownLedger, act: SignedAttestation
) -> None:
    seq = shown.enter(act, "sakura")
    give(hub, act, receipt_of(shown, seq))
    done = complete(sakura)
    assert (done.kept, done.waiting, done.alarms, done.unreachable) == (1, 0, [], None)
    one = kept(sakura, act)
    assert (one.seq, one.complaint) == (seq, "")
    assert encode_proof(Proof.from_document(json.loads(one.proof))) == receipt_of(shown, seq)
    asked = hub.to(f"/v1/receipts/{act.attestation.id}")
    assert [request.headers.get("Prefer") for request in asked] == ["wait=2"]
    assert complete(sakura).kept == 0


def test_a_receipt_that_is_not_ready_is_asked_for_again(
    sakura: Connection, hub: LocalHub, shown: ShownLedger, act: SignedAttestation
) -> None:
    hub.tell("GET", f"/v1/receipts/{act.attestation.id}", NOT_READY)
    done = complete(sakura)
    assert (done.kept, done.waiting, done.alarms) == (0, 1, [])
    give(hub, act, receipt_of(shown, shown.enter(act, "sakura")))
    assert complete(sakura).kept == 1


def lie_about_salt(proof: Proof) -> Proof:
    assert proof.reveal is not None
    return replace(proof, reveal=replace(proof.reveal, salt=bytes(32)))


def lie_about_path(proof: Proof) -> Proof:
    return replace(proof, path=(bytes(32), *proof.path[1:]))


def lie_about_checkpoint(proof: Proof) -> Proof:
    note = Note.parse(proof.checkpoint)
    line = replace(note.lines[0], signature=bytes(64))
    return replace(proof, checkpoint=replace(note, lines=(line,)).encode())


@pytest.mark.parametrize("lie", [lie_about_salt, lie_about_path, lie_about_checkpoint])
def test_a_receipt_that_does_not_hold_is_an_alarm_and_stays_as_evidence(
    sakura: Connection,
    hub: LocalHub,
    shown: ShownLedger,
    act: SignedAttestation,
    lie: Callable[[Proof], Proof],
) -> None:
    seq = shown.enter(act, "sakura")
    false = encode_proof(lie(decode_proof(receipt_of(shown, seq))))
    give(hub, act, false)
    (alarm,) = complete(sakura).alarms
    assert alarm.said.en.startswith("FALSE RECEIPT for claim.ended")
    assert "auditor" in alarm.mend.en
    one = kept(sakura, act)
    assert (one.proof, one.false_file) == ("", false)
    assert state_of(one, AT, with_policy=False) == "false"


def test_what_is_no_receipt_at_all_is_an_alarm(
    sakura: Connection, hub: LocalHub, act: SignedAttestation
) -> None:
    give(hub, act, b"<html>")
    (alarm,) = complete(sakura).alarms
    assert "FALSE RECEIPT" in alarm.said.en


def test_an_act_signed_with_the_same_id_that_says_something_else_is_an_alarm(
    sakura: Connection, hub: LocalHub, shown: ShownLedger, act: SignedAttestation
) -> None:
    said = act.attestation
    other = replace(said, body={"reason": "not-genuine"})
    forged = sign_jws(other, shown.signing["sakura"])
    give(hub, act, receipt_of(shown, shown.enter(forged, "sakura")))
    (alarm,) = complete(sakura).alarms
    assert "does not say what we have signed" in alarm.said.en


def test_the_receipt_of_another_act_is_an_alarm(
    sakura: Connection, hub: LocalHub, shown: ShownLedger, act: SignedAttestation
) -> None:
    shown.enter(act, "sakura")
    refs = {"claim": CLAIM}
    other = shown.state("claim.declined", "hub", "sakura", refs=refs)
    give(hub, act, receipt_of(shown, other))
    (alarm,) = complete(sakura).alarms
    assert "does not say what we have signed" in alarm.said.en


def test_an_act_signed_by_a_key_that_is_not_ours_is_an_alarm(
    sakura: Connection, hub: LocalHub, shown: ShownLedger, act: SignedAttestation
) -> None:
    forged = sign_jws(act.attestation, signing_key(66))
    give(hub, act, receipt_of(shown, shown.enter(forged, "sakura")))
    (alarm,) = complete(sakura).alarms
    assert "sakura" in alarm.said.en


def test_a_receipt_from_another_history_is_an_alarm(
    sakura: Connection, hub: LocalHub, shown: ShownLedger, act: SignedAttestation
) -> None:
    sakura.pins.refresh()
    fork = ShownLedger(entries=shown.entries[:1], attested=shown.attested)
    fork.signing = shown.signing
    for _ in range(9):
        fork.state("claim.declined", "hub", "sakura", refs={"claim": CLAIM})
    give(hub, act, receipt_of(fork, fork.enter(act, "sakura")))
    honest = shown.checkpoint()
    hub.tell("GET", "/ledger/checkpoint", Told(body=honest, headers=TEXT))
    fork.show(hub)
    (alarm,) = complete(sakura).alarms
    assert "FALSE RECEIPT" in alarm.said.en


@pytest.mark.parametrize(("hours", "loud"), [(24, False), (25, True)])
def test_a_receipt_that_does_not_come_within_a_day_is_an_alarm(
    sakura: Connection, hub: LocalHub, act: SignedAttestation, hours: int, *, loud: bool
) -> None:
    with sakura.store.transaction() as rows:
        rows.execute("UPDATE receipt SET accepted_at = ?", (AT.isoformat(),))
    hub.tell("GET", f"/v1/receipts/{act.attestation.id}", NOT_READY)
    later(sakura, timedelta(hours=hours))
    done = complete(sakura)
    assert bool(done.alarms) is loud
    if loud:
        assert "NO RECEIPT within a day" in done.alarms[0].said.en
        assert "relay receipts list" in done.alarms[0].mend.en


def test_an_act_whose_answer_was_lost_is_asked_for_and_found(
    sakura: Connection, hub: LocalHub, shown: ShownLedger, act: SignedAttestation
) -> None:
    with sakura.store.transaction() as rows:
        rows.execute("UPDATE receipt SET accepted_at = NULL")
    assert state_of(kept(sakura, act), AT, with_policy=False) == "unanswered"
    hub.tell("GET", f"/v1/receipts/{act.attestation.id}", NOT_READY)
    assert complete(sakura).waiting == 1
    assert kept(sakura, act).accepted_at is not None
    give(hub, act, receipt_of(shown, shown.enter(act, "sakura")))
    assert complete(sakura).kept == 1


def test_an_act_that_the_hub_never_took_is_given_up_after_a_day(
    sakura: Connection, hub: LocalHub, act: SignedAttestation
) -> None:
    with sakura.store.transaction() as rows:
        rows.execute("UPDATE receipt SET accepted_at = NULL, sent_at = ?", (AT.isoformat(),))
    assert complete(sakura).alarms == []
    assert kept(sakura, act).accepted_at is None
    later(sakura, LATE_AFTER + timedelta(minutes=1))
    assert complete(sakura).alarms == []
    with sakura.store.reading() as rows:
        assert list(rows_of.every(rows)) == []


def test_a_hub_that_denies_what_it_has_taken_is_an_alarm_after_a_day(
    sakura: Connection, act: SignedAttestation
) -> None:
    with sakura.store.transaction() as rows:
        rows.execute("UPDATE receipt SET accepted_at = ?", (AT.isoformat(),))
    later(sakura, LATE_AFTER + timedelta(minutes=1))
    (alarm,) = complete(sakura).alarms
    assert "NO RECEIPT" in alarm.said.en
    assert kept(sakura, act).proof == ""


def test_after_an_erasure_nothing_is_waited_for(sakura: Connection, act: SignedAttestation) -> None:
    receipts.erased(sakura, CLAIM)
    later(sakura, LATE_AFTER * 2)
    assert complete(sakura).alarms == []
    with sakura.store.reading() as rows:
        assert rows_of.find(rows, act.attestation.id) is None


def test_an_agency_collects_what_the_hub_says_of_it(
    sakura: Connection, hub: LocalHub, shown: ShownLedger
) -> None:
    seq = shown.state("claim.approved", "hub", "sakura", refs={"claim": CLAIM}, body=APPROVED)
    hub.tell("GET", "/v1/reveals", Told.of({"items": [shown.prove(seq)], "next": None}), NOTHING)
    assert complete(sakura).kept == 1
    with sakura.store.reading() as rows:
        (one,) = rows_of.every(rows)
        assert (one.kind, one.seq, one.sent) == ("claim.approved", seq, b"")
        assert rows_of.last_collected(rows) == seq


def test_a_member_without_open_acts_asks_nothing(mirai: Connection, local_hub: LocalHub) -> None:
    asked = len(local_hub.requests)
    assert complete(mirai) == receipts.Completed()
    assert len(local_hub.requests) == asked


def test_a_hub_that_does_not_answer_fails_nothing(
    sakura: Connection, hub: LocalHub, act: SignedAttestation
) -> None:
    hub.tell("GET", "/ledger/checkpoint", Told(status=502, body=b"", headers={}))
    done = complete(sakura)
    assert done.unreachable is not None
    assert (done.waiting, done.alarms) == (1, [])


def test_one_command_asks_for_so_many_and_no_more(
    sakura: Connection, hub: LocalHub, act: SignedAttestation
) -> None:
    for _ in range(AT_ONCE):
        Agency(sakura.transport, sakura.attester).end_claim(CLAIM, "filled")
    complete(sakura, wait_s=0)
    asked = [one for one in hub.requests if one.path.startswith("/v1/receipts/")]
    assert len(asked) == AT_ONCE


@pytest.fixture
def policy(shown: ShownLedger) -> Policy:
    """Return a policy that asks for one witness."""
    return Policy(
        logs=(LogLine(vkey=VerifierKey.parse(shown.vkey)),),
        witnesses=(WitnessLine(name="w1", vkey=WITNESS.verifier),),
        quorum="w1",
    )


def cosigned(file: bytes, signer: SignerKey = WITNESS) -> bytes:
    """Return a receipt whose checkpoint a witness has cosigned."""
    proof = decode_proof(file)
    checkpoint = Checkpoint.parse(Note.parse(proof.checkpoint).text)
    line = cosign(checkpoint, signer, time_s=1_790_000_000)
    return encode_proof(replace(proof, checkpoint=add_signatures(proof.checkpoint, [line])))


def test_with_a_policy_a_receipt_is_whole_when_the_quorum_has_cosigned(
    sakura: Connection, hub: LocalHub, shown: ShownLedger, act: SignedAttestation, policy: Policy
) -> None:
    sakura.pins.policy = policy
    bare = receipt_of(shown, shown.enter(act, "sakura"))
    give(hub, act, bare)
    done = complete(sakura)
    assert (done.kept, done.unwitnessed, done.alarms) == (1, 1, [])
    assert state_of(kept(sakura, act), AT, with_policy=True) == "unwitnessed"
    give(hub, act, cosigned(bare))
    done = complete(sakura)
    assert (done.unwitnessed, done.alarms) == (0, [])
    one = kept(sakura, act)
    assert state_of(one, AT, with_policy=True) == "kept"
    assert "witness.example/w1" in json.loads(one.proof)["checkpoint"]


def test_a_receipt_that_stays_unwitnessed_for_a_day_is_an_alarm(
    sakura: Connection, hub: LocalHub, shown: ShownLedger, act: SignedAttestation, policy: Policy
) -> None:
    sakura.pins.policy = policy
    give(hub, act, receipt_of(shown, shown.enter(act, "sakura")))
    complete(sakura)
    with sakura.store.transaction() as rows:
        rows.execute("UPDATE receipt SET kept_at = ?", (AT.isoformat(),))
    later(sakura, LATE_AFTER + timedelta(minutes=1))
    (alarm,) = complete(sakura).alarms
    assert "NOT WITNESSED" in alarm.said.en


def test_a_false_cosignature_of_a_known_witness_is_an_alarm(
    sakura: Connection, hub: LocalHub, shown: ShownLedger, act: SignedAttestation, policy: Policy
) -> None:
    sakura.pins.policy = policy
    proof = decode_proof(cosigned(receipt_of(shown, shown.enter(act, "sakura"))))
    note = Note.parse(proof.checkpoint)
    last = replace(note.lines[-1], signature=note.lines[-1].signature[:8] + bytes(64))
    changed = replace(note, lines=(*note.lines[:-1], last)).encode()
    give(hub, act, encode_proof(replace(proof, checkpoint=changed)))
    (alarm,) = complete(sakura).alarms
    assert "FALSE RECEIPT" in alarm.said.en
