"""The working pages of one close: transfers are written, take effect or are voided, once each."""

from collections.abc import Iterable
from dataclasses import replace

from relay_protocol.errors import PointsError
from relay_protocol.points import (
    Account,
    Because,
    Book,
    Commodity,
    Lot,
    Resolution,
    Term,
    Transfer,
)


class Journal:
    """What one period adds to a book, and the book as it then stands.

    `transfers` and `resolutions` are what this period writes; `posted` is what took effect in
    it, whenever it was written; `terms` are by lot, and whoever works here keeps them.
    """

    __slots__ = (
        "_balances",
        "_lots",
        "_pending",
        "_used_ids",
        "period",
        "posted",
        "resolutions",
        "terms",
        "transfers",
    )

    def __init__(self, opening: Book, period: str) -> None:
        """Begin the pages of a period `YYYY-MM` where the book stands."""
        self.period = period
        self.transfers: list[Transfer] = []
        self.resolutions: list[Resolution] = []
        self.posted: list[Transfer] = []
        self.terms: dict[str, Term] = {term.lot: term for term in opening.terms}
        self._balances: dict[Account, int] = dict(opening.balances)
        self._lots: dict[str, Lot] = {lot.id: lot for lot in opening.lots}
        self._pending: dict[str, Transfer] = {one.id: one for one in opening.pending}
        self._used_ids: set[str] = {*self._lots, *self._pending, *self.terms}

    def write(self, transfer: Transfer) -> None:
        """Enter a transfer; one without a day to wait for takes effect at once.

        Raises:
            PointsError: its id is used already, or it draws more than is left of its lot.
        """
        if transfer.id in self._used_ids:
            raise PointsError(f"the transfer {transfer.id} is written already")
        self._used_ids.add(transfer.id)
        self.transfers.append(transfer)
        if transfer.posts_on is None:
            self._take_effect(transfer)
        else:
            self._pending[transfer.id] = transfer

    def post(self, transfer_id: str) -> None:
        """Let a pending transfer take effect, its term being over.

        Raises:
            PointsError: no such transfer is pending.
        """
        transfer = self._resolved(transfer_id)
        self.resolutions.append(
            Resolution(
                transfer=transfer_id,
                outcome="posted",
                because="term-ended",
                period=self.period,
            )
        )
        self._take_effect(transfer)

    def void(self, transfer_id: str, because: Because) -> None:
        """End a pending transfer without effect.

        Raises:
            PointsError: no such transfer is pending.
        """
        self._resolved(transfer_id)
        self.resolutions.append(
            Resolution(
                transfer=transfer_id,
                outcome="voided",
                because=because,
                period=self.period,
            )
        )

    def is_pending(self, transfer_id: str) -> bool:
        """Return whether a transfer waits for its day."""
        return transfer_id in self._pending

    def pending(self) -> list[Transfer]:
        """Return the transfers that wait for their day, by that day and by id."""
        return sorted(self._pending.values(), key=lambda one: (str(one.posts_on), one.id))

    def is_known(self, lot_id: str) -> bool:
        """Return whether a lot is there or may still come."""
        return lot_id in self._used_ids

    def left_of(self, lot_id: str) -> int:
        """Return what is left of a lot, 0 where nothing is."""
        lot = self._lots.get(lot_id)
        return lot.left if lot else 0

    def lots(self, commodity: Commodity) -> dict[Account, list[Lot]]:
        """Return what is left of each account's lots, accounts in order and oldest lots first."""
        accounts: dict[Account, list[Lot]] = {}
        for lot in sorted(self._lots.values(), key=Lot.age):
            if lot.account.commodity == commodity:
                accounts.setdefault(lot.account, []).append(lot)
        return {account: accounts[account] for account in sorted(accounts)}

    def balance(self, account: Account) -> int:
        """Return what is posted to an account, credits less debits."""
        return self._balances.get(account, 0)

    def book(self) -> Book:
        """Return the book as it stands now.

        Raises:
            PointsError: it breaks an invariant of the scheme.
        """
        return Book(
            balances={a: self._balances[a] for a in sorted(self._balances) if self._balances[a]},
            pending=tuple(sorted(self._pending.values(), key=lambda one: one.id)),
            lots=tuple(sorted(self._lots.values(), key=lambda lot: lot.id)),
            terms=tuple(sorted(self.terms.values(), key=lambda term: term.lot)),
        )

    def _resolved(self, transfer_id: str) -> Transfer:
        """Return a pending transfer, which is so no longer."""
        transfer = self._pending.pop(transfer_id, None)
        if transfer is None:
            raise PointsError(f"the transfer {transfer_id} is not pending")
        return transfer

    def _take_effect(self, transfer: Transfer) -> None:
        """Move what a transfer moves, and make its lot or draw on it."""
        if transfer.debit.bucket == "available":
            self._draw(transfer)
        if transfer.credit.bucket == "available":
            self._lots[transfer.lot] = Lot(
                id=transfer.lot,
                account=transfer.credit,
                agency=transfer.agency,
                expires_on=transfer.expires_on,
                left=transfer.count,
            )
        for account, change in (
            (transfer.debit, -transfer.count),
            (transfer.credit, transfer.count),
        ):
            self._balances[account] = self._balances.get(account, 0) + change
        self.posted.append(transfer)

    def _draw(self, transfer: Transfer) -> None:
        """Take what a transfer moves from the lot that it names."""
        lot = self._lots.get(transfer.lot)
        if lot is None or lot.account != transfer.debit or lot.left < transfer.count:
            raise PointsError(f"the lot {transfer.lot} has no {transfer.count} left for a transfer")
        if lot.left == transfer.count:
            del self._lots[lot.id]
        else:
            self._lots[lot.id] = replace(lot, left=lot.left - transfer.count)


def fold(
    transfers: Iterable[Transfer], resolutions: Iterable[Resolution], terms: Iterable[Term] = ()
) -> Book:
    """Return the book that all transfers and resolutions so far make, in whatever order.

    Raises:
        PointsError: two transfers bear one id, a resolution is the second of its transfer or
            has none, or the book breaks an invariant of the scheme.
    """
    journal = Journal(Book(), "")
    outcomes = list(resolutions)
    written = sorted(transfers, key=lambda one: one.debit.bucket == "available")
    for transfer in written:
        if transfer.posts_on is not None:
            journal.write(transfer)
    for resolution in outcomes:
        if resolution.outcome == "posted":
            journal.post(resolution.transfer)
        else:
            journal.void(resolution.transfer, resolution.because)
    for transfer in written:
        if transfer.posts_on is None:
            journal.write(transfer)
    journal.terms.update({term.lot: term for term in terms})
    return journal.book()
