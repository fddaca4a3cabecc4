"""A member's client reads the hires reported against its number, and confirms them, over HTTP."""

from collections.abc import Callable

from exchange.hub import Hub
from exchange.services import hires
from exchange.store.hires import HireRow
from tests.story import relays
from tests.story.api import Caller
from tests.story.scheme import Consortium, Organization

ClientOf = Callable[[Organization], Caller]


def started(hub: Hub, consortium: Consortium) -> HireRow:
    agency, hirer = consortium.agencies[0], consortium.members[1]
    candidate = relays.enlist(hub, consortium.members[0])
    claim = relays.reach(hub, candidate, agency)
    return relays.start(hub, agency, relays.introduce(hub, agency, claim, hirer.number))


def confirmation(hub: Hub, by: Organization, hire: HireRow) -> dict[str, str]:
    return {"attestation": by.sign(hub, hires.confirming(hire)).jws}


def test_given_a_start_then_the_hirer_finds_and_confirms_it(
    hub: Hub, consortium: Consortium, client_of: ClientOf
) -> None:
    hire, hirer = started(hub, consortium), consortium.members[1]
    caller = client_of(hirer)
    (listed,) = caller.get("/v1/member/hires").json()["items"]
    assert (listed["id"], listed["state"], listed["confirmed_by"]) == (hire.id, "started", None)
    assert listed["report"] == hire.start_attestation
    assert consortium.members[0].slug not in str(listed)
    answer = caller.post(f"/v1/member/hires/{hire.id}/confirmation", confirmation(hub, hirer, hire))
    assert (answer.status_code, answer.json()["confirmed_by"]) == (200, hirer.slug)


def test_given_another_member_then_the_hire_looks_absent(
    hub: Hub, consortium: Consortium, client_of: ClientOf
) -> None:
    hire, stranger = started(hub, consortium), consortium.members[2]
    caller = client_of(stranger)
    assert caller.get("/v1/member/hires").json()["items"] == []
    body = confirmation(hub, stranger, hire)
    foreign = caller.post(f"/v1/member/hires/{hire.id}/confirmation", body)
    absent = caller.post(f"/v1/member/hires/hir_{'0' * 26}/confirmation", body)
    assert foreign.status_code == absent.status_code == 404
    assert foreign.json() == absent.json()


def test_given_the_reporting_agency_then_it_has_no_way_to_confirm(
    hub: Hub, consortium: Consortium, client_of: ClientOf
) -> None:
    hire, agency = started(hub, consortium), consortium.agencies[0]
    answer = client_of(agency).post(
        f"/v1/member/hires/{hire.id}/confirmation", confirmation(hub, agency, hire)
    )
    assert answer.status_code == 403
