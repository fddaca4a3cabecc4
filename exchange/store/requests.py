"""Rows by which a repeated request is known: token ids and idempotency keys."""

from datetime import datetime

from sqlalchemy import Text, delete, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from exchange.store.columns import MACHINERY, Base, Instant, Octets


class TokenRow(Base):
    """The jti of a token that has written, with the one request it may repeat."""

    __tablename__ = "used_tokens"

    slug: Mapped[str] = mapped_column(Text, primary_key=True, info=MACHINERY)
    jti: Mapped[str] = mapped_column(Text, primary_key=True, info=MACHINERY)
    request_digest: Mapped[bytes] = mapped_column(Octets, info=MACHINERY)
    expires_at: Mapped[datetime] = mapped_column(Instant, index=True, info=MACHINERY)


class AnswerRow(Base):
    """The first answer to an idempotency key; answers to writes hold ids and states only."""

    __tablename__ = "idempotent_answers"

    actor: Mapped[str] = mapped_column(Text, primary_key=True, info=MACHINERY)
    key: Mapped[str] = mapped_column(Text, primary_key=True, info=MACHINERY)
    request_digest: Mapped[bytes] = mapped_column(Octets, info=MACHINERY)
    status: Mapped[int] = mapped_column(info=MACHINERY)
    body: Mapped[bytes] = mapped_column(Octets, info=MACHINERY)
    answered_at: Mapped[datetime] = mapped_column(Instant, index=True, info=MACHINERY)


def record_token(
    session: Session, *, slug: str, jti: str, request_digest: bytes, expires_at: datetime
) -> bytes:
    """Record that a token writes a request; return the digest recorded first, maybe another's."""
    values = {
        "slug": slug,
        "jti": jti,
        "request_digest": request_digest,
        "expires_at": expires_at,
    }
    if _insert_new(session, TokenRow, values):
        return request_digest
    return session.get_one(TokenRow, (slug, jti)).request_digest


def reserve_answer(
    session: Session, *, actor: str, key: str, request_digest: bytes, at: datetime
) -> AnswerRow | None:
    """Take an idempotency key for this transaction, or return the answer that stands under it.

    The same key taken in two transactions at once makes the second wait for the first.
    """
    values = {
        "actor": actor,
        "key": key,
        "request_digest": request_digest,
        "status": 0,
        "body": b"",
        "answered_at": at,
    }
    if _insert_new(session, AnswerRow, values):
        return None
    return session.get_one(AnswerRow, (actor, key))


def keep_answer(session: Session, *, actor: str, key: str, status: int, body: bytes) -> None:
    """Keep the first answer under the key that reserve_answer() took."""
    session.execute(
        update(AnswerRow)
        .where(AnswerRow.actor == actor, AnswerRow.key == key)
        .values(status=status, body=body)
    )


def _insert_new(
    session: Session, kind: type[TokenRow | AnswerRow], values: dict[str, object]
) -> bool:
    """Insert a row unless its key is taken, waiting for whoever is taking it; say if it was new."""
    table = kind.metadata.tables[kind.__tablename__]
    engine = session.get_bind().dialect.name
    insert = postgresql.insert if engine == "postgresql" else sqlite.insert
    statement = insert(table).values(values).on_conflict_do_nothing().returning(table.c[1])
    return session.execute(statement).first() is not None


def forget_stale(session: Session, now: datetime, answers_before: datetime) -> None:
    """Delete tokens that have expired and answers older than that moment."""
    session.execute(delete(TokenRow).where(TokenRow.expires_at < now))
    session.execute(delete(AnswerRow).where(AnswerRow.answered_at < answers_before))
