import hashlib
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from relay_protocol.errors import RulesError
from relay_protocol.rules import (
    DEFAULT,
    DEMO,
    Adoption,
    Rules,
    add_months,
    first_day,
    in_force,
    last_day,
    local_day,
    month_of,
    next_period,
    of_version,
)

INTEGERS = sorted(name for name, value in DEFAULT.items() if type(value) is int)

EDGES = [
    ("points_per_referral", 0, 1_000),
    ("points_per_slot", 1, 10_000),
    ("slots_per_hire", 0, 10),
    ("hold_days", 0, 365),
    ("objection_days", 0, 365),
    ("person_window_days", 31, 3_650),
    ("referrals_per_month_cap", 1, 100_000),
    ("agency_share_cap_percent", 1, 100),
    ("lot_expiry_months", 1, 120),
    ("guarantee_days", 0, 365),
    ("reserve_timeout_days", 1, 365),
    ("reference_fee_yen", 0, 100_000_000),
    ("claim_days", 1, 90),
    ("approval_days", 1, 90),
    ("release_hours", 1, 720),
    ("first_contact_hours", 1, 720),
    ("ownership_days", 0, 3_650),
    ("open_claims_per_agency", 1, 10_000),
    ("start_within_months", 1, 36),
    ("k", 2, 1_000),
    ("members_per_class", 1, 1_000),
    ("utc_offset_minutes", -720, 840),
]


def with_change(name: str, value: object) -> dict[str, object]:
    return {**DEFAULT, name: value}


@pytest.mark.parametrize("document", [DEFAULT, DEMO], ids=["default", "demo"])
def test_rules_state_the_document_that_they_were_read_from(document: Mapping[str, object]) -> None:
    assert Rules.from_document(document).document() == document


def test_the_default_rules_are_those_that_the_scheme_was_designed_with() -> None:
    rules = Rules.from_document(DEFAULT)
    assert (rules.points_per_referral, rules.points_per_slot, rules.slots_per_hire) == (1, 10, 1)
    assert (rules.hold_days, rules.guarantee_days, rules.lot_expiry_months) == (30, 90, 24)
    assert (rules.k, rules.members_per_class, rules.count_unlinked) == (5, 3, False)
    assert rules.slot_covers.kinds == ("mid-career",)


def test_the_demo_differs_in_the_size_of_a_class_and_in_counting_the_unlinked() -> None:
    different = {name for name in DEFAULT if DEFAULT[name] != DEMO[name]}
    assert different == {"version", "k", "count_unlinked"}
    assert (DEMO["k"], DEMO["count_unlinked"]) == (3, True)


def test_the_digest_is_that_of_the_sorted_document_without_blanks() -> None:
    written = (
        '{"agency_share_cap_percent":60,"approval_days":7,"claim_days":10,"count_unlinked":false,'
        '"counting_event":"introduced","first_contact_hours":72,"guarantee_days":90,'
        '"hold_days":30,"k":5,"lot_expiry_months":24,"members_per_class":3,"objection_days":7,'
        '"open_claims_per_agency":50,"ownership_days":365,"person_window_days":365,'
        '"points_per_referral":1,"points_per_slot":10,"reference_fee_yen":1500000,'
        '"referrals_per_month_cap":100,"release_hours":72,"reserve_timeout_days":60,'
        '"slot_covers":{"annual_salary_max_yen":8000000,"kinds":["mid-career"]},'
        '"slots_per_hire":1,"start_within_months":18,"utc_offset_minutes":540,'
        '"version":"2026-12-A"}'
    )
    assert Rules.from_document(DEFAULT).digest() == hashlib.sha256(written.encode()).digest()


def test_the_order_in_which_a_document_is_written_does_not_change_its_digest() -> None:
    backwards = dict(reversed(list(DEFAULT.items())))
    assert Rules.from_document(backwards).digest() == Rules.from_document(DEFAULT).digest()


def test_every_integer_of_the_document_has_its_edges_here() -> None:
    assert sorted(name for name, _, _ in EDGES) == INTEGERS


@pytest.mark.parametrize(("name", "lowest", "highest"), EDGES)
def test_a_number_is_taken_at_both_ends_of_its_range_and_refused_beyond(
    name: str, lowest: int, highest: int
) -> None:
    for number in (lowest, highest):
        assert Rules.from_document(with_change(name, number)).document()[name] == number
    for number in (lowest - 1, highest + 1):
        with pytest.raises(RulesError, match=rf"^{name}: not between {lowest} and {highest}$"):
            Rules.from_document(with_change(name, number))


