"""The API keeps its own document: whatever is sent, the answer is one that the document tells."""

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.schemas import APIOperation

from exchange.app import create_app
from exchange.web import openapi
from exchange.web.http.problems import HTTP_PROBLEMS, PROBLEMS
from tests.story import api, referrals, relays
from tests.story.api import Caller

if TYPE_CHECKING:
    from tests.trials.conftest import Scene

EXAMPLES = 6
MEMBERS_OF_A_PROBLEM = {"type", "title", "status", "detail", "field", "mend", "errors"}
SLUGS = {slug for _, slug in PROBLEMS.values()} | set(HTTP_PROBLEMS.values())
ROLES = ("member", "agency", "auditor")
# As much as a listing can hold: nothing, or what the fixture has put there.
BOUNDED = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def furnished(make_scene: "Callable[[str], Scene]", fresh_sqlite: Callable[[], str]) -> "Scene":
    """Return a scheme with something in each listing: profiles, vacancies, a claim, a hire."""
    scene = make_scene(fresh_sqlite())
    hub, consortium = scene.hub, scene.consortium
    agency, (origin, hirer, _) = consortium.agencies[0], consortium.members
    claim = relays.reach(hub, relays.enlist(hub, origin), agency)
    relays.start(hub, agency, relays.introduce(hub, agency, claim, hirer.number))
    referrals.consent(hub, hirer)
    hub.sequence()
    return scene


@pytest.fixture
def caller_of(furnished: "Scene") -> Iterator[Callable[[str], Caller]]:
    """Return what makes the system of an organization of a role."""
    consortium = furnished.consortium
    everyone = (consortium.auditor, *consortium.members, *consortium.agencies)
    with api.visitor(create_app(furnished.hub)) as http:
        yield lambda role: Caller(
            organization=next(one for one in everyone if one.role == role),
            hub=furnished.hub,
            http=http,
        )


def operations() -> list[APIOperation]:
    """Return every operation of the API's document."""
    schema = schemathesis.openapi.from_dict(openapi.document())
    return [found.ok() for found in schema.get_all_operations()]


def sent(case: schemathesis.Case, http: httpx.Client, token: str) -> httpx.Response:
    """Send what was generated, with a token."""
    asked = case.as_transport_kwargs(base_url=str(http.base_url).rstrip("/"))
    headers = {**dict(asked["headers"]), "Authorization": f"Bearer {token}"}
    return http.request(
        asked["method"],
        asked["url"],
        params=asked.get("params"),
        json=asked.get("json"),
        content=asked.get("data"),
        headers={
            name: value.encode("latin-1", "replace") for name, value in headers.items() if value
        },
    )


def assert_problem(answer: httpx.Response) -> Mapping[str, object]:
    """Assert that a refusal is a problem document as documented, and return it."""
    assert answer.headers["Content-Type"] == "application/problem+json", answer.text
    document = answer.json()
    assert isinstance(document, dict)
    assert set(document) <= MEMBERS_OF_A_PROBLEM
    assert document["status"] == answer.status_code
    assert document["type"].removeprefix("/docs/problems#") in SLUGS
    assert document["title"]
    assert document["detail"]
    return document


@pytest.mark.parametrize("role", [*ROLES, "nobody"])
@pytest.mark.parametrize("mode", list(GenerationMode))
def test_whatever_is_sent_is_answered_as_documented(
    caller_of: Callable[[str], Caller], role: str, mode: GenerationMode
) -> None:
    caller = caller_of("member" if role == "nobody" else role)

    for operation in operations():

        @BOUNDED
        @given(case=operation.as_strategy(generation_mode=mode))
        def ask(case: schemathesis.Case) -> None:
            token = "none" if role == "nobody" else caller.token()
            answer = sent(case, caller.http, token)
            assert answer.status_code < 500, case.as_curl_command()
            if answer.is_success:
                case.validate_response(
                    answer, excluded_checks=[schemathesis.checks.CHECKS.get_one("ignored_auth")]
                )
            else:
                assert_problem(answer)

        ask()
