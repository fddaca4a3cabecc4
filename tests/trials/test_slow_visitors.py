"""`exchange serve` itself among visitors who drip, boast and forge: everybody else is served."""

import signal
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from exchange.cli.run import ENDS_WITHIN_S
from exchange.web.http.limits import LARGEST_BODY
from tests.story import scheme
from tests.story.behind_gateway import PATIENCE_S, knock, read_answer
from tests.story.machine import Machine, free_port

SIGN_IN = b"POST /portal/sign-in HTTP/1.1\r\nHost: localhost\r\n"
FORM = b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 90\r\n\r\nname="


@pytest.fixture
def machine(fresh_sqlite: Callable[[], str], tmp_path: Path) -> Machine:
    url = f"http://localhost:{free_port()}"
    hub = scheme.open_demo(fresh_sqlite(), tmp_path, url=url)
    hub.sequence()
    hub.close()
    return Machine(settings=hub.settings, log=tmp_path / "log")


@pytest.fixture
def visitor(machine: Machine) -> Iterator[httpx.Client]:
    with httpx.Client(
        base_url=machine.settings.url,
        timeout=PATIENCE_S,
        headers={"Accept-Encoding": "identity"},
    ) as http:
        yield http


def dripping(machine: Machine, count: int) -> list[socket.socket]:
    """Return connections over which bodies and heads drip in, so many of each."""
    return [
        knock(machine.port, SIGN_IN + rest) for rest in (FORM, b"X-Slow: ") for _ in range(count)
    ]


def test_sixteen_who_drip_keep_nobody_from_the_hub_and_its_end(
    machine: Machine, visitor: httpx.Client
) -> None:
    with machine.serving() as server:
        held = dripping(machine, 16)

        assert visitor.get("/healthz").status_code == 200
        assert visitor.get("/portal/sign-in").status_code == 200

        server.send_signal(signal.SIGTERM)
        assert server.wait(ENDS_WITHIN_S + PATIENCE_S) == 0
        for connection in held:
            connection.close()


def test_a_form_that_is_too_large_is_refused_on_a_page(machine: Machine) -> None:
    stated = f"Content-Length: {LARGEST_BODY + 1}\r\n\r\n".encode()
    language = b"Accept-Language: en\r\n"
    form = b"Content-Type: application/x-www-form-urlencoded\r\n"
    with machine.serving():
        status, headers, body = read_answer(knock(machine.port, SIGN_IN + form + language + stated))

    assert (status, headers["content-type"]) == (413, "text/html; charset=utf-8")
    assert headers["x-content-type-options"] == "nosniff"
    assert b"too large" in body


def test_the_ledger_is_served_to_readers_and_to_those_who_ask_for_heads(
    machine: Machine, visitor: httpx.Client
) -> None:
    with machine.serving():
        for path in ("/ledger/checkpoint", "/static/quiet.css", "/healthz"):
            whole, head = visitor.get(path), visitor.head(path)

            assert (whole.status_code, head.status_code) == (200, 200)
            assert head.headers["Content-Length"] == str(len(whole.content))
            assert head.content == b""


def test_behind_a_proxy_a_forged_name_of_its_header_counts_for_nothing(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXCHANGE_PROXIES", "1")
    path = f"/c/{'A' * 43}"
    with machine.serving(), httpx.Client(base_url=machine.settings.url) as http:
        # Thirty misses a minute are let pass, and sixty where the minute ends in between:
        # whoever writes another address each time is one all the same.
        asked = {
            http.get(
                path,
                headers={"X-Forwarded-For": "192.0.2.1", "X_Forwarded_For": f"198.51.100.{number}"},
            ).status_code
            for number in range(61)
        }
        other = http.get(path, headers={"X-Forwarded-For": "192.0.2.2"}).status_code

    assert (asked, other) == ({404, 429}, 404)
