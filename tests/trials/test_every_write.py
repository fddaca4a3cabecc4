"""Whatever write the hub accepts, by whatever route: what it attested can be followed to a proof.

The routes are the application's own: one that nobody walks here fails the test.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Final

import httpx
import pytest
from sqlalchemy import select

from exchange.app import create_app
from exchange.services.candidate_page import UNTOLD
from exchange.store.ledger import AttestationRow
from relay_protocol.attestation import SignedAttestation
from relay_protocol.note import VerifierKey
from relay_protocol.proof_file import decode_proof
from tests.story.every_way import (
    MANY,
    Walk,
    by_hand,
    by_machine,
    keys_and_people,
    months_later,
    own_pages,
)
from tests.story.overheard import Overheard, Write
from tests.story.second_reader import check_receipt

if TYPE_CHECKING:
    from tests.trials.conftest import Scene

QUIET: Final = {
    # What is kept beside the ledger, or is a step before the act that is attested.
    "/v1/people",
    "/v1/tellings/<int(max=9007199254740991):number>/acknowledgement",
    "/v1/agency/vacancies",
    "/v1/agency/introductions/<relay_id:introduction>/stages",
    "/c/<token:token>/form",
    "/c/<token:token>/companies",
    "/c/<token:token>/export",
    "/c/<token:token>/erase",
    "/portal/office/alarms/<int:alarm>/acknowledgement",
    "/portal/enrol/<token:token>",
    "/portal/enrol/<token:token>/options",
    "/portal/sign-in",
    "/portal/sign-in/options",
    "/portal/sign-out",
    "/portal/vacancies/new",
    "/portal/vacancies/<relay_id:vacancy>/claim/<pairwise>",
    "/portal/claims/<relay_id:claim>/end",
    "/portal/claims/<relay_id:claim>/introduce",
    "/portal/introductions/<relay_id:introduction>/stage",
    "/portal/introductions/<relay_id:introduction>/report",
    "/portal/member/hires/<relay_id:hire>/signature",
}
"""Routes whose writes attest nothing."""
OF_WITNESSES: Final = "/v1/witness/cosignatures"
"""Takes signatures of checkpoints; it writes nothing that a checkpoint could cover."""


@pytest.fixture
def walk(scene: "Scene") -> Iterator[Walk]:
    """Yield a scheme whose writes are overheard, on each of the databases."""
    with ExitStack() as stack:
        heard = Overheard(app=create_app(scene.hub), hub=scene.hub)
        yield Walk(consortium=scene.consortium, heard=heard, stack=stack)


def proven(walk: Walk, answer: httpx.Response, name: str) -> SignedAttestation:
    """Return what an answer proves: one act, as another reader finds it too."""
    assert answer.status_code == 200, (name, answer.text)
    log = walk.consortium.hub.scheme.ledger_vkey
    assert check_receipt(answer.content, log)["id"] == name
    return decode_proof(answer.content).check(VerifierKey.parse(log))[0]


def follow_links(walk: Walk, write: Write) -> None:
    """Follow what the API's answer says of the receipts of its caller's acts."""
    everyone = (walk.consortium.auditor, *walk.consortium.members, *walk.consortium.agencies)
    caller = walk.caller(next(one for one in everyone if one.slug == write.caller))
    named = {link.rpartition("/")[2]: link for link in write.links}
    due = {one.id for one in write.made if write.caller in one.parties}
    if len(due) == MANY:
        assert len(write.links) == 1, write
        items = caller.get(write.links[0]).json()["items"]
        assert due == {one["attestation"] for one in items[: len(due)]}, write
        return
    assert set(named) == due, write
    for name, link in named.items():
        signed = proven(walk, caller.get(link), name)
        assert (signed.method, signed.attestation.by) == ("jws", write.caller)


def follow_portal(walk: Walk, write: Write) -> None:
    """Follow what the portal says of the receipt of what somebody has signed there."""
    slug = {"/portal/agency/acts": "sakura", "/portal/member/hires/confirmation": "aozora"}[
        write.rule
    ]
    browser = walk.browsers[slug].http
    for one in write.made:
        if slug in one.parties:
            assert write.location.endswith(f"?receipt={one.id}"), write
            signed = proven(walk, browser.get(f"/portal/receipts/{one.id}"), one.id)
            assert (signed.method, signed.attestation.by) == ("assertion", slug)


def follow_candidates(walk: Walk) -> None:
    """Require on every candidate's page the receipt of every act about them."""
    hub = walk.consortium.hub
    with hub.reading() as work:
        rows = work.session.scalars(select(AttestationRow)).all()
    assert walk.candidates
    for candidate_id, person in walk.candidates.items():
        page = person.page()
        due = [
            row.id for row in rows if row.candidate_id == candidate_id and row.kind not in UNTOLD
        ]
        assert due
        for name in due:
            link = f"{person.own}/receipts/{name}"
            assert f'href="{link}"' in page
            proven(walk, person.http.get(link), name)


def test_every_write_leads_to_the_receipts_of_what_it_attested(walk: Walk, scene: "Scene") -> None:
    keys_and_people(walk)
    by_machine(walk)
    by_hand(walk)
    own_pages(walk)
    walk.consortium.hub.sequence()
    for write in walk.heard.writes:
        if write.rule.startswith("/portal/") and write.made:
            follow_portal(walk, write)
    # Nobody is signed in any more after months.
    months_later(walk)
    walk.consortium.hub.sequence()
    for write in walk.heard.writes:
        if write.caller:
            follow_links(walk, write)
    follow_candidates(walk)
    next(iter(walk.candidates.values())).erase()

    assert walk.heard.rules == walk.heard.every_rule() - {OF_WITNESSES}
    loud = {write.rule for write in walk.heard.writes if write.made}
    assert walk.heard.rules - loud == QUIET
    scene.audit()
