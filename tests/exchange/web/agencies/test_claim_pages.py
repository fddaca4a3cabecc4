"""A recruiter claims, ends claims, and finds envelopes; each act is signed."""

from exchange.hub import Hub
from exchange.services import ledger
from exchange.store import claims as claim_rows
from exchange.store import ledger as ledger_rows
from relay_protocol.attestation import SignedAttestation
from tests.story import recruiting, relays
from tests.story.forms import form_to, forms_in, send
from tests.story.portal import PortalPerson
from tests.story.scheme import Consortium, Organization


def test_given_a_match_then_the_claim_is_signed_with_the_recruiters_passkey(
    hub: Hub, consortium: Consortium, agency: Organization, recruiter: PortalPerson
) -> None:
    candidate = relays.enlist(hub, consortium.members[0])
    board = recruiting.claim(hub, recruiter)
    assert board.status_code == 200
    assert "Waits for the candidate" in board.text
    assert "6 days left" in board.text
    with hub.reading() as work:
        (claim,) = claim_rows.claims_of_agency(work.session, agency.slug)
        row = ledger_rows.attestation(work.session, claim.claim_attestation)
        assert row is not None
        reveal = ledger.reveal_of(work, row)
    assert claim.candidate_id == candidate.id
    assert reveal is not None
    signed = SignedAttestation(wire=reveal.signed)
    assert (signed.method, signed.attestation.by) == ("assertion", agency.slug)


def test_given_a_message_with_a_number_then_the_form_says_so_and_keeps_the_words(
    hub: Hub, consortium: Consortium, recruiter: PortalPerson
) -> None:
    relays.enlist(hub, consortium.members[0])
    page = recruiting.ask(hub, recruiter, "090-0000-1234 まで")
    assert page.status_code == 422
    assert "telephone number" in page.text
    assert forms_in(page.text)[-1].value("message") == "090-0000-1234 まで"


def test_given_an_own_claim_then_it_ends_by_signature(
    hub: Hub, consortium: Consortium, agency: Organization, recruiter: PortalPerson
) -> None:
    relays.enlist(hub, consortium.members[0])
    recruiting.claim(hub, recruiter)
    with hub.reading() as work:
        (claim,) = claim_rows.claims_of_agency(work.session, agency.slug)
    address = f"/portal/claims/{claim.id}/end"
    form = form_to(recruiter.http.get(address).text, address)
    asked = send(recruiter.http, form, reason="filled")
    board = recruiter.answer_passkey(asked.text)
    assert "The job is filled" in board.text
    with hub.reading() as work:
        (over,) = claim_rows.claims_of_agency(work.session, agency.slug)
    assert (over.state, over.reason) == ("ended", "filled")


def test_given_an_envelope_then_the_page_says_how_to_open_it(
    hub: Hub, consortium: Consortium, agency: Organization, recruiter: PortalPerson
) -> None:
    candidate = relays.enlist(hub, consortium.members[0])
    approved = relays.approve(hub, candidate, relays.claim(hub, agency).id)
    envelope = relays.release(hub, candidate, agency, approved)
    page = recruiter.http.get("/portal/envelopes")
    assert f"relay envelope open {envelope.id}" in page.text
    assert "waits for you" in page.text
    assert "mirai Inc." in page.text
    relays.receive(hub, agency, envelope.id)
    assert "received" in recruiter.http.get("/portal/envelopes").text
    relays.wait(hub, days=7)
    gone = recruiter.http.get("/portal/envelopes").text
    assert "deleted from the exchange" in gone
