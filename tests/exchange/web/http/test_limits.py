import pytest
from flask import Blueprint, Flask, abort, request
from flask.testing import FlaskClient

from exchange.web.http import limits

MISSES = 30


def make_app() -> Flask:
    app = Flask(__name__)
    links = limits.limit_guessing(Blueprint("links", __name__))

    @links.route("/c/<token>", methods=["GET", "POST"])
    def link(token: str) -> str:
        if token != "right":
            abort(404)
        return "page"

    app.add_url_rule("/open/<token>", endpoint="open", view_func=lambda token: abort(404, token))
    limits.bound(app)
    app.register_blueprint(links)
    return app


@pytest.fixture
def client() -> FlaskClient:
    return make_app().test_client()


def test_who_misses_thirty_times_in_a_minute_must_wait(client: FlaskClient) -> None:
    misses = [client.get(f"/c/{guess}").status_code for guess in range(MISSES)]

    assert misses == [404] * MISSES
    assert client.get("/c/another").status_code == 429
    assert client.get("/c/right").status_code == 429


def test_who_does_not_miss_never_waits(client: FlaskClient) -> None:
    answers = {client.get("/c/right").status_code for _ in range(3 * MISSES)}

    assert answers == {200}


def test_one_miss_less_than_too_many_is_no_miss_too_many(client: FlaskClient) -> None:
    for guess in range(MISSES - 1):
        client.get(f"/c/{guess}")

    assert client.get("/c/right").status_code == 200
    assert client.get("/c/wrong").status_code == 404
    assert client.get("/c/right").status_code == 429


def test_another_address_is_not_held_for_it(client: FlaskClient) -> None:
    for guess in range(MISSES + 1):
        client.get(f"/c/{guess}")

    other = client.get("/c/right", environ_base={"REMOTE_ADDR": "192.0.2.7"})

    assert other.status_code == 200


def test_misses_elsewhere_are_not_counted(client: FlaskClient) -> None:
    answers = {client.get(f"/open/{guess}").status_code for guess in range(2 * MISSES)}

    assert answers == {404}


def test_a_new_app_remembers_no_misses(client: FlaskClient) -> None:
    for guess in range(MISSES + 1):
        client.get(f"/c/{guess}")

    assert make_app().test_client().get("/c/right").status_code == 200


@pytest.mark.parametrize(
    ("size", "status"), [(limits.LARGEST_BODY, 200), (limits.LARGEST_BODY + 1, 413)]
)
def test_a_body_may_have_eight_mebibytes(size: int, status: int) -> None:
    app = Flask(__name__)
    limits.bound(app)

    @app.post("/")
    def take() -> str:
        return str(len(request.get_data()))

    assert app.test_client().post("/", data=b"x" * size).status_code == status
