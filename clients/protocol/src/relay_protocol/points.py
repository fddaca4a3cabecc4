"""Points and slots: accounts, transfers that balance by construction, lots, and the book of all."""

import hashlib
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

from relay_protocol import canonical
from relay_protocol.encoding import b64url_encode
from relay_protocol.errors import PointsError

Commodity: TypeAlias = Literal["points", "slots"]
Bucket: TypeAlias = Literal["available", "debt", "net", "issue", "convert", "expired"]
Reason: TypeAlias = Literal["earned", "converted", "expired", "reversed", "repaid"]
Outcome: TypeAlias = Literal["posted", "voided"]
Because: TypeAlias = Literal["term-ended", "withdrawn", "left", "offer-ended", "erased"]

HUB: Final = "hub"

BUCKETS: Final[Mapping[Commodity, Mapping[Bucket, bool]]] = MappingProxyType(
    {
        "points": {"available": False, "issue": True, "convert": True, "expired": True},
        "slots": {"available": False, "debt": False, "net": False},
    }
)
"""The buckets of each commodity, and whether the hub is their owner."""

ROUTES: Final[Mapping[tuple[Commodity, Bucket, Bucket], frozenset[Reason]]] = MappingProxyType(
    {
        ("points", "issue", "available"): frozenset({"earned"}),
        ("points", "available", "convert"): frozenset({"converted"}),
        ("points", "available", "expired"): frozenset({"expired"}),
        ("points", "available", "issue"): frozenset({"reversed"}),
        ("slots", "net", "available"): frozenset({"earned", "converted"}),
        ("slots", "available", "net"): frozenset({"expired", "reversed"}),
        ("slots", "available", "debt"): frozenset({"repaid"}),
        ("slots", "debt", "net"): frozenset({"reversed"}),
    }
)
"""From which bucket to which a commodity may move, and why; there is no other way."""

