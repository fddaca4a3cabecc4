"""`Prefer: wait=N` is followed for a few seconds, by a few at once, and ignored where it is odd."""

from collections.abc import Iterator
from contextlib import ExitStack
from threading import Event, Thread
from time import monotonic
from typing import Final

import httpx
import pytest
from flask import Flask
from flask_smorest import Api
from marshmallow import fields

from exchange.domain.errors import ReceiptNotReadyError
from exchange.hub import Hub
from exchange.services import ledger
from exchange.services.bell import PLACES
from exchange.web.http import limits, metrics, problems, waiting, wiring
from exchange.web.http.door import Answer, Call, Door
from exchange.web.http.shapes import Shape
from tests.story.api import Caller
from tests.story.scheme import Consortium

FACT: Final = ledger.Fact(kind="claim.declined", refs={"claim": f"clm_{'0' * 26}"})


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("", 0),
        ("wait=2", 2),
        ("wait=5", 5),
        ("wait=6", 5),
        ("wait=999999", 5),
        ("wait=0", 0),
        ("WAIT=1", 1),
        ('wait="3"', 3),
        ("wait = 4", 4),
        ("respond-async, wait=2", 2),
        ("wait=1, wait=4", 1),
        ("wait=2; foo=bar", 2),
        ("return=minimal", 0),
        ("wait", 0),
        ("wait=", 0),
        ("wait=-1", 0),
        ("wait=1.5", 0),
        ("wait=two", 0),
        ("wait=9999999999", 0),
        ("waiting=2", 0),
        ("wait=２", 0),
    ],
)
def test_how_long_somebody_likes_to_wait(header: str, seconds: int) -> None:
    assert waiting.preferred_s(header) == seconds


class DoneShape(Shape):
    """An act that was done."""

    done = fields.Boolean()


@pytest.fixture
def door_app(hub: Hub) -> Flask:
    door = Door("acts", "Acts.")

    @door.write("/v1/acts", answers=DoneShape)
    def act(call: Call) -> Answer:
        """Do one thing that the ledger keeps."""
        ledger.attest_as_hub(call.work, FACT, orgs=(call.actor.slug,))
        return {"done": True}

    @door.write("/v1/many", answers=DoneShape)
    def many(call: Call) -> Answer:
        """Do twenty-one things that the ledger keeps."""
        for _ in range(21):
            ledger.attest_as_hub(call.work, FACT, orgs=(call.actor.slug,))
        return {"done": True}

    @door.write("/v1/foreign", answers=DoneShape)
    def foreign(call: Call) -> Answer:
        """Do something that concerns somebody else."""
        ledger.attest_as_hub(call.work, FACT, orgs=("somebody-else",))
        return {"done": True}

    @door.file("/v1/files/<name>", media_type="text/plain; charset=utf-8")
    def file(call: Call, name: str) -> bytes:
        """Give a file, once there is a checkpoint of more entries."""
        raise ReceiptNotReadyError(f"{name} is not there for {call.actor.slug}.")

    app = Flask(__name__)
    app.config.update(API_TITLE="Acts", API_VERSION="1", OPENAPI_VERSION="3.1.0")
    limits.bound(app)
    wiring.wire(app, hub, metrics.measure(app))
    api = Api(app)
    problems.refuse_in_words(app)
    api.register_blueprint(door.blueprint)
    return app


@pytest.fixture
def caller(door_app: Flask, hub: Hub, consortium: Consortium) -> Iterator[Caller]:
    transport = httpx.WSGITransport(app=door_app)
    with httpx.Client(transport=transport, base_url="http://localhost") as client:
        yield Caller(organization=consortium.members[0], hub=hub, http=client)


def act(
    caller: Caller, wait: str = "", path: str = "/v1/acts", key: str = "once"
) -> httpx.Response:
    headers = {"Authorization": f"Bearer {caller.token()}", "Idempotency-Key": key}
    return caller.http.post(path, headers={**headers, **({"Prefer": wait} if wait else {})})


def test_a_write_names_where_its_receipt_will_be_and_does_not_wait_unasked(
    caller: Caller,
) -> None:
    began = monotonic()
    answer = act(caller)
    assert monotonic() - began < waiting.LONGEST_WAIT_S
    assert answer.status_code == 200
    assert answer.headers["Link"].startswith("</v1/receipts/")
    assert answer.links["receipt"]["url"].startswith("/v1/receipts/")
    assert "Preference-Applied" not in answer.headers


def test_the_same_write_sent_again_names_the_same_receipt(caller: Caller) -> None:
    first, again = act(caller), act(caller)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.headers["Link"] == first.headers["Link"]
    assert again.content == first.content


def test_many_acts_are_linked_by_one_page(caller: Caller, hub: Hub) -> None:
    size = hub.sequence()
    first = act(caller, path="/v1/many")
    assert first.headers.get_list("Link") == [f'</v1/receipts?after={size - 1}>; rel="receipts"']
    assert act(caller, path="/v1/many").headers["Link"] == first.headers["Link"]


def test_what_concerns_somebody_else_is_not_linked(caller: Caller) -> None:
    answer = act(caller, "wait=2", "/v1/foreign")
    assert "Link" not in answer.headers
    assert "Preference-Applied" not in answer.headers


def test_a_write_that_waits_is_answered_when_the_checkpoint_is_published(
    caller: Caller, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "LONGEST_WAIT_S", 60)
    stop = Event()

    def keep_sequencing() -> None:
        while not stop.is_set():
            hub.written.wait(1)
            hub.written.clear()
            hub.sequence()

    worker = Thread(target=keep_sequencing)
    worker.start()
    began = monotonic()
    answer = act(caller, "wait=60")
    took = monotonic() - began
    stop.set()
    hub.written.set()
    worker.join(30)
    assert answer.headers["Preference-Applied"] == "wait=60"
    assert took < 30
    with hub.reading() as work:
        name = answer.links["receipt"]["url"].rpartition("/")[2]
        assert ledger.proof_of(work, name) is not None


def test_a_write_that_waits_in_vain_is_answered_after_its_time(caller: Caller) -> None:
    began = monotonic()
    answer = act(caller, "wait=1")
    assert 1 <= monotonic() - began < 30
    assert (answer.status_code, answer.headers["Preference-Applied"]) == (200, "wait=1")


def test_while_it_waits_others_write(caller: Caller) -> None:
    answers: list[httpx.Response] = []
    waiter = Thread(target=lambda: answers.append(act(caller, "wait=5", key="waits")))
    began = monotonic()
    waiter.start()
    while monotonic() - began < 1:
        assert act(caller, key=f"{monotonic()}").status_code == 200
    assert not answers
    waiter.join(30)
    assert answers[0].status_code == 200


def test_whoever_finds_no_place_to_wait_is_answered_at_once(
    caller: Caller, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "LONGEST_WAIT_S", 60)
    with ExitStack() as places:
        for _ in range(PLACES):
            assert places.enter_context(hub.bell.place())
        began = monotonic()
        answer = act(caller, "wait=60")
        refused = caller.http.get(
            "/v1/files/a",
            headers={"Authorization": f"Bearer {caller.token()}", "Prefer": "wait=60"},
        )
        assert monotonic() - began < 30
    assert answer.status_code == 200
    assert "Preference-Applied" not in answer.headers
    assert refused.status_code == 404


def test_a_file_that_is_not_ready_says_when_to_come_again(caller: Caller) -> None:
    answer = caller.get("/v1/files/a")
    assert (answer.status_code, answer.headers["Retry-After"]) == (404, "1")
    assert answer.json()["type"].endswith("#receipt-not-ready")
