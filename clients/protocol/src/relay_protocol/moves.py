"""What a close publishes of its transfers: sums per pair of accounts, with the lots behind them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from relay_protocol.canonical import Encodable
from relay_protocol.errors import PointsError
from relay_protocol.points import Account, Book, Lot, Transfer

# Keeps the signed attestation far below an entry's limit of bytes.
MAX_LOTS: Final = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedLot:
    """A lot's part in a move; what it is worth to whoever must go on without its fact."""

    lot: str
    agency: str
    due_on: date
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """What took effect between two accounts in a period (points.moved): counts, no referral.

    Attributes:
        period: `YYYY-MM`.
        debit: the account that gave.
        credit: the account that took.
        lots: each lot made, drawn on or reversed, by name; `due_on` is the day on which it ends.
    """

    period: str
    debit: Account
    credit: Account
    lots: tuple[MovedLot, ...]

    @property
    def count(self) -> int:
        """Return how many points or slots were moved."""
        return sum(lot.count for lot in self.lots)

    def body(self) -> dict[str, Encodable]:
        """Return the body of the attestation points.moved."""
        return {
            "commodity": self.debit.commodity,
            "count": self.count,
            "credit": str(self.credit),
            "debit": str(self.debit),
            "lots": [
                {
                    "agency": lot.agency,
                    "count": lot.count,
                    "due": lot.due_on.isoformat(),
                    "lot": lot.lot,
                }
                for lot in self.lots
            ],
            "period": self.period,
        }

    @classmethod
    def from_body(cls, body: Mapping[str, object]) -> "Move":
        """Return the move that the body of an attestation points.moved states.

        Raises:
            PointsError: the body is no such one, or its count is not that of its lots.
        """
        match body:
            case {
                "count": int(count),
                "credit": str(credit),
                "debit": str(debit),
                "lots": [*lots],
                "period": str(period),
            } if type(count) is int:
                move = cls(
                    period=period,
                    debit=Account.parse(debit),
                    credit=Account.parse(credit),
                    lots=tuple(_moved_lot(lot) for lot in lots),
                )
            case _:
                raise PointsError("a move that lacks a part")
        if move.body() != body:
            raise PointsError("a move written in another way")
        return move


def moves_of(posted: Iterable[Transfer], period: str) -> tuple[Move, ...]:
    """Return the moves that publish what took effect in a period, by debit, credit and lot.

    A pair of accounts with more than MAX_LOTS lots fills several moves.
    """
    pairs: dict[tuple[str, str], dict[str, MovedLot]] = {}
    for one in posted:
        lots = pairs.setdefault((str(one.debit), str(one.credit)), {})
        before = lots[one.lot].count if one.lot in lots else 0
        lots[one.lot] = MovedLot(
            lot=one.lot, agency=one.agency, due_on=one.expires_on, count=before + one.count
        )
    return tuple(
        Move(
            period=period,
            debit=Account.parse(debit),
            credit=Account.parse(credit),
            lots=tuple(lots[name] for name in sorted(lots)[start : start + MAX_LOTS]),
        )
        for (debit, credit), lots in sorted(pairs.items())
        for start in range(0, len(lots), MAX_LOTS)
    )


def carry(opening: Book, moves: Sequence[Move], recomputed: Book) -> Book:
    """Return the book after a period that its moves state, where facts of it are forgotten.

    What took effect comes from the moves; what is pending, and what may still be undone, from
    the facts that are still known. Where all are known this is the recomputed book itself.

    Args:
        opening: the book before the period.
        moves: all that were published of the period.
        recomputed: the book after settling the facts that are still known.

    Raises:
        PointsError: the moves draw on lots that are not there, or break an invariant.
    """
    balances = dict(opening.balances)
    lots = {lot.id: lot for lot in opening.lots}
    # A lot may be made and used in one period: first all that makes, then all that uses.
    for move in sorted(moves, key=lambda one: one.debit.bucket == "available"):
        balances[move.debit] = balances.get(move.debit, 0) - move.count
        balances[move.credit] = balances.get(move.credit, 0) + move.count
        for moved in move.lots:
            if "available" in {move.debit.bucket, move.credit.bucket}:
                lots[moved.lot] = _after(lots.get(moved.lot), move, moved)
    return Book(
        balances={account: balances[account] for account in sorted(balances) if balances[account]},
        pending=recomputed.pending,
        lots=tuple(lots[name] for name in sorted(lots) if lots[name].left),
        terms=recomputed.terms,
    )


def _after(before: Lot | None, move: Move, moved: MovedLot) -> Lot:
    """Return a lot after its part in a move."""
    made = move.credit.bucket == "available"
    account = move.credit if made else move.debit
    left = before.left if before else 0
    left += moved.count if made else -moved.count
    if left < 0 or (before and before.account != account):
        raise PointsError(f"the lot {moved.lot} has no {moved.count} left for a move")
    return Lot(
        id=moved.lot, account=account, agency=moved.agency, expires_on=moved.due_on, left=left
    )


def _moved_lot(stated: object) -> MovedLot:
    """Return the part of one lot in a move."""
    match stated:
        case {"agency": str(agency), "count": int(count), "due": str(due), "lot": str(lot)}:
            if isinstance(count, bool) or count < 1:
                raise PointsError("a move of no points or slots")
            try:
                return MovedLot(lot=lot, agency=agency, due_on=date.fromisoformat(due), count=count)
            except ValueError as error:
                raise PointsError("a moved lot whose day is none") from error
        case _:
            raise PointsError("a moved lot that lacks a part")
