"""Receipts: kept once, completed when the entry has its place, never emptied again."""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from career_relay.assets import receipts, schema
from career_relay.assets.receipts import Receipt
from career_relay.assets.store import AssetStore
from relay_protocol.attestation import Attestation, SignedAttestation, sign_jws
from relay_protocol.ids import attestation_id

AT = datetime(2026, 10, 1, 3, 0, tzinfo=UTC)
LATER = AT + timedelta(hours=1)
ACCEPTED = Receipt(attestation="att-1", kind="referral.invited", reveal=b"\x00salt", kept_at=AT)
ENTERED = Receipt(
    attestation="att-1",
    kind="referral.invited",
    seq=41,
    reveal=b"\x00salt",
    proof='{"index":41}',
    kept_at=AT,
)


@pytest.fixture
def connection(store: AssetStore) -> Iterator[sqlite3.Connection]:
    with store.transaction() as opened:
        yield opened


def test_a_receipt_comes_back_as_it_was_kept(connection: sqlite3.Connection) -> None:
    receipts.keep(connection, ENTERED)
    assert receipts.find(connection, "att-1") == ENTERED


def test_an_unknown_attestation_has_no_receipt(connection: sqlite3.Connection) -> None:
    assert receipts.find(connection, "att-9") is None


def test_an_accepted_receipt_is_completed_when_it_is_entered(
    connection: sqlite3.Connection,
) -> None:
    receipts.keep(connection, ACCEPTED)
    held = receipts.find(connection, "att-1")
    assert held == ACCEPTED
    receipts.keep(connection, ENTERED)
    assert receipts.find(connection, "att-1") == ENTERED


def test_a_completed_receipt_loses_nothing_when_it_comes_again_without(
    connection: sqlite3.Connection,
) -> None:
    receipts.keep(connection, ENTERED)
    receipts.keep(connection, Receipt(attestation="att-1", kind="referral.invited", kept_at=AT))
    assert receipts.find(connection, "att-1") == ENTERED


def test_receipts_come_in_the_ledgers_order_with_the_waiting_last(
    connection: sqlite3.Connection,
) -> None:
    for name, seq, kind in [
        ("b", 7, "profile.added"),
        ("a", None, "profile.added"),
        ("c", 3, "profile.added"),
        ("d", 1, "referral.invited"),
    ]:
        receipts.keep(connection, Receipt(attestation=name, kind=kind, seq=seq, kept_at=AT))
    names = [one.attestation for one in receipts.every(connection)]
    assert names == ["d", "c", "b", "a"]


def test_what_was_collected_is_told_apart_from_what_is_kept(
    connection: sqlite3.Connection,
) -> None:
    assert receipts.last_collected(connection) == -1
    receipts.keep(connection, ENTERED)
    assert receipts.last_collected(connection) == -1
    receipts.mark_collected(connection, 40)
    receipts.mark_collected(connection, 7)
    assert receipts.last_collected(connection) == 40


def test_a_store_of_before_goes_on_where_it_was(tmp_path: Path) -> None:
    earlier = sqlite3.connect(tmp_path / "earlier.db", isolation_level=None)
    earlier.executescript(schema.STEPS[0])
    earlier.execute("INSERT INTO receipt VALUES ('a', 'k', NULL, 41, x'00', '{}', 'then')")
    earlier.execute("PRAGMA user_version = 1")
    schema.bring_up_to_date(earlier)
    assert receipts.last_collected(earlier) == 41
    earlier.close()


def signed(number: int, **refs: str) -> SignedAttestation:
    """Return an act of ours."""
    return sign_jws(
        Attestation(
            log="hub.example/ledger",
            id=attestation_id(number.to_bytes(16)),
            kind="claim.ended",
            at=AT.replace(microsecond=0),
            by="sakura",
            refs={"claim": f"clm_{number:026}", **refs},
            body={"reason": "filled"},
        ),
        Ed25519PrivateKey.from_private_bytes(bytes(32)),
    )


