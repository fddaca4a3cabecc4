"""Colleagues invited to the portal, and confirmed after comparing their digits."""

from collections.abc import Callable

from flask import Flask

from exchange.hub import Hub
from tests.story import api
from tests.story.authenticator import Authenticator
from tests.story.clients import Client, the_one
from tests.story.portal import PortalPerson
from tests.story.scheme import Consortium, Organization

ClientOf = Callable[[Organization], Client]


def test_a_colleague_is_invited_enrols_and_is_confirmed(
    hub: Hub, app: Flask, sakura: Client
) -> None:
    invited = sakura.json("people", "invite", "佐倉 花子")
    person = str(invited["id"])
    assert sakura.run("people", "confirm", person, "--check", "1").code == 1
    with api.visitor(app) as http:
        colleague = PortalPerson(http=http, device=Authenticator(origin=hub.scheme.web_origin))
        link = str(invited["enrolment_url"]).removeprefix(hub.scheme.web_origin)
        colleague.enrol(link).raise_for_status()
    known = the_one(sakura.json("people", "list"), "people")
    assert (known["id"], known["state"]) == (person, "enrolled")
    wrong = sakura.run("people", "confirm", person, "--check", "0000")
    assert wrong.code == 1
    assert "Do not confirm" in " ".join(wrong.err.split())
    unsure = sakura.run("people", "confirm", person, answer="n\n")
    assert unsure.code == 1
    assert str(known["check"]) in unsure.err
    confirmed = sakura.json("people", "confirm", person, "--check", str(known["check"]))
    assert confirmed == {"id": person, "state": "confirmed"}
    hub.sequence()
    held = sakura.json("keys", "show", "--ledger")["keys"]
    assert isinstance(held, list)
    assert "passkey" in {key["purpose"] for key in held}


def test_somebody_elses_colleague_looks_absent(
    consortium: Consortium,
    client_of: ClientOf,
    sakura: Client,
) -> None:
    person = str(sakura.json("people", "invite", "佐倉 花子")["id"])
    hayabusa = client_of(consortium.agencies[1])
    said = hayabusa.run("people", "confirm", person, "--check", "1")
    assert said.code == 1
    assert hayabusa.json("people", "list") == {"people": []}
