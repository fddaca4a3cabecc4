import httpx
import pytest
from flask import Flask, render_template_string

from exchange.app import create_app
from exchange.hub import Hub
from exchange.services import organizations
from exchange.services.ledger import Fact
from exchange.web.http import languages, portal
from tests.story import portal as people_of_the_story
from tests.story.forms import forms_in
from tests.story.portal import PortalPerson
from tests.story.scheme import Consortium, Organization

PAGE = """{% extends "work.html" %}{% block main %}
<form method="post" action="/portal/test/act">
<input type="hidden" name="csrf_token" value="{{ csrf_token() }}"></form>{% endblock %}"""


@pytest.fixture
def engine() -> str:
    """Ask one engine only: who may see which page does not depend on it."""
    return "sqlite"


@pytest.fixture
def agency(consortium: Consortium) -> Organization:
    return consortium.agencies[0]


@pytest.fixture
def app(hub: Hub, translated: None) -> Flask:
    app = create_app(hub)

    @app.get("/portal/test")
    def vacancies() -> str:
        with portal.visit("agency") as visit:
            return render_template_string(PAGE) + f"<!-- {visit.actor.slug} -->"

    @app.get("/portal/test/members")
    def members() -> str:
        with portal.visit("member"):
            return "members only"

    @app.post("/portal/test/act")
    def act() -> str:
        with portal.act("agency") as visit:
            return f"done by {visit.visitor.display_name} at {visit.work.now.year}"

    return app


@pytest.fixture
def one_way(translated: None) -> Flask:
    """Return an app in which one door of the agencies' stands, and no other."""
    app = Flask("exchange")
    languages.speak(app)
    app.add_url_rule("/portal/test/ways", endpoint="agency_pages.vacancies", view_func=str)
    return app


@pytest.fixture
def person(hub: Hub, agency: Organization, visitor: httpx.Client) -> PortalPerson:
    return people_of_the_story.signed_in(hub, agency, visitor)


def test_nobody_sees_a_page_without_signing_in(visitor: httpx.Client) -> None:
    answer = visitor.get("/portal/test")

    assert answer.status_code == 401
    assert "/portal/sign-in" in answer.text


def test_who_is_signed_in_sees_the_page_their_name_and_their_ways(person: PortalPerson) -> None:
    page = person.http.get("/portal/vacancies")

    assert page.status_code == 200
    assert "sakura Inc. · 佐倉 花子" in page.text
    assert '<a href="/portal/vacancies" aria-current="page">Vacancies</a>' in page.text
    assert page.text.count('aria-current="page"') == 1
    assert "Statements" not in page.text


def test_the_page_of_another_role_is_refused(person: PortalPerson) -> None:
    assert person.http.get("/portal/test/members").status_code == 403


def test_a_form_given_out_to_this_browser_is_an_act(person: PortalPerson) -> None:
    page = person.http.get("/portal/test").text
    form = next(form for form in forms_in(page) if form.action == "/portal/test/act")

    answer = person.http.post(form.action, data=form.filled())

    assert answer.status_code == 200
    assert answer.text.startswith("done by 佐倉 花子")


@pytest.mark.parametrize("csrf_token", ["", "x", None])
def test_a_form_from_elsewhere_is_refused(person: PortalPerson, csrf_token: str | None) -> None:
    content = {} if csrf_token is None else {"csrf_token": csrf_token}

    answer = person.http.post("/portal/test/act", data=content)

    assert answer.status_code == 403
    assert "form" in answer.text.lower()


def test_a_form_of_one_browser_does_not_serve_another(
    app: Flask, hub: Hub, agency: Organization, person: PortalPerson
) -> None:
    page = person.http.get("/portal/test").text
    token = next(form for form in forms_in(page) if form.action == "/portal/test/act")
    transport = httpx.WSGITransport(app=app)
    with httpx.Client(transport=transport, base_url="http://localhost:8400") as browser:
        other = people_of_the_story.signed_in(hub, agency, browser, "浜 次郎")

        answer = other.http.post("/portal/test/act", data=token.filled())

    assert answer.status_code == 403


def test_who_signs_out_is_out(person: PortalPerson) -> None:
    page = person.http.get("/portal/test").text
    form = next(form for form in forms_in(page) if form.action == "/portal/sign-out")

    left = person.http.post(form.action, data=form.filled())

    assert left.status_code == 303
    assert person.http.get("/portal/test").status_code == 401


def test_a_copied_cookie_ends_with_the_sign_out_and_a_new_sign_in_begins(
    app: Flask, person: PortalPerson
) -> None:
    transport = httpx.WSGITransport(app=app)
    with httpx.Client(transport=transport, base_url="http://localhost:8400") as thief:
        thief.cookies = httpx.Cookies(person.http.cookies)
        page = thief.get("/portal/test")
        assert page.status_code == 200
        form = next(form for form in forms_in(page.text) if form.action == "/portal/sign-out")
        person.http.post(form.action, data=form.filled())

        assert thief.get("/portal/test").status_code == 401
        person.sign_in()
        assert person.http.get("/portal/test").status_code == 200
        assert thief.get("/portal/test").status_code == 401


def test_a_revoked_passkey_is_out_at_the_next_request(
    hub: Hub, agency: Organization, person: PortalPerson
) -> None:
    credential = people_of_the_story.credential_of(person)
    revoke = Fact(kind="key.revoked", body={"kid": credential})
    assert person.http.get("/portal/test").status_code == 200

    with hub.work() as work:
        organizations.revoke_key(work, agency.actor, agency.sign(hub, revoke))

    assert person.http.get("/portal/test").status_code == 401


def test_a_suspended_organization_is_out_at_the_next_request(
    hub: Hub, person: PortalPerson
) -> None:
    with hub.work() as work:
        organizations.suspend(work, "sakura", "rules-broken")

    assert person.http.get("/portal/test").status_code == 401


def test_the_cookie_is_for_this_site_alone_and_no_script_reads_it(person: PortalPerson) -> None:
    cookie = person.sign_in().history[0].headers["Set-Cookie"]

    assert cookie.startswith("relay=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Expires" in cookie
    assert "Secure" not in cookie


def test_on_https_the_cookie_is_secure_and_bound_to_the_host() -> None:
    app = Flask(__name__)
    portal.furnish(app, secret=b"s" * 32, https=True)

    assert app.config["SESSION_COOKIE_SECURE"] is True
    assert app.config["SESSION_COOKIE_NAME"] == "__Host-relay"
    assert app.permanent_session_lifetime.total_seconds() == 8 * 3600


def test_the_pages_below_a_way_belong_to_it(one_way: Flask) -> None:
    for path, here in (
        ("/portal/test/ways", True),
        ("/portal/test/ways/vac/matches", True),
        ("/portal/test/waysides", False),
        ("/portal/test", False),
    ):
        with one_way.test_request_context(path):
            assert [way.here for way in portal.ways("agency")] == [here], path


def test_a_way_whose_door_is_not_there_is_left_out(one_way: Flask) -> None:
    with one_way.test_request_context("/portal/test/ways"):
        assert [way.label for way in portal.ways("agency")] == ["求人"]
        assert portal.first_way("agency") == "/portal/test/ways"
        assert portal.ways("auditor") == []
        assert portal.first_way("nobody") is None
