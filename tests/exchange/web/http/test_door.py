import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from threading import Thread
from time import sleep

import httpx
import pytest
from flask import Flask
from flask_smorest import Api
from marshmallow import fields

from exchange.domain.errors import StepRefusedError
from exchange.hub import Hub
from exchange.store import requests as request_rows
from exchange.web.http import limits, metrics, problems, wiring
from exchange.web.http.door import Answer, Call, Door
from exchange.web.http.idempotency import HEADER
from exchange.web.http.shapes import Shape, whole
from tests.story.api import Caller
from tests.story.scheme import Consortium


class NoteShape(Shape):
    """A note."""

    text = fields.String(required=True)
    size = whole(least=1, most=5, said="Size.", required=False)


class NotedShape(Shape):
    """A note that was kept."""

    number = fields.Integer()
    by = fields.String()


class NoteQuery(Shape):
    """Which notes."""

    size = fields.Integer(load_default=3)


@dataclass(kw_only=True)
class Notes:
    """A door that keeps notes, and what came through it."""

    app: Flask
    taken: list[str] = field(default_factory=list)


@pytest.fixture
def notes(hub: Hub) -> Notes:
    kept = Notes(app=Flask(__name__))
    door = Door("notes", "Notes.")

    @door.open_to_all("/v1/open", answers=NotedShape)
    def read_open(work: object) -> Answer:
        """Read what anybody may."""
        return {"number": len(kept.taken)}

    @door.read("/v1/notes", answers=NotedShape, query=NoteQuery)
    def read(call: Call, query: Mapping[str, int]) -> Answer:
        """Read notes."""
        return {"number": query["size"], "by": call.actor.slug}

    @door.write("/v1/notes", takes=NoteShape, answers=NotedShape, status=201)
    def take(call: Call, body: Mapping[str, str]) -> Answer:
        """Keep a note."""
        sleep(0.05)
        kept.taken.append(body["text"])
        if body["text"] == "refused":
            raise StepRefusedError("Not now.")
        return {"number": len(kept.taken), "by": call.actor.slug}

    @door.write("/v1/notes/<name>/end", answers=NotedShape, roles=("agency", "auditor"))
    def end(call: Call, name: str) -> Answer:
        """End a note."""
        kept.taken.append(f"end {name}")
        return {"number": 0}

    app = kept.app
    app.config.update(API_TITLE="Notes", API_VERSION="1", OPENAPI_VERSION="3.1.0")
    limits.bound(app)
    wiring.wire(app, hub, metrics.measure(app))
    api = Api(app)
    problems.refuse_in_words(app)
    api.register_blueprint(door.blueprint)
    return kept


@pytest.fixture
def caller(notes: Notes, hub: Hub, consortium: Consortium) -> Iterator[Caller]:
    transport = httpx.WSGITransport(app=notes.app)
    with httpx.Client(transport=transport, base_url="http://localhost") as client:
        yield Caller(organization=consortium.members[0], hub=hub, http=client)


def problem(answer: httpx.Response) -> str:
    return str(answer.json()["type"]).removeprefix("/docs/problems#")


def test_what_is_open_to_all_needs_no_token(caller: Caller) -> None:
    assert caller.http.get("/v1/open").json() == {"number": 0}


def test_a_reading_knows_who_reads_and_what_was_asked(caller: Caller) -> None:
    assert caller.get("/v1/notes").json() == {"number": 3, "by": "mirai"}
    assert caller.get("/v1/notes?size=4").json() == {"number": 4, "by": "mirai"}


@pytest.mark.parametrize("query", ["size=x", "size=1.5", "colour=red", "size="])
def test_a_query_that_is_not_as_it_must_be_is_refused(caller: Caller, query: str) -> None:
    answer = caller.get(f"/v1/notes?{query}")

    assert (answer.status_code, problem(answer)) == (422, "bad-input")
    assert answer.json()["field"] in {"size", "colour"}


