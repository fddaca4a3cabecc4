"""One candidate on a phone, in Japanese, from the letter's link to being forgotten."""

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page, ViewportSize, expect
from werkzeug.serving import make_server

from exchange.app import create_app
from relay_protocol.codes import GROUPS
from tests.story import referrals, relays, scheme
from tests.story.machine import free_port
from tests.story.scheme import Consortium

PHONE: ViewportSize = {"width": 390, "height": 844}
ZOOMED: ViewportSize = {"width": 195, "height": 422}
LARGEST_STYLE_BYTES = 10_240


@pytest.fixture
def opened(fresh_sqlite: Callable[[], str], tmp_path: Path) -> Iterator[Consortium]:
    """Open a scheme at a free port of this machine."""
    consortium = scheme.consortium(fresh_sqlite(), tmp_path, url=f"http://localhost:{free_port()}")
    yield consortium
    consortium.hub.close()


@pytest.fixture
def served(opened: Consortium, translated: None) -> Iterator[Flask]:
    """Serve the scheme at its address."""
    app = create_app(opened.hub)
    port = int(opened.hub.scheme.web_origin.rpartition(":")[2])
    server = make_server("localhost", port, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield app
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def page(browser: Browser, opened: Consortium, served: Flask) -> Iterator[Page]:
    """Open a phone that runs no script, and is told nothing by the console."""
    context = browser.new_context(
        base_url=opened.hub.scheme.web_origin,
        locale="ja-JP",
        viewport=PHONE,
        java_script_enabled=False,
    )
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda line: complaints.append(line.text))
    yield page
    assert context.cookies() == []
    context.close()
    assert complaints == []


def test_a_candidate_consents_fills_in_lists_accepts_and_is_erased(
    opened: Consortium, page: Page
) -> None:
    hub, agency = opened.hub, opened.agencies[0]
    invited = referrals.invite(hub, opened.members[0])

    # 1. From whom, and "yes, show me".
    page.goto(f"/i/{invited.token}")
    expect(page.get_by_role("heading", level=1)).to_have_text("株式会社miraiからのご案内です")
    page.get_by_role("link", name="内容を見て決める").click()

    # 2. What and to whom.
    for group in ("スキル", "経験", "希望条件", "希望勤務地", "語学"):
        page.get_by_role("switch", name=group).first.check()
    page.get_by_role("switch", name="似た方が少なくても公開する").check()
    page.get_by_role("checkbox", name="18歳以上です").check()
    page.get_by_role("button", name="同意する").click()

    # 3. Their own link, and the form behind it.
    link = page.locator(".link a").inner_text()
    assert link.startswith(f"{hub.scheme.web_origin}/c/")
    page.get_by_role("link", name="短い記入に進む").click()
    page.get_by_label("職種").select_option(label="ソフトウェア開発")
    page.get_by_label("経験年数").fill("\uff16")
    page.get_by_label("スキル").fill("Python\nPostgreSQL")
    page.get_by_label("希望勤務地").select_option(label="東京都")
    page.get_by_label("希望年収").fill("650")
    page.get_by_role("button", name="見え方を確かめる").click()

    # 4. As agencies see it; then listed.
    expect(page.get_by_role("heading", level=1)).to_have_text("紹介会社にはこう見えます")
    expect(page.get_by_text("東日本")).to_be_visible()
    page.get_by_role("button", name="公開する").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("プロフィールを公開しています。")

    # 5. An agency asks, and is accepted with a deliberate tick.
    relays.claim(hub, agency)
    page.goto(link)
    page.get_by_role("checkbox", name="この会社に氏名と連絡先を伝えます").check()
    page.get_by_role("button", name="承諾して連絡先を伝える").click()
    expect(page.get_by_role("status")).to_contain_text("承諾しました")
    expect(page.get_by_text("連絡先をお届け中")).to_be_visible()

    # 6. Everything is taken along, and then erased.
    page.get_by_role("link", name="データを受け取る").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="受け取る").click()
    assert download.value.suggested_filename == "career-relay.json"
    page.goto(link)
    page.get_by_role("link", name="すべて消去する").click()
    page.get_by_role("checkbox", name="はい、私についてのすべてを消去します").check()
    page.get_by_role("button", name="消去する").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("消去しました")
    assert page.request.get(link).status == 404


@pytest.mark.parametrize("tongue", ["ja", "en"])
def test_every_page_can_be_read_by_everybody_and_fits_a_phone(
    browser: Browser, opened: Consortium, served: Flask, tongue: str
) -> None:
    hub = opened.hub
    invited = referrals.invite(hub, opened.members[0])
    draft = referrals.consent(hub, opened.members[0], groups=GROUPS)
    referrals.add(hub, draft, {"stage_reached": "document", "endorsement": "聞く力があります。"})
    asked = relays.enlist(hub, opened.members[1])
    relays.claim(hub, opened.agencies[0])
    paths = [
        *(f"/i/{invited.token}{rest}" for rest in ("", "/no", "/consent")),
        f"/i/{draft.invited.token}",
        f"/c/{asked.token}",
        *(f"/c/{draft.token}/{rest}" for rest in ("form", "preview", "export", "erase")),
        f"/c/{draft.token}/withdraw",
    ]
    # The checker needs a script of its own in the page, which the page's policy would refuse.
    context = browser.new_context(
        base_url=hub.scheme.web_origin, viewport=PHONE, locale=tongue, bypass_csp=True
    )
    page = context.new_page()
    for path in paths:
        page.goto(f"{path}?lang={tongue}")
        found = Axe().run(page)
        assert found.violations_count == 0, f"{path}\n{found.generate_report()}"
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= PHONE["width"], path
        small = page.evaluate(SMALL_TARGETS)
        assert small == [], f"{path}: {small}"
        # As large as people set it: 200 % on the same phone.
        page.set_viewport_size(ZOOMED)
        assert page.evaluate("document.documentElement.scrollWidth") <= ZOOMED["width"], path
        page.set_viewport_size(PHONE)
    context.close()


SMALL_TARGETS = """() => [...document.querySelectorAll('button, .button, .switch, .tick, summary')]
    .filter(target => target.offsetHeight && target.offsetHeight < 44)
    .map(target => target.outerHTML.slice(0, 80))"""


def test_the_style_of_these_pages_is_small() -> None:
    style = Path(__file__).parents[4] / "exchange/web/static/quiet.css"
    assert style.stat().st_size <= LARGEST_STYLE_BYTES
