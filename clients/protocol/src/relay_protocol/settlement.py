"""The monthly close: a pure rule from a book and facts to transfers, statements and netting."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from relay_protocol import canonical
from relay_protocol.canonical import Encodable
from relay_protocol.conversion import convert
from relay_protocol.earning import apply_facts
from relay_protocol.encoding import b64url_encode
from relay_protocol.facts import Fact
from relay_protocol.journal import Journal
from relay_protocol.moves import Move, moves_of
from relay_protocol.netting import MAX_BYTES, Netting, clear
from relay_protocol.points import (
    Account,
    Book,
    Cause,
    Lot,
    Reason,
    Resolution,
    Term,
    Transfer,
    debt,
    hub_points,
    net,
)
from relay_protocol.rules import Adoption, Rules, in_force, last_day, of_version
from relay_protocol.statements import Closed, Statement, statements_of, statements_root


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """What the close of a period gives.

    Attributes:
        period: `YYYY-MM`.
        rules: the version in force on its last day.
        transfers: those written in it, pending ones too.
        resolutions: what became of pending ones.
        moves: what points.moved states, in the order in which to attest it.
        statements: one for each member, by slug.
        netting: what agencies owe one another.
        book: where everything stands afterwards; the opening of the next period.
    """

    period: str
    rules: str
    transfers: tuple[Transfer, ...]
    resolutions: tuple[Resolution, ...]
    moves: tuple[Move, ...]
    statements: tuple[Statement, ...]
    netting: Netting
    book: Book

    def statement_digests(self) -> dict[str, bytes]:
        """Return the digest of each statement by company: `previous` of the next close."""
        return {one.company: one.digest() for one in self.statements}

    def digest(self) -> bytes:
        """Return what tells this close from every other, 32 bytes.

        It is the SHA-256 of the canonical object of the period, the statements' root, the
        netting's digest and the SHA-256 of each move's canonical body, in order.
        """
        moves = [hashlib.sha256(canonical.encode(move.body())).digest() for move in self.moves]
        told = {
            "moves": [b64url_encode(digest) for digest in moves],
            "netting": b64url_encode(self.netting.digest()),
            "period": self.period,
            "statements": b64url_encode(statements_root(self.statements)),
        }
        return hashlib.sha256(canonical.encode(told, limit_bytes=MAX_BYTES)).digest()

    def settled_body(self, *, cut: int, root: bytes) -> dict[str, Encodable]:
        """Return the body of the attestation period.settled.

        Args:
            cut: how many entries of the ledger the close took account of.
            root: the ledger's root at that size.
        """
        return {
            "cut": cut,
            "netting": b64url_encode(self.netting.digest()),
            "period": self.period,
            "root": b64url_encode(root),
            "statements": b64url_encode(statements_root(self.statements)),
        }


def settle(
    opening: Book,
    facts: Sequence[Fact],
    *,
    adoptions: Sequence[Adoption],
    period: str,
    members: Iterable[str],
    salt: bytes,
    previous: Mapping[str, bytes],
) -> Closing:
    """Return the close of a period: the same for everyone who knows the same.

    1. Facts earn (pending) and end (voided, or taken back from lot or debt), by their own dates.
    2. Holds and guarantees that end by the period's last day take effect; each makes a lot.
    3. Lots that end by that day expire, oldest first.
    4. Points become slots; agencies fund them.
    5. Slots new in this period repay their member's debt.
    6. Agencies are netted, and every member gets its statement.

    Args:
        opening: the book after the period before.
        facts: those entered on the ledger since the cut before, up to this one, in its order;
            with a confirmation of a hire, also what was reported of that hire's end before.
        adoptions: every adoption of rules so far, in the order of the ledger.
        period: `YYYY-MM`; a late fact is settled in the period that is open when it comes.
        members: slugs of the members admitted up to the cut.
        salt: 32 random bytes drawn for this close.
        previous: digests of the members' last statements, by slug.

    Raises:
        RulesError: no rules are in force, or a fact names unknown ones.
        PointsError: book and facts contradict each other.
    """
    until = last_day(period)
    rules = in_force(adoptions, until)
    journal = Journal(opening, period)
    not_counted = apply_facts(journal, facts, adoptions)
    _vest(journal, until)
    _expire(journal, until, rules)
    convert(journal, until, rules)
    _repay(journal, rules)
    _let_go(journal, until, adoptions)
    book = journal.book()
    closed = Closed(
        period=period,
        rules=rules.version,
        opening=opening,
        closing=book,
        posted=journal.posted,
        pending=book.pending_into(),
        not_counted=not_counted,
    )
    return Closing(
        period=period,
        rules=rules.version,
        transfers=tuple(journal.transfers),
        resolutions=tuple(journal.resolutions),
        moves=moves_of(journal.posted, period),
        statements=statements_of(closed, members, salt=salt, previous=previous),
        netting=_netting(book, period, rules),
        book=book,
    )


def _netting(book: Book, period: str, rules: Rules) -> Netting:
    """Return what agencies owe one another at a period's end."""
    nets = {agency: book.balance(net(agency)) for agency in book.owners("net")}
    return Netting(
        period=period,
        reference_fee_yen=rules.reference_fee_yen,
        nets=nets,
        obligations=clear(nets),
    )


