import io
import json
from collections.abc import Iterator

import pytest
import structlog
from flask import Flask

from exchange.web.http import requests_log

SECRET = "S" * 43


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    stream = io.StringIO()
    monkeypatch.setattr("sys.stderr", stream)
    requests_log.write_json_lines()
    yield stream
    structlog.reset_defaults()


@pytest.fixture
def app(written: io.StringIO) -> Flask:
    app = Flask(__name__)
    requests_log.keep_log(app)
    app.add_url_rule(
        "/c/<token>",
        endpoint="link",
        view_func=lambda token: token[:1],
        methods=["POST"],
    )
    return app


def lines(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_request_is_one_line_by_its_pattern(app: Flask, written: io.StringIO) -> None:
    answer = app.test_client().post(f"/c/{SECRET}?name=佐倉", data={"summary": "secret"})

    (line,) = lines(written)
    assert line["method"] == "POST"
    assert line["route"] == "/c/<token>"
    assert line["status"] == 200
    assert line["request"] == answer.headers["X-Request-Id"]
    assert line.keys() == {
        "event", "level", "method", "ms", "request", "route", "status", "timestamp"
    }  # fmt: skip


def test_neither_path_nor_query_nor_body_nor_token_is_written(
    app: Flask, written: io.StringIO
) -> None:
    app.test_client().post(
        f"/c/{SECRET}?name=佐倉",
        data={"summary": "seikatsu"},
        headers={"Authorization": "Bearer hush", "User-Agent": "browser-of-hanako"},
    )

    for private in (SECRET, "佐倉", "seikatsu", "hush", "hanako", "127.0.0.1"):
        assert private not in written.getvalue()


def test_a_path_that_leads_nowhere_is_not_written_either(app: Flask, written: io.StringIO) -> None:
    app.test_client().get(f"/nowhere/{SECRET}")

    (line,) = lines(written)
    assert line["route"] == "(no route)"
    assert SECRET not in written.getvalue()


def test_two_requests_have_two_ids(app: Flask) -> None:
    client = app.test_client()

    assert client.get("/x").headers["X-Request-Id"] != client.get("/x").headers["X-Request-Id"]
