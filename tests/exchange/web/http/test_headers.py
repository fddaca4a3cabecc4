import pytest
from flask import Flask, Response

from exchange.web.http import headers


def app(*, https: bool = False) -> Flask:
    app = Flask(__name__)
    headers.guard(app, https=https)
    app.add_url_rule("/c/page", endpoint="page", view_func=lambda: "page")
    app.add_url_rule("/portal/page", endpoint="portal", view_func=lambda: "page")
    app.add_url_rule(
        "/tile",
        endpoint="tile",
        view_func=lambda: Response("x", headers={"Cache-Control": "public, immutable"}),
    )
    return app


@pytest.mark.parametrize("path", ["/c/page", "/portal/page", "/nowhere"])
def test_every_answer_says_what_a_browser_may_not_do(path: str) -> None:
    answer = app().test_client().get(path)

    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "geolocation=()" in answer.headers["Permissions-Policy"]
    assert "noindex" in answer.headers["X-Robots-Tag"]


@pytest.mark.parametrize("path", ["/c/page", "/portal/page", "/nowhere"])
def test_nothing_comes_from_elsewhere_and_nothing_stands_inline(path: str) -> None:
    policy = app().test_client().get(path).headers["Content-Security-Policy"]

    rules = dict(rule.strip().partition(" ")[::2] for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["frame-ancestors"] == "'none'"
    assert rules["base-uri"] == "'none'"
    assert rules["form-action"] == "'self'"
    assert "unsafe" not in policy
    assert "http" not in policy


def test_a_script_may_run_in_the_portal_and_nowhere_else() -> None:
    client = app().test_client()

    assert "script-src" not in client.get("/c/page").headers["Content-Security-Policy"]
    assert "script-src 'self'" in client.get("/portal/page").headers["Content-Security-Policy"]


def test_browsers_are_held_to_https_only_where_it_is_spoken() -> None:
    plain = app().test_client().get("/c/page")
    secured = app(https=True).test_client().get("/c/page")

    assert "Strict-Transport-Security" not in plain.headers
    assert secured.headers["Strict-Transport-Security"].startswith("max-age=31536000")


def test_an_answer_that_may_be_kept_says_so_itself() -> None:
    assert app().test_client().get("/tile").headers["Cache-Control"] == "public, immutable"
