"""The exchange of points for slots at a close: how many, of which lots, and who funds them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date

from relay_protocol.errors import PointsError
from relay_protocol.journal import Journal
from relay_protocol.points import Cause, Lot, Transfer, available, hub_points, net
from relay_protocol.rules import Rules, add_months


def convert(journal: Journal, until: date, rules: Rules) -> None:
    """Exchange every member's points for as many slots as they make.

    Args:
        journal: of the period, with its terms and expiries done.
        until: the period's last day, from which the new slots last.
        rules: in force on that day.
    """
    for account, lots in journal.lots("points").items():
        used = _use(journal, lots, rules)
        slots = used.total() // rules.points_per_slot
        for agency, count in apportion(slots, used).items():
            _grant(journal, account.owner, agency, count, until, rules)


def convertible_slots(points: Mapping[str, int], rules: Rules) -> int:
    """Return how many slots a member's points make, no agency giving more than its share.

    Args:
        points: what is available, by the agency that caused it.
        rules: of these, points_per_slot and agency_share_cap_percent.
    """
    most = sum(points.values()) // rules.points_per_slot
    for slots in range(most, 0, -1):
        share = _share(slots, rules)
        if sum(min(count, share) for count in points.values()) >= slots * rules.points_per_slot:
            return slots
    return 0


def apportion(slots: int, points: Mapping[str, int]) -> dict[str, int]:
    """Return how many slots each agency funds, in proportion to points (largest remainder).

    What is left after whole shares goes one by one to the largest remainders, of equal ones to
    the first by slug. Agencies that fund none are left out.

    Args:
        slots: how many are funded together, 0 or more.
        points: those used, by agency.

    Raises:
        PointsError: there are slots, but no points to fund them by.
    """
    total = sum(points.values())
    if slots and not total:
        raise PointsError("nobody funds these slots")
    shares = {agency: divmod(slots * points[agency], total) for agency in sorted(points)}
    whole = sum(share for share, _ in shares.values())
    by_remainder = sorted(shares, key=lambda agency: (-shares[agency][1], agency))
    favoured = by_remainder[: slots - whole]
    funded = {agency: share + (agency in favoured) for agency, (share, _) in shares.items()}
    return {agency: count for agency, count in funded.items() if count}


def _share(slots: int, rules: Rules) -> int:
    """Return the most points that one agency may give to these slots."""
    return slots * rules.points_per_slot * rules.agency_share_cap_percent // 100


def _use(journal: Journal, lots: Sequence[Lot], rules: Rules) -> Counter[str]:
    """Exchange what a member's lots allow, oldest first; return the points used by agency."""
    points: Counter[str] = Counter()
    for lot in lots:
        points[lot.agency] += lot.left
    slots = convertible_slots(points, rules)
    wanted, share = slots * rules.points_per_slot, _share(slots, rules)
    used: Counter[str] = Counter()
    for lot in lots:
        count = min(lot.left, share - used[lot.agency], wanted - used.total())
        if count > 0:
            used[lot.agency] += count
            cause = Cause(rules=rules.version, fact=journal.period, leg=f"converted:{lot.id}")
            journal.write(
                Transfer(
                    id=cause.transfer_id(),
                    cause=cause,
                    debit=lot.account,
                    credit=hub_points("convert"),
                    count=count,
                    reason="converted",
                    lot=lot.id,
                    agency=lot.agency,
                    expires_on=lot.expires_on,
                    posts_on=None,
                    period=journal.period,
                    belongs_to=journal.period,
                )
            )
    return used


def _grant(
    journal: Journal, member: str, agency: str, count: int, until: date, rules: Rules
) -> None:
    """Give a member slots that an agency funds."""
    cause = Cause(rules=rules.version, fact=journal.period, leg=f"granted:{member}:{agency}")
    journal.write(
        Transfer(
            id=cause.transfer_id(),
            cause=cause,
            debit=net(agency),
            credit=available("slots", member),
            count=count,
            reason="converted",
            lot=cause.transfer_id(),
            agency=agency,
            expires_on=add_months(until, rules.lot_expiry_months),
            posts_on=None,
            period=journal.period,
            belongs_to=journal.period,
        )
    )
