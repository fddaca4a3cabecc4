from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask, render_template, render_template_string, request
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from exchange.app import create_app
from exchange.services import ledger, people, sign_in
from exchange.services.ledger import Fact
from exchange.store import people as people_rows
from exchange.web.http import portal
from relay_protocol.encoding import b64url_encode
from tests.story import portal as story
from tests.story import scheme
from tests.story.machine import free_port
from tests.story.scheme import Consortium

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
CLAIM = Fact(
    kind="claim.made",
    refs={"claim": "clm_0123456789abcdefghjkmnpqrs"},
    body={
        "pairwise": "CR-2222-2222-22",
        "vacancy": b64url_encode(b"v" * 32),
        "job_kind": "mid-career",
    },
)

SIGNED = """{% extends "work.html" %}{% block title %}Signed{% endblock %}
{% block main %}<h1>{{ act }}</h1><p>{{ form["message"] }}</p>{% endblock %}"""
# Chromium would rather see RSA beside ES256; the ledger knows P-256 only.
ADVICE = "publicKey.pubKeyCredParams"


@pytest.fixture
def opened(fresh_sqlite: Callable[[], str], tmp_path: Path) -> Iterator[Consortium]:
    """Open a scheme at a free port of this machine."""
    consortium = scheme.consortium(fresh_sqlite(), tmp_path, url=f"http://localhost:{free_port()}")
    yield consortium
    consortium.hub.close()


@pytest.fixture
def address(opened: Consortium, translated: None) -> Iterator[str]:
    """Serve the scheme, with one page that asks for a signature."""
    app = create_app(opened.hub)
    _add_signing(app)
    url = opened.hub.scheme.web_origin
    server = make_server("localhost", int(url.rpartition(":")[2]), app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield url
    server.shutdown()
    thread.join()
    server.server_close()


def _add_signing(app: Flask) -> None:
    @app.get("/portal/test/prepared")
    def prepared() -> str:
        hub = app.extensions["hub"].hub
        with portal.visit() as visit:
            actor = visit.actor
        with hub.work() as work:
            act = sign_in.prepare_act(work, actor, CLAIM, {"message": "お話ししたいです。"})
        return render_template(
            "sign.html",
            act=act,
            action="/portal/test/signed",
            sentence="受付番号 CR-2222-2222-22 の方に打診します。",
            facts=[("求人", "バックエンドエンジニア"), ("期限", "12月8日")],
            back="/portal/",
        )

    @app.post("/portal/test/signed")
    def signed() -> str:
        with portal.act() as visit:
            taken = sign_in.take_act(
                visit.work, visit.actor, request.form["act"], request.form["answer"]
            )
            recorded = ledger.attest(visit.work, taken.signed, CLAIM, orgs=("sakura",))
            return render_template_string(SIGNED, act=recorded.id, form=taken.form)


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """Open a phone with a passkey device whose person is always willing."""
    context = browser.new_context(
        base_url=address, locale="ja-JP", viewport={"width": 390, "height": 844}
    )
    page = context.new_page()
    devices = context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    complaints: list[str] = []
    page.on("console", lambda line: complaints.append(line.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert [line for line in complaints if not line.startswith(ADVICE)] == []


def test_a_person_enrols_signs_in_and_signs_an_act_in_a_real_browser(
    opened: Consortium, page: Page
) -> None:
    hub, agency = opened.hub, opened.agencies[0]
    with hub.work() as work:
        invited = people.invite_person(work, agency.actor, "佐倉 花子")

    page.goto(f"/portal/enrol/{invited.token}")
    assert_accessible(page)
    page.get_by_role("button", name="パスキーを登録する").click()
    page.get_by_role("heading", name="パスキーを登録しました").wait_for()
    with hub.reading() as work:
        row = people_rows.person(work.session, invited.person.id)
        assert row is not None
        check = people.passkey_of(row)
    assert page.get_by_text(story.digits(check)).is_visible()
    assert_accessible(page)

    story.confirm(hub, agency, invited.person.id)
    page.goto("/portal/sign-in")
    assert_accessible(page)
    page.get_by_role("button", name="パスキーでサインインする").click()
    page.get_by_text("株式会社sakura · 佐倉 花子").wait_for()

    page.goto("/portal/test/prepared")
    assert page.get_by_text("CR-2222-2222-22").first.is_visible()
    assert_accessible(page)
    page.get_by_role("button", name="署名して送る").click()
    page.get_by_text("お話ししたいです。").wait_for()
    page.goto("/portal/sign-in")
    page.get_by_role("button", name="サインアウト").wait_for(state="detached")


def test_a_refused_page_can_be_read_by_everybody(page: Page) -> None:
    for path in ("/", "/docs/problems", "/portal/sign-in"):
        page.goto(path)
        assert_accessible(page)


def assert_accessible(page: Page) -> None:
    """Assert that axe finds nothing to mend, and that nothing sticks out of a phone."""
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
