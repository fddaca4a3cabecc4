"""Claims, releases, introductions and hires: each breach alone is refused at its entry."""

from collections.abc import Callable

import pytest

from relay_protocol.errors import ReplayError
from relay_protocol.facts import Introduced, Left, OfferEnded, Started
from tests.story.hand_audit import replay
from tests.story.hand_ledger import (
    AGENCY,
    HIRER,
    HUB,
    MEMBER,
    OTHER_AGENCY,
    HandLedger,
    corporate_number,
    kids,
    number_of,
)
from tests.story.hand_relay import HandRelay

Steps = Callable[[HandRelay], object]


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


def wait(**time: int) -> Steps:
    return lambda relay: relay.ledger.wait(**time)


def ended(reason: str, by: str = HUB) -> Steps:
    return lambda relay: relay.end(reason, by=by)


def told(event: str, **changes: str) -> Steps:
    return lambda relay: relay.tell(event, **changes)


def of_another(name: str) -> Steps:
    def change(relay: HandRelay) -> None:
        prefix = {"claim": "clm", "introduction": "int", "hire": "hir", "referral": "ref"}[name]
        setattr(relay, name, relay.ledger.new_id(prefix))

    return change


def of_no_attestation(name: str) -> Steps:
    return lambda relay: setattr(relay, name, "A" * 22)


def second_agency_claims(relay: HandRelay) -> None:
    second = HandRelay(ledger=relay.ledger, agency=OTHER_AGENCY)
    second.referral = relay.referral
    second.make()
    second.bind()


def revoke_sealing_key(relay: HandRelay) -> None:
    relay.ledger.state("key.revoked", AGENCY, AGENCY, body={"kid": str(kids([AGENCY])[0])})


UNTIL_STARTED: tuple[Steps, ...] = (
    HandRelay.until_introduced,
    told("offer-accepted"),
    told("started"),
)

HONEST: dict[str, tuple[Steps, ...]] = {
    "from claim to hire": (HandRelay.until_confirmed,),
    "declined, then claimed by another": (
        HandRelay.until_claimed,
        HandRelay.decline,
        second_agency_claims,
    ),
    "ended by its agency": (HandRelay.until_claimed, ended("by-agency", AGENCY)),
    "filled after the approval": (HandRelay.until_approved, ended("filled", AGENCY)),
    "unanswered for seven days": (
        HandRelay.until_claimed,
        wait(days=7),
        ended("approval-overdue"),
    ),
    "unreleased for three days": (
        HandRelay.until_approved,
        wait(days=3),
        ended("release-overdue"),
    ),
    "approved at the last minute": (
        HandRelay.until_claimed,
        wait(days=6, hours=23, minutes=59),
        HandRelay.approve,
    ),
    "released four minutes late by the origin's own clock": (
        HandRelay.until_approved,
        wait(days=3, minutes=3),
        HandRelay.let_go,
    ),
    "confirmed by the candidate": (*UNTIL_STARTED, lambda relay: relay.confirm(by=HUB)),
    "left, and confirmed after that": (
        *UNTIL_STARTED,
        told("left"),
        HandRelay.confirm,
    ),
    "an offer that was declined": (HandRelay.until_introduced, told("offer-declined")),
    "hidden while claimed": (HandRelay.until_claimed, HandRelay.hide, HandRelay.approve),
    "left after the candidate withdrew": (
        HandRelay.until_confirmed,
        HandRelay.hide,
        HandRelay.withdraw,
        told("left"),
    ),
}

