from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from relay_protocol import relay
from relay_protocol.errors import StepError
from relay_protocol.kinds import CLAIM_END_REASONS
from relay_protocol.relay import Claim
from relay_protocol.rules import Rules

MADE = datetime(2026, 12, 1, 4, 0, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)
# By the demo's rules: seven days to approve, 72 hours to release, 72 hours to speak.
APPROVE_BY = datetime(2026, 12, 8, 4, 0, 0, tzinfo=UTC)
OPEN = Claim(claimed_at=MADE)
APPROVED = replace(OPEN, state="approved", answered_at=MADE + HOUR)
RELEASE_BY = datetime(2026, 12, 4, 5, 0, 0, tzinfo=UTC)
RELEASED = replace(APPROVED, state="released", released_at=MADE + 2 * HOUR)
RECEIVED = replace(RELEASED, received_at=MADE + 3 * HOUR)
DECLINED = replace(OPEN, state="declined", answered_at=MADE + HOUR)
EXPIRED = replace(OPEN, state="expired", ended_at=APPROVE_BY + SECOND, reason="approval-overdue")
WITHDRAWN = replace(OPEN, state="ended", ended_at=MADE + HOUR, reason="withdrawn")
OVER = (DECLINED, EXPIRED, WITHDRAWN)
LATER = MADE + timedelta(days=2)

Step = Callable[[Claim, datetime, Rules], Claim]
STEPS: dict[str, Step] = {
    "approve": lambda claim, at, rules: relay.approve(claim, at=at, rules=rules),
    "decline": lambda claim, at, _rules: relay.decline(claim, at=at),
    "release": lambda claim, at, rules: relay.release(claim, at=at, rules=rules),
    "receive": lambda claim, at, _rules: relay.receive(claim, at=at),
    "expire": lambda claim, at, rules: relay.expire(claim, at=at, rules=rules),
    "end": lambda claim, at, _rules: relay.end(claim, at=at, reason="withdrawn"),
}


def refused(step: str, claim: Claim, at: datetime, rules: Rules) -> str:
    with pytest.raises(StepError) as error:
        STEPS[step](claim, at, rules)
    return error.value.code


def test_a_claim_begins_open() -> None:
    assert relay.make_claim(at=MADE) == OPEN


def test_a_claim_goes_from_open_to_received(demo_rules: Rules) -> None:
    approved = relay.approve(OPEN, at=MADE + HOUR, rules=demo_rules)
    released = relay.release(approved, at=MADE + 2 * HOUR, rules=demo_rules)
    assert (approved, released) == (APPROVED, RELEASED)
    assert relay.receive(released, at=MADE + 3 * HOUR) == RECEIVED


def test_a_candidate_may_decline(demo_rules: Rules) -> None:
    assert relay.decline(OPEN, at=MADE + HOUR) == DECLINED
    late = relay.decline(OPEN, at=APPROVE_BY + SECOND)
    assert late.state == "declined"
    assert refused("approve", DECLINED, LATER, demo_rules) == "claim-over"


@pytest.mark.parametrize(
    ("step", "claim", "code"),
    [
        ("approve", APPROVED, "not-open"),
        ("approve", RELEASED, "not-open"),
        ("decline", APPROVED, "not-open"),
        ("release", OPEN, "not-approved"),
        ("release", RELEASED, "already-released"),
        ("receive", OPEN, "not-released"),
        ("receive", APPROVED, "not-released"),
        ("receive", RECEIVED, "already-received"),
        ("expire", RELEASED, "already-released"),
        ("expire", OPEN, "deadline-running"),
        ("expire", APPROVED, "deadline-running"),
    ],
)
def test_a_step_that_nothing_led_to_is_refused(
    demo_rules: Rules, step: str, claim: Claim, code: str
) -> None:
    assert refused(step, claim, LATER, demo_rules) == code


@pytest.mark.parametrize("claim", OVER, ids=lambda claim: claim.state)
@pytest.mark.parametrize("step", STEPS)
def test_a_claim_that_is_over_takes_no_step(demo_rules: Rules, step: str, claim: Claim) -> None:
    assert refused(step, claim, LATER, demo_rules) == "claim-over"


def test_approval_is_in_time_to_the_last_second(demo_rules: Rules) -> None:
    assert relay.approve_by(OPEN, demo_rules) == APPROVE_BY
    assert relay.approve(OPEN, at=APPROVE_BY, rules=demo_rules).state == "approved"
    assert refused("approve", OPEN, APPROVE_BY + SECOND, demo_rules) == "deadline-passed"


