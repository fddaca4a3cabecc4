import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from threading import Event
from threading import enumerate as enumerate_threads
from time import monotonic, sleep

import httpx
import pytest
from flask import Flask
from structlog.testing import capture_logs

from exchange import app as application
from exchange import witnessing
from exchange.hub import Hub, open_hub
from exchange.network import witness
from exchange.services import checkpoints
from exchange.store import ledger as ledger_rows
from relay_protocol.note import VerifierKey
from tests.story import api
from tests.story.local_hub import Asked, Told
from tests.story.scheme import Organization, admit, corporate_number
from tests.story.witnesses import OtherWitness, listening


@pytest.fixture
def engine() -> str:
    """Ask one engine only: how the app is put together does not depend on it."""
    return "sqlite"


def test_every_asset_that_a_page_asks_for_comes_from_us(visitor: httpx.Client) -> None:
    pages = [visitor.get("/").text, visitor.get("/portal/sign-in").text]

    paths = {path for page in pages for path in re.findall(r'(?:href|src)="(/[^"]+\.\w+)"', page)}

    assert "/static/quiet.css" in paths
    assert "/bootstrap/static/css/bootstrap.min.css" in paths
    assert {visitor.get(path).status_code for path in paths - {"/v1/openapi.json"}} == {200}


def test_a_page_is_not_compressed(visitor: httpx.Client) -> None:
    answer = visitor.get("/portal/sign-in", headers={"Accept-Encoding": "gzip"})

    assert "Content-Encoding" not in answer.headers


def test_japanese_goes_out_as_japanese(visitor: httpx.Client) -> None:
    assert "リレー協議会" in visitor.get("/v1/scheme").text


def test_the_secret_of_the_cookie_is_the_hubs_own_and_stays(hub: Hub, app: Flask) -> None:
    assert app.secret_key == application.create_app(hub).secret_key
    assert app.secret_key == hub.keyring.derive("web/session")


def test_what_is_taken_comes_into_the_ledger_by_itself(hub: Hub) -> None:
    hub.sequence()
    with hub.reading() as work:
        before = ledger_rows.size(work.session)
    stopped = application.keep_sequencing(hub)
    admit(hub, Organization(slug="minato", role="member", number=corporate_number(20)))

    for _ in range(300):
        with hub.reading() as work:
            checkpoint = ledger_rows.checkpoint(work.session)
            assert checkpoint is not None
            if checkpoint.size > before:
                break
        sleep(0.1)

    end(hub, stopped)

    assert checkpoint is not None
    assert checkpoint.size == before + 1


