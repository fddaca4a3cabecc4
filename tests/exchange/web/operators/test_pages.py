"""The office's page tells how the hub is, to the office alone."""

import httpx
import pytest
from flask import Flask

from exchange.services import witnesses
from exchange.store import witnesses as rows
from tests.story import forms
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


class TestAnAlarm:
    def test_is_shown_until_a_person_of_the_office_acknowledges_it(
        self, consortium: Consortium, app: Flask, office: Organization
    ) -> None:
        with consortium.hub.noting() as work:
            witnesses.raise_alarm(work, "w1", status=422, size=17, theirs=None)
        with browser(app) as http:
            signed_in(consortium.hub, office, http)
            page = http.get(HOME).text
            assert "A witness contradicts this ledger" in page
            assert "w1 refused the checkpoint of 17 entries" in page
            answer = forms.send(http, forms.form_to(page, "/alarms/1/acknowledgement"))
            assert (answer.status_code, answer.headers["Location"]) == (303, HOME)
            assert "A witness contradicts" not in http.get(HOME).text
        with consortium.hub.reading() as work:
            (alarm,) = rows.alarms(work.session)
        assert alarm.acknowledged_at is not None
        assert alarm.acknowledged_by.startswith("usr_")

    def test_is_acknowledged_by_nobody_else(self, consortium: Consortium, app: Flask) -> None:
        with consortium.hub.noting() as work:
            witnesses.raise_alarm(work, "w1", status=422, size=17, theirs=None)
        with browser(app) as http:
            signed_in(consortium.hub, consortium.auditor, http)
            answer = http.post(f"{HOME}alarms/1/acknowledgement")
            assert answer.status_code == 403
        with consortium.hub.reading() as work:
            assert len(rows.open_alarms(work.session)) == 1

    def test_speaks_japanese(
        self, consortium: Consortium, app: Flask, office: Organization
    ) -> None:
        with consortium.hub.noting() as work:
            witnesses.raise_alarm(work, "w1", status=422, size=17, theirs=None)
        with browser(app, "ja") as http:
            signed_in(consortium.hub, office, http)
            assert "立会人の記録が、この台帳と食い違っています" in http.get(HOME).text
