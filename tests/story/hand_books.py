"""The months of a ledger written by hand: settled as a hub does it, or as it should not."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from relay_protocol import canonical, merkle, statements
from relay_protocol.canonical import Value
from relay_protocol.closes import Checked, Closes, note_gone
from relay_protocol.encoding import b64url_encode
from relay_protocol.facts import Fact, Left, OfferEnded, Started
from relay_protocol.keeping import erase
from relay_protocol.manifest import CloseDocuments
from relay_protocol.moves import Move
from relay_protocol.netting import Netting
from relay_protocol.points import Book
from relay_protocol.replay import Replay
from relay_protocol.rules import Adoption
from relay_protocol.settlement import Closing, settle
from relay_protocol.statements import Statement
from tests.story.hand_audit import replay
from tests.story.hand_ledger import AUDITOR, HIRER, HUB, MEMBER, RULES, HandLedger
from tests.story.hand_relay import HandRelay

ADOPTIONS = (Adoption(rules=RULES, valid_from=date(2026, 1, 1)),)
SALT = bytes(range(32))


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What a hub publishes of a month; a test may replace any part of it."""

    moves: tuple[Move, ...]
    statements: tuple[Statement, ...]
    netting: Netting
    cut: int
    root: bytes

    @classmethod
    def of(cls, closing: Closing, cut: int, root: bytes) -> "Published":
        """Return what an honest hub publishes of a close."""
        return cls(
            moves=closing.moves,
            statements=closing.statements,
            netting=closing.netting,
            cut=cut,
            root=root,
        )


@dataclass(kw_only=True)
class HandBooks:
    """The books behind a ledger: where everything stands, and the ids of its settlements."""

    ledger: HandLedger
    book: Book = field(default_factory=Book)
    previous: Mapping[str, bytes] = field(default_factory=dict)
    cut: int = 0
    settled: dict[str, str] = field(default_factory=dict)

    def settle(self, period: str, bend: Callable[[Published], Published] | None = None) -> Closing:
        """Settle a month and enter what is published of it, bent as a test wishes."""
        cut = self.ledger.size
        closing = settle(
            self.book,
            self._facts(),
            adoptions=ADOPTIONS,
            period=period,
            members=[MEMBER, HIRER],
            salt=SALT,
            previous=self.previous,
        )
        honest = Published.of(closing, cut, self.ledger.tree.root(cut))
        self._publish(period, bend(honest) if bend else honest)
        self.book, self.cut = closing.book, cut
        self.previous = closing.statement_digests()
        return closing

    def erase(self, relay: HandRelay, on: date, period: str) -> None:
        """Forget a person on a day within the open month, and count what was closed."""
        erased = erase(
            self.book,
            self._facts(),
            adoptions=ADOPTIONS,
            subjects={relay.referral, relay.hire},
            on=on,
            period=period,
        )
        self.book = erased.book
        for kept in erased.kept:
            self.ledger.state("fact.kept", HUB, body=plain(kept.body()))
        self.ledger.forget(*relay.seqs)
        self.ledger.count_closed(len(relay.seqs))

    def audit(self, period: str) -> None:
        """Let the auditor sign that a month is sound."""
        body: dict[str, Value] = {"period": period, "verdict": "sound"}
        refs = {"settled": self.settled[period]}
        self.ledger.state("period.audited", AUDITOR, AUDITOR, refs=refs, body=body)

    def check(self) -> list[Checked]:
        """Return how an auditor finds each month.

        Raises:
            ReplayError: a month is not what follows.
        """
        return check(self.ledger, replay(self.ledger))

    def _facts(self) -> Sequence[Fact]:
        """Return what a settlement must know: as the ledger's own replay tells it."""
        told = replay(self.ledger).facts
        window = [fact for seq, fact in told if seq >= self.cut]
        confirmed = {fact.hire for fact in window if isinstance(fact, Started)}
        ended = [
            fact
            for seq, fact in told
            if seq < self.cut and isinstance(fact, Left | OfferEnded) and fact.hire in confirmed
        ]
        return [*ended, *window]

    def _publish(self, period: str, published: Published) -> None:
        """Enter what is published, and keep the documents behind it."""
        for move in published.moves:
            self.ledger.state("points.moved", HUB, body=plain(move.body()))
        self.settled[period] = self.ledger.state(
            "period.settled",
            HUB,
            body={
                "period": period,
                "cut": published.cut,
                "root": b64url_encode(published.root),
                "statements": b64url_encode(statements.statements_root(published.statements)),
                "netting": b64url_encode(published.netting.digest()),
            },
        )
        self.ledger.closes.append(
            CloseDocuments(
                period=period,
                salt=SALT,
                statements=tuple(one.encode() for one in published.statements),
                netting=published.netting.encode(),
            )
        )


def check(ledger: HandLedger, replayed: Replay) -> list[Checked]:
    """Return how an auditor finds each month of a replayed ledger.

    Raises:
        ReplayError: a month is not what follows.
    """
    closed = [
        entry
        for entry in ledger.entries
        if entry.commitment is not None and entry.seq not in ledger.reveals
    ]
    for entry in closed:
        note_gone(replayed.memory, entry)
    first = closed[0].seq if closed else None
    closes = Closes(replayed, first, {close.period: close for close in ledger.closes})
    leaves = [merkle.leaf_hash(entry.encode()) for entry in ledger.entries]
    return [closes.check(one, merkle.root(leaves[: one.cut])) for one in replayed.settled]


def with_points(statement: Statement, **changes: int) -> Statement:
    """Return a statement with other lines of points."""
    return replace(statement, points=replace(statement.points, **changes))


def plain(body: Mapping[str, canonical.Encodable]) -> dict[str, Value]:
    """Return the body of an attestation as it is read back."""
    decoded = canonical.decode(canonical.encode(body))
    if not isinstance(decoded, dict):
        raise TypeError("a body is an object")
    return decoded
