"""The ledger as independent readers know it (C2SP tlog-tiles); entries for auditors alone."""

import hashlib
from collections.abc import Iterable
from contextvars import ContextVar
from functools import lru_cache
from time import perf_counter
from typing import TYPE_CHECKING, Final

from flask import Blueprint, Flask, Response, request
from werkzeug.http import parse_etags

from exchange.domain.errors import NotFoundError
from exchange.hub import Hub
from exchange.services import published
from exchange.services.ledger import stored_tiles
from exchange.services.work import Work
from exchange.store import checkpoints as checkpoint_rows
from exchange.store import ledger as rows
from exchange.web.http import authn, headers, wiring
from exchange.web.http.metrics import Metrics
from relay_protocol import tiles
from relay_protocol.errors import TileError
from relay_protocol.tiles import Bundle, Tile

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

BYTES: Final = "application/octet-stream"
TEXT: Final = "text/plain; charset=utf-8"
FOR_EVER: Final = "public, max-age=31536000, immutable"
AUDITORS_ONLY: Final = "private, max-age=31536000, immutable"
ASK_AGAIN: Final = "no-cache"
TILES_KEPT: Final = 4_096
"""Tiles in the memory of one process, 8 KiB each at most."""
CHECKPOINT: Final = "/ledger/checkpoint"
TILE: Final = "/ledger/tile/"
ENTRIES: Final = "/ledger/tile/entries/"
FAILED: Final[ContextVar[Exception | None]] = ContextVar("FAILED", default=None)
"""Why the file of the request at hand could not be read."""
PATTERNS: Final = {CHECKPOINT: CHECKPOINT, TILE: "/ledger/tile/<path:rest>"}

ledger_files = Blueprint("ledger_files", __name__, url_prefix="/ledger")


class PublicFiles:
    """Answers the public files before Flask sees the request; all else, refusals too, it leaves.

    Tiles never change, so that those read once stay in memory. They are counted like every
    request, but there is no line in the log and no request id for them.
    """

    def __init__(
        self, inner: "WSGIApplication", hub: Hub, counted: Metrics, *, https: bool
    ) -> None:
        self._inner = inner
        self._hub = hub
        self._counted = counted
        self._headers = headers.of_files(CHECKPOINT, https=https)
        self._tile = lru_cache(maxsize=TILES_KEPT)(self._read_tile)

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer a checkpoint or a tile that is there."""
        path: str = environ["PATH_INFO"]
        if not path.startswith("/ledger/") or environ["REQUEST_METHOD"] not in {"GET", "HEAD"}:
            return self._inner(environ, start_response)
        began_s = perf_counter()
        content = None
        kind, answers = TILE, self._answer_tile
        try:
            if path == CHECKPOINT:
                content = self._checkpoint()
                kind, answers = CHECKPOINT, self._answer_checkpoint
            elif path.startswith(TILE) and not path.startswith(ENTRIES):
                content = self._known_tile(path)
        except Exception as error:  # noqa: BLE001 - told by Flask, in words and in the log
            failed = FAILED.set(error)
            try:
                return self._inner(environ, start_response)
            finally:
                FAILED.reset(failed)
        if content is None:
            return self._inner(environ, start_response)
        status, answer = answers(environ, start_response, content)
        self._counted.count(
            method=environ["REQUEST_METHOD"],
            pattern=PATTERNS[kind],
            status=status,
            took_s=perf_counter() - began_s,
        )
        return answer

    def _checkpoint(self) -> bytes | None:
        """Return the newest published checkpoint with its cosignatures, or None."""
        with self._hub.reading() as work:
            newest = published.newest(work.session)
        return None if newest is None else newest.note

    def _known_tile(self, path: str) -> bytes | None:
        """Return a tile's hashes, or None where no published checkpoint covers them."""
        try:
            return self._tile(path)
        except LookupError:
            # Not kept: it may be there a moment later.
            return None

    def _read_tile(self, path: str) -> bytes:
        """Return a tile's hashes from the database.

        Raises:
            LookupError: there is no such tile.
        """
        try:
            place = tiles.parse_path(path.removeprefix("/ledger/"))
        except TileError as error:
            raise LookupError(path) from error
        with self._hub.reading() as work:
            size = checkpoint_rows.published_size(work.session)
            hashes = b""
            if isinstance(place, Tile) and _width(place, size) >= place.width:
                hashes = stored_tiles(work.session)(place.level, place.index, place.width)
        if not hashes:
            raise LookupError(path)
        return hashes

    def _answer_checkpoint(
        self, environ: "WSGIEnvironment", start_response: "StartResponse", content: bytes
    ) -> tuple[int, Iterable[bytes]]:
        """Answer a checkpoint, or that the reader has it already."""
        tag = hashlib.sha256(content).hexdigest()[:32]
        fields = [("ETag", f'"{tag}"'), ("Cache-Control", ASK_AGAIN), *self._headers]
        if parse_etags(environ.get("HTTP_IF_NONE_MATCH")).contains_weak(tag):
            start_response("304 NOT MODIFIED", fields)
            return 304, ()
        return 200, _begun(environ, start_response, content, [("Content-Type", TEXT), *fields])

    def _answer_tile(
        self, environ: "WSGIEnvironment", start_response: "StartResponse", content: bytes
    ) -> tuple[int, Iterable[bytes]]:
        """Answer a tile of hashes."""
        fields = [("Content-Type", BYTES), ("Cache-Control", FOR_EVER), *self._headers]
        return 200, _begun(environ, start_response, content, fields)


