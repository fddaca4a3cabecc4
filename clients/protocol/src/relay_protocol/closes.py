"""Every settled period computed again, and compared with what the hub published of it."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from operator import itemgetter
from typing import Final, Protocol

from relay_protocol import statements
from relay_protocol.documents import Form
from relay_protocol.encoding import b64url_encode
from relay_protocol.entry import Entry
from relay_protocol.errors import PointsError, ReplayError, RulesError
from relay_protocol.facts import Fact, Introduced, Kept, Started
from relay_protocol.forgotten import Basis, Posting, Published, reconstruct
from relay_protocol.manifest import CloseDocuments
from relay_protocol.memory import Kind, Memory, place
from relay_protocol.moves import Move
from relay_protocol.points import Book, Cause, Commodity
from relay_protocol.replay import MOVED, Moved, Replay, Settled
from relay_protocol.rules import next_period
from relay_protocol.settlement import Closing
from relay_protocol.statements import Statement

EARNED_BY: Mapping[Commodity, str] = {"points": "introduction.made", "slots": "hire.confirmed"}
"""The kind of fact without which nothing of a commodity is earned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """One settled period after its check.

    Attributes:
        recomputed: how many postings follow from facts that are open.
        kept: how many rest on what the hub kept of people since erased (fact.kept).
        closed: how many rest on facts that were open at the close, and are closed now.
        audited_by: who has signed that the period was sound, when those could still be seen.
    """

    period: str
    recomputed: int
    kept: int
    closed: int
    audited_by: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """An entry that nobody can open any more, of a kind by which something is earned."""

    seq: int
    kind: str
    orgs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Struck:
    """What a book may hold of somebody who was forgotten after a close had seen them.

    Attributes:
        kind: of the terms: `referral` or `hire`.
        subject: of the terms.
        lot: the lot that their fact made, if it counted.
    """

    kind: str
    subject: str
    lot: str
    commodity: Commodity
    agency: str

    @classmethod
    def of(cls, fact: Fact) -> "Struck | None":
        """Return what a book may hold of a fact; None where it holds nothing."""
        match fact:
            case Introduced():
                cause = Cause(rules=fact.rules, fact=fact.id, leg="counted")
                kind, subject, commodity = "referral", fact.referral, "points"
            case Started():
                cause = Cause(rules=fact.rules, fact=fact.hire, leg="hired")
                kind, subject, commodity = "hire", fact.hire, "slots"
            case _:
                return None
        return cls(
            kind=kind,
            subject=subject,
            lot=cause.transfer_id(),
            commodity="points" if commodity == "points" else "slots",
            agency=fact.agency,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class BookState:
    """Where the books stand after the last period that was checked.

    Attributes:
        previous: digest of each member's last statement.
        kept: the lots that rest on what the hub kept (fact.kept).
        unseen: how many gains stand without an open fact, by commodity and agency.
    """

    book: Book = field(default_factory=Book)
    previous: Mapping[str, bytes] = field(default_factory=dict)
    kept: frozenset[str] = frozenset()
    unseen: tuple[tuple[Commodity, str, int], ...] = ()


GONE: Final = Kind[Gone](name="gone", form=Form[Gone](Gone))
STRUCK: Final = Kind[Struck](name="struck", form=Form[Struck](Struck))
GAINED: Final = Kind[bool](name="gained", form=Form[bool](bool))
BOOKS: Final = Kind[BookState](name="books", form=Form[BookState](BookState))
CHECKED: Final = Kind[tuple[Checked, ...]](
    name="checked", form=Form[tuple[Checked, ...]](tuple[Checked, ...])
)
ONE: Final = "1"
"""The name of what there is one of on its shelf."""


def note_gone(memory: Memory, entry: Entry) -> None:
    """Remember an entry that nobody can open any more, if something is earned by its kind."""
    if entry.kind in EARNED_BY.values():
        gone = Gone(seq=entry.seq, kind=entry.kind, orgs=entry.orgs)
        memory.shelf(GONE)[place(entry.seq)] = gone


class Documents(Protocol):
    """The documents of settled periods, the oldest first."""

    def get(self, period: str, /) -> CloseDocuments | None:
        """Return those of a period, asked for in the order of the periods; or None."""


@dataclass(slots=True)
class Closes:
    """The settled periods of a replayed ledger, one after the other.

    Attributes:
        replayed: what the open entries say.
        first_closed: the first entry that nobody can open any more, or None.
        documents: salt, statements and netting of each period.
        checked: every period checked so far, those of earlier audits too.
    """

    replayed: Replay
    first_closed: int | None
    documents: Documents
    checked: list[Checked] = field(default_factory=list)
    _memory: Memory = field(init=False)
    _gone: list[Gone] | None = None
    _book: Book = field(default_factory=Book)
    _previous: dict[str, bytes] = field(default_factory=dict)
    _kept: set[str] = field(default_factory=set)
    _unseen: Counter[tuple[Commodity, str]] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        """Go on after the last period that was checked."""
        self._memory = self.replayed.memory
        self.checked = list(self._memory.shelf(CHECKED).get(ONE) or ())

    def check_all(self, root: Callable[[int], bytes], tell: Callable[[int, int], None]) -> None:
        """Check every period that was not checked before, and keep where the books stand then.

        Args:
            root: gives the root of the ledger at a size.
            tell: is told how many periods are done, and how many there are.

        Raises:
            ReplayError: a period does not agree.
        """
        self._check_late_moves()
        new = self.replayed.settled[len(self.checked) :]
        for number, settled in enumerate(new):
            tell(number, len(new))
            if settled.cut > settled.seq:
                raise ReplayError("cut-misplaced", settled.seq)
            self.check(settled, root(settled.cut))
        if new:
            self._memory.shelf(CHECKED)[ONE] = tuple(self.checked)
            self._memory.shelf(BOOKS)[ONE] = BookState(
                book=self._book,
                previous=self._previous,
                kept=frozenset(self._kept),
                unseen=tuple((what, who, count) for (what, who), count in self._unseen.items()),
            )

    def told(self) -> list[Checked]:
        """Return every period checked so far, with those who have signed it by now."""
        signed = self.replayed.audited
        periods = zip(self.checked, self.replayed.settled, strict=False)
        return [
            replace(one, audited_by=tuple(sorted(set(signed.get(settled.id, ())))))
            for one, settled in periods
        ]

    def check(self, settled: Settled, root: bytes) -> Checked:
        """Return how a period was found to agree with what is published of it.

        Args:
            settled: the period after the one checked before.
            root: the root that the ledger has at the cut.

        Raises:
            ReplayError: it does not agree.
        """
        self._open_books()
        try:
            self._check_place(settled, root)
            documents = self.documents.get(settled.period)
            if documents is None:
                raise ReplayError("close-undocumented", settled.seq, settled.period)
            told = _statements(settled, documents)
            facts = self._facts(settled)
            moves = self._moves(settled)
            closing, unseen = self._recompute(settled, documents, facts, moves, told)
        except (PointsError, RulesError, OverflowError) as error:
            raise ReplayError("close-impossible", settled.seq, str(error)) from error
        kept = [one for one in facts if isinstance(one, Kept)]
        self._kept |= {one.lot for one in kept}
        self._check_bound(settled, kept, unseen)
        self._book = closing.book
        self._previous = {one.company: one.digest() for one in told}
        postings = Published.of(moved for _, moved in moves).postings
        self._note_gains(postings, unseen)
        resting = sum(posting.is_gain and posting.lot in self._kept for posting in postings)
        checked = Checked(
            period=settled.period,
            recomputed=len(postings) - resting - len(unseen),
            kept=resting,
            closed=len(unseen),
            audited_by=tuple(sorted(set(self.replayed.audited.get(settled.id, ())))),
        )
        self.checked.append(checked)
        self._drop_moves(settled.period)
        return checked

    @property
    def _before(self) -> Settled | None:
        """The period that was checked last."""
        return self.replayed.settled[len(self.checked) - 1] if self.checked else None

    def _open_books(self) -> list[Gone]:
        """Take up the books where they stand, without those forgotten since; once.

        They are large, and of no use where no period is settled. Returned is what is gone.
        """
        if self._gone is None:
            state = self._memory.shelf(BOOKS).get(ONE) or BookState()
            self._book, self._previous = state.book, dict(state.previous)
            self._kept = set(state.kept)
            self._unseen = Counter({(what, who): count for what, who, count in state.unseen})
            self._strike()
            self._gone = [gone for _, gone in self._memory.shelf(GONE).between("", "~")]
        return self._gone

    def _strike(self) -> None:
        """Take out of the book what may still be undone of those who were forgotten since."""
        shelf = self._memory.shelf(STRUCK)
        struck = list(shelf.between("", "~"))
        gained = self._memory.shelf(GAINED)
        for name, one in struck:
            if gained.drop(one.lot):
                self._unseen[one.commodity, one.agency] += 1
            shelf.drop(name)
        subjects = {(one.kind, one.subject) for _, one in struck}
        gone = {term.lot for term in self._book.terms if (term.kind, term.subject) in subjects}
        if gone:
            self._book = replace(
                self._book,
                pending=tuple(one for one in self._book.pending if one.id not in gone),
                terms=tuple(one for one in self._book.terms if one.lot not in gone),
            )

    def _note_gains(self, postings: Sequence[Posting], unseen: Sequence[Posting]) -> None:
        """Remember which lots were gained by facts that could be seen."""
        if self._memory.lasts:
            gained, blind = self._memory.shelf(GAINED), {one.lot for one in unseen} | self._kept
            for posting in postings:
                if posting.is_gain and posting.lot not in blind:
                    gained[posting.lot] = True

    def _check_late_moves(self) -> None:
        """Refuse what was moved in a period that an earlier audit has seen settled."""
        closed = {one.period for one in self.checked}
        for name, moved in self._memory.shelf(MOVED).between("", "~" if closed else ""):
            period = name.partition("/")[0]
            if period in closed:
                raise ReplayError("moved-after-close", moved.seq, period)

    def _drop_moves(self, period: str) -> None:
        """Keep the moves of a checked period no longer."""
        shelf = self._memory.shelf(MOVED)
        for name in [name for name, _ in shelf.between(f"{period}/", f"{period}0")]:
            shelf.drop(name)

    def _check_place(self, settled: Settled, root: bytes) -> None:
        """Refuse a period out of turn, or one cut elsewhere than it says."""
        before = self._before
        if before is not None and settled.period != next_period(before.period):
            raise ReplayError("period-out-of-turn", settled.seq, settled.period)
        if not (before.cut if before else 0) <= settled.cut <= settled.seq:
            raise ReplayError("cut-misplaced", settled.seq)
        if settled.root != root:
            raise ReplayError("cut-root-differs", settled.seq)

    def _facts(self, settled: Settled) -> list[Fact]:
        """Return the facts entered since the cut before, as settle() asks for them."""
        cut = self._before.cut if self._before else 0
        window = [fact for _, fact in self.replayed.facts_between(cut, settled.cut)]
        confirmed = [fact.hire for fact in window if isinstance(fact, Started)]
        ends = [one for hire in confirmed for one in self.replayed.ends_of(hire) if one[0] < cut]
        return [*(fact for _, fact in sorted(ends, key=itemgetter(0))), *window]

    def _moves(self, settled: Settled) -> list[tuple[int, Move]]:
        """Return what the hub published of a period, all of it before the period's own entry."""
        return list(_agreeing(self.replayed.moved_in(settled.period), settled))

    def _recompute(
        self,
        settled: Settled,
        documents: CloseDocuments,
        facts: Sequence[Fact],
        moves: Sequence[tuple[int, Move]],
        told: Sequence[Statement],
    ) -> tuple[Closing, tuple[Posting, ...]]:
        """Return the close that agrees with what is published, and the postings behind no fact."""
        basis = Basis(
            period=settled.period,
            opening=self._book,
            facts=tuple(facts),
            adoptions=tuple(a for seq, a in self.replayed.adoptions if seq < settled.cut),
            members=tuple(slug for seq, slug in self.replayed.members if seq < settled.cut),
            salt=documents.salt,
            previous=self._previous,
        )
        closing = basis.settle()
        if _is_same(closing, settled, moves):
            return closing, ()
        if self.first_closed is None or self.first_closed >= settled.cut:
            raise _difference(closing, settled, moves)
        published = Published.of(move for _, move in moves)
        found = reconstruct(basis, closing, published, self._introduced_by(settled.cut))
        if found is None:
            raise _difference(closing, settled, moves)
        if not found.agrees_with_netting(documents.netting):
            raise ReplayError("netting-differs", settled.seq, settled.period)
        if not found.agrees_with(told):
            raise ReplayError("statements-differ", settled.seq, settled.period)
        return found.closing, found.unseen

    def _introduced_by(self, cut: int) -> int:
        """Return how many closed introductions there are before a cut."""
        return sum(one.seq < cut and one.kind == EARNED_BY["points"] for one in self._open_books())

    def _check_bound(
        self, settled: Settled, kept: Sequence[Kept], unseen: Sequence[Posting]
    ) -> None:
        """Refuse more gains without an open fact than there are facts that were closed."""
        for fact in kept:
            self._unseen[fact.debit.commodity, fact.agency] += fact.is_gain()
        for posting in unseen:
            if posting.is_gain:
                self._unseen[posting.debit.commodity, posting.agency] += 1
        behind = Counter(
            (entry.kind, slug)
            for entry in self._open_books()
            if entry.seq < settled.cut
            for slug in entry.orgs
        )
        for (commodity, agency), count in sorted(self._unseen.items()):
            if count > behind[EARNED_BY[commodity], agency]:
                raise ReplayError("gains-without-facts", settled.seq, f"{agency}, {commodity}")


def _agreeing(moved: Iterator[Moved], settled: Settled) -> Iterator[tuple[int, Move]]:
    """Yield moves that were entered before their period's own entry, and say what they can."""
    for one in moved:
        if one.seq > settled.seq:
            raise ReplayError("moved-after-close", one.seq, settled.period)
        if one.move is None:
            raise ReplayError("move-malformed", one.seq, one.problem)
        yield one.seq, one.move


def _statements(settled: Settled, documents: CloseDocuments) -> list[Statement]:
    """Return the statements of a period, whose root and netting are those that were attested."""
    try:
        told = [Statement.decode(raw) for raw in documents.statements]
    except PointsError as error:
        raise ReplayError("statements-malformed", settled.seq, str(error)) from error
    if statements.statements_root(told) != settled.statements:
        raise ReplayError("statements-differ", settled.seq, settled.period)
    if hashlib.sha256(documents.netting).digest() != settled.netting:
        raise ReplayError("netting-differs", settled.seq, settled.period)
    return told


def _is_same(closing: Closing, settled: Settled, moves: Sequence[tuple[int, Move]]) -> bool:
    """Return whether a close is, to the byte, what the hub published."""
    return (
        list(closing.moves) == [move for _, move in moves]
        and statements.statements_root(closing.statements) == settled.statements
        and closing.netting.digest() == settled.netting
    )


def _difference(
    closing: Closing, settled: Settled, moves: Sequence[tuple[int, Move]]
) -> ReplayError:
    """Return the refusal that names where a close first differs from what was published."""
    for computed, published in zip_longest(closing.moves, moves):
        if computed is None or published is None or computed != published[1]:
            pair = computed or (published[1] if published else None)
            detail = f"{settled.period}, {pair.debit} to {pair.credit}" if pair else ""
            seq = published[0] if published else settled.seq
            return ReplayError("moves-differ", seq, detail)
    if closing.netting.digest() != settled.netting:
        return ReplayError("netting-differs", settled.seq, settled.period)
    return ReplayError(
        "statements-differ",
        settled.seq,
        f"{settled.period}, root {b64url_encode(statements.statements_root(closing.statements))}",
    )
