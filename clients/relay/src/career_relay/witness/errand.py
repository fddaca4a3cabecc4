"""Witnessing without a server: fetch a log's checkpoint, prove it by its tiles, cosign it."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Protocol
from urllib.parse import urlsplit

import httpx

from career_relay.errors import (
    DistrustError,
    HubAnswerError,
    HubRefusedError,
    NotReadyError,
    Problem,
    RelayError,
)
from career_relay.witness.cosigner import Witness
from career_relay.witness.state import Cosigned
from career_relay.words import Words
from relay_protocol import merkle
from relay_protocol.errors import (
    AuditError,
    InconsistentCheckpointError,
    LogReadError,
    NoteError,
    ProofError,
    ProtocolError,
    StaleSizeError,
    TileError,
    WitnessRefusal,
)
from relay_protocol.log_reader import HttpReader
from relay_protocol.served_tree import ServedTree
from relay_protocol.witnessing import AddCheckpoint, SignedCheckpoint, contradict, open_signed

COSIGNATURES_PATH = "/v1/witness/cosignatures"
_MAX_ANSWER_BYTES = 10_000
_ROUNDS = 3
_STALL_S = 15.0
_TOTAL_S = 60.0
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_PROBLEM = "application/problem+json"
_HEADERS = {
    "Content-Type": "text/plain; charset=utf-8",
    "Accept": f"application/json, {_PROBLEM}",
    "Accept-Encoding": "identity",
    "User-Agent": "career-relay",
}

# A log asks its witnesses before it publishes, and caches lag: for so long a smaller checkpoint
# than the one we cosigned is no rollback.
PATIENCE_S = 600


class WitnessedLog(Protocol):
    """Gives the two kinds of files of a log that a witness reads."""

    def checkpoint(self) -> bytes:
        """Return the latest checkpoint, a signed note."""

    def tile(self, level: int, index: int, width: int) -> bytes:
        """Return the bytes of a tile; a partial one may have been cut from the full one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """What one errand came to.

    Attributes:
        before: what was cosigned before; None at the first time.
        now: what is cosigned now.
    """

    before: Cosigned | None
    now: Cosigned


def read_log(address: str) -> WitnessedLog:
    """Return what reads a log over HTTP.

    Raises:
        HubAnswerError: the address is none.
    """
    try:
        return HttpReader(address)
    except LogReadError as error:
        raise _unread(error) from error


def cosign_latest(witness: Witness, log: WitnessedLog) -> Errand:
    """Return what a witness cosigned of a log, after proving that it continues what was before.

    Raises:
        DistrustError: the log shows what does not continue the checkpoint cosigned before; both
            are kept as an alarm.
        NotReadyError: the log shows an older checkpoint than the one cosigned just before.
        HubAnswerError: the log cannot be read, or is not one that the witness watches.
    """
    for _ in range(_ROUNDS):
        try:
            note = log.checkpoint()
            signed = open_signed(note, witness.log_keys)
            before = witness.state.cosigned(signed.checkpoint.origin)
            if before and signed.checkpoint.size < before.checkpoint.size:
                raise _rolled_back(witness, signed, before)
            request = _request(log, signed, before)
            return Errand(before=before, now=witness.grant(request)[0])
        except StaleSizeError:
            continue  # the same witness's server was faster: begin at what it has cosigned
        except InconsistentCheckpointError as error:
            raise _contradicted(witness, signed, before) from error
        except (
            AuditError,
            LogReadError,
            NoteError,
            TileError,
            ProofError,
            WitnessRefusal,
        ) as error:
            raise _unread(error) from error
    raise _unread(LogReadError("the log grows faster than it can be read"))


def hand_in(hub: str, note: bytes) -> dict[str, object]:
    """Return what a hub answers to a cosigned checkpoint that is handed in.

    Args:
        hub: its address, without path.
        note: the checkpoint with our line.

    Raises:
        HubRefusedError: the hub does not take it, and says why.
        HubAnswerError: it does not answer as a hub does, or not at all.
    """
    try:
        status, kind, raw = asyncio.run(_posted(hub.rstrip("/") + COSIGNATURES_PATH, note))
        document = json.loads(raw)
    except TimeoutError as error:
        raise _not_handed_in("it takes too long") from error
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, RecursionError) as error:
        raise _not_handed_in(str(error)) from error
    if not isinstance(document, dict):
        raise _not_handed_in("no object")
    if kind == _PROBLEM:
        said = {name: str(document.get(name, "")) for name in ("type", "title", "detail", "mend")}
        raise HubRefusedError(
            Problem(
                slug=said["type"].rpartition("#")[2],
                title=said["title"],
                status=status,
                detail=said["detail"] or said["title"],
                mend=said["mend"],
            )
        )
    if status != HTTPStatus.OK:
        raise _not_handed_in(f"status {status}")
    return document


