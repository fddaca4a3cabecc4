"""Referrals, consents and profiles: each breach alone is refused at its entry."""

from collections.abc import Callable

import pytest

from relay_protocol.attestation import SignedAttestation
from relay_protocol.entry import Reveal
from relay_protocol.errors import ReplayError
from tests.story.hand_audit import replay
from tests.story.hand_ledger import HIRER, HandLedger
from tests.story.hand_relay import HandRelay

Steps = Callable[[HandRelay], None]


@pytest.fixture
def relay() -> HandRelay:
    ledger = HandLedger()
    ledger.open()
    return HandRelay(ledger=ledger)


def refused(relay: HandRelay) -> str:
    with pytest.raises(ReplayError) as refusal:
        replay(relay.ledger)
    assert refusal.value.seq == relay.ledger.size - 1
    return refusal.value.code


def take(relay: HandRelay, *steps: Steps) -> None:
    for step in steps:
        step(relay)


def narrowed(relay: HandRelay) -> None:
    relay.give("consent.changed", groups=["skills"])


def without_exception(relay: HandRelay) -> None:
    relay.give(modules=["publish"])


def other_consent(relay: HandRelay) -> None:
    relay.consent = relay.ledger.new_id("con")


HONEST: dict[str, tuple[Steps, ...]] = {
    "added, listed, hidden, listed again": (
        HandRelay.until_listed,
        HandRelay.hide,
        HandRelay.add,
        HandRelay.show,
    ),
    "listed without what the origin holds": (HandRelay.invite, HandRelay.give, HandRelay.show),
    "a consent changed under its own number": (
        HandRelay.until_listed,
        narrowed,
        lambda relay: relay.add(groups=["skills"]),
    ),
    "a consent changed under a new number": (HandRelay.until_listed, other_consent, narrowed),
    "hidden, then withdrawn": (HandRelay.until_listed, HandRelay.hide, HandRelay.withdraw),
    "shown among many, without the exception": (
        HandRelay.invite,
        without_exception,
        lambda relay: relay.show(exception=False),
    ),
}

BREACHES: list[tuple[str, tuple[Steps, ...]]] = [
    ("referral-unknown", (HandRelay.give,)),
    ("step-out-of-turn", (HandRelay.invite, HandRelay.invite)),
    ("step-out-of-turn", (HandRelay.invite, HandRelay.add)),
    ("step-out-of-turn", (HandRelay.invite, HandRelay.give, HandRelay.give)),
    ("step-out-of-turn", (HandRelay.until_listed, HandRelay.show)),
    ("notice-unknown", (HandRelay.invite, lambda relay: relay.give(notice="2020-01-A"))),
    ("consent-too-long", (HandRelay.invite, lambda relay: relay.give(until="2027-06-02"))),
    ("consent-too-short", (HandRelay.invite, lambda relay: relay.give(until="2026-11-30"))),
    (
        "consent-beyond-groups",
        (
            HandRelay.invite,
            HandRelay.give,
            lambda relay: relay.add(groups=["skills", "experience", "summary"]),
        ),
    ),
    (
        "consent-beyond-groups",
        (HandRelay.invite, HandRelay.give, narrowed, HandRelay.add),
    ),
    ("consent-other", (HandRelay.invite, HandRelay.give, other_consent, HandRelay.add)),
    ("consent-other", (HandRelay.invite, HandRelay.give, other_consent, HandRelay.withdraw)),
    (
        "consent-declined",
        (HandRelay.invite, lambda relay: relay.give(modules=[]), HandRelay.show),
    ),
    ("consent-declined", (HandRelay.invite, without_exception, HandRelay.show)),
    (
        "after-withdrawal",
        (HandRelay.invite, HandRelay.give, HandRelay.withdraw, HandRelay.add),
    ),
    (
        "after-withdrawal",
        (HandRelay.invite, HandRelay.give, HandRelay.withdraw, HandRelay.show),
    ),
    (
        "after-withdrawal",
        (HandRelay.invite, HandRelay.give, HandRelay.withdraw, narrowed),
    ),
    ("not-listed", (HandRelay.invite, HandRelay.give, HandRelay.add, HandRelay.hide)),
    (
        "listed-already",
        (HandRelay.until_listed, HandRelay.add, HandRelay.show),
    ),
    (
        "maker-not-in-part",
        (HandRelay.invite, HandRelay.give, lambda relay: relay.add(by=HIRER)),
    ),
]


@pytest.mark.parametrize("steps", HONEST.values(), ids=HONEST)
def test_an_honest_way_is_followed(relay: HandRelay, steps: tuple[Steps, ...]) -> None:
    take(relay, *steps)
    replay(relay.ledger)


@pytest.mark.parametrize(
    ("code", "steps"), BREACHES, ids=[f"{n}-{code}" for n, (code, _) in enumerate(BREACHES)]
)
def test_each_breach_is_refused_at_its_own_entry(
    relay: HandRelay, code: str, steps: tuple[Steps, ...]
) -> None:
    take(relay, *steps)
    assert refused(relay) == code


def test_a_consent_lasts_through_its_last_day(relay: HandRelay) -> None:
    relay.invite()
    relay.give(until="2026-12-11")
    # 10:00 in Japan on 1 December.
    relay.ledger.wait(days=10, hours=13)
    relay.add()
    relay.show()
    replay(relay.ledger)


def test_a_profile_is_not_shown_after_the_last_day(relay: HandRelay) -> None:
    relay.invite()
    relay.give(until="2026-12-11")
    relay.ledger.wait(days=10, hours=15)
    relay.show()
    assert refused(relay) == "consent-expired"


def test_an_origin_with_a_late_clock_is_not_blamed_for_minutes(relay: HandRelay) -> None:
    relay.invite()
    relay.give(until="2026-12-11")
    # 0:03 of the day after: the origin's own clock may be five minutes ahead of the hub's.
    relay.ledger.wait(days=10, hours=14)
    relay.add()
    replay(relay.ledger)


def test_an_origin_with_an_early_clock_is_not_blamed_for_minutes(relay: HandRelay) -> None:
    relay.invite()
    relay.give()
    relay.ledger.wait(minutes=-4)
    relay.add()
    replay(relay.ledger)


def test_a_consent_changed_before_it_was_given_is_refused(relay: HandRelay) -> None:
    relay.invite()
    relay.give()
    relay.ledger.wait(minutes=-3)
    narrowed(relay)
    assert refused(relay) == "consent-out-of-order"


WAY: tuple[Steps, ...] = (
    HandRelay.invite,
    HandRelay.give,
    HandRelay.add,
    HandRelay.show,
    HandRelay.hide,
    HandRelay.withdraw,
)


@pytest.mark.parametrize("length", range(1, len(WAY) + 1))
def test_an_entry_that_shows_somebody_else_is_refused(relay: HandRelay, length: int) -> None:
    take(relay, *WAY[:length])
    honest = relay.ledger.entries.pop()
    relay.ledger.enter(reread(relay, honest.seq), *honest.orgs, HIRER)
    assert refused(relay) == "shown-differs"


def reread(relay: HandRelay, seq: int) -> SignedAttestation:
    return SignedAttestation(wire=Reveal.decode(relay.ledger.reveals.pop(seq)).signed)


def test_the_rules_of_the_invitation_judge_all_that_follows(relay: HandRelay) -> None:
    relay.invite()
    replayed = replay(relay.ledger)
    assert replayed.charter.adoptions[0].rules.version == "demo-1"
