import httpx
import pytest
from flask import Flask

from exchange.hub import Hub
from exchange.services import people
from tests.story.scheme import Consortium, Organization, admit, corporate_number


def newcomer(hub: Hub) -> None:
    """Put one attestation into the queue."""
    admit(hub, Organization(slug="minato", role="member", number=corporate_number(20)))


def forward(hub: Hub, seconds: int) -> None:
    assert hub.settings.clock is not None
    hub.settings.clock.write_text(str(seconds))


def test_an_exchange_that_is_well_says_so(visitor: httpx.Client, hub: Hub) -> None:
    hub.sequence()

    answer = visitor.get("/healthz")

    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ok",
        "database": "ok",
        "queue": {"waiting": 0, "oldest_seconds": 0},
    }


def test_a_queue_that_nobody_drains_is_told(visitor: httpx.Client, hub: Hub) -> None:
    newcomer(hub)
    waiting = visitor.get("/healthz")
    forward(hub, 180)

    late = visitor.get("/healthz")

    assert (waiting.status_code, waiting.json()["status"]) == (200, "ok")
    assert waiting.json()["queue"]["waiting"] == 1
    assert (late.status_code, late.json()["status"]) == (503, "late")
    assert late.json()["queue"]["oldest_seconds"] >= 180


def test_figures_are_for_the_machine_itself(visitor: httpx.Client, hub: Hub) -> None:
    newcomer(hub)
    visitor.get("/v1/scheme")

    answer = visitor.get("/metrics")

    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    assert 'route="/v1/scheme",status="200"} 1.0' in answer.text
    assert "exchange_queue_waiting 1.0" in answer.text


@pytest.mark.parametrize("header", [{"X-Forwarded-For": "192.0.2.7"}, {"X-Forwarded-For": ""}])
def test_figures_are_not_for_whom_a_proxy_lets_through(
    visitor: httpx.Client, header: dict[str, str]
) -> None:
    assert visitor.get("/metrics", headers=header).status_code == 404


def test_figures_are_not_for_other_machines(app: Flask) -> None:
    answer = app.test_client().get("/metrics", environ_base={"REMOTE_ADDR": "192.0.2.7"})

    assert answer.status_code == 404


def test_figures_hold_no_path(visitor: httpx.Client, hub: Hub, consortium: Consortium) -> None:
    with hub.work() as work:
        token = people.invite_person(work, consortium.agencies[0].actor, "佐倉 花子").token
    visitor.get(f"/portal/enrol/{token}")

    assert token not in visitor.get("/metrics").text


def test_the_apis_document_is_served(visitor: httpx.Client) -> None:
    told = visitor.get("/v1/openapi.json").json()

    assert told["openapi"] == "3.1.0"
    assert "/v1/scheme" in told["paths"]