BREACHES: list[tuple[str, tuple[Steps, ...]]] = [
    ("claim-again", (HandRelay.until_claimed, HandRelay.make)),
    ("claim-unknown", (HandRelay.until_listed, HandRelay.bind)),
    ("claim-bound-already", (HandRelay.until_claimed, HandRelay.bind)),
    ("claim-unbound", (HandRelay.until_listed, HandRelay.make, HandRelay.approve)),
    (
        "referral-unknown",
        (HandRelay.until_listed, HandRelay.make, of_another("referral"), HandRelay.bind),
    ),
    ("not-listed", (HandRelay.invite, HandRelay.give, HandRelay.make, HandRelay.bind)),
    ("not-listed", (HandRelay.until_listed, HandRelay.hide, HandRelay.make, HandRelay.bind)),
    ("claimed-already", (HandRelay.until_claimed, second_agency_claims)),
    ("claimed-already", (HandRelay.until_received, second_agency_claims)),
    (
        "after-withdrawal",
        (HandRelay.until_listed, HandRelay.make, HandRelay.withdraw, HandRelay.bind),
    ),
    ("after-withdrawal", (HandRelay.until_claimed, HandRelay.withdraw, HandRelay.approve)),
    ("after-withdrawal", (HandRelay.until_approved, HandRelay.withdraw, HandRelay.let_go)),
    ("after-withdrawal", (HandRelay.until_received, HandRelay.withdraw, HandRelay.introduce)),
    (
        "after-withdrawal",
        (HandRelay.until_introduced, HandRelay.withdraw, told("offer-accepted")),
    ),
    (
        "after-withdrawal",
        (HandRelay.until_introduced, told("offer-accepted"), HandRelay.withdraw, told("started")),
    ),
    (
        "job-kind-differs",
        (HandRelay.until_claimed, lambda relay: relay.approve(job_kind="part-time")),
    ),
    (
        "job-kind-differs",
        (HandRelay.until_received, lambda relay: relay.introduce(job_kind="part-time")),
    ),
    ("step-not-open", (HandRelay.until_approved, HandRelay.approve)),
    ("step-not-open", (HandRelay.until_approved, HandRelay.decline)),
    ("step-claim-over", (HandRelay.until_claimed, HandRelay.decline, HandRelay.approve)),
    ("step-claim-over", (HandRelay.until_claimed, ended("withdrawn"), HandRelay.approve)),
    ("step-claim-over", (HandRelay.until_claimed, HandRelay.decline, ended("withdrawn"))),
    ("step-deadline-passed", (HandRelay.until_claimed, wait(days=7), HandRelay.approve)),
    (
        "step-deadline-passed",
        (HandRelay.until_approved, wait(days=3, minutes=5), HandRelay.let_go),
    ),
    ("step-deadline-running", (HandRelay.until_claimed, wait(days=6), ended("approval-overdue"))),
    ("step-deadline-running", (HandRelay.until_approved, wait(days=2), ended("release-overdue"))),
    ("reason-not-theirs", (HandRelay.until_claimed, wait(days=8), ended("release-overdue"))),
    ("reason-not-theirs", (HandRelay.until_claimed, ended("by-agency"))),
    ("reason-not-theirs", (HandRelay.until_claimed, ended("withdrawn", AGENCY))),
    ("maker-not-in-part", (HandRelay.until_claimed, ended("by-agency", OTHER_AGENCY))),
    (
        "step-not-approved",
        (HandRelay.until_claimed, of_no_attestation("approval"), HandRelay.let_go),
    ),
    (
        "approval-differs",
        (HandRelay.until_approved, of_no_attestation("approval"), HandRelay.let_go),
    ),
    ("referral-differs", (HandRelay.until_approved, of_another("referral"), HandRelay.let_go)),
    ("maker-not-in-part", (HandRelay.until_approved, lambda relay: relay.let_go(by=HIRER))),
    (
        "key-not-registered",
        (HandRelay.until_approved, lambda relay: relay.let_go(keys=kids([MEMBER]))),
    ),
    (
        "key-not-registered",
        (HandRelay.until_approved, lambda relay: relay.let_go(keys=kids([OTHER_AGENCY]))),
    ),
    ("key-not-registered", (HandRelay.until_approved, revoke_sealing_key, HandRelay.let_go)),
    ("step-already-released", (HandRelay.until_received, HandRelay.let_go)),
    (
        "step-not-released",
        (HandRelay.until_approved, of_no_attestation("release"), HandRelay.receive),
    ),
    ("step-already-received", (HandRelay.until_received, HandRelay.receive)),
    (
        "release-differs",
        (
            HandRelay.until_approved,
            HandRelay.let_go,
            of_no_attestation("release"),
            HandRelay.receive,
        ),
    ),
    (
        "provenance-unconfirmed",
        (
            HandRelay.until_approved,
            HandRelay.let_go,
            lambda relay: relay.receive(provenance=False),
        ),
    ),
    (
        "maker-not-in-part",
        (HandRelay.until_approved, HandRelay.let_go, lambda relay: relay.receive(by=OTHER_AGENCY)),
    ),
    ("step-not-received", (HandRelay.until_approved, HandRelay.let_go, HandRelay.introduce)),
    ("step-not-released", (HandRelay.until_approved, HandRelay.introduce)),
    ("claim-unbound", (HandRelay.until_listed, HandRelay.make, HandRelay.introduce)),
    ("claim-unknown", (HandRelay.until_received, of_another("claim"), HandRelay.introduce)),
    ("introduction-again", (HandRelay.until_introduced, HandRelay.introduce)),
    (
        "maker-not-in-part",
        (HandRelay.until_received, lambda relay: relay.introduce(by=OTHER_AGENCY)),
    ),
    ("introduction-unknown", (HandRelay.until_received, told("offer-accepted"))),
    (
        "introduction-differs",
        (
            HandRelay.until_introduced,
            told("offer-accepted"),
            of_another("introduction"),
            HandRelay.introduce,
            told("started"),
        ),
    ),
    (
        "hire-again",
        (
            HandRelay.until_introduced,
            told("offer-accepted"),
            of_another("hire"),
            told("offer-accepted"),
        ),
    ),
    ("step-another-agency", (HandRelay.until_introduced, told("offer-accepted", by=OTHER_AGENCY))),
    ("step-offer-not-accepted", (HandRelay.until_introduced, told("started"))),
    ("step-not-started", (HandRelay.until_introduced, told("left"))),
    (
        "step-start-too-late",
        (HandRelay.until_introduced, told("offer-accepted"), told("started", on="2028-06-02")),
    ),
    (
        "step-not-started",
        (
            HandRelay.until_introduced,
            told("offer-accepted"),
            of_no_attestation("report"),
            HandRelay.confirm,
        ),
    ),
    ("hire-unknown", (HandRelay.until_introduced, of_no_attestation("report"), HandRelay.confirm)),
    ("report-differs", (*UNTIL_STARTED, of_no_attestation("report"), HandRelay.confirm)),
    ("report-differs", (*UNTIL_STARTED, lambda relay: relay.confirm(on="2026-12-02"))),
    ("step-already-confirmed", (HandRelay.until_confirmed, HandRelay.confirm)),
    ("maker-not-in-part", (*UNTIL_STARTED, lambda relay: relay.confirm(by=MEMBER))),
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


def test_a_claim_that_the_hub_never_binds_is_refused(relay: HandRelay) -> None:
    relay.until_listed()
    relay.make()
    assert refused(relay) == "claim-unbound"


def test_an_agency_claims_until_its_licences_last_day(relay: HandRelay) -> None:
    # The licence ends with 31 March 2031; the consent must be of that time.
    relay.ledger.wait(days=1580)
    relay.until_claimed()
    assert relay.ledger.entries[-1].day == "2031-03-30"
    replay(relay.ledger)
    relay.ledger.wait(days=2)
    relay.claim = relay.ledger.new_id("clm")
    relay.make()
    assert refused(relay) == "licence-over"


def test_an_agency_has_no_more_open_claims_than_the_rules_allow(relay: HandRelay) -> None:
    for _ in range(49):
        HandRelay(ledger=relay.ledger).until_claimed()
    answered = HandRelay(ledger=relay.ledger)
    answered.until_claimed()
    replay(relay.ledger)
    relay.until_claimed()
    assert refused(relay) == "too-many-claims"


def test_an_answered_claim_makes_room_for_another(relay: HandRelay) -> None:
    for _ in range(49):
        HandRelay(ledger=relay.ledger).until_claimed()
    HandRelay(ledger=relay.ledger).until_approved()
    relay.until_claimed()
    replay(relay.ledger)


def facts(relay: HandRelay) -> list[object]:
    return [fact for _, fact in replay(relay.ledger).facts]


def test_an_introduction_is_a_fact_for_the_settlement(relay: HandRelay) -> None:
    relay.until_introduced()
    (fact,) = facts(relay)
    assert isinstance(fact, Introduced)
    assert (fact.origin, fact.agency, fact.referral) == (MEMBER, AGENCY, relay.referral)
    assert fact.origin_group == number_of(MEMBER)
    assert fact.agency_group == number_of(AGENCY)
    assert fact.hirer_group == number_of(HIRER)
    assert fact.rules == "demo-1"


def test_a_hirer_outside_the_scheme_is_a_group_of_its_own(relay: HandRelay) -> None:
    stranger = corporate_number(77)
    relay.until_received()
    relay.introduce(hirer=stranger)
    (fact,) = facts(relay)
    assert isinstance(fact, Introduced)
    assert fact.hirer_group == stranger


def test_a_confirmed_start_is_a_fact_for_the_settlement(relay: HandRelay) -> None:
    relay.until_confirmed()
    fact = facts(relay)[-1]
    assert isinstance(fact, Started)
    assert fact.on.isoformat() == "2026-12-01"
    assert (fact.hire, fact.origin, fact.agency) == (relay.hire, MEMBER, AGENCY)


def test_a_start_that_nobody_confirms_is_none(relay: HandRelay) -> None:
    take(relay, *UNTIL_STARTED)
    assert len(facts(relay)) == 1


def test_a_departure_and_an_ended_offer_are_facts_for_the_settlement(relay: HandRelay) -> None:
    take(relay, *UNTIL_STARTED, told("left"))
    assert isinstance(facts(relay)[-1], Left)
    other = HandRelay(ledger=relay.ledger)
    take(other, HandRelay.until_introduced, told("offer-declined"))
    assert isinstance(facts(relay)[-1], OfferEnded)


def test_the_hirers_confirmation_shows_the_hirer(relay: HandRelay) -> None:
    take(relay, *UNTIL_STARTED)
    refs = {"hire": relay.hire, "report": relay.report}
    relay.ledger.state("hire.confirmed", HUB, AGENCY, refs=refs, body={"on": "2026-12-01"})
    assert refused(relay) == "shown-differs"


def test_a_strangers_hire_shows_the_agency_alone(relay: HandRelay) -> None:
    relay.until_received()
    relay.introduce(hirer=corporate_number(77))
    take(relay, told("offer-accepted"), told("started"))
    refs = {"hire": relay.hire, "report": relay.report}
    relay.ledger.state("hire.confirmed", HUB, AGENCY, refs=refs, body={"on": "2026-12-01"})
    replay(relay.ledger)
