import gzip
from pathlib import Path

import pytest
from flask import Blueprint, Flask
from flask.testing import FlaskClient

from exchange.web.http import assets, headers

STYLE = b"body { color: green }\n" * 100


@pytest.fixture
def client(tmp_path: Path) -> FlaskClient:
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    for folder in (ours, theirs):
        folder.mkdir()
    (ours / "style.css").write_bytes(STYLE)
    (ours / "act.js").write_bytes(b"act();")
    (ours / "mark.svg").write_bytes(b"<svg/>")
    (theirs / "boot.css").write_bytes(b"b{}")
    (tmp_path / "secret.css").write_bytes(b"secret")
    app = Flask(__name__, static_folder=str(ours), static_url_path="/static")
    app.register_blueprint(
        Blueprint("boot", __name__, static_folder=str(theirs), static_url_path="/boot")
    )
    headers.guard(app, https=False)
    assets.serve(app)
    return app.test_client()


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("/static/style.css", "text/css"),
        ("/static/act.js", "text/javascript"),
        ("/static/mark.svg", "image/svg+xml"),
        ("/boot/boot.css", "text/css"),
    ],
)
def test_a_file_is_served_with_its_type_and_may_be_kept_for_an_hour(
    client: FlaskClient, path: str, media_type: str
) -> None:
    answer = client.get(path)

    assert answer.status_code == 200
    assert answer.mimetype == media_type
    assert answer.headers["Cache-Control"] == "public, max-age=3600"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_file_is_compressed_for_who_understands_that(client: FlaskClient) -> None:
    short = client.get("/static/style.css", headers={"Accept-Encoding": "gzip, br"})
    plain = client.get("/static/style.css")

    assert short.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(short.data) == plain.data == STYLE
    assert "Content-Encoding" not in plain.headers
    assert short.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"
    assert short.headers["ETag"] != plain.headers["ETag"]


def test_a_file_that_is_small_is_not_compressed(client: FlaskClient) -> None:
    answer = client.get("/static/act.js", headers={"Accept-Encoding": "gzip"})

    assert "Content-Encoding" not in answer.headers


def test_who_has_the_file_already_does_not_get_it_again(client: FlaskClient) -> None:
    mark = client.get("/static/style.css").headers["ETag"]

    assert client.get("/static/style.css", headers={"If-None-Match": mark}).status_code == 304
    assert client.get("/static/style.css", headers={"If-None-Match": '"x"'}).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/static/missing.css",
        "/static/../secret.css",
        "/static/%2e%2e/secret.css",
        "/static/",
        "/static/%00",
    ],
)
def test_nothing_else_is_served(client: FlaskClient, path: str) -> None:
    answer = client.get(path)

    assert answer.status_code == 404
    assert b"secret" not in answer.data
