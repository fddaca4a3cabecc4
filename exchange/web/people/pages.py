"""Enrolling a passkey by a one-time link, signing in with it, and signing out."""

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from exchange.services import people as people_cases
from exchange.services import sign_in as sign_in_cases
from exchange.services.passkeys import check_words
from exchange.web.http import portal, wiring
from exchange.web.http.limits import limit_guessing

people = limit_guessing(Blueprint("people", __name__, url_prefix="/portal"))


@people.get("/")
def home() -> str | Answer:
    """Show where the person's work begins."""
    with portal.visit() as visit:
        first = portal.first_way(visit.visitor.role)
        return redirect(first, 303) if first else render_template("people/home.html")


@people.get("/enrol/<token:token>")
def enrolment(token: str) -> str:
    """Show whose passkey this link enrols, and for which organization."""
    with wiring.hub().reading() as work:
        person = people_cases.person_enrolling(work, token)
        organization = people_cases.organization_of(work, person)
        return render_template(
            "people/enrol.html", person=person, organization=organization, token=token
        )


@people.post("/enrol/<token:token>/options")
def enrolment_options(token: str) -> Response:
    """Answer what the browser is to make a passkey with."""
    portal.require_own_form()
    with wiring.hub().work() as work:
        return _options(people_cases.begin_enrolment(work, token))


@people.post("/enrol/<token:token>")
def enrol(token: str) -> str:
    """Keep the passkey; show the digits that the organization compares."""
    portal.require_own_form()
    with wiring.hub().work() as work:
        person = people_cases.enrol(work, token, request.form.get("answer", ""))
        organization = people_cases.organization_of(work, person)
        return render_template(
            "people/enrolled.html",
            person=person,
            organization=organization,
            check=check_words(people_cases.passkey_of(person)),
        )


@people.get("/sign-in")
def sign_in_page() -> str:
    """Show the button to sign in with."""
    return render_template("people/sign_in.html")


@people.post("/sign-in/options")
def sign_in_options() -> Response:
    """Answer what the browser is to sign in with."""
    portal.require_own_form()
    with wiring.hub().work() as work:
        return _options(sign_in_cases.begin_sign_in(work))


@people.post("/sign-in")
def sign_in() -> Answer:
    """Let the person in whose passkey has answered."""
    portal.require_own_form()
    with wiring.hub().work() as work:
        visitor = sign_in_cases.sign_in(work, request.form.get("answer", ""))
    portal.remember(visitor)
    return redirect(url_for("people.home"), 303)


@people.post("/sign-out")
def sign_out() -> Answer:
    """Let whoever is signed in be so no more, in this browser and in all others."""
    portal.require_own_form()
    with wiring.hub().work() as work:
        portal.forget(work)
    return redirect(url_for("people.sign_in_page"), 303)


def _options(text: str) -> Response:
    return Response(text, content_type="application/json")