def test_without_a_token_nothing_is_read_or_written(caller: Caller, notes: Notes) -> None:
    read = caller.http.get("/v1/notes")
    written = caller.http.post("/v1/notes", json={"text": "a"}, headers={HEADER: "k"})

    assert (read.status_code, problem(read)) == (401, "token-missing")
    assert (written.status_code, problem(written)) == (401, "token-missing")
    assert notes.taken == []


def test_a_write_is_done_and_answered(caller: Caller, notes: Notes) -> None:
    answer = caller.post("/v1/notes", {"text": "a", "size": 5})

    assert answer.status_code == 201
    assert answer.json() == {"number": 1, "by": "mirai"}
    assert notes.taken == ["a"]


@pytest.mark.parametrize(
    ("body", "at_fault"),
    [
        ({}, "text"),
        ({"text": None}, "text"),
        ({"text": "a", "size": 2.59e-42}, "size"),
        ({"text": "a", "size": 6}, "size"),
        ({"text": "a", "colour": "red"}, "colour"),
        ([], ""),
        ("text", ""),
        (None, ""),
    ],
)
def test_a_body_that_is_not_as_it_must_be_is_refused_by_field(
    caller: Caller, notes: Notes, body: object, at_fault: str
) -> None:
    content = json.dumps(body)
    headers = {
        "Authorization": f"Bearer {caller.token()}",
        "Content-Type": "application/json",
        HEADER: "k",
    }
    answer = caller.http.post("/v1/notes", content=content, headers=headers)

    assert (answer.status_code, problem(answer)) == (422, "bad-input")
    assert answer.json().get("field", "") == at_fault
    assert notes.taken == []


def test_a_body_that_is_no_json_is_refused(caller: Caller) -> None:
    headers = {"Authorization": f"Bearer {caller.token()}", HEADER: "k"}

    cut = caller.http.post(
        "/v1/notes", content=b'{"text":', headers={**headers, "Content-Type": "application/json"}
    )
    other = caller.http.post("/v1/notes", content=b"text=a", headers=headers)

    assert (cut.status_code, problem(cut)) == (400, "malformed")
    assert (other.status_code, problem(other)) == (415, "media-type")


def test_a_write_without_a_key_is_refused(caller: Caller, notes: Notes) -> None:
    answer = caller.http.post(
        "/v1/notes", json={"text": "a"}, headers={"Authorization": f"Bearer {caller.token()}"}
    )

    assert (answer.status_code, problem(answer)) == (400, "idempotency-key-missing")
    assert notes.taken == []


def test_the_same_write_sent_again_gets_the_first_answer_and_is_not_done_again(
    caller: Caller, notes: Notes
) -> None:
    first = caller.post("/v1/notes", {"text": "a"}, key="k-1")
    again = caller.post("/v1/notes", {"text": "a"}, key="k-1")

    assert again.status_code == first.status_code == 201
    assert again.content == first.content
    assert again.headers["Content-Type"] == first.headers["Content-Type"]
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert notes.taken == ["a"]


def test_the_same_key_with_another_body_or_address_is_refused(caller: Caller, notes: Notes) -> None:
    caller.post("/v1/notes", {"text": "a"}, key="k-1")

    other_body = caller.post("/v1/notes", {"text": "b"}, key="k-1")
    other_query = caller.post("/v1/notes?x=1", {"text": "a"}, key="k-1")

    assert (other_body.status_code, problem(other_body)) == (422, "idempotency-key-reused")
    assert (other_query.status_code, problem(other_query)) == (422, "idempotency-key-reused")
    assert notes.taken == ["a"]


def test_the_same_key_of_another_organization_is_another_key(
    caller: Caller, consortium: Consortium, notes: Notes
) -> None:
    other = Caller(organization=consortium.members[1], hub=caller.hub, http=caller.http)

    caller.post("/v1/notes", {"text": "a"}, key="k-1")
    answer = other.post("/v1/notes", {"text": "b"}, key="k-1")

    assert answer.json() == {"number": 2, "by": "aozora"}
    assert notes.taken == ["a", "b"]


