import json
from collections.abc import Iterator

import pytest
import structlog
from flask import Flask

from exchange import logs
from exchange.web.http import requests_log

SECRET = "S" * 43


@pytest.fixture
def as_json() -> Iterator[None]:
    """Let what is logged be lines of JSON on standard error, for one test."""
    logs.write_json_lines()
    yield
    structlog.reset_defaults()


@pytest.fixture
def app(as_json: None) -> Flask:
    app = Flask(__name__)
    requests_log.keep_log(app)
    app.add_url_rule(
        "/c/<token>",
        endpoint="link",
        view_func=lambda token: token[:1],
        methods=["POST"],
    )
    return app


def lines(told: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in told.readouterr().err.splitlines()]


def test_a_request_is_one_line_by_its_pattern(
    app: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = app.test_client().post(f"/c/{SECRET}?name=佐倉", data={"summary": "secret"})

    (line,) = lines(capsys)
    assert line["method"] == "POST"
    assert line["route"] == "/c/<token>"
    assert line["status"] == 200
    assert line["request"] == answer.headers["X-Request-Id"]
    assert line.keys() == {
        "event", "level", "method", "ms", "request", "route", "status", "timestamp"
    }  # fmt: skip


def test_neither_path_nor_query_nor_body_nor_token_is_written(
    app: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    app.test_client().post(
        f"/c/{SECRET}?name=佐倉",
        data={"summary": "seikatsu"},
        headers={"Authorization": "Bearer hush", "User-Agent": "browser-of-hanako"},
    )

    told = capsys.readouterr().err
    assert told
    for private in (SECRET, "佐倉", "seikatsu", "hush", "hanako", "127.0.0.1"):
        assert private not in told


def test_a_path_that_leads_nowhere_is_not_written_either(
    app: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    app.test_client().get(f"/nowhere/{SECRET}")

    told = capsys.readouterr().err
    assert json.loads(told)["route"] == "(no route)"
    assert SECRET not in told


def test_two_requests_have_two_ids(app: Flask) -> None:
    client = app.test_client()

    assert client.get("/x").headers["X-Request-Id"] != client.get("/x").headers["X-Request-Id"]
