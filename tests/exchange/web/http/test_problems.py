import inspect
from collections.abc import Iterator

import httpx
import pytest
from flask import Flask, request
from structlog.testing import capture_logs
from werkzeug.exceptions import Gone, ImATeapot, ServiceUnavailable, TooManyRequests

from exchange.domain import errors
from exchange.web.http import problems
from exchange.web.http.problems import PROBLEMS, problem_of

NAME = "佐倉 花子"


def _fail() -> str:
    raise ZeroDivisionError(NAME)


def _refuse() -> str:
    raise errors.IdentityInProfileError(
        '"summary" seems to hold a telephone number (at character 12).',
        field="profiles/3/fields/summary",
        detail_ja="「summary」に電話番号らしい文字列があります(12文字目)。",
    )


def _be_busy() -> str:
    raise errors.BusyError("Full.", retry_after_s=7)


def _limit() -> str:
    raise TooManyRequests


@pytest.fixture
def engine() -> str:
    """Ask one engine only: how a refusal is told does not depend on it."""
    return "sqlite"


@pytest.fixture
def client(app: Flask) -> Iterator[httpx.Client]:
    for prefix in ("/v1/", "/c/", "/portal/x/"):
        for name, view in (
            ("fail", _fail),
            ("refuse", _refuse),
            ("busy", _be_busy),
            ("limit", _limit),
        ):
            app.add_url_rule(f"{prefix}{name}", endpoint=f"{prefix}{name}", view_func=view)
    app.add_url_rule(
        "/v1/take",
        endpoint="take",
        view_func=lambda: str(len(request.get_data())),
        methods=["POST"],
    )
    transport = httpx.WSGITransport(app=app)
    with httpx.Client(transport=transport, base_url="http://localhost:8400") as client:
        yield client


def test_machines_get_a_problem_document(client: httpx.Client) -> None:
    answer = client.get("/v1/refuse")

    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Content-Language"] == "en"
    assert answer.json() == {
        "type": "/docs/problems#identity-in-profile",
        "title": "A text seems to tell who somebody is",
        "status": 422,
        "detail": '"summary" seems to hold a telephone number (at character 12).',
        "field": "profiles/3/fields/summary",
        "mend": "Remove it, or post without the field.",
    }


def test_machines_that_wish_japanese_get_it(client: httpx.Client) -> None:
    answer = client.get("/v1/refuse", headers={"Accept-Language": "ja"})

    assert answer.headers["Content-Language"] == "ja"
    assert answer.json()["title"] == "本人を特定できそうな文字列があります"
    assert answer.json()["detail"] == "「summary」に電話番号らしい文字列があります(12文字目)。"
    assert answer.json()["mend"] == "消すか、その項目を除いて送り直してください。"


def test_people_get_a_page(client: httpx.Client) -> None:
    answer = client.get("/c/refuse", headers={"Accept": "text/html"})

    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "本人を特定できそうな文字列があります" in answer.text
    assert "quiet.css" in answer.text


def test_people_at_work_get_it_in_their_layout_and_their_scripts_as_json(
    client: httpx.Client,
) -> None:
    page = client.get("/portal/x/refuse", headers={"Accept": "text/html"})
    answer = client.get("/portal/x/refuse", headers={"Accept": "application/json"})

    assert "work.css" in page.text
    assert answer.json()["type"] == "/docs/problems#identity-in-profile"


@pytest.mark.parametrize("path", ["/v1/fail", "/c/fail", "/portal/x/fail"])
def test_our_own_faults_tell_the_asker_nothing_and_the_log_no_message(
    client: httpx.Client, path: str
) -> None:
    with capture_logs() as log:
        answer = client.get(path)

    assert answer.status_code == 500
    assert "ZeroDivisionError" not in answer.text
    assert NAME not in answer.text
    (line,) = [line for line in log if line["event"] == "failed"]
    assert line["error"] == "ZeroDivisionError"
    assert line["at"][-1].startswith("test_problems.py:")
    assert NAME not in str(log)


