"""Statements as their companies read them, and what agencies owe each other by month."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from exchange.services.work import Work
from exchange.store import organizations as organization_rows
from exchange.store import points as rows
from exchange.store.points import RunRow, StatementRow
from relay_protocol.netting import Netting
from relay_protocol.statements import PointsLines, SlotsLines, Statement

LINES: Final = (
    ("brought_forward", "前月繰越", "Brought forward", "", ""),
    ("earned", "獲得", "Earned", "+", "+"),
    ("converted", "転換", "Converted", "−", "+"),
    ("returned", "返却", "Returned", "+", "+"),
    ("redeemed", "利用", "Redeemed", "−", "−"),
    ("expired", "失効", "Expired", "−", "−"),
    ("reversed", "取消", "Reversed", "−", "−"),
    ("adjusted", "調整", "Adjusted", "", ""),
    ("carried_forward", "翌月繰越", "Carried forward", "", ""),
    ("available", "うち利用可能", "of which available", "", ""),
    ("reserved", "うち予約中", "of which reserved", "", ""),
    ("debt", "うち不足", "of which debt", "", ""),
    ("pending", "ほかに確定待ち", "Besides, pending", "", ""),
    ("not_counted", "ほかに対象外の紹介", "Besides, referrals not counted", "", ""),
)
"""A statement's lines in their order: words, and what each does to points and to slots."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line as it is read: words in both languages, counts with their signs or ""."""

    ja: str
    en: str
    points: str
    slots: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One statement, as it is kept.

    Attributes:
        raw: its canonical bytes, the original.
        digest: their SHA-256, 32 bytes.
        settled: id of the attestation period.settled.
        name: the company's name.
        name_en: the same in English.
    """

    statement: Statement
    raw: bytes
    digest: bytes
    settled: str
    name: str
    name_en: str

    @property
    def period(self) -> str:
        """The month, `YYYY-MM`."""
        return self.statement.period


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """What an agency owes another, or is owed by it."""

    agency: str
    slots: int
    value_yen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Dues:
    """How an agency stands at a month's end.

    Attributes:
        net: slots; below 0 it owes free placements, above it is owed.
        open: what of the net has no counterpart, and stands.
        reference_fee_yen: what one placement is reckoned at, for information.
    """

    period: str
    net: int
    open: int
    reference_fee_yen: int
    owes: tuple[Duty, ...]
    is_owed: tuple[Duty, ...]


def told(work: Work, slug: str, *, before: str = "", limit: int = 100) -> Sequence[Told]:
    """Return a company's statements, newest first.

    Args:
        before: only months before this one; "" for all.
    """
    return _told(work, rows.statements_before(work.session, slug, before, limit))


def one(work: Work, slug: str, period: str) -> Told | None:
    """Return a company's statement of one month, or None."""
    row = rows.statement(work.session, slug, period)
    return None if row is None else _told(work, [row])[0]


def of_period(work: Work, period: str) -> Sequence[Told]:
    """Return every company's statement of one month, by slug."""
    return _told(work, rows.statements_of_period(work.session, period))


def netting_of(work: Work, period: str) -> bytes | None:
    """Return what agencies owe one another at a month's end, to the byte, or None before it."""
    run = rows.run(work.session, period)
    return None if run is None else run.netting


def dues(work: Work, slug: str, *, before: str = "", limit: int = 100) -> Sequence[Dues]:
    """Return how an agency stood at the end of each settled month, newest first.

    Args:
        before: only months before this one; "" for all.
    """
    runs = rows.runs_before(work.session, before, limit)
    return [_dues(Netting.decode(run.netting), slug) for run in runs]


def lines_of(statement: Statement) -> list[Line]:
    """Return a statement's lines, as people read them."""
    return [
        Line(
            ja=ja,
            en=en,
            points=_signed(points_sign, statement.points, name),
            slots=_signed(slots_sign, statement.slots, name),
        )
        for name, ja, en, points_sign, slots_sign in LINES
    ]


def as_text(one: Told) -> str:
    """Return a statement as plain text in Japanese and English, with the original's hash."""
    told = one.statement
    table = "\n".join(
        f"{line.points:>10} {line.slots:>10}   {line.ja} / {line.en}" for line in lines_of(told)
    )
    return (
        f"枠明細書 {told.period}  {one.name}\n"
        f"Statement {told.period}  {one.name_en} ({told.company})\n\n"
        f"{'points':>10} {'slots':>10}   ポイント・無償紹介枠\n"
        f"{table}\n\n"
        f"規約 / rules: {told.rules}\n"
        f"SHA-256: {one.digest.hex()}\n"
        f"前月 / before: {told.prev.hex()}\n"
        f"台帳 / ledger: period.settled {one.settled}\n"
        "原本はJSONです。ハッシュは原本のバイト列のものです。\n"
        "The JSON file is the original; the hash is that of its bytes.\n"
    )


def _told(work: Work, kept: Sequence[StatementRow]) -> list[Told]:
    """Return statements with what belongs to them."""
    settled: dict[str, RunRow] = {run.period: run for run in rows.runs(work.session)}
    names = {row.slug: row for row in organization_rows.organizations(work.session)}
    return [
        Told(
            statement=Statement.decode(row.statement),
            raw=row.statement,
            digest=row.digest,
            settled=settled[row.period].attestation_id or "",
            name=names[row.slug].name,
            name_en=names[row.slug].name_en,
        )
        for row in kept
    ]


def _dues(netting: Netting, slug: str) -> Dues:
    """Return one agency's part in a month's netting."""
    fee = netting.reference_fee_yen
    net = netting.nets.get(slug, 0)
    owes = tuple(
        Duty(agency=one.creditor, slots=one.slots, value_yen=one.slots * fee)
        for one in netting.obligations
        if one.debtor == slug
    )
    is_owed = tuple(
        Duty(agency=one.debtor, slots=one.slots, value_yen=one.slots * fee)
        for one in netting.obligations
        if one.creditor == slug
    )
    matched = sum(duty.slots for duty in is_owed) - sum(duty.slots for duty in owes)
    return Dues(
        period=netting.period,
        net=net,
        open=net - matched,
        reference_fee_yen=fee,
        owes=owes,
        is_owed=is_owed,
    )


def _signed(sign: str, lines: PointsLines | SlotsLines, name: str) -> str:
    """Return what a line says, with the sign of what it does; "" where there is no such line."""
    count: int | None = getattr(lines, name, None)
    if count is None:
        return ""
    return f"−{-count:,}" if count < 0 else f"{sign if count else ''}{count:,}"
