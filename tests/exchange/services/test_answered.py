"""What an origin learns of its referrals, and what it does not."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from exchange.hub import Hub
from exchange.services import answered, consents
from exchange.services.answered import Answered
from tests.story import referrals, relays
from tests.story.scheme import Consortium, Organization


def told(hub: Hub, origin: Organization) -> Sequence[Answered]:
    """Return what an origin is told."""
    with hub.reading() as work:
        return answered.answered(work, origin.actor, after="", limit=100)


def test_only_a_yes_is_told(consortium: Consortium) -> None:
    hub, origin = consortium.hub, consortium.members[0]
    referrals.invite(hub, origin)
    person = referrals.consent(hub, origin)
    (item,) = told(hub, origin)
    assert (item.referral, item.state, item.profile_state) == (
        person.referral,
        "consented",
        "draft",
    )
    assert item.permission == referrals.permission(hub, person)
    assert told(hub, consortium.members[1]) == []


def test_a_later_version_of_a_consent_takes_the_place_of_the_earlier(
    consortium: Consortium,
) -> None:
    hub, origin = consortium.hub, consortium.members[0]
    person = referrals.consent(hub, origin)
    with hub.work() as work:
        consents.change(work, person.actor, groups=["skills"], modules=[])
    assert told(hub, origin)[0].permission.groups == ("skills",)


def test_a_withdrawal_and_an_end_are_told(consortium: Consortium) -> None:
    hub, origin = consortium.hub, consortium.members[0]
    person = referrals.consent(hub, origin)
    referrals.consent(hub, origin)
    with hub.work() as work:
        consents.withdraw(work, person.actor)
    referrals.move_clock(hub, timedelta(days=190))
    assert sorted(item.state for item in told(hub, origin)) == ["expired", "withdrawn"]


def test_whether_an_agency_has_asked_is_not_told(consortium: Consortium) -> None:
    hub, origin = consortium.hub, consortium.members[0]
    relays.enlist(hub, origin)
    relays.claim(hub, consortium.agencies[0])
    assert told(hub, origin)[0].profile_state == "listed"


@pytest.mark.parametrize(
    ("modules", "outcome"), [(("exception", "outcome"), "started"), (("exception",), "")]
)
def test_an_outcome_is_told_only_where_the_candidate_wants_it(
    consortium: Consortium, modules: tuple[str, ...], outcome: str
) -> None:
    hub, agency, hirer = consortium.hub, consortium.agencies[0], consortium.members[1]
    person = relays.enlist(hub, consortium.members[0], modules=modules)
    claim = relays.reach(hub, person, agency)
    hire = relays.start(hub, agency, relays.introduce(hub, agency, claim, hirer.number))
    assert told(hub, consortium.members[0])[0].outcome == ""
    relays.confirm(hub, hirer, hire)
    assert told(hub, consortium.members[0])[0].outcome == outcome


def test_referrals_come_in_pages_by_id(consortium: Consortium) -> None:
    hub, origin = consortium.hub, consortium.members[0]
    ids = sorted(referrals.consent(hub, origin).referral for _ in range(3))
    with hub.reading() as work:
        first = answered.answered(work, origin.actor, after="", limit=2)
        rest = answered.answered(work, origin.actor, after=first[-1].referral, limit=2)
    assert [item.referral for item in (*first, *rest)] == ids


def test_counts_below_k_are_not_told(consortium: Consortium) -> None:
    hub, origin = consortium.hub, consortium.members[0]
    people = [referrals.consent(hub, origin) for _ in range(3)]
    referrals.invite(hub, origin)
    with hub.reading() as work:
        assert answered.totals(work, origin.actor) == (
            4,
            {"consented": 3, "withdrawn": None, "expired": None},
        )
    with hub.work() as work:
        consents.withdraw(work, people[0].actor)
    with hub.reading() as work:
        assert answered.totals(work, origin.actor)[1]["consented"] is None
