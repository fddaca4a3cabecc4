"""The scheme's numbers, versioned and hashed, and the days and months that they count in."""

import calendar
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from relay_protocol import canonical
from relay_protocol.canonical import Encodable
from relay_protocol.codes import JOB_KINDS
from relay_protocol.errors import RulesError

# Claimed, interviewed and listed are told of, too; each opens with the facts that it counts.
COUNTING_EVENTS: Final = ("introduced",)

DEFAULT: Final[Mapping[str, Encodable]] = MappingProxyType(
    {
        "version": "2026-12-A",
        "counting_event": "introduced",
        "points_per_referral": 1,
        "points_per_slot": 10,
        "slots_per_hire": 1,
        "hold_days": 30,
        "objection_days": 7,
        "person_window_days": 365,
        "referrals_per_month_cap": 100,
        "agency_share_cap_percent": 60,
        "lot_expiry_months": 24,
        "guarantee_days": 90,
        "reserve_timeout_days": 60,
        "slot_covers": {"annual_salary_max_yen": 8_000_000, "kinds": ["mid-career"]},
        "reference_fee_yen": 1_500_000,
        "claim_days": 10,
        "approval_days": 7,
        "release_hours": 72,
        "first_contact_hours": 72,
        "ownership_days": 365,
        "open_claims_per_agency": 50,
        "start_within_months": 18,
        "k": 5,
        "members_per_class": 3,
        "count_unlinked": False,
        "utc_offset_minutes": 540,
    }
)
"""What a scheme begins with, unless its members agree on other numbers."""

DEMO: Final[Mapping[str, Encodable]] = MappingProxyType(
    {**DEFAULT, "version": "demo-1", "k": 3, "count_unlinked": True}
)
"""What the demo plays by: few people, none of them linked."""

_RANGES: Final[Mapping[str, tuple[int, int]]] = MappingProxyType(
    {
        "points_per_referral": (0, 1_000),
        "points_per_slot": (1, 10_000),
        "slots_per_hire": (0, 10),
        "hold_days": (0, 365),
        "objection_days": (0, 365),
        # A month's credits must still be known when the month is closed.
        "person_window_days": (31, 3_650),
        "referrals_per_month_cap": (1, 100_000),
        "agency_share_cap_percent": (1, 100),
        "lot_expiry_months": (1, 120),
        "guarantee_days": (0, 365),
        "reserve_timeout_days": (1, 365),
        "reference_fee_yen": (0, 100_000_000),
        "claim_days": (1, 90),
        "approval_days": (1, 90),
        "release_hours": (1, 720),
        "first_contact_hours": (1, 720),
        "ownership_days": (0, 3_650),
        "open_claims_per_agency": (1, 10_000),
        "start_within_months": (1, 36),
        "k": (2, 1_000),
        "members_per_class": (1, 1_000),
        "utc_offset_minutes": (-720, 840),
    }
)
_SALARY_RANGE: Final = (0, 1_000_000_000)
_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}", re.ASCII)
_PERIOD = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])", re.ASCII)
_MONTHS_A_YEAR: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotCover:
    """Which hires a slot makes free of charge.

    Attributes:
        annual_salary_max_yen: the highest yearly salary covered.
        kinds: the kinds of job covered, in the order of codes.JOB_KINDS.
    """

    annual_salary_max_yen: int
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """One version of the scheme's numbers; their names end in their units.

    A number of 0 switches that way of earning off. `counting_event` is the step of a referral
    that counts; `count_unlinked` lets one referral stand for one person where nobody can tell.
    """

    version: str
    counting_event: str
    points_per_referral: int
    points_per_slot: int
    slots_per_hire: int
    hold_days: int
    objection_days: int
    person_window_days: int
    referrals_per_month_cap: int
    agency_share_cap_percent: int
    lot_expiry_months: int
    guarantee_days: int
    reserve_timeout_days: int
    slot_covers: SlotCover
    reference_fee_yen: int
    claim_days: int
    approval_days: int
    release_hours: int
    first_contact_hours: int
    ownership_days: int
    open_claims_per_agency: int
    start_within_months: int
    k: int
    members_per_class: int
    count_unlinked: bool
    utc_offset_minutes: int

    @classmethod
    def from_document(cls, document: Mapping[str, object]) -> "Rules":
        """Return the rules that a document states, as DEFAULT shows it.

        Raises:
            RulesError: a field is missing, unknown, of another type or out of its range; the
                message begins with the field's name.
        """
        _require_fields(document, frozenset(DEFAULT), "")
        return cls(
            version=_version(document["version"]),
            counting_event=_counting_event(document["counting_event"]),
            slot_covers=_slot_cover(document["slot_covers"]),
            count_unlinked=_boolean("count_unlinked", document["count_unlinked"]),
            **{name: _integer(name, document[name], ends) for name, ends in _RANGES.items()},
        )

    def document(self) -> dict[str, Encodable]:
        """Return the document that from_document() reads back as these rules."""
        cover = self.slot_covers
        return {
            **{name: getattr(self, name) for name in DEFAULT},
            "slot_covers": {
                "annual_salary_max_yen": cover.annual_salary_max_yen,
                "kinds": list(cover.kinds),
            },
        }

    def digest(self) -> bytes:
        """Return the SHA-256 of the document's canonical bytes, 32 bytes."""
        return hashlib.sha256(canonical.encode(self.document())).digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Adoption:
    """Rules, and the first day on which they are in force, in the order of the ledger."""

    rules: Rules
    valid_from: date


