"""The witness as a server of its own: a real process, real sockets, killed and begun again."""

import os
import signal
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from career_relay.clock import ClockError
from career_relay.errors import NotReadyError
from career_relay.witness.serving import WitnessSettings, open_witness, serve
from career_relay.witness.state import WitnessState, WitnessStateError
from relay_protocol.note import SignerKey
from relay_protocol.witnessing import monitoring_path, read_cosignatures
from tests.story.plain_log import NAME, PlainLog, named_key
from tests.story.witness_server import served

Asks = Callable[[PlainLog, int, int], bytes]


@pytest.fixture
def settings(key_path: Path, tmp_path: Path, log: PlainLog, signer: SignerKey) -> WitnessSettings:
    WitnessState.begin(tmp_path / "served.db", signer.verifier)
    return WitnessSettings(key=key_path, state=tmp_path / "served.db", log_keys=(log.vkey,))


def post(url: str, body: bytes) -> tuple[int, str, bytes]:
    request = urllib.request.Request(f"{url}/add-checkpoint", data=body, method="POST")  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            return answer.status, answer.headers["Content-Type"], answer.read()
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, refused.headers["Content-Type"], refused.read()


def test_a_log_asks_the_server_and_a_killed_server_forgets_nothing(
    settings: WitnessSettings, log: PlainLog, asked: Asks, signer: SignerKey
) -> None:
    with served(settings) as (url, process):
        status, _, answer = post(url, asked(log, 0, 8))
        assert status == 200
        assert read_cosignatures(answer, log.note(8), signer.verifier)
        assert post(url, b"old 1")[0] == 400
        # The worker goes with the group: no goodbye for anybody.
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate(timeout=30)
    with served(settings) as (url, process):
        assert post(url, asked(log, 0, 300)) == (409, "text/x.tlog.size", b"8\n")
        assert post(url, asked(PlainLog.of(8, "another"), 8, 8))[0] == 422
        assert post(url, asked(log, 8, 300))[0] == 200
        place = f"{url}/{monitoring_path(NAME)}"
        with urllib.request.urlopen(place, timeout=30) as shown:  # noqa: S310
            assert shown.read().startswith(f"{NAME}\n300\n".encode())
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=30)
    events = [line for line in told.splitlines() if line.startswith("{")]
    assert [line.split('"')[3] for line in events] == [
        "refused",
        "alarm",
        "refused",
        "cosigned",
    ]


def test_clients_that_drip_keep_nobody_else_waiting(settings: WitnessSettings) -> None:
    with served(settings) as (url, _):
        port = int(url.rpartition(":")[2])
        dripping = [socket.create_connection(("127.0.0.1", port)) for _ in range(100)]
        for connection in dripping:
            connection.sendall(
                b"POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nContent-Length: 9\r\n\r\no"
            )
        time.sleep(0.2)
        # They themselves are given up after five seconds.
        with urllib.request.urlopen(f"{url}/healthz", timeout=4.5) as answer:  # noqa: S310
            assert answer.status == 200
        for connection in dripping:
            connection.close()


def test_settings_open_a_witness_whose_clock_is_the_machines(
    settings: WitnessSettings, log: PlainLog, asked: Asks
) -> None:
    witness = open_witness(settings)
    before = int(time.time())
    witness.add_checkpoint(asked(log, 0, 8))
    kept = witness.state.cosigned(NAME)
    assert kept is not None
    assert before <= kept.at <= int(time.time())


def test_a_demonstrations_clock_moves_the_cosignatures(
    settings: WitnessSettings, log: PlainLog, asked: Asks, tmp_path: Path
) -> None:
    (tmp_path / "clock").write_text("86400", encoding="ascii")
    witness = open_witness(replace(settings, clock=tmp_path / "clock"))
    witness.add_checkpoint(asked(log, 0, 8))
    kept = witness.state.cosigned(NAME)
    assert kept is not None
    assert 86_000 < kept.at - time.time() <= 86_400
    (tmp_path / "clock").unlink()
    with pytest.raises(ClockError):
        open_witness(replace(settings, clock=tmp_path / "clock"))


def test_a_key_without_its_state_opens_nothing(settings: WitnessSettings, tmp_path: Path) -> None:
    settings.state.unlink()
    with pytest.raises(WitnessStateError, match="cannot be used"):
        open_witness(settings)
    WitnessState.begin(tmp_path / "served.db", named_key("w2.example", 4).verifier)
    with pytest.raises(WitnessStateError, match="belongs to"):
        open_witness(settings)


def test_a_second_server_at_the_same_address_is_refused(
    settings: WitnessSettings,
) -> None:
    with served(settings) as (url, _):
        port = int(url.rpartition(":")[2])
        with pytest.raises(NotReadyError) as refused:
            serve(settings, "127.0.0.1", port)

    assert f"127.0.0.1:{port} cannot be listened at" in refused.value.said.en
    assert f"127.0.0.1:{port} では待ち受けられません" in refused.value.said.ja


def test_a_server_whose_first_process_is_killed_leaves_nobody_listening(
    settings: WitnessSettings,
) -> None:
    with served(settings) as (url, process):
        # Only the process that was started: the one that answers is its child.
        process.kill()
        # Whoever answers holds its standard error open until it ends.
        process.communicate(timeout=30)
        with pytest.raises(urllib.error.URLError):
            urllib.request.urlopen(f"{url}/healthz", timeout=5)  # noqa: S310 (our own)
