"""The column types of every area, and what each column says about the people in it."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Literal, TypeAlias

from sqlalchemy import BigInteger, Integer, LargeBinary, MetaData, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

Json: TypeAlias = bool | int | str | Sequence["Json | None"] | Mapping[str, "Json | None"]
"""What a JSON column holds; no fractions."""

Subject = Literal["candidate", "staff", "organization", "nobody"]
Erase = Literal["with-row", "with-key", "kept"]


def about(
    subject: Subject,
    category: str,
    *,
    basis: str = "scheme",
    retention: str = "scheme",
    export: bool = False,
    erase: Erase = "kept",
) -> dict[str, str | bool]:
    """Return what a column holds about whom; every column carries one (privacy.md, Forgetting).

    Args:
        subject: whose fact it is.
        category: a word for the kind of fact, such as "identifier" or "profile".
        basis: why the hub may hold it: "consent", "contract" or "scheme".
        retention: until when: "consent", "scheme", "minutes", "days-7".
        export: whether the candidate's own copy contains it.
        erase: how erasure reaches it: the row goes, the key goes, or it may stay.
    """
    return {
        "subject": subject,
        "category": category,
        "basis": basis,
        "retention": retention,
        "export": export,
        "erase": erase,
    }


ORGANIZATION = about("organization", "register")
"""A fact about an organization."""
STAFF = about("staff", "account", basis="contract")
"""A fact about a person who works for an organization."""
MACHINERY = about("nobody", "machinery")
"""A fact about nobody: counters, states and hashes of the hub itself."""
PERSONAL = about(
    "candidate", "record", basis="consent", retention="consent", export=True, erase="with-row"
)
"""A candidate's fact that leaves with its row."""
LINK = about("candidate", "link", basis="consent", retention="consent", erase="with-row")
"""What ties rows to one candidate; random, meaningless outside, gone with its row."""
SEALED = about(
    "candidate", "sealed", basis="consent", retention="consent", export=True, erase="with-key"
)
"""Bytes under the candidate's own key."""


def sealed_as(purpose: str) -> dict[str, str | bool]:
    """Return what a column says whose bytes are sealed under the candidate's key for a purpose."""
    return {**SEALED, "purpose": purpose}


class Base(DeclarativeBase):
    """All tables of the hub."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class Instant(TypeDecorator[datetime]):
    """An aware UTC instant, kept as microseconds since 1970 so that both engines agree."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Return microseconds since 1970-01-01T00:00:00Z."""
        del dialect
        if value is None:
            return None
        if value.tzinfo is None:
            message = "a stored instant must be aware"
            raise ValueError(message)
        delta = value.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)
        return (delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """Return the aware instant."""
        del dialect
        if value is None:
            return None
        seconds, micros = divmod(value, 1_000_000)
        return datetime.fromtimestamp(seconds, tz=UTC).replace(microsecond=micros)


class JsonText(TypeDecorator[Json]):
    """A small JSON value kept as text, sorted, so that both engines store the same characters."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Json | None, dialect: Dialect) -> str | None:
        """Return the text, keys sorted."""
        del dialect
        return None if value is None else json.dumps(value, ensure_ascii=False, sort_keys=True)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Json | None:
        """Return the value."""
        del dialect
        if value is None:
            return None
        parsed: Json | None = json.loads(value)
        return parsed


Position = BigInteger().with_variant(Integer, "sqlite")
"""A row number that counts by itself on both engines."""
Octets = LargeBinary
"""Raw bytes."""
