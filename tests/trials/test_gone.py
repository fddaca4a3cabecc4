"""Whoever was erased is gone from every answer at once, but from those that say so."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import httpx
import pytest

from exchange.app import create_app
from exchange.domain.organizations import Actor
from exchange.services import subject_requests
from exchange.store import claims as claim_rows
from relay_protocol.attestation import SignedAttestation
from relay_protocol.encoding import b64url_decode
from relay_protocol.entry import Reveal
from relay_protocol.proof_file import decode_proof
from tests.story import api, crowd, doors
from tests.story.api import Caller
from tests.story.crowd import Crowd

if TYPE_CHECKING:
    from tests.trials.conftest import Scene

READS = [one for one in doors.operations() if not one.is_write]
TELLINGS = "/v1/tellings"
PROOFS = {"/v1/reveals", "/v1/directory", "/v1/receipts"}
"""Answers that bear signed attestations."""


@pytest.fixture
def gathered(scene: "Scene") -> Crowd:
    """Return a scheme with two of everything, on each of the databases."""
    return crowd.gather(scene.consortium)


@pytest.fixture
def http(gathered: Crowd) -> Iterator[httpx.Client]:
    """Yield the way to its API."""
    with api.visitor(create_app(gathered.hub)) as visitor:
        yield visitor


def attested(proof: Mapping[str, str]) -> str:
    """Return what was attested, where a proof opens it."""
    if "file" in proof:
        proven = decode_proof(proof["file"].encode()).reveal
        return "" if proven is None else legible(proven)
    if not proof["reveal"]:
        return ""
    return legible(Reveal.decode(b64url_decode(proof["reveal"])))


def legible(reveal: Reveal) -> str:
    """Return what a reveal holds, as it was signed."""
    return SignedAttestation(wire=reveal.signed).attestation.encode().decode()


def answers(gathered: Crowd, http: httpx.Client) -> Iterator[tuple[str, str]]:
    """Yield everything that every organization can read, by address, proofs made legible."""
    consortium = gathered.consortium
    for organization in (*consortium.members, *consortium.agencies):
        caller = Caller(organization=organization, hub=gathered.hub, http=http)
        for operation in READS:
            if operation.role not in {"", organization.role}:
                continue
            parts = {
                "vacancy": gathered.offered.row.id,
                "envelope": gathered.envelopes[0].id,
            }
            told = caller.get(operation.address(**parts))
            text = told.text
            if operation.path in PROOFS:
                text += "".join(map(attested, told.json()["items"]))
            yield operation.path, text


def holds(text: str, names: set[str]) -> bool:
    """Return whether a text holds any of the names."""
    return any(name in text for name in names)


def test_an_erased_person_is_in_no_answer_but_the_telling_of_it(
    gathered: Crowd, http: httpx.Client
) -> None:
    hub, (hired, *_) = gathered.hub, gathered.hired
    with hub.reading() as work:
        claim = claim_rows.claim(work.session, gathered.envelopes[0].claim_id)
        assert claim is not None
        names = {
            claim.id,
            claim.pairwise_id,
            claim.candidate_id,
            claim.referral_id,
            gathered.envelopes[0].id,
            gathered.introduced[0].id,
            hired.id,
        }
        actor = Actor(kind="candidate", candidate_id=claim.candidate_id)
    before = [(path, text) for path, text in answers(gathered, http) if holds(text, names)]
    assert {path for path, _ in before} >= {
        "/v1/agency/claims",
        "/v1/agency/envelopes",
        "/v1/agency/introductions",
        "/v1/member/hires",
        "/v1/member/referrals",
        "/v1/reveals",
        "/v1/receipts",
    }

    with hub.work() as work:
        subject_requests.erase(work, actor)

    after = {path for path, text in answers(gathered, http) if holds(text, names)}
    assert after == {TELLINGS}
