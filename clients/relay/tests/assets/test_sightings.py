"""Rows of what was seen of the ledger."""

import sqlite3
from datetime import UTC, datetime, timedelta

import pytest

from career_relay.assets import sightings
from career_relay.assets.store import AssetStore

AT = datetime(2026, 12, 1, 3, 4, 5, tzinfo=UTC)


def test_before_the_first_contact_nothing_was_seen(store: AssetStore) -> None:
    with store.reading() as rows:
        assert sightings.ledger(rows) is None
        assert list(sightings.entries(rows)) == []


def test_the_ledgers_key_is_pinned_once(store: AssetStore) -> None:
    with store.transaction() as rows:
        sightings.pin_ledger(rows, "key", at=AT)
    with pytest.raises(sqlite3.IntegrityError), store.transaction() as rows:
        sightings.pin_ledger(rows, "other", at=AT)
    with store.reading() as rows:
        seen = sightings.ledger(rows)
    assert seen is not None
    assert (seen.vkey, seen.checkpoint, seen.seen_at) == ("key", None, AT)


def test_the_newest_checkpoint_takes_the_place_of_the_one_before(store: AssetStore) -> None:
    with store.transaction() as rows:
        sightings.pin_ledger(rows, "key", at=AT)
        sightings.keep_checkpoint(rows, b"first", at=AT)
        sightings.keep_checkpoint(rows, b"second", at=AT + timedelta(hours=1))
    with store.reading() as rows:
        seen = sightings.ledger(rows)
    assert seen is not None
    assert (seen.vkey, seen.checkpoint) == ("key", b"second")
    assert seen.seen_at == AT + timedelta(hours=1)


def test_entries_come_back_in_their_order_with_the_instant_of_the_first_sight(
    store: AssetStore,
) -> None:
    with store.transaction() as rows:
        sightings.keep_entry(rows, 4, b"four", at=AT)
        sightings.keep_entry(rows, 0, b"zero", at=AT)
    with store.reading() as rows:
        seen = list(sightings.entries(rows))
    assert [(one.seq, one.entry, one.seen_at) for one in seen] == [
        (0, b"zero", AT),
        (4, b"four", AT),
    ]


def test_an_entry_that_was_seen_is_never_replaced(store: AssetStore) -> None:
    with store.transaction() as rows:
        sightings.keep_entry(rows, 4, b"four", at=AT)
    with pytest.raises(sqlite3.IntegrityError), store.transaction() as rows:
        sightings.keep_entry(rows, 4, b"other", at=AT)
