"""What stays of points and slots when a person is forgotten: gains without anybody behind them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from relay_protocol.earning import apply_facts
from relay_protocol.facts import Fact, Kept
from relay_protocol.journal import Journal
from relay_protocol.points import Book, Resolution, Term, Transfer
from relay_protocol.rules import Adoption


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """What the forgetting of a person does to a book.

    Attributes:
        resolutions: of pending transfers that are voided.
        kept: facts to attest (fact.kept) in place of those forgotten.
        book: without the person; what is kept is pending as before.
    """

    resolutions: tuple[Resolution, ...]
    kept: tuple[Kept, ...]
    book: Book


def erase(
    book: Book,
    facts: Sequence[Fact],
    *,
    adoptions: Sequence[Adoption],
    subjects: Collection[str],
    on: date,
    period: str,
) -> Erasure:
    """Return what stays when a person is forgotten on a day.

    A referral that still cools off is voided. One whose hold is over, and a confirmed hire,
    are kept until a close lets them take effect; so is what was undone since the last one.
    What took effect in a closed period needs nothing: the moves of that period state it.

    Args:
        book: after the last close.
        facts: all that were entered since its cut, the person's too, in the ledger's order.
        adoptions: every adoption of rules so far, in the order of the ledger.
        subjects: ids of the person's referrals and hires.
        on: the day, by the scheme's clock.
        period: the open period, `YYYY-MM`.

    Raises:
        RulesError: a fact names rules that were never adopted.
        PointsError: book and facts contradict each other.
    """
    ahead = Journal(book, period)
    apply_facts(ahead, facts, adoptions)
    known = {term.lot: term for term in book.terms} | ahead.terms
    terms = {lot: known[lot] for lot in sorted(known) if known[lot].subject in subjects}
    gains = [
        _kept(waiting, terms[waiting.lot].ends_on)
        for waiting in ahead.pending()
        if waiting.lot in terms and not _cools_off(terms[waiting.lot], on)
    ]
    losses = [_kept(one, on) for one in ahead.transfers if one.lot in terms and not one.posts_on]
    journal = Journal(book, period)
    for term in (one for one in book.terms if one.lot in terms):
        del journal.terms[term.lot]
        if journal.is_pending(term.lot) and term.lot not in {kept.lot for kept in gains}:
            journal.void(term.lot, "erased")
    return Erasure(
        resolutions=tuple(journal.resolutions), kept=(*gains, *losses), book=journal.book()
    )


def _cools_off(term: Term, on: date) -> bool:
    """Return whether a counted referral is still in its hold on a day."""
    return term.kind == "referral" and on < term.ends_on


def _kept(transfer: Transfer, due_on: date) -> Kept:
    """Return the fact that stands for a transfer of somebody forgotten."""
    return Kept(
        lot=transfer.lot,
        debit=transfer.debit,
        credit=transfer.credit,
        count=transfer.count,
        agency=transfer.agency,
        due_on=due_on,
        expires_on=transfer.expires_on,
        rules=transfer.cause.rules,
    )
