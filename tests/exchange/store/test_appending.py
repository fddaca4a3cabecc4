"""What waits is read in its order, up to where it is asked for, and leaves alone what it is not."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from exchange.store import appending, transaction
from exchange.store import ledger as rows
from exchange.store.appending import Placed, Taken
from exchange.store.shown import ShownRow

AT = datetime(2026, 12, 1, 4, 5, 6, tzinfo=UTC)
DAY = date(2026, 12, 1)


@pytest.fixture
def session(database_url: str) -> Iterator[Session]:
    """Yield a session on an empty database."""
    engine = transaction.connect(database_url)
    with transaction.writing(transaction.sessions_of(engine)) as session:
        yield session
    engine.dispose()


def taken(name: str) -> Taken:
    """Return an attestation of an id."""
    return Taken(
        id=name,
        digest=name.encode() * 2,
        kind="claim.declined",
        orgs=["aozora", "mirai"],
        candidate_id=None,
        reveal=b"reveal of " + name.encode(),
        commitment=b"\x01" * 32,
        signed=None,
        rules="demo-1",
        day=DAY,
        at=AT,
    )


def placed(*, seq: int, entry: bytes, attestation_id: str) -> Placed:
    """Return an entry at its place."""
    return Placed(
        seq=seq, entry=entry, day=DAY, attestation_id=attestation_id, orgs=("aozora", "mirai")
    )


def test_what_is_recorded_is_held_and_waits_in_its_order(session: Session) -> None:
    appending.record(session, [taken("b"), taken("a")])
    waiting = appending.queued(session, 10)
    assert [row.attestation_id for row in waiting] == ["b", "a"]
    assert waiting[0][2:] == (
        "claim.declined", ("aozora", "mirai"), "demo-1", DAY, b"\x01" * 32, None,
    )  # fmt: skip
    held = rows.attestation(session, "a")
    assert held is not None
    assert (held.digest, held.reveal, held.recorded_at) == (b"aa", b"reveal of a", AT)
    assert held.seq is None


def test_known_ids_are_told_with_their_digests_and_unknown_ones_are_not(session: Session) -> None:
    appending.record(session, [taken("a"), taken("b")])
    assert appending.digests(session, ["b", "c"]) == {"b": b"bb"}
    assert appending.digests(session, []) == {}


def test_the_queue_is_read_up_to_a_number_and_up_to_a_position(session: Session) -> None:
    assert appending.queue_end(session) is None
    appending.record(session, [taken(name) for name in "abc"])
    end = appending.queue_end(session)
    assert end is not None
    appending.record(session, [taken("d")])
    assert [row.attestation_id for row in appending.queued(session, 2)] == ["a", "b"]
    assert [row.attestation_id for row in appending.queued(session, 9, upto=end)] == list("abc")
    assert [row.attestation_id for row in appending.queued(session, 9)] == list("abcd")


def test_appended_entries_stand_and_their_attestations_know_where(session: Session) -> None:
    appending.record(session, [taken("a"), taken("b")])
    appending.append(
        session,
        [
            placed(seq=0, entry=b"first", attestation_id="b"),
            placed(seq=1, entry=b"second", attestation_id="erased"),
            placed(seq=2, entry=b"third", attestation_id="a"),
        ],
    )
    appending.unqueue(session, [row.position for row in appending.queued(session, 9)])
    assert list(rows.entries(session, 0, 9)) == [b"first", b"second", b"third"]
    places = [rows.attestation(session, name) for name in "ab"]
    assert [row.seq for row in places if row] == [2, 0]
    assert rows.queue_length(session) == 0


def test_whom_entries_name_is_noted_once_for_each_bundle_of_256(session: Session) -> None:
    def noted() -> list[tuple[str, int]]:
        query = select(ShownRow).order_by(ShownRow.slug, ShownRow.bundle)
        return [(row.slug, row.bundle) for row in session.scalars(query)]

    appending.append(session, [placed(seq=255, entry=b"last of the first", attestation_id="a")])
    assert noted() == [("aozora", 0), ("mirai", 0)]
    appending.append(session, [placed(seq=256, entry=b"first of the next", attestation_id="b")])
    expected = [("aozora", 0), ("aozora", 1), ("mirai", 0), ("mirai", 1)]
    assert noted() == expected
    nobody = Placed(seq=512, entry=b"names nobody", day=DAY, attestation_id="d", orgs=())
    again = placed(seq=257, entry=b"another of it", attestation_id="c")
    appending.append(session, [again, nobody])
    assert noted() == expected


def test_tiles_are_kept_by_their_places(session: Session) -> None:
    appending.keep_tiles(session, {(0, 3, 256): b"full", (1, 0, 4): b"part"})
    assert rows.tile(session, 0, 3, 256) == b"full"
    assert rows.tile(session, 1, 0, 4) == b"part"
    assert rows.tile(session, 0, 3, 255) is None
