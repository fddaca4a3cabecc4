from collections.abc import Iterator

import httpx
import pytest
from flask import Flask, render_template_string

from exchange.web.http import languages


@pytest.fixture
def app(translated: None) -> Flask:
    app = Flask("exchange")
    languages.speak(app)
    app.add_url_rule("/c/page", endpoint="page", view_func=_page)
    app.add_url_rule("/v1/thing", endpoint="thing", view_func=languages.language)
    return app


def _page() -> str:
    return render_template_string(
        "{{ language }} {{ _('Sign in') }} {{ url_for('page') }} {{ url_for('thing') }} "
        "{{ url_for('static', filename='quiet.css') }} {{ in_language('en') }}"
    )


@pytest.fixture
def client(app: Flask) -> Iterator[httpx.Client]:
    transport = httpx.WSGITransport(app=app)
    with httpx.Client(transport=transport, base_url="http://localhost") as client:
        yield client


@pytest.mark.parametrize(
    ("query", "wish", "spoken"),
    [
        ("", "", "ja"),
        ("", "en-GB,en;q=0.9,ja;q=0.1", "en"),
        ("", "ja,en;q=0.5", "ja"),
        ("", "fr", "ja"),
        ("?lang=ja", "en", "ja"),
        ("?lang=en", "ja", "en"),
        ("?lang=fr", "en", "en"),
    ],
)
def test_a_page_speaks_what_was_chosen_else_what_the_browser_wishes_else_japanese(
    client: httpx.Client, query: str, wish: str, spoken: str
) -> None:
    page = client.get(f"/c/page{query}", headers={"Accept-Language": wish}).text

    assert page.split()[0] == spoken
    assert ("サインイン" in page) is (spoken == "ja")


@pytest.mark.parametrize(("wish", "spoken"), [("", "en"), ("ja", "ja"), ("en", "en"), ("fr", "en")])
def test_the_api_speaks_what_the_client_wishes_else_english(
    client: httpx.Client, wish: str, spoken: str
) -> None:
    answer = client.get("/v1/thing?lang=ja", headers={"Accept-Language": wish})

    assert answer.text == spoken


def test_a_chosen_language_stays_in_the_links_to_pages_only(client: httpx.Client) -> None:
    chosen = client.get("/c/page?lang=en").text.split()
    unchosen = client.get("/c/page", headers={"Accept-Language": "en"}).text.split()

    assert chosen[-4:] == ["/c/page?lang=en", "/v1/thing", "/static/quiet.css", "?lang=en"]
    assert unchosen[-4:] == ["/c/page", "/v1/thing", "/static/quiet.css", "?lang=en"]


def test_the_switch_of_languages_keeps_the_rest_of_the_query(client: httpx.Client) -> None:
    page = client.get("/c/page?lang=ja&period=2026-12&x=%3Cb%3E").text

    assert page.split()[-1] == "?period=2026-12&amp;x=%3Cb%3E&amp;lang=en"


@pytest.mark.parametrize(
    ("path", "for_machines"),
    [
        ("/v1/scheme", True),
        ("/ledger/checkpoint", True),
        ("/healthz", True),
        ("/c/x", False),
        ("/v1", False),
    ],
)
def test_machines_are_known_by_their_paths(path: str, *, for_machines: bool) -> None:
    assert languages.is_for_machines(path) is for_machines


def test_outside_a_request_it_is_japanese() -> None:
    assert languages.language() == "ja"
