"""Everything that is held about one candidate, found by what each column says of itself.

Export and erasure are both generated from here, so that no table can be forgotten by either.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Table, delete, select
from sqlalchemy.orm import Session

from exchange.store import (
    access_log,
    candidates,
    claims,
    consents,
    hires,
    ledger,
    outbox,
    points,
    profiles,
    referrals,
)
from exchange.store.columns import Base

AREAS = (
    access_log,
    candidates,
    claims,
    consents,
    hires,
    ledger,
    outbox,
    points,
    profiles,
    referrals,
)
"""The modules whose tables hold what is about candidates; importing them makes them known."""

WITHOUT_PERSON = frozenset({"ledger_queue", "tellings"})
"""Tables that hold a random id of something about a candidate, but not whose: both pass by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One value that is held about a candidate.

    Attributes:
        column: the column's name.
        value: as the database gives it.
        purpose: what it is sealed as, or "" where it is not sealed.
    """

    column: str
    value: object
    purpose: str


def tables() -> Sequence[Table]:
    """Return the tables that hold rows of candidates, those that refer to others first."""
    return [
        table
        for table in reversed(Base.metadata.sorted_tables)
        if _is_personal(table) and table.name not in WITHOUT_PERSON
    ]


def held_about(session: Session, candidate_id: str) -> Mapping[str, list[list[Held]]]:
    """Return the rows about a candidate by table, with the values that the candidate is given."""
    return {
        table.name: list(_rows(session, table, candidate_id))
        for table in sorted(tables(), key=lambda table: table.name)
    }


def erase(session: Session, candidate_id: str) -> None:
    """Delete every row about a candidate, their key among them."""
    session.flush()
    session.expire_all()
    for table in tables():
        session.execute(delete(table).where(_is_about(table, candidate_id)))
    session.expunge_all()


def _rows(session: Session, table: Table, candidate_id: str) -> Iterator[list[Held]]:
    """Give a table's rows about a candidate, in the order of their keys."""
    columns = [column for column in table.columns if column.info.get("export")]
    if not columns:
        return
    query = select(*columns).where(_is_about(table, candidate_id))
    for row in session.execute(query.order_by(*table.primary_key.columns)):
        yield [
            Held(column=column.name, value=value, purpose=str(column.info.get("purpose", "")))
            for column, value in zip(columns, row, strict=True)
        ]


def _is_personal(table: Table) -> bool:
    """Return whether a table holds anything about candidates."""
    return any(column.info.get("subject") == "candidate" for column in table.columns)


def _is_about(table: Table, candidate_id: str) -> ColumnElement[bool]:
    """Return the condition by which a table's rows are a candidate's: directly, or by its parent.

    Raises:
        LookupError: nothing leads from the table to a candidate.
    """
    if table.name == "candidates":
        return table.c.id == candidate_id
    if "candidate_id" in table.c:
        return table.c.candidate_id == candidate_id
    for key in sorted(table.foreign_keys, key=lambda key: key.parent.name):
        parent = key.column.table
        if _is_personal(parent):
            theirs = select(key.column).where(_is_about(parent, candidate_id))
            return key.parent.in_(theirs)
    message = f"the rows of {table.name} are about candidates, but lead to none"
    raise LookupError(message)