@pytest.mark.parametrize("name", INTEGERS)
@pytest.mark.parametrize("value", [2.5e-42, 10.0, True, "10", None, [10]])
def test_what_is_not_an_integer_is_refused_by_its_name(name: str, value: object) -> None:
    with pytest.raises(RulesError, match=rf"^{name}: not an integer$"):
        Rules.from_document(with_change(name, value))


@pytest.mark.parametrize("name", sorted(DEFAULT))
def test_a_missing_field_is_named(name: str) -> None:
    document = {other: value for other, value in DEFAULT.items() if other != name}
    with pytest.raises(RulesError, match=rf"^{name}: the field is missing$"):
        Rules.from_document(document)


def test_an_unknown_field_is_named() -> None:
    with pytest.raises(RulesError, match=r"^holddays: no rule has this name$"):
        Rules.from_document(with_change("holddays", 30))


@pytest.mark.parametrize("value", [0, 1, "true", None])
def test_counting_the_unlinked_is_true_or_false_and_nothing_like_it(value: object) -> None:
    with pytest.raises(RulesError, match=r"^count_unlinked: neither true nor false$"):
        Rules.from_document(with_change("count_unlinked", value))
    assert Rules.from_document(with_change("count_unlinked", value=True)).count_unlinked is True


@pytest.mark.parametrize("event", ["listed", "claimed", "interviewed", "", 1])
def test_an_event_that_no_settlement_counts_is_refused(event: object) -> None:
    with pytest.raises(RulesError, match=r"^counting_event: not one of introduced$"):
        Rules.from_document(with_change("counting_event", event))


@pytest.mark.parametrize("version", ["1", "2026-12-A", "demo_1.2", "v" * 32])
def test_a_version_is_a_short_name(version: str) -> None:
    assert Rules.from_document(with_change("version", version)).version == version


@pytest.mark.parametrize("version", ["", "v" * 33, "-1", "12 A", "版1", "1\n", 1])
def test_anything_else_is_no_version(version: object) -> None:
    with pytest.raises(RulesError, match=r"^version: "):
        Rules.from_document(with_change("version", version))


def test_a_slot_may_cover_several_kinds_of_job() -> None:
    cover = {"annual_salary_max_yen": 0, "kinds": ["new-graduate", "part-time"]}
    rules = Rules.from_document(with_change("slot_covers", cover))
    assert rules.slot_covers.kinds == ("new-graduate", "part-time")
    assert rules.document()["slot_covers"] == cover


@pytest.mark.parametrize(
    ("cover", "named"),
    [
        ([], "slot_covers: not an object"),
        ({"kinds": ["mid-career"]}, "slot_covers.annual_salary_max_yen: the field is missing"),
        ({"annual_salary_max_yen": 1}, "slot_covers.kinds: the field is missing"),
        (
            {"annual_salary_max_yen": 1, "kinds": ["mid-career"], "more": 1},
            "slot_covers.more: no rule has this name",
        ),
        (
            {"annual_salary_max_yen": 8e6, "kinds": ["mid-career"]},
            "slot_covers.annual_salary_max_yen: not an integer",
        ),
        ({"annual_salary_max_yen": 1, "kinds": []}, "slot_covers.kinds: not a list"),
        ({"annual_salary_max_yen": 1, "kinds": "mid-career"}, "slot_covers.kinds: not a list"),
        ({"annual_salary_max_yen": 1, "kinds": ["executive"]}, "slot_covers.kinds: not of"),
        ({"annual_salary_max_yen": 1, "kinds": [["mid-career"]]}, "slot_covers.kinds: not of"),
        (
            {"annual_salary_max_yen": 1, "kinds": ["mid-career", "mid-career"]},
            "slot_covers.kinds: not of",
        ),
        (
            {"annual_salary_max_yen": 1, "kinds": ["mid-career", "new-graduate"]},
            "slot_covers.kinds: not of",
        ),
    ],
)
def test_what_a_slot_covers_is_refused_by_the_part_that_is_wrong(cover: object, named: str) -> None:
    with pytest.raises(RulesError, match=f"^{named}"):
        Rules.from_document(with_change("slot_covers", cover))


def adopted(version: str, valid_from: date, **changes: object) -> Adoption:
    document = {**DEFAULT, **changes, "version": version}
    return Adoption(rules=Rules.from_document(document), valid_from=valid_from)


def test_rules_are_in_force_from_their_day_until_others_are() -> None:
    adoptions = [adopted("1", date(2026, 12, 1)), adopted("2", date(2027, 4, 1))]
    assert in_force(adoptions, date(2026, 12, 1)).version == "1"
    assert in_force(adoptions, date(2027, 3, 31)).version == "1"
    assert in_force(adoptions, date(2027, 4, 1)).version == "2"


