from collections.abc import Mapping

import httpx
import pytest
from flask import Flask, request
from werkzeug.exceptions import UnsupportedMediaType

from exchange.domain.errors import MalformedError
from exchange.web.http import parsing, problems
from exchange.web.http.parsing import Json, json_of

APP = Flask(__name__)


def parsed(body: bytes, content_type: str = "application/json") -> Json:
    with APP.test_request_context("/", method="POST", data=body, content_type=content_type):
        return json_of(request)


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b'{"a":[1,"x",null,true]}', {"a": [1, "x", None, True]}),
        ('{"名":"佐倉"}'.encode(), {"名": "佐倉"}),
        (b"[]", []),
    ],
)
def test_json_is_read(body: bytes, value: Json) -> None:
    assert parsed(body) == value


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'{"a":1',
        b'{"a":NaN}',
        b'{"a":Infinity}',
        b"{'a':1}",
        b'\xef\xbb\xbf{"a":1}',
        b'{"a":"\xff"}',
        b'{"a":"\\ud800"}',
        b'{"a":"x\\u0000y"}',
        b'{"x\\u0000y":1}',
        b'{"a":[{"b":"\\u0000"}]}',
        b"[" * 100_000,
        b"[" * 2_000 + b"]" * 2_000,
        "名".encode("cp932"),
    ],
)
def test_what_is_not_json_in_utf_8_is_refused(body: bytes) -> None:
    with pytest.raises(MalformedError):
        parsed(body)


@pytest.mark.parametrize("body", [b'{"a":1,"a":2}', b'[{"a":{"b":1,"\\u0062":1}}]'])
def test_a_name_that_stands_twice_in_an_object_is_refused(body: bytes) -> None:
    with pytest.raises(MalformedError, match="twice"):
        parsed(body)


def test_a_name_may_stand_in_several_objects() -> None:
    assert parsed(b'[{"a":1},{"a":{"a":2}}]') == [{"a": 1}, {"a": {"a": 2}}]


@pytest.fixture
def http() -> httpx.Client:
    """Return a client of an app that tells what it was sent."""
    app = Flask(__name__)
    problems.refuse_in_words(app)
    parsing.refuse_nul(app)

    @app.route("/v1/<part>", methods=["GET", "POST"])
    def told(part: str) -> list[str]:
        return [part, *request.args.values(), *request.form.values()]

    return httpx.Client(transport=httpx.WSGITransport(app=app), base_url="http://localhost")


def test_an_address_and_a_form_are_taken_as_they_are(http: httpx.Client) -> None:
    answer = http.post("/v1/a?b=c%20d", data={"e": ["佐倉", "二行\n目"]})

    assert answer.json() == ["a", "c d", "佐倉"]


@pytest.mark.parametrize(
    ("address", "sent", "status"),
    [
        ("/v1/a%00b", {}, 404),
        ("/v1/a?b=%00", {}, 400),
        ("/v1/a?%00=b", {}, 400),
        ("/v1/a", {"e": "f\x00"}, 400),
        ("/v1/a", {"e": ["f", "\x00"]}, 400),
        ("/v1/a", {"\x00": "f"}, 400),
    ],
)
def test_the_character_nul_is_refused_wherever_it_stands(
    http: httpx.Client, address: str, sent: dict[str, str | list[str]], status: int
) -> None:
    answer = http.post(address, data=sent)

    assert answer.status_code == answer.json()["status"] == status


def test_an_escaped_backslash_before_u0000_is_no_nul() -> None:
    assert parsed(b'{"a":"\\\\u0000"}') == {"a": "\\u0000"}


@pytest.mark.parametrize("content_type", ["text/plain", "", "application/x-www-form-urlencoded"])
def test_another_type_of_body_is_refused(content_type: str) -> None:
    with pytest.raises(UnsupportedMediaType):
        parsed(b"{}", content_type)


def test_a_charset_beside_the_type_does_no_harm() -> None:
    value = parsed(b"{}", "application/json; charset=utf-8")

    assert isinstance(value, Mapping)
