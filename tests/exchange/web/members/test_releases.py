"""A member's client fetches what it must check, and sends the sealed identity, over HTTP."""

from collections.abc import Callable

from exchange.hub import Hub
from exchange.store.claims import ClaimRow
from relay_protocol import envelope as sealing
from relay_protocol import jwk, note
from relay_protocol.proof import Proof
from tests.story import relays
from tests.story.api import Caller
from tests.story.scheme import Consortium, Organization

ClientOf = Callable[[Organization], Caller]
PATH = "/v1/member/releases"


def approved(hub: Hub, consortium: Consortium) -> ClaimRow:
    candidate = relays.enlist(hub, consortium.members[0])
    claim = relays.claim(hub, consortium.agencies[0])
    return relays.approve(hub, candidate, claim.id)


def test_given_an_approval_then_the_origin_seals_to_the_keys_that_it_is_given(
    hub: Hub, consortium: Consortium, client_of: ClientOf
) -> None:
    origin, agency = consortium.members[0], consortium.agencies[0]
    claim = approved(hub, consortium)
    hub.sequence()
    caller = client_of(origin)
    (waiting,) = caller.get(PATH).json()["items"]
    assert (waiting["claim"], waiting["agency"]["licence"]) == (claim.id, "13-ユ-000001")
    log = note.VerifierKey.parse(hub.scheme.ledger_vkey)
    approval, _ = Proof.from_document(waiting["approval_proof"]).check(log)
    envelope = sealing.seal_envelope(
        {"name": "架空 花子"},
        {key["kid"]: jwk.to_p256_key(key["jwk"]) for key in waiting["agency"]["seal_keys"]},
        claim=waiting["claim"],
        approval=approval.attestation.id,
        agency=waiting["agency"]["slug"],
    )
    fact = relays.release_fact(claim, envelope, items=["name"])
    body = {
        "claim": claim.id,
        "envelope": envelope,
        "attestation": origin.sign(hub, fact).jws,
    }
    answer = caller.post(PATH, body)
    assert answer.status_code == 201
    assert answer.json() == {"envelope": fact.refs["envelope"], "claim": claim.id}
    assert caller.get(PATH).json() == {"items": [], "next": None}
    assert len(client_of(agency).get("/v1/agency/envelopes").json()["items"]) == 1


def test_given_another_member_then_it_is_told_of_nothing(
    hub: Hub, consortium: Consortium, client_of: ClientOf
) -> None:
    claim, stranger = approved(hub, consortium), consortium.members[1]
    hub.sequence()
    caller = client_of(stranger)
    assert caller.get(PATH).json()["items"] == []
    envelope = relays.sealed(consortium.agencies[0], claim)
    signed = stranger.sign(hub, relays.release_fact(claim, envelope))
    body = {"claim": claim.id, "envelope": envelope, "attestation": signed.jws}
    assert caller.post(PATH, body).status_code == 404


def test_given_what_is_no_envelope_then_the_problem_names_it(
    hub: Hub, consortium: Consortium, client_of: ClientOf
) -> None:
    claim, origin = approved(hub, consortium), consortium.members[0]
    envelope = relays.sealed(consortium.agencies[0], claim)
    signed = origin.sign(hub, relays.release_fact(claim, envelope)).jws
    caller = client_of(origin)
    for sent in (
        {"v": 2.5e-42},
        {**envelope, "sealed": []},
        {**envelope, "name": "架空 花子"},
        {**envelope, "v": "1"},
    ):
        body = {"claim": claim.id, "envelope": sent, "attestation": signed}
        answer = caller.post(PATH, body)
        assert (answer.status_code, answer.json()["field"]) == (422, "envelope")


def test_given_an_agency_then_releases_are_none_of_its_business(
    consortium: Consortium, client_of: ClientOf
) -> None:
    assert client_of(consortium.agencies[0]).get(PATH).status_code == 403
