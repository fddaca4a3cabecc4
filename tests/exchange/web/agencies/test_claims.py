"""An agency's system makes and ends claims over HTTP."""

from collections.abc import Callable

from exchange.hub import Hub
from exchange.services import claims as claim_cases
from exchange.services.wishes import Wish
from tests.story import relays
from tests.story.api import Caller
from tests.story.scheme import Consortium, Organization

ClientOf = Callable[[Organization], Caller]


def body_of(hub: Hub, agency: Organization, wish: Wish) -> dict[str, str]:
    return {
        "pairwise": wish.pairwise_id,
        "vacancy": wish.vacancy_id,
        "message": wish.message,
        "attestation": agency.sign(hub, relays.claim_fact(hub, agency, wish)).jws,
    }


def test_given_a_match_then_the_claim_is_made_and_listed_with_its_deadline(
    hub: Hub, consortium: Consortium, client_of: ClientOf
) -> None:
    agency = consortium.agencies[0]
    relays.enlist(hub, consortium.members[0])
    wish = relays.wish(hub, agency)
    caller = client_of(agency)
    answer = caller.post("/v1/agency/claims", body_of(hub, agency, wish))
    assert answer.status_code == 201
    made = answer.json()
    assert (made["state"], made["pairwise"], made["reason"]) == ("open", wish.pairwise_id, None)
    assert made["due_at"] > made["claimed_at"]
    assert caller.get("/v1/agency/claims").json() == {"items": [made], "next": None}
    assert "referral" not in made


def test_given_the_same_request_twice_then_there_is_one_claim(
    hub: Hub, consortium: Consortium, client_of: ClientOf
) -> None:
    agency = consortium.agencies[0]
    relays.enlist(hub, consortium.members[0])
    caller = client_of(agency)
    body = body_of(hub, agency, relays.wish(hub, agency))
    first = caller.post("/v1/agency/claims", body, key="once")
    again = caller.post("/v1/agency/claims", body, key="once")
    anew = caller.post("/v1/agency/claims", body, key="twice")
    assert first.json() == again.json() == anew.json()
    assert len(caller.get("/v1/agency/claims").json()["items"]) == 1


def test_given_a_second_agency_then_the_problem_says_that_another_one_asks(
    hub: Hub, consortium: Consortium, client_of: ClientOf
) -> None:
    one, other = consortium.agencies
    relays.enlist(hub, consortium.members[0])
    late = body_of(hub, other, relays.wish(hub, other))
    relays.claim(hub, one)
    answer = client_of(other).post("/v1/agency/claims", late)
    assert answer.status_code == 409
    assert answer.json()["type"].endswith("#claim-taken")


def test_given_values_outside_their_form_then_the_problem_names_them(
    hub: Hub, consortium: Consortium, client_of: ClientOf
) -> None:
    agency = consortium.agencies[0]
    relays.enlist(hub, consortium.members[0])
    caller = client_of(agency)
    body = body_of(hub, agency, relays.wish(hub, agency))
    for change, status, field in (
        ({"pairwise": "CR-1"}, 422, "pairwise"),
        ({"vacancy": "vac_x"}, 422, "vacancy"),
        ({"message": ""}, 422, "message"),
        ({"message": "mail@example.com"}, 422, "message"),
        ({"attestation": "a.b.c"}, 422, "attestation"),
    ):
        answer = caller.post("/v1/agency/claims", {**body, **change})
        assert (answer.status_code, answer.json()["field"]) == (status, field)
    assert caller.get("/v1/agency/claims").json()["items"] == []


def test_given_its_own_claim_then_the_agency_ends_it_and_a_neighbour_does_not(
    hub: Hub, consortium: Consortium, client_of: ClientOf
) -> None:
    one, other = consortium.agencies
    relays.enlist(hub, consortium.members[0])
    made = relays.claim(hub, one)
    path = f"/v1/agency/claims/{made.id}/end"
    fact = claim_cases.ending(made.id, "filled")
    foreign = client_of(other).post(
        path, {"reason": "filled", "attestation": other.sign(hub, fact).jws}
    )
    assert foreign.status_code == 404
    answer = client_of(one).post(path, {"reason": "filled", "attestation": one.sign(hub, fact).jws})
    assert answer.status_code == 200
    assert (answer.json()["state"], answer.json()["reason"]) == ("ended", "filled")
    assert answer.json()["due_at"] is None


def test_given_a_member_then_it_makes_no_claims(
    consortium: Consortium, client_of: ClientOf
) -> None:
    assert client_of(consortium.members[0]).get("/v1/agency/claims").status_code == 403
