"""People at the portal find the receipt of what they have signed, and of what they were told."""

import re

import httpx
import pytest

from exchange.hub import Hub
from tests.story import portal, recruiting, referrals, relays
from tests.story.portal import PortalPerson
from tests.story.scheme import Consortium
from tests.story.second_reader import check_receipt

KEY = re.compile(r'name="csrf_token" value="[^"]+"')
LINK = re.compile(r"/portal/receipts/([A-Za-z0-9_-]{22})")


@pytest.fixture
def recruiter(hub: Hub, consortium: Consortium, visitor: httpx.Client) -> PortalPerson:
    return portal.signed_in(hub, consortium.agencies[0], visitor)


def test_the_page_after_a_signature_names_the_receipt_of_that_very_act(
    hub: Hub, consortium: Consortium, recruiter: PortalPerson
) -> None:
    relays.enlist(hub, consortium.members[0])
    asked = recruiting.ask(hub, recruiter, "お話ししたいです。")
    assert "Afterwards you find its receipt under Receipts." in asked.text
    assert not LINK.search(asked.text)  # before the signature an address would lead nowhere
    (act,) = re.findall(r'name="act" value="([^"]+)"', asked.text)
    done = recruiter.answer_passkey(asked.text)
    assert "Signed and recorded." in done.text
    hub.sequence()
    answer = recruiter.http.get(f"/portal/receipts/{act}")
    assert LINK.findall(done.text)[0] == act
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    said = check_receipt(answer.content, hub.scheme.ledger_vkey)
    assert (said["id"], said["kind"]) == (act, "claim.made")


def test_the_list_names_acts_and_not_what_is_told_in_totals(
    hub: Hub, consortium: Consortium, visitor: httpx.Client
) -> None:
    member = consortium.members[0]
    referrals.consent(hub, member)
    person = portal.signed_in(hub, member, visitor)
    hub.sequence()
    page = person.http.get("/portal/receipts/").text
    assert "Organization admitted" in page
    assert "Whoever has the file can read the act, and check it:" in page
    assert "consent.given" not in page
    assert "Consent" not in LINK.sub("", page).replace("Consented", "")
    kinds = [
        check_receipt(person.http.get(f"/portal/receipts/{name}").content, hub.scheme.ledger_vkey)[
            "kind"
        ]
        for name in LINK.findall(page)
    ]
    assert kinds == ["key.registered", "org.cosigned", "org.admitted"]


def test_each_act_in_the_lists_of_an_agency_has_its_receipt(
    hub: Hub, consortium: Consortium, recruiter: PortalPerson
) -> None:
    agency = consortium.agencies[0]
    claim = relays.reach(hub, relays.enlist(hub, consortium.members[0]), agency)
    introduced = relays.introduce(hub, agency, claim, consortium.members[1].number)
    relays.start(hub, agency, introduced)
    hub.sequence()
    found = {}
    for path in ("claims", "envelopes", "introductions"):
        page = recruiter.http.get(f"/portal/{path}").text
        found[path] = [
            check_receipt(
                recruiter.http.get(f"/portal/receipts/{name}").content, hub.scheme.ledger_vkey
            )["kind"]
            for name in LINK.findall(page)
        ]
    assert found == {
        "claims": ["claim.made"],
        "envelopes": ["identity.released", "identity.received"],
        "introductions": ["introduction.made", "hire.reported"],
    }


def test_another_organizations_receipt_looks_absent(
    hub: Hub, consortium: Consortium, recruiter: PortalPerson
) -> None:
    relays.enlist(hub, consortium.members[0])
    claim = relays.claim(hub, consortium.agencies[1])
    hub.sequence()
    seen = recruiter.http.get(f"/portal/receipts/{claim.claim_attestation}")
    absent = recruiter.http.get(f"/portal/receipts/{'A' * 22}")
    # The key of the form to sign out tells the second at which it was given out.
    pages = [KEY.sub("", answer.text) for answer in (seen, absent)]
    assert (seen.status_code, pages[0]) == (404, pages[1])


def test_nobody_gets_one_without_signing_in(visitor: httpx.Client) -> None:
    for path in ("/portal/receipts/", f"/portal/receipts/{'A' * 22}"):
        assert visitor.get(path).status_code == 401


def test_an_address_that_somebody_made_up_shows_no_receipt(recruiter: PortalPerson) -> None:
    for named in ("", "x", "A" * 22, '"><b>', "%0A"):
        page = recruiter.http.get("/portal/claims", params={"receipt": named}).text
        assert "Signed and recorded." not in page


def test_a_long_list_is_read_page_by_page_to_its_first_act(
    hub: Hub, consortium: Consortium, recruiter: PortalPerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    relays.reach(hub, relays.enlist(hub, consortium.members[0]), consortium.agencies[0])
    hub.sequence()
    whole = LINK.findall(recruiter.http.get("/portal/receipts/").text)
    monkeypatch.setattr("exchange.web.organizations.receipt_pages.A_PAGE", 3)
    page, found = recruiter.http.get("/portal/receipts/").text, []
    assert "Newest acts" not in page
    while further := re.search(r'href="(/portal/receipts/\?before=[0-9]+)">Earlier acts', page):
        found += LINK.findall(page)
        page = recruiter.http.get(further[1]).text
        assert "Newest acts" in page
    assert [*found, *LINK.findall(page)] == whole
    assert len(whole) > 6


@pytest.mark.parametrize("before", ["-1", "x", "1e3", "9" * 16, "１"])
def test_a_place_that_is_none_shows_the_newest(
    hub: Hub, recruiter: PortalPerson, before: str
) -> None:
    hub.sequence()
    newest = LINK.findall(recruiter.http.get("/portal/receipts/").text)
    asked = recruiter.http.get("/portal/receipts/", params={"before": before})
    assert LINK.findall(asked.text) == newest != []


def test_before_the_first_act_there_is_none(hub: Hub, recruiter: PortalPerson) -> None:
    hub.sequence()
    page = recruiter.http.get("/portal/receipts/?before=0").text
    assert "There are no earlier acts." in page
    assert LINK.findall(page) == []
