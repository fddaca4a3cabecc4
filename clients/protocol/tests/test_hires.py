from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from relay_protocol import hires
from relay_protocol.errors import StepError
from relay_protocol.hires import STAGES, Hire, Introduction
from relay_protocol.kinds import HIRE_EVENTS
from relay_protocol.relay import Claim
from relay_protocol.rules import Rules

AGENCY = "sakura"
HIRER = "7000012050002"
INTRODUCED = date(2026, 12, 10)
ACCEPTED = date(2026, 12, 20)
STARTED = date(2027, 4, 1)
LEFT = date(2027, 5, 1)
AT = datetime(2026, 12, 1, tzinfo=UTC)
RECEIVED = Claim(claimed_at=AT, state="released", answered_at=AT, released_at=AT, received_at=AT)
INTRODUCTION = Introduction(agency=AGENCY, hirer=HIRER, introduced_on=INTRODUCED)
OFFERED = Hire(reporter=AGENCY, state="accepted", accepted_on=ACCEPTED)
BEGUN = replace(OFFERED, state="started", started_on=STARTED)
GONE = replace(BEGUN, state="left", left_on=LEFT)
REFUSED = Hire(reporter=AGENCY, state="declined")
BROKEN_OFF = replace(OFFERED, state="declined")


def report(rules: Rules, hire: Hire | None, event: str, on: date, *, by: str = AGENCY) -> Hire:
    return hires.report(INTRODUCTION, hire, event=event, on=on, by=by, rules=rules)


def refused(rules: Rules, hire: Hire | None, event: str, on: date, *, by: str = AGENCY) -> str:
    with pytest.raises(StepError) as error:
        report(rules, hire, event, on, by=by)
    return error.value.code


# Introductions.


def test_an_agency_introduces_whom_it_has_received() -> None:
    made = hires.introduce(RECEIVED, agency=AGENCY, hirer=HIRER, on=INTRODUCED)
    assert made == INTRODUCTION
    assert made.stage == "introduced"


@pytest.mark.parametrize(
    ("claim", "code"),
    [
        (Claim(claimed_at=AT), "not-released"),
        (replace(RECEIVED, received_at=None), "not-received"),
        (replace(RECEIVED, state="ended", reason="withdrawn"), "claim-over"),
        (Claim(claimed_at=AT, state="declined"), "claim-over"),
    ],
)
def test_nobody_else_is_introduced(claim: Claim, code: str) -> None:
    with pytest.raises(StepError) as error:
        hires.introduce(claim, agency=AGENCY, hirer=HIRER, on=INTRODUCED)
    assert error.value.code == code


def test_an_introduction_goes_on_to_any_later_stage() -> None:
    screened = hires.advance(INTRODUCTION, "screening")
    assert screened.stage == "screening"
    assert hires.advance(screened, "offer").stage == "offer"


@pytest.mark.parametrize("stage", STAGES[:3])
def test_an_introduction_goes_neither_back_nor_on_the_spot(stage: str) -> None:
    with pytest.raises(StepError) as error:
        hires.advance(replace(INTRODUCTION, stage="interview"), stage)
    assert error.value.code == "stage-backwards"


def test_there_are_no_other_stages() -> None:
    with pytest.raises(StepError) as error:
        hires.advance(INTRODUCTION, "hired")
    assert error.value.code == "unknown-stage"


# Hires.


def test_a_hire_is_accepted_starts_and_may_leave(demo_rules: Rules) -> None:
    offered = report(demo_rules, None, "offer-accepted", ACCEPTED)
    begun = report(demo_rules, offered, "started", STARTED)
    assert (offered, begun) == (OFFERED, BEGUN)
    assert report(demo_rules, begun, "left", LEFT) == GONE


def test_an_offer_may_be_declined_before_or_after_it_was_accepted(demo_rules: Rules) -> None:
    assert report(demo_rules, None, "offer-declined", ACCEPTED) == REFUSED
    assert report(demo_rules, OFFERED, "offer-declined", ACCEPTED) == BROKEN_OFF