def serve_public_files(app: Flask, hub: Hub, counted: Metrics, *, https: bool) -> None:
    """Put the public files before an app."""
    app.wsgi_app = PublicFiles(app.wsgi_app, hub, counted, https=https)  # type: ignore[method-assign]


@ledger_files.get("/checkpoint")
def checkpoint() -> Response:
    """Refuse: PublicFiles has answered where there is a checkpoint."""
    _require_read()
    raise _no_such_file()


@ledger_files.get("/tile/<path:rest>")
def tile(rest: str) -> Response:
    """Answer a bundle of entries to auditors; PublicFiles has answered the tiles of hashes."""
    _require_read()
    try:
        place = tiles.parse_path(f"tile/{rest}")
    except TileError as error:
        raise _no_such_file() from error
    if not isinstance(place, Bundle):
        raise _no_such_file()
    with wiring.hub().reading() as work:
        token = authn.bearer(request.headers.get("Authorization"))
        authn.allow(authn.authenticate(work, token).actor, ("auditor",))
        answer = Response(_bundle(work, place), content_type=BYTES)
    answer.headers["Cache-Control"] = AUDITORS_ONLY
    return answer


def _bundle(work: Work, place: Bundle) -> bytes:
    """Return the entries of a bundle that some published checkpoint covers."""
    start = place.index * tiles.FULL_WIDTH
    end = start + place.width
    if end > checkpoint_rows.published_size(work.session):
        raise _no_such_file()
    return tiles.encode_bundle(rows.entries(work.session, start, end))


def _width(place: Tile, size: int) -> int:
    """Return how wide a tile is in the ledger of a size."""
    return tiles.tile_width(place.level, place.index, size)


def _begun(
    environ: "WSGIEnvironment",
    start_response: "StartResponse",
    content: bytes,
    fields: list[tuple[str, str]],
) -> Iterable[bytes]:
    """Begin an answer of 200 and return its body, none where only the head is asked for."""
    start_response("200 OK", [*fields, ("Content-Length", str(len(content)))])
    return () if environ["REQUEST_METHOD"] == "HEAD" else (content,)


def _require_read() -> None:
    """Return unless PublicFiles has failed: what is not read now is not gone.

    Raises:
        Exception: what it failed of.
    """
    error = FAILED.get()
    if error is not None:
        raise error


def _no_such_file() -> NotFoundError:
    return NotFoundError(
        "The ledger has no such file.",
        detail_ja="監査台帳に、そのようなファイルはありません。",
    )
