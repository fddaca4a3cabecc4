import re
from dataclasses import replace
from time import sleep

import httpx
import pytest
from flask import Flask

from exchange import app as application
from exchange.hub import Hub
from exchange.store import ledger as ledger_rows
from tests.story import api
from tests.story.scheme import Organization, admit, corporate_number


@pytest.fixture
def engine() -> str:
    """Ask one engine only: how the app is put together does not depend on it."""
    return "sqlite"


def test_every_asset_that_a_page_asks_for_comes_from_us(visitor: httpx.Client) -> None:
    pages = [visitor.get("/").text, visitor.get("/portal/sign-in").text]

    paths = {path for page in pages for path in re.findall(r'(?:href|src)="(/[^"]+\.\w+)"', page)}

    assert "/static/quiet.css" in paths
    assert "/bootstrap/static/css/bootstrap.min.css" in paths
    assert {visitor.get(path).status_code for path in paths - {"/v1/openapi.json"}} == {200}


def test_a_page_is_not_compressed(visitor: httpx.Client) -> None:
    answer = visitor.get("/portal/sign-in", headers={"Accept-Encoding": "gzip"})

    assert "Content-Encoding" not in answer.headers


def test_japanese_goes_out_as_japanese(visitor: httpx.Client) -> None:
    assert "リレー協議会" in visitor.get("/v1/scheme").text


def test_the_secret_of_the_cookie_is_the_hubs_own_and_stays(hub: Hub, app: Flask) -> None:
    assert app.secret_key == application.create_app(hub).secret_key
    assert app.secret_key == hub.keyring.derive("web/session")


def test_what_is_taken_comes_into_the_ledger_by_itself(hub: Hub) -> None:
    hub.sequence()
    with hub.reading() as work:
        before = ledger_rows.size(work.session)
    stopped = application.keep_sequencing(hub)
    admit(hub, Organization(slug="minato", role="member", number=corporate_number(20)))

    for _ in range(50):
        with hub.reading() as work:
            checkpoint = ledger_rows.checkpoint(work.session)
            assert checkpoint is not None
            if checkpoint.size > before:
                break
        sleep(0.1)

    stopped.set()
    hub.written.set()

    assert checkpoint is not None
    assert checkpoint.size == before + 1


@pytest.mark.parametrize(("proxies", "second_visitor"), [(0, 429), (1, 404)])
def test_a_visitor_behind_a_trusted_proxy_is_known_by_their_own_address(
    hub: Hub, translated: None, proxies: int, second_visitor: int
) -> None:
    settings = replace(hub.settings, trusted_proxies=proxies)
    behind = application.create_app(replace(hub, settings=settings))
    guess = f"/c/{'A' * 43}"

    with api.visitor(behind) as http:
        for _ in range(30):
            http.get(guess, headers={"X-Forwarded-For": "192.0.2.1"})
        first = http.get(guess, headers={"X-Forwarded-For": "192.0.2.1"})
        second = http.get(guess, headers={"X-Forwarded-For": "192.0.2.2"})

    assert (first.status_code, second.status_code) == (429, second_visitor)
