"""Whatever is sent to any door of the API, a fault is met with a refusal that says what it is."""

import gzip
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

import httpx
import pytest

from exchange.app import create_app
from tests.story import api, doors, scheme
from tests.story.api import Caller
from tests.story.doors import Json, Operation
from tests.story.scheme import Organization

OPERATIONS = doors.operations()
CLOSED = [one for one in OPERATIONS if one.closed]
ASKED = [one for one in OPERATIONS if one.query]
WRITES = [one for one in CLOSED if one.is_write]
WITH_BODY = [one for one in WRITES if one.values]
LISTINGS = [one for one in OPERATIONS if one.is_listing]
VALUES = [(one, value) for one in WITH_BODY for value in one.values]

WRONG: Mapping[str, tuple[Json, ...]] = {
    "string": (2.5e-42, 7, True, None, [], {}),
    "integer": (2.5e-42, 2.0, "7", True, None, 10**18, []),
    "boolean": (2.5e-42, "true", None, []),
    "object": (2.5e-42, "text", None, []),
}
"""Values that are not of a type."""
PEOPLE = "/v1/people"
NAMED = {"display_name": "佐倉 花子"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Callers:
    """Who calls the doors: one organization of each role, and a second agency."""

    member: Caller
    agency: Caller
    auditor: Caller
    neighbour: Caller

    def of(self, operation: Operation) -> Caller:
        """Return who may call an operation."""
        roles = {"member": self.member, "auditor": self.auditor}
        return roles.get(operation.role, self.agency)

    def not_of(self, operation: Operation) -> Caller:
        """Return who may not."""
        return self.agency if operation.role == "member" else self.member


@pytest.fixture(scope="module")
def callers(
    fresh_sqlite: Callable[[], str],
    tmp_path_factory: pytest.TempPathFactory,
    translated: None,
) -> Iterator[Callers]:
    """Yield the callers of one scheme for all: nothing that is refused changes it."""
    consortium = scheme.consortium(fresh_sqlite(), tmp_path_factory.mktemp("scheme"))
    app = create_app(consortium.hub)

    def client_of(organization: Organization) -> Caller:
        return Caller(organization=organization, hub=consortium.hub, http=api.visitor(app))

    yield Callers(
        member=client_of(consortium.members[0]),
        agency=client_of(consortium.agencies[0]),
        auditor=client_of(consortium.auditor),
        neighbour=client_of(consortium.agencies[1]),
    )
    consortium.hub.close()


def call(
    caller: Caller, operation: Operation, body: Json = None, *, token: str = "", key: str = ""
) -> httpx.Response:
    """Call an operation about something that does not exist."""
    if operation.is_write:
        return caller.post(operation.address(), body, token=token or None, key=key or None)
    return caller.get(operation.address(), token=token or None)


def send(caller: Caller, operation: Operation, body: bytes, kind: str) -> httpx.Response:
    """Send a body byte by byte as it is."""
    headers = {
        "Authorization": f"Bearer {caller.token()}",
        "Idempotency-Key": caller.token()[-40:],
        "Content-Type": kind,
    }
    return caller.http.post(operation.address(), content=body, headers=headers)


def refusal(answer: httpx.Response) -> tuple[int, str]:
    """Return status and kind of a refusal, which is a whole problem document."""
    assert answer.headers["Content-Type"] == "application/problem+json"
    document = answer.json()
    assert document["status"] == answer.status_code
    assert all(document[member] for member in ("title", "detail", "mend"))
    return answer.status_code, document["type"].removeprefix("/docs/problems#")


def faults(answer: httpx.Response) -> set[str]:
    """Return the places of all values that a refusal finds at fault."""
    assert refusal(answer) == (422, "bad-input")
    return {fault["field"] for fault in answer.json()["errors"]}


@pytest.mark.parametrize("operation", CLOSED, ids=str)
class TestWhoCalls:
    def test_without_a_token_no_door_opens(self, callers: Callers, operation: Operation) -> None:
        bare = callers.agency.http.request(operation.method, operation.address(), json={})

        assert refusal(bare) == (401, "token-missing")

    def test_a_token_that_is_not_good_opens_no_door(
        self, callers: Callers, operation: Operation
    ) -> None:
        caller = callers.of(operation)
        now = int(caller.hub.clock.now().timestamp())
        strangers = replace(caller.organization, signing=callers.neighbour.organization.signing)
        tokens = {
            "token-expired": caller.token(iat=now - 200, exp=now - 100),
            "token-lifetime": caller.token(exp=now + 301),
            "token-audience": caller.token(aud="https://elsewhere.example"),
            "token-malformed": caller.token(exp=2.5e-42),
            # Another organization's key under one's own name, and its name under one's own key.
            "key-unknown": replace(caller, organization=strangers).token(),
            "token-signature": caller.token()[:-8] + "AAAAAAAA",
        }

        for slug, token in tokens.items():
            assert refusal(call(caller, operation, {}, token=token)) == (401, slug)

    def test_no_other_role_gets_in(self, callers: Callers, operation: Operation) -> None:
        answer = call(callers.not_of(operation), operation, {})

        if operation.role:
            assert refusal(answer) == (403, "forbidden")
        else:
            assert answer.status_code != 403

    def test_a_refusal_speaks_japanese_to_who_reads_it(
        self, callers: Callers, operation: Operation
    ) -> None:
        answer = callers.agency.http.request(
            operation.method, operation.address(), json={}, headers={"Accept-Language": "ja"}
        )

        assert refusal(answer) == (401, "token-missing")
        assert not answer.json()["title"].isascii()


@pytest.mark.parametrize("operation", WRITES, ids=str)
class TestWrites:
    def test_a_write_names_its_key(self, callers: Callers, operation: Operation) -> None:
        caller = callers.of(operation)
        bare = caller.http.post(
            operation.address(), json={}, headers={"Authorization": f"Bearer {caller.token()}"}
        )

        assert refusal(bare) == (400, "idempotency-key-missing")

    def test_a_key_serves_no_other_body(self, callers: Callers, operation: Operation) -> None:
        caller, key = callers.of(operation), f"of {operation}"
        assert caller.post(PEOPLE, NAMED, key=key).status_code == 201

        answer = call(caller, operation, {}, key=key)

        assert refusal(answer) == (422, "idempotency-key-reused")

    def test_a_token_that_has_written_writes_nothing_else(
        self, callers: Callers, operation: Operation
    ) -> None:
        caller = callers.of(operation)
        token = caller.token()
        assert caller.post(PEOPLE, NAMED, token=token).status_code == 201

        assert refusal(call(caller, operation, {}, token=token)) == (401, "token-replayed")


@pytest.mark.parametrize("operation", WITH_BODY, ids=str)
class TestBodies:
    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b'{"attestation": "eyJ',
            b'{"attestation": "\xff\xfe"}',
            b'\xef\xbb\xbf{"attestation": "a"}',
            '{"attestation": "a"}'.encode("utf-16"),
            b'{"attestation": NaN}',
            b'{"attestation": 1e999}',
            b'{"attestation": "\\u0000"}',
            b"[" * 5000,
        ],
        ids=["empty", "cut", "not-utf-8", "bom", "utf-16", "nan", "huge", "nul", "deep"],
    )
    def test_a_body_that_cannot_be_read_is_refused(
        self, callers: Callers, operation: Operation, body: bytes
    ) -> None:
        answer = send(callers.of(operation), operation, body, "application/json")

        assert refusal(answer) == (400, "malformed")

    @pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "text/plain", ""])
    def test_a_body_that_says_that_it_is_no_json_is_refused(
        self, callers: Callers, operation: Operation, kind: str
    ) -> None:
        assert refusal(send(callers.of(operation), operation, b"{}", kind)) == (415, "media-type")

    def test_a_body_that_is_packed_is_not_unpacked(
        self, callers: Callers, operation: Operation
    ) -> None:
        caller = callers.of(operation)
        for body in (gzip.compress(b'{"attestation": "a"}'), gzip.compress(bytes(5_000_000))):
            assert len(body) < 10_000
            answer = caller.http.post(
                operation.address(),
                content=body,
                headers={
                    "Authorization": f"Bearer {caller.token()}",
                    "Idempotency-Key": caller.token()[-40:],
                    "Content-Type": "application/json",
                    "Content-Encoding": "gzip",
                },
            )
            assert refusal(answer) == (400, "malformed")

    @pytest.mark.parametrize("body", [[], "text", 2.5e-42, None, True], ids=str)
    def test_a_body_that_is_no_object_is_refused(
        self, callers: Callers, operation: Operation, body: Json
    ) -> None:
        raw = json.dumps(body).encode()

        answer = send(callers.of(operation), operation, raw, "application/json")

        assert refusal(answer) == (422, "bad-input")

    def test_a_member_that_nobody_knows_is_refused_by_its_name(
        self, callers: Callers, operation: Operation
    ) -> None:
        answer = call(callers.of(operation), operation, {"surprise": 1})

        assert "surprise" in faults(answer)


