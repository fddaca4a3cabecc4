"""The API keeps its own document: whatever is sent, the answer is one that the document tells."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeAlias
from uuid import uuid4
from wsgiref.types import StartResponse, WSGIEnvironment

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from exchange.app import create_app
from exchange.web import openapi
from exchange.web.http.problems import HTTP_PROBLEMS, PROBLEMS
from tests.story import api, referrals, relays, scheme
from tests.story.api import Caller
from tests.story.scheme import Consortium

EXAMPLES = 4
MEMBERS_OF_A_PROBLEM = {"type", "title", "status", "detail", "field", "mend", "errors"}
SLUGS = {slug for _, slug in PROBLEMS.values()} | set(HTTP_PROBLEMS.values())
Operation: TypeAlias = "APIOperation[object, object, object, object]"
PUBLIC = {"/v1/scheme", "/v1/organizations", "/v1/directory"}
Generated: TypeAlias = "schemathesis.Case[object]"
NOBODY = "nobody"
AS_DOCUMENTED = [
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
ROLES = ("member", "agency", "auditor")
BOUNDED = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def furnished(
    fresh_sqlite: Callable[[], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Consortium]:
    """Yield a scheme with something in its listings: profiles, a vacancy, a claim, a hire."""
    consortium = scheme.consortium(fresh_sqlite(), tmp_path_factory.mktemp("contract"))
    hub, agency, (origin, hirer, _) = consortium.hub, consortium.agencies[0], consortium.members
    claim = relays.reach(hub, relays.enlist(hub, origin), agency)
    relays.start(hub, agency, relays.introduce(hub, agency, claim, hirer.number))
    referrals.consent(hub, hirer)
    hub.sequence()
    yield consortium
    hub.close()


@pytest.fixture(scope="module")
def caller_of(furnished: Consortium, translated: None) -> Iterator[Callable[[str], Caller]]:
    """Return what makes the system of an organization of a role."""
    everyone = (furnished.auditor, *furnished.members, *furnished.agencies)
    app = create_app(furnished.hub)
    inner = app.wsgi_app

    def with_path(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        # httpx hands the path over as text; a server gives its bytes, as Latin-1 (PEP 3333).
        environ["PATH_INFO"] = environ["PATH_INFO"].encode().decode("latin-1")
        return inner(environ, start)

    app.wsgi_app = with_path  # type: ignore[method-assign, assignment]  # as Flask's documentation says
    with api.visitor(app) as http:
        yield lambda role: Caller(
            organization=next(one for one in everyone if one.role == role),
            hub=furnished.hub,
            http=http,
        )


def operations(mode: GenerationMode) -> list[Operation]:
    """Return every operation of the API's document; in negative mode, all that take anything."""
    schema = schemathesis.openapi.from_dict(openapi.document())
    every = list(schema.get_all_operations())
    found = [one.ok() for one in every if isinstance(one, Ok)]
    assert len(found) == len(every)
    positive = mode is GenerationMode.POSITIVE
    return [one for one in found if positive or one.body or list(one.iter_parameters())]


def sent(case: Generated, http: httpx.Client, token: str) -> httpx.Response:
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


@pytest.mark.parametrize(
    ("mode", "role"),
    [
        *((GenerationMode.POSITIVE, role) for role in (*ROLES, NOBODY)),
        *((GenerationMode.NEGATIVE, role) for role in ROLES),
    ],
)
def test_whatever_is_sent_is_answered_as_documented(
    caller_of: Callable[[str], Caller], role: str, mode: GenerationMode
) -> None:
    caller = caller_of("member" if role == NOBODY else role)

    for operation in operations(mode):

        @BOUNDED
        @given(case=operation.as_strategy(generation_mode=mode))
        def ask(case: Generated) -> None:
            token = "none" if role == NOBODY else caller.token()
            answer = sent(case, caller.http, token)
            assert answer.status_code < 500, case.as_curl_command()
            if answer.is_success:
                assert role != NOBODY or case.path in PUBLIC
                case.validate_response(answer, checks=AS_DOCUMENTED)
            else:
                assert_problem(answer)

        ask()


VACANCY = {**relays.BACKEND, "open_until": "2099-12-31"}


@pytest.mark.parametrize(
    "number",
    ["2.5e-42", "6000000.5", "1e400", "1" + "0" * 30, "1" + "0" * 5_000, "-1", '"6000000"', "true"],
)
def test_what_is_no_whole_number_in_range_is_refused_by_name(
    caller_of: Callable[[str], Caller], number: str
) -> None:
    agency = caller_of("agency")
    marked = json.dumps({**VACANCY, "salary_min_yen": "HERE"})

    answer = post_raw(agency, "/v1/agency/vacancies", marked.replace('"HERE"', number))

    problem = assert_problem(answer)
    assert answer.status_code in {400, 422}
    assert answer.status_code == 400 or problem["field"] == "salary_min_yen"


def test_a_whole_number_in_range_is_taken(caller_of: Callable[[str], Caller]) -> None:
    agency = caller_of("agency")

    answer = post_raw(agency, "/v1/agency/vacancies", json.dumps(VACANCY))

    assert answer.is_success, answer.text


@pytest.mark.parametrize(
    "body",
    [
        '{"display_name": "佐倉 花子", "display_name": "架空 太郎"}',
        '{"display_name": "佐倉 花子", "display\\u005fname": "架空 太郎"}',
        '{"display_name": {"a": 1, "a": 2}}',
        '{"display_name": NaN}',
        '{"display_name": "\\ud800"}',
        '{"display_name": "佐倉 花子"',
        "[" * 100_000,
    ],
    ids=["twice", "twice-escaped", "twice-inside", "nan", "half-a-letter", "cut", "deep"],
)
def test_what_is_no_plain_json_is_refused(caller_of: Callable[[str], Caller], body: str) -> None:
    answer = post_raw(caller_of("member"), "/v1/people", body)

    assert answer.status_code == 400
    assert_problem(answer)


def post_raw(caller: Caller, path: str, body: str) -> httpx.Response:
    """Send a body as it is written."""
    return caller.http.post(
        path,
        content=body.encode(),
        headers={
            "Authorization": f"Bearer {caller.token()}",
            "Idempotency-Key": uuid4().hex,
            "Content-Type": "application/json",
        },
    )