def test_with_witnesses_a_silent_one_keeps_no_attestation_from_its_place(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(witnessing, "WAIT_S", 600)
    monkeypatch.setattr(witness, "ANSWER_WITHIN_S", 600)
    released = Event()

    def late(_: Asked) -> Told:
        """Answer after both are signed, and nothing that counts."""
        assert released.wait(100)
        return Told(status=503)

    log = VerifierKey.parse(hub.scheme.ledger_vkey)
    asleep = OtherWitness(
        name="w1",
        origin=hub.scheme.origin,
        log_key=log.public_key,
        misbehaves=late,
    )
    with listening(asleep):
        path = tmp_path / "policy"
        path.write_text(f"log {hub.scheme.ledger_vkey}\n{asleep.policy_line}\nquorum w1\n")
        watched = open_hub(replace(hub.settings, policy=path))
        stopped = application.keep_sequencing(watched)
        for number in (20, 21):
            slug = f"minato-{number}"
            admit(watched, Organization(slug=slug, role="member", number=corporate_number(number)))
            until(partial(has_signed, watched, number - 2))
        # Both are in the ledger, signed, before the witness has answered once.
        assert sizes(watched)[1] < 19
        released.set()
        until(lambda: sizes(watched)[1] == 19)
        end(watched, stopped)
        watched.close()


def test_an_idle_hub_asks_its_witnesses_again_by_itself(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(application, "LEDGER_IDLE_S", 0.05)
    log = VerifierKey.parse(hub.scheme.ledger_vkey)
    awake = OtherWitness(name="w1", origin=hub.scheme.origin, log_key=log.public_key)
    with listening(awake):
        path = tmp_path / "policy"
        path.write_text(f"log {hub.scheme.ledger_vkey}\n{awake.policy_line}\nquorum w1\n")
        watched = open_hub(replace(hub.settings, policy=path))
        stopped = application.keep_sequencing(watched)
        until(lambda: awake.asked == 1)
        sleep(0.3)
        assert awake.asked == 1
        assert hub.settings.clock is not None
        hub.settings.clock.write_text("660")
        # Nobody has written anything meanwhile.
        until(lambda: awake.asked == 2)
        end(watched, stopped)
        watched.close()


def end(hub: Hub, stopped: Event) -> None:
    """End what writes the ledger, and wait until its threads have given their connections back."""
    stopped.set()
    hub.written.set()
    hub.signed.set()
    for thread in enumerate_threads():
        if thread.name in {"ledger", "publishing"}:
            thread.join(30)


def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds, for at most half a minute."""
    ends_at = monotonic() + 30
    while not holds():
        assert monotonic() < ends_at
        sleep(0.02)


def sizes(hub: Hub) -> tuple[int, int]:
    """Return the sizes of the newest signed and of the newest published checkpoint."""
    with hub.reading() as work:
        return checkpoints.signed_and_published(work.session)


def has_signed(hub: Hub, size: int) -> bool:
    """Return whether the newest signed checkpoint has that size."""
    return sizes(hub)[0] == size


def test_between_two_checkpoints_what_comes_gets_its_place_already(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(application, "LEDGER_PACE_S", 600)
    signed = hub.sequence()
    hub.written.set()
    stopped = application.keep_sequencing(hub)
    admit(hub, Organization(slug="minato", role="member", number=corporate_number(20)))
    sleep(0.5)
    admit(hub, Organization(slug="hakata", role="member", number=corporate_number(21)))

    for _ in range(300):
        with hub.reading() as work:
            checkpoint = ledger_rows.checkpoint(work.session)
            size = ledger_rows.size(work.session)
        if size == signed + 2:
            break
        sleep(0.1)

    end(hub, stopped)

    assert size == signed + 2
    assert checkpoint is not None
    assert checkpoint.size < signed + 2


@pytest.mark.parametrize(("proxies", "second_visitor"), [(0, 429), (1, 404)])
def test_a_visitor_behind_a_trusted_proxy_is_known_by_their_own_address(
    hub: Hub, translated: None, proxies: int, second_visitor: int
) -> None:
    settings = replace(hub.settings, trusted_proxies=proxies)
    behind = application.create_app(replace(hub, settings=settings))
    guess = f"/c/{'A' * 43}"

    with api.visitor(behind) as http:
        for _ in range(30):
            http.get(guess, headers={"X-Forwarded-For": "192.0.2.1"})
        first = http.get(guess, headers={"X-Forwarded-For": "192.0.2.1"})
        second = http.get(guess, headers={"X-Forwarded-For": "192.0.2.2"})

    assert (first.status_code, second.status_code) == (429, second_visitor)


def test_a_ledger_that_cannot_be_published_is_told_once_and_goes_on(
    hub: Hub, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(application, "LEDGER_IDLE_S", 0.02)
    monkeypatch.setattr(application, "LEDGER_PACE_S", 0.02)
    hub.sequence()
    (tmp_path / "full").write_text("a file where a folder should be")
    full = replace(hub, settings=replace(hub.settings, state=tmp_path / "full"))
    with capture_logs() as log:
        stopped = application.keep_sequencing(full)
        until(lambda: bool(log))
        sleep(0.5)
        stopped.set()
        full.written.set()

    assert [(line["event"], line["turn"]) for line in log] == [("stopped", "ledger")]
    assert str(tmp_path / "full") in log[0]["detail"]