def test_who_is_told_to_come_again_is_told_when(client: httpx.Client) -> None:
    assert client.get("/v1/busy").headers["Retry-After"] == "7"
    assert client.get("/v1/busy").status_code == 503
    assert client.get("/v1/limit").headers["Retry-After"] == "60"
    assert client.get("/v1/limit").json()["type"] == "/docs/problems#too-many-requests"


def test_what_is_not_there_is_a_problem(client: httpx.Client) -> None:
    answer = client.get("/v1/nowhere")

    assert answer.status_code == 404
    assert answer.json()["type"] == "/docs/problems#not-found"
    assert "nowhere" not in answer.text


def test_a_method_that_does_not_fit_is_told_which_ones_do(client: httpx.Client) -> None:
    answer = client.delete("/v1/scheme")

    assert answer.status_code == 405
    assert {"GET", "HEAD", "OPTIONS"} == set(answer.headers["Allow"].split(", "))
    assert answer.json()["type"] == "/docs/problems#method-not-allowed"


def test_a_body_that_is_too_large_is_a_problem(client: httpx.Client) -> None:
    answer = client.post("/v1/take", content=b"x" * (8 * 1024 * 1024 + 1))

    assert answer.status_code == 413
    assert answer.json()["type"] == "/docs/problems#too-large"


@pytest.mark.parametrize(
    ("error", "status"), [(Gone(), 400), (ImATeapot(), 400), (ServiceUnavailable(), 500)]
)
def test_what_the_framework_refuses_for_other_reasons_has_plain_words(
    app: Flask, error: Gone, status: int
) -> None:
    def refuse() -> str:
        raise error

    app.add_url_rule("/v1/other", endpoint="other", view_func=refuse)

    assert app.test_client().get("/v1/other").status_code == status


def test_who_is_not_known_is_told_how_to_be(client: httpx.Client) -> None:
    answer = client.get("/v1/people")

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"


KINDS = [
    kind
    for _, kind in inspect.getmembers(errors, inspect.isclass)
    if issubclass(kind, errors.ExchangeError) and kind is not errors.ExchangeError
]


@pytest.mark.parametrize("kind", KINDS)
def test_every_refusal_of_the_domain_has_its_own_problem(kind: type[errors.ExchangeError]) -> None:
    assert kind in PROBLEMS
    assert problem_of(kind("No."), "en").slug == PROBLEMS[kind][1]


def test_no_two_refusals_share_a_problem() -> None:
    slugs = [slug for _, slug in PROBLEMS.values()]

    assert len(slugs) == len(set(slugs))


def test_a_refusal_that_refines_another_is_told_as_the_other() -> None:
    class FullMoonError(errors.StepRefusedError):
        """Not at full moon."""

    problem = problem_of(FullMoonError("Wait."), "en")

    assert (problem.slug, problem.status, problem.detail) == ("step-refused", 409, "Wait.")


def test_without_japanese_words_of_its_own_a_refusal_keeps_its_english_detail() -> None:
    problem = problem_of(errors.StepRefusedError("Wait.", mend="Later."), "ja")

    assert problem.title == "いまの状態では、この手続きに進めません"
    assert problem.detail == "Wait."
    assert problem.mend == "いまの状態を取得し直して、そこから続けてください。"


def test_what_a_refusal_itself_says_to_do_goes_before_the_usual() -> None:
    error = errors.StepRefusedError("Wait.", mend="Later.", mend_ja="あとで。")

    assert problem_of(error, "en").mend == "Later."
    assert problem_of(error, "ja").mend == "あとで。"


def test_a_page_shows_what_was_sent_as_text(app: Flask) -> None:
    def refuse() -> str:
        raise errors.BadInputError("<script>alert(1)</script>")

    app.add_url_rule("/c/echo", endpoint="echo", view_func=refuse)

    page = app.test_client().get("/c/echo").text

    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_problems_answer_where_no_hub_is_needed(app: Flask) -> None:
    with app.test_request_context("/v1/x"):
        answer = problems.answer(problem_of(errors.NotFoundError("No."), "en"))

    assert answer.status_code == 404
