"""The API of auditors: the newest pack, and what they sign; nobody else gets in."""

from collections.abc import Callable

import httpx
import pytest
from flask import Flask

from exchange.cli.audit import new_pack
from exchange.domain.errors import NotFoundError
from exchange.services import subject_requests
from exchange.services.ledger import Fact
from exchange.store import audits as rows
from exchange.store import points as point_rows
from relay_protocol.pack import open_pack
from tests.story import api, books, relays
from tests.story.api import Caller
from tests.story.scheme import Consortium, Organization

ClientOf = Callable[[Organization], Caller]
PACK, AUDITS = "/v1/auditor/packs/latest", "/v1/auditor/audits"


def audit(consortium: Consortium) -> dict[str, str]:
    """Settle a month, and return what the auditor posts of it."""
    hub = consortium.hub
    relays.wait(hub, days=32)
    books.settle(hub)
    with hub.reading() as work:
        newest = point_rows.newest_run(work.session)
    assert newest is not None
    fact = Fact(
        kind="period.audited",
        refs={"settled": str(newest.attestation_id)},
        body={"period": newest.period, "verdict": "sound"},
    )
    return {"attestation": consortium.auditor.sign(hub, fact).jws, "period": newest.period}


def test_the_auditor_fetches_a_pack_that_only_its_key_opens(
    consortium: Consortium, client_of: ClientOf
) -> None:
    made = new_pack(consortium.hub, "kansa")
    answer = client_of(consortium.auditor).get(PACK)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    pack = open_pack(answer.content, consortium.auditor.sealing)
    assert pack.digest() == made.digest
    assert answer.headers["Content-Type"] == "application/x-ndjson"
    assert int(answer.headers["Content-Length"]) == len(answer.content)


def test_a_pack_that_is_withdrawn_while_it_is_sent_is_cut_off(
    consortium: Consortium, app: Flask
) -> None:
    hub = consortium.hub
    going = relays.enlist(hub, consortium.members[0])
    new_pack(hub, "kansa")
    token = Caller(organization=consortium.auditor, hub=hub, http=api.visitor(app)).token()
    answer = app.test_client().get(
        PACK, headers={"Authorization": f"Bearer {token}"}, buffered=False
    )
    pieces = iter(answer.response)
    assert next(pieces)
    with hub.work() as work:
        subject_requests.erase(work, going.actor)
    with pytest.raises(NotFoundError):
        next(pieces)


def test_before_a_pack_is_made_there_is_none(consortium: Consortium, client_of: ClientOf) -> None:
    answer = client_of(consortium.auditor).get(PACK)
    assert answer.status_code == 404
    assert "exchange audit-pack" in answer.json()["mend"]


def test_a_signed_audit_is_taken(consortium: Consortium, client_of: ClientOf) -> None:
    posted = audit(consortium)
    client = client_of(consortium.auditor)
    answer = client.post(AUDITS, {"attestation": posted["attestation"]})
    assert answer.status_code == 200, answer.text
    assert answer.json()["period"] == posted["period"]
    assert answer.json()["verdict"] == "sound"
    with consortium.hub.reading() as work:
        (row,) = rows.audits(work.session, "kansa", 10)
    assert answer.json()["attestation"] == row.attestation_id


def test_the_same_audit_sent_again_gets_the_first_answer(
    consortium: Consortium, client_of: ClientOf
) -> None:
    body = {"attestation": audit(consortium)["attestation"]}
    client = client_of(consortium.auditor)
    first = client.post(AUDITS, body, key="one-key")
    again = client.post(AUDITS, body, key="one-key")
    anew = client.post(AUDITS, body)
    assert first.json() == again.json() == anew.json()


@pytest.mark.parametrize("body", [{}, {"attestation": "x"}, {"attestation": 5}])
def test_a_body_that_is_no_audit_is_refused(
    consortium: Consortium, client_of: ClientOf, body: dict[str, object]
) -> None:
    answer = client_of(consortium.auditor).post(AUDITS, body)
    assert answer.status_code in {400, 422}
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    assert "attestation" in str(answer.json())


def test_members_and_agencies_are_refused(consortium: Consortium, client_of: ClientOf) -> None:
    for organization in (consortium.members[0], consortium.agencies[0]):
        client = client_of(organization)
        assert client.get(PACK).status_code == 403
        assert client.post(AUDITS, {"attestation": "x"}).status_code in {403, 422}


def test_nobody_gets_in_without_a_token(visitor: httpx.Client) -> None:
    assert visitor.get(PACK).status_code == 401
