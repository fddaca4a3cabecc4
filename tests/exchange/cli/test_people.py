"""The office's own people at the terminal."""

from urllib.parse import urlsplit

import httpx

from exchange.app import create_app
from exchange.config import Settings
from exchange.hub import open_hub
from tests.exchange.cli.conftest import Type, said
from tests.story.authenticator import Authenticator
from tests.story.portal import PortalPerson


def test_a_person_of_the_office_is_invited_compared_and_confirmed(scheme: Type) -> None:
    invited = said(scheme("people", "invite", "事務局 一郎", "--json"))
    assert isinstance(invited, dict)
    hub = open_hub(Settings.from_environment())
    with httpx.Client(
        transport=httpx.WSGITransport(app=create_app(hub)), base_url=hub.scheme.web_origin
    ) as http:
        person = PortalPerson(http=http, device=Authenticator(origin=hub.scheme.web_origin))
        enrolled = person.enrol(urlsplit(invited["enrolment_url"]).path)
        listed = said(scheme("people", "list", "--json"))
        assert isinstance(listed, list)
        assert listed[0]["state"] == "enrolled"
        assert listed[0]["check"] in enrolled.text
        assert scheme("people", "confirm", invited["id"]).exit_code == 0
        assert person.sign_in().status_code == 200
        assert "台帳の記載" in http.get("/portal/office/?lang=ja").text
    hub.close()


def test_who_has_not_enrolled_cannot_be_confirmed(scheme: Type) -> None:
    invited = said(scheme("people", "invite", "事務局 一郎", "--json"))
    assert isinstance(invited, dict)
    refused = scheme("people", "confirm", invited["id"])
    assert refused.exit_code == 1
    assert "has enrolled" in refused.stderr


def test_an_unknown_person_cannot_be_confirmed(scheme: Type) -> None:
    assert scheme("people", "confirm", "usr_00000000000000000000000001").exit_code == 1
