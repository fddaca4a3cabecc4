"""An agency's system records introductions and hires over HTTP."""

from collections.abc import Callable
from secrets import token_bytes

from exchange.hub import Hub
from exchange.services.ledger import Fact
from exchange.store.claims import ClaimRow
from relay_protocol import ids
from tests.story import relays
from tests.story.api import Caller
from tests.story.scheme import Consortium, Organization

ClientOf = Callable[[Organization], Caller]


def reached(hub: Hub, consortium: Consortium) -> ClaimRow:
    candidate = relays.enlist(hub, consortium.members[0])
    return relays.reach(hub, candidate, consortium.agencies[0])


def introduction(hub: Hub, agency: Organization, claim: ClaimRow, hirer: str) -> dict[str, str]:
    on = relays.today(hub)
    fact = relays.introduction_fact(claim, hirer, on)
    return {
        "claim": claim.id,
        "hirer": hirer,
        "on": on.isoformat(),
        "attestation": agency.sign(hub, fact).jws,
    }


def report(
    hub: Hub, agency: Organization, introduction_id: str, event: str, hire: str
) -> dict[str, str]:
    on = relays.today(hub).isoformat()
    fact = Fact(
        kind="hire.reported",
        refs={"hire": hire, "introduction": introduction_id},
        body={"event": event, "on": on},
    )
    return {
        "introduction": introduction_id,
        "event": event,
        "on": on,
        "attestation": agency.sign(hub, fact).jws,
    }


def test_given_a_reached_candidate_then_introduction_stages_and_hire_are_recorded(
    hub: Hub, consortium: Consortium, client_of: ClientOf
) -> None:
    agency, hirer = consortium.agencies[0], consortium.members[1]
    caller, claim = client_of(agency), reached(hub, consortium)
    made = caller.post("/v1/agency/introductions", introduction(hub, agency, claim, hirer.number))
    assert made.status_code == 201
    name = made.json()["id"]
    assert (made.json()["stage"], made.json()["hire"]) == ("introduced", None)
    stage = caller.post(f"/v1/agency/introductions/{name}/stages", {"stage": "final"})
    assert (stage.status_code, stage.json()["stage"]) == (200, "final")
    hire = ids.new_id("hir", token_bytes(ids.ID_BYTES))
    for event, state in (("offer-accepted", "accepted"), ("started", "started")):
        answer = caller.post("/v1/agency/hires", report(hub, agency, name, event, hire))
        assert (answer.status_code, answer.json()["state"]) == (201, state)
    (listed,) = caller.get("/v1/agency/introductions").json()["items"]
    assert listed["hire"]["id"] == hire
    assert listed["hire"]["confirmed_by"] is None
    assert listed["pairwise"] == claim.pairwise_id


def test_given_no_introduction_then_a_hire_is_not_found(
    hub: Hub, consortium: Consortium, client_of: ClientOf
) -> None:
    agency = consortium.agencies[0]
    body = report(hub, agency, f"int_{'0' * 26}", "offer-accepted", f"hir_{'0' * 26}")
    assert client_of(agency).post("/v1/agency/hires", body).status_code == 404


def test_given_steps_out_of_order_then_each_problem_names_its_field(
    hub: Hub, consortium: Consortium, client_of: ClientOf
) -> None:
    agency, hirer = consortium.agencies[0], consortium.members[1]
    caller, claim = client_of(agency), reached(hub, consortium)
    body = introduction(hub, agency, claim, hirer.number)
    name = caller.post("/v1/agency/introductions", body).json()["id"]
    early = caller.post("/v1/agency/hires", report(hub, agency, name, "started", f"hir_{'0' * 26}"))
    assert (early.status_code, early.json()["field"]) == (409, "event")
    caller.post(f"/v1/agency/introductions/{name}/stages", {"stage": "offer"})
    back = caller.post(f"/v1/agency/introductions/{name}/stages", {"stage": "screening"})
    assert (back.status_code, back.json()["field"]) == (409, "stage")
    for change, field in (
        ({"on": "2026-02-30"}, "on"),
        ({"on": "tomorrow"}, "on"),
        ({"hirer": "123"}, "hirer"),
        ({"claim": "clm_x"}, "claim"),
    ):
        answer = caller.post("/v1/agency/introductions", {**body, **change})
        assert (answer.status_code, answer.json()["field"]) == (422, field)


def test_given_a_neighbour_then_introductions_look_absent(
    hub: Hub, consortium: Consortium, client_of: ClientOf
) -> None:
    agency, neighbour = consortium.agencies
    introduced = relays.introduce(
        hub, agency, reached(hub, consortium), consortium.members[1].number
    )
    caller = client_of(neighbour)
    assert caller.get("/v1/agency/introductions").json()["items"] == []
    path = "/v1/agency/introductions/{}/stages"
    foreign = caller.post(path.format(introduced.id), {"stage": "offer"})
    absent = caller.post(path.format(f"int_{'0' * 26}"), {"stage": "offer"})
    assert foreign.status_code == absent.status_code == 404
    assert foreign.json() == absent.json()
