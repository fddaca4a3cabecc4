"""An agency's system fetches what was sealed for it, once it confirmed where that comes from."""

from collections.abc import Callable

from exchange.hub import Hub
from exchange.services import releases
from exchange.store.claims import EnvelopeRow
from relay_protocol import envelope as sealing
from relay_protocol import jwk, note
from relay_protocol.proof import Proof
from tests.story import relays
from tests.story.api import Caller
from tests.story.relays import Candidate
from tests.story.scheme import Consortium, Organization

ClientOf = Callable[[Organization], Caller]


def sent(hub: Hub, candidate: Candidate, agency: Organization) -> EnvelopeRow:
    approved = relays.approve(hub, candidate, relays.claim(hub, agency).id)
    return relays.release(hub, candidate, agency, approved)


def receipt(hub: Hub, agency: Organization, envelope_id: str) -> dict[str, str]:
    with hub.reading() as work:
        fact = releases.receiving(releases.carried(work, agency.actor, envelope_id))
    return {"attestation": agency.sign(hub, fact).jws}


def test_given_an_envelope_then_its_contents_come_after_the_receipt(
    hub: Hub, consortium: Consortium, client_of: ClientOf
) -> None:
    agency, origin = consortium.agencies[0], consortium.members[0]
    row = sent(hub, relays.enlist(hub, origin), agency)
    hub.sequence()
    caller, path = client_of(agency), f"/v1/agency/envelopes/{row.id}"
    (listed,) = caller.get("/v1/agency/envelopes").json()["items"]
    assert (listed["id"], listed["opened_at"]) == (row.id, None)
    assert listed["origin"]["slug"] == origin.slug
    before = caller.get(path).json()
    assert before["envelope"] is None
    log = note.VerifierKey.parse(hub.scheme.ledger_vkey)
    release, _ = Proof.from_document(before["release_proof"]).check(log)
    assert release.attestation.by == origin.slug
    answer = caller.post(f"{path}/receipt", receipt(hub, agency, row.id))
    assert answer.status_code == 200
    assert answer.json()["opened_at"] is not None
    envelope = caller.get(path).json()["envelope"]
    kid = jwk.kid_of(agency.sealing.public_key())
    assert sealing.open_envelope(envelope, agency.sealing, kid)["name"] == "架空 花子"


def test_given_a_neighbour_then_the_envelope_looks_absent(
    hub: Hub, consortium: Consortium, client_of: ClientOf
) -> None:
    agency, neighbour = consortium.agencies
    row = sent(hub, relays.enlist(hub, consortium.members[0]), agency)
    caller = client_of(neighbour)
    foreign = caller.get(f"/v1/agency/envelopes/{row.id}")
    absent = caller.get(f"/v1/agency/envelopes/env_{'0' * 26}")
    assert foreign.status_code == absent.status_code == 404
    assert foreign.json() == absent.json()
    assert caller.get("/v1/agency/envelopes").json()["items"] == []
    stolen = caller.post(f"/v1/agency/envelopes/{row.id}/receipt", receipt(hub, agency, row.id))
    assert stolen.status_code == 404


def test_given_a_release_without_a_checkpoint_then_its_proof_is_still_to_come(
    hub: Hub, consortium: Consortium, client_of: ClientOf
) -> None:
    agency = consortium.agencies[0]
    row = sent(hub, relays.enlist(hub, consortium.members[0]), agency)
    found = client_of(agency).get(f"/v1/agency/envelopes/{row.id}").json()
    assert found["release_proof"] is None
