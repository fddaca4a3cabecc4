"""Many rows in one statement, in whichever way an engine takes them fastest."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import chain

from sqlalchemy import Date, Dialect, Table
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeDecorator, TypeEngine

CHUNKS = (512, 64, 8, 1)
"""How many rows one statement of SQLite inserts; its limit are 32,766 values."""

_NOTHING = object()


def insert(
    session: Session,
    table: Table,
    columns: Mapping[str, Sequence[object]],
    *,
    unless_there: bool = False,
) -> None:
    """Insert rows, given by column; what the session has pending is written first.

    Args:
        columns: the values of each column by its name in the database, all equally many.
        unless_there: whether a row whose key stands there already is passed over, not refused.
    """
    session.flush()
    connection = session.connection()
    cells = [
        _cells(table.c[name].type, values, connection.dialect) for name, values in columns.items()
    ]
    count = len(cells[0])
    into = f"INSERT INTO {table.name} ({', '.join(columns)})"
    known = " ON CONFLICT DO NOTHING" if unless_there else ""
    if is_postgresql(session):
        if count:
            taken, asked = _unnested(table, columns, cells, connection.dialect)
            connection.exec_driver_sql(f"{into} {taken}{known}", asked)
        return
    row = f"({', '.join('?' * len(columns))})"
    flat = list(chain.from_iterable(zip(*cells, strict=True)))
    for start, rows in _chunks(count):
        taken = f"VALUES {', '.join([row] * rows)}"
        part = flat[start * len(columns) : (start + rows) * len(columns)]
        connection.exec_driver_sql(f"{into} {taken}{known}", tuple(part))


def update(
    session: Session, table: Table, changed: str, key: str, pairs: Sequence[tuple[int, str]]
) -> None:
    """Set one column of the rows that have a key; a key that no row has is passed over.

    Args:
        pairs: the new value of `changed`, and the value of `key`.
    """
    if not pairs:
        return
    session.flush()
    into = f"UPDATE {table.name} SET {changed} ="
    if is_postgresql(session):
        new = f"FROM unnest(%b::bigint[], %b::text[]) AS new(value, key) WHERE {key} = new.key"
        asked: tuple[object, ...] = tuple(map(list, zip(*pairs, strict=True)))
        session.connection().exec_driver_sql(f"{into} new.value {new}", asked)
        return
    new = "json_extract(new.value, '$[0]') FROM json_each(?) AS new"
    found = f"WHERE {table.name}.{key} = json_extract(new.value, '$[1]')"
    session.connection().exec_driver_sql(f"{into} {new} {found}", (json.dumps(pairs),))


def delete(session: Session, table: Table, key: str, values: Sequence[int]) -> None:
    """Delete the rows that have one of these numbers as their key."""
    if not values:
        return
    session.flush()
    gone = f"DELETE FROM {table.name} WHERE {key}"
    if is_postgresql(session):
        session.connection().exec_driver_sql(f"{gone} = ANY(%b::bigint[])", (list(values),))
    else:
        gone = f"{gone} IN (SELECT value FROM json_each(?))"
        session.connection().exec_driver_sql(gone, (json.dumps(values),))


def select(
    session: Session, table: Table, wanted: Sequence[str], key: str, values: Sequence[str]
) -> Sequence[Sequence[object]]:
    """Return columns of the rows that have one of these texts as their key, in no order."""
    if not values:
        return ()
    session.flush()
    words = ("SELECT", ", ".join(wanted), "FROM", table.name, "WHERE", key)
    if is_postgresql(session):
        statement, asked = " ".join((*words, "= ANY(%b::text[])")), (list(values),)
        return session.connection().exec_driver_sql(statement, asked).all()
    statement = " ".join((*words, "IN (SELECT value FROM json_each(?))"))
    return session.connection().exec_driver_sql(statement, (json.dumps(list(values)),)).all()


def is_postgresql(session: Session) -> bool:
    """Return whether the session's engine is PostgreSQL; SQLite otherwise."""
    return session.get_bind().dialect.name == "postgresql"


def _unnested(
    table: Table,
    names: Iterable[str],
    cells: Sequence[Sequence[object]],
    dialect: Dialect,
) -> tuple[str, tuple[object, ...]]:
    """Return what selects rows on PostgreSQL, and its parameters.

    Each column is one binary array (as text, bytes would go as twice as many), or one value where
    it is the same in all rows.
    """
    shown: list[str] = []
    arrays: list[str] = []
    single: list[object] = []
    many: list[Sequence[object]] = []
    for name, values in zip(names, cells, strict=True):
        kind = table.c[name].type.compile(dialect)
        if arrays and all(value is values[0] or value == values[0] for value in values):
            shown.append(f"%b::{kind}")
            single.append(values[0])
        else:
            arrays.append(f"%b::{kind}[]")
            many.append(values)
            shown.append(f"c{len(arrays)}")
    named = ", ".join(f"c{number + 1}" for number in range(len(arrays)))
    statement = f"SELECT {', '.join(shown)} FROM unnest({', '.join(arrays)}) AS new({named})"
    return statement, (*single, *many)


def _chunks(count: int) -> Iterator[tuple[int, int]]:
    """Yield where a part of so many rows begins, and how many it has.

    There are few sizes, so that SQLite finds its statements prepared; and a statement of many
    rows lets the process's other threads run meanwhile.
    """
    start = 0
    for rows in CHUNKS:
        while count - start >= rows:
            yield start, rows
            start += rows


def _cells(
    kind: TypeEngine[object], values: Sequence[object], dialect: Dialect
) -> Sequence[object]:
    """Return a column's values as the driver takes them."""
    if not isinstance(kind, TypeDecorator | Date):
        return values if isinstance(values, list) else list(values)
    taken: list[object] = []
    before: object = _NOTHING
    cell: object = None
    for value in values:
        # Of many rows of one transaction, moment, day and organizations are mostly the same.
        if value is not before:
            cell, before = _cell(kind, value, dialect), value
        taken.append(cell)
    return taken


def _cell(kind: TypeEngine[object], value: object, dialect: Dialect) -> object:
    """Return one value as the driver takes it: a column's own type knows how."""
    if isinstance(kind, TypeDecorator):
        made: object = kind.process_bind_param(value, dialect)
        return made
    return value.isoformat() if isinstance(value, date) and dialect.name == "sqlite" else value
