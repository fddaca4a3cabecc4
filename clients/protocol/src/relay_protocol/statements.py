"""What each member is told at a period's end: its points and slots, in lines that add up."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Final, TypeVar

from relay_protocol import canonical, merkle
from relay_protocol.canonical import Encodable, Value
from relay_protocol.encoding import b64url_decode, b64url_encode
from relay_protocol.errors import CanonicalError, PointsError
from relay_protocol.points import Account, Book, Transfer, available, debt

VERSION: Final = 1
HASH_BYTES: Final = 32
FIRST_PREV: Final = bytes(HASH_BYTES)
_SALT_DOMAIN: Final = b"career-relay/statement-salt/v1\x00"


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsLines:
    """A statement's points; `pending` still cool off and are no part of the sum.

    `not_counted` referrals were introduced in the period and earned nothing, for whatever
    reason.
    """

    brought_forward: int
    earned: int
    converted: int
    expired: int
    reversed: int
    adjusted: int
    carried_forward: int
    pending: int
    not_counted: int

    def __post_init__(self) -> None:
        """Refuse lines that do not add up (I12)."""
        _require_integers(self)
        gains = self.brought_forward + self.earned + self.adjusted
        if gains - self.converted - self.expired - self.reversed != self.carried_forward:
            raise PointsError("the points of a statement do not add up")


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotsLines:
    """A statement's slots; those in `pending` are still in guarantee and no part of the sum.

    What is carried forward lies in `available`, `reserved` and `debt` (which is 0 or less).
    """

    brought_forward: int
    earned: int
    converted: int
    returned: int
    redeemed: int
    expired: int
    reversed: int
    adjusted: int
    carried_forward: int
    available: int
    reserved: int
    debt: int
    pending: int

    def __post_init__(self) -> None:
        """Refuse lines that do not add up (I12)."""
        _require_integers(self)
        gains = self.brought_forward + self.earned + self.converted + self.returned + self.adjusted
        if gains - self.redeemed - self.expired - self.reversed != self.carried_forward:
            raise PointsError("the slots of a statement do not add up")
        if self.available + self.reserved + self.debt != self.carried_forward:
            raise PointsError("the slots carried forward lie in other accounts than stated")


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One member's statement (枠明細書): counts only, chained by hash, salted.

    Attributes:
        company: slug of the member.
        period: `YYYY-MM`.
        rules: the version in force on the period's last day.
        points: its points.
        slots: its slots.
        prev: digest() of its statement before, 32 bytes; 32 zero bytes where it is the first.
        salt: 32 bytes, so that nobody finds the counts behind the hash by trying.
    """

    company: str
    period: str
    rules: str
    points: PointsLines
    slots: SlotsLines
    prev: bytes
    salt: bytes

    def __post_init__(self) -> None:
        """Refuse a link or salt of another length."""
        if len(self.prev) != HASH_BYTES or len(self.salt) != HASH_BYTES:
            raise PointsError("a statement's link and salt have 32 bytes each")

    def encode(self) -> bytes:
        """Return the statement's canonical bytes: these are the original."""
        return canonical.encode(
            {
                "company": self.company,
                "period": self.period,
                "points": asdict(self.points),
                "prev": b64url_encode(self.prev),
                "rules": self.rules,
                "salt": b64url_encode(self.salt),
                "slots": asdict(self.slots),
                "v": VERSION,
            }
        )

    def digest(self) -> bytes:
        """Return the SHA-256 of the bytes, which the member's next statement names, 32 bytes."""
        return hashlib.sha256(self.encode()).digest()

    @classmethod
    def decode(cls, raw: bytes) -> "Statement":
        """Return the statement whose bytes these are.

        Raises:
            PointsError: they are those of no statement, or its lines do not add up.
        """
        try:
            document = canonical.decode(raw)
            match document:
                case {
                    "company": str(company),
                    "period": str(period),
                    "points": dict(points),
                    "prev": str(prev),
                    "rules": str(rules),
                    "salt": str(salt),
                    "slots": dict(slots),
                }:
                    statement = cls(
                        company=company,
                        period=period,
                        rules=rules,
                        points=_lines(PointsLines, points),
                        slots=_lines(SlotsLines, slots),
                        prev=b64url_decode(prev),
                        salt=b64url_decode(salt),
                    )
                case _:
                    raise PointsError("a statement that lacks a part")
        except CanonicalError as error:
            raise PointsError(f"a statement in another form: {error}") from error
        if statement.encode() != raw:
            raise PointsError("a statement with more than its parts")
        return statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """What a period's statements are drawn from, but for who reads them.

    Attributes:
        period: `YYYY-MM`.
        rules: the version in force on its last day.
        opening: the book before it.
        closing: the book after it.
        posted: what took effect in it.
        pending: what waits for its day after it, by the account that it comes into.
        not_counted: referrals that earned nothing, by member.
    """

    period: str
    rules: str
    opening: Book
    closing: Book
    posted: Sequence[Transfer]
    pending: Mapping[Account, int]
    not_counted: Mapping[str, int]


