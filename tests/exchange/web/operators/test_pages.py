"""The office's page tells how the hub is, to the office alone."""

import httpx
import pytest
from flask import Flask

from tests.story.portal import signed_in
from tests.story.scheme import OFFICE, Consortium, Organization

HOME = "/portal/office/"


@pytest.fixture
def office(consortium: Consortium) -> Organization:
    """Return the office with its key."""
    signing = consortium.hub.keyring.signing["operator"]
    return Organization(slug=OFFICE, role="operator", number="", signing=signing)


def browser(app: Flask, language: str = "en") -> httpx.Client:
    """Return a browser that keeps cookies and asks for a language."""
    return httpx.Client(
        transport=httpx.WSGITransport(app=app),
        base_url="http://localhost:8400",
        headers={"Accept-Language": language},
    )


def test_the_office_sees_ledger_queue_and_organizations(
    consortium: Consortium, app: Flask, office: Organization
) -> None:
    with browser(app) as http:
        signed_in(consortium.hub, office, http)
        consortium.hub.sequence()
        page = http.get(HOME)
        assert page.status_code == 200
        assert "Entries in the ledger" in page.text
        assert "18" in page.text  # the consortium's 17, and the passkey's registration
        for organization in (*consortium.members, *consortium.agencies):
            assert organization.slug in page.text


def test_the_page_speaks_japanese(consortium: Consortium, app: Flask, office: Organization) -> None:
    with browser(app, "ja") as http:
        signed_in(consortium.hub, office, http)
        page = http.get(HOME)
        for word in ("稼働状況", "台帳の記載", "参加企業", "有効"):
            assert word in page.text


def test_another_role_is_refused(consortium: Consortium, app: Flask) -> None:
    with browser(app) as http:
        signed_in(consortium.hub, consortium.agencies[0], http)
        assert http.get(HOME).status_code == 403


def test_who_is_not_signed_in_is_led_to_signing_in(app: Flask) -> None:
    with browser(app) as http:
        page = http.get(HOME)
        assert page.status_code in {303, 401}
        assert "Entries in the ledger" not in page.text