_TRANSFER_DOMAIN: Final = b"career-relay/transfer/v1\x00"
_OWNER = re.compile(r"[a-z][a-z0-9-]{1,30}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Account:
    """Where a commodity lies: `points:acme:available`; its balance is credits less debits."""

    commodity: Commodity
    owner: str
    bucket: Bucket

    def __post_init__(self) -> None:
        """Refuse an account that the scheme does not have."""
        hubs = BUCKETS.get(self.commodity, {}).get(self.bucket)
        if hubs is None or not _OWNER.fullmatch(self.owner) or hubs is not (self.owner == HUB):
            raise PointsError(f"there is no account {self}"[:120])

    def __str__(self) -> str:
        return f"{self.commodity}:{self.owner}:{self.bucket}"

    @classmethod
    def parse(cls, text: str) -> "Account":
        """Return the account that a text names.

        Raises:
            PointsError: the scheme has no such account.
        """
        for commodity, buckets in BUCKETS.items():
            for bucket in buckets:
                begin, end = f"{commodity}:", f":{bucket}"
                if text.startswith(begin) and text.endswith(end):
                    owner = text[len(begin) : -len(end)]
                    return cls(commodity=commodity, owner=owner, bucket=bucket)
        raise PointsError(f"there is no account {text[:80]}")


def available(commodity: Commodity, member: str) -> Account:
    """Return the account of what a member may use."""
    return Account(commodity=commodity, owner=member, bucket="available")


def debt(member: str) -> Account:
    """Return the account of the slots that a member spent and has to give back, at most 0."""
    return Account(commodity="slots", owner=member, bucket="debt")


def net(agency: str) -> Account:
    """Return the account of an agency: below 0 it owes free placements, above it is owed."""
    return Account(commodity="slots", owner=agency, bucket="net")


def hub_points(bucket: Bucket) -> Account:
    """Return an account of points that belongs to the hub: issue, convert or expired."""
    return Account(commodity="points", owner=HUB, bucket=bucket)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Why a transfer is made: by which rules, from which fact, and which of its legs."""

    rules: str
    fact: str
    leg: str

    def transfer_id(self) -> str:
        """Return the id of the transfer so caused: SHA-256 in base64url, 43 characters.

        Hashed are `career-relay/transfer/v1`, a zero byte, and the canonical object of the
        three names.
        """
        named = canonical.encode({"fact": self.fact, "leg": self.leg, "rules": self.rules})
        return b64url_encode(hashlib.sha256(_TRANSFER_DOMAIN + named).digest())


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """One movement from one account to another, which nothing ever changes.

    Attributes:
        id: the cause's transfer_id(), or the lot's id where only that outlived a person.
        debit: the account that gives.
        credit: the account that takes.
        count: how many points or slots, above 0.
        reason: the statement's word for it.
        lot: the lot that it makes (then its own id) or draws on.
        agency: the agency behind the lot.
        expires_on: the day on which what is left of the lot ends.
        posts_on: the day on which it takes effect; None where it does at once.
        period: the close that wrote it.
        belongs_to: the month of the fact, which a late one names.
    """

    id: str
    cause: Cause
    debit: Account
    credit: Account
    count: int
    reason: Reason
    lot: str
    agency: str
    expires_on: date
    posts_on: date | None
    period: str
    belongs_to: str

    def __post_init__(self) -> None:
        """Refuse a transfer without an amount, a cause or a way that the scheme has."""
        if type(self.count) is not int or self.count < 1:
            raise PointsError(f"a transfer moves 1 or more, not {self.count!r}")
        if not (self.cause.rules and self.cause.fact and self.cause.leg):
            raise PointsError("a transfer without rules, fact or leg")
        way = (self.debit.commodity, self.debit.bucket, self.credit.bucket)
        if self.debit.commodity != self.credit.commodity or self.reason not in ROUTES.get(way, ()):
            raise PointsError(f"nothing is {self.reason} from {self.debit} to {self.credit}")
        if self.reason == "repaid" and self.debit.owner != self.credit.owner:
            raise PointsError(f"{self.debit} and {self.credit} belong to two members")


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """What became of a pending transfer, once."""

    transfer: str
    outcome: Outcome
    because: Because
    period: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """What is left of one gain; the one that ends first is used first."""

    id: str
    account: Account
    agency: str
    expires_on: date
    left: int

    def age(self) -> tuple[date, str]:
        """Return the key that puts lots in the order in which they are used."""
        return self.expires_on, self.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """What a later fact may still undo: a counted referral, or a hire in its guarantee.

    Attributes:
        lot: the lot that came or comes of it.
        kind: what the subject is.
        subject: the id of the referral or hire; whoever forgets a person deletes the term.
        member: the origin, which earned.
        agency: the agency that caused it.
        cause: of the transfer that made the lot.
        count: the points or slots earned.
        began_on: the day of the introduction, or of the start.
        ends_on: the first day after the hold, or after the guarantee.
        expires_on: when the lot ends.
        undone: whether a fact has ended a hire already; another confirmation earns nothing.
    """

    lot: str
    kind: Literal["referral", "hire"]
    subject: str
    member: str
    agency: str
    cause: Cause
    count: int
    began_on: date
    ends_on: date
    expires_on: date
    undone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """All accounts at one moment; there is none that breaks the invariants of the scheme.

    Attributes:
        balances: what is posted, credits less debits; an account not named has 0.
        pending: transfers that neither took effect nor were voided, by id.
        lots: what is left of each gain, by id.
        terms: what may still be undone, by lot.
    """

    balances: Mapping[Account, int] = field(default_factory=dict)
    pending: tuple[Transfer, ...] = ()
    lots: tuple[Lot, ...] = ()
    terms: tuple[Term, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a book that does not balance."""
        self._check_sums()
        self._check_floors()
        self._check_lots()

    def balance(self, account: Account) -> int:
        """Return what is posted to an account, credits less debits."""
        return self.balances.get(account, 0)

    def pending_into(self) -> Counter[Account]:
        """Return what pending transfers would bring, by account."""
        waiting: Counter[Account] = Counter()
        for one in self.pending:
            waiting[one.credit] += one.count
        return waiting

    def owners(self, bucket: Bucket) -> list[str]:
        """Return whose accounts of one bucket are named in any part of the book, sorted."""
        sides = (side for one in self.pending for side in (one.debit, one.credit))
        return sorted({side.owner for side in (*self.balances, *sides) if side.bucket == bucket})

    def _check_sums(self) -> None:
        """Refuse a commodity that does not sum to zero (I1; for slots that is I11, too)."""
        sums: Counter[Commodity] = Counter()
        for account, balance in self.balances.items():
            sums[account.commodity] += balance
        for commodity, total in sums.items():
            if total:
                raise PointsError(f"the {commodity} of all accounts sum to {total}, not to 0")

    def _check_floors(self) -> None:
        """Refuse a member's account below 0, or a debt above it (I2)."""
        for account, balance in self.balances.items():
            if account.bucket == "available" and balance < 0:
                raise PointsError(f"{account} is at {balance}, below its floor of 0")
            if account.bucket == "debt" and balance > 0:
                raise PointsError(f"{account} is at {balance}: nobody owes less than nothing")

    def _check_lots(self) -> None:
        """Refuse lots that are not, all together, what is available (I4)."""
        left: Counter[Account] = Counter()
        for lot in self.lots:
            if lot.left < 1:
                raise PointsError(f"the lot {lot.id} has {lot.left} left, so it is none")
            left[lot.account] += lot.left
        held = {a: n for a, n in self.balances.items() if a.bucket == "available" and n}
        if held != dict(left):
            raise PointsError("what is left of the lots is not what is available")
        for names in ([lot.id for lot in self.lots], [one.id for one in self.pending]):
            if len(names) != len(set(names)):
                raise PointsError("a lot or pending transfer stands in the book twice")
