"""The agency's pages in a real browser: led by the keyboard, readable by everybody, quiet."""

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from exchange.app import create_app
from tests.story import api, portal, relays, scheme
from tests.story.machine import free_port
from tests.story.scheme import Consortium


@pytest.fixture
def opened(fresh_sqlite: Callable[[], str], tmp_path: Path) -> Iterator[Consortium]:
    """Open a scheme at a free port of this machine, with claims in every state."""
    consortium = scheme.consortium(fresh_sqlite(), tmp_path, url=f"http://localhost:{free_port()}")
    hub, agency = consortium.hub, consortium.agencies[0]
    reached = relays.reach(hub, relays.enlist(hub, consortium.members[0]), agency)
    relays.start(hub, agency, relays.introduce(hub, agency, reached, consortium.members[1].number))
    relays.introduce(hub, agency, reached, consortium.members[2].number)
    for member in consortium.members:
        relays.enlist(hub, member)
    relays.claim(hub, agency)
    yield consortium
    hub.close()


@pytest.fixture
def page(browser: Browser, opened: Consortium, translated: None) -> Iterator[Page]:
    """Serve the scheme, and open a browser in which a recruiter is signed in."""
    hub = opened.hub
    app = create_app(hub)
    with api.visitor(app) as client:
        cookie = _cookie(opened, client)
    url = hub.scheme.web_origin
    server = make_server("localhost", int(url.rpartition(":")[2]), app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    context = browser.new_context(
        base_url=url, locale="ja-JP", viewport={"width": 1440, "height": 900}
    )
    context.add_cookies([{"name": "relay", "value": cookie, "url": url}])
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda line: complaints.append(line.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    server.shutdown()
    thread.join()
    server.server_close()
    assert complaints == []


def _cookie(opened: Consortium, client: httpx.Client) -> str:
    portal.signed_in(opened.hub, opened.agencies[0], client)
    return client.cookies["relay"]


def test_every_page_can_be_read_by_everybody(page: Page) -> None:
    for address in (
        "/portal/vacancies",
        "/portal/vacancies/new",
        "/portal/formula",
        "/portal/claims",
        "/portal/envelopes",
        "/portal/introductions",
        "/portal/dues",
    ):
        page.goto(address)
        assert_accessible(page)
    page.goto("/portal/claims")
    page.get_by_role("link", name="推薦する").first.click()
    assert_accessible(page)
    page.goto("/portal/introductions")
    page.get_by_role("link", name="報告する").first.click()
    assert_accessible(page)


def test_a_phone_at_200_percent_is_never_too_narrow(page: Page) -> None:
    page.set_viewport_size({"width": 195, "height": 422})
    for address in ("/portal/claims", "/portal/envelopes", "/portal/receipts/"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), address


def test_matches_are_walked_and_claimed_by_the_keyboard_alone(page: Page) -> None:
    page.goto("/portal/vacancies")
    page.get_by_role("link", name="バックエンドエンジニア").first.click()
    page.get_by_role("heading", name="一致 4人").wait_for()
    assert_accessible(page)
    doors = page.locator("[data-enter]")
    focused = "element => element === document.activeElement"
    page.keyboard.press("j")
    assert doors.nth(0).evaluate(focused)
    page.keyboard.press("j")
    assert doors.nth(1).evaluate(focused)
    page.keyboard.press("k")
    page.keyboard.press("k")
    assert doors.nth(0).evaluate(focused)
    page.keyboard.press("?")
    page.get_by_role("heading", name="並べ方の式").wait_for()
    page.go_back()
    page.locator("a.btn[data-enter]").first.focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="署名へ進む").wait_for()
    assert_accessible(page)
    page.get_by_role("textbox").fill("お話ししたいです。j k ?")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="パスキーで署名").wait_for()
    assert page.get_by_text("お話ししたいです。j k ?", exact=True).is_visible()
    assert_accessible(page)


def assert_accessible(page: Page) -> None:
    """Assert that axe finds nothing to mend, and that nothing sticks out of the window."""
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
