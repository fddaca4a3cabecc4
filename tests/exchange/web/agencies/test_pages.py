"""The agency's part of the portal opens for its own people alone."""

import httpx

from exchange.hub import Hub
from exchange.web.agencies.pages import ROUTES
from tests.story import portal, recruiting, relays, scheme
from tests.story.portal import PortalPerson
from tests.story.scheme import Consortium

ELSEWHERE = scheme.corporate_number(700)
"""A company that is no member."""


def test_given_a_neighbours_ids_then_every_page_looks_absent(
    hub: Hub, consortium: Consortium, recruiter: PortalPerson
) -> None:
    neighbour = consortium.agencies[1]
    candidate = relays.enlist(hub, consortium.members[0])
    offered = relays.describe(hub, neighbour)
    pairwise = relays.sight_of(hub, neighbour, offered)
    claim = relays.reach(hub, candidate, neighbour)
    introduced = relays.introduce(hub, neighbour, claim, ELSEWHERE)
    for address in (
        f"/portal/vacancies/{offered.row.id}",
        f"/portal/vacancies/{offered.row.id}/claim/{pairwise}",
        f"/portal/claims/{claim.id}/end",
        f"/portal/claims/{claim.id}/introduce",
        f"/portal/introductions/{introduced.id}/report",
    ):
        assert recruiter.http.get(address).status_code == 404
    own = relays.describe(hub, consortium.agencies[0])
    strange = f"/portal/vacancies/{own.row.id}/claim/{pairwise}"
    assert recruiter.http.get(strange).status_code == 404


def test_given_nobody_signed_in_then_no_page_opens(visitor: httpx.Client) -> None:
    for address in ("/portal/vacancies", "/portal/claims", "/portal/dues", "/portal/formula"):
        assert visitor.get(address).status_code == 401


def test_given_a_member_then_the_agencies_pages_are_closed(
    hub: Hub, consortium: Consortium, visitor: httpx.Client
) -> None:
    person = portal.signed_in(hub, consortium.members[0], visitor)
    assert person.http.get("/portal/vacancies").status_code == 403


def test_given_a_form_without_its_key_then_nothing_is_done(
    hub: Hub, consortium: Consortium, recruiter: PortalPerson
) -> None:
    del consortium
    for method, rule, _ in ROUTES:
        if method == "POST" and "<" not in rule:
            answer = recruiter.http.post(f"/portal{rule}", data=recruiting.filled_in(hub))
            assert answer.status_code == 403


def test_given_the_portals_ways_then_each_leads_to_a_page(recruiter: PortalPerson) -> None:
    home = recruiter.http.get("/portal/", follow_redirects=True)
    assert home.url.path == "/portal/vacancies"
    for address in ("vacancies", "claims", "envelopes", "introductions", "dues"):
        assert f'href="/portal/{address}"' in home.text
        assert recruiter.http.get(f"/portal/{address}").status_code == 200