def test_before_the_first_day_no_rules_are_in_force() -> None:
    with pytest.raises(RulesError, match="2026-11-30"):
        in_force([adopted("1", date(2026, 12, 1))], date(2026, 11, 30))


def test_of_two_adoptions_for_one_day_the_later_on_the_ledger_holds() -> None:
    day = date(2027, 4, 1)
    assert in_force([adopted("2", day), adopted("2-corrected", day)], day).version == "2-corrected"


def test_rules_decided_early_for_a_later_day_are_not_undone_by_ones_for_an_earlier_day() -> None:
    adoptions = [adopted("2", date(2027, 4, 1)), adopted("1", date(2026, 12, 1))]
    assert in_force(adoptions, date(2027, 4, 1)).version == "2"


def test_a_fact_is_judged_by_the_version_that_it_names_whatever_came_later() -> None:
    adoptions = [
        adopted("1", date(2026, 12, 1), hold_days=30),
        adopted("2", date(2027, 4, 1), hold_days=60),
    ]
    assert of_version(adoptions, "1").hold_days == 30
    with pytest.raises(RulesError, match="'3'"):
        of_version(adoptions, "3")


def test_a_version_may_be_adopted_again_but_not_with_other_numbers() -> None:
    once = adopted("1", date(2026, 12, 1))
    assert of_version([once, adopted("1", date(2027, 4, 1))], "1") == once.rules
    with pytest.raises(RulesError, match="two different"):
        of_version([once, adopted("1", date(2027, 4, 1), hold_days=31)], "1")


@pytest.mark.parametrize(
    ("offset_minutes", "instant", "day"),
    [
        (540, datetime(2026, 11, 30, 14, 59, 59, tzinfo=UTC), date(2026, 11, 30)),
        (540, datetime(2026, 11, 30, 15, 0, 0, tzinfo=UTC), date(2026, 12, 1)),
        (0, datetime(2026, 11, 30, 23, 59, 59, tzinfo=UTC), date(2026, 11, 30)),
        (-720, datetime(2026, 12, 1, 11, 59, 59, tzinfo=UTC), date(2026, 11, 30)),
        (540, datetime(2026, 12, 1, tzinfo=timezone(timedelta(hours=9))), date(2026, 12, 1)),
    ],
)
def test_days_begin_by_the_clock_of_the_scheme(
    offset_minutes: int, instant: datetime, day: date
) -> None:
    rules = Rules.from_document(with_change("utc_offset_minutes", offset_minutes))
    assert local_day(instant, rules) == day


def test_an_instant_that_does_not_say_its_offset_belongs_to_no_day() -> None:
    with pytest.raises(RulesError, match="offset"):
        local_day(datetime(2026, 12, 1, 12, 0, 0), Rules.from_document(DEFAULT))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("period", "first", "last", "following"),
    [
        ("2026-12", date(2026, 12, 1), date(2026, 12, 31), "2027-01"),
        ("2027-02", date(2027, 2, 1), date(2027, 2, 28), "2027-03"),
        ("2028-02", date(2028, 2, 1), date(2028, 2, 29), "2028-03"),
        ("2027-09", date(2027, 9, 1), date(2027, 9, 30), "2027-10"),
    ],
)
def test_a_period_is_a_month(period: str, first: date, last: date, following: str) -> None:
    assert (first_day(period), last_day(period)) == (first, last)
    assert month_of(first) == month_of(last) == period
    assert next_period(period) == following


@pytest.mark.parametrize(
    "text", ["2026-13", "2026-00", "2026-1", "202612", "0000-01", "２０２６-12"]
)
def test_other_texts_are_no_period(text: str) -> None:
    for of in (first_day, last_day, next_period):
        with pytest.raises(RulesError):
            of(text)


def test_the_last_month_of_the_calendar_has_none_after_it() -> None:
    assert last_day("9999-12") == date(9999, 12, 31)
    with pytest.raises(RulesError, match="calendar"):
        next_period("9999-12")


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2027, 1, 15), 1, date(2027, 2, 15)),
        (date(2027, 1, 31), 1, date(2027, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 12, 31), 24, date(2028, 12, 31)),
        (date(2027, 12, 1), 1, date(2028, 1, 1)),
    ],
)
def test_months_later_is_the_same_day_or_the_last_of_a_shorter_month(
    day: date, months: int, later: date
) -> None:
    assert add_months(day, months) == later
