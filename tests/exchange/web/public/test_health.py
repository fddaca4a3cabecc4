import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from flask import Flask
from structlog.testing import capture_logs

from exchange.app import create_app
from exchange.domain.organizations import Actor
from exchange.hub import Hub, open_hub
from exchange.services import alarms, people, witnesses
from exchange.store import transaction
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
        "ledger": {"size": 17, "uncovered_seconds": 0, "quorum": "none", "alarms": 0},
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


@pytest.mark.parametrize(("seconds", "status", "word"), [(110, 200, "ok"), (180, 503, "late")])
def test_an_entry_that_no_checkpoint_comes_to_cover_is_told(
    visitor: httpx.Client, hub: Hub, seconds: int, status: int, word: str
) -> None:
    hub.sequence()
    newcomer(hub)
    # It gets its place, but nothing is published: the disk may be full, or the database an older.
    hub.drain()
    forward(hub, seconds)

    answer = visitor.get("/healthz")
    figures = visitor.get("/metrics").text

    assert (answer.status_code, answer.json()["status"]) == (status, word)
    assert answer.json()["queue"]["waiting"] == 0
    assert seconds <= answer.json()["ledger"]["uncovered_seconds"] <= seconds + 60
    told = re.search(r"(?m)^exchange_uncovered_seconds (\S+)", figures)
    assert told is not None
    assert seconds <= float(told[1]) <= seconds + 60


class TestWithoutItsDatabase:
    """The database is away: it has stopped, or nothing leads to it."""

    @pytest.fixture
    def cut_off(self, hub: Hub) -> Iterator[httpx.Client]:
        """Yield a visitor of the hub whose database went away after it had been opened."""
        engine = transaction.connect("postgresql://nobody@127.0.0.1:1/none")
        away = replace(hub, engine=engine, sessions=transaction.sessions_of(engine))
        with visitor_of(create_app(away)) as http:
            yield http
        engine.dispose()

    def test_monitoring_is_told(self, cut_off: httpx.Client) -> None:
        answer = cut_off.get("/healthz")
        assert answer.status_code == 503
        assert answer.json() == {"status": "down", "database": "away"}

    def test_the_figures_stay_to_be_had_and_say_so(self, cut_off: httpx.Client) -> None:
        cut_off.get("/v1/directory")
        answer = cut_off.get("/metrics")
        assert answer.status_code == 200
        assert "exchange_database_up 0.0" in answer.text
        assert 'route="/v1/directory",status="503"} 1.0' in answer.text

    @pytest.mark.parametrize(
        "path", ["/v1/directory", "/ledger/checkpoint", "/ledger/tile/0/000", f"/c/{'A' * 43}"]
    )
    def test_who_asks_is_told_to_come_again_and_the_log_in_one_line(
        self, cut_off: httpx.Client, path: str
    ) -> None:
        with capture_logs() as log:
            answer = cut_off.get(path, headers={"Accept": "application/json"})
        assert answer.status_code == 503
        assert answer.headers["Retry-After"] == "5"
        assert answer.json()["type"] == "/docs/problems#busy"
        assert [line["event"] for line in log] == ["the database takes nothing", "answered"]


def test_a_database_that_answers_is_told_in_the_figures(visitor: httpx.Client) -> None:
    assert "exchange_database_up 1.0" in visitor.get("/metrics").text


def test_how_long_ago_the_worker_was_at_work_is_told(visitor: httpx.Client, hub: Hub) -> None:
    never = visitor.get("/metrics").text
    hub.note_worker()
    lately = visitor.get("/metrics").text

    assert "exchange_worker_age_seconds +Inf" in never
    told = re.search(r"(?m)^exchange_worker_age_seconds (\S+)", lately)
    assert told is not None
    assert 0 <= float(told[1]) < 60


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
        assert answer.json()["ledger"]["size"] == 17
        assert answer.json()["ledger"]["quorum"] == "missed"
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
