"""Listings by id give each row once, and a cursor only while another page follows."""

from collections.abc import Sequence

import pytest
from flask import Flask

from exchange.domain.errors import BadInputError
from exchange.web.http.listing import by_id

NAMES = ["a", "b", "c"]


def page(query: dict[str, object], reader: str = "sakura") -> dict[str, object]:
    asked = by_id(query, listing="test/letters", reader=reader)
    rows: Sequence[str] = [name for name in NAMES if name > asked.after][: asked.fetch]
    return asked.answer(rows, name=str, show=lambda row: {"letter": row})


def test_pages_follow_each_other_until_the_last(app: Flask) -> None:
    with app.test_request_context("/v1/test"):
        first = page({"cursor": "", "limit": 2})
        second = page({"cursor": first["next"], "limit": 2})
    assert first["items"] == [{"letter": "a"}, {"letter": "b"}]
    assert (second["items"], second["next"]) == ([{"letter": "c"}], None)


def test_a_page_that_holds_all_has_no_cursor(app: Flask) -> None:
    with app.test_request_context("/v1/test"):
        assert page({"cursor": "", "limit": 3})["next"] is None


def test_a_cursor_serves_its_own_reader_alone(app: Flask) -> None:
    with app.test_request_context("/v1/test"):
        first = page({"cursor": "", "limit": 1})
        with pytest.raises(BadInputError) as refused:
            page({"cursor": first["next"], "limit": 1}, reader="hayabusa")
    assert refused.value.field == "cursor"
