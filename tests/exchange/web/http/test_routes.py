import pytest
from flask import Flask

from exchange.web.http import routes


@pytest.fixture
def app() -> Flask:
    app = Flask(__name__)
    routes.name_parts(app)
    app.add_url_rule("/claims/<relay_id:claim>", view_func=lambda claim: claim, endpoint="claim")
    app.add_url_rule("/c/<token:token>", view_func=lambda token: token, endpoint="link")
    app.add_url_rule("/o/<slug:slug>", view_func=lambda slug: slug, endpoint="slug")
    app.add_url_rule("/r/<act_id:act>", view_func=lambda act: act, endpoint="act")
    return app


GOOD = [
    "/claims/clm_0123456789abcdefghjkmnpqrs",
    f"/c/{'A' * 41}_-",
    "/o/mirai-works",
    f"/r/{'A' * 20}_-",
]


@pytest.mark.parametrize("path", GOOD)
def test_a_part_of_the_right_form_is_found(app: Flask, path: str) -> None:
    answer = app.test_client().get(path)

    assert answer.status_code == 200
    assert answer.text == path.rpartition("/")[2]


@pytest.mark.parametrize(
    "path",
    [
        "/claims/clm_0123456789abcdefghjkmnpqr",
        "/claims/CLM_0123456789abcdefghjkmnpqrs",
        "/claims/clm_0123456789abcdefghjkmnpqrs%0A",
        f"/c/{'A' * 42}",
        f"/c/{'A' * 44}",
        f"/c/{'A' * 42}.",
        "/o/m",
        "/o/Mirai",
        f"/o/{'m' * 32}",
        f"/r/{'A' * 21}",
        f"/r/{'A' * 23}",
        f"/r/{'A' * 21}.",
    ],
)
def test_a_part_of_another_form_is_not_found(app: Flask, path: str) -> None:
    assert app.test_client().get(path).status_code == 404


def test_a_part_is_described_by_its_pattern(app: Flask) -> None:
    described = routes.describe_part(routes.Slug(app.url_map))

    assert described == {"type": "string", "pattern": "^[a-z][a-z0-9-]{1,30}$"}
