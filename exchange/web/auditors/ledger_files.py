"""The ledger as independent readers know it (C2SP tlog-tiles); entries for auditors alone."""

from typing import Final

from flask import Blueprint, Response, request

from exchange.domain.errors import NotFoundError
from exchange.services.ledger import stored_tiles
from exchange.services.work import Work
from exchange.store import ledger as rows
from exchange.web.http import authn, wiring
from relay_protocol import tiles
from relay_protocol.errors import TileError
from relay_protocol.tiles import Bundle, Tile

BYTES: Final = "application/octet-stream"
FOR_EVER: Final = "public, max-age=31536000, immutable"
AUDITORS_ONLY: Final = "private, max-age=31536000, immutable"

ledger_files = Blueprint("ledger_files", __name__, url_prefix="/ledger")


@ledger_files.get("/checkpoint")
def checkpoint() -> Response:
    """Answer the newest signed checkpoint."""
    with wiring.hub().reading() as work:
        newest = rows.checkpoint(work.session)
    if newest is None:
        raise _no_such_file()
    answer = Response(newest.note, content_type="text/plain; charset=utf-8")
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@ledger_files.get("/tile/<path:rest>")
def tile(rest: str) -> Response:
    """Answer a tile of hashes to everybody, a bundle of entries to auditors."""
    try:
        place = tiles.parse_path(f"tile/{rest}")
    except TileError as error:
        raise _no_such_file() from error
    with wiring.hub().reading() as work:
        if isinstance(place, Bundle):
            token = authn.bearer(request.headers.get("Authorization"))
            authn.allow(authn.authenticate(work, token).actor, ("auditor",))
            return _for_ever(_bundle(work, place), AUDITORS_ONLY)
        return _for_ever(_tile(work, place), FOR_EVER)


def _tile(work: Work, place: Tile) -> bytes:
    """Return the hashes of a tile that some checkpoint covers."""
    hashes = stored_tiles(work.session)(place.level, place.index, place.width)
    signed = rows.checkpoint(work.session)
    covered = 0 if signed is None else tiles.tile_width(place.level, place.index, signed.size)
    if not hashes or place.width > covered:
        raise _no_such_file()
    return hashes


def _bundle(work: Work, place: Bundle) -> bytes:
    """Return the entries of a bundle that some checkpoint covers."""
    start = place.index * tiles.FULL_WIDTH
    end = start + place.width
    signed = rows.checkpoint(work.session)
    if signed is None or end > signed.size:
        raise _no_such_file()
    return tiles.encode_bundle(rows.entries(work.session, start, end))


def _for_ever(content: bytes, caching: str) -> Response:
    """Return bytes that never change."""
    answer = Response(content, content_type=BYTES)
    answer.headers["Cache-Control"] = caching
    return answer


def _no_such_file() -> NotFoundError:
    return NotFoundError(
        "The ledger has no such file.",
        detail_ja="監査台帳に、そのようなファイルはありません。",
    )
