"""Asking one witness over HTTP (C2SP tlog-witness): bounded, never redirected, any maker's."""

import asyncio
from http import HTTPStatus
from typing import Final

import httpx

from relay_protocol import witnessing
from relay_protocol.errors import WitnessRefusal
from relay_protocol.witnessing import AddCheckpoint

ANSWER_WITHIN_S: Final = 5.0
"""How long one request may take from its first byte to the answer's last."""
LONGEST_ANSWER: Final = 64 * 1024
"""Bytes of an answer, head apart; cosignatures have a few hundred."""
BODY_TYPE: Final = "text/plain; charset=utf-8"


class WitnessSilentError(Exception):
    """A witness gave no answer that counts.

    Attributes:
        reason: a word for it, such as "late" or "status-503".
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class WitnessElsewhereError(Exception):
    """A witness has cosigned a checkpoint of another size than it was told."""

    def __init__(self, size: int) -> None:
        super().__init__(f"the witness has cosigned {size}")
        self.size = size


class WitnessAlarmError(Exception):
    """A witness says that the checkpoint does not continue what it has cosigned."""

    def __init__(self, status: int) -> None:
        super().__init__(f"the witness answers {status}")
        self.status = status


def new_client() -> httpx.AsyncClient:
    """Return a client that keeps connections open, follows nowhere and unpacks nothing."""
    return httpx.AsyncClient(
        follow_redirects=False,
        timeout=httpx.Timeout(ANSWER_WITHIN_S),
        headers={"Accept-Encoding": "identity", "User-Agent": "career-relay-exchange"},
    )


async def add_checkpoint(client: httpx.AsyncClient, url: str, request: AddCheckpoint) -> bytes:
    """Ask a witness to cosign a checkpoint; return its signature lines, unverified.

    Args:
        client: of new_client().
        url: the witness's submission prefix.
        request: the checkpoint, and the proof that it continues an older one.

    Raises:
        WitnessElsewhereError: the proof does not begin where the witness stands.
        WitnessAlarmError: it refuses the proof, or knows another root of this size.
        WitnessSilentError: it does not answer in time, in bounds and in form.
    """
    answer, body = await _exchanged(
        client, "POST", f"{url.rstrip('/')}/{witnessing.ADD_CHECKPOINT}", request.encode()
    )
    if answer.status_code == HTTPStatus.OK:
        return body
    if answer.status_code == HTTPStatus.CONFLICT and _media_type(answer) == witnessing.SIZE_TYPE:
        try:
            raise WitnessElsewhereError(witnessing.read_size(body))
        except WitnessRefusal as error:
            reason = "malformed-size"
            raise WitnessSilentError(reason) from error
    if answer.status_code in {HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY}:
        raise WitnessAlarmError(answer.status_code)
    reason = f"status-{answer.status_code}"
    raise WitnessSilentError(reason)


async def shown_checkpoint(client: httpx.AsyncClient, url: str, origin: str) -> bytes:
    """Return what a witness shows as its newest checkpoint of a log, unverified.

    Raises:
        WitnessSilentError: it shows none; by the specification it may.
    """
    place = f"{url.rstrip('/')}/{witnessing.monitoring_path(origin)}"
    answer, body = await _exchanged(client, "GET", place, None)
    if answer.status_code != HTTPStatus.OK:
        reason = f"status-{answer.status_code}"
        raise WitnessSilentError(reason)
    return body


async def _exchanged(
    client: httpx.AsyncClient, method: str, url: str, content: bytes | None
) -> tuple[httpx.Response, bytes]:
    """Return an answer's head and its body, both within their bounds."""
    headers = {} if content is None else {"Content-Type": BODY_TYPE}
    try:
        # httpx bounds each step alone; a witness that sends a byte now and then has no end.
        async with asyncio.timeout(ANSWER_WITHIN_S):
            request = client.build_request(method, url, content=content, headers=headers)
            answer = await client.send(request, stream=True)
            try:
                return answer, await _read(answer)
            finally:
                await answer.aclose()
    except (TimeoutError, httpx.TimeoutException) as error:
        reason = "late"
        raise WitnessSilentError(reason) from error
    except httpx.RequestError as error:
        reason = "unreachable"
        raise WitnessSilentError(reason) from error
    except (httpx.InvalidURL, UnicodeError, ValueError) as error:
        reason = "malformed-address"
        raise WitnessSilentError(reason) from error


async def _read(answer: httpx.Response) -> bytes:
    """Return a body as it came over the wire, as long as it is short and not packed."""
    if answer.headers.get("Content-Encoding", "identity") != "identity":
        reason = "packed"
        raise WitnessSilentError(reason)
    body = b""
    async for part in answer.aiter_raw():
        body += part
        if len(body) > LONGEST_ANSWER:
            reason = "too-long"
            raise WitnessSilentError(reason)
    return body


def _media_type(answer: httpx.Response) -> str:
    """Return an answer's content type without its parameters."""
    kind: str = answer.headers.get("Content-Type", "")
    return kind.partition(";")[0].strip().lower()