async def _posted(url: str, note: bytes) -> tuple[int, str, bytes]:
    """Return status, content type and body of an answer, read no further than its limits.

    Raises:
        TimeoutError: head and body together take too long. httpx bounds each silence alone, and
            what drips in has no end.
    """
    # A proxy cannot reach a hub on this machine.
    is_remote = urlsplit(url).hostname not in _LOOPBACK
    raw = bytearray()
    async with (
        asyncio.timeout(_TOTAL_S),
        httpx.AsyncClient(timeout=_STALL_S, trust_env=is_remote, headers=_HEADERS) as client,
        client.stream("POST", url, content=note) as answer,
    ):
        async for part in answer.aiter_raw():
            raw += part
            if len(raw) > _MAX_ANSWER_BYTES:
                raise httpx.DecodingError("too long an answer")
        kind = str(answer.headers.get("Content-Type", ""))
        return answer.status_code, kind.partition(";")[0].strip(), bytes(raw)


def _not_handed_in(why: str) -> HubAnswerError:
    return HubAnswerError(
        Words(
            en=f"The checkpoint is cosigned, but the hub does not take the line: {why}.",
            ja=f"署名しましたが、ハブが受け取りません: {why}",
        ),
        Words(
            en="Run the command again later; nothing is lost.",
            ja="あとでもう一度実行してください。失われるものはありません。",
        ),
    )


def _request(log: WitnessedLog, signed: SignedCheckpoint, before: Cosigned | None) -> AddCheckpoint:
    """Return the request that a log itself would make, its proof read from its tiles.

    Only tiles that make the signed root count: a damaged one must not look like a lie.
    """
    size = signed.checkpoint.size
    old_size = before.checkpoint.size if before else 0
    path: Sequence[bytes] = ()
    if 0 < old_size < size:
        path = merkle.consistency_path(old_size, size, ServedTree(log, signed.checkpoint).node)
    return AddCheckpoint(old_size=old_size, path=tuple(path), note=signed.note())


def _rolled_back(witness: Witness, signed: SignedCheckpoint, before: Cosigned) -> RelayError:
    """Return the refusal of a checkpoint that is smaller than the one cosigned before."""
    at = witness.now_s()
    sizes = {"shown": signed.checkpoint.size, "cosigned": before.checkpoint.size}
    if at - before.at < PATIENCE_S:
        return NotReadyError(
            Words(
                en="The log shows {shown} entries; {cosigned} are cosigned already.",
                ja="ログの件数は{shown}件ですが、すでに{cosigned}件まで署名しています。",
            ).filled(**sizes),
            Words(
                en="Try again in a few minutes: the log may not have published yet.",
                ja="まだ公開されていないことがあります。数分後にもう一度お試しください。",
            ),
        )
    witness.state.raise_alarm("rollback", before, signed.note(), signed.checkpoint, at=at)
    return DistrustError(
        Words(
            en="The log has gone back: it shows {shown} entries, and {cosigned} were cosigned.",
            ja="ログが巻き戻っています。{cosigned}件まで署名したのに、{shown}件になっています。",
        ).filled(**sizes),
        _MEND,
    )


def _contradicted(
    witness: Witness, signed: SignedCheckpoint, before: Cosigned | None
) -> DistrustError:
    """Return the refusal of a checkpoint that does not continue the one cosigned before."""
    if before and not contradict(before.checkpoint, signed.checkpoint):
        witness.state.raise_alarm(
            "inconsistent", before, signed.note(), signed.checkpoint, at=witness.now_s()
        )
    return DistrustError(
        Words(
            en=f"The checkpoint of {signed.checkpoint.size} entries does not continue the one"
            " that was cosigned before: the log has told another history.",
            ja=f"{signed.checkpoint.size}件のチェックポイントは、前に署名したものの続きではありません。"
            "ログの履歴が食い違っています。",
        ),
        _MEND,
    )


def _unread(error: ProtocolError) -> HubAnswerError:
    return HubAnswerError(
        Words(
            en=f"The log cannot be witnessed: {error}.",
            ja=f"ログの確認ができません: {error}",
        ),
        Words(
            en="Nothing was signed. Check the address and the log's key; after a change of its key"
            " take the new one from the office's papers, and give both (--log twice).",
            ja="署名はしていません。アドレスとログの鍵を確かめてください。鍵の交代があったときは、"
            "事務局の書面で新しい鍵を確かめ、両方を指定します(--log を2回)。",
        ),
    )


_MEND = Words(
    en="Nothing was signed. Keep the file of the state, and see `relay witness alarms`; tell an"
    " auditor and the other witnesses.",
    ja="署名はしていません。記録ファイルを保管し、`relay witness alarms` で内容を確かめて、"
    "監査人とほかの立会人に知らせてください。",
)
