"""Whole requests before threads: a real server, real sockets, clients that drip, lie and leave."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from exchange.web.http.gateway import IN_MEMORY_BYTES
from exchange.web.http.limits import LARGEST_BODY
from tests.story.behind_gateway import (
    PATIENCE_S,
    PIECE,
    PIECES,
    THREADS,
    knock,
    read_answer,
    served,
    told_environ,
)

CLOSE = b"Host: hub\r\nConnection: close\r\n"


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("gateway") / "log"


@pytest.fixture(scope="module")
def port(log: Path) -> Iterator[int]:
    with served("plain", log) as where:
        yield where


@pytest.fixture(scope="module")
def patient(log: Path) -> Iterator[int]:
    """Serve an application that has time for large bodies, however slow this machine is."""
    with served("patient", log) as where:
        yield where


@pytest.fixture(scope="module")
def visitor(port: int) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE_S) as http:
        yield http


def closed(visitor: httpx.Client, name: str) -> int:
    """Return how many answers of a name were brought to their end."""
    names: list[str] = visitor.get("/v1/closed").json()["closed"]
    return names.count(name)


@pytest.mark.parametrize("size", [0, 1, IN_MEMORY_BYTES, IN_MEMORY_BYTES + 1, LARGEST_BODY])
def test_a_body_comes_whole(patient: int, size: int) -> None:
    url = f"http://127.0.0.1:{patient}/v1/told/it"

    answer = httpx.post(url, content=b"x" * size, timeout=PATIENCE_S).json()

    assert (answer["size"], answer["environ"]["CONTENT_LENGTH"]) == (size, str(size))


@pytest.mark.parametrize("size", [0, 3, 300_000])
def test_a_body_in_chunks_comes_whole_and_with_its_length(patient: int, size: int) -> None:
    url = f"http://127.0.0.1:{patient}/v1/told/it"
    chunks = (b"y" * min(1_000, size - start) for start in range(0, size, 1_000))

    answer = httpx.post(url, content=chunks, timeout=PATIENCE_S).json()

    assert (answer["size"], answer["first"]) == (size, "y" * min(size, 16))
    assert answer["environ"]["CONTENT_LENGTH"] == str(size)
    assert "HTTP_TRANSFER_ENCODING" not in answer["environ"]


def test_a_body_that_is_too_large_is_refused_before_it_comes(port: int) -> None:
    stated = str(LARGEST_BODY + 1).encode()
    for expecting in (b"", b"Expect: 100-continue\r\n"):
        head = b"POST /v1/told/it HTTP/1.1\r\nHost: hub\r\nContent-Length: " + stated + b"\r\n"

        status, headers, body = read_answer(knock(port, head + expecting + b"\r\n"))

        assert (status, json.loads(body)["type"]) == (413, "/docs/problems#too-large")
        assert headers["connection"] == "close"


def test_chunks_without_end_are_refused_at_the_bound(patient: int) -> None:
    connection = knock(
        patient, b"POST /v1/told/it HTTP/1.1\r\nHost: hub\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    for _ in range(LARGEST_BODY // 65_536):
        connection.sendall(b"10000\r\n" + bytes(65_536) + b"\r\n")
    connection.sendall(b"1\r\nx\r\n")

    status, _, body = read_answer(connection)

    assert (status, json.loads(body)["type"]) == (413, "/docs/problems#too-large")


def test_whoever_expects_to_be_told_to_go_on_is_told(port: int) -> None:
    connection = knock(
        port,
        b"POST /v1/told/it HTTP/1.1\r\nContent-Length: 2\r\nExpect: 100-continue\r\n"
        + CLOSE
        + b"\r\n",
    )
    assert connection.recv(1_000).startswith(b"HTTP/1.1 100 ")
    connection.sendall(b"ok")

    status, _, body = read_answer(connection)

    assert (status, json.loads(body)["first"]) == (200, "ok")


@pytest.mark.parametrize("announced", [b"Content-Length: 9", b"Transfer-Encoding: chunked"])
def test_a_body_that_is_too_slow_is_ended(port: int, announced: bytes) -> None:
    head = b"POST /v1/told/it HTTP/1.1\r\nHost: hub\r\n" + announced + b"\r\n\r\n"

    status, headers, body = read_answer(knock(port, head + b"1"))

    assert (status, json.loads(body)["type"]) == (408, "/docs/problems#too-slow")
    assert headers["content-type"] == "application/problem+json"
    assert headers["connection"] == "close"


def test_a_body_is_bounded_in_seconds_however_many_bytes_drip(port: int) -> None:
    connection = knock(
        port, b"POST /v1/told/it HTTP/1.1\r\nHost: hub\r\nContent-Length: 900\r\n\r\n"
    )
    connection.settimeout(0.1)
    answer = b""
    ends_at = time.monotonic() + PATIENCE_S
    while not answer and time.monotonic() < ends_at:
        connection.sendall(b"x")
        try:
            answer = connection.recv(1_000)
        except TimeoutError:
            continue
    connection.close()

    assert answer.startswith(b"HTTP/1.1 408 ")


def test_whoever_drips_a_body_or_a_head_keeps_no_thread(port: int, visitor: httpx.Client) -> None:
    head = b"POST /v1/told/it HTTP/1.1\r\nHost: hub\r\n"
    dripping = [
        knock(port, head + rest)
        for rest in (b"Content-Length: 9\r\n\r\nx", b"X-Slow: ")
        for _ in range(8 * THREADS)
    ]

    assert visitor.get("/v1/told/it", timeout=PATIENCE_S).status_code == 200

    for connection in dripping:
        connection.close()


def test_whoever_reads_slowly_keeps_no_thread_and_is_left_in_the_end(
    port: int, visitor: httpx.Client
) -> None:
    before = closed(visitor, "large")
    reading = [knock(port, b"GET /v1/large HTTP/1.1\r\nHost: hub\r\n\r\n") for _ in range(16)]
    for connection in reading:
        assert connection.recv(100)

    assert visitor.get("/v1/told/it").status_code == 200
    ends_at = time.monotonic() + PATIENCE_S
    while closed(visitor, "large") < before + len(reading):
        assert time.monotonic() < ends_at
        time.sleep(0.05)

    for connection in reading:
        connection.close()


def test_whoever_leaves_in_the_middle_of_an_answer_leaves_no_thread_behind(
    port: int, visitor: httpx.Client
) -> None:
    before = closed(visitor, "large")
    for _ in range(4 * THREADS):
        connection = knock(port, b"GET /v1/large HTTP/1.1\r\nHost: hub\r\n\r\n")
        assert connection.recv(100)
        connection.close()

    ends_at = time.monotonic() + PATIENCE_S
    while closed(visitor, "large") < before + 4 * THREADS:
        assert time.monotonic() < ends_at
        time.sleep(0.05)
    # All threads work: each of them is asked at once.
    assert visitor.get("/v1/told/it").status_code == 200


def test_whoever_leaves_before_the_end_of_a_request_is_not_answered(
    port: int, visitor: httpx.Client
) -> None:
    knock(port, b"POST /v1/told/it HTTP/1.1\r\nHost: hub\r\nContent-Length: 9\r\n\r\nx").close()

    assert visitor.get("/v1/told/it").status_code == 200


def test_a_large_answer_comes_whole(visitor: httpx.Client) -> None:
    with visitor.stream("GET", "/v1/large") as answer:
        assert sum(map(len, answer.iter_raw())) == PIECES * len(PIECE)


def test_the_head_alone_has_no_body_and_ends_the_answer(visitor: httpx.Client) -> None:
    before = closed(visitor, "large")

    answer = visitor.head("/v1/large")

    assert (answer.status_code, answer.content) == (200, b"")
    assert closed(visitor, "large") == before + 1


def test_an_answer_that_breaks_off_is_seen_to_be_broken_and_is_ended(
    visitor: httpx.Client,
) -> None:
    before = closed(visitor, "broken")

    with pytest.raises(httpx.RemoteProtocolError):
        visitor.get("/v1/broken")

    assert closed(visitor, "broken") == before + 1


def test_of_two_lengths_the_chunks_count_and_two_stated_ones_are_refused(port: int) -> None:
    post = b"POST /v1/told/it HTTP/1.1\r\n" + CLOSE
    both = b"Content-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n"
    environ = told_environ(knock(port, post + both))
    assert environ["CONTENT_LENGTH"] == "1"

    twice = b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nxx"
    assert read_answer(knock(port, post + twice))[0] == 400
    unknown = b"Transfer-Encoding: gzip\r\n\r\nxx"
    assert read_answer(knock(port, post + unknown))[0] == 400


def test_a_request_is_told_as_it_was_sent(port: int) -> None:
    environ = told_environ(
        knock(
            port,
            b"GET /v1/told/%E3%81%82%20%ff?x=%E3%81%82 HTTP/1.1\r\nX-A: 1\r\nX-A: 2\r\n"
            b"X_A: 3\r\nCookie: a=1\r\nCookie: b=2\r\n" + CLOSE + b"\r\n",
        )
    )

    assert environ["PATH_INFO"] == "/v1/told/\u00e3\u0081\u0082 \u00ff"
    assert environ["QUERY_STRING"] == "x=%E3%81%82"
    assert (environ["HTTP_X_A"], environ["HTTP_COOKIE"]) == ("1,2", "a=1; b=2")
    assert (environ["REMOTE_ADDR"], environ["wsgi.url_scheme"]) == ("127.0.0.1", "http")


def test_an_application_may_write_and_repeat_a_header(tmp_path: Path) -> None:
    with served("written", tmp_path / "log") as port:
        answer = httpx.get(f"http://127.0.0.1:{port}/")

    assert (answer.status_code, answer.text) == (201, "one two three")
    assert answer.headers.get_list("X-Twice") == ["a", "b"]
