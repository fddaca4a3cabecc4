"""The witness over HTTP, in process: statuses, content types, limits, and nothing else there."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from career_relay.witness.app import WitnessApp
from career_relay.witness.cosigner import Happening, Witness
from career_relay.witness.state import Cosigned
from relay_protocol import merkle
from relay_protocol.note import Checkpoint, SignatureLine, VerifierKey
from relay_protocol.witnessing import MAX_REQUEST_BYTES, monitoring_path, read_cosignatures
from tests.story.plain_log import NAME, PlainLog

Asks = Callable[[PlainLog, int, int], bytes]
VECTORS = Path(__file__).resolve().parents[3] / "protocol/tests/vectors/ledger_vectors.json"


@pytest.fixture(scope="module")
def vectors() -> dict[str, str]:
    """Return the published vectors, made by other tools."""
    published: dict[str, str] = json.loads(VECTORS.read_text("utf-8"))
    return published


def ask(
    witness: Witness,
    method: str,
    path: str,
    body: bytes | AsyncIterator[bytes] = b"",
    headers: Mapping[str, str] | None = None,
) -> httpx.Response:
    async def asked() -> httpx.Response:
        transport = httpx.ASGITransport(app=WitnessApp(witness, body_within_s=0.2))
        async with httpx.AsyncClient(transport=transport, base_url="http://w.example") as client:
            return await client.request(method, path, content=body, headers=headers)

    return asyncio.run(asked())


def add(witness: Witness, body: bytes) -> httpx.Response:
    return ask(witness, "POST", "/add-checkpoint", body)


def test_a_request_is_answered_with_the_cosignature_as_text(
    witness: Witness, log: PlainLog, asked: Asks
) -> None:
    answer = add(witness, asked(log, 0, 8))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert read_cosignatures(answer.content, log.note(8), witness.signer.verifier)


def test_the_request_that_other_tools_published_is_granted(
    witness: Witness, vectors: dict[str, str]
) -> None:
    leaves = [merkle.leaf_hash(bytes.fromhex(leaf)) for leaf in ("", "00", "10")]
    checkpoint = Checkpoint(origin="exchange.example/ledger", size=3, root=merkle.root(leaves))
    seen = Cosigned(checkpoint=checkpoint, note=b"", at=0)
    witness.state.replace(checkpoint.origin, lambda _: seen)
    watching = replace(witness, log_keys=(VerifierKey.parse(vectors["log_vkey"]),))
    answer = add(watching, vectors["add_checkpoint_body_3_to_8"].encode())
    assert answer.status_code == 200
    note = vectors["cosigned_checkpoint"].encode()
    assert read_cosignatures(answer.content, note, witness.signer.verifier)


def test_a_conflict_says_the_size_in_its_own_content_type(
    witness: Witness, log: PlainLog, asked: Asks
) -> None:
    add(witness, asked(log, 0, 8))
    answer = add(witness, asked(log, 3, 300))
    assert (answer.status_code, answer.content) == (409, b"8\n")
    assert answer.headers["content-type"] == "text/x.tlog.size"


@pytest.mark.parametrize("status", [400, 403, 404, 422])
def test_a_refusal_has_the_status_of_the_specification_and_one_sentence(
    witness: Witness, log: PlainLog, asked: Asks, status: int
) -> None:
    other = PlainLog.of(3, name="other.example")
    granted = asked(log, 0, 8)
    refused = {
        400: asked(log, 9, 8),
        403: granted.replace(b"\n8\n", b"\n7\n"),
        404: asked(other, 0, 3),
        422: granted.replace(b"old 0\n", b"old 0\n" + b"A" * 43 + b"=\n"),
    }
    answer = add(witness, refused[status])
    assert answer.status_code == status
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.text.count("\n") == 1
    assert add(witness, granted).status_code == 200


def test_a_note_of_a_hundred_signatures_is_taken_and_of_one_more_is_not(
    witness: Witness, log: PlainLog, asked: Asks
) -> None:
    stranger = SignatureLine(name="x.example", key_id=b"1234", signature=bytes(64)).encode()
    raw = asked(log, 0, 8)
    assert add(witness, raw + stranger.encode() * 100).status_code == 400
    assert add(witness, raw + stranger.encode() * 99).status_code == 200


def test_an_empty_request_is_malformed(witness: Witness) -> None:
    assert add(witness, b"").status_code == 400


@pytest.mark.parametrize("kind", [None, "application/json", "text/plain", "x/y; charset=utf-16"])
def test_the_specification_asks_for_no_content_type_and_neither_do_we(
    witness: Witness, log: PlainLog, asked: Asks, kind: str | None
) -> None:
    headers = {} if kind is None else {"Content-Type": kind}
    answer = ask(witness, "POST", "/add-checkpoint", asked(log, 0, 8), headers)
    assert answer.status_code == 200


def test_two_roots_of_one_size_are_told_by_422(
    witness: Witness, log: PlainLog, asked: Asks
) -> None:
    add(witness, asked(log, 0, 8))
    assert add(witness, asked(PlainLog.of(8, "fork"), 8, 8)).status_code == 422


def test_the_checkpoint_cosigned_last_is_shown_under_the_hash_of_its_origin(
    witness: Witness, log: PlainLog, asked: Asks
) -> None:
    place = f"/{monitoring_path(NAME)}"
    assert ask(witness, "GET", place).status_code == 404
    add(witness, asked(log, 0, 8))
    shown = ask(witness, "GET", place)
    assert shown.status_code == 200
    assert shown.headers["content-type"] == "text/plain; charset=utf-8"
    assert shown.text.startswith(f"{NAME}\n8\n")
    only_head = ask(witness, "HEAD", place)
    assert only_head.content == b""
    assert only_head.headers["content-length"] == str(len(shown.content))


def test_health_is_told_as_json(witness: Witness) -> None:
    answer = ask(witness, "GET", "/healthz")
    assert answer.headers["content-type"] == "application/json"
    assert json.loads(answer.content)["status"] == "ok"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 404),
        ("POST", "/", 404),
        ("GET", "/add-checkpoint", 405),
        ("PUT", "/add-checkpoint", 405),
        ("POST", "/healthz", 405),
        ("DELETE", "/healthz", 405),
        ("GET", "/add-checkpoint/", 404),
        ("GET", "/../witness.db", 404),
        ("GET", "/witness.key", 404),
        ("GET", f"/{'0' * 64}/checkpoint", 404),
        ("GET", f"/{monitoring_path(NAME).upper()}", 404),
    ],
)
def test_there_is_nothing_else(witness: Witness, method: str, path: str, status: int) -> None:
    answer = ask(witness, method, path)
    assert answer.status_code == status
    if status == 405:
        assert answer.headers["allow"]


def test_a_body_of_the_most_bytes_is_read_and_one_more_is_not(witness: Witness) -> None:
    assert add(witness, b"x" * MAX_REQUEST_BYTES).status_code == 400
    assert add(witness, b"x" * (MAX_REQUEST_BYTES + 1)).status_code == 413

    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b"x" * 10_000

    assert ask(witness, "POST", "/add-checkpoint", endless()).status_code == 413


def test_a_body_that_drips_is_given_up(witness: Witness) -> None:
    async def dripping() -> AsyncIterator[bytes]:
        while True:
            await asyncio.sleep(0.05)
            yield b"o"

    answer = ask(witness, "POST", "/add-checkpoint", dripping())
    assert answer.status_code == 408
    assert answer.headers["connection"] == "close"


def test_a_compressed_body_is_refused_unread(witness: Witness) -> None:
    answer = ask(
        witness, "POST", "/add-checkpoint", b"\x1f\x8b", headers={"Content-Encoding": "gzip"}
    )
    assert answer.status_code == 415


def test_a_state_that_cannot_be_kept_signs_nothing(
    witness: Witness,
    log: PlainLog,
    asked: Asks,
    tmp_path: Path,
    happenings: list[Happening],
) -> None:
    (tmp_path / "witness.db").unlink()
    (tmp_path / "witness.db").mkdir()
    answer = add(witness, asked(log, 0, 8))
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "5"
    assert happenings == [{"event": "failed", "reason": "the state cannot be used"}]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(
    path=st.text(max_size=30) | st.just("/add-checkpoint"),
    method=st.sampled_from(["GET", "POST", "HEAD", "PATCH"]),
    body=st.binary(max_size=100),
)
def test_whatever_is_asked_no_fault_of_ours_is_the_answer(
    witness: Witness, path: str, method: str, body: bytes
) -> None:
    async def asked() -> int:
        sent: list[Mapping[str, object]] = []

        async def receive() -> dict[str, object]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Mapping[str, object]) -> None:
            sent.append(message)

        scope: dict[str, object] = {"type": "http", "method": method, "path": path, "headers": []}
        await WitnessApp(witness)(scope, receive, send)
        status = sent[0]["status"]
        assert isinstance(status, int)
        return status

    assert asyncio.run(asked()) < 500
