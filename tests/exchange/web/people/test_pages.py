from collections.abc import Callable
from datetime import timedelta

import httpx
import pytest
from flask import Flask

from exchange.hub import Hub
from exchange.services import people
from tests.story import api, portal
from tests.story.api import Caller
from tests.story.authenticator import Authenticator
from tests.story.forms import form_to
from tests.story.portal import PortalPerson
from tests.story.scheme import Consortium, Organization


@pytest.fixture
def agency(consortium: Consortium) -> Organization:
    return consortium.agencies[0]


@pytest.fixture
def person(hub: Hub, visitor: httpx.Client) -> PortalPerson:
    return PortalPerson(http=visitor, device=Authenticator(origin=hub.scheme.web_origin))


@pytest.fixture
def link(hub: Hub, agency: Organization) -> str:
    with hub.work() as work:
        return f"/portal/enrol/{people.invite_person(work, agency.actor, '佐倉 花子').token}"


def test_a_person_enrols_is_confirmed_by_the_organization_and_signs_in(
    agency: Organization,
    client_of: Callable[[Organization], Caller],
    person: PortalPerson,
    hub: Hub,
) -> None:
    caller = client_of(agency)
    invited = caller.post("/v1/people", {"display_name": "佐倉 花子"}).json()

    enrolled = person.enrol(invited["enrolment_url"])
    listed = caller.get("/v1/people").json()["items"]
    portal.confirm(hub, agency, invited["id"])
    inside = person.sign_in()

    assert enrolled.status_code == 200
    assert listed[0]["check"] in enrolled.text
    assert inside.status_code == 200
    assert "佐倉 花子" in inside.text
    assert "sakura Inc." in inside.text


def test_an_enrolment_page_says_whose_passkey_it_registers(person: PortalPerson, link: str) -> None:
    page = person.http.get(f"{link}?lang=ja")

    assert page.status_code == 200
    assert "株式会社sakura" in page.text
    assert "佐倉 花子" in page.text
    assert "passkeys.js" in page.text


def test_opening_an_enrolment_link_changes_nothing(person: PortalPerson, link: str) -> None:
    for _ in range(3):
        assert person.http.get(link).status_code == 200
    assert person.enrol(link).status_code == 200


def test_an_enrolment_link_works_once(person: PortalPerson, link: str) -> None:
    assert person.enrol(link).status_code == 200

    again = person.http.get(link)

    assert again.status_code == 410
    assert "Ask your organization for a new one." in again.text


def test_a_link_that_was_never_given_out_looks_ended(person: PortalPerson) -> None:
    assert person.http.get("/portal/enrol/" + "A" * 43).status_code == 410
    assert person.http.get("/portal/enrol/" + "A" * 42).status_code == 404


def test_somebody_who_is_not_confirmed_does_not_come_in(person: PortalPerson, link: str) -> None:
    person.enrol(link)

    answer = person.sign_in()

    assert answer.status_code == 401
    assert "your organization has to confirm you first" in answer.text


@pytest.mark.parametrize("path", ["/portal/sign-in", "/portal/sign-in/options", "/portal/sign-out"])
def test_nothing_is_taken_from_a_foreign_page(person: PortalPerson, path: str) -> None:
    assert person.http.post(path, data={"answer": "{}"}).status_code == 403


def test_an_enrolment_is_not_taken_from_a_foreign_page(person: PortalPerson, link: str) -> None:
    assert person.http.post(link, data={"answer": "{}"}).status_code == 403
    assert person.http.post(f"{link}/options").status_code == 403


@pytest.mark.parametrize("answer", ["", "{}", "x" * 30_000])
def test_an_answer_that_is_none_is_refused(person: PortalPerson, answer: str) -> None:
    page = person.http.get("/portal/sign-in").text
    form = form_to(page, "/portal/sign-in")

    refused = person.http.post(form.action, data=form.filled(answer=answer))

    assert refused.status_code == 401


def test_the_script_gets_its_refusals_as_problems(person: PortalPerson) -> None:
    refused = person.http.post("/portal/sign-in/options", headers={"Accept": "application/json"})

    assert refused.status_code == 403
    assert refused.json()["type"] == "/docs/problems#form-key"


def test_who_is_signed_in_is_led_to_where_their_work_begins(
    hub: Hub, agency: Organization, visitor: httpx.Client
) -> None:
    inside = portal.signed_in(hub, agency, visitor).http.get("/portal/", follow_redirects=True)

    assert inside.status_code == 200
    assert "sakura Inc. · 佐倉 花子" in inside.text


def test_who_is_not_signed_in_is_shown_where_to(visitor: httpx.Client) -> None:
    answer = visitor.get("/portal/")

    assert answer.status_code == 401
    assert 'href="/portal/sign-in"' in answer.text


def test_signing_in_leaves_nothing_of_the_session_before(
    app: Flask, hub: Hub, consortium: Consortium, agency: Organization, visitor: httpx.Client
) -> None:
    portal.signed_in(hub, agency, visitor)

    with api.visitor(app) as other:
        portal.signed_in(hub, consortium.members[0], other, "見本 太郎")
        visitor.cookies = other.cookies
        page = visitor.get("/portal/", follow_redirects=True).text

    assert "見本 太郎" in page
    assert "佐倉 花子" not in page


def test_a_session_ends_after_eight_hours(
    hub: Hub, agency: Organization, app: Flask, visitor: httpx.Client
) -> None:
    portal.signed_in(hub, agency, visitor)
    app.permanent_session_lifetime = timedelta(seconds=-1)

    assert visitor.get("/portal/").status_code == 401
