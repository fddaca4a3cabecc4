import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from flask import Flask

from exchange.app import create_app
from exchange.domain.organizations import Actor
from exchange.hub import Hub, open_hub
from exchange.services import alarms, people, witnesses
from relay_protocol import note
from tests.story.api import visitor as visitor_of
from tests.story.scheme import Consortium, Organization, admit, corporate_number
from tests.story.witnesses import OtherWitness

OFFICER = Actor(kind="person", slug="office", role="operator", user_id="usr_office")


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
        "ledger": {"size": 17, "quorum": "none", "alarms": 0},
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


class TestWithWitnesses:
    """The one witness of the policy must cosign, but it runs no server."""

    @pytest.fixture
    def watched(self, hub: Hub, tmp_path: Path) -> Iterator[tuple[Hub, Flask]]:
        """Yield a hub whose one witness nobody runs yet, and its application."""
        opened = open_hub(replace(hub.settings, policy=policy_of(hub, tmp_path / "policy")))
        yield opened, create_app(opened)
        opened.close()

    def test_a_missed_quorum_is_told_and_takes_nothing_away(
        self, watched: tuple[Hub, Flask]
    ) -> None:
        with visitor_of(watched[1]) as http:
            answer = http.get("/healthz")
            figures = http.get("/metrics").text
        assert (answer.status_code, answer.json()["status"]) == (200, "unwitnessed")
        assert answer.json()["ledger"] == {"size": 17, "quorum": "missed", "alarms": 0}
        assert "exchange_quorum_met 0.0" in figures
        assert "exchange_checkpoint_size 17.0" in figures
        assert 'exchange_witness_success_timestamp_seconds{witness="w1"} 0.0' in figures
        assert 'exchange_witness_behind_entries{witness="w1"} 17.0' in figures

    def test_a_quorum_that_is_met_is_told_and_when_and_how_far(
        self, watched: tuple[Hub, Flask]
    ) -> None:
        hub, app = watched
        assert hub.policy is not None
        (line,) = hub.policy.witnesses
        with hub.noting() as work:
            signature = note.SignatureLine(
                name=line.vkey.name, key_id=line.vkey.key_id, signature=bytes(72)
            )
            witnesses.keep(work, line, 17, (signature,))
            at = work.now.timestamp()
        with visitor_of(app) as http:
            assert http.get("/healthz").json()["status"] == "ok"
            assert http.get("/healthz").json()["ledger"]["quorum"] == "met"
            figures = http.get("/metrics").text
        assert "exchange_quorum_met 1.0" in figures
        assert 'exchange_witness_behind_entries{witness="w1"} 0.0' in figures
        told = re.search(r'exchange_witness_success_timestamp_seconds{witness="w1"} (\S+)', figures)
        assert told is not None
        assert abs(float(told[1]) - at) < 1

    def test_an_alarm_is_told_until_it_is_acknowledged(self, watched: tuple[Hub, Flask]) -> None:
        hub, app = watched
        with hub.noting() as work:
            raised = witnesses.raise_alarm(work, "w1", status=422, size=17, theirs=None)
        assert raised is not None
        with visitor_of(app) as http:
            assert http.get("/healthz").json()["status"] == "alarm"
            assert "exchange_alarms 1.0" in http.get("/metrics").text
            with hub.noting() as work:
                alarms.acknowledge(work, OFFICER, raised.id)
            assert http.get("/healthz").json()["status"] == "unwitnessed"
            assert "exchange_alarms 0.0" in http.get("/metrics").text


def policy_of(hub: Hub, path: Path) -> Path:
    """Write a policy of one witness that has no address."""
    log = note.VerifierKey.parse(hub.scheme.ledger_vkey)
    witness = OtherWitness(name="w1", origin=hub.scheme.origin, log_key=log.public_key)
    path.write_text(f"log {hub.scheme.ledger_vkey}\n{witness.policy_line}\nquorum w1\n")
    return path


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
