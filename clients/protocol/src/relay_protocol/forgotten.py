"""A close computed again although people of it are forgotten: from what the hub published of it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from relay_protocol import canonical, statements
from relay_protocol.canonical import Value
from relay_protocol.errors import CanonicalError
from relay_protocol.facts import Fact, Introduced, Kept
from relay_protocol.moves import Move, MovedLot, carry
from relay_protocol.netting import MAX_BYTES
from relay_protocol.points import Account, Book, Cause, available, debt, hub_points
from relay_protocol.rules import Adoption, in_force, last_day, month_of, of_version
from relay_protocol.settlement import Closing, settle
from relay_protocol.statements import PointsLines, SlotsLines, Statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """What took effect of one lot between two accounts in a period."""

    debit: Account
    credit: Account
    lot: str
    agency: str
    ends_on: date
    count: int

    @property
    def is_gain(self) -> bool:
        """Whether it gave a member points or slots."""
        return self.debit.bucket in {"issue", "net"} and self.credit.bucket == "available"

    @property
    def takes_back(self) -> bool:
        """Whether it gave back what was gained, or, of slots, what expired."""
        return self.debit.bucket in {"available", "debt"} and self.credit.bucket in {"issue", "net"}

    def move(self, period: str) -> Move:
        """Return it as a move of its own."""
        lot = MovedLot(lot=self.lot, agency=self.agency, due_on=self.ends_on, count=self.count)
        return Move(period=period, debit=self.debit, credit=self.credit, lots=(lot,))


@dataclass(frozen=True, slots=True)
class Published:
    """All postings of a period, in order."""

    postings: tuple[Posting, ...]

    @classmethod
    def of(cls, moves: Iterable[Move]) -> "Published":
        """Return the postings that moves are made of."""
        return cls(
            tuple(
                Posting(
                    debit=move.debit,
                    credit=move.credit,
                    lot=lot.lot,
                    agency=lot.agency,
                    ends_on=lot.due_on,
                    count=lot.count,
                )
                for move in moves
                for lot in move.lots
            )
        )

    def beyond(self, other: "Published") -> list[Posting]:
        """Return the postings that are not among those of another."""
        known = set(other.postings)
        return [posting for posting in self.postings if posting not in known]


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """All that a close follows from; the attributes are settle()'s."""

    period: str
    opening: Book
    facts: tuple[Fact, ...]
    adoptions: tuple[Adoption, ...]
    members: tuple[str, ...]
    salt: bytes
    previous: Mapping[str, bytes]

    def settle(self) -> Closing:
        """Return the close.

        Raises:
            RulesError: no rules are in force, or a fact names unknown ones.
            PointsError: book and facts contradict each other.
        """
        return settle(
            self.opening,
            self.facts,
            adoptions=self.adoptions,
            period=self.period,
            members=self.members,
            salt=self.salt,
            previous=self.previous,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconstruction:
    """A close that agrees with what was published of it.

    Attributes:
        basis: what it follows from, as far as that is known.
        closing: the close.
        published: what was published.
        unseen: the postings among it whose facts nobody can open any more.
    """

    basis: Basis
    closing: Closing
    published: Published
    unseen: tuple[Posting, ...]

    def agrees_with(self, told: Sequence[Statement]) -> bool:
        """Return whether statements say what was published, for every member and no one else.

        What is pending, and what was not counted, is taken from them: those who are forgotten
        may have had a part in it.
        """
        if [one.company for one in told] != [one.company for one in self.closing.statements]:
            return False
        return all(one == self._expected(one) for one in told)

    def agrees_with_netting(self, raw: bytes) -> bool:
        """Return whether a netting is the one that follows from the nets that are not zero.

        An agency that had nothing but a hire in guarantee stands there with zero; once the
        person is forgotten, nothing else tells of it.
        """
        try:
            document = canonical.decode(raw, limit_bytes=MAX_BYTES)
        except CanonicalError:
            return False
        nets = _nets(document)
        own = self.closing.netting
        if {name: net for name, net in nets.items() if net} != {
            name: net for name, net in own.nets.items() if net
        }:
            return False
        return replace(own, nets=nets).encode() == raw

    def _expected(self, told: Statement) -> Statement:
        """Return a member's statement as it must be."""
        name, period = told.company, self.basis.period
        return Statement(
            company=name,
            period=period,
            rules=self.closing.rules,
            points=self._points(told),
            slots=self._slots(told),
            prev=self.basis.previous.get(name, statements.FIRST_PREV),
            salt=statements.member_salt(self.basis.salt, period, name),
        )

    def _points(self, told: Statement) -> PointsLines:
        """Return the lines of a member's points."""
        account = available("points", told.company)
        return PointsLines(
            brought_forward=self.basis.opening.balance(account),
            earned=self._moved(hub_points("issue"), account),
            converted=self._moved(account, hub_points("convert")),
            expired=self._moved(account, hub_points("expired")),
            reversed=self._moved(account, hub_points("issue")),
            adjusted=0,
            carried_forward=self.closing.book.balance(account),
            pending=told.points.pending,
            not_counted=told.points.not_counted,
        )

    def _slots(self, told: Statement) -> SlotsLines:
        """Return the lines of a member's slots."""
        account, owed = available("slots", told.company), debt(told.company)
        written: Counter[str] = Counter()
        for one in self.closing.transfers:
            if account in {one.debit, one.credit}:
                written[one.reason] += one.count
        gained = sum(p.count for p in self.published.postings if p.is_gain and p.credit == account)
        given = sum(
            p.count for p in self.published.postings if p.takes_back and p.debit in {account, owed}
        )
        held, spent = self.closing.book.balance(account), self.closing.book.balance(owed)
        opening = self.basis.opening
        return SlotsLines(
            brought_forward=opening.balance(account) + opening.balance(owed),
            earned=gained - written["converted"],
            converted=written["converted"],
            returned=0,
            redeemed=0,
            expired=written["expired"],
            reversed=given - written["expired"],
            adjusted=0,
            carried_forward=held + spent,
            available=held,
            reserved=0,
            debt=spent,
            pending=told.slots.pending,
        )

    def _moved(self, debit: Account, credit: Account) -> int:
        """Return how much was moved between two accounts."""
        return sum(
            posting.count
            for posting in self.published.postings
            if (posting.debit, posting.credit) == (debit, credit)
        )


def _nets(document: Value) -> dict[str, int]:
    """Return the nets that a netting states; nothing where it is none."""
    match document:
        case {"nets": [*nets]}:
            return {
                str(one["agency"]): int(str(one["slots"]))
                for one in nets
                if isinstance(one, dict) and type(one.get("slots")) is int and "agency" in one
            }
        case _:
            return {}


def reconstruct(
    basis: Basis, closing: Closing, published: Published, closed_introductions: int
) -> Reconstruction | None:
    """Return the close that gives what was published, with the fewest gains on trust; or None.

    Facts that are closed now may have given points or slots, or taken them back. Those postings
    are taken from what was published; all else must follow from them and from the open facts.

    Args:
        basis: what is known.
        closing: the close that follows from that alone.
        published: what the hub published.
        closed_introductions: how many introductions nobody can open any more.
    """
    known = _without_uncounted(basis, closing, published, closed_introductions)
    ahead, unseen = known, []
    for commodity in ("points", "slots"):
        own = Published.of(ahead.settle().moves)
        new = [one for one in published.beyond(own) if one.debit.commodity == commodity]
        back = [one for one in new if one.takes_back]
        gains = [one for one in new if one.is_gain]
        moves = [posting.move(ahead.period) for posting in back]
        ahead = replace(
            ahead,
            opening=carry(ahead.opening, moves, ahead.opening),
            facts=(*ahead.facts, *(_as_kept(ahead, posting) for posting in gains)),
        )
        unseen += [*back, *gains]
    found = ahead.settle()
    taken_back = [posting for posting in unseen if posting.takes_back]
    agreed = (*Published.of(found.moves).postings, *taken_back)
    if Counter(agreed) != Counter(published.postings):
        return None
    return Reconstruction(basis=known, closing=found, published=published, unseen=tuple(unseen))


def _as_kept(basis: Basis, posting: Posting) -> Kept:
    """Return the fact from which a gain follows whose own fact nobody can open."""
    until = last_day(basis.period)
    return Kept(
        lot=posting.lot,
        debit=posting.debit,
        credit=posting.credit,
        count=posting.count,
        agency=posting.agency,
        due_on=until,
        expires_on=posting.ends_on,
        rules=in_force(basis.adoptions, until).version,
    )


def _without_uncounted(
    basis: Basis, closing: Closing, published: Published, closed_introductions: int
) -> Basis:
    """Return the basis without referrals that others, forgotten now, kept from being counted.

    Only where so many are closed that the month's cap can have been reached.
    """
    terms = {term.lot: term for term in (*basis.opening.terms, *closing.book.terms)}
    in_month = Counter((term.member, month_of(term.began_on)) for term in terms.values())
    dropped = set()
    for posting in Published.of(closing.moves).beyond(published):
        term = terms.get(posting.lot)
        if term is not None and term.kind == "referral" and posting.is_gain:
            cap = of_version(basis.adoptions, term.cause.rules).referrals_per_month_cap
            known = in_month[term.member, month_of(term.began_on)]
            if known + closed_introductions > cap:
                dropped.add(posting.lot)
    opening = basis.opening
    return replace(
        basis,
        opening=replace(
            opening,
            pending=tuple(one for one in opening.pending if one.id not in dropped),
            terms=tuple(one for one in opening.terms if one.lot not in dropped),
        ),
        facts=tuple(fact for fact in basis.facts if _lot_of(fact) not in dropped),
    )


def _lot_of(fact: Fact) -> str:
    """Return the lot that an introduction makes, if it counts; of any other fact, nothing."""
    if not isinstance(fact, Introduced):
        return ""
    return Cause(rules=fact.rules, fact=fact.id, leg="counted").transfer_id()
