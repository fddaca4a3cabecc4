"""An organization's system fetches the receipts of its own acts."""

from collections.abc import Callable
from threading import Timer
from time import monotonic

import pytest

from exchange.hub import Hub
from exchange.web.http import waiting
from tests.story import relays
from tests.story.api import Caller
from tests.story.scheme import Consortium, Organization
from tests.story.second_reader import check_receipt

ClientOf = Callable[[Organization], Caller]


@pytest.fixture
def linked(hub: Hub, consortium: Consortium, client_of: ClientOf) -> str:
    """Return where the receipt of a claim will be, as the claim's answer names it."""
    agency = consortium.agencies[0]
    relays.enlist(hub, consortium.members[0])
    wish = relays.wish(hub, agency)
    body = {
        "pairwise": wish.pairwise_id,
        "vacancy": wish.vacancy_id,
        "message": wish.message,
        "attestation": agency.sign(hub, relays.claim_fact(hub, agency, wish)).jws,
    }
    answer = client_of(agency).post("/v1/agency/claims", body)
    assert answer.status_code == 201
    return str(answer.links["receipt"]["url"])


def test_the_receipt_of_a_claim_is_a_file_that_others_can_check(
    hub: Hub, consortium: Consortium, client_of: ClientOf, linked: str
) -> None:
    hub.sequence()
    agency = consortium.agencies[0]
    answer = client_of(agency).get(linked)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    said = check_receipt(answer.content, hub.scheme.ledger_vkey)
    assert (said["kind"], said["by"]) == ("claim.made", agency.slug)
    assert linked.endswith(f"/{said['id']}")


def test_before_its_checkpoint_it_is_not_ready(
    consortium: Consortium, client_of: ClientOf, linked: str
) -> None:
    answer = client_of(consortium.agencies[0]).get(linked)
    assert (answer.status_code, answer.headers["Retry-After"]) == (404, "1")
    assert answer.json()["type"].endswith("#receipt-not-ready")


def test_nobody_else_can_tell_whether_it_is_there(
    hub: Hub, consortium: Consortium, client_of: ClientOf, linked: str
) -> None:
    for published in (False, True):
        if published:
            hub.sequence()
        for other in (consortium.agencies[1], consortium.members[0], consortium.auditor):
            seen = client_of(other).get(linked)
            absent = client_of(other).get(f"/v1/receipts/{'A' * 22}")
            assert (seen.status_code, seen.content) == (404, absent.content)
            assert "Retry-After" not in seen.headers


def test_it_is_waited_for(
    hub: Hub,
    consortium: Consortium,
    client_of: ClientOf,
    linked: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(waiting, "LONGEST_WAIT_S", 60)
    caller = client_of(consortium.agencies[0])
    headers = {"Authorization": f"Bearer {caller.token()}", "Prefer": "wait=60"}
    later = Timer(2, hub.sequence)
    later.start()
    began = monotonic()
    answer = caller.http.get(linked, headers=headers)
    later.join()
    assert (answer.status_code, answer.headers["Preference-Applied"]) == (200, "wait=60")
    assert monotonic() - began < 30


def test_a_token_is_needed(hub: Hub, consortium: Consortium, client_of: ClientOf) -> None:
    visitor = client_of(consortium.agencies[0]).http
    assert visitor.get(f"/v1/receipts/{'A' * 22}").status_code == 401
    assert visitor.get("/v1/receipts").status_code == 401


@pytest.mark.parametrize("name", ["A" * 21, "A" * 23, "A" * 21 + ".", "A" * 21 + "%0A", ".."])
def test_what_is_no_id_is_not_found(consortium: Consortium, client_of: ClientOf, name: str) -> None:
    answer = client_of(consortium.agencies[0]).get(f"/v1/receipts/{name}")
    assert answer.status_code == 404


def test_all_that_names_the_organization_comes_in_pages(
    hub: Hub, consortium: Consortium, client_of: ClientOf, linked: str
) -> None:
    hub.sequence()
    caller = client_of(consortium.agencies[0])
    whole = caller.get("/v1/receipts").json()
    assert whole["next"] is None
    kinds = ["org.admitted", "org.cosigned", "key.registered", "claim.made"]
    assert [item["kind"] for item in whole["items"]] == kinds
    page = caller.get("/v1/receipts?limit=3").json()
    rest = caller.get(f"/v1/receipts?limit=3&after={page['next']}").json()
    assert [*page["items"], *rest["items"]] == whole["items"]
    for item in whole["items"]:
        said = check_receipt(item["file"].encode(), hub.scheme.ledger_vkey)
        assert said["id"] == item["attestation"]
    assert caller.get("/v1/receipts?after=-2").status_code == 422
