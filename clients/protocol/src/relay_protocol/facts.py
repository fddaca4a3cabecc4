"""The facts that a settlement knows: what somebody attested, told in the words of the rules."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias

from relay_protocol.canonical import Encodable
from relay_protocol.errors import PointsError
from relay_protocol.points import Account


@dataclass(frozen=True, slots=True, kw_only=True)
class Introduced:
    """An agency introduced a candidate to a hirer (introduction.made).

    Attributes:
        id: of the introduction.
        referral: the candidate's.
        origin: slug of the member that passed the candidate on.
        origin_group: corporate number of its group.
        agency: slug of the agency.
        agency_group: corporate number of its group.
        hirer_group: corporate number of the hirer's group, or of the hirer itself.
        at: the recorded instant.
        rules: the version in force when the referral was made.
    """

    id: str
    referral: str
    origin: str
    origin_group: str
    agency: str
    agency_group: str
    hirer_group: str
    at: datetime
    rules: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn:
    """A candidate withdrew the consent to a referral (consent.withdrawn)."""

    referral: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """A hire started, and somebody other than the reporter confirmed it (hire.confirmed).

    The first confirmation is what counts; hirer and candidate may both give one.

    Attributes:
        hire: its id.
        on: the start date (入社日), from which the guarantee runs.
        confirmed_at: the recorded instant of the confirmation.

    The others are as in Introduced.
    """

    hire: str
    referral: str
    origin: str
    origin_group: str
    agency: str
    agency_group: str
    hirer_group: str
    on: date
    confirmed_at: datetime
    rules: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """Somebody hired left again on a day (hire.reported, left)."""

    hire: str
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferEnded:
    """An offer was declined or withdrawn on a day (hire.reported, offer-declined)."""

    hire: str
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What stands although the person behind it was erased (fact.kept).

    Attributes:
        lot: the id of the lot that comes of it, or that it takes back.
        debit: the account that gives.
        credit: the account that takes: the member's, or what is taken back goes to its source.
        count: points or slots.
        agency: slug of the agency that caused it.
        due_on: the first day after the hold or guarantee; of what is taken back, its own day.
        expires_on: the day on which what is left of the lot ends.
        rules: the version that it is entered under.
    """

    lot: str
    debit: Account
    credit: Account
    count: int
    agency: str
    due_on: date
    expires_on: date
    rules: str

    def body(self) -> dict[str, Encodable]:
        """Return the body of the attestation fact.kept."""
        return {
            "agency": self.agency,
            "commodity": self.debit.commodity,
            "count": self.count,
            "credit": str(self.credit),
            "debit": str(self.debit),
            "due": self.due_on.isoformat(),
            "expires": self.expires_on.isoformat(),
            "lot": self.lot,
        }

    def is_gain(self) -> bool:
        """Return whether it is still to be earned; else something is taken back."""
        return self.credit.bucket == "available"

    @classmethod
    def from_body(cls, body: Mapping[str, object], rules: str) -> "Kept":
        """Return the fact that the body of an attestation fact.kept states.

        Args:
            body: as body() gives it.
            rules: the version that the entry names.

        Raises:
            PointsError: the body is no such one.
        """
        match body:
            case {
                "agency": str(agency),
                "count": int(count),
                "credit": str(credit),
                "debit": str(debit),
                "due": str(due),
                "expires": str(expires),
                "lot": str(lot),
            } if not isinstance(count, bool):
                try:
                    kept = cls(
                        lot=lot,
                        debit=Account.parse(debit),
                        credit=Account.parse(credit),
                        count=count,
                        agency=agency,
                        due_on=date.fromisoformat(due),
                        expires_on=date.fromisoformat(expires),
                        rules=rules,
                    )
                except ValueError as error:
                    raise PointsError("a kept fact whose days are none") from error
            case _:
                raise PointsError("a kept fact that lacks a part")
        if kept.body() != body:
            raise PointsError("a kept fact written in another way")
        return kept


Fact: TypeAlias = Introduced | Withdrawn | Started | Left | OfferEnded | Kept


def is_self_dealing(fact: Introduced | Started) -> bool:
    """Return whether the origin's own corporate group introduced or hired; that earns nothing."""
    return fact.origin_group in {fact.agency_group, fact.hirer_group}