def _vest(journal: Journal, until: date) -> None:
    """Let every hold and guarantee that is over by the last day take effect."""
    for transfer in journal.pending():
        if transfer.posts_on is not None and transfer.posts_on <= until:
            journal.post(transfer.id)


def _expire(journal: Journal, until: date, rules: Rules) -> None:
    """End what is left of lots by their day: points are gone, slots go back to their agency."""
    for lots in journal.lots("points").values():
        for lot in (one for one in lots if one.expires_on <= until):
            _end_of_lot(journal, lot, hub_points("expired"), "expired", lot.left, rules)
    for lots in journal.lots("slots").values():
        for lot in (one for one in lots if one.expires_on <= until):
            _end_of_lot(journal, lot, net(lot.agency), "expired", lot.left, rules)


def _repay(journal: Journal, rules: Rules) -> None:
    """Repay the debt of members that got new slots in this period, oldest lots first."""
    new = {one.lot for one in journal.posted if one.credit.bucket == "available"}
    for account, lots in journal.lots("slots").items():
        owed = debt(account.owner)
        for lot in (one for one in lots if one.id in new):
            count = min(lot.left, -journal.balance(owed))
            if count:
                _end_of_lot(journal, lot, owed, "repaid", count, rules)


def _end_of_lot(
    journal: Journal, lot: Lot, credit: Account, reason: Reason, count: int, rules: Rules
) -> None:
    """Move what is left of a lot, or a part, out of its member's hands."""
    cause = Cause(rules=rules.version, fact=journal.period, leg=f"{reason}:{lot.id}")
    journal.write(
        Transfer(
            id=cause.transfer_id(),
            cause=cause,
            debit=lot.account,
            credit=credit,
            count=count,
            reason=reason,
            lot=lot.id,
            agency=lot.agency,
            expires_on=lot.expires_on,
            posts_on=None,
            period=journal.period,
            belongs_to=journal.period,
        )
    )


def _let_go(journal: Journal, until: date, adoptions: Sequence[Adoption]) -> None:
    """Forget terms of which no fact can undo anything any more."""
    for term in list(journal.terms.values()):
        if _is_done(term, until, adoptions):
            del journal.terms[term.lot]


def _is_done(term: Term, until: date, adoptions: Sequence[Adoption]) -> bool:
    """Return whether a hire's slots have ended anyway, or a referral could count once more."""
    if term.kind == "hire":
        return term.expires_on <= until
    window = timedelta(days=of_version(adoptions, term.cause.rules).person_window_days)
    return max(term.ends_on, term.began_on + window) <= until
