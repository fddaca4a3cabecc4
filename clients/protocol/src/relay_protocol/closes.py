"""Every settled period computed again, and compared with what the hub published of it."""

import hashlib
from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from operator import itemgetter

from relay_protocol import statements
from relay_protocol.acts import Act
from relay_protocol.encoding import b64url_encode
from relay_protocol.entry import Entry
from relay_protocol.errors import PointsError, ReplayError, RulesError
from relay_protocol.facts import Fact, Kept, Left, OfferEnded, Started
from relay_protocol.forgotten import Basis, Posting, Published, reconstruct
from relay_protocol.moves import Move
from relay_protocol.pack import CloseDocuments
from relay_protocol.points import Book, Commodity
from relay_protocol.replay import Replay, Settled
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


@dataclass(slots=True)
class Closes:
    """The settled periods of a replayed ledger, one after the other.

    Attributes:
        replayed: what the open entries say.
        closed: the entries that nobody can open any more.
        documents: salt, statements and netting of each period.
    """

    replayed: Replay
    closed: Sequence[Entry]
    documents: Mapping[str, CloseDocuments]
    _book: Book = field(default_factory=Book)
    _previous: dict[str, bytes] = field(default_factory=dict)
    _before: Settled | None = None
    _kept: set[str] = field(default_factory=set)
    _unseen: Counter[tuple[Commodity, str]] = field(default_factory=Counter)
    _ends: dict[str, list[tuple[int, Fact]]] = field(default_factory=dict)
    _moved: dict[str, list[Act]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Put what every period asks for where it is found at once."""
        for seq, fact in self.replayed.facts:
            if isinstance(fact, Left | OfferEnded):
                self._ends.setdefault(fact.hire, []).append((seq, fact))
        for act in self.replayed.moves:
            self._moved.setdefault(act.text("period"), []).append(act)

    def check(self, settled: Settled, root: bytes) -> Checked:
        """Return how a period was found to agree with what is published of it.

        Args:
            settled: the period after the one checked before.
            root: the root that the ledger has at the cut.

        Raises:
            ReplayError: it does not agree.
        """
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
        self._book, self._before = closing.book, settled
        self._previous = {one.company: one.digest() for one in told}
        postings = Published.of(move for _, move in moves).postings
        resting = sum(posting.is_gain and posting.lot in self._kept for posting in postings)
        return Checked(
            period=settled.period,
            recomputed=len(postings) - resting - len(unseen),
            kept=resting,
            closed=len(unseen),
            audited_by=tuple(sorted(set(self.replayed.audited.get(settled.id, ())))),
        )

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
        first, end = (
            bisect_left(self.replayed.facts, seq, key=itemgetter(0)) for seq in (cut, settled.cut)
        )
        window = [fact for _, fact in self.replayed.facts[first:end]]
        confirmed = [fact.hire for fact in window if isinstance(fact, Started)]
        ended = [one for hire in confirmed for one in self._ends.get(hire, ()) if one[0] < cut]
        return [*(fact for _, fact in sorted(ended, key=itemgetter(0))), *window]

    def _moves(self, settled: Settled) -> list[tuple[Act, Move]]:
        """Return what the hub published of a period, all of it before the period's own entry."""
        moves = []
        for act in self._moved.get(settled.period, ()):
            if act.seq > settled.seq:
                raise act.refuse("moved-after-close", settled.period)
            try:
                moves.append((act, Move.from_body(act.said.body)))
            except PointsError as error:
                raise act.refuse("move-malformed", str(error)) from error
        return moves

    def _recompute(
        self,
        settled: Settled,
        documents: CloseDocuments,
        facts: Sequence[Fact],
        moves: Sequence[tuple[Act, Move]],
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
        if not any(entry.seq < settled.cut for entry in self.closed):
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
        return sum(one.seq < cut and one.kind == EARNED_BY["points"] for one in self.closed)

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
            for entry in self.closed
            if entry.seq < settled.cut
            for slug in entry.orgs
        )
        for (commodity, agency), count in sorted(self._unseen.items()):
            if count > behind[EARNED_BY[commodity], agency]:
                raise ReplayError("gains-without-facts", settled.seq, f"{agency}, {commodity}")


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


def _is_same(closing: Closing, settled: Settled, moves: Sequence[tuple[Act, Move]]) -> bool:
    """Return whether a close is, to the byte, what the hub published."""
    return (
        [move.body() for move in closing.moves] == [act.said.body for act, _ in moves]
        and statements.statements_root(closing.statements) == settled.statements
        and closing.netting.digest() == settled.netting
    )


def _difference(
    closing: Closing, settled: Settled, moves: Sequence[tuple[Act, Move]]
) -> ReplayError:
    """Return the refusal that names where a close first differs from what was published."""
    for computed, published in zip_longest(closing.moves, moves):
        if computed is None or published is None or computed.body() != published[0].said.body:
            pair = computed or (published[1] if published else None)
            detail = f"{settled.period}, {pair.debit} to {pair.credit}" if pair else ""
            seq = published[0].seq if published else settled.seq
            return ReplayError("moves-differ", seq, detail)
    if closing.netting.digest() != settled.netting:
        return ReplayError("netting-differs", settled.seq, settled.period)
    return ReplayError(
        "statements-differ",
        settled.seq,
        f"{settled.period}, root {b64url_encode(statements.statements_root(closing.statements))}",
    )
