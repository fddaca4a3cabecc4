"""A recruiter at the portal in a real browser, from the first link to a signed claim."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, ViewportSize
from sqlalchemy import select

from exchange.app import create_app
from exchange.services import ledger, people
from exchange.store import people as people_rows
from exchange.store.claims import ClaimRow
from exchange.store.ledger import AttestationRow
from relay_protocol.attestation import SignedAttestation
from tests.story import auditing, relays, scheme
from tests.story import portal as story
from tests.story.machine import free_port
from tests.story.scheme import Consortium

DESK = ViewportSize(width=1280, height=800)
MESSAGE = "ご経験を拝見し、この求人についてお話ししたいです。"
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
# Chromium would rather see RSA beside ES256; the ledger knows P-256 only.
ADVICE = "publicKey.pubKeyCredParams"
# The page of a refusal, which the test asks for.
REFUSED = "Failed to load resource: the server responded with a status of 422"


@pytest.fixture
def served(
    fresh_sqlite: Callable[[], str], tmp_path: Path, translated: None
) -> Iterator[Consortium]:
    """Yield a scheme with one listed profile, whose pages are served on this machine."""
    port = free_port()
    consortium = scheme.consortium(fresh_sqlite(), tmp_path, url=f"http://localhost:{port}")
    relays.enlist(consortium.hub, consortium.members[0])
    with auditing.serving(create_app(consortium.hub), port):
        yield consortium
    consortium.hub.close()


@pytest.fixture
def page(browser: Browser, served: Consortium) -> Iterator[Page]:
    """Yield a desk's browser with a passkey device; it asks nobody but the hub."""
    origin = served.hub.scheme.web_origin
    heard: set[str] = set()
    complaints: list[str] = []
    with browser.new_context(base_url=origin, locale="ja-JP", viewport=DESK) as context:
        context.on("request", lambda request: heard.add(urlsplit(request.url).netloc))
        page = context.new_page()
        devices = context.new_cdp_session(page)
        devices.send("WebAuthn.enable")
        devices.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
        page.on("console", lambda line: complaints.append(line.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        yield page
    assert heard == {urlsplit(origin).netloc}
    assert [line for line in complaints if not line.startswith((ADVICE, REFUSED))] == []


def shows(page: Page, heading: str) -> None:
    """Assert that a page stands there without barriers, nothing sticking out of the window."""
    page.get_by_role("heading", level=1).filter(has_text=heading).wait_for()
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), heading


def sign_in(served: Consortium, page: Page) -> None:
    """Enrol a passkey, let the agency's key confirm it by the digits, and sign in."""
    hub, agency = served.hub, served.agencies[0]
    with hub.work() as work:
        invited = people.invite_person(work, agency.actor, "佐倉 花子")
    page.goto(f"/portal/enrol/{invited.token}")
    page.get_by_role("button", name="パスキーを登録する").click()
    shows(page, "パスキーを登録しました")
    with hub.reading() as work:
        row = people_rows.person(work.session, invited.person.id)
        assert row is not None
        assert page.get_by_text(story.digits(people.passkey_of(row))).is_visible()
    story.confirm(hub, agency, invited.person.id)
    page.goto("/portal/sign-in")
    page.get_by_role("button", name="パスキーでサインインする").click()
    page.get_by_text("株式会社sakura · 佐倉 花子").wait_for()


def describe(served: Consortium, page: Page) -> None:
    """Type a vacancy, and ask who matches."""
    page.locator("#title").fill("バックエンドエンジニア")
    page.locator("#hirer_name").fill("株式会社かなめ")
    page.locator("#employment").select_option("permanent")
    page.locator("#fee_percent").fill("35")
    page.locator("#open_until").fill((relays.today(served.hub) + timedelta(days=30)).isoformat())
    page.locator("#description").fill("受発注システムの開発です。")
    page.locator("#required_skills").fill("Python, PostgreSQL")
    page.locator("#occupation").select_option("software")
    page.locator("#prefecture-13").check()
    page.locator("#salary_min_yen").fill("600")
    page.locator("#salary_max_yen").fill("800")
    page.locator("main form button[type=submit]").click()


def signed_claim(served: Consortium) -> tuple[ClaimRow, SignedAttestation]:
    """Return the one claim of the agency, and what was signed for it."""
    with served.hub.reading() as work:
        (claim,) = work.session.scalars(select(ClaimRow))
        made = select(AttestationRow).where(AttestationRow.kind == "claim.made")
        reveal = ledger.reveal_of(work, work.session.scalars(made).one())
    assert reveal is not None
    return claim, SignedAttestation(wire=reveal.signed)


def test_a_recruiter_describes_a_vacancy_and_claims_the_first_match_with_a_passkey(
    served: Consortium, page: Page
) -> None:
    sign_in(served, page)

    page.goto("/portal/vacancies/new")
    shows(page, "求人")
    describe(served, page)
    shows(page, "一致")
    pairwise = page.locator("main .id").first.inner_text()
    assert re.fullmatch(r"CR-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{2}", pairwise)
    assert page.locator("td.why").first.inner_text().strip()

    page.locator("a[data-enter]").first.click()
    shows(page, pairwise)
    page.locator("#message").fill("連絡は hanako@example.jp へ。")
    page.locator("main form button[type=submit]").click()
    page.get_by_role("alert").wait_for()
    shows(page, pairwise)
    page.locator("#message").fill(MESSAGE)
    page.locator("main form button[type=submit]").click()
    page.get_by_text(MESSAGE).wait_for()
    assert page.get_by_text(pairwise).first.is_visible()
    page.get_by_role("button", name="署名して送る").click()
    shows(page, "進行")
    assert page.get_by_role("heading", name=pairwise).is_visible()

    claim, signed = signed_claim(served)
    assert (claim.pairwise_id, claim.state) == (pairwise, "open")
    assert signed.method == "assertion"
    assert signed.attestation.refs == {"claim": claim.id}
