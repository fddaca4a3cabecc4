"""An act says what it says, and counts at a moment that no clock can bend much."""

from datetime import UTC, date, datetime, timedelta

import pytest

from relay_protocol.acts import NOT_PERMITTED, Act
from relay_protocol.errors import ConsentError, ReplayError, RulesError, StepError
from tests.story.hand_ledger import AGENCY, HUB, MEMBER, HandLedger
from tests.story.hand_relay import HandRelay

NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)


def act(kind: str = "claim.ended", by: str = AGENCY, *, at: datetime = NOON) -> Act:
    ledger = HandLedger()
    ledger.open()
    claim, body = ledger.new_id("clm"), {"reason": "filled"}
    signed = ledger.sign(kind, by, refs={"claim": claim}, body=body, at=at)
    ledger.enter(signed, AGENCY, MEMBER)
    return Act(entry=ledger.entries[-1], said=signed.attestation)


def test_an_act_tells_its_place_its_maker_and_its_values() -> None:
    ended = act()
    assert (ended.seq, ended.by, ended.text("reason")) == (14, AGENCY, "filled")
    assert ended.ref("claim").startswith("clm_")


def test_an_act_tells_lists_and_days() -> None:
    ledger = HandLedger()
    ledger.open()
    relay = HandRelay(ledger=ledger)
    signed = ledger.sign(
        "consent.given",
        HUB,
        refs={"consent": relay.consent, "referral": relay.referral},
        body={
            "notice": "2026-12-A",
            "modules": ["publish"],
            "groups": ["skills"],
            "until": "2027-05-31",
        },
    )
    given = Act(entry=ledger.entries[-1], said=signed.attestation)
    assert given.texts("groups") == ("skills",)
    assert given.texts("notice") == ()
    assert given.day("until") == date(2027, 5, 31)


def test_the_hubs_acts_count_when_the_hub_says() -> None:
    assert act(by=HUB).at(NOON - timedelta(days=1)) == NOON


def test_an_act_of_others_counts_five_minutes_earlier() -> None:
    assert act().at(NOON - timedelta(hours=1)) == NOON - timedelta(minutes=5)


@pytest.mark.parametrize("minutes", [-4, 0, 5])
def test_an_act_of_others_never_counts_before_the_one_that_it_follows(minutes: int) -> None:
    follows = NOON - timedelta(minutes=minutes)
    assert act().at(follows) == follows


def test_an_entry_shows_whom_it_should_in_whatever_order() -> None:
    act().require_shown(MEMBER, AGENCY)
    with pytest.raises(ReplayError, match="entry 14: shown-differs"):
        act().require_shown(AGENCY)


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (StepError("not-open", "this claim is answered already"), "step-not-open"),
        (ConsentError("expired", "expired"), "consent-expired"),
        (RulesError("none"), "rules-unfit"),
        (OverflowError("date value out of range"), "rules-unfit"),
    ],
)
def test_what_the_rules_do_not_permit_is_refused_at_the_entry(fault: Exception, code: str) -> None:
    assert isinstance(fault, NOT_PERMITTED)
    refusal = act().refusal_of(fault)
    assert (refusal.code, refusal.seq) == (code, 14)
