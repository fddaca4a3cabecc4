"""Rows of the scheme itself: what it opened with, its rules and its notices."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from exchange.store.columns import MACHINERY, Base, Instant, Json, JsonText


class SchemeRow(Base):
    """The one scheme that this hub serves."""

    __tablename__ = "scheme"

    origin: Mapped[str] = mapped_column(Text, primary_key=True, info=MACHINERY)
    name: Mapped[str] = mapped_column(Text, info=MACHINERY)
    name_en: Mapped[str] = mapped_column(Text, info=MACHINERY)
    web_origin: Mapped[str] = mapped_column(Text, info=MACHINERY)
    rp_id: Mapped[str] = mapped_column(Text, info=MACHINERY)
    operator: Mapped[str] = mapped_column(Text, info=MACHINERY)
    ledger_vkey: Mapped[str] = mapped_column(Text, info=MACHINERY)
    demo: Mapped[bool] = mapped_column(info=MACHINERY)
    opened_at: Mapped[datetime] = mapped_column(Instant, info=MACHINERY)


class RulesRow(Base):
    """One adopted version of the rules."""

    __tablename__ = "rules"

    version: Mapped[str] = mapped_column(Text, primary_key=True, info=MACHINERY)
    valid_from: Mapped[date] = mapped_column(info=MACHINERY)
    document: Mapped[Json] = mapped_column(JsonText, info=MACHINERY)
    adopted_at: Mapped[datetime] = mapped_column(Instant, info=MACHINERY)


class NoticeRow(Base):
    """One adopted version of the notice that candidates read; immutable."""

    __tablename__ = "notices"

    version: Mapped[str] = mapped_column(Text, primary_key=True, info=MACHINERY)
    ja: Mapped[str] = mapped_column(Text, info=MACHINERY)
    en: Mapped[str] = mapped_column(Text, info=MACHINERY)
    adopted_at: Mapped[datetime] = mapped_column(Instant, info=MACHINERY)


def scheme(session: Session) -> SchemeRow | None:
    """Return the scheme, or None before it is opened."""
    return session.scalar(select(SchemeRow))


def adopted_rules(session: Session) -> Sequence[RulesRow]:
    """Return every adopted version, in the order of adoption."""
    return session.scalars(
        select(RulesRow).order_by(RulesRow.valid_from, RulesRow.adopted_at)
    ).all()


def current_notice(session: Session) -> NoticeRow | None:
    """Return the notice adopted last, or None."""
    return session.scalar(select(NoticeRow).order_by(NoticeRow.adopted_at.desc()).limit(1))


def notice(session: Session, version: str) -> NoticeRow | None:
    """Return one version of the notice, or None."""
    return session.get(NoticeRow, version)
