"""What stops at once, for each reason."""

import pytest

from exchange.hub import Hub
from exchange.services import consents, stopping
from exchange.services.stopping import Reason
from exchange.store import claims as claim_rows
from exchange.store.claims import ClaimRow
from tests.story import relays
from tests.story.scheme import Consortium


def stop(hub: Hub, person: relays.Candidate, reason: Reason) -> None:
    """Stop everything about somebody."""
    with hub.work() as work:
        stopping.stop(work, person.id, reason)


def claim_of(hub: Hub, claim_id: str) -> ClaimRow:
    """Return a claim as it stands."""
    with hub.reading() as work:
        row = claim_rows.claim(work.session, claim_id)
    assert row is not None
    return row


@pytest.mark.parametrize(
    ("reason", "told"),
    [("withdrawn", "withdrawn"), ("expired", "withdrawn"), ("erased", "erased")],
)
def test_an_open_claim_ends_for_every_reason(
    consortium: Consortium, reason: Reason, told: str
) -> None:
    hub = consortium.hub
    person = relays.enlist(hub, consortium.members[0])
    claim = relays.claim(hub, consortium.agencies[0])
    stop(hub, person, reason)
    ended = claim_of(hub, claim.id)
    assert (ended.state, ended.reason) == ("ended", told)


@pytest.mark.parametrize(("reason", "state"), [("withdrawn", "ended"), ("expired", "released")])
def test_a_released_claim_ends_by_the_candidates_wish_alone(
    consortium: Consortium, reason: Reason, state: str
) -> None:
    hub, agency = consortium.hub, consortium.agencies[0]
    person = relays.enlist(hub, consortium.members[0])
    claim = relays.reach(hub, person, agency)
    stop(hub, person, reason)
    assert claim_of(hub, claim.id).state == state


@pytest.mark.parametrize("opened", [False, True])
def test_an_envelope_that_nobody_opened_is_emptied(consortium: Consortium, *, opened: bool) -> None:
    hub, agency = consortium.hub, consortium.agencies[0]
    person = relays.enlist(hub, consortium.members[0])
    approved = relays.approve(hub, person, relays.claim(hub, agency).id)
    envelope = relays.release(hub, person, agency, approved)
    if opened:
        relays.receive(hub, agency, envelope.id)
    stop(hub, person, "withdrawn")
    with hub.reading() as work:
        row = claim_rows.envelope_of_claim(work.session, approved.id)
        assert row is not None
        assert (row.document is not None) is opened


def test_a_claim_that_led_to_a_start_is_history(consortium: Consortium) -> None:
    hub, agency, hirer = consortium.hub, consortium.agencies[0], consortium.members[1]
    person = relays.enlist(hub, consortium.members[0])
    claim = relays.reach(hub, person, agency)
    relays.start(hub, agency, relays.introduce(hub, agency, claim, hirer.number))
    with hub.work() as work:
        consents.withdraw(work, person.actor)
    assert claim_of(hub, claim.id).state == "released"


def test_a_declined_claim_stays_declined(consortium: Consortium) -> None:
    hub = consortium.hub
    person = relays.enlist(hub, consortium.members[0])
    claim = relays.claim(hub, consortium.agencies[0])
    relays.decline(hub, person, claim.id)
    stop(hub, person, "withdrawn")
    assert claim_of(hub, claim.id).state == "declined"