def statements_of(
    closed: Closed, members: Iterable[str], *, salt: bytes, previous: Mapping[str, bytes]
) -> tuple[Statement, ...]:
    """Return the statements of a closed period, one for each member, by slug.

    Args:
        closed: the period.
        members: slugs of those admitted so far; whoever has an account gets one anyway.
        salt: the period's own 32 random bytes, known to the hub and the auditor.
        previous: digest() of each member's statement before; nothing for whoever has none.

    Raises:
        PointsError: the salt or a digest has another length, or lines do not add up.
    """
    names = {*members, *closed.opening.owners("available"), *closed.closing.owners("available")}
    by_member: dict[str, list[Transfer]] = {name: [] for name in names}
    for one in closed.posted:
        for account in (one.debit, one.credit):
            # A member's own slots that repay its debt are no line.
            if account.bucket in {"available", "debt"} and one.reason != "repaid":
                by_member.setdefault(account.owner, []).append(one)
    return tuple(
        Statement(
            company=name,
            period=closed.period,
            rules=closed.rules,
            points=_points_lines(closed, name, by_member[name]),
            slots=_slots_lines(closed, name, by_member[name]),
            prev=previous.get(name, FIRST_PREV),
            salt=member_salt(salt, closed.period, name),
        )
        for name in sorted(by_member)
    )


def member_salt(salt: bytes, period: str, member: str) -> bytes:
    """Return the salt of one member's statement, from which no other member's follows, 32 bytes.

    It is SHA-256 of `career-relay/statement-salt/v1`, a zero byte, the period's salt, and
    `period/member`.

    Raises:
        PointsError: the period's salt has not 32 bytes.
    """
    if len(salt) != HASH_BYTES:
        raise PointsError("a period's salt has 32 bytes")
    return hashlib.sha256(_SALT_DOMAIN + salt + f"{period}/{member}".encode()).digest()


def statements_root(statements: Sequence[Statement]) -> bytes:
    """Return the root of the Merkle tree over the statements' bytes in their order, 32 bytes.

    The tree is that of the ledger (RFC 9162, section 2.1.1): leaf i is the statement of the
    i-th member by slug, so that a member can be shown its own without the others'.
    """
    return merkle.root(merkle.leaf_hash(one.encode()) for one in statements)


def _points_lines(closed: Closed, member: str, posted: Sequence[Transfer]) -> PointsLines:
    """Return the lines of a member's points."""
    account = available("points", member)
    sums = _sums(one for one in posted if one.debit.commodity == "points")
    return PointsLines(
        brought_forward=closed.opening.balance(account),
        earned=sums["earned"],
        converted=sums["converted"],
        expired=sums["expired"],
        reversed=sums["reversed"],
        adjusted=0,
        carried_forward=closed.closing.balance(account),
        pending=closed.pending.get(account, 0),
        not_counted=closed.not_counted.get(member, 0),
    )


def _slots_lines(closed: Closed, member: str, posted: Sequence[Transfer]) -> SlotsLines:
    """Return the lines of a member's slots."""
    account, owed = available("slots", member), debt(member)
    sums = _sums(one for one in posted if one.debit.commodity == "slots")
    held, spent = closed.closing.balance(account), closed.closing.balance(owed)
    return SlotsLines(
        brought_forward=closed.opening.balance(account) + closed.opening.balance(owed),
        earned=sums["earned"],
        converted=sums["converted"],
        returned=0,
        redeemed=0,
        expired=sums["expired"],
        reversed=sums["reversed"],
        adjusted=0,
        carried_forward=held + spent,
        available=held,
        reserved=0,
        debt=spent,
        pending=closed.pending.get(account, 0),
    )


def _sums(posted: Iterable[Transfer]) -> dict[str, int]:
    """Return how much was moved for each reason."""
    sums = {"earned": 0, "converted": 0, "expired": 0, "reversed": 0}
    for one in posted:
        sums[one.reason] += one.count
    return sums


Lines = TypeVar("Lines", PointsLines, SlotsLines)


def _lines(kind: type[Lines], stated: Mapping[str, Value]) -> Lines:
    """Return lines of a statement as they are stated."""
    names = {field.name for field in fields(kind)}
    counts = {name: count for name, count in stated.items() if type(count) is int}
    if stated.keys() != names or counts.keys() != names:
        raise PointsError("a statement whose lines are others, or no whole numbers")
    return kind(**counts)


def _require_integers(lines: PointsLines | SlotsLines) -> None:
    """Refuse lines that are no whole numbers, or below 0 where nothing can be."""
    counts: dict[str, Encodable] = asdict(lines)
    for name, count in counts.items():
        if type(count) is not int:
            raise PointsError(f"the line {name} is no whole number")
        if count < 0 and name not in {"adjusted", "brought_forward", "carried_forward", "debt"}:
            raise PointsError(f"the line {name} is below 0")
