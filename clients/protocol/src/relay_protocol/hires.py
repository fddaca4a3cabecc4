"""The steps of an introduction and of the hire that may come of it."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from relay_protocol.relay import Claim, require_received
from relay_protocol.rules import Rules, add_months
from relay_protocol.steps import refusal, require_from

STAGES: Final = ("introduced", "screening", "interview", "final", "offer")
"""How far an introduction has come, in order; only the first is attested."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Introduction:
    """An agency's introduction of a candidate to one company.

    Attributes:
        agency: slug of the agency, which alone may report what comes of it.
        hirer: corporate number of the company.
        stage: one of STAGES.
    """

    agency: str
    hirer: str
    introduced_on: date
    stage: str = "introduced"


def introduce(claim: Claim, *, agency: str, hirer: str, on: date) -> Introduction:
    """Return the introduction of a candidate whose envelope the agency has opened.

    Raises:
        StepError: the claim is over, or the identity not released or not received.
    """
    require_received(claim)
    return Introduction(agency=agency, hirer=hirer, introduced_on=on)


def advance(introduction: Introduction, stage: str) -> Introduction:
    """Return the introduction at a later stage; stages may be left out.

    Raises:
        StepError: there is no such stage, or it is not a later one.
    """
    if stage not in STAGES:
        raise refusal("unknown-stage")
    if STAGES.index(stage) <= STAGES.index(introduction.stage):
        raise refusal("stage-backwards")
    return replace(introduction, stage=stage)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hire:
    """What came of an introduction, as far as it is reported and confirmed.

    Attributes:
        reporter: slug of the agency that reports.
        state: `accepted`, `declined`, `started` or `left`.
        confirmed_by: who confirmed the start: the hirer's slug, or `hub` for the candidate.
    """

    reporter: str
    state: str
    accepted_on: date | None = None
    started_on: date | None = None
    left_on: date | None = None
    confirmed_by: str | None = None


def report(
    introduction: Introduction | None,
    hire: Hire | None,
    *,
    event: str,
    on: date,
    by: str,
    rules: Rules,
) -> Hire:
    """Return the hire after the agency reported an event of it.

    Args:
        introduction: the one that led to it; None where there is none.
        hire: as reported so far; None before the first report.
        event: one of kinds.HIRE_EVENTS.
        on: the day of the event; a start may be reported ahead.
        by: slug of the reporter.
        rules: those that judge the referral.

    Raises:
        StepError: nobody introduced the candidate, another agency did, or the event does not
            follow those reported before.
    """
    if introduction is None:
        raise refusal("hire-before-introduction")
    if by != introduction.agency:
        raise refusal("another-agency")
    if event == "offer-accepted":
        return _accepted(introduction, hire, on)
    if event == "offer-declined":
        return _declined(introduction, hire, on)
    if event == "started":
        return _started(hire, on, rules)
    if event == "left":
        return _left(hire, on)
    raise refusal("unknown-event")


def confirm(hire: Hire, *, by: str, on: date) -> Hire:
    """Return the hire after another party confirmed that it started.

    Args:
        hire: one whose start is reported; it may have ended since.
        by: slug of the hirer, or `hub` where the candidate confirms.
        on: the day that is confirmed, or of the confirmation.

    Raises:
        StepError: it has not started, is confirmed already, or the reporter confirms it.
    """
    if hire.started_on is None:
        raise refusal("not-started")
    if by == hire.reporter:
        raise refusal("confirmed-by-reporter")
    if hire.confirmed_by is not None:
        raise refusal("already-confirmed")
    require_from(hire.started_on, on)
    return _gone_on(hire, hire.state, confirmed_by=by)


def _gone_on(
    hire: Hire, state: str, *, started_on: date | None = None, confirmed_by: str | None = None
) -> Hire:
    """Return a hire one step further, at half the cost of replace(): a replay takes millions."""
    return Hire(
        reporter=hire.reporter,
        state=state,
        accepted_on=hire.accepted_on,
        started_on=started_on or hire.started_on,
        left_on=hire.left_on,
        confirmed_by=hire.confirmed_by if confirmed_by is None else confirmed_by,
    )


def _accepted(introduction: Introduction, hire: Hire | None, on: date) -> Hire:
    """Return the hire whose offer was accepted."""
    if hire is not None:
        raise refusal("offer-over" if hire.state == "declined" else "offer-accepted")
    require_from(introduction.introduced_on, on)
    return Hire(reporter=introduction.agency, state="accepted", accepted_on=on)


def _declined(introduction: Introduction, hire: Hire | None, on: date) -> Hire:
    """Return the hire whose offer was declined or withdrawn before the start."""
    if hire is None:
        require_from(introduction.introduced_on, on)
        return Hire(reporter=introduction.agency, state="declined")
    if hire.state == "declined":
        raise refusal("offer-over")
    if hire.started_on is not None:
        raise refusal("already-started")
    if hire.accepted_on is not None:
        require_from(hire.accepted_on, on)
    return replace(hire, state="declined")


def _started(hire: Hire | None, on: date, rules: Rules) -> Hire:
    """Return the hire that started."""
    if hire is not None and hire.state == "declined":
        raise refusal("offer-over")
    if hire is None or hire.accepted_on is None:
        raise refusal("offer-not-accepted")
    if hire.started_on is not None:
        raise refusal("already-started")
    require_from(hire.accepted_on, on)
    if on > add_months(hire.accepted_on, rules.start_within_months):
        raise refusal("start-too-late")
    return _gone_on(hire, "started", started_on=on)


def _left(hire: Hire | None, on: date) -> Hire:
    """Return the hire that left again."""
    if hire is None or hire.started_on is None:
        raise refusal("not-started")
    if hire.left_on is not None:
        raise refusal("already-left")
    require_from(hire.started_on, on)
    return replace(hire, state="left", left_on=on)