@pytest.mark.parametrize(
    ("operation", "value"), VALUES, ids=[f"{one} {value.place}" for one, value in VALUES]
)
def test_a_value_of_another_type_is_refused_by_its_place(
    callers: Callers, operation: Operation, value: doors.Value
) -> None:
    for wrong in WRONG[value.kind]:
        answer = call(callers.of(operation), operation, doors.holding(value.place, wrong))
        assert value.place in faults(answer), wrong


@pytest.mark.parametrize("operation", ASKED, ids=str)
def test_a_word_of_a_query_that_nobody_knows_is_refused_by_its_name(
    callers: Callers, operation: Operation
) -> None:
    answer = callers.of(operation).get(f"{operation.address()}?surprise=1")

    assert faults(answer) == {"surprise"}


@pytest.mark.parametrize("operation", LISTINGS, ids=str)
class TestListings:
    @pytest.mark.parametrize("limit", ["0", "1001", "-1", "2.5e-42", "1.0", "ten", ""])
    def test_a_page_of_another_length_is_refused(
        self, callers: Callers, operation: Operation, limit: str
    ) -> None:
        answer = callers.of(operation).get(f"{operation.address()}?limit={limit}")

        assert faults(answer) == {"limit"}

    def test_a_page_begins_where_the_exchange_said(
        self, callers: Callers, operation: Operation
    ) -> None:
        begin = "after" if "after" in operation.query else "cursor"

        answer = callers.of(operation).get(f"{operation.address()}?{begin}=made-up")

        assert refusal(answer) == (422, "bad-input")
        assert answer.json()["field"] == begin


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_what_is_not_there_or_not_meant_so_is_a_problem_too(
    callers: Callers, operation: Operation
) -> None:
    http = callers.agency.http

    assert refusal(http.delete(operation.address())) == (405, "method-not-allowed")
    assert refusal(http.get(f"{operation.address()}/surprise")) == (404, "not-found")


def test_the_document_tells_of_every_door() -> None:
    assert len(OPERATIONS) > 30
    assert {one.role for one in OPERATIONS} == {"", "agency", "auditor", "member"}