def test_an_act_is_kept_when_it_is_sent_and_completed_by_its_receipt(
    connection: sqlite3.Connection,
) -> None:
    act = signed(1)
    assert receipts.begin(connection, act, at=AT)
    assert not receipts.begin(connection, act, at=LATER)
    begun = receipts.find(connection, act.attestation.id)
    assert begun is not None
    assert (begun.sent, begun.sent_at, begun.accepted_at, begun.proof) == (act.wire, AT, None, "")
    receipts.accept(connection, [act.attestation.id], at=AT)
    receipts.accept(connection, [act.attestation.id], at=LATER)
    (still,) = receipts.open_ones(connection, witnessed=False)
    assert still.accepted_at == AT
    receipts.keep(
        connection,
        Receipt(attestation=act.attestation.id, kind="k", seq=7, proof="{}", kept_at=LATER),
    )
    kept = receipts.find(connection, act.attestation.id)
    assert kept is not None
    assert (kept.kind, kept.seq, kept.sent, kept.kept_at) == ("claim.ended", 7, act.wire, AT)
    assert list(receipts.open_ones(connection, witnessed=False)) == []


def test_where_witnesses_are_asked_for_a_receipt_stays_open_until_they_have_signed(
    connection: sqlite3.Connection,
) -> None:
    receipts.keep(connection, ENTERED)
    assert list(receipts.open_ones(connection, witnessed=False)) == []
    (bare,) = receipts.open_ones(connection, witnessed=True)
    assert bare.attestation == ENTERED.attestation
    receipts.keep(connection, replace(ENTERED, witnessed_at=LATER))
    receipts.keep(connection, ENTERED)
    assert list(receipts.open_ones(connection, witnessed=True)) == []


def test_the_newest_come_first_and_unanswered_ones_last(connection: sqlite3.Connection) -> None:
    acts = [signed(number) for number in range(3)]
    for number, act in enumerate(acts):
        receipts.begin(connection, act, at=AT + timedelta(minutes=number))
    names = [act.attestation.id for act in acts]
    receipts.accept(connection, names[:2], at=LATER)
    opened = [one.attestation for one in receipts.open_ones(connection, witnessed=False)]
    assert opened == [names[1], names[0], names[2]]


def test_what_was_not_taken_is_dropped_and_what_has_its_receipt_is_not(
    connection: sqlite3.Connection,
) -> None:
    acts = [signed(number) for number in (1, 2)]
    for act in acts:
        receipts.begin(connection, act, at=AT)
    receipts.keep(
        connection,
        Receipt(attestation=acts[0].attestation.id, kind="k", seq=1, proof="{}", kept_at=AT),
    )
    receipts.forget(connection, [act.attestation.id for act in acts])
    assert [one.attestation for one in receipts.every(connection)] == [acts[0].attestation.id]


def test_what_names_the_erased_is_no_longer_waited_for(connection: sqlite3.Connection) -> None:
    gone, other = signed(1), signed(2)
    for act in (gone, other):
        receipts.begin(connection, act, at=AT)
    receipts.forget_about(connection, gone.attestation.refs["claim"])
    assert [one.attestation for one in receipts.every(connection)] == [other.attestation.id]


def test_a_false_receipt_is_kept_as_evidence(connection: sqlite3.Connection) -> None:
    act = signed(1)
    receipts.begin(connection, act, at=AT)
    receipts.complain(connection, act.attestation.id, "two roots of one size", b"the file")
    (kept,) = receipts.every(connection)
    assert (kept.complaint, kept.false_file, kept.proof) == (
        "two roots of one size",
        b"the file",
        "",
    )


def test_a_receipt_of_a_referral_needs_the_referral(connection: sqlite3.Connection) -> None:
    orphan = Receipt(attestation="x", kind="k", referral="ref_nowhere", kept_at=AT)
    with pytest.raises(sqlite3.IntegrityError):
        receipts.keep(connection, orphan)
