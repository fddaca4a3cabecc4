"""A candidate with a phone: Japanese, 390 pixels wide, no script, nobody else in the room."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize

from exchange.app import create_app
from tests.story import auditing, relays, scheme
from tests.story.machine import free_port
from tests.story.scheme import Consortium

PHONE = ViewportSize(width=390, height=844)
GROUPS = ("skills", "experience", "preferences", "location", "summary")
LARGEST_STYLE = 10_000


@dataclass(kw_only=True)
class Phone:
    """A browser that runs no script, and beside it one that looks for barriers with a script.

    Attributes:
        asked: every address that the first has asked for.
    """

    page: Page
    checker: Page
    asked: list[str] = field(default_factory=list)

    def shows(self, heading: str) -> None:
        """Assert that a page stands there, in Japanese, whole, quiet and without barriers."""
        heard = self.page.locator("h1").inner_text()
        assert heading in heard
        assert self.page.locator("html").get_attribute("lang") == "ja"
        assert self.page.context.cookies() == []
        # What the script finds is found on a copy: the page itself never runs one.
        self.checker.set_content(self.page.content(), wait_until="networkidle")
        found = Axe().run(self.checker)
        assert found.violations_count == 0, found.generate_report()
        assert self.checker.evaluate("document.documentElement.scrollWidth <= innerWidth"), heard

    def press(self, selector: str) -> None:
        """Press what a finger would press, and wait for the page that comes of it."""
        with self.page.expect_navigation():
            self.page.locator(selector).click()

    def switch_on(self, name: str, *values: str) -> None:
        """Switch on what the page offers."""
        for value in values:
            self.page.locator(f'input[name="{name}"][value="{value}"]').check()


@pytest.fixture
def served(
    fresh_sqlite: Callable[[], str], tmp_path: Path, translated: None
) -> Iterator[Consortium]:
    """Yield a scheme whose pages are served on this machine."""
    port = free_port()
    consortium = scheme.consortium(fresh_sqlite(), tmp_path, url=f"http://localhost:{port}")
    with auditing.serving(create_app(consortium.hub), port):
        yield consortium
    consortium.hub.close()


@pytest.fixture
def phone(browser: Browser, served: Consortium) -> Iterator[Phone]:
    """Yield the phone; at the end, nobody but the hub has heard of it."""
    origin = served.hub.scheme.web_origin

    def context(*, script: bool) -> BrowserContext:
        return browser.new_context(
            base_url=origin, locale="ja-JP", viewport=PHONE, java_script_enabled=script
        )

    with context(script=False) as quiet, context(script=True) as loud:
        phone = Phone(page=quiet.new_page(), checker=loud.new_page())
        quiet.on("request", lambda request: phone.asked.append(request.url))
        phone.checker.goto("/docs/problems")
        yield phone
        assert {f"{url.scheme}://{url.netloc}" for url in map(urlsplit, phone.asked)} == {origin}
        assert not [url for url in phone.asked if url.endswith(".js")]
        assert quiet.storage_state() == {"cookies": [], "origins": []}


def fill_in(page: Page) -> None:
    """Type the short form, but for the words about the work."""
    page.locator("#occupation").select_option("software")
    page.locator("#experience_years").fill("６")
    page.locator("#age_band").select_option("30-34")
    page.locator("#skills").fill("Python\nPostgreSQL")
    page.locator("#prefecture").select_option("13")
    page.locator("#desired_salary_man").fill("650")


def test_from_the_letter_to_the_last_word_without_a_script(
    served: Consortium, phone: Phone
) -> None:
    hub, page = served.hub, phone.page
    _, token = relays.invite(hub, served.members[0])

    page.goto(f"/i/{token}")
    phone.shows("株式会社mirai")
    phone.press('a[href$="/consent"]')
    phone.shows("見せる")
    phone.press("form button.yes")
    assert page.get_by_role("alert").is_visible()
    phone.shows("見せる")
    phone.switch_on("groups", *GROUPS)
    phone.switch_on("modules", "exception")
    phone.switch_on("adult", "yes")
    phone.press("form button.yes")
    phone.shows("リンク")

    phone.press('a.button[href$="/form"]')
    phone.shows("できること")
    fill_in(page)
    page.locator("#summary").fill("連絡は hanako@example.jp までお願いします。")
    phone.press("form button.yes")
    assert page.get_by_role("alert").is_visible()
    phone.shows("できること")
    page.locator("#summary").fill("受発注システムを担当しました。")
    phone.press("form button.yes")
    phone.shows("紹介会社にはこう見えます")
    assert page.get_by_text("受発注システムを担当しました。").is_visible()
    phone.press("form button.yes")
    phone.shows("公開")
    own = page.url.removesuffix("/list")

    claim = relays.claim(hub, served.agencies[0])
    page.goto(own)
    phone.shows("紹介会社")
    assert page.get_by_text("13-ユ-000001").first.is_visible()
    phone.press(f"#yes-{claim.id} button")
    assert page.get_by_role("alert").is_visible()
    page.locator(f'input[name="sure-{claim.id}"]').check()
    phone.press(f"#yes-{claim.id} button")
    assert page.get_by_role("status").is_visible()
    phone.shows("紹介会社")

    phone.press('a[href$="/withdraw"]')
    phone.shows("撤回")
    phone.press("form button.stop")
    phone.shows("撤回")
    phone.press('a[href$="/erase"]')
    phone.shows("消去")
    page.locator('input[name="sure"]').check()
    phone.press("form button.stop")
    phone.shows("消去")
    assert page.goto(own).status == 404  # type: ignore[union-attr]  # a page did answer


def test_the_style_of_these_pages_is_small_and_the_only_other_thing_fetched(
    served: Consortium, phone: Phone
) -> None:
    _, token = relays.invite(served.hub, served.members[0])

    with phone.page.expect_response("**/quiet.css*") as style:
        phone.page.goto(f"/i/{token}")

    assert len(style.value.body()) <= LARGEST_STYLE
    fetched = {urlsplit(url).path for url in phone.asked} - {f"/i/{token}", "/static/baton.svg"}
    assert fetched == {"/static/quiet.css"}