def test_release_is_in_time_to_the_last_second(demo_rules: Rules) -> None:
    assert relay.release_by(APPROVED, demo_rules) == RELEASE_BY
    assert relay.release(APPROVED, at=RELEASE_BY, rules=demo_rules).state == "released"
    assert refused("release", APPROVED, RELEASE_BY + SECOND, demo_rules) == "deadline-passed"


def test_a_late_approval_gives_the_origin_its_whole_time(demo_rules: Rules) -> None:
    late = relay.approve(OPEN, at=APPROVE_BY, rules=demo_rules)
    assert relay.release_by(late, demo_rules) == APPROVE_BY + timedelta(hours=72)


def test_an_agency_should_speak_within_72_hours_of_opening(demo_rules: Rules) -> None:
    assert relay.contact_by(RECEIVED, demo_rules) == MADE + timedelta(hours=75)
    with pytest.raises(StepError):
        relay.contact_by(RELEASED, demo_rules)


@pytest.mark.parametrize("claim", [OPEN, DECLINED], ids=lambda claim: claim.state)
def test_without_an_approval_nothing_is_released_by_any_time(
    demo_rules: Rules, claim: Claim
) -> None:
    with pytest.raises(StepError):
        relay.release_by(claim, demo_rules)


def test_an_unanswered_claim_expires_after_its_deadline(demo_rules: Rules) -> None:
    assert relay.expire(OPEN, at=APPROVE_BY + SECOND, rules=demo_rules) == EXPIRED
    assert refused("expire", OPEN, APPROVE_BY, demo_rules) == "deadline-running"


def test_an_unreleased_claim_ends_after_its_deadline(demo_rules: Rules) -> None:
    ended = relay.expire(APPROVED, at=RELEASE_BY + SECOND, rules=demo_rules)
    assert (ended.state, ended.reason) == ("ended", "release-overdue")
    assert ended.ended_at == RELEASE_BY + SECOND
    assert refused("expire", APPROVED, RELEASE_BY, demo_rules) == "deadline-running"


@pytest.mark.parametrize("reason", CLAIM_END_REASONS)
@pytest.mark.parametrize("claim", [OPEN, APPROVED, RELEASED, RECEIVED])
def test_a_claim_that_goes_on_can_be_ended(claim: Claim, reason: str) -> None:
    ended = relay.end(claim, at=LATER, reason=reason)
    assert ended == replace(claim, state="ended", ended_at=LATER, reason=reason)


def test_a_claim_ends_for_no_other_reason() -> None:
    with pytest.raises(StepError) as error:
        relay.end(OPEN, at=LATER, reason="disliked")
    assert error.value.code == "unknown-reason"


@pytest.mark.parametrize(
    ("step", "claim", "before"),
    [
        ("approve", OPEN, MADE),
        ("decline", OPEN, MADE),
        ("release", APPROVED, APPROVED.answered_at),
        ("receive", RELEASED, RELEASED.released_at),
        ("end", OPEN, MADE),
    ],
)
def test_no_step_lies_before_the_one_it_follows(
    demo_rules: Rules, step: str, claim: Claim, before: datetime
) -> None:
    STEPS[step](claim, before, demo_rules)
    assert refused(step, claim, before - SECOND, demo_rules) == "out-of-order"


def test_shorter_rules_make_shorter_deadlines(demo_rules: Rules) -> None:
    short = Rules.from_document(
        {**demo_rules.document(), "approval_days": 1, "release_hours": 2, "first_contact_hours": 3}
    )
    assert relay.approve_by(OPEN, short) == MADE + timedelta(days=1)
    assert relay.release_by(APPROVED, short) == MADE + 3 * HOUR
    assert relay.contact_by(RECEIVED, short) == MADE + 6 * HOUR


def test_only_who_opened_the_envelope_goes_on() -> None:
    relay.require_received(RECEIVED)
    for claim, code in (
        (OPEN, "not-released"),
        (APPROVED, "not-released"),
        (RELEASED, "not-received"),
        (WITHDRAWN, "claim-over"),
    ):
        with pytest.raises(StepError) as error:
            relay.require_received(claim)
        assert error.value.code == code


def test_every_state_is_live_or_over() -> None:
    shown = {claim.state for claim in (OPEN, APPROVED, RELEASED, RECEIVED, *OVER)}
    assert shown == set(relay.CLAIM_STATES)
    assert shown - set(relay.LIVE_STATES) == {claim.state for claim in OVER}
