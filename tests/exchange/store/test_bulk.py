"""Many rows in one statement come out as if they had been written one by one."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from exchange.store import bulk, transaction
from exchange.store.columns import Base
from exchange.store.ledger import AttestationRow, EntryRow, QueueRow
from exchange.store.shown import ShownRow

QUEUE = Base.metadata.tables["ledger_queue"]
ENTRIES = Base.metadata.tables["ledger_entries"]
SHOWN = Base.metadata.tables["ledger_shown"]
ATTESTATIONS = Base.metadata.tables["attestations"]
AT = datetime(2026, 12, 1, 4, 5, 6, 789_012, tzinfo=UTC)
DAY = date(2026, 12, 1)


@pytest.fixture
def session(database_url: str) -> Iterator[Session]:
    """Yield a session on an empty database."""
    engine = transaction.connect(database_url)
    with transaction.writing(transaction.sessions_of(engine)) as session:
        yield session
    engine.dispose()


def enqueue(session: Session, count: int) -> None:
    """Put that many attestations into the queue, every second one clear."""
    bulk.insert(
        session,
        QUEUE,
        {
            "attestation_id": [f"id-{n}" for n in range(count)],
            "kind": ["claim.declined"] * count,
            "orgs": [["aozora", "mirai"], []] * (count // 2) + [["mirai"]] * (count % 2),
            "rules": [""] * count,
            "day": [DAY] * count,
            "commitment": [None if n % 2 else bytes([n % 256]) * 32 for n in range(count)],
            "signed": [b"\x00\xff" if n % 2 else None for n in range(count)],
            "queued_at": [AT] * count,
        },
    )


@pytest.mark.parametrize("count", [1, 2, 7, 8, 9, 63, 64, 65, 511, 512, 513, 1_100])
def test_as_many_rows_stand_there_as_were_given_and_in_their_order(
    session: Session, count: int
) -> None:
    enqueue(session, count)
    ids = session.scalars(select(QueueRow.attestation_id).order_by(QueueRow.position)).all()
    assert list(ids) == [f"id-{n}" for n in range(count)]


def test_every_value_is_read_back_as_it_was_given(session: Session) -> None:
    enqueue(session, 3)
    first, second, third = session.scalars(select(QueueRow).order_by(QueueRow.position)).all()
    assert (first.orgs, first.commitment, first.signed) == (["aozora", "mirai"], bytes(32), None)
    assert (second.orgs, second.commitment, second.signed) == ([], None, b"\x00\xff")
    assert third.orgs == ["mirai"]
    assert {(row.day, row.queued_at) for row in (first, second, third)} == {(DAY, AT)}


def test_none_at_all_are_no_statement(session: Session) -> None:
    bulk.insert(session, ENTRIES, {"seq": [], "entry": [], "day": []})
    bulk.update(session, ATTESTATIONS, "seq", "id", [])
    bulk.delete(session, QUEUE, "position", [])
    assert bulk.select(session, ATTESTATIONS, ("id",), "id", []) == ()


def test_what_the_session_has_pending_is_written_first(session: Session) -> None:
    session.add(EntryRow(seq=0, entry=b"first", day=DAY))
    with pytest.raises(IntegrityError, match=r"append-only|unique|duplicate"):
        bulk.insert(session, ENTRIES, {"seq": [0], "entry": [b"second"], "day": [DAY]})
    session.rollback()


def test_a_row_that_stands_there_is_refused_or_where_asked_passed_over(session: Session) -> None:
    def noted() -> list[tuple[str, int]]:
        query = select(ShownRow).order_by(ShownRow.slug, ShownRow.bundle)
        return [(row.slug, row.bundle) for row in session.scalars(query)]

    bulk.insert(session, SHOWN, {"slug": ["mirai"], "bundle": [3]})
    two: dict[str, list[object]] = {"slug": ["aozora", "mirai"], "bundle": [3, 3]}
    with pytest.raises(IntegrityError, match=r"(?i)unique"), session.begin_nested():
        bulk.insert(session, SHOWN, two)
    assert noted() == [("mirai", 3)]
    bulk.insert(session, SHOWN, two, unless_there=True)
    assert noted() == [("aozora", 3), ("mirai", 3)]


def attested(session: Session, *names: str) -> None:
    """Hold attestations of those ids that have no place yet."""
    for name in names:
        session.add(
            AttestationRow(
                id=name,
                digest=name.encode(),
                kind="claim.declined",
                orgs=[],
                seq=None,
                candidate_id=None,
                reveal=None,
                recorded_at=AT,
            )
        )


def test_each_row_gets_its_own_value_and_a_key_without_a_row_is_passed_over(
    session: Session,
) -> None:
    attested(session, "a", "b", "c")
    bulk.update(session, ATTESTATIONS, "seq", "id", [(7, "c"), (5, "a"), (6, "erased")])
    seqs = dict(session.execute(select(AttestationRow.id, AttestationRow.seq)).all())
    assert seqs == {"a": 5, "b": None, "c": 7}


def test_rows_are_found_by_their_keys_alone(session: Session) -> None:
    attested(session, "a", "b", 'quo"te')
    found = bulk.select(session, ATTESTATIONS, ("id", "digest"), "id", ['quo"te', "a", "none"])
    assert {tuple(row) for row in found} == {("a", b"a"), ('quo"te', b'quo"te')}


def test_the_named_rows_go_and_those_between_them_stay(session: Session) -> None:
    enqueue(session, 5)
    first = session.scalar(select(func.min(QueueRow.position))) or 0
    bulk.delete(session, QUEUE, "position", [first, first + 2, first + 4, first + 99])
    left = session.scalars(select(QueueRow.attestation_id).order_by(QueueRow.position)).all()
    assert list(left) == ["id-1", "id-3"]
