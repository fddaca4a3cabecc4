from datetime import UTC, date, datetime, timedelta

import pytest

from relay_protocol import steps
from relay_protocol.errors import StepError
from relay_protocol.kinds import KINDS
from relay_protocol.steps import FIRST_KINDS, FOLLOWERS, REFUSALS, may_follow

AT = datetime(2026, 12, 1, tzinfo=UTC)


@pytest.mark.parametrize("code", REFUSALS)
def test_every_refusal_is_told_in_both_languages(code: str) -> None:
    error = steps.refusal(code)
    assert error.code == code
    assert str(error) == REFUSALS[code].en
    assert steps.refusal_text(error, "ja") == f"{REFUSALS[code].ja}。"
    english = steps.refusal_text(error, "en")
    assert english[0].isupper()
    assert english.endswith(".")


def test_a_step_may_be_taken_at_the_moment_of_the_one_before_and_not_earlier() -> None:
    steps.require_after(AT, AT)
    with pytest.raises(StepError, match="before the step"):
        steps.require_after(AT, AT - timedelta(seconds=1))


def test_a_step_may_be_taken_on_the_day_of_the_one_before_and_not_earlier() -> None:
    steps.require_from(date(2026, 12, 1), date(2026, 12, 1))
    with pytest.raises(StepError, match="before the step"):
        steps.require_from(date(2026, 12, 1), date(2026, 11, 30))


@pytest.mark.parametrize(
    "story",
    [
        "referral.invited consent.given profile.added profile.listed profile.unlisted",
        "referral.invited consent.given consent.changed consent.withdrawn profile.unlisted",
        "referral.invited consent.given profile.listed profile.added consent.withdrawn",
        "referral.invited consent.given consent.withdrawn",
        "claim.made claim.bound claim.approved identity.released identity.received claim.ended",
        "claim.made claim.bound claim.approved claim.ended",
        "claim.made claim.bound claim.ended",
        "claim.made claim.bound claim.declined",
        "introduction.made",
        "hire.reported hire.reported hire.confirmed hire.reported",
    ],
)
def test_a_relay_goes_step_by_step(story: str) -> None:
    before = None
    for kind in story.split():
        assert may_follow(before, kind), (before, kind)
        before = kind


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, "consent.given"),
        (None, "profile.added"),
        (None, "claim.bound"),
        (None, "hire.confirmed"),
        ("referral.invited", "profile.added"),
        ("referral.invited", "referral.invited"),
        ("consent.given", "consent.given"),
        ("consent.withdrawn", "profile.added"),
        ("consent.withdrawn", "profile.listed"),
        ("consent.withdrawn", "consent.changed"),
        ("profile.listed", "profile.listed"),
        ("claim.made", "claim.approved"),
        ("claim.bound", "identity.released"),
        ("claim.declined", "identity.released"),
        ("claim.declined", "claim.approved"),
        ("claim.ended", "identity.released"),
        ("claim.ended", "claim.ended"),
        ("claim.approved", "claim.approved"),
        ("claim.approved", "identity.received"),
        ("identity.released", "identity.released"),
        ("identity.received", "identity.received"),
        ("introduction.made", "introduction.made"),
        ("hire.confirmed", "hire.confirmed"),
        ("unknown", "claim.made"),
        ("claim.made", "unknown"),
        (None, "unknown"),
    ],
)
def test_a_step_that_nothing_led_to_is_seen(before: str | None, after: str) -> None:
    assert not may_follow(before, after)


def test_the_steps_are_kinds_of_facts_and_every_one_can_be_reached() -> None:
    assert set(FOLLOWERS) <= set(KINDS)
    reached = set(FIRST_KINDS).union(*FOLLOWERS.values())
    assert reached == set(FOLLOWERS)
