"""Receipts: kept once, completed when the entry has its place, never emptied again."""

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from career_relay.assets import receipts
from career_relay.assets.receipts import Receipt
from career_relay.assets.store import AssetStore

AT = datetime(2026, 10, 1, 3, 0, tzinfo=UTC)
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


def test_receipts_of_a_kind_come_in_the_ledgers_order_with_the_waiting_last(
    connection: sqlite3.Connection,
) -> None:
    for name, seq, kind in [
        ("b", 7, "profile.added"),
        ("a", None, "profile.added"),
        ("c", 3, "profile.added"),
        ("d", 1, "referral.invited"),
    ]:
        receipts.keep(connection, Receipt(attestation=name, kind=kind, seq=seq, kept_at=AT))
    names = [one.attestation for one in receipts.of_kind(connection, "profile.added")]
    assert names == ["c", "b", "a"]
    assert list(receipts.of_kind(connection, "claim.made")) == []


def test_the_last_place_is_where_the_next_pull_goes_on(connection: sqlite3.Connection) -> None:
    assert receipts.last_seq(connection) == -1
    receipts.keep(connection, ACCEPTED)
    assert receipts.last_seq(connection) == -1
    receipts.keep(connection, ENTERED)
    receipts.keep(connection, Receipt(attestation="x", kind="k", seq=0, kept_at=AT))
    assert receipts.last_seq(connection) == 41


def test_a_receipt_of_a_referral_needs_the_referral(connection: sqlite3.Connection) -> None:
    orphan = Receipt(attestation="x", kind="k", referral="ref_nowhere", kept_at=AT)
    with pytest.raises(sqlite3.IntegrityError):
        receipts.keep(connection, orphan)