def in_force(adoptions: Sequence[Adoption], on: date) -> Rules:
    """Return the rules in force on a day: those that became valid last, until then.

    Args:
        adoptions: every adoption in the order of the ledger; of two for one day the later holds.
        on: a day of the scheme, as local_day() gives it.

    Raises:
        RulesError: no rules were in force on that day.
    """
    valid = [adoption for adoption in adoptions if adoption.valid_from <= on]
    if not valid:
        raise RulesError(f"no rules were in force on {on.isoformat()}")
    latest = max(adoption.valid_from for adoption in valid)
    return [adoption.rules for adoption in valid if adoption.valid_from == latest][-1]


def of_version(adoptions: Sequence[Adoption], version: str) -> Rules:
    """Return the rules of a version, by which a fact is judged whatever came later.

    Raises:
        RulesError: the version was never adopted, or two different rules bear its name.
    """
    found = [adoption.rules for adoption in adoptions if adoption.rules.version == version]
    if not found:
        raise RulesError(f"no rules of the version {version!r} were adopted")
    if any(rules != found[0] for rules in found):
        raise RulesError(f"two different rules bear the version {version!r}")
    return found[0]


def local_day(instant: datetime, rules: Rules) -> date:
    """Return the day of an aware instant by the scheme's clock (utc_offset_minutes).

    Raises:
        RulesError: the instant does not say its own offset.
    """
    if instant.tzinfo is UTC:  # as in every attestation: a sum is made in a third of the time
        return (instant + timedelta(minutes=rules.utc_offset_minutes)).date()
    if instant.utcoffset() is None:
        raise RulesError("an instant without an offset belongs to no day")
    return instant.astimezone(_zone(rules.utc_offset_minutes)).date()


@lru_cache(64)
def _zone(offset_minutes: int) -> timezone:
    """Return the zone of a scheme's clock; it is asked for at every act."""
    return timezone(timedelta(minutes=offset_minutes))


def month_of(day: date) -> str:
    """Return the period that a day lies in, `YYYY-MM`."""
    return f"{day.year:04d}-{day.month:02d}"


def first_day(period: str) -> date:
    """Return the first day of a period `YYYY-MM`.

    Raises:
        RulesError: the text is no month.
    """
    match = _PERIOD.fullmatch(period)
    if match is None or match[1] == "0000":
        raise RulesError(f"{period[:32]!r} is not a month YYYY-MM")
    return date(int(match[1]), int(match[2]), 1)


def last_day(period: str) -> date:
    """Return the last day of a period `YYYY-MM`, on whose end it is closed.

    Raises:
        RulesError: the text is no month.
    """
    first = first_day(period)
    return first.replace(day=calendar.monthrange(first.year, first.month)[1])


def next_period(period: str) -> str:
    """Return the period after a period `YYYY-MM`.

    Raises:
        RulesError: the text is no month, or no month follows it.
    """
    return month_of(add_months(first_day(period), 1))


def add_months(day: date, months: int) -> date:
    """Return the same day some months later, or that month's last day where it has none.

    Raises:
        RulesError: the calendar ends before.
    """
    years, month = divmod(day.month - 1 + months, _MONTHS_A_YEAR)
    year = day.year + years
    if not date.min.year <= year <= date.max.year:
        raise RulesError("the calendar ends before that day")
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _require_fields(document: Mapping[str, object], fields: frozenset[str], within: str) -> None:
    """Refuse a document that lacks a field or has one more."""
    missing = sorted(fields - document.keys())
    if missing:
        raise RulesError(f"{within}{missing[0]}: the field is missing")
    unknown = sorted(str(name)[:64] for name in document.keys() - fields)
    if unknown:
        raise RulesError(f"{within}{unknown[0]}: no rule has this name")


def _integer(name: str, value: object, ends: tuple[int, int]) -> int:
    """Return an integer between two ends, both allowed; True and 1.0 are none."""
    if type(value) is not int:
        raise RulesError(f"{name}: not an integer")
    lowest, highest = ends
    if not lowest <= value <= highest:
        raise RulesError(f"{name}: not between {lowest} and {highest}")
    return value


def _boolean(name: str, value: object) -> bool:
    """Return true or false; 1 and 0 are neither."""
    if not isinstance(value, bool):
        raise RulesError(f"{name}: neither true nor false")
    return value


def _version(value: object) -> str:
    """Return the name of a version."""
    if not isinstance(value, str) or not _VERSION.fullmatch(value):
        raise RulesError("version: not 1 to 32 letters, digits, dots, dashes and underscores")
    return value


def _counting_event(value: object) -> str:
    """Return the event that counts, which must be one that a settlement knows."""
    if not isinstance(value, str) or value not in COUNTING_EVENTS:
        raise RulesError(f"counting_event: not one of {', '.join(COUNTING_EVENTS)}")
    return value


def _slot_cover(value: object) -> SlotCover:
    """Return what a slot covers."""
    if not isinstance(value, Mapping):
        raise RulesError("slot_covers: not an object")
    _require_fields(value, frozenset({"annual_salary_max_yen", "kinds"}), "slot_covers.")
    kinds = value["kinds"]
    if not isinstance(kinds, list | tuple) or not kinds:
        raise RulesError("slot_covers.kinds: not a list of kinds of job")
    if tuple(kinds) != tuple(kind for kind in JOB_KINDS if kind in kinds):
        raise RulesError(f"slot_covers.kinds: not of {', '.join(JOB_KINDS)}, in that order")
    return SlotCover(
        annual_salary_max_yen=_integer(
            "slot_covers.annual_salary_max_yen", value["annual_salary_max_yen"], _SALARY_RANGE
        ),
        kinds=tuple(kinds),
    )