def test_a_refused_write_leaves_nothing_and_may_be_mended_under_its_key(
    caller: Caller, notes: Notes
) -> None:
    refused = caller.post("/v1/notes", {"text": "refused"}, key="k-1")
    mended = caller.post("/v1/notes", {"text": "a"}, key="k-1")

    assert (refused.status_code, problem(refused)) == (409, "step-refused")
    assert mended.status_code == 201


def test_a_token_writes_one_request_and_may_repeat_only_that(caller: Caller, notes: Notes) -> None:
    token = caller.token()
    first = caller.post("/v1/notes", {"text": "a"}, key="k-1", token=token)
    again = caller.post("/v1/notes", {"text": "a"}, key="k-1", token=token)
    other_body = caller.post("/v1/notes", {"text": "b"}, key="k-2", token=token)
    other_key = caller.post("/v1/notes", {"text": "a"}, key="k-3", token=token)

    assert again.content == first.content
    assert (other_body.status_code, problem(other_body)) == (401, "token-replayed")
    assert (other_key.status_code, problem(other_key)) == (401, "token-replayed")
    assert notes.taken == ["a"]


def test_a_token_may_read_as_often_as_it_lives(caller: Caller) -> None:
    token = caller.token()

    assert {caller.get("/v1/notes", token=token).status_code for _ in range(3)} == {200}


def test_two_writes_at_once_under_one_key_are_done_once(caller: Caller, notes: Notes) -> None:
    answers: list[httpx.Response] = []

    def write() -> None:
        answers.append(caller.post("/v1/notes", {"text": "a"}, key="k-1"))

    threads = [Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert {answer.content for answer in answers} == {answers[0].content}
    assert sum("Idempotency-Replayed" in answer.headers for answer in answers) == 3
    assert notes.taken == ["a"]


def test_a_kept_answer_cannot_be_read_in_the_database(caller: Caller, hub: Hub) -> None:
    caller.post("/v1/notes", {"text": "a"}, key="k-1")

    with hub.reading() as work:
        (row,) = work.session.query(request_rows.AnswerRow).all()

    assert b"mirai" not in row.body
    assert "k-1" not in row.key


def test_a_write_of_one_role_is_refused_to_another(
    caller: Caller, consortium: Consortium, notes: Notes
) -> None:
    agency = Caller(organization=consortium.agencies[0], hub=caller.hub, http=caller.http)

    refused = caller.post("/v1/notes/x/end")
    done = agency.post("/v1/notes/x/end")

    assert (refused.status_code, problem(refused)) == (403, "forbidden")
    assert done.status_code == 200
    assert notes.taken == ["end x"]


@pytest.mark.parametrize("key", ["", "x" * 129])
def test_a_key_of_another_form_is_refused(caller: Caller, key: str) -> None:
    headers = {"Authorization": f"Bearer {caller.token()}", HEADER: key}
    answer = caller.http.post("/v1/notes", json={"text": "a"}, headers=headers)

    assert (answer.status_code, problem(answer)) == (400, "idempotency-key-missing")


def test_a_key_of_the_longest_form_passes(caller: Caller) -> None:
    assert caller.post("/v1/notes", {"text": "a"}, key="x" * 128).status_code == 201


def test_each_request_is_documented_with_what_it_needs(notes: Notes) -> None:
    api = notes.app.extensions["flask-smorest"]["apis"][""]["ext_obj"]
    api.spec.components.parameter("IdempotencyKey", "header", {"name": HEADER})

    paths = api.spec.to_dict()["paths"]

    assert "security" not in paths["/v1/open"]["get"]
    assert paths["/v1/notes"]["get"]["security"] == [{"organization": []}]
    assert paths["/v1/notes"]["post"]["parameters"] == [
        {"$ref": "#/components/parameters/IdempotencyKey"},
        {"$ref": "#/components/parameters/PreferWait"},
    ]
    assert paths["/v1/notes"]["post"]["responses"].keys() == {"201", "default"}
    assert paths["/v1/notes"]["post"]["summary"] == "Keep a note."
