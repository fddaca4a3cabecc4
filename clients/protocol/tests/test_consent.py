from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from relay_protocol import consent as room
from relay_protocol.codes import GROUPS, MODULES
from relay_protocol.consent import Consent, check_permits, permits, state_of
from relay_protocol.errors import ConsentError
from relay_protocol.rules import Rules

# Noon in Tokyo on the first of December.
GIVEN = datetime(2026, 12, 1, 3, 0, 0, tzinfo=UTC)
# Midnight in Tokyo at the end of the last day.
END = datetime(2027, 5, 31, 15, 0, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
CONSENT = Consent(
    id="con_" + "0" * 26,
    referral="ref_" + "0" * 26,
    notice="2026-12-A",
    modules=("publish", "outcome"),
    groups=("skills", "experience"),
    given_at=GIVEN,
    until=date(2027, 5, 31),
)


def code_of(refused: pytest.ExceptionInfo[ConsentError]) -> str:
    return refused.value.code


# What stands at one moment.


@pytest.mark.parametrize(
    ("as_of", "state"),
    [
        (GIVEN - SECOND, "not-asked"),
        (GIVEN, "accepted"),
        (END - SECOND, "accepted"),
        (END, "expired"),
        (END + timedelta(days=400), "expired"),
    ],
)
def test_a_consent_holds_from_its_moment_to_the_end_of_its_last_day(
    demo_rules: Rules, as_of: datetime, state: str
) -> None:
    assert state_of(CONSENT, "publish", as_of=as_of, rules=demo_rules) == state


@pytest.mark.parametrize("module", [*MODULES, "anything", ""])
def test_a_module_that_was_not_chosen_is_declined(demo_rules: Rules, module: str) -> None:
    expected = "accepted" if module in {"publish", "outcome"} else "declined"
    assert state_of(CONSENT, module, as_of=GIVEN, rules=demo_rules) == expected


def test_without_a_consent_nobody_was_asked(demo_rules: Rules) -> None:
    assert state_of(None, "publish", as_of=GIVEN, rules=demo_rules) == "not-asked"
    assert not permits(None, "publish", as_of=GIVEN, rules=demo_rules)


def test_a_withdrawal_holds_from_its_moment_and_not_before(demo_rules: Rules) -> None:
    at = GIVEN + timedelta(days=3)
    gone = room.withdraw(CONSENT, at=at)
    assert state_of(gone, "publish", as_of=at - SECOND, rules=demo_rules) == "accepted"
    assert state_of(gone, "publish", as_of=at, rules=demo_rules) == "withdrawn"
    assert state_of(gone, "linkage", as_of=at, rules=demo_rules) == "withdrawn"
    assert state_of(gone, "publish", as_of=END, rules=demo_rules) == "withdrawn"


def test_the_last_day_is_the_schemes_and_not_the_askers(demo_rules: Rules) -> None:
    # Fourteen hours after Tokyo's midnight it is still the last day in New York.
    elsewhere = Rules.from_document({**demo_rules.document(), "utc_offset_minutes": -300})
    assert state_of(CONSENT, "publish", as_of=END, rules=demo_rules) == "expired"
    assert state_of(CONSENT, "publish", as_of=END, rules=elsewhere) == "accepted"


def test_all_but_accepted_means_no(demo_rules: Rules) -> None:
    moments = {
        "not-asked": (CONSENT, GIVEN - SECOND),
        "accepted": (CONSENT, GIVEN),
        "declined": (replace(CONSENT, modules=()), GIVEN),
        "withdrawn": (room.withdraw(CONSENT, at=GIVEN), GIVEN),
        "expired": (CONSENT, END),
    }
    assert set(moments) == set(room.STATES)
    for state, (consent, as_of) in moments.items():
        assert state_of(consent, "publish", as_of=as_of, rules=demo_rules) == state
        allowed = permits(consent, "publish", as_of=as_of, rules=demo_rules)
        assert allowed is (state == "accepted")


# What is allowed.


@pytest.mark.parametrize("groups", [(), ("skills",), ("experience", "skills")])
def test_a_consent_covers_the_groups_agreed_to(demo_rules: Rules, groups: tuple[str, ...]) -> None:
    assert CONSENT.covers(groups)
    assert permits(CONSENT, "publish", as_of=GIVEN, rules=demo_rules, groups=groups)
    held = check_permits(CONSENT, "publish", as_of=GIVEN, rules=demo_rules, groups=groups)
    assert held is CONSENT


@pytest.mark.parametrize("groups", [("summary",), ("skills", "summary"), GROUPS, ("unknown",)])
def test_a_consent_covers_no_other_group(demo_rules: Rules, groups: tuple[str, ...]) -> None:
    assert not CONSENT.covers(groups)
    assert not permits(CONSENT, "publish", as_of=GIVEN, rules=demo_rules, groups=groups)
    with pytest.raises(ConsentError) as refused:
        check_permits(CONSENT, "publish", as_of=GIVEN, rules=demo_rules, groups=groups)
    assert code_of(refused) == "beyond-groups"


@pytest.mark.parametrize(
    ("consent", "module", "as_of", "code"),
    [
        (None, "publish", GIVEN, "not-asked"),
        (CONSENT, "publish", GIVEN - SECOND, "not-asked"),
        (CONSENT, "linkage", GIVEN, "declined"),
        (CONSENT, "publish", END, "expired"),
        (replace(CONSENT, withdrawn_at=GIVEN), "publish", GIVEN, "withdrawn"),
    ],
)
def test_what_is_not_allowed_is_refused_by_the_state_it_has(
    demo_rules: Rules, consent: Consent | None, module: str, as_of: datetime, code: str
) -> None:
    with pytest.raises(ConsentError) as refused:
        check_permits(consent, module, as_of=as_of, rules=demo_rules)
    assert code_of(refused) == code


# How long.


@pytest.mark.parametrize("until", [date(2026, 12, 1), date(2027, 6, 1)])
def test_a_consent_may_end_on_its_day_or_after_six_months(demo_rules: Rules, until: date) -> None:
    room.check_term(replace(CONSENT, until=until), demo_rules)


@pytest.mark.parametrize(
    ("until", "code"), [(date(2026, 11, 30), "too-short"), (date(2027, 6, 2), "too-long")]
)
def test_a_consent_ends_neither_before_its_day_nor_later(
    demo_rules: Rules, until: date, code: str
) -> None:
    with pytest.raises(ConsentError) as refused:
        room.check_term(replace(CONSENT, until=until), demo_rules)
    assert code_of(refused) == code


# How it changes.


def test_a_consent_is_changed_and_renewed_by_the_candidate(demo_rules: Rules) -> None:
    later = replace(
        CONSENT, modules=("publish",), groups=(), given_at=END, until=date(2027, 11, 30)
    )
    assert room.change(CONSENT, later) == later
    assert state_of(later, "publish", as_of=END, rules=demo_rules) == "accepted"
    assert state_of(later, "outcome", as_of=END, rules=demo_rules) == "declined"
    assert not later.covers(["skills"])


@pytest.mark.parametrize(
    ("before", "change", "code"),
    [
        (replace(CONSENT, withdrawn_at=GIVEN), {}, "withdrawn"),
        (CONSENT, {"id": "con_" + "1" * 26}, "not-asked"),
        (CONSENT, {"referral": "ref_" + "1" * 26}, "not-asked"),
        (CONSENT, {"given_at": GIVEN - SECOND}, "out-of-order"),
        (CONSENT, {"withdrawn_at": GIVEN}, "out-of-order"),
    ],
)
def test_a_consent_is_not_changed_otherwise(
    before: Consent, change: dict[str, object], code: str
) -> None:
    with pytest.raises(ConsentError) as refused:
        room.change(before, replace(CONSENT, **change))  # type: ignore[arg-type]
    assert code_of(refused) == code


def test_a_consent_is_withdrawn_once_and_not_before_it_was_given() -> None:
    gone = room.withdraw(CONSENT, at=GIVEN)
    assert gone.withdrawn_at == GIVEN
    with pytest.raises(ConsentError) as refused:
        room.withdraw(gone, at=GIVEN + SECOND)
    assert code_of(refused) == "withdrawn"
    with pytest.raises(ConsentError) as refused:
        room.withdraw(CONSENT, at=GIVEN - SECOND)
    assert code_of(refused) == "out-of-order"


@pytest.mark.parametrize(
    "change",
    [
        {"modules": ("everything",)},
        {"modules": ("outcome", "publish")},
        {"modules": ("publish", "publish")},
        {"groups": ("experience", "skills")},
        {"groups": ("skills", "name")},
    ],
)
def test_a_consent_names_known_modules_and_groups_in_their_order(
    change: dict[str, tuple[str, ...]],
) -> None:
    with pytest.raises(ConsentError) as refused:
        replace(CONSENT, **change)  # type: ignore[arg-type]
    assert code_of(refused) == "unknown-code"


@pytest.mark.parametrize("code", room.REFUSALS)
def test_every_refusal_is_told_in_both_languages(code: str) -> None:
    error = ConsentError(code, "")
    assert room.refusal_text(error, "ja") == f"{room.REFUSALS[code].ja}。"
    assert room.refusal_text(error, "en") == f"The consent: {room.REFUSALS[code].en}."
