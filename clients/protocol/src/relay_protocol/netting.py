"""The clearing house: payments by which agencies that owe placements serve those that are owed."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from relay_protocol import canonical
from relay_protocol.canonical import Encodable, Value
from relay_protocol.errors import CanonicalError, PointsError

VERSION: Final = 1
# No entry holds the document, so it may be longer than one.
MAX_BYTES: Final = 16 * 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class Obligation:
    """One agency's duty to another: that many free placements, or what they settle for them."""

    debtor: str
    creditor: str
    slots: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Netting:
    """The nets of all agencies at a period's end, and the obligations that clear them.

    Attributes:
        period: `YYYY-MM`.
        reference_fee_yen: what one placement is reckoned at, for information.
        nets: slots by agency, by slug; below 0 it owes.
        obligations: in the order in which clear() finds them.
    """

    period: str
    reference_fee_yen: int
    nets: Mapping[str, int]
    obligations: tuple[Obligation, ...]

    def document(self) -> dict[str, Encodable]:
        """Return the document whose digest period.settled bears."""
        return {
            "nets": [
                {"agency": agency, "slots": self.nets[agency]} for agency in sorted(self.nets)
            ],
            "obligations": [
                {
                    "creditor": one.creditor,
                    "debtor": one.debtor,
                    "slots": one.slots,
                    "value_yen": one.slots * self.reference_fee_yen,
                }
                for one in self.obligations
            ],
            "period": self.period,
            "reference_fee_yen": self.reference_fee_yen,
            "v": VERSION,
        }

    def encode(self) -> bytes:
        """Return the document's canonical bytes."""
        return canonical.encode(self.document(), limit_bytes=MAX_BYTES)

    def digest(self) -> bytes:
        """Return the SHA-256 of the document's canonical bytes, 32 bytes."""
        return hashlib.sha256(self.encode()).digest()

    @classmethod
    def decode(cls, raw: bytes) -> "Netting":
        """Return the netting whose bytes these are.

        Raises:
            PointsError: they are those of no netting.
        """
        try:
            match canonical.decode(raw, limit_bytes=MAX_BYTES):
                case {
                    "nets": [*nets],
                    "obligations": [*obligations],
                    "period": str(period),
                    "reference_fee_yen": int(reference_fee_yen),
                } if type(reference_fee_yen) is int:
                    netting = cls(
                        period=period,
                        reference_fee_yen=reference_fee_yen,
                        nets=dict(map(_net, nets)),
                        obligations=tuple(map(_obligation, obligations)),
                    )
                case _:
                    raise PointsError("a netting that lacks a part")
        except CanonicalError as error:
            raise PointsError(f"a netting in another form: {error}") from error
        if netting.encode() != raw:
            raise PointsError("a netting with more than its parts, or written in another way")
        return netting


def clear(nets: Mapping[str, int]) -> tuple[Obligation, ...]:
    """Return payments that clear what is owed as far as it matches, fewer than agencies.

    First whoever owes just what another is owed pays that one; then, again and again, whoever
    owes most pays whoever is owed most, which brings one of the two to zero. Equal nets go by
    slug. What has no counterpart stands.

    Args:
        nets: slots by agency; below 0 it owes, above it is owed.

    Raises:
        PointsError: a net is no whole number.
    """
    if any(type(count) is not int for count in nets.values()):
        raise PointsError("an agency's net is a whole number of slots")
    owing = {agency: -nets[agency] for agency in sorted(nets) if nets[agency] < 0}
    owed = {agency: nets[agency] for agency in sorted(nets) if nets[agency] > 0}
    obligations = []
    for debtor, creditor in _equal_pairs(owing, owed):
        obligations.append(Obligation(debtor=debtor, creditor=creditor, slots=owing.pop(debtor)))
        del owed[creditor]
    while owing and owed:
        debtor, creditor = _largest(owing), _largest(owed)
        slots = min(owing[debtor], owed[creditor])
        obligations.append(Obligation(debtor=debtor, creditor=creditor, slots=slots))
        for side, agency in ((owing, debtor), (owed, creditor)):
            side[agency] -= slots
            if not side[agency]:
                del side[agency]
    return tuple(obligations)


def _equal_pairs(owing: Mapping[str, int], owed: Mapping[str, int]) -> list[tuple[str, str]]:
    """Return the pairs of a debtor and a creditor of the same count, each agency once."""
    creditors: dict[int, list[str]] = {}
    for agency in sorted(owed, reverse=True):
        creditors.setdefault(owed[agency], []).append(agency)
    return [
        (debtor, creditors[owing[debtor]].pop())
        for debtor in sorted(owing)
        if creditors.get(owing[debtor])
    ]


def _net(stated: Value) -> tuple[str, int]:
    """Return an agency and its net."""
    match stated:
        case {"agency": str(agency), "slots": int(slots)} if type(slots) is int:
            return agency, slots
        case _:
            raise PointsError("a net that lacks a part")


def _obligation(stated: Value) -> Obligation:
    """Return one agency's duty to another."""
    match stated:
        case {
            "creditor": str(creditor),
            "debtor": str(debtor),
            "slots": int(slots),
        } if type(slots) is int:
            return Obligation(debtor=debtor, creditor=creditor, slots=slots)
        case _:
            raise PointsError("an obligation that lacks a part")


def _largest(side: Mapping[str, int]) -> str:
    """Return the agency with the largest count, of equal ones the first by slug."""
    return min(side, key=lambda agency: (-side[agency], agency))
