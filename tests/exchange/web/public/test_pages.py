import re

import httpx
import pytest

from exchange.hub import Hub
from exchange.web.http.problem_words import WORDS

PAGES = ["/", "/docs", "/docs/problems", "/nowhere"]


@pytest.fixture
def engine() -> str:
    """Ask one engine only: what these pages say does not depend on it."""
    return "sqlite"


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("lang", ["ja", "en"])
def test_a_public_page_is_quiet_has_a_title_and_speaks_one_language(
    visitor: httpx.Client, path: str, lang: str
) -> None:
    answer = visitor.get(f"{path}?lang={lang}")

    assert f'<html lang="{lang}">' in answer.text
    assert answer.text.count("<h1") == 1
    assert re.search("<title>[^<]+ · [^<]+</title>", answer.text)
    assert "quiet.css" in answer.text


@pytest.mark.parametrize("path", PAGES)
def test_a_public_page_sets_no_cookie_runs_no_script_and_asks_nobody_else(
    visitor: httpx.Client, path: str
) -> None:
    answer = visitor.get(path)

    assert "Set-Cookie" not in answer.headers
    assert "<script" not in answer.text
    assert "style=" not in answer.text
    assert not re.search(r"""(?:src|href)=["'](?:https?:)?//""", answer.text)


def test_the_front_page_names_the_ledger_and_says_that_it_is_a_demo(
    visitor: httpx.Client, hub: Hub
) -> None:
    page = visitor.get("/?lang=en").text

    assert "localhost:8400/ledger" in page
    assert hub.scheme.ledger_vkey.replace("+", "&#43;") in page or hub.scheme.ledger_vkey in page
    assert "This is a demonstration" in page


def test_every_operation_and_shape_stands_on_the_apis_page(visitor: httpx.Client) -> None:
    document = visitor.get("/v1/openapi.json").json()
    page = visitor.get("/docs").text

    for path, operations in document["paths"].items():
        for method in operations.keys() - {"parameters"}:
            assert f"{method.upper()} {path}" in page
    for shape in document["components"]["schemas"]:
        assert f'id="shape-{shape}"' in page
    for target in re.findall('href="#(shape-[^"]+)"', page):
        assert f'id="{target}"' in page


def test_every_problem_can_be_looked_up_where_its_document_points(
    visitor: httpx.Client,
) -> None:
    page = visitor.get("/docs/problems").text
    refused = visitor.get("/v1/people").json()

    assert refused["type"] == "/docs/problems#token-missing"
    for slug in WORDS:
        assert f'id="{slug}"' in page