@pytest.mark.parametrize(
    ("hire", "event", "code"),
    [
        (None, "started", "offer-not-accepted"),
        (None, "left", "not-started"),
        (OFFERED, "offer-accepted", "offer-accepted"),
        (OFFERED, "left", "not-started"),
        (BEGUN, "offer-accepted", "offer-accepted"),
        (BEGUN, "offer-declined", "already-started"),
        (BEGUN, "started", "already-started"),
        (GONE, "left", "already-left"),
        (GONE, "started", "already-started"),
        (GONE, "offer-declined", "already-started"),
        (REFUSED, "offer-accepted", "offer-over"),
        (REFUSED, "offer-declined", "offer-over"),
        (REFUSED, "started", "offer-over"),
        (BROKEN_OFF, "started", "offer-over"),
        (REFUSED, "left", "not-started"),
        (None, "promoted", "unknown-event"),
    ],
)
def test_an_event_that_nothing_led_to_is_refused(
    demo_rules: Rules, hire: Hire | None, event: str, code: str
) -> None:
    assert refused(demo_rules, hire, event, STARTED) == code


@pytest.mark.parametrize("event", HIRE_EVENTS)
def test_a_hire_before_its_introduction_is_refused(demo_rules: Rules, event: str) -> None:
    with pytest.raises(StepError) as error:
        hires.report(None, None, event=event, on=STARTED, by=AGENCY, rules=demo_rules)
    assert error.value.code == "hire-before-introduction"


@pytest.mark.parametrize("by", ["aozora", "mirai", "hub"])
def test_only_the_agency_that_introduced_reports(demo_rules: Rules, by: str) -> None:
    assert refused(demo_rules, None, "offer-accepted", ACCEPTED, by=by) == "another-agency"


@pytest.mark.parametrize(
    ("hire", "event", "first"),
    [
        (None, "offer-accepted", INTRODUCED),
        (None, "offer-declined", INTRODUCED),
        (OFFERED, "offer-declined", ACCEPTED),
        (OFFERED, "started", ACCEPTED),
        (BEGUN, "left", STARTED),
    ],
)
def test_no_event_lies_before_the_one_it_follows(
    demo_rules: Rules, hire: Hire | None, event: str, first: date
) -> None:
    report(demo_rules, hire, event, first)
    day_before = date.fromordinal(first.toordinal() - 1)
    assert refused(demo_rules, hire, event, day_before) == "out-of-order"


@pytest.mark.parametrize(
    ("accepted", "last", "after"),
    [
        (date(2026, 12, 20), date(2028, 6, 20), date(2028, 6, 21)),
        (date(2026, 8, 31), date(2028, 2, 29), date(2028, 3, 1)),
    ],
)
def test_a_start_lies_at_most_eighteen_months_after_the_offer(
    demo_rules: Rules, accepted: date, last: date, after: date
) -> None:
    offered = replace(OFFERED, accepted_on=accepted)
    assert report(demo_rules, offered, "started", last).started_on == last
    assert refused(demo_rules, offered, "started", after) == "start-too-late"


# Confirmations.


@pytest.mark.parametrize("hire", [BEGUN, GONE], ids=lambda hire: hire.state)
@pytest.mark.parametrize("by", ["aozora", "hub"])
def test_a_start_is_confirmed_by_another_party(hire: Hire, by: str) -> None:
    assert hires.confirm(hire, by=by, on=STARTED) == replace(hire, confirmed_by=by)


def test_nobody_confirms_their_own_report() -> None:
    with pytest.raises(StepError) as error:
        hires.confirm(BEGUN, by=AGENCY, on=STARTED)
    assert error.value.code == "confirmed-by-reporter"


@pytest.mark.parametrize("hire", [OFFERED, REFUSED, BROKEN_OFF])
def test_a_hire_that_has_not_started_is_not_confirmed(hire: Hire) -> None:
    with pytest.raises(StepError) as error:
        hires.confirm(hire, by="aozora", on=STARTED)
    assert error.value.code == "not-started"


def test_a_hire_is_confirmed_once() -> None:
    confirmed = hires.confirm(BEGUN, by="aozora", on=STARTED)
    with pytest.raises(StepError) as error:
        hires.confirm(confirmed, by="hub", on=STARTED)
    assert error.value.code == "already-confirmed"


def test_a_hire_is_not_confirmed_before_its_start() -> None:
    with pytest.raises(StepError) as error:
        hires.confirm(BEGUN, by="aozora", on=date(2027, 3, 31))
    assert error.value.code == "out-of-order"


def test_a_confirmed_hire_may_still_leave(demo_rules: Rules) -> None:
    confirmed = hires.confirm(BEGUN, by="aozora", on=STARTED)
    gone = report(demo_rules, confirmed, "left", LEFT)
    assert (gone.state, gone.confirmed_by) == ("left", "aozora")
