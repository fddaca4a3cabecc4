"""Rows of applications: keep a file's worth of them at once, and give them back as values."""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

import msgspec

from career_relay.application import Application
from career_relay.imports.verdicts import Refusal, Row
from career_relay.words import Words

Change = Literal["new", "changed", "same"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What became of one row: taken in, brought up to date, or known already."""

    key: str
    change: Change
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """What became of one file."""

    file: str
    kept: tuple[Kept, ...]
    refused: tuple[Refusal, ...]

    def count(self, change: Change) -> int:
        """Return how many rows met this fate."""
        return sum(kept.change == change for kept in self.kept)


def keep(connection: sqlite3.Connection, file: str, rows: Sequence[Row], *, at: datetime) -> Import:
    """Keep the rows of one file; a row already there is compared, and only a change is written.

    A row whose id belongs to somebody else is refused, so that two systems that count from 1
    never overwrite each other's people.

    Args:
        connection: of an open transaction; what it holds is the whole file or nothing of it.
        file: the file's name, kept beside each row.
        rows: what a reader took.
        at: the instant of the import.
    """
    kept: list[Kept] = []
    refused: list[Refusal] = []
    for row in rows:
        known = find(connection, row.application.key)
        if known is not None and _is_someone_else(known, row.application):
            refused.append(_someone_else(row))
            continue
        application = row.application if known is None else _completed(row.application, known)
        if known is None:
            _insert(connection, application, file, at)
            kept.append(Kept(key=application.key, change="new"))
        elif known != application:
            _update(connection, application, file, at)
            kept.append(
                Kept(
                    key=application.key, change="changed", fields=changed_fields(known, application)
                )
            )
        else:
            kept.append(Kept(key=application.key, change="same"))
    return Import(file=file, kept=tuple(kept), refused=tuple(refused))


def find(connection: sqlite3.Connection, key: str) -> Application | None:
    """Return the application under a key, or None."""
    row = connection.execute("SELECT content FROM application WHERE key = ?", (key,)).fetchone()
    return None if row is None else _decoded(row["content"])


def every(connection: sqlite3.Connection) -> Iterator[Application]:
    """Yield all applications, in the order of their keys."""
    for row in connection.execute("SELECT content FROM application ORDER BY key"):
        yield _decoded(row["content"])


def changed_fields(before: Application, after: Application) -> tuple[str, ...]:
    """Return the names of the fields in which two versions of an application differ."""
    names = [part for part in ("kind", "locale") if getattr(before, part) != getattr(after, part)]
    for part in ("person", "career", "selection"):
        old, new = getattr(before, part), getattr(after, part)
        names.extend(field for field in old.__slots__ if getattr(old, field) != getattr(new, field))
    return tuple(names)


def _completed(application: Application, known: Application) -> Application:
    """Return an application with its person from before, where the new file tells none."""
    if application.person.name or application.person.email:
        return application
    return replace(
        application, person=known.person, career=known.career, kind=known.kind, locale=known.locale
    )


def _is_someone_else(known: Application, application: Application) -> bool:
    """Return whether two names differ, and no address, number or birth date joins them."""
    before, after = known.person, application.person
    if not before.name or not after.name or before.name == after.name:
        return False
    marks = (
        (before.email.casefold(), after.email.casefold()),
        (before.phone, after.phone),
        (before.born_on, after.born_on),
    )
    return not any(ours and ours == theirs for ours, theirs in marks)


def _insert(
    connection: sqlite3.Connection, application: Application, file: str, at: datetime
) -> None:
    connection.execute(
        """
        INSERT INTO application (
            key, kind, locale, name, kana, email, phone, outcome, channel, stage, applied_at,
            ended_at, born_on, content, file, changed_at, imported_at
        ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        (application.key, *_columns(application), file, at.isoformat(), at.isoformat()),
    )


def _update(
    connection: sqlite3.Connection, application: Application, file: str, at: datetime
) -> None:
    connection.execute(
        """
        UPDATE application SET
            kind = ?, locale = ?, name = ?, kana = ?, email = ?, phone = ?, outcome = ?,
            channel = ?, stage = ?, applied_at = ?, ended_at = ?, born_on = ?, content = ?,
            file = ?, changed_at = ?
        WHERE key = ?
        """,
        (*_columns(application), file, at.isoformat(), application.key),
    )


def _columns(application: Application) -> tuple[str | None, ...]:
    person, selection = application.person, application.selection
    return (
        application.kind,
        application.locale,
        person.name,
        person.kana,
        person.email,
        person.phone,
        selection.outcome,
        selection.channel,
        selection.stage,
        _iso(selection.applied_at),
        _iso(selection.ended_at),
        _iso(person.born_on),
        msgspec.json.encode(application).decode(),
    )


def _iso(moment: date | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _decoded(content: str) -> Application:
    return msgspec.json.decode(content, type=Application)


def _someone_else(row: Row) -> Refusal:
    return Refusal(
        row=row.row,
        column="",
        code="someone-else",
        what=Words(
            en="This id already belongs to another person in the store.",
            ja="この応募IDは、保存済みの別の方のものです。",
        ),
        mend=Words(
            en="Check whether the file comes from another system that counts alike.",
            ja="番号の付け方が同じ別システムのファイルでないか確かめてください。",
        ),
    )
